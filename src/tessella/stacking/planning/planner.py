"""Planning: which offers to take, so that a wallet meets a rule, with the least work, money, time or providers."""

from __future__ import annotations

import bisect
import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from ortools.sat.python import cp_model

from tessella.stacking.engine import Evaluation, Outcome, evaluate
from tessella.stacking.explaining import number_words, requirement_words
from tessella.stacking.items import Item, checked
from tessella.stacking.language import Rule, Selection
from tessella.stacking.planning.answers import Answer, Plan, Reached, Step
from tessella.stacking.planning.modelling import CENTS, Candidate, Model, candidates_of
from tessella.stacking.planning.offers import Objective, Offer, Wishes, promised
from tessella.stacking.planning.sorting import SORTING, sorted_out, wish_words
from tessella.text import say

__all__ = ["plan", "trade_off"]

SECONDS = 10.0
"""How long a plan is looked for, unless said otherwise."""

MOST_PLANS = 10
"""Plans along a trade-off; nobody compares more."""

MOST_TRIES = 5
"""Plans that the engine may turn down before the search ends: both read rules alike but for validity that ends within an amount."""

HORIZON = dt.timedelta(days=10 * 366)
"""How far ahead the validity of what is held is looked at."""


def plan(
    rule: Rule,
    wallet: Iterable[Item],
    offers: Iterable[Offer],
    wishes: Wishes | None = None,
    *,
    on: dt.date,
    objective: Objective = Objective.WORKLOAD,
    seconds: float = SECONDS,
) -> Answer:
    """The plan with the least of the objective; among equals the one with the fewest offers.

    Raises:
        InputError, LimitError, StateError: the wallet cannot be used (`items.checked`).
    """
    return _Planner(rule, wallet, offers, wishes or Wishes(), on, seconds).best(objective)


def trade_off(
    rule: Rule,
    wallet: Iterable[Item],
    offers: Iterable[Offer],
    wishes: Wishes | None = None,
    *,
    on: dt.date,
    objective: Objective = Objective.WORKLOAD,
    against: Objective = Objective.PRICE,
    most: int = 4,
    seconds: float = SECONDS,
) -> Answer:
    """Plans of which none is better in both: the one with the least of ``objective`` first, each next with less of ``against``.

    Each plan may take ``seconds``. Raises as `plan`.
    """
    return _Planner(rule, wallet, offers, wishes or Wishes(), on, seconds).along(
        objective, against, min(most, MOST_PLANS)
    )


class _Found(msgspec.Struct, frozen=True):
    """What the solver answered: indexes taken and counted, the value of the objective and its bound; ``values`` by the order asked for."""

    taken: tuple[int, ...] = ()
    counted: tuple[int, ...] = ()
    value: int = 0
    bound: int = 0
    values: tuple[int, ...] = ()


class _Planner:
    def __init__(
        self,
        rule: Rule,
        wallet: Iterable[Item],
        offers: Iterable[Offer],
        wishes: Wishes,
        on: dt.date,
        seconds: float,
    ) -> None:
        self.rule, self.wishes, self.on, self.seconds = rule, wishes, on, seconds
        if wishes.not_before is None or wishes.not_before < on:
            self.wishes = msgspec.structs.replace(wishes, not_before=on)
        self.wallet = checked(wallet)
        self.offers = [one for one in offers if not one.is_full]
        self.turned_down: list[tuple[int, ...]] = []

    def best(self, objective: Objective) -> Answer:
        now = evaluate(self.rule, self.wallet, on=self.on)
        if now.outcome is Outcome.MET:
            return Answer(
                reached=Reached.NOTHING_NEEDED, message=say("The wallet meets the rule already."),
                plans=(self._plan(_Found(), objective, (), now),),
            )  # fmt: skip
        self._choose(objective)
        found = self._confirmed(objective)
        return self._answer([found] if found else [], objective)

    def along(self, objective: Objective, against: Objective, most: int) -> Answer:
        first = self.best(objective)
        if first.reached is not Reached.PLANNED or most < 2:
            return first
        self._choose(objective, against)
        plans: list[Plan] = []
        limit: int | None = None
        while len(plans) < most:
            found = self._confirmed(objective, against, limit)
            if found is None:
                break
            plans.append(found[0])
            limit = found[1] - 1
        return self._answer([(one, 0) for one in plans], objective) if plans else first

    # Choosing what is looked at

    def _choose(self, *objectives: Objective) -> None:
        """Sort the offers out by the wishes, by what plans are compared by, and by whether they can be of any use."""
        self.unwanted, self.left_out = sorted_out(self.offers, self.wishes, objectives)
        kept = [one for one in self.offers if one.id not in self.unwanted]
        self.candidates = self._candidates(kept)
        self.status = cp_model.UNKNOWN

    def _candidates(self, offers: Sequence[Offer]) -> list[Candidate]:
        promises = ((offer, promised(offer, self.rule)) for offer in offers)
        return list(candidates_of(self.rule, self.wallet, promises, self.on, self.on + HORIZON))

    # Solving

    def _confirmed(
        self, objective: Objective, against: Objective | None = None, limit: int | None = None
    ) -> tuple[Plan, int] | None:
        """The best plan that the engine agrees with, and what it comes to in ``against``."""
        order = (objective,) if against is None else (objective, against)
        for _ in range(MOST_TRIES):
            found = self._solved(order, {} if against is None or limit is None else {against: limit})
            if found is None:
                return None
            evaluation = self._evaluated(found)
            if evaluation.outcome is Outcome.MET:
                return self._plan(found, objective, found.taken, evaluation), found.values[-1]
            self.turned_down.append(found.counted)
        return None

    def _solved(self, order: Sequence[Objective], at_most: Mapping[Objective, int]) -> _Found | None:
        """Least of the first, of those the least of the next, of those the fewest offers. None: no plan, see ``status``."""
        bounds: dict[Objective, int] = dict(at_most)
        found: _Found | None = None
        for objective in order:
            stage = (
                self._soonest(bounds)
                if objective is Objective.TIME
                else self._least(objective, bounds, found)
            )
            if stage is None:
                if found is None:
                    return None
                stage = msgspec.structs.replace(found, value=self._comes_to(found, objective))
            values = (*(found.values if found else ()), stage.value)
            bound = stage.bound if found is None else found.bound
            found = msgspec.structs.replace(stage, values=values, bound=bound)
            bounds[objective] = stage.value
        if found is None:
            return None
        fewest = self._least(None, bounds, found)
        if fewest is None:
            return found
        return msgspec.structs.replace(found, taken=fewest.taken, counted=fewest.counted)

    def _comes_to(self, found: _Found, objective: Objective) -> int:
        """What an earlier answer comes to, when no time was left to do better."""
        chosen = [one.offer for one in (self.candidates[i] for i in found.taken) if one.offer is not None]
        if objective is Objective.TIME:
            return max([0, *((one.ends_on - self.on).days for one in chosen)])
        if objective is Objective.PROVIDERS:
            return len({one.provider for one in chosen})
        values = (one.price if objective is Objective.PRICE else one.award.hours for one in chosen)
        return sum(int((value or Decimal(0)) * CENTS) for value in values)

    def _least(
        self,
        objective: Objective | None,
        at_most: Mapping[Objective, int],
        known: _Found | None,
        *,
        seconds: float | None = None,
        anything: bool = False,
    ) -> _Found | None:
        """One call of the solver: the least of the objective, or the fewest offers; or ``anything`` that fulfils all.

        With a limit of time only what ends by then is looked at.
        """
        places = list(self._by(at_most.get(Objective.TIME)))
        model = Model(
            self.rule, [self.candidates[i] for i in places], self.wishes, self.on, at_most=at_most, entry_items=self.wallet
        )  # fmt: skip
        for rejected in self.turned_down:
            if {*rejected} <= {*places}:
                model.model.add_bool_or(
                    var.negated() if i in rejected else var
                    for i, var in zip(places, model.counts, strict=True)
                )
        amount = (
            cp_model.LinearExpr.sum(list(model.taken.values()))
            if objective is None
            else model.amount(objective)
        )
        if not anything:
            model.model.minimize(amount)
        for i, var in model.taken.items() if known else ():
            model.model.add_hint(var, known is not None and places[i] in known.taken)
        solver = _solver(seconds or (self.seconds if known is None else self.seconds / 2))
        status = solver.solve(model.model)
        if known is None:
            self.status = status
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        value = round(solver.value(amount))
        bound = (
            value
            if status == cp_model.OPTIMAL
            else round(solver.best_objective_bound)
            if seconds is None
            else 0
        )
        return _Found(
            tuple(places[i] for i, var in model.taken.items() if solver.value(var)),
            tuple(places[i] for i, var in enumerate(model.counts) if solver.value(var)),
            value,
            max(0, min(bound, value)),
        )

    def _by(self, days: int | None) -> Iterator[int]:
        """The places of the candidates that are held, or end within so many days."""
        for place, one in enumerate(self.candidates):
            if days is None or one.offer is None or (one.offer.ends_on - self.on).days <= days:
                yield place

    def _soonest(self, at_most: Mapping[Objective, int]) -> _Found | None:
        """By looking at early days first, then halving: whether there is a plan by a day is far easier than which is the first, and by an
        early day there are few offers."""
        began = time.monotonic()
        ends = sorted(
            {(one.offer.ends_on - self.on).days for one in self.candidates if one.offer is not None}
        ) or [0]

        def by(place: int) -> _Found | None:
            left = max((self.seconds - (time.monotonic() - began)) / 3, 0.05)
            within = {**at_most, Objective.TIME: ends[place]}
            return self._least(Objective.TIME, within, None, seconds=left, anything=True)

        best, proven, low = None, -1, -1
        for place in _growing(len(ends)):
            best = by(place)
            if best is not None:
                break
            if self.status == cp_model.INFEASIBLE:
                proven = place
            low = place
        if (
            best is None and self.status == cp_model.UNKNOWN
        ):  # little work is found more easily, and is a plan
            best = self._least(Objective.WORKLOAD, at_most, None, seconds=self.seconds)
            best = best and msgspec.structs.replace(best, value=self._comes_to(best, Objective.TIME))
        if best is None:
            return None
        high = bisect.bisect_left(ends, best.value)
        while high - low > 1 and time.monotonic() - began < self.seconds:
            middle = (low + high) // 2
            found = by(middle)
            if found is not None:
                best, high = found, bisect.bisect_left(ends, found.value)
                continue
            if self.status == cp_model.INFEASIBLE:
                proven = middle
            low = middle
        self.status = cp_model.FEASIBLE
        return msgspec.structs.replace(best, bound=min([best.value, *ends[proven + 1 : proven + 2]]))

    def _evaluated(self, found: _Found) -> Evaluation:
        """What the engine says of the wallet on the day on which all offers of the plan are passed."""
        chosen = [self.candidates[i] for i in sorted({*found.taken, *found.counted})]
        items = [one.item for one in chosen]
        if self.rule.selection is Selection.WHOLE:
            items = [self.candidates[i].item for i in found.counted]
        finish = max([self.on, *(one.offer.ends_on for one in chosen if one.offer is not None)])
        return evaluate(self.rule, items, on=finish)

    # Telling

    def _plan(
        self, found: _Found, objective: Objective, taken: Sequence[int], evaluation: Evaluation
    ) -> Plan:
        steps = []
        for i in taken:
            one = self.candidates[i]
            offer = one.offer
            if offer is not None:
                steps.append(
                    Step(
                        offer=offer.id, title=offer.award.name, provider=offer.provider, starts_on=offer.starts_on,
                        ends_on=offer.ends_on, hours=offer.award.hours, price=offer.price, counts=i in found.counted, url=offer.url,
                    )
                )  # fmt: skip
        steps.sort(key=lambda step: (step.starts_on, step.ends_on, step.offer))
        hundredths = objective in (Objective.WORKLOAD, Objective.PRICE)
        least, bound = (
            Decimal(v) / CENTS if hundredths else Decimal(v)
            for v in (found.values[0] if found.values else 0, found.bound)
        )
        planned = {step.offer for step in steps}
        return Plan(
            steps=tuple(steps),
            held=tuple(one.title for one in evaluation.counted if one.item not in planned),
            hours=_total(step.hours for step in steps),
            price=_total(step.price for step in steps),
            currency=self.wishes.currency,
            finish=max([self.on, *(step.ends_on for step in steps)]),
            providers=len({step.provider for step in steps if step.provider}),
            objective=objective,
            least=least,
            bound=bound,
            is_least=least == bound,
            evaluation=evaluation,
        )

    def _answer(self, found: Sequence[tuple[Plan, int]], objective: Objective) -> Answer:
        told: dict[str, Any] = {
            "left_out": self.left_out,
            "considered": len(self.offers) - len(self.unwanted),
        }
        plans = tuple(one for one, _ in found)
        if plans:
            message = say("There is a plan.") if plans[0].is_least else say(
                "There is a plan. The solver did not prove in %(seconds)s seconds that none is better: it proved that no plan has less than %(bound)s.",
                seconds=number_words(Decimal(str(self.seconds)), ""), bound=_bound_words(plans[0]),
            )  # fmt: skip
            return Answer(
                reached=Reached.PLANNED,
                message=message,
                plans=plans,
                assumptions=self._assumptions(plans),
                **told,
            )
        if self.status == cp_model.INFEASIBLE and not self.turned_down:
            clash = self._clash()
            return Answer(
                reached=Reached.IMPOSSIBLE, clash=clash, **told,
                message=say("With these offers there is no plan. These cannot all hold:") if clash
                else say("With these offers there is no plan."),
            )  # fmt: skip
        return Answer(
            reached=Reached.NOT_FOUND, **told,
            message=say("No plan was found in %(seconds)s seconds. There may be one: give more time, or wish for less.",
                        seconds=number_words(Decimal(str(self.seconds)), "")),
        )  # fmt: skip

    def _assumptions(self, plans: Sequence[Plan]) -> tuple[str, ...]:
        if not any(one.steps for one in plans):
            return ()
        found = [
            say(
                "You pass what you take, on the last day of the offer, and the offers take place as announced."
            )
        ]
        wheres = msgspec.json.encode(self.rule)
        if b"grade_at_least" in wheres:
            found.append(say("You get the grades that the rule asks for."))
        if any(step.price is None for one in plans for step in one.steps):
            found.append(say("Some offers do not say what they cost."))
        return tuple(found)

    def _clash(self) -> tuple[str, ...]:
        """Wishes and requirements that cannot all hold, none of them too many: found by leaving out one after the other."""
        candidates = self._candidates(self.offers)
        model = Model(
            self.rule, candidates, self.wishes, self.on,
            unwanted=self.unwanted, entry_items=self.wallet, explaining=True,
        )  # fmt: skip
        names = list(model.switches)

        def impossible(kept: Sequence[str]) -> bool:
            model.model.clear_assumptions()
            model.model.add_assumptions([model.switches[name] for name in kept])
            solver = _solver(max(1.0, self.seconds / 4))
            return bool(solver.solve(model.model) == cp_model.INFEASIBLE)

        if not impossible(names):
            return ()
        for name in sorted(names, key=lambda one: not one.startswith("wish:")):
            rest = [one for one in names if one != name]
            if impossible(rest):
                names = rest
        wishes_first = sorted(names, key=lambda one: not one.startswith("wish:"))
        return tuple(self._switch_words(name) for name in wishes_first)

    def _switch_words(self, name: str) -> str:
        kind, _, rest = name.partition(":")
        if kind == "wish":
            return (
                wish_words(rest, self.wishes)
                if rest in SORTING
                else say("Offers that state what plans are compared by")
            )
        if kind == "rule":
            return requirement_words(self.rule, rest)
        return {
            "entry": say("What offers ask for before they begin"),
            "rule-in-force": say("The rule is in force until %(day)s", day=self.rule.valid_until),
        }[kind]


def _growing(count: int) -> Iterator[int]:
    """Places from early to late, each about twice as far, the last one at the end."""
    place = max(1, count >> 6)
    while place < count:
        yield place - 1
        place *= 2
    yield count - 1


def _solver(seconds: float) -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 7
    return solver


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    listed = list(values)
    return None if None in listed else sum((value for value in listed if value is not None), Decimal(0))


def _bound_words(one: Plan) -> str:
    number = number_words(one.bound, "")
    return {
        Objective.WORKLOAD: say("%(number)s hours", number=number),
        Objective.PRICE: say("%(number)s %(currency)s", number=number, currency=one.currency),
        Objective.TIME: say("%(number)s days", number=number),
        Objective.PROVIDERS: say("%(number)s providers", number=number),
    }[one.objective]
