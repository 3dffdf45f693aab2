"""Rules that nobody could ever meet: found, with an irreducible reason, and never said of one that somebody meets."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import InputError
from tessella.stacking import Outcome, Rule, evaluate, load_rule
from tessella.stacking.loading import in_lists
from tessella.stacking.meeting import never_met
from tests.stacking import strategies

BASE: dict[str, Any] = {
    "id": "r", "version": "1", "title": "Rule", "receiver": "University of Twickel", "award": "Certificate",
    "decider": {"name": "University of Twickel"}, "source": {"text": "An example"},
}  # fmt: skip


def unchecked(**fields: Any) -> Rule:
    return msgspec.convert(in_lists({**BASE, **fields}), Rule, strict=False)


def clash(**fields: Any) -> set[str]:
    return {one.id for one in never_met(unchecked(**fields))}


def some(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, **fields}


BIG = {"id": "big", "slots": [some(f"s{n}", where={"credits": {"at_least": 8}}) for n in range(3)]}
CLASHES = [
    # shares that exclude each other sum to more than everything
    ({"amounts": [some("a", at_least_share=60, where={"field": "01"}), some("b", at_least_share=50, where={"not": {"field": "01"}}), some("t", at_least=3)]}, {"a", "b", "t"}),
    # so do numbers, and three of them
    ({"amounts": [some("a", at_least=40, where={"route": "course"}), some("b", at_least=40, where={"route": "validation"}), some("t", at_most=60)]}, {"a", "b", "t"}),
    ({"amounts": [some(f"l{n}", at_least=20, where={"level": {"at_least": n, "at_most": n}}) for n in (5, 6, 7)] + [some("t", at_most=50)]}, {"l5", "l6", "l7", "t"}),
    # a part asks for more than the whole may have
    ({"amounts": [some("part", at_least=40, where={"level": {"at_least": 6}}), some("whole", at_most=30, where={"level": {"at_least": 5}})]}, {"part", "whole"}),
    ({"amounts": [some("cap", at_most_share=20, where={"route": "validation"}), some("floor", at_least=15, where={"route": "validation"}), some("t", at_most=60)]}, {"cap", "floor", "t"}),
    # the smallest things that fill the places are more than may count
    ({"amounts": [some("t", at_most=20)], "groups": [BIG]}, {"t", "big"}),
    ({"amounts": [some("n", of="count", at_most=2)], "groups": [BIG]}, {"n", "big"}),
    ({"amounts": [some("t", at_most=15)], "groups": [{**BIG, "take": 2}]}, {"t", "big"}),
    # what a place needs does not count
    ({"conditions": [some("high", where={"level": {"at_least": 6}}), some("young", where={"max_age_months": 24})], "capstone": some("end", where={"level": {"at_most": 5}})}, {"high", "end"}),
    ({"conditions": [some("ours", where={"issuer": "Twickel"})], "groups": [{"id": "g", "slots": [some("s", where={"category": "theirs"})]}], "categories": {"theirs": {"country": "DE", "not": {"issuer": "Twickel"}}}}, {"ours", "g"}),
    ({"conditions": [some("if", where={"assessed": True}, applies_to={"country": "NL"})], "capstone": some("end", where={"assessed": False, "not": {"any_of": [{"not": {"country": "NL"}}]}})}, {"if", "end"}),
    # nothing is outside of everything; no number is below nothing; no grade is below the worst
    ({"capstone": some("end", where={"not": {}})}, {"end"}),
    ({"capstone": some("end", where={"credits": {"below": 0}})}, {"end"}),
    ({"capstone": some("end", where={"not": {"grade_at_least": "F"}}), "grades": ["F", "A"]}, {"end"}),
    ({"outcomes": [some("o", outcomes=["plan"], where={"not": {"outcome": "plan"}})]}, {"o"}),
    ({"capstone": some("end", where={"awarded_from": "2026-01-01", "awarded_until": "2025-12-31"})}, {"end"}),
    ({"capstone": some("end", where={"field": "061", "not": {"field": "06"}})}, {"end"}),
    # items of 2 hours each: no 5 of them in 9 hours
    ({"conditions": [some("short", where={"hours": {"at_least": 2}})], "amounts": [some("n", of="count", at_least=5), some("h", of="hours", at_most=9)]}, {"short", "n", "h"}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), CLASHES)
def test_rule_that_nobody_can_meet_names_an_irreducible_reason(
    fields: dict[str, Any], expected: set[str]
) -> None:
    assert clash(**fields) == expected


@pytest.mark.parametrize(("fields", "expected"), CLASHES)
def test_without_any_one_of_the_reason_the_others_do_not_clash(
    fields: dict[str, Any], expected: set[str]
) -> None:
    for id in expected:
        left = {
            name: [one for one in value if one["id"] != id] if isinstance(value, list) and name != "grades" else value
            for name, value in fields.items()
            if not (isinstance(value, dict) and value.get("id") == id)
        }  # fmt: skip
        assert clash(**left) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"amounts": [some("a", at_least_share=60, where={"field": "01"}), some("b", at_least_share=50, where={"field": "02"})]},
        {"amounts": [some("a", at_least=40, where={"issuer": "X"}), some("b", at_least=40, where={"issuer": "Y"}), some("t", at_most=40)]},
        {"capstone": some("end", where={"not": {"level": {"at_least": 1}}})},
        {"capstone": some("end", where={"field": "06", "not": {"field": "061"}})},
        {"groups": [{**BIG, "take": 2}], "amounts": [some("t", at_most=16)]},
    ],
)  # fmt: skip
def test_rule_that_somebody_can_meet_is_not_refused(fields: dict[str, Any]) -> None:
    assert clash(**fields) == set()


def test_clash_is_told_with_what_it_is_about() -> None:
    with pytest.raises(InputError) as caught:
        load_rule({**BASE, **CLASHES[4][0]})
    assert caught.value.code == "stacking.unmeetable"
    assert (
        "“cap” (at most 20 % of the ECTS by validation of prior learning); “floor” (at least 15 ECTS"
        in str(caught.value)
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_somebody_meets_can_be_met(data: st.DataObject) -> None:
    rule = data.draw(strategies.rules())
    if rule is None:
        return
    items = data.draw(strategies.wallets())
    if evaluate(rule, items, on=dt.date(2026, 11, 1)).outcome is Outcome.MET:
        assert never_met(rule) == ()
