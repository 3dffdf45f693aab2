"""Funding schemes: eligible as declared, not, or unknown; the price that is left; and what a scheme file may not say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.adapters.descriptions import parse_description
from tessella.errors import InputError, TessellaError
from tessella.guidance.funding import (
    FACTS,
    Eligibility,
    Price,
    Scheme,
    assess,
    combinations,
    explain,
    load_scheme,
    published_scheme,
    published_schemes,
    questions,
    read_facts,
    scheme_data,
)

ON = dt.date(2026, 3, 1)
COST = Price(Decimal("400.00"))
IRISH, SPANISH = "ie-hci-learner-fee-subsidy", "es-plan-microcreds-umh"


def shipped(name: str) -> Scheme:
    return load_scheme(parse_description(published_scheme(name)), place=name)


def made(**changes: Any) -> Scheme:
    """An invented scheme of the country of Nyando, changed."""
    plain: dict[str, Any] = {
        "id": "nyando-vouchers", "version": 1, "names": {"en": "Nyando vouchers"}, "countries": ["NL"],
        "funder": "Province of Nyando", "decider": "The province",
        "sources": [{"text": "Gazette", "url": "https://example.org/gazette", "looked_at": "2026-02-01"}],
        "conditions": [{"id": "age", "fact": "age", "at_least": 18}],
        "pays": [{"id": "half", "percent": 50}],
    }  # fmt: skip
    return load_scheme({**plain, **changes}, place="scheme.yaml")


def yes(scheme: str, *statements: str) -> dict[str, bool]:
    return {f"{scheme}.{one}": True for one in statements}


@pytest.mark.parametrize("name", published_schemes())
def test_shipped_scheme_round_trips_and_says_that_it_is_not_confirmed(name: str) -> None:
    scheme = shipped(name)
    assert load_scheme(scheme_data(scheme)) == scheme
    assert scheme.id == name
    assert scheme.confirmed is False
    assert all(one.url for one in scheme.sources)
    assert assess(scheme, {}, on=ON).eligibility is Eligibility.UNKNOWN
    assert any("not confirmed" in one for one in assess(scheme, {}, on=ON).cautions)


def test_irish_subsidy_leaves_a_fifth_to_a_half_of_the_fee() -> None:
    facts = yes(IRISH, "listed-course", "lives-in-ireland", "pps-number", "resident", "employment-stated")
    found = assess(shipped(IRISH), facts, on=ON, price=COST)
    assert found.eligibility is Eligibility.ELIGIBLE
    assert (found.pays_least, found.pays_most) == (Decimal("200.00"), Decimal("320.00"))
    assert (found.left_least, found.left_most) == (Decimal("80.00"), Decimal("200.00"))
    assert found.asked == ()
    assert "decides" in found.message


def test_irish_subsidy_takes_a_welfare_payment_for_nationality_and_residence() -> None:
    facts = yes(
        IRISH, "listed-course", "lives-in-ireland", "pps-number", "welfare-payment", "employment-stated"
    )
    assert assess(shipped(IRISH), facts, on=ON).eligibility is Eligibility.ELIGIBLE
    without = {**facts, f"{IRISH}.welfare-payment": False}
    assert assess(shipped(IRISH), without, on=ON).eligibility is Eligibility.UNKNOWN
    neither = {**without, f"{IRISH}.resident": False}
    found = assess(shipped(IRISH), neither, on=ON, price=COST)
    assert found.eligibility is Eligibility.NOT_ELIGIBLE
    assert [one.condition for one in found.reasons if one.holds is False] == ["nationality-and-residence"]
    assert found.left_least == found.left_most == Decimal("400.00")


@pytest.mark.parametrize(
    ("age", "ends", "expected", "failing"),
    [
        (25, "2026-03-31", Eligibility.ELIGIBLE, []),
        (64, "2026-03-31", Eligibility.ELIGIBLE, []),
        (24, "2026-03-31", Eligibility.NOT_ELIGIBLE, ["age"]),
        (65, "2026-03-31", Eligibility.NOT_ELIGIBLE, ["age"]),
        (30, "2026-04-01", Eligibility.NOT_ELIGIBLE, ["last-day-of-teaching"]),
    ],
)
def test_spanish_plan_by_age_and_last_day(
    age: int, ends: str, expected: Eligibility, failing: list[str]
) -> None:
    facts = {
        **yes(SPANISH, "part-of-the-plan", "group"),
        "age": Decimal(age),
        "ends-on": dt.date.fromisoformat(ends),
    }
    found = assess(shipped(SPANISH), facts, on=ON, price=COST)
    assert found.eligibility is expected
    assert [one.condition for one in found.reasons if one.holds is False] == failing
    assert found.left_least == (Decimal("0.00") if expected is Eligibility.ELIGIBLE else Decimal("400.00"))


def test_what_is_not_declared_is_asked_and_never_refused() -> None:
    found = assess(shipped(SPANISH), {"age": Decimal(30)}, on=ON)
    assert found.eligibility is Eligibility.UNKNOWN
    assert [one.key for one in found.asked] == ["ends-on", f"{SPANISH}.part-of-the-plan", f"{SPANISH}.group"]
    assert found.left_least is None


def test_scheme_in_the_language_of_the_reader() -> None:
    found = assess(shipped(SPANISH), {}, on=ON, languages=("es",))
    assert found.name == "Plan Microcreds en la Universidad Miguel Hernández de Elche"
    assert any("colectivos" in one for one in explain(shipped(SPANISH), ("es",)))


@pytest.mark.parametrize(("day", "holds"), [("2026-01-01", True), ("2025-12-31", False), ("2027-01-01", False)])  # fmt: skip
def test_validity_counts_both_days(day: str, holds: bool) -> None:
    scheme = made(valid_from="2026-01-01", valid_until="2026-12-31")
    found = assess(scheme, {"age": Decimal(30)}, on=dt.date.fromisoformat(day))
    assert (found.eligibility is Eligibility.ELIGIBLE) is holds


def test_caps_for_a_course_and_for_a_learner() -> None:
    facts = {"age": Decimal(30)}
    one = made(caps=[{"amount": 150}])
    assert assess(one, facts, on=ON, price=COST).left_most == Decimal("250.00")
    year = made(caps=[{"amount": 150, "per": "learner-year"}])
    unknown = assess(year, facts, on=ON, price=COST)
    assert (unknown.left_least, unknown.left_most) == (Decimal("250.00"), Decimal("400.00"))
    told = assess(year, facts, on=ON, price=COST, received=Decimal(100))
    assert (told.left_least, told.left_most) == (Decimal("350.00"), Decimal("350.00"))
    used_up = assess(year, facts, on=ON, price=COST, received=Decimal(900))
    assert used_up.left_least == Decimal("400.00")


def test_first_benefit_whose_conditions_hold_is_paid() -> None:
    scheme = made(pays=[
        {"id": "all", "percent": 100, "when": [{"id": "out-of-work", "fact": "employment", "one_of": ["unemployed"]}]},
        {"id": "half", "percent": 50},
    ])  # fmt: skip
    facts = {"age": Decimal(30)}
    open_still = assess(scheme, facts, on=ON, price=COST)
    assert (open_still.left_least, open_still.left_most) == (Decimal("0.00"), Decimal("200.00"))
    assert [one.key for one in open_still.asked] == ["employment"]
    assert assess(scheme, {**facts, "employment": "unemployed"}, on=ON, price=COST).left_most == 0
    assert assess(scheme, {**facts, "employment": "employed"}, on=ON, price=COST).left_least == 200


def test_no_benefit_fits_is_not_eligible() -> None:
    scheme = made(
        pays=[{"id": "all", "percent": 100, "when": [{"id": "small", "fact": "ects", "below": 15}]}]
    )
    found = assess(scheme, {"age": Decimal(30), "ects": Decimal(15)}, on=ON, price=COST)
    assert found.eligibility is Eligibility.NOT_ELIGIBLE
    assert [one.condition for one in found.reasons if one.holds is False] == ["small"]


def test_money_of_another_currency_is_not_converted() -> None:
    found = assess(made(), {"age": Decimal(30)}, on=ON, price=Price(Decimal(100), "SEK"))
    assert (found.left_least, found.left_most) == (None, None)
    assert any("SEK" in one for one in found.cautions)


def test_fixed_amount_never_pays_more_than_the_price() -> None:
    scheme = made(pays=[{"id": "voucher", "amount": 500}])
    found = assess(scheme, {"age": Decimal(30)}, on=ON, price=COST)
    assert (found.pays_most, found.left_most) == (Decimal("400.00"), Decimal("0.00"))


def test_codes_of_trees_stand_for_what_is_below_them() -> None:
    scheme = made(conditions=[{"id": "ict", "fact": "field", "one_of": ["06"]}, {"id": "where", "fact": "region", "one_of": ["NL2"]}])  # fmt: skip
    assert assess(scheme, {"field": "0613", "region": "NL21"}, on=ON).eligibility is Eligibility.ELIGIBLE
    assert assess(scheme, {"field": "0713", "region": "NL21"}, on=ON).eligibility is Eligibility.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("first", "second", "allowed", "least"),
    [
        ({"combines": "any"}, {"combines": "any"}, True, "0.00"),
        ({"combines": "never"}, {"combines": "any"}, False, None),
        ({"combines": "any"}, {}, None, "0.00"),
        ({"combines": "listed", "combines_with": ["b"]}, {"combines": "any"}, True, "0.00"),
        ({"combines": "listed", "combines_with": ["c"]}, {"combines": "any"}, False, None),
    ],
)
def test_two_schemes_for_one_course(
    first: dict[str, Any], second: dict[str, Any], allowed: bool | None, least: str | None
) -> None:
    schemes = [made(id="a", **first), made(id="b", pays=[{"id": "most", "percent": 80}], **second)]
    answers = [assess(one, {"age": Decimal(30)}, on=ON, price=COST) for one in schemes]
    (found,) = combinations(schemes, answers, COST)
    assert (found.allowed, found.left_least) == (allowed, None if least is None else Decimal(least))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "Not A Slug"}, "funding.scheme"),
        ({"sources": []}, "funding.scheme"),
        ({"countries": ["QQ"]}, "funding.reference"),
        ({"conditions": [{"id": "a", "fact": "shoe-size", "at_least": 40}]}, "funding.reference"),
        ({"conditions": [{"id": "a", "fact": "age", "at_least": 30, "at_most": 20}]}, "funding.contradiction"),
        ({"conditions": [{"id": "a", "fact": "age", "at_least": 30}, {"id": "b", "fact": "age", "below": 30}]}, "funding.contradiction"),
        ({"conditions": [{"id": "a", "fact": "age"}]}, "funding.scheme"),
        ({"conditions": [{"id": "a", "fact": "age", "one_of": ["30"]}]}, "funding.scheme"),
        ({"conditions": [{"id": "a"}]}, "funding.scheme"),
        ({"conditions": [{"id": "half", "fact": "age", "at_least": 3}]}, "funding.contradiction"),
        ({"conditions": [{"id": "a", "fact": "employment", "one_of": ["busy"]}]}, "funding.reference"),
        ({"pays": [{"id": "a", "percent": 120}]}, "funding.contradiction"),
        ({"pays": [{"id": "a", "percent": 80, "percent_most": 50}]}, "funding.contradiction"),
        ({"pays": [{"id": "a"}]}, "funding.scheme"),
        ({"pays": [{"id": "a", "amount": -5}]}, "funding.contradiction"),
        ({"caps": [{"amount": 5, "currency": "SEK"}]}, "funding.contradiction"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "funding.contradiction"),
        ({"combines": "listed"}, "funding.contradiction"),
        ({"surprise": 1}, "funding.scheme"),
        ({"sources": [{"text": "x", "url": "javascript:alert(1)", "looked_at": "2026-01-01"}]}, "funding.scheme"),
    ],
)  # fmt: skip
def test_scheme_that_makes_no_sense_is_refused_with_place_and_remedy(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(TessellaError) as caught:
        made(**changes)
    assert caught.value.code == code
    assert caught.value.place.startswith("scheme.yaml")
    assert caught.value.hint


def test_scheme_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(TessellaError) as caught:
        load_scheme(["a"], place="x")
    assert caught.value.code == "funding.scheme"


@pytest.mark.parametrize(
    ("name", "text"),
    [("age", "old"), ("age", "-3"), ("age", "NaN"), ("age", "1e999"), ("employment", "busy"), ("ends-on", "soon"), ("x.y", "maybe"), ("field", "0" * 300)],
)  # fmt: skip
def test_declared_fact_that_cannot_be_used_is_not_repeated(name: str, text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_facts({name: text})
    assert caught.value.code == "funding.fact"
    assert text not in str(caught.value).replace(name, "")
    assert caught.value.got is None


def test_empty_facts_are_not_declared() -> None:
    assert read_facts({"age": " ", "employment": "", "x.y": "no"}) == {"x.y": False}


def test_each_fact_is_asked_once() -> None:
    schemes = [made(id="a"), made(id="b"), shipped(IRISH)]
    keys = [one.key for one in questions(schemes)]
    assert len(keys) == len(set(keys))
    assert keys[0] == "age"
    assert all(key in FACTS or "." in key for key in keys)


@given(st.dictionaries(st.sampled_from(["age", "ects", f"{IRISH}.pps-number"]), st.text(max_size=12)))
def test_any_text_is_read_or_refused(given: dict[str, str]) -> None:
    try:
        facts = read_facts(given)
    except InputError as error:
        assert error.code == "funding.fact"
    else:
        assert assess(shipped(IRISH), facts, on=ON, price=COST).eligibility in Eligibility


@given(
    st.decimals(0, 5000, places=2),
    st.integers(0, 100),
    st.integers(1, 900),
    st.one_of(st.none(), st.integers(0, 900)),
)
def test_what_is_left_is_never_below_nothing_nor_above_the_price(
    price: Decimal, share: int, cap: int, received: int | None
) -> None:
    scheme = made(pays=[{"id": "a", "percent": share}], caps=[{"amount": cap, "per": "learner"}])
    found = assess(
        scheme, {"age": Decimal(30)}, on=ON, price=Price(price),
        received=None if received is None else Decimal(received),
    )  # fmt: skip
    assert found.left_least is not None
    assert found.left_most is not None
    assert 0 <= found.left_least <= found.left_most <= price
