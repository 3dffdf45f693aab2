"""Items that state nonsense, or leave out what decides: a clear answer each, never yes and never an accident."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tessella.errors import TessellaError
from tessella.stacking import Outcome, evaluate, item_data, load_items, load_rule, proof_of, rule_data
from tessella.stacking.checker import check_proof
from tests.stacking.strategies import BASE

ON = dt.date(2026, 11, 22)
VOLUME = {"amounts": [{"id": "v", "at_least": 6}]}
LEVEL = {"amounts": [{"id": "v", "at_least": 6, "where": {"level": {"at_least": 6}}}]}
GRADE = VOLUME | {"conditions": [{"id": "g", "where": {"grade_at_least": "6"}}]}
FRESH = VOLUME | {"conditions": [{"id": "f", "where": {"max_age_months": 12}}]}
HOURS = {"amounts": [{"id": "v", "of": "hours", "at_least": 6}]}


def item(**more: Any) -> dict[str, Any]:
    return {"id": "urn:a", "title": "A", "issuers": ["Twickel"], "credits": {"ects": 6}, **more}


@pytest.mark.parametrize(
    ("items", "code", "told"),
    [
        ([item(credits={"ects": -1})], "stacking.number", "“A” states a number"),
        ([item(credits={"ects": "NaN"})], "stacking.number", "“A” states a number"),
        ([item(credits={"ects": "Infinity"})], "stacking.number", "“A” states a number"),
        ([item(credits={"ects": 601})], "stacking.number", "“A” states a number"),
        ([item(hours=-4)], "stacking.number", "“A” states a number"),
        ([item(hours="1e9")], "stacking.number", "“A” states a number"),
        ([item(credits={"ects": "six"})], "stacking.items", "Invalid decimal"),
        ([item(credits={"ects": True})], "stacking.items", "got `bool`"),
        ([item(awarded_on="2026-02-30")], "stacking.items", "awarded_on"),
        ([item(status="perhaps")], "stacking.items", "perhaps"),
        ([item(kredits=3)], "stacking.items", "kredits"),
        ([item(id="")], "stacking.items", "has no id"),
        ([{"title": "A"}], "stacking.items", "`id`"),
        ([item(parts=["urn:a"])], "stacking.loop", "A → A"),
        (
            [item(parts=["urn:b"]), item(id="urn:b", title="B", parts=["urn:c"]), item(id="urn:c", title="C", parts=["urn:a"])],
            "stacking.loop",
            "A → B → C → A",
        ),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(items: list[dict[str, Any]], code: str, told: str) -> None:
    with pytest.raises(TessellaError) as caught:
        load_items(items)
    assert caught.value.code == code
    assert told in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("rule", "stated", "data", "whom"),
    [
        (LEVEL, {}, "level", "Twickel"),
        (LEVEL, {"levels": {"eqf": "six"}}, "level", "Twickel"),
        (LEVEL, {"levels": {"eqf": "NaN"}}, "level", "Twickel"),
        (LEVEL, {"levels": {"eqf": 99}}, "level", "Twickel"),
        (LEVEL, {"levels": {"eqf": -3}}, "level", "Twickel"),
        (VOLUME, {"credits": {"cats": 60}}, "conversion", "University of Twickel"),
        (VOLUME, {"credits": {"unknown": 6}}, "conversion", "University of Twickel"),
        (VOLUME, {"credits": None}, "credits", "Twickel"),
        (HOURS, {}, "hours", "Twickel"),
        (FRESH, {}, "max_age_months", "Twickel"),
        (GRADE, {"grade": "sehr gut"}, "grade_at_least", "Twickel"),
        (GRADE, {"grade": "NaN"}, "grade_at_least", "Twickel"),
        (GRADE, {"grade": "Infinity"}, "grade_at_least", "Twickel"),
    ],
)  # fmt: skip
def test_what_decides_and_is_not_told_is_asked(
    rule: dict[str, Any], stated: dict[str, Any], data: str, whom: str
) -> None:
    asked = load_rule(BASE | rule)
    items = load_items([item(**stated)])
    found = evaluate(asked, items, on=ON)
    assert found.outcome is Outcome.UNKNOWN
    assert [one.item for one in found.questions] == ["urn:a"]
    assert whom in found.questions[0].ask
    assert found.questions[0].data == data
    proof = proof_of(found, asked, items)
    assert check_proof(proof, rule_data(asked), [item_data(one) for one in items]) == ()


@pytest.mark.parametrize(
    "stated",
    [{"awarded_on": "2027-02-03"}, {"awarded_on": "2020-02-03", "valid_until": "2020-01-01"}],
)
def test_days_that_cannot_be_keep_an_item_out(stated: dict[str, Any]) -> None:
    found = evaluate(load_rule(BASE | VOLUME), load_items([item(**stated)]), on=ON)
    assert found.outcome is Outcome.CANNOT_COUNT
    assert [one.item for one in found.cannot_count] == ["urn:a"]
    assert found.cannot_count[0].reason
