"""``tessella stack`` as people run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import tessella

RULE = """
id: urn:example:rule
version: 1
title: Certificate
receiver: Hanze School of Twente
award: Certificate
decider: {name: Hanze School of Twente, role: examination board}
source: {text: Study guide}
amounts:
  - {id: volume, at_least: 6}
  - {id: level, at_least: 3, where: {level: {at_least: 6}}}
"""
ITEM = "  - {{id: 'urn:{id}', title: {id}, issuers: [Twickel], credits: {{ects: {credits}}}, levels: {{{levels}}}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rule.yaml").write_text(RULE)
    for name, credits, levels in (("a", 3, "eqf: 6"), ("b", 3, "eqf: 5"), ("c", 3, "")):
        (tmp_path / f"{name}.yaml").write_text(
            "items:\n" + ITEM.format(id=name, credits=credits, levels=levels)
        )
    return tmp_path


@pytest.mark.parametrize(
    ("files", "outcome", "code"),
    [(("a", "b"), "met", 0), (("a",), "missing", 1), (("b", "c"), "unknown", 3)],
)
def test_check_answers_and_its_proof_is_verified(
    folder: Path, files: tuple[str, ...], outcome: str, code: int
) -> None:
    wallet = [f"{name}.yaml" for name in files]
    done = tessella("stack", "check", "rule.yaml", *wallet, "--json", "--proof", "proof.json", cwd=folder)
    assert (done.code, done.lines[0]["outcome"]) == (code, outcome)
    held = tessella("stack", "verify-proof", "proof.json", "rule.yaml", *wallet, "--json", cwd=folder)
    assert (held.code, held.lines) == (0, [{"holds": True, "outcome": outcome, "faults": []}])


def test_tampered_proof_exits_1(folder: Path) -> None:
    tessella("stack", "check", "rule.yaml", "a.yaml", "--proof", "proof.json", cwd=folder)
    proof = json.loads((folder / "proof.json").read_text())
    (folder / "proof.json").write_text(json.dumps(proof | {"outcome": "met"}))
    done = tessella("stack", "verify-proof", "proof.json", "rule.yaml", "a.yaml", cwd=folder)
    assert done.code == 1
    assert "The proof does not hold." in done.output


def test_contradictory_rule_exits_2_and_names_the_place(folder: Path) -> None:
    (folder / "rule.yaml").write_text(RULE.replace("at_least: 6}", "at_least: 6, at_most: 5}", 1))
    done = tessella("stack", "explain", "rule.yaml", cwd=folder)
    assert done.code == 2
    assert "rule.yaml: volume: It asks for at least 6, but no more than 5 may count" in done.errors


def test_unreadable_credential_is_not_left_out_silently(folder: Path) -> None:
    (folder / "broken.json").write_text("{")
    done = tessella("stack", "check", "rule.yaml", "a.yaml", "broken.json", cwd=folder)
    assert done.code == 2
    assert done.output == ""


def test_proof_that_is_no_json_exits_2(folder: Path) -> None:
    done = tessella("stack", "verify-proof", "rule.yaml", "rule.yaml", "a.yaml", "--json", cwd=folder)
    assert (done.code, done.lines[0]["error"]["code"]) == (2, "stacking.proof")


def test_example_rules_are_listed_and_explained(folder: Path) -> None:
    names = [one["name"] for one in tessella("stack", "rules", "--json", cwd=folder).lines[0]]
    assert "hku-space-certificate" in names
    assert tessella("stack", "explain", "hku-space-certificate", cwd=folder).code == 0


OFFERS = """
offers:
  - id: quick
    award: {title: Quick, credential: urn:quick, issuers: [Twickel], credits: {ects: 3}, hours: 75, levels: {eqf: 6}}
    starts_on: 2027-01-04
    ends_on: 2027-02-26
    price: 300
    requires: [{where: {credential: a}}]
  - id: cheap
    award: {title: Cheap, credential: urn:cheap, issuers: [Twickel], credits: {ects: 3}, hours: 90}
    starts_on: 2027-01-04
    ends_on: 2027-06-25
    price: 20.5
"""


@pytest.fixture
def offers(folder: Path) -> Path:
    (folder / "offers.yaml").write_text(OFFERS)
    return folder


def planned(folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = tessella("stack", "plan", "rule.yaml", "a.yaml", "--on", "2026-12-01", *more, "--json", cwd=folder)
    found: dict[str, Any] = json.loads(done.output)
    return done.code, found


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), [["quick"]]),
        (("--least", "price"), [["cheap"]]),
        (("--against", "price"), [["quick"], ["cheap"]]),
        (("--budget", "100"), [["cheap"]]),
        (("--finish-by", "2027-03-01"), [["quick"]]),
        (("--without", "quick"), [["cheap"]]),
    ],
)
def test_plan_chooses_offers(offers: Path, options: tuple[str, ...], expected: list[list[str]]) -> None:
    code, found = planned(offers, *options)
    assert code == 0
    assert [[step["offer"] for step in one["steps"]] for one in found["plans"]] == expected
    assert bool(found["changed"]) == ("--without" in options)


def test_plan_says_what_cannot_all_hold(offers: Path) -> None:
    code, found = planned(offers, "--budget", "10", "--finish-by", "2027-03-01")
    assert (code, found["reached"], found["clash"]) == (
        1,
        "impossible",
        ["For at most 10 EUR", "at least 6 ECTS"],
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--least", "effort"), "cli.objective"),
        (("--budget", "much"), "cli.number"),
        (("--weekly-hours", "-3"), "cli.number"),
    ],
)
def test_plan_refuses_what_it_does_not_know(offers: Path, options: tuple[str, ...], code: str) -> None:
    done = tessella("stack", "plan", "rule.yaml", "a.yaml", *options, "--json", cwd=offers)
    assert (done.code, done.lines[0]["error"]["code"]) == (2, code)


def test_plan_for_people(offers: Path) -> None:
    done = tessella(
        "stack", "plan", "rule.yaml", "a.yaml", "--on", "2026-12-01", "--without", "quick", cwd=offers
    )
    assert done.code == 0
    for words in (
        "There is a plan.",
        "Cheap",
        "20.5 EUR",
        "No longer with “Quick”.",
        "You pass what you take",
    ):
        assert words in " ".join((done.output + done.errors).split())
