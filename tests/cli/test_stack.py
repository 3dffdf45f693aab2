"""``tessella stack`` as people run it."""

from __future__ import annotations

import json
from pathlib import Path

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
