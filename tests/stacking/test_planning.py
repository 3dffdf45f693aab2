"""Plans: what the solver finds is what trying everything finds, the engine agrees with it, and no answer is dishonest."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tessella.errors import InputError, LimitError, SchemaError
from tessella.stacking import Item, Outcome, Rule, load_rule
from tessella.stacking.conditions import Context, judge
from tessella.stacking.language import Selection
from tessella.stacking.planning import (
    Objective,
    Offer,
    Plan,
    Reached,
    Wishes,
    differences,
    load_offers,
    plan,
    trade_off,
)
from tessella.stacking.planning import offers as offers_module
from tessella.stacking.planning.offers import promised
from tessella.stacking.planning.sorting import SORTING, comparable
from tests.stacking import brute, strategies

ON = strategies.ON
MONDAY = dt.date(2026, 6, 8)


def rule(**changes: Any) -> Rule:
    return load_rule(
        {**strategies.BASE, "amounts": [{"id": "volume", "title": "Volume", "at_least": 6}], **changes}
    )


def offer(id: str = "a", weeks: tuple[int, int] = (0, 4), **changes: Any) -> dict[str, Any]:
    start, end = weeks
    award = {
        "title": f"Course {id}", "credential": f"urn:course:{id}", "issuers": ["Twickel"], "credits": {"ects": 3}, "hours": 80,
        "levels": {"eqf": 6}, "languages": ["en"], "modes": ["online"], **changes.pop("award", {}),
    }  # fmt: skip
    return {
        "id": id, "award": award, "provider": "Twickel", "price": 100,
        "starts_on": (MONDAY + dt.timedelta(weeks=start)).isoformat(),
        "ends_on": (MONDAY + dt.timedelta(weeks=end, days=-3)).isoformat(),
        **changes,
    }  # fmt: skip


def found(
    *listed: dict[str, Any],
    wishes: Wishes | None = None,
    by: Rule | None = None,
    wallet: Sequence[Item] = (),
    **more: Any,
) -> Any:
    return plan(by or rule(), wallet, load_offers(list(listed)), wishes, on=ON, **more)


def taken(one: Plan) -> list[str]:
    return [step.offer for step in one.steps]


def test_what_is_taken_is_the_least() -> None:
    answer = found(
        offer("long", award={"hours": 200}),
        offer("a"),
        offer("b", award={"hours": 90}),
        offer("c", award={"hours": 60}),
    )
    assert answer.reached is Reached.PLANNED
    (best,) = answer.plans
    assert taken(best) == ["a", "c"]
    assert (best.hours, best.least, best.bound, best.is_least) == (
        Decimal(140),
        Decimal(140),
        Decimal(140),
        True,
    )
    assert best.evaluation.outcome is Outcome.MET
    assert answer.assumptions


def test_a_wallet_that_meets_the_rule_needs_nothing() -> None:
    held = Item(
        id="urn:held",
        credits={"ects": Decimal(6)},
        awarded_on=dt.date(2025, 1, 1),
        status="valid",
        outcomes=("x",),
    )
    answer = found(offer("a"), wallet=[held])
    assert answer.reached is Reached.NOTHING_NEEDED
    assert answer.plans[0].steps == ()


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        (Objective.WORKLOAD, ["short"]),
        (Objective.PRICE, ["cheap"]),
        (Objective.TIME, ["soon"]),
    ],
)
def test_each_objective_has_its_own_best(objective: Objective, expected: list[str]) -> None:
    six = {"credits": {"ects": 6}}
    answer = found(
        offer("short", (8, 20), award={**six, "hours": 100}, price=900),
        offer("cheap", (8, 22), award={**six, "hours": 180}, price=10),
        offer("soon", (0, 3), award={**six, "hours": 170}, price=800),
        objective=objective,
    )
    assert taken(answer.plans[0]) == expected


def test_fewest_providers() -> None:
    answer = found(
        offer("a", provider="One"), offer("b", provider="Two", price=1), offer("c", provider="Two", price=1, award={"hours": 10}),
        offer("d", provider="One", award={"hours": 10}), objective=Objective.PROVIDERS,
    )  # fmt: skip
    (best,) = answer.plans
    assert (best.providers, best.least) == (1, 1)


def test_hours_a_week_hold_in_each_week() -> None:
    both = [
        offer("a", (0, 4)),
        offer("b", (2, 6), award={"hours": 84}),
        offer("late", (8, 12), award={"hours": 120}),
    ]
    assert taken(found(*both).plans[0]) == ["a", "b"]
    one_at_a_time = found(*both, wishes=Wishes(weekly_hours=Decimal(30)))
    assert taken(one_at_a_time.plans[0]) == ["a", "late"]


def test_what_an_offer_asks_for_comes_first() -> None:
    advanced = offer(
        "advanced",
        (8, 12),
        award={"credits": {"ects": 6}},
        requires=[{"where": {"credential": ["Course basics"]}}],
    )
    basics = offer("basics", (0, 4), award={"credits": {"ects": 0}, "hours": 10})
    late = offer(
        "basics-late",
        (9, 13),
        award={"title": "Course basics", "credential": "", "credits": {"ects": 0}, "hours": 5},
    )
    answer = found(advanced, basics, late, objective=Objective.PRICE)
    assert [(step.offer, step.counts) for step in answer.plans[0].steps] == [
        ("basics", False),
        ("advanced", True),
    ]
    held = Item(
        id="urn:held",
        title="Course basics",
        awarded_on=dt.date(2020, 1, 1),
        status="valid",
        credits={"ects": Decimal(0)},
        outcomes=(),
    )
    assert taken(found(advanced, basics, late, wallet=[held]).plans[0]) == ["advanced"]


def test_what_expires_before_the_end_does_not_count() -> None:
    strict = rule(conditions=[{"id": "fresh", "where": {"max_age_months": 12}}])
    held = Item(
        id="urn:held", credits={"ects": Decimal(3)}, awarded_on=dt.date(2025, 8, 1), status="valid", outcomes=(), title="Held",
        issuers=("Twickel",),
    )  # fmt: skip
    soon, later = offer("soon", (0, 4)), offer("later", (20, 24), price=1)
    assert taken(found(soon, later, by=strict, wallet=[held], objective=Objective.PRICE).plans[0]) == ["soon"]
    assert found(later, by=strict, wallet=[held]).reached is Reached.IMPOSSIBLE


def test_offers_that_do_not_say_are_left_out_and_counted() -> None:
    answer = found(
        offer("a"), offer("b"), offer("free", price=None), offer("silent", award={"languages": None}), offer("german", award={"languages": ["de"]}),
        offer("full", is_full=True), offer("over", (-9, -5)),
        wishes=Wishes(budget=Decimal(300), languages=("en",)),
    )  # fmt: skip
    assert taken(answer.plans[0]) == ["a", "b"]
    assert {one.wish: (one.count, one.unknown) for one in answer.left_out} == {
        "languages": (2, 1), "budget": (1, 1), "not_before": (1, 0),
    }  # fmt: skip
    assert answer.considered == 2


def test_what_cannot_all_hold_is_named_and_nothing_too_much() -> None:
    listed = [offer("a"), offer("b", (2, 6)), offer("german", (10, 14), award={"languages": ["de"]})]
    wishes = Wishes(weekly_hours=Decimal(30), languages=("en",), budget=Decimal(10_000))
    answer = found(*listed, wishes=wishes)
    assert answer.reached is Reached.IMPOSSIBLE
    assert answer.clash == (
        "In these languages: en",
        "At most 30 hours a week",
        "Volume: at least 6 ECTS",
    ) or set(answer.clash) == {"In these languages: en", "At most 30 hours a week", "Volume: at least 6 ECTS"}  # fmt: skip
    for name in ("languages", "weekly_hours"):
        eased = msgspec.structs.replace(wishes, **{name: () if name == "languages" else None})
        assert found(*listed, wishes=eased).reached is Reached.PLANNED


def test_a_rule_that_the_catalogue_cannot_serve_says_which_part() -> None:
    strict = rule(
        groups=[{"id": "core", "title": "Core", "slots": [{"id": "law", "where": {"credential": ["Law"]}}]}]
    )
    answer = found(offer("a"), offer("b"), by=strict)
    assert answer.reached is Reached.IMPOSSIBLE
    assert len(answer.clash) == 1
    assert "Core" in answer.clash[0]


def test_plans_along_the_trade_off_are_each_better_in_something() -> None:
    listed = [
        offer(f"{n}", award={"credits": {"ects": 6}, "hours": hours}, price=price)
        for n, (hours, price) in enumerate([(100, 900), (120, 500), (130, 600), (150, 100), (160, 100)])
    ]
    answer = trade_off(
        rule(), [], load_offers(listed), on=ON, objective=Objective.WORKLOAD, against=Objective.PRICE, most=5
    )
    assert [taken(one) for one in answer.plans] == [["0"], ["1"], ["3"]]
    assert [(one.hours, one.price) for one in answer.plans] == [(100, 900), (120, 500), (150, 100)]


def test_what_if_says_what_changes() -> None:
    listed = [offer("a"), offer("b"), offer("c", (0, 9), award={"hours": 100}, price=250, provider="Other")]
    before = found(*listed).plans[0]
    after = found(*listed, wishes=Wishes(without=("b",))).plans[0]
    assert differences(before, after) == (
        "Now with “Course c”.",
        "No longer with “Course b”.",
        f"Finished on {after.finish} instead of {before.finish}.",
        "180 hours instead of 160.",
        "It costs 350 instead of 200.",
        "From 2 providers instead of 1.",
    )


def test_the_same_course_does_not_count_twice() -> None:
    again = offer("again", (6, 9), award={"credential": "urn:course:a", "hours": 1})
    assert taken(found(offer("a"), again, offer("b", (8, 12))).plans[0]) == ["again", "b"]
    nameless = [offer(name, award={"title": "Welding", "credential": ""}) for name in "ab"]
    assert found(*nameless).reached is Reached.IMPOSSIBLE


def test_parts_are_taken_in_the_order_of_the_rule() -> None:
    by = rule(
        parts=[
            {"id": "first", "where": {"credential": ["Course first", "Course first-late"]}},
            {"id": "then", "where": {"credential": ["Course then"]}, "needs": ["first"]},
        ]
    )
    listed = [
        offer("then", (4, 8), award={"hours": 1}),
        offer("first-late", (6, 10), award={"hours": 2}),
        offer("first", (0, 4)),
        offer("other", award={"hours": 500}),
    ]
    assert taken(found(*listed, by=by).plans[0]) == ["first", "then"]


@pytest.mark.parametrize(("at_most", "expected"), [(0, ["a", "c"]), (1, ["a", "b"])])
def test_outcomes_in_common_are_bounded(at_most: int, expected: list[str]) -> None:
    by = rule(overlap={"id": "overlap", "at_most": at_most})
    listed = [
        offer(name, award={"outcomes": list(words), "hours": n})
        for n, (name, words) in enumerate([("a", "xy"), ("b", "xz"), ("c", "w"), ("d", "xyz")], 1)
    ]
    assert taken(found(*listed, by=by).plans[0]) == expected
    silent = offer("silent", award={"hours": 0})
    assert taken(found(*listed, silent, by=by).plans[0]) == expected


def test_no_time_is_no_answer() -> None:
    answer = found(*(offer(f"{n}", (n % 9, n % 9 + 4), price=n) for n in range(60)), seconds=1e-9)
    assert answer.reached is Reached.NOT_FOUND
    assert not answer.clash


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"price": -1}, InputError, "stacking.offer"),
        ({"weekly_hours": 1000}, InputError, "stacking.offer"),
        ({"ends_on": "2020-01-01"}, InputError, "stacking.offer"),
        ({"award": {"hours": -4}}, InputError, "stacking.number"),
        ({"prize": 4}, SchemaError, "stacking.offers"),
        ({"starts_on": "soon"}, SchemaError, "stacking.offers"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_with_its_place(
    change: dict[str, Any], error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as caught:
        load_offers([offer("good"), {**offer("bad"), **change}], place="offers.yaml")
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert caught.value.place == "offers.yaml#1"  # type: ignore[attr-defined]


def test_ids_that_stand_twice_and_too_many_offers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError):
        load_offers([offer("a"), offer("a")])
    monkeypatch.setattr(offers_module, "MAX_OFFERS", 1)
    with pytest.raises(LimitError):
        load_offers([offer("a"), offer("b")])


# The slow twin: every subset of the offers, straight from what the words mean.


@st.composite
def offered(draw: st.DrawFn) -> tuple[Offer, ...]:
    made = []
    for n in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, 4))
        made.append(
            Offer(
                id=f"urn:offer:{n}",
                award=msgspec.structs.replace(
                    draw(strategies.items()), id=f"urn:offer:{n}", hours=Decimal(draw(st.sampled_from((10, 20, 40)))),
                    languages=draw(st.sampled_from((None, ("en",), ("de",)))),
                ),
                starts_on=MONDAY + dt.timedelta(weeks=start),
                ends_on=MONDAY + dt.timedelta(weeks=start + draw(st.integers(1, 3)), days=-1),
                provider=draw(st.sampled_from(("A", "B"))),
                price=draw(st.sampled_from((None, Decimal(0), Decimal(50), Decimal(80)))),
                requires=draw(st.sampled_from(((), (), (offers_module.Requirement(where=draw(strategies.wheres_read())),)))),
            )
        )  # fmt: skip
    return tuple(made)


@st.composite
def wished(draw: st.DrawFn) -> Wishes:
    """One or two wishes: with all of them there is hardly ever a plan."""
    all_of_them: dict[str, Any] = {
        "weekly_hours": Decimal(draw(st.sampled_from((10, 20)))),
        "budget": Decimal(draw(st.sampled_from((50, 130)))),
        "most_providers": 1,
        "languages": ("en",),
        "finish_by": MONDAY + dt.timedelta(weeks=4),
    }
    names = draw(st.lists(st.sampled_from(sorted(all_of_them)), max_size=2, unique=True))
    return Wishes(**{name: all_of_them[name] for name in names})


@st.composite
def asking_little(draw: st.DrawFn) -> Rule:
    """A rule that a few offers can meet, with one or two of the other requirements."""
    data: dict[str, Any] = {
        **strategies.BASE,
        "amounts": [
            {
                "id": "volume",
                "at_least": draw(st.integers(1, 6)),
                "of": draw(st.sampled_from(("credits", "count"))),
            }
        ],
    }
    others: dict[str, Any] = {
        "overlap": {"id": "v", "at_most": draw(st.integers(0, 1))},
        "parts": [{"id": "p1", "where": draw(strategies.wheres())}, {"id": "p2", "where": draw(strategies.wheres()), "needs": ["p1"]}],
        "groups": [{"id": "g", "slots": [{"id": "s", "where": draw(strategies.wheres())}]}],
        "outcomes": [{"id": "o", "outcomes": [draw(st.sampled_from("xyz"))]}],
        "conditions": [{"id": "c", "where": {"max_age_months": draw(st.sampled_from((1, 60)))}}],
    }  # fmt: skip
    for name in draw(st.lists(st.sampled_from(sorted(others)), max_size=2, unique=True)):
        data[name] = others[name]
    return load_rule(data)


@given(
    asking_little() | strategies.rules(),
    strategies.wallets(max_size=2),
    offered(),
    wished(),
    st.sampled_from(Objective),
)
def test_the_plan_is_the_one_that_trying_everything_finds(
    by: Rule | None, wallet: tuple[Item, ...], offers: tuple[Offer, ...], wishes: Wishes, objective: Objective
) -> None:
    assume(by is not None)
    assert by is not None
    answer = plan(by, wallet, offers, wishes, on=ON, objective=objective)
    if answer.reached is Reached.NOTHING_NEEDED:
        return
    least = _least(by, wallet, offers, wishes, objective)
    if least is None:
        assert answer.reached is Reached.IMPOSSIBLE
        return
    assert answer.reached is Reached.PLANNED
    (best,) = answer.plans
    assert best.is_least
    assert (best.least, len(best.steps)) == least
    assert best.evaluation.outcome is Outcome.MET


def _least(
    by: Rule, wallet: tuple[Item, ...], offers: tuple[Offer, ...], wishes: Wishes, objective: Objective
) -> tuple[Decimal, int] | None:
    wishes = msgspec.structs.replace(wishes, not_before=ON)
    fitting = [
        one
        for one in offers
        if all(wish.test(one, wishes) for wish in SORTING.values()) and comparable(one, objective, wishes)
    ]
    values = [
        (_value(chosen, objective), len(chosen))
        for size in range(len(fitting) + 1)
        for chosen in itertools.combinations(fitting, size)
        if _possible(by, wallet, chosen, wishes)
    ]
    return min(values, default=None)


def _possible(by: Rule, wallet: tuple[Item, ...], chosen: tuple[Offer, ...], wishes: Wishes) -> bool:
    context = Context(by, ON)
    earned = {one.id: promised(one, by) for one in chosen}
    for one in chosen:
        before = [*wallet, *(earned[other.id] for other in chosen if other.ends_on < one.starts_on)]
        if not all(any(judge(need.where, item, context).truth for item in before) for need in one.requires):
            return False
    weeks: dict[int, Decimal] = {}
    for one in chosen:
        for week in range((one.starts_on - MONDAY).days // 7, (one.ends_on - MONDAY).days // 7 + 1):
            weeks[week] = weeks.get(week, Decimal(0)) + (one.load or 0)
    if wishes.weekly_hours is not None and max(weeks.values(), default=Decimal(0)) > wishes.weekly_hours:
        return False
    if wishes.budget is not None and sum(one.price or 0 for one in chosen) > wishes.budget:
        return False
    if wishes.most_providers is not None and len({one.provider for one in chosen}) > wishes.most_providers:
        return False
    finish = max((one.ends_on for one in chosen), default=ON)
    freely = msgspec.structs.replace(by, selection=Selection.BEST)
    return brute.met(freely, [*wallet, *earned.values()], finish)


def _value(chosen: tuple[Offer, ...], objective: Objective) -> Decimal:
    return {
        Objective.WORKLOAD: sum((one.award.hours or Decimal(0) for one in chosen), Decimal(0)),
        Objective.PRICE: sum((one.price or Decimal(0) for one in chosen), Decimal(0)),
        Objective.TIME: Decimal(max(((one.ends_on - ON).days for one in chosen), default=0)),
        Objective.PROVIDERS: Decimal(len({one.provider for one in chosen})),
    }[objective]
