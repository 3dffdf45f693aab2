"""A rule, a wallet and offers as a model for CP-SAT: what to take, and what of it counts.

Every requirement is read in the *sure* world of `stacking.system`: what is not stated does not help. Each named constraint can be given a
switch, so that the solver can say which of them are in one another's way.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

import msgspec
from ortools.sat.python import cp_model

from tessella.stacking.conditions import Context, judge
from tessella.stacking.items import Item
from tessella.stacking.language import Rule, Where
from tessella.stacking.planning.offers import Objective, Offer, Wishes
from tessella.stacking.system import amount_rows, covering, exclusions, pools_of

__all__ = ["Candidate", "Model", "candidates_of", "eligible_until"]

CENTS = 100
"""Prices and hours are whole numbers of hundredths."""

DAYS_A_WEEK = 7

Literals = list[Any]


class Candidate(msgspec.Struct, frozen=True):
    """Something that may count: held (``offer`` is None) or promised by an offer. ``until``: the last day on which it can count."""

    item: Item
    offer: Offer | None
    until: dt.date


def candidates_of(
    rule: Rule, wallet: Sequence[Item], offers: Iterable[tuple[Offer, Item]], on: dt.date, horizon: dt.date
) -> Iterator[Candidate]:
    """The held items that can count today, and the offers; each with the last day up to the horizon on which it can."""
    for item in wallet:
        if (until := eligible_until(rule, item, on, horizon)) is not None:
            yield Candidate(item, None, until)
    for offer, item in offers:
        until = eligible_until(rule, item, offer.ends_on, max(horizon, offer.ends_on))
        yield Candidate(item, offer, until or dt.date.min)


def eligible_until(rule: Rule, item: Item, on: dt.date, horizon: dt.date) -> dt.date | None:
    """The last day from ``on`` to the horizon on which nothing keeps the item from counting; None when something does at once.

    Time only takes away: what cannot count on a day cannot on a later one.
    """

    def counts(day: dt.date) -> bool:
        return not any(True for _ in exclusions(item, Context(rule, day)))

    if not counts(on):
        return None
    if counts(horizon):
        return horizon
    low, high = on.toordinal(), horizon.toordinal()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if counts(dt.date.fromordinal(middle)) else (low, middle)
    return dt.date.fromordinal(low)


class Model:
    """The model and its variables. ``taken`` by offer, ``counts`` by candidate, in their order.

    ``switches`` (when explaining) are assumptions by name: ``wish:NAME``, ``rule:ID``, ``entry``.
    """

    def __init__(
        self,
        rule: Rule,
        candidates: Sequence[Candidate],
        wishes: Wishes,
        on: dt.date,
        *,
        unwanted: Mapping[str, str] | None = None,
        entry_items: Sequence[Item] = (),
        at_most: Mapping[Objective, int] | None = None,
        explaining: bool = False,
    ) -> None:
        self.rule, self.candidates, self.wishes, self.on = rule, list(candidates), wishes, on
        self.context = Context(rule, on)
        self.model = cp_model.CpModel()
        self.switches: dict[str, Any] = {}
        self._explaining = explaining
        self.items = [one.item for one in self.candidates]
        self.counts = [self.model.new_bool_var("") for _ in self.candidates]
        self.offers = {i: one.offer for i, one in enumerate(self.candidates) if one.offer is not None}
        self.taken = {i: self.model.new_bool_var("") for i in self.offers}
        for i, var in self.taken.items():
            self.model.add_implication(self.counts[i], var)
        self._entry_items = entry_items
        self._finish()
        self._requirements()
        self._places()
        self._clashes()
        self._order()
        self._entry()
        self._bounds()
        for objective, most in (at_most or {}).items():
            if objective is Objective.TIME:
                self._finished_by(on + dt.timedelta(days=most))
            else:
                self.model.add(self.amount(objective) <= most)
        for i, name in ((i, (unwanted or {}).get(self.items[i].id)) for i in self.taken):
            if name:
                self.model.add(self.taken[i] == 0).only_enforce_if(self._switch(f"wish:{name}"))

    # What plans are compared by

    def amount(self, objective: Objective) -> Any:
        """What of the plan is to be least, as a linear expression of whole numbers."""
        if objective is Objective.TIME:
            return cp_model.LinearExpr.weighted_sum(
                [var for var, _ in self._days], [gap for _, gap in self._days]
            )
        if objective is Objective.PROVIDERS:
            return cp_model.LinearExpr.sum(list(self._providers().values()))
        values = []
        for i in self.taken:
            offer = self.offers[i]
            value = offer.price if objective is Objective.PRICE else offer.award.hours
            values.append(int((value or Decimal(0)) * CENTS))
        return cp_model.LinearExpr.weighted_sum(list(self.taken.values()), values)

    def _providers(self) -> dict[str, Any]:
        if not hasattr(self, "_provided"):
            self._provided: dict[str, Any] = {}
            for i, var in self.taken.items():
                name = self.offers[i].provider
                if name not in self._provided:
                    self._provided[name] = self.model.new_bool_var("")
                self.model.add_implication(var, self._provided[name])
        return self._provided

    # Parts of the model

    def _switch(self, name: str) -> Literals:
        """What a constraint of this name hangs on: nothing, or a switch when the reasons are looked for."""
        if not self._explaining:
            return []
        if name not in self.switches:
            self.switches[name] = self.model.new_bool_var(name)
        return [self.switches[name]]

    def _finish(self) -> None:
        """The day on which everything is there, by steps: one variable for each day on which an offer ends."""
        ends = sorted({self.offers[i].ends_on for i in self.taken})
        self._days: list[tuple[Any, int]] = []
        before, last = None, self.on
        self._steps: dict[dt.date, Any] = {}
        steps = self._steps
        for day in ends:
            var = self.model.new_bool_var("")
            if before is not None:
                self.model.add_implication(var, before)
            self._days.append((var, max(0, (day - last).days)))
            steps[day], before, last = var, var, max(day, last)
        for i, var in self.taken.items():
            self.model.add_implication(var, steps[self.offers[i].ends_on])
        for i, one in enumerate(self.candidates):
            place = bisect.bisect_right(ends, one.until)
            if place < len(ends):
                self.model.add_implication(self.counts[i], steps[ends[place]].negated())
        if self.rule.valid_until is not None:
            self._finished_by(self.rule.valid_until, *self._switch("rule-in-force"))

    def _finished_by(self, day: dt.date, *switch: Any) -> None:
        """Nothing that is taken ends after the day."""
        if (beyond := next((step for end, step in self._steps.items() if end > day), None)) is not None:
            self.model.add(beyond == 0).only_enforce_if(list(switch))

    def _requirements(self) -> None:
        for amount in self.rule.amounts:
            for row in amount_rows(amount, self.items, self.context):
                used = [(var, weight) for var, weight in zip(self.counts, row.low, strict=True) if weight]
                total = cp_model.LinearExpr.weighted_sum(
                    [var for var, _ in used], [weight for _, weight in used]
                )
                self.model.add(total >= row.bound).only_enforce_if(self._switch(f"rule:{row.id}"))
        for listed in self.rule.outcomes:
            for fits in covering(listed, self.items, self.context):
                some = [var for var, fit in zip(self.counts, fits, strict=True) if fit]
                self.model.add_bool_or(some).only_enforce_if(self._switch(f"rule:{listed.id}"))

    def _places(self) -> None:
        for pool in pools_of(self.items, self.context):
            by_item: dict[int, Literals] = defaultdict(list)
            of_group: dict[str, Literals] = defaultdict(list)
            for (group, _), fits in zip(pool.places, pool.fits, strict=True):
                here = {i: self.model.new_bool_var("") for i, fit in enumerate(fits) if fit}
                self.model.add_at_most_one(here.values())
                of_group[group] += here.values()
                for i, var in here.items():
                    by_item[i].append(var)
            for i, places in by_item.items():
                self.model.add(sum(places) <= self.counts[i])
            for group, needed in pool.needs.items():
                self.model.add(sum(of_group[group]) >= needed).only_enforce_if(self._switch(f"rule:{group}"))

    def _clashes(self) -> None:
        """Items that exclude each other: the same micro-credential twice, or too many outcomes in common."""
        if self.rule.repeats == "refused":
            for group in _repeated(self.items):
                self.model.add_at_most_one(self.counts[i] for i in group)
        overlap = self.rule.overlap
        if overlap is None:
            return
        by_outcome: dict[str, list[int]] = defaultdict(list)
        for i, item in enumerate(self.items):
            for outcome in {word.casefold() for word in item.outcomes or ()}:
                by_outcome[outcome].append(i)
            if item.outcomes is None:  # nobody knows what it has in common with others
                others = [var for j, var in enumerate(self.counts) if j != i]
                self.model.add(sum(others) == 0).only_enforce_if(self.counts[i])
        if overlap.at_most == 0:
            for having in by_outcome.values():
                self.model.add_at_most_one(self.counts[i] for i in having)
            return
        common: dict[tuple[int, int], int] = defaultdict(int)
        for having in by_outcome.values():
            for pair in combinations(having, 2):
                common[pair] += 1
        for (i, j), count in common.items():
            if count > overlap.at_most:
                self.model.add_at_most_one(self.counts[i], self.counts[j])

    def _order(self) -> None:
        """An item of a part counts only with one of each part that it needs, awarded no later."""
        fits = {part.id: self._fitting(part.where) for part in self.rule.parts}
        for part in self.rule.parts:
            late = [
                i
                for i in range(len(self.items))
                if judge(part.where, self.items[i], self.context).truth is not False
            ]
            for need in part.needs:
                found = _Chain(
                    self.model, ((self.items[j].awarded_on, j, self.counts[j]) for j in fits[need])
                )
                for i in late:
                    earlier = found.until(self.items[i].awarded_on, but=i)
                    self.model.add_bool_or(
                        [*earlier, self.counts[i].negated(), *self._off(f"rule:{part.id}")]
                    )

    def _entry(self) -> None:
        """What an offer asks for is held already, or earned by another that ended before it begins."""
        chains: dict[bytes, tuple[bool, _Chain]] = {}
        for i, var in self.taken.items():
            offer = self.offers[i]
            for requirement in offer.requires:
                key = msgspec.json.encode(requirement.where)
                if key not in chains:
                    fitting = [j for j in self._fitting(requirement.where) if j in self.taken]
                    held = any(
                        judge(requirement.where, item, self.context).truth for item in self._entry_items
                    )
                    chains[key] = (
                        held,
                        _Chain(self.model, ((self.offers[j].ends_on, j, self.taken[j]) for j in fitting)),
                    )
                held, chain = chains[key]
                if not held:
                    earlier = chain.until(offer.starts_on - dt.timedelta(days=1), but=i)
                    self.model.add_bool_or([*earlier, var.negated(), *self._off("entry")])

    def _off(self, name: str) -> Literals:
        return [one.negated() for one in self._switch(name)]

    def _fitting(self, where: Where) -> list[int]:
        return [i for i, item in enumerate(self.items) if judge(where, item, self.context).truth is True]

    def _bounds(self) -> None:
        wishes = self.wishes
        if wishes.budget is not None:
            self.model.add(self.amount(Objective.PRICE) <= int(wishes.budget * CENTS)).only_enforce_if(
                self._switch("wish:budget")
            )
        if wishes.most_providers is not None:
            self.model.add(self.amount(Objective.PROVIDERS) <= wishes.most_providers).only_enforce_if(
                self._switch("wish:most_providers")
            )
        if wishes.weekly_hours is not None:
            for load in self._weeks().values():
                total = cp_model.LinearExpr.weighted_sum(
                    [var for var, _ in load], [hours for _, hours in load]
                )
                self.model.add(total <= int(wishes.weekly_hours * CENTS)).only_enforce_if(
                    self._switch("wish:weekly_hours")
                )

    def _weeks(self) -> dict[int, list[tuple[Any, int]]]:
        """By calendar week what the offers ask for that run in it."""
        weeks: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        for i, var in self.taken.items():
            offer = self.offers[i]
            hours = -int(-(offer.load or Decimal(0)) * CENTS // 1)
            first, last = ((day.toordinal() - 1) // DAYS_A_WEEK for day in (offer.starts_on, offer.ends_on))
            for week in range(first, last + 1):
                weeks[week].append((var, hours))
        return weeks


class _Chain:
    """“One of these, by that day”, in as many variables as there are days."""

    def __init__(self, model: Any, dated: Iterable[tuple[dt.date | None, int, Any]]) -> None:
        self._model = model
        by_day: dict[dt.date, list[tuple[int, Any]]] = defaultdict(list)
        for day, number, var in dated:
            if day is not None:
                by_day[day].append((number, var))
        self._days = sorted(by_day)
        self._by_day = by_day
        self._members = {number for members in by_day.values() for number, _ in members}
        self._steps: list[Any] = []
        before: Literals = []
        for day in self._days:
            step = model.new_bool_var("")
            model.add_bool_or([*before, *(var for _, var in by_day[day]), step.negated()])
            self._steps.append(step)
            before = [step]

    def until(self, day: dt.date | None, *, but: int) -> Literals:
        """Literals of which one must hold; an item never stands for itself. None: the day is not known, so nothing is sure."""
        if day is None:
            return []
        place = bisect.bisect_right(self._days, day)
        if but in self._members:
            return [var for one in self._days[:place] for number, var in self._by_day[one] if number != but]
        return [self._steps[place - 1]] if place else []


def _repeated(items: Sequence[Item]) -> Iterator[tuple[int, ...]]:
    """Groups of items of which one may count: the same micro-credential, by its id, or by title and issuer where one has none."""
    by_id: dict[str, list[int]] = defaultdict(list)
    by_title: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.credential:
            by_id[item.credential].append(i)
        if item.title:
            by_title[" ".join(item.title.split()).casefold()].append(i)
    yield from (tuple(group) for group in by_id.values() if len(group) > 1)
    for group in by_title.values():
        without = [i for i in group if not items[i].credential]
        for i in without:
            yield from ((i, j) for j in group if j != i and items[i].repeats(items[j]) is not False)
