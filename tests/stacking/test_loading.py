"""Rules and items as people write them: what is refused, with which code and where."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tessella.errors import InputError, TessellaError, VocabularyError
from tessella.model import Award, Credits, Learner, MicroCredential, Organisation, Workload
from tessella.stacking import (
    Item,
    Outcome,
    evaluate,
    explain,
    item_data,
    item_of,
    load_items,
    load_rule,
    proof_of,
    published_rule,
    rule_data,
)
from tessella.stacking.checker import check_proof
from tessella.stacking.items import MAX_ITEMS
from tests.stacking.strategies import BASE, ON
from tests.stacking.test_vectors import published

TOTAL = {"id": "total", "at_least": 6}


def rule(**fields: Any) -> Any:
    return load_rule({**BASE, "amounts": [TOTAL], **fields}, place="rule.yaml")


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"amount": []}, "stacking.rule", "rule.yaml"),
        ({"amounts": [{"id": "a", "at_lest": 3}]}, "stacking.rule", "rule.yaml: amounts[0]"),
        ({"amounts": [{"id": "a", "at_least": "many"}]}, "stacking.rule", "rule.yaml: amounts[0].at_least"),
        ({"amounts": []}, "stacking.contradiction", "rule.yaml"),
        ({"amounts": [{"id": "a", "at_most": 6}]}, "stacking.contradiction", "rule.yaml"),
        ({"amounts": [{"id": "a", "at_least": 6, "at_most": 3}]}, "stacking.contradiction", "rule.yaml: a"),
        ({"amounts": [{"id": "a", "at_most": 5}, {"id": "b", "at_least": 6, "where": {"route": "course"}}]}, "stacking.contradiction", "rule.yaml: b"),
        ({"amounts": [{"id": "a", "at_least": -1}]}, "stacking.contradiction", "rule.yaml: a"),
        ({"amounts": [{"id": "a", "at_least": "NaN"}]}, "stacking.contradiction", "rule.yaml: a"),
        ({"amounts": [{"id": "a", "at_least_share": 120}, TOTAL]}, "stacking.contradiction", "rule.yaml: a"),
        ({"amounts": [TOTAL, TOTAL]}, "stacking.reference", "rule.yaml: total"),
        ({"groups": [{"id": "g", "take": 2, "slots": [{"id": "s", "where": {}}]}]}, "stacking.contradiction", "rule.yaml: g"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "stacking.contradiction", "rule.yaml: valid_until"),
        ({"conversions": [{"from": "ects", "to": "uk", "factor": 2}]}, "stacking.reference", "rule.yaml: conversions.ects"),
        ({"conversions": [{"from": "uk", "to": "ects", "factor": 0}]}, "stacking.contradiction", "rule.yaml: conversions.uk"),
        ({"conditions": [{"id": "c", "where": {"grade_at_least": "B+"}}], "grades": ["B", "A"]}, "stacking.reference", "rule.yaml: c"),
        ({"conditions": [{"id": "c", "where": {"credits": {"at_least": 5, "below": 5}}}]}, "stacking.contradiction", "rule.yaml: c"),
        ({"parts": [{"id": "p", "where": {}, "needs": ["q"]}]}, "stacking.reference", "rule.yaml: p"),
    ],
)  # fmt: skip
def test_rule_that_cannot_be_is_refused(fields: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        rule(**fields)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert caught.value.hint


def test_order_with_a_cycle_is_refused_and_shown() -> None:
    parts = [
        {"id": name, "where": {}, "needs": [need]} for name, need in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    with pytest.raises(InputError, match="The order has a cycle: a → b → c → a"):
        rule(parts=parts)


@pytest.mark.parametrize("value", [None, [], "rule", 3, {}])
def test_what_is_no_rule_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        load_rule(value)


def test_unknown_example_names_those_there_are() -> None:
    with pytest.raises(VocabularyError, match="findlay-certificate"):
        published_rule("nowhere")


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({}, "stacking.items"),
        ([], "stacking.items"),
        ([{"title": "no id"}], "stacking.items"),
        ([{"id": "a", "credits": {"ects": -1}}], "stacking.number"),
        ([{"id": "a", "credits": {"ects": "Infinity"}}], "stacking.number"),
        ([{"id": "a", "hours": 10_000_000}], "stacking.number"),
        ([{"id": str(n)} for n in range(MAX_ITEMS + 1)], "input.limit.stacking-items"),
    ],
)
def test_items_that_cannot_be_are_refused(items: object, code: str) -> None:
    with pytest.raises(TessellaError) as caught:
        load_items(items)
    assert caught.value.code == code


def test_rule_not_in_force_counts_nothing() -> None:
    old = rule(valid_until="2025-12-31")
    items = load_items([{"id": "a", "credits": {"ects": 6}}])
    found = evaluate(old, items, on=ON)
    assert found.outcome is Outcome.CANNOT_COUNT
    assert "not in force" in found.message
    assert check_proof(proof_of(found, old, items), rule_data(old), [item_data(one) for one in items]) == ()


def test_copies_of_one_micro_credential_count_once() -> None:
    twice = load_items(
        [
            {
                "id": "urn:badge",
                "title": "Data ethics",
                "issuers": ["Twickel"],
                "credential": "urn:mc",
                "credits": {"ects": 3},
            },
            {"id": "urn:attestation", "title": "Data Ethics", "issuers": ["Twickel"], "credits": {"ects": 3}},
        ]
    )
    found = evaluate(rule(), twice, on=ON)
    assert [one.amount for one in found.missing] == ["3"]
    assert found.remarks[0] == "“Data ethics” is there more than once, and counts once."
    assert evaluate(rule(repeats="allowed"), twice, on=ON).outcome is Outcome.MET


def test_foreign_credits_without_published_conversion_are_asked_about() -> None:
    found = evaluate(rule(), load_items([{"id": "a", "title": "A", "credits": {"us": 3}}]), on=ON)
    assert found.outcome is Outcome.UNKNOWN
    assert [(one.data, one.ask) for one in found.questions] == [("conversion", "University of Twickel")]


def test_prerequisite_awarded_later_does_not_help() -> None:
    ordered = rule(
        parts=[
            {"id": "basic", "where": {"category": "basic"}},
            {"id": "advanced", "where": {"category": "advanced"}, "needs": ["basic"]},
        ]
    )

    def wallet(day: dt.date) -> tuple[Item, ...]:
        return load_items(
            [
                {"id": "b", "categories": ["basic"], "credits": {"ects": 2}, "awarded_on": day},
                {
                    "id": "a",
                    "categories": ["advanced"],
                    "credits": {"ects": 4},
                    "awarded_on": dt.date(2025, 6, 1),
                },
            ]
        )

    assert evaluate(ordered, wallet(dt.date(2025, 5, 1)), on=ON).outcome is Outcome.MET
    assert evaluate(ordered, wallet(dt.date(2025, 7, 1)), on=ON).outcome is Outcome.MISSING


def test_item_of_an_award_keeps_what_is_not_stated_open() -> None:
    course = MicroCredential(
        id="urn:mc",
        title={"en": "Welding"},
        awarding_bodies=(Organisation(name={"en": "Twickel"}),),
        workload=Workload(hours=Decimal(50), credits=(Credits(points=Decimal(2)),)),
    )
    item = item_of(
        Award(id="urn:a", micro_credential=course, learner=Learner(), awarded_on=dt.date(2026, 1, 1))
    )
    assert (item.credits, item.hours, item.issuers) == ({"unknown": Decimal(2)}, Decimal(50), ("Twickel",))
    assert (item.levels, item.fields, item.assessed, item.countries) == ({}, None, None, None)


def test_explain_says_which_of_number_and_share_decides() -> None:
    sentences = explain(published("hku-space-certificate"))
    assert (
        "Professional Practice: at least 24 hk-credits in the category Professional Practice (published beside it: 75 %; the number decides)."
        in sentences
    )


def test_tampered_proof_is_refused() -> None:
    """Every kind of tampering: rule, items, day, selection, places, refutation."""
    published_by = published("mitx-micromasters")
    items = load_items(
        [
            {
                "id": f"urn:{n}",
                "credential": f"urn:example:mitx:ctl-sc{n}x",
                "issuers": ["MITx"],
                "assessed": True,
            }
            for n in range(5)
        ]
        + [
            {
                "id": "urn:5",
                "credential": "urn:example:mitx:ctl-cfx",
                "issuers": ["MITx"],
                "supervised": True,
                "assessed": True,
            }
        ]
    )
    good = proof_of(evaluate(published_by, items, on=ON), published_by, items)
    data = [item_data(one) for one in items]
    assert check_proof(good, rule_data(published_by), data) == ()

    def tampered(change: Any) -> dict[str, Any]:
        proof = copy.deepcopy(good)
        change(proof)
        return proof

    for change in (
        lambda p: p["sure"]["counted"].pop(),
        lambda p: p["sure"]["counted"].append(0),
        lambda p: p["sure"]["filled"].pop("exam"),
        lambda p: p["sure"]["filled"].update(exam=0),
        lambda p: p["sure"]["filled"].update(sc0=1),
        lambda p: p["sure"]["filled"].update(other=1),
        lambda p: p["items"].pop(),
        lambda p: p["rule"].update(sha256="0" * 64),
        lambda p: p.update(on="yesterday"),
        lambda p: p.update(proof="another/1"),
    ):
        assert len(check_proof(tampered(change), rule_data(published_by), data)) == 1
    assert len(check_proof(good, {**rule_data(published_by), "double_use": "allowed"}, data)) == 1
    assert (
        len(check_proof(good, rule_data(published_by), [*data[:-1], {**data[-1], "supervised": False}])) == 1
    )

    short = items[:-1]
    refused = proof_of(evaluate(published_by, short, on=ON), published_by, short)
    assert check_proof(refused, rule_data(published_by), data[:-1]) == ()
    for leaf in (
        {"rows": {}},
        {"rows": {"group:courses": 1}},
        {"rows": {"group:exam": -1}},
        {"like": 0},
        {"pool": "apart:x"},
        {},
    ):
        forged = {**refused, "possible": {"refutation": leaf}}
        assert len(check_proof(forged, rule_data(published_by), data[:-1])) == 1
