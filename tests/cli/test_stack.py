"""``tessella stack`` as people run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Result, tessella

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
    assert (held.code, held.lines) == (
        0,
        [{"holds": True, "outcome": outcome, "faults": [], "signed": False}],
    )


def test_tampered_proof_exits_1(folder: Path) -> None:
    tessella("stack", "check", "rule.yaml", "a.yaml", "--proof", "proof.json", cwd=folder)
    proof = json.loads((folder / "proof.json").read_text())
    (folder / "proof.json").write_text(json.dumps(proof | {"outcome": "met"}))
    done = tessella("stack", "verify-proof", "proof.json", "rule.yaml", "a.yaml", cwd=folder)
    assert done.code == 1
    assert "The proof does not hold." in done.output


DESCRIPTION = """
id: https://hanze-school.example/certificate
language: en
title: Certificate
awarding_bodies: {name: Hanze School of Twente, homepage: https://hanze-school.example, places: {country: NL}}
outcomes: [Weighs interests when data about people are used]
"""


def award(folder: Path, *wallet: str, out: str = "out") -> Result:
    if not (folder / "larger.yaml").exists():
        (folder / "larger.yaml").write_text(DESCRIPTION)
        tessella("keys", "create", "badges", cwd=folder, settings=home(folder))
    return tessella(
        "stack", "award", "rule.yaml", *wallet, "--description", "larger.yaml", "--decided-by", "examination board",
        "--even-incomplete", "--formats", "openbadge", "--learner", "Ona Kazlauskienė", "--on", "2026-11-22", "--out", out,
        "--json", cwd=folder, settings=home(folder),
    )  # fmt: skip


def home(folder: Path) -> dict[str, str]:
    return {"TESSELLA_KEYS": str(folder / "keys")}


def test_the_larger_credential_is_awarded_with_parts_and_a_signed_proof(folder: Path) -> None:
    done = award(folder, "a.yaml", "b.yaml")
    assert done.code == 0, done.errors
    told = done.lines[0]
    assert [one["id"] for one in told["parts"]] == ["urn:a", "urn:b"]
    held = tessella("stack", "verify-proof", told["proof"], "-", "a.yaml", "b.yaml", "--json", cwd=folder)
    assert (held.code, held.lines[0]) == (0, {"holds": True, "outcome": "met", "faults": [], "signed": True})
    again = tessella("stack", "check", "rule.yaml", "a.yaml", "b.yaml", *told["files"], "--json", cwd=folder)
    assert {one["item"]: one["rule"] for one in again.lines[0]["cannot_count"]} == {
        "urn:a": "double-use",
        "urn:b": "double-use",
    }


def test_nothing_is_awarded_when_the_rule_is_not_met_or_parts_are_taken(folder: Path) -> None:
    missing = award(folder, "a.yaml")
    assert (missing.code, missing.lines[0]["outcome"]) == (1, "missing")
    unknown = award(folder, "b.yaml", "c.yaml")
    assert (unknown.code, unknown.lines[0]["outcome"]) == (3, "unknown")
    assert not (folder / "out").exists()
    assert award(folder, "a.yaml", "b.yaml").code == 0
    taken = award(folder, "a.yaml", "b.yaml")
    assert (taken.code, {one["rule"] for one in taken.lines[0]["cannot_count"]}) == (1, {"double-use"})


def test_a_signed_proof_that_was_changed_does_not_hold(folder: Path) -> None:
    told = award(folder, "a.yaml", "b.yaml").lines[0]
    file = folder / told["proof"]
    file.write_text(file.read_text().replace("examination board", "somebody else", 1))
    done = tessella("stack", "verify-proof", told["proof"], "-", "a.yaml", "b.yaml", cwd=folder)
    assert done.code == 1
    assert "The proof does not hold." in done.output


def test_what_changed_since_a_proof_is_told(folder: Path) -> None:
    before = ("stack", "check", "rule.yaml", "a.yaml", "b.yaml", "--on", "2026-11-22")
    assert tessella(*before, "--proof", "before.json", cwd=folder).code == 0
    same = tessella(*before, "--since", "before.json", "--json", cwd=folder)
    assert (same.code, same.lines[0]["changes"]) == (0, [])
    text = (folder / "a.yaml").read_text()
    (folder / "a.yaml").write_text(text.replace("title: a,", "title: a, status: revoked,"))
    after = tessella(*before, "--since", "before.json", "--json", cwd=folder)
    assert (after.code, after.lines[0]["changes"]) == (
        1,
        [
            "The answer was “met” and is now “cannot-count”.",
            "“a” can no longer count: It was revoked.",
        ],
    )


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


def test_what_was_revoked_between_looking_and_deciding_is_found(folder: Path) -> None:
    """A real badge, met when somebody looked, revoked before the board decides."""
    (folder / "class.csv").write_text(
        "name,email,learner_id,awarded_on\nOna K.,ona@post.example,1,2026-11-20\n"
    )
    keys = {"settings": home(folder), "cwd": folder}
    tessella("example", "--copy-to", ".", **keys)
    tessella("keys", "create", "badges", **keys)
    tessella(
        "issue", "data-ethics.yaml", "class.csv", "--formats", "openbadge", "--status-url", "https://uni.example/status", **keys
    )  # fmt: skip
    wallet = ("out/openbadge", "a.yaml")
    look = ("stack", "check", "rule.yaml", *wallet, "--published", "out/status", "--json")
    before = tessella(*look, "--proof", "before.json", **keys)
    assert (before.code, before.lines[0]["outcome"]) == (0, "met")
    (badge,) = (folder / "out" / "openbadge").iterdir()
    assert tessella("revoke", f"openbadge/{badge.name}", **keys).code == 0
    after = tessella(*look, "--since", "before.json", **keys)
    assert (after.code, after.lines[0]["outcome"]) == (1, "cannot-count")
    assert "“Data ethics in practice” can no longer count: It was revoked." in after.lines[0]["changes"]
    decided = tessella(
        "stack", "award", "rule.yaml", *wallet, "--published", "out/status", "--description", "data-ethics.yaml",
        "--decided-by", "board", "--out", "larger", "--json", **keys,
    )  # fmt: skip
    assert decided.code == 1
    assert not (folder / "larger").exists()
