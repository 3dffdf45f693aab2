"""The 20 vectors of stacking in practice: each result follows from a published rule."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML

from tessella.adapters.descriptions import parse_description
from tessella.errors import StateError
from tessella.stacking import (
    Item,
    Outcome,
    Rule,
    changes,
    evaluate,
    item_data,
    load_items,
    load_rule,
    proof_of,
    published_rule,
    published_rules,
    rule_data,
)
from tessella.stacking.checker import check_proof
from tessella.stacking.items import checked

CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "vectors.yaml").read_text()
)
COMPUTED_ELSEWHERE = {17, 20}
"""The loop and the revocation between two days are tests of their own below."""


def published(name: str) -> Rule:
    return load_rule(parse_description(published_rule(name), name), place=name)


def items_of(case: dict[str, Any], rule: Rule) -> tuple[Item, ...]:
    made = []
    for written in (*case.get("plus", ()), *case["items"]):
        plain = {
            "issuers": ["University of Twickel"],
            "route": "course",
            "awarded_on": dt.date(2025, 1, 1),
            "status": "valid",
            **written,
        }
        unit, times = plain.pop("unit", rule.unit), plain.pop("times", 1)
        if "credits" in plain:
            plain["credits"] = {unit: str(plain["credits"])}
        made += [{"id": f"urn:item:{len(made) + n}", **plain} for n in range(times)]
    return load_items(made)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['vector']}-{case['name']}" for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    rule = published(case["rule"])
    items = items_of(case, rule)
    found = evaluate(rule, items, on=case.get("on", dt.date(2026, 1, 1)))
    assert found.outcome.value == case["outcome"], found
    assert (
        case["outcome"] == "met"
        or "missing" not in case
        or case["missing"] == {one.rule: one.amount for one in found.missing}
    )
    assert case.get("cannot", {}) == Counter(one.rule for one in found.cannot_count)
    if "together" in case:
        assert [one.together for one in found.missing] == [tuple(case["together"])]
    if "counted" in case:
        assert len(found.counted) == case["counted"]
    if "left_over" in case:
        assert len(found.left_over) == case["left_over"]
    if "amount" in case:
        assert [one.amount for one in found.counted] == [case["amount"]]
        assert [bool(one.loss) for one in found.counted] == [True]
    if "remarks" in case:
        beside = 0 if rule.published else 1  # “This is an example …”
        assert len(found.remarks) - beside == case["remarks"]
    if "also" in case:
        assert len(found.also) == case["also"]
    if "title_below" in case:
        assert rule.title_below == case["title_below"]
    if "names" in case:
        assert case["names"] in found.message
    assert case.get("ask", {}) == {one.data: one.ask for one in found.questions}
    proof = json.loads(json.dumps(proof_of(found, rule, items)))
    assert check_proof(proof, rule_data(rule), [item_data(item) for item in checked(items)]) == ()


def test_vectors_are_all_there() -> None:
    assert {case["vector"] for case in CASES} | COMPUTED_ELSEWHERE == set(range(1, 21))


def test_vector_17_credentials_that_contain_each_other_are_refused() -> None:
    pair = [
        {"id": "urn:a", "title": "A", "parts": ["urn:b"]},
        {"id": "urn:b", "title": "B", "parts": ["urn:a"]},
    ]
    with pytest.raises(StateError) as caught:
        load_items(pair)
    assert caught.value.code == "stacking.loop"
    assert caught.value.got == "A → B → A"


def test_vector_20_revoked_between_simulation_and_decision() -> None:
    rule = published("malta-pg-certificate")
    items = [
        Item(
            id=f"urn:{n}",
            title=f"Part {n}",
            credits={"ects": Decimal(10)},
            levels={"eqf": ("7",)},
            status="valid",
        )
        for n in range(3)
    ]
    before = evaluate(rule, items, on=dt.date(2026, 1, 1))
    items[1] = msgspec.structs.replace(items[1], status="revoked")
    after = evaluate(rule, items, on=dt.date(2026, 2, 1))
    assert (before.outcome, after.outcome) == (Outcome.MET, Outcome.CANNOT_COUNT)
    assert [one.message for one in changes(before, after)] == [
        "The answer was “met” and is now “cannot-count”.",
        "“Part 1” can no longer count: It was revoked.",
    ]


@pytest.mark.parametrize("name", published_rules())
def test_published_rule_round_trips_and_names_its_source(name: str) -> None:
    rule = published(name)
    assert load_rule(json.loads(json.dumps(rule_data(rule)))) == rule
    assert rule.source.text
    assert rule.decider.name
