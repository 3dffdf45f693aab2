"""The gap between a wallet and the skills of an occupation."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import InputError, LimitError, SchemaError
from tessella.guidance.gap import (
    MAX_NEEDS,
    Confirmed,
    Gap,
    Match,
    Need,
    Occupation,
    Offered,
    Relations,
    Stand,
    Standing,
    Strength,
    gap,
    goal_rule,
    load_confirmed,
    load_occupation,
)
from tessella.stacking import Item, Outcome, evaluate, load_rule, rule_data

ON = dt.date(2026, 11, 22)
ETHICS, LAW, SHEETS = (f"https://skills.example/{name}" for name in ("ethics", "law", "sheets"))
STEWARD = Occupation(
    id="steward",
    title="Data steward",
    version="1.2",
    needs=(Need(skill=ETHICS), Need(skill=LAW), Need(skill=SHEETS, is_essential=False)),
)


def item(id: str = "a", **values: object) -> Item:
    return msgspec.convert({"id": id, "title": id.upper(), "status": "valid", **values}, Item)


def stand(found: Gap, skill: str) -> Stand:
    return next(one for one in (*found.essential, *found.optional) if one.need.skill == skill)


def test_a_skill_that_a_credential_names_is_held_and_the_rest_is_missing() -> None:
    found = gap([item(outcomes=[ETHICS], assessed=True, issuers=["id", "Twickel"])], STEWARD, on=ON)
    held = stand(found, ETHICS)
    assert held.standing is Standing.HELD
    (one,) = held.evidence
    assert (one.item, one.issuer, one.match, one.strength, one.is_verified) == ("a", "Twickel", Match.EXACT, Strength.ASSESSED, True)  # fmt: skip
    assert [(one.need.skill, one.standing) for one in found.optional] == [(SHEETS, Standing.MISSING)]
    assert found.missing == (LAW,)


def test_what_is_not_assessed_or_not_verified_says_so() -> None:
    found = gap([item(outcomes=[ETHICS], status="unverified")], STEWARD, on=ON)
    (one,) = stand(found, ETHICS).evidence
    assert (one.strength, one.is_verified) == (Strength.STATED, False)


@pytest.mark.parametrize("status", ["revoked", "suspended", "failed"])
def test_a_credential_that_does_not_hold_is_no_evidence_and_is_named(status: str) -> None:
    found = gap([item(outcomes=[ETHICS], status=status)], STEWARD, on=ON)
    assert stand(found, ETHICS) == Stand(need=Need(skill=ETHICS), standing=Standing.MISSING)
    assert found.left_out == ("A",)


def test_what_lapsed_is_shown_and_does_not_make_it_held() -> None:
    found = stand(gap([item(outcomes=[ETHICS], valid_until=ON - dt.timedelta(1))], STEWARD, on=ON), ETHICS)
    assert (found.standing, found.evidence[0].strength) == (Standing.MISSING, Strength.LAPSED)
    still = stand(gap([item(outcomes=[ETHICS], valid_until=ON)], STEWARD, on=ON), ETHICS)
    assert still.standing is Standing.HELD


def test_narrower_and_broader_skills_are_near_and_said_as_such() -> None:
    relations = Relations({"narrow": [ETHICS], LAW: ["group"], "group": ["top"]})
    found = gap([item(outcomes=["narrow", "top"])], STEWARD, relations, on=ON)
    assert (stand(found, ETHICS).standing, stand(found, ETHICS).evidence[0].match) == (Standing.NEAR, Match.NARROWER)  # fmt: skip
    assert (stand(found, LAW).standing, stand(found, LAW).evidence[0].match) == (Standing.NEAR, Match.BROADER)
    assert found.missing == (ETHICS, LAW)


def test_siblings_in_the_hierarchy_are_not_near() -> None:
    relations = Relations({"sibling": ["group"], ETHICS: ["group"]})
    assert stand(gap([item(outcomes=["sibling"])], STEWARD, relations, on=ON), ETHICS).standing is Standing.MISSING  # fmt: skip


def test_a_circle_in_the_hierarchy_ends() -> None:
    relations = Relations({"x": ["y"], "y": ["x"]})
    assert relations.above("x") == {"y"}


def test_words_count_only_when_a_person_confirmed_them_and_for_the_named_credential() -> None:
    held = [item("a", outcomes=["Weigh up what data do"]), item("b", outcomes=["weigh up what  data do"])]
    assert stand(gap(held, STEWARD, on=ON), ETHICS).standing is Standing.MISSING
    said = Confirmed(
        text="Weigh up what data do", skill=ETHICS, by="Ona", on=ON, item="b", suggested="lexical", score=0.6
    )
    found = stand(gap(held, STEWARD, on=ON, confirmed=[said]), ETHICS)
    assert found.standing is Standing.HELD
    (one,) = found.evidence
    assert (one.item, one.match, one.confirmed_by, one.confirmed_on, one.suggested, one.score) == ("b", Match.CONFIRMED, "Ona", ON, "lexical", 0.6)  # fmt: skip


def test_what_the_issuer_says_itself_is_never_shown_as_the_holders_mapping() -> None:
    said = Confirmed(text="Ethics", skill=ETHICS, by="Ona", on=ON)
    found = gap([item(outcomes=["Ethics", ETHICS])], STEWARD, on=ON, confirmed=[said])
    assert [one.match for one in stand(found, ETHICS).evidence] == [Match.EXACT]


def test_offers_that_bring_most_of_what_is_missing_come_first() -> None:
    offers = [
        Offered(id="o1", title="Law", outcomes=(LAW, ETHICS)),
        Offered(id="o2", title="Law and tables", outcomes=(LAW, SHEETS)),
        Offered(id="o3", title="Nothing new", outcomes=(ETHICS,)),
        Offered(id="o4", title="Near law", outcomes=("court",)),
    ]
    found = gap([item(outcomes=[ETHICS])], STEWARD, Relations({"court": [LAW]}), on=ON, offers=offers)
    assert [(one.id, one.skills, one.narrower) for one in found.offers] == [
        ("o2", (LAW, SHEETS), ()), ("o1", (LAW,), ()), ("o4", (), (LAW,)),
    ]  # fmt: skip
    assert stand(found, LAW).offers == ("o2", "o1", "o4")
    assert stand(found, ETHICS).offers == ()


def test_a_planned_offer_makes_a_skill_planned_and_never_held() -> None:
    offer = Offered(id="o", title="Law", outcomes=(LAW, ETHICS))
    found = gap([item(outcomes=[ETHICS])], STEWARD, on=ON, offers=[offer], planned=[offer])
    assert [one.standing for one in found.essential] == [Standing.HELD, Standing.PLANNED]
    assert (found.missing, found.offers) == ((), ())


def test_too_long_a_list_is_refused() -> None:
    needs = tuple(Need(skill=f"s{n}") for n in range(MAX_NEEDS + 1))
    with pytest.raises(LimitError) as caught:
        gap([], Occupation(id="x", title="x", needs=needs), on=ON)
    assert caught.value.code == "input.limit.needs"


def test_the_essential_skills_are_a_rule_that_one_credential_may_meet_alone() -> None:
    rule = goal_rule(STEWARD)
    assert load_rule(rule_data(rule)) == rule
    both = item(outcomes=[ETHICS, LAW])
    assert evaluate(rule, [both], on=ON).outcome is Outcome.MET
    lacking = evaluate(rule, [item(outcomes=[ETHICS])], on=ON)
    assert lacking.outcome is Outcome.MISSING
    assert LAW in lacking.missing[0].message


def test_an_occupation_is_read_from_plain_data() -> None:
    found = load_occupation({"title": "Steward", "version": 1.2, "essential": [ETHICS], "optional": [{"skill": LAW, "title": "law"}]})  # fmt: skip
    assert found == Occupation(
        id="Steward", title="Steward", version="1.2",
        needs=(Need(skill=ETHICS), Need(skill=LAW, title="law", is_essential=False)),
    )  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [[], {"title": "x"}, {"title": "x", "essential": "law"}, {"title": "x", "essential": [3]}, {"title": "x", "essential": [" "]},
     {"title": "x", "essential": [LAW], "colour": "red"}, {"essential": [{"skill": LAW, "level": 3}], "title": "x"}],
)  # fmt: skip
def test_what_is_no_occupation_is_refused(data: object) -> None:
    with pytest.raises(SchemaError) as caught:
        load_occupation(data, place="occupation.yaml")
    assert (caught.value.code, caught.value.place) == ("guidance.occupation", "occupation.yaml")


def test_a_confirmation_without_who_or_when_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        load_confirmed([{"text": "x", "skill": LAW}])
    assert caught.value.code == "guidance.confirmed"


SKILLS = st.sampled_from([f"s{n}" for n in range(8)])


@given(
    held=st.lists(SKILLS, max_size=6),
    needs=st.lists(SKILLS, min_size=1, max_size=8, unique=True),
    broader=st.dictionaries(SKILLS, st.lists(SKILLS, max_size=3)),
)
def test_held_is_exactly_what_is_said_and_nothing_is_counted_twice(
    held: list[str], needs: list[str], broader: dict[str, list[str]]
) -> None:
    goal = Occupation(id="g", title="g", needs=tuple(Need(skill=one) for one in needs))
    found = gap([item(outcomes=held)] if held else [], goal, Relations(broader), on=ON)
    assert [one.need.skill for one in found.essential if one.standing is Standing.HELD] == [
        one for one in needs if one in held
    ]
    assert len(found.essential) == len(needs)
