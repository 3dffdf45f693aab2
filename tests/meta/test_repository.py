"""What must not be in the repository, and what must."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.docs.pages import ROOT

WORKPLACE = (
    "/wor" + "k/", "/tmp/" + "lab", "/far" + "m/", "/ro" + "ot/", "/ho" + "me/",
    r"py" + r"pi\.org", "pythonhos" + "ted", r"registry\.npm" + "js", r"deb\.deb" + "ian",
)  # fmt: skip
"""Paths of a machine and hosts of package registries, written so that this file does not contain them."""

UNFINISHED = re.compile(
    "|".join(("TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error", "XX" + r"X\b"))
)

LOCKS = ("tests/independent/package-lock.json",)
"""Written by a package manager, which puts the registry's address into it."""

MAX_LINES = 500
LONG_MODULES: dict[str, str] = {
    "src/tessella/stacking/checker.py": "one file that another organisation can take away and run without the rest",
    "src/tessella/stacking/engine.py": "one decision: what fills what, under every rule at once",
}
"""Modules of more than `MAX_LINES` lines, each with the reason why it is one thought."""


def tracked(pattern: str = "") -> list[str]:
    """The tracked files, or those whose name ends so; skips without git (a source archive)."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git working tree: what is tracked is not known")
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and name.endswith(pattern) and (ROOT / name).is_file()]


def texts(pattern: str = "") -> dict[str, str]:
    found = {}
    for name in tracked(pattern):
        data = (ROOT / name).read_bytes()
        if b"\0" not in data:
            found[name] = data.decode("utf-8", "replace")
    return found


def test_no_path_of_a_machine_and_no_registry_host() -> None:
    forbidden = re.compile("|".join(WORKPLACE))
    hits = {
        f"{name}:{number}": line.strip()[:100]
        for name, text in texts().items()
        if name not in LOCKS
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    }
    assert hits == {}


def test_lock_files_name_no_registry() -> None:
    """A lock file without addresses installs from whatever registry the machine is set to."""
    for name in LOCKS:
        if name in (found := texts()):
            assert re.findall(r'"resolved": "[^"]*"', found[name]) == []


def test_nothing_is_left_unfinished() -> None:
    hits = {name: UNFINISHED.findall(text) for name, text in texts(".py").items() if UNFINISHED.search(text)}
    assert hits == {}


def test_types_are_prepared_one_after_the_other() -> None:
    """`tessella.typed` says why: a server of several threads crashes otherwise."""
    hits = {
        name: found
        for name, text in texts(".py").items()
        if name.startswith("src/") and name != "src/tessella/typed.py"
        and (found := re.findall(r"msgspec\.convert\(|msgspec\.\w+\.decode\([^\n]*type=", text))
    }  # fmt: skip
    assert hits == {}


def test_modules_are_one_thought() -> None:
    lengths = {
        name: text.count("\n")
        for name, text in texts(".py").items()
        if name.startswith(("src/", "tools/")) and "/migrations/" not in name
    }
    long = {name for name, length in lengths.items() if length > MAX_LINES}
    assert long == set(LONG_MODULES)


def test_every_make_target_has_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.M)
    lines = dict(re.findall(r"^([a-z-]+):(.*)$", makefile, re.M))
    assert set(lines) == set(phony.split())
    assert [target for target, rest in lines.items() if "## " not in rest] == []


def test_readme_makefile_changelog_licence_and_ci_are_there() -> None:
    for name in ("README.md", "Makefile", "CHANGELOG.md", "LICENSE", "NOTICE", ".ci/run"):
        assert (ROOT / name).is_file(), name


def test_every_decision_has_its_parts_and_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs" / "adr").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.*)$", text, re.M)
        for part in ("Problem", "Drivers", "Options", "Outcome", "Negative consequences"):
            assert any(one.startswith(part) for one in headings), f"{path.name}: {part}"
        assert f"adr/{path.name}" in navigation
