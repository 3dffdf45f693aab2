"""Was a body quality-assured: against a twin that reads the rules one by one, and the cases that go wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.registers.domain import registers
from tessella_web.registers.models import (
    Body,
    BodyRelation,
    Claim,
    ClaimState,
    Decision,
    EntryStatus,
    Register,
    RelationKind,
)
from tessella_web.registers.quality import (
    Bearing,
    Evidence,
    Scope,
    State,
    answer,
    quality_assured,
    quality_assured_many,
)
from tests.web.registers.samples import DAY, agency_organisation, body, report

START = dt.date(2026, 1, 1)
days = st.integers(0, 6).map(lambda number: START + dt.timedelta(days=number))


@st.composite
def pieces(draw: st.DrawFn) -> Evidence:
    first = draw(days)
    return Evidence(
        bearing=Bearing.NO_DECISION,
        kind="report",
        id=str(draw(st.integers(0, 99))),
        number="",
        decision=draw(st.sampled_from(Decision.values)),
        about_id="b",
        about="",
        through="",
        authority_id=draw(st.sampled_from("AB")),
        authority="",
        register="",
        register_slug="",
        decided_on=first,
        last_day=draw(st.one_of(st.none(), days.filter(lambda day: day >= first))),
        url="",
        levels=draw(st.sampled_from([(), (6,), (5, 6)])),
        fields=draw(st.sampled_from([(), ("06",), ("061", "07")])),
        kinds=draw(st.sampled_from([(), ("micro-credential",)])),
        programmes=draw(st.sampled_from([(), ("p",)])),
    )


scopes = st.builds(
    Scope,
    level=st.sampled_from([None, 5, 6]),
    field=st.sampled_from(["", "06", "0613", "0711"]),
    kind=st.sampled_from(["", "micro-credential", "degree"]),
    programme=st.sampled_from(["", "p"]),
)


def twin(found: list[Evidence], scope: Scope, on: dt.date) -> State:
    """The rules of the module, read literally and slowly."""

    def about_it(one: Evidence) -> bool:
        if one.levels and not [level for level in one.levels if level == scope.level]:
            return False
        if one.fields and not [code for code in one.fields if scope.field[: len(code)] == code]:
            return False
        if one.kinds and scope.kind not in list(one.kinds):
            return False
        return not one.programmes or scope.programme in list(one.programmes)

    verdicts = []
    for agency in {one.authority_id for one in found}:
        standing: list[tuple[dt.date, str]] = []
        for one in found:
            ends = one.last_day or dt.date.max
            assert one.decided_on
            if one.authority_id != agency or one.decision == "none":
                continue
            if one.decided_on <= on <= ends and about_it(one):
                standing.append((one.decided_on, one.decision))
        if standing:
            last_day = max(day for day, _ in standing)
            last = [decision for day, decision in standing if day == last_day]
            verdicts.append("negative" not in last)
    if any(verdicts):
        return State.YES
    return State.NO if verdicts else State.NO_DATA


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces(), max_size=7), scopes, days)
def test_the_answer_is_that_of_the_twin(found: list[Evidence], scope: Scope, on: dt.date) -> None:
    told = answer(found, scope, on)
    assert told.state is twin(found, scope, on)
    assert (told.state is State.NO_DATA) == (not told.decisive)
    assert len(told.evidence) == len(found)


@given(st.lists(pieces(), max_size=5), scopes, days)
def test_the_order_of_the_evidence_does_not_matter(found: list[Evidence], scope: Scope, on: dt.date) -> None:
    assert answer(found, scope, on).state is answer(found[::-1], scope, on).state


pytestmark = pytest.mark.django_db
ANY = Scope()


def state(about: Body, on: dt.date = DAY, scope: Scope = ANY, **more: Any) -> State:
    return quality_assured(about, scope, on, **more).state


def test_nothing_known_is_no_data_and_never_no(twickel: Body) -> None:
    told = quality_assured(twickel, ANY, DAY)
    assert (told.state, told.evidence) == (State.NO_DATA, ())
    assert state(twickel, registers=[]) is State.NO_DATA


def test_a_report_holds_from_its_day_to_its_last_both_included(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    report(register, agnes, twickel, agency, decided_on=dt.date(2024, 1, 1), valid_until=dt.date(2025, 1, 1))
    days = [dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2025, 1, 1), dt.date(2025, 1, 2)]
    assert [state(twickel, one) for one in days] == [State.NO_DATA, State.YES, State.YES, State.NO_DATA]
    told = quality_assured(twickel, ANY, days[3])
    assert [one.bearing for one in told.evidence] == [Bearing.EXPIRED]


@pytest.mark.parametrize(
    ("decided", "last"),
    [(dt.date(2020, 3, 1), dt.date(2026, 2, 28)), (dt.date(2020, 2, 29), dt.date(2026, 2, 28))],
)
def test_without_an_end_a_report_holds_six_years(
    register: Register, agnes: Person, twickel: Body, agency: Body, decided: dt.date, last: dt.date
) -> None:
    report(register, agnes, twickel, agency, decided_on=decided)
    assert (state(twickel, last), state(twickel, last + dt.timedelta(days=1))) == (State.YES, State.NO_DATA)


def test_a_later_refusal_of_the_same_agency_replaces_and_another_agencys_does_not(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    report(register, agnes, twickel, agency)
    report(
        register, agnes, twickel, agency, "R-2", decision=Decision.NEGATIVE, decided_on=dt.date(2025, 1, 1)
    )
    assert (state(twickel, dt.date(2024, 6, 1)), state(twickel)) == (State.YES, State.NO)
    told = quality_assured(twickel, ANY, DAY)
    assert [(one.number, one.bearing) for one in told.evidence] == [
        ("R-2", Bearing.AGAINST),
        ("R-1", Bearing.REPLACED),
    ]
    report(register, agnes, twickel, body("Agency of the Hills"), "R-3")
    assert state(twickel) is State.YES


def test_limited_evidence_answers_only_what_it_covers(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    report(register, agnes, twickel, agency, scope={"levels": [6, 7], "fields": ["06"]})
    asked = [
        ANY,
        Scope(level=6),
        Scope(level=6, field="0613"),
        Scope(level=5, field="0613"),
        Scope(level=6, field="07"),
    ]
    assert [state(twickel, scope=one) for one in asked] == [
        State.NO_DATA, State.NO_DATA, State.YES, State.NO_DATA, State.NO_DATA,
    ]  # fmt: skip


def test_a_withdrawn_report_counts_no_more(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    registers.withdraw_report(by=agnes, report=report(register, agnes, twickel, agency), reason="Mixed up.")
    assert state(twickel) is State.NO_DATA


def test_a_keeper_whose_identity_is_open_counts_for_those_only_who_choose_it(
    agnes: Person, twickel: Body, agency: Body
) -> None:
    unknown = agency_organisation(agnes, slug="unknown", established=False)
    register = registers.open_register(by=agnes, organisation=unknown, name="Ours", slug="ours")
    report(register, agnes, twickel, agency)
    assert (state(twickel), state(twickel, registers=[register])) == (State.NO_DATA, State.YES)


def test_what_one_says_about_oneself_is_no_evidence(
    register: Register, agnes: Person, keeper: Organisation, twickel: Body, agency: Body
) -> None:
    report(register, agnes, twickel, agency)
    Claim.objects.create(organisation=keeper, body=twickel, state=ClaimState.ESTABLISHED, token="x")
    assert state(twickel) is State.NO_DATA


def test_listing_is_evidence_only_where_it_is_a_decision(
    register: Register, agnes: Person, twickel: Body
) -> None:
    entry = registers.enter(
        by=agnes, register=register, body=twickel, number="1", valid_from=dt.date(2024, 1, 1)
    )
    assert state(twickel) is State.NO_DATA
    Register.objects.update(is_quality_decision=True)
    registers.change_status(
        by=agnes, entry=entry, status=EntryStatus.SUSPENDED, on=dt.date(2025, 1, 1), reason="Missing papers"
    )
    registers.change_status(
        by=agnes, entry=entry, status=EntryStatus.LISTED, on=dt.date(2025, 6, 1), reason="Papers came"
    )
    registers.change_status(
        by=agnes, entry=entry, status=EntryStatus.ENDED, on=dt.date(2026, 1, 1), reason="Left"
    )
    asked = [(2023, 12), (2024, 6), (2025, 3), (2025, 6), (2026, 1)]
    assert [state(twickel, dt.date(*one, 1)) for one in asked] == [
        State.NO_DATA, State.YES, State.NO, State.YES, State.NO_DATA,
    ]  # fmt: skip


def relate(first: Body, kind: RelationKind, second: Body, **more: Any) -> None:
    BodyRelation.objects.create(body=first, kind=kind, other=second, **more)


def test_a_body_borrows_from_what_it_is_part_of_while_it_is(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    faculty, department, alliance = (
        body("Faculty of Nets"),
        body("Department of Knots"),
        body("Alliance of Dikes"),
    )
    relate(department, RelationKind.PART_OF, faculty)
    relate(faculty, RelationKind.PART_OF, twickel, valid_to=dt.date(2026, 3, 1))
    relate(twickel, RelationKind.MEMBER_OF, alliance)
    relate(alliance, RelationKind.PART_OF, department)  # a circle in the data ends nowhere
    report(register, agnes, alliance, agency)
    assert [state(one) for one in (department, faculty, twickel, alliance)] == [State.YES] * 4
    assert state(department, dt.date(2026, 3, 2)) is State.NO_DATA
    told = quality_assured(faculty, ANY, DAY)
    assert [(one.about, one.through) for one in told.evidence] == [("Alliance of Dikes", "part-of")]


def test_a_whole_does_not_borrow_from_its_parts(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    faculty = body("Faculty of Nets")
    relate(faculty, RelationKind.PART_OF, twickel)
    report(register, agnes, faculty, agency)
    assert state(twickel) is State.NO_DATA


def test_a_successor_inherits_from_its_first_day_on(
    register: Register, agnes: Person, twickel: Body, agency: Body
) -> None:
    college = body("College of Twickel")
    relate(college, RelationKind.PREDECESSOR_OF, twickel, valid_from=dt.date(2025, 1, 1))
    report(register, agnes, college, agency)
    assert (state(twickel, dt.date(2024, 12, 31)), state(twickel, dt.date(2025, 1, 1))) == (
        State.NO_DATA,
        State.YES,
    )


def test_many_bodies_need_as_many_queries_as_one(
    register: Register,
    agnes: Person,
    agency: Body,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    several = [body(f"School {number}") for number in range(6)]
    for number, one in enumerate(several):
        report(register, agnes, one, agency, f"R-{number}")
        registers.enter(by=agnes, register=register, body=one, number=str(number), valid_from=DAY)
    Register.objects.update(is_quality_decision=True)
    with django_assert_max_num_queries(8) as first:
        quality_assured(several[0], ANY, DAY)
    with django_assert_num_queries(len(first.captured_queries)):
        found = quality_assured_many(several, ANY, DAY)
    assert [one.state for one in found.values()] == [State.YES] * 6


def test_an_organisation_that_loses_its_identity_takes_its_evidence_with_it(
    register: Register, agnes: Person, keeper: Organisation, twickel: Body, agency: Body
) -> None:
    report(register, agnes, twickel, agency)
    accounts.unestablish(organisation=keeper)
    assert state(twickel) is State.NO_DATA
