# `make run` starts the platform; `make test` checks everything.
# Both set themselves up: they need Python 3.11 and make, nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
NODE   := tests/independent
PYTEST := $(BIN)/python -m pytest

.PHONY: help run example test lint format types unit browser postgres vectors fuzz bench docs clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tessella needs Python 3.11 or newer.")'
	@echo "Setting up (once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.web: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web]'
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web,test,dev,docs]'
	@touch $@

$(VENV)/.node: $(VENV)/.test $(NODE)/package-lock.json
	@$(BIN)/python $(NODE)/install.py
	@touch $@

# Browser tests use Debian's Chromium; where it is missing and cannot be installed they are skipped and say so.
$(VENV)/.browser: $(VENV)/.node
	@command -v chromium >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null \
	  || { echo "Installing Chromium for the browser tests …"; \
	       apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "Chromium not installed; the browser tests will be skipped."
	@touch $@

run: $(VENV)/.web  ## start the platform with invented organisations on this machine
	@$(BIN)/python -m tessella_web serve

example: $(VENV)/.run  ## award, seal and verify the bundled class list with the library alone
	@$(BIN)/tessella example

test: lint types unit  ## lint, layer contracts, types, all tests

lint: $(VENV)/.test  ## ruff and the layer contracts
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/ruff format --check src tests tools benchmarks
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.test  ## let ruff write
	$(BIN)/ruff check --fix src tests tools benchmarks
	$(BIN)/ruff format src tests tools benchmarks

types: $(VENV)/.test  ## mypy --strict
	TESSELLA_DATA=$(VENV)/types $(BIN)/mypy

# The tests with PostgreSQL, a broker and a token for keys start servers of their own; where one is missing they are skipped and say so.
$(VENV)/.servers: $(VENV)/.browser
	@{ command -v redis-server && command -v softhsm2-util && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
	  || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null \
	  || { echo "Installing PostgreSQL, Redis and SoftHSM for the tests …"; \
	       apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	         postgresql redis-server softhsm2 >/dev/null; } \
	  || echo "PostgreSQL, Redis or SoftHSM not installed; tests that need one will be skipped."
	@touch $@

unit: $(VENV)/.servers  ## all tests but the long ones
	$(PYTEST) -n 2 --dist worksteal -m 'not vectors'

browser: $(VENV)/.browser  ## only the tests in a real browser
	$(PYTEST) tests/browser

postgres: $(VENV)/.servers  ## the tests of the platform on PostgreSQL instead of SQLite
	TESSELLA_TEST_DATABASE=postgresql $(PYTEST) -n 2 --dist worksteal -m 'not vectors' tests/web tests/api

vectors: $(VENV)/.servers  ## the full official vector sets, long mutation and fuzz runs
	$(PYTEST) -n 2 --dist worksteal -m vectors

fuzz: $(VENV)/.test  ## mutate every format and seal (FUZZ="--mutants 1000" for fewer)
	$(BIN)/python -m tests.fuzz $(FUZZ)

bench: $(VENV)/.node  ## rates, as ratios against peers and raw limits measured in the same run
	$(BIN)/python -m benchmarks

docs: $(VENV)/.test  ## build the documentation into site/
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tools.rest
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:  ## remove what was built
	rm -rf $(VENV) site build dist $(NODE)/node_modules
