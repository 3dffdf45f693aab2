"""Entry requirements tested against a wallet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import InputError, TessellaError
from tessella.guidance.entry import (
    MAX_REQUIREMENTS,
    Answer,
    EntryRule,
    Opened,
    Requirement,
    entry_rule_data,
    from_prerequisites,
    load_entry_rules,
    opens,
)
from tessella.model import Prerequisites
from tessella.stacking import Item
from tessella.stacking.conditions import Context, judge
from tessella.stacking.language import Decider, LevelRange, Measure, Rule, Source, Where
from tessella.vocabulary import Concept, code_list

ON = dt.date(2026, 11, 22)


def item(id: str = "a", **values: object) -> Item:
    return msgspec.convert({"id": id, "title": id.upper(), "status": "valid", **values}, Item, strict=False)


def rule(*requirements: Requirement, id: str = "r", **values: Any) -> EntryRule:
    return EntryRule(id=id, title=f"Programme {id}", provider="Twickel", requirements=requirements, **values)


def answer(one: EntryRule, *items: Item) -> Opened:
    (found,) = opens(items, [one], on=ON)
    return found


LEVEL_6 = Requirement(where=Where(level=LevelRange(at_least=Decimal(6))))
CREDITS = Requirement(where=Where(field=("061",)), of=Measure.CREDITS, at_least=Decimal(10))


def test_met_is_met_as_published_and_the_provider_decides() -> None:
    found = answer(rule(LEVEL_6), item(levels={"eqf": ["6"]}))
    assert found.answer is Answer.MET
    assert found.message == "Met as published; Twickel decides."
    assert [(one.items, one.why) for one in found.judgements] == [(("a",), "By: A")]


def test_what_is_missing_says_how_much() -> None:
    held = item(fields=["0613"], credits={"ects": 4})
    (one,) = answer(rule(CREDITS), held).judgements
    assert (one.answer, one.why, one.progress) == (Answer.MISSING, "6 ECTS missing of 10.", Decimal("0.4"))
    (none,) = answer(rule(LEVEL_6), item(levels={"eqf": ["5"]})).judgements
    assert (none.answer, none.why, none.items) == (Answer.MISSING, "Nothing in the wallet fits.", ())


def test_what_a_credential_does_not_state_is_unknown_and_its_issuer_is_asked() -> None:
    (one,) = answer(rule(LEVEL_6), item(issuers=["id", "Hill Academy"])).judgements
    assert (one.answer, one.ask, one.why) == (Answer.UNKNOWN, "Hill Academy", "“A” does not say: the level")
    (credits,) = answer(rule(CREDITS), item(fields=["0613"], issuers=["Hill Academy"])).judgements
    assert (credits.answer, credits.ask) == (Answer.UNKNOWN, "Hill Academy")


def test_words_are_never_met_and_the_provider_is_asked() -> None:
    found = answer(rule(LEVEL_6, Requirement(words="A letter")), item(levels={"eqf": ["7"]}))
    assert found.answer is Answer.IN_WORDS
    assert found.message == "What can be tested is met; the rest is in words. Ask Twickel."
    assert [one.ask for one in found.judgements] == ["", "Twickel"]


def test_nothing_needed_is_not_nothing_said() -> None:
    assert answer(rule()).message == "Nothing is needed; Twickel decides."
    assert answer(rule(is_stated=False)).answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    "spoiled", [{"status": "revoked"}, {"status": "suspended"}, {"status": "failed"}, {"valid_until": "2026-11-21"}]
)  # fmt: skip
def test_what_does_not_hold_any_more_opens_nothing(spoiled: dict[str, Any]) -> None:
    assert answer(rule(LEVEL_6), item(levels={"eqf": ["6"]}, **spoiled)).answer is Answer.MISSING


def test_the_same_micro_credential_counts_once() -> None:
    twice = [item(id, credential="urn:c", fields=["0613"], credits={"ects": 6}) for id in "ab"]
    assert answer(rule(CREDITS), *twice).answer is Answer.MISSING
    both = [item(id, credential=f"urn:{id}", fields=["0613"], credits={"ects": 6}) for id in "ab"]
    assert answer(rule(CREDITS), *both).answer is Answer.MET


def test_the_nearest_comes_first_and_what_nothing_fits_last() -> None:
    rules = [
        rule(Requirement(where=Where(credential=("Law",))), id="far"),
        rule(CREDITS, id="half"),
        rule(Requirement(words="A letter"), id="words"),
        rule(LEVEL_6, id="met"),
        rule(id="open"),
        rule(Requirement(where=Where(field=("061",)), of=Measure.CREDITS, at_least=Decimal(8)), id="nearer"),
    ]
    held = item(levels={"eqf": ["6"]}, fields=["0613"], credits={"ects": 6})
    assert [one.rule.id for one in opens([held], rules, on=ON)] == ["met", "nearer", "half", "open", "words", "far"]  # fmt: skip


def test_a_named_credential_is_found_by_id_and_by_title() -> None:
    wanted = rule(Requirement(where=Where(credential=("urn:law", "Law in  Practice"))))
    assert answer(wanted, item(credential="urn:law")).answer is Answer.MET
    assert answer(wanted, item(title="law in practice")).answer is Answer.MET
    assert answer(wanted, item()).answer is Answer.MISSING


def test_prerequisites_of_a_description_make_a_rule() -> None:
    level = code_list("eqf").get("5")
    assert level is not None
    found = from_prerequisites(
        Prerequisites(text={"en": "Some maths"}, level=Concept(uri=level.uri), credentials=("urn:law",)),
        id="d", title="D", provider="Twickel",
    )  # fmt: skip
    assert found.requirements == (
        Requirement(where=Where(level=LevelRange(at_least=Decimal(5)))),
        Requirement(where=Where(credential=("urn:law",))),
        Requirement(words="Some maths"),
    )
    none = from_prerequisites(Prerequisites(none_needed=True), id="d", title="D", provider="T")
    assert (none.requirements, none.is_stated) == ((), True)
    assert from_prerequisites(None, id="d", title="D", provider="T").is_stated is False


def test_rules_round_trip_as_plain_data() -> None:
    written = [
        {"id": "m", "title": "Master", "provider": "Twickel", "unit": "ects",
         "requirements": [{"where": {"field": "061", "any_of": [{"outcome": "x"}, {"not": {"mode": "online"}}]}, "of": "credits", "at_least": 10.5},
                          {"words": "A letter"}]},
    ]  # fmt: skip
    (found,) = load_entry_rules(written)
    assert found.requirements[0].at_least == Decimal("10.5")
    assert load_entry_rules([entry_rule_data(found)]) == (found,)


@pytest.mark.parametrize(
    "data",
    [
        {}, [], [3], [{"id": "m"}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"where": {}}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"where": {"colour": "red"}}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"where": {"category": "core"}}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"where": {"field": "06"}, "words": "x"}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"where": {"field": "06"}, "at_least": -1}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"where": {"field": "06"}, "at_least": "NaN"}]}],
        [{"id": "m", "title": "M", "provider": "T", "requirements": [{"words": "x"}] * (MAX_REQUIREMENTS + 1)}],
        [{"id": "m", "title": "M", "provider": "T"}, {"id": "m", "title": "N", "provider": "T"}],
    ],
)  # fmt: skip
def test_what_cannot_be_tested_is_refused_when_it_is_read(data: object) -> None:
    with pytest.raises(InputError) as caught:
        load_entry_rules(data, place="programmes.yaml")
    assert isinstance(caught.value, TessellaError)
    assert caught.value.hint


@given(
    wanted=st.sampled_from([Where(outcome=("law", "x")), Where(credential=("A", "urn:c1")), Where(field=("061",)), Where(outcome=("law",), field=("06",)),
                            Where(any_of=(Where(outcome=("law",)), Where(credential=("A",)))), Where(not_=Where(outcome=("law",)))]),
    held=st.lists(
        st.builds(item, st.sampled_from("abcde"), credential=st.sampled_from(["", "urn:c1", "urn:c2"]), issuers=st.just(["T"]),
                  outcomes=st.sampled_from([None, ["Law "], ["x"], ["y"]]), fields=st.sampled_from([None, ["0613"], ["0421"]])),
        max_size=5, unique_by=lambda one: one.id,
    ),
)  # fmt: skip
def test_what_is_looked_up_is_what_judging_everything_gives(wanted: Where, held: list[Item]) -> None:
    found = answer(rule(Requirement(where=wanted)), *held)
    kept: list[Item] = []
    for one in held:
        if not any(one.repeats(other) for other in kept):
            kept.append(one)
    context = Context(
        Rule(id="", version="", title="", receiver="", award="", decider=Decider(name=""), source=Source(text="")), ON
    )  # fmt: skip
    truths = [judge(wanted, one, context).truth for one in kept]
    expected = Answer.MET if True in truths else Answer.UNKNOWN if None in truths else Answer.MISSING
    assert found.answer is expected
