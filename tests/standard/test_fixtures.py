"""The 28 realistic inputs and the cases: every finding is expected, and every rule speaks somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tessella.standard import check, country_packs, profiles
from tessella.standard.rulepack import compiled

from .support import FIXTURES, HERE, TODAY, expected, plain, read_yaml, record, run_case

CASES: list[dict[str, Any]] = read_yaml(HERE / "cases.yaml")


def all_rule_ids() -> set[str]:
    ready = [compiled(name) for name in profiles()] + [
        compiled("eu-2022", (name,)) for name in country_packs()
    ]
    return {rule.rule.id for profile in ready for rule in profile.rules}


def test_fixtures_there_are_28_with_a_sidecar_each() -> None:
    assert len(FIXTURES) == 28
    assert [name[:2] for name in FIXTURES] == [f"{number:02}" for number in range(1, 29)]


@pytest.mark.parametrize("name", FIXTURES)
def test_check_fixture_gives_exactly_the_expected_findings(name: str) -> None:
    result = check(record(plain(name)), on=TODAY)
    assert {
        "profile": result.profile,
        "packs": list(result.packs),
        "complete": result.complete,
        "may_be_called_micro_credential": result.may_be_called_micro_credential,
        "rules": sorted(result.rules()),
    } == expected(name)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_check_case_gives_exactly_the_expected_findings(case: dict[str, Any]) -> None:
    result = run_case(case)
    assert sorted(result.rules()) == sorted(case["rules"])


def test_every_rule_speaks_in_a_fixture_or_case() -> None:
    heard = {rule for case in CASES for rule in case["rules"]}
    heard |= {rule for name in FIXTURES for rule in expected(name)["rules"]}
    assert heard == all_rule_ids()
