"""Deciding: do these items meet the rule, what is missing, what cannot count, what is not known?"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence

import msgspec

from tessella.stacking.conditions import Context, ask_whom, judge, quantity
from tessella.stacking.explaining import (
    condition_words,
    field_words,
    measure_words,
    number_words,
    requirement_words,
)
from tessella.stacking.items import Item, checked
from tessella.stacking.language import Measure, Rule, Selection
from tessella.stacking.solving import Found, fill, holds, solve
from tessella.stacking.system import Pool, Row, System, World, build
from tessella.text import say

__all__ = [
    "CannotCount",
    "Change",
    "Counted",
    "Evaluation",
    "Filled",
    "Missing",
    "Outcome",
    "Question",
    "changes",
    "evaluate",
]

MAX_ALTERNATIVES = 5
"""Other items named for one that counts; more help nobody."""


class Outcome(enum.StrEnum):
    """The answer. None of them is a decision: that is the decider's."""

    MET = "met"
    MISSING = "missing"
    CANNOT_COUNT = "cannot-count"
    UNKNOWN = "unknown"


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """An item that counts: for how much (in the rule's unit), through which conversion, and which others could stand in for it."""

    item: str
    title: str
    amount: str
    converted_from: str = ""
    loss: str = ""
    alternatives: tuple[str, ...] = ()


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A place and the item that fills it; ``alternatives`` would fit, too, and are not needed elsewhere."""

    group: str
    place: str
    item: str
    alternatives: tuple[str, ...] = ()


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What a requirement lacks: exactly how much (``amount`` in ``unit``), or which places or outcomes.

    ``together`` names requirements that can each be met, but not all at once: an irreducible set.
    """

    rule: str
    amount: str
    unit: str
    message: str
    together: tuple[str, ...] = ()


class CannotCount(msgspec.Struct, frozen=True, kw_only=True):
    """An item that the rule keeps out: by which of its conditions and why. The credential itself stays as valid as it is."""

    item: str
    title: str
    rule: str
    reason: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is not known and would matter: which data of which item, and who can say."""

    item: str
    title: str
    data: str
    ask: str
    rule: str
    message: str


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with its grounds.

    ``sure`` and ``possible`` are what the search found in the two readings of what is not known, ``lenient`` what it found with the
    credentials that cannot count; the proof is made of them.
    """

    rule: str
    version: str
    award: str
    receiver: str
    decider: str
    on: dt.date
    outcome: Outcome
    message: str
    counted: tuple[Counted, ...] = ()
    filled: tuple[Filled, ...] = ()
    left_over: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    cannot_count: tuple[CannotCount, ...] = ()
    questions: tuple[Question, ...] = ()
    remarks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    sure: Found = Found()
    possible: Found = Found()
    lenient: Found = Found()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two evaluations of the same rule, in one sentence."""

    message: str


def evaluate(rule: Rule, items: Iterable[Item], *, on: dt.date) -> Evaluation:
    """Whether the items meet the rule on a day. Asks nobody, looks at no seal.

    *met* holds whatever the missing data say; *missing* and *cannot count* fail whatever they say. The answer is exact; when the search
    would take too long (`solving.MAX_NODES`), it is *unknown* and says so.

    Raises:
        InputError, LimitError, StateError: as `items.checked`.
    """
    context = Context(rule, on)
    system = build(checked(items), context)
    sure_world = system.world(possible=False)
    possible_world = system.world(possible=True)
    sure = solve(sure_world)
    if sure.counted is not None:
        sure = _smallest(sure_world, sure)
        possible = Found()
    else:
        possible = solve(possible_world)
        if possible.counted is not None:
            possible = _smallest(possible_world, possible)
    return _Report(system, sure, possible, sure_world, possible_world).made()


def changes(before: Evaluation, after: Evaluation) -> tuple[Change, ...]:
    """What changed between a simulation and the decision: the outcome, and items that no longer count or now do."""
    found: list[str] = []
    if before.outcome is not after.outcome:
        found.append(
            say("The answer was “%(old)s” and is now “%(new)s”.", old=before.outcome, new=after.outcome)
        )
    reasons = {one.item: one for one in after.cannot_count}
    known = {one.item for one in before.cannot_count}
    found += [
        say("“%(title)s” can no longer count: %(reason)s", title=one.title, reason=one.reason)
        for key, one in reasons.items()
        if key not in known
    ]
    found += [
        say("“%(title)s” can count again.", title=one.title)
        for one in before.cannot_count
        if one.item not in reasons
    ]
    if before.version != after.version:
        found.append(
            say("The rule changed from version %(old)s to %(new)s.", old=before.version, new=after.version)
        )
    return tuple(Change(message=text) for text in found)


def _smallest(world: World, found: Found) -> Found:
    """The selection without what is not needed for it."""
    counted = list(found.counted or ())
    if world.whole:
        return found
    for item in sorted(
        counted, key=lambda i: sum(weights[i] for _, weights, bound in world.rows if bound > 0)
    ):
        rest = [i for i in counted if i != item]
        if holds(world, rest):
            counted = rest
    return Found(counted=tuple(counted), filled=fill(world, counted)[0])


class _Report:
    """Puts an answer into words."""

    def __init__(
        self, system: System, sure: Found, possible: Found, sure_world: World, possible_world: World
    ) -> None:
        self.system = system
        self.rule = system.context.rule
        self.sure, self.possible, self.lenient = sure, possible, Found()
        self.sure_world, self.possible_world = sure_world, possible_world
        self.rough: set[str] = set()
        """Rows of which it is not known exactly how much they lack."""

    def made(self) -> Evaluation:
        outcome = self._outcome()
        shown = self.sure if self.sure.counted is not None else self.possible
        world = self.sure_world if self.sure.counted is not None else self.possible_world
        missing = self._missing(possible=True) if outcome in (Outcome.MISSING, Outcome.CANNOT_COUNT) else ()
        if outcome is Outcome.UNKNOWN:
            missing = self._missing(possible=False)
        counted = shown.counted if shown.counted is not None and outcome is not Outcome.CANNOT_COUNT else ()
        return Evaluation(
            rule=self.rule.id,
            version=self.rule.version,
            award=self.rule.award,
            receiver=self.rule.receiver,
            decider=_decider(self.rule),
            on=self.system.context.on,
            outcome=outcome,
            message=self._message(outcome),
            counted=tuple(self._counted(i, counted, shown, world) for i in counted),
            filled=self._filled(counted, shown, world),
            left_over=tuple(
                item.name
                for i, item in enumerate(self.system.items)
                if counted and i not in counted and self.system.eligible(i) is not False
            ),
            missing=missing,
            cannot_count=tuple(self._excluded()),
            questions=tuple(self._questions()) if outcome is Outcome.UNKNOWN else (),
            remarks=tuple(self._remarks(counted)),
            also=self.rule.also,
            sure=self.sure,
            possible=self.possible,
            lenient=self.lenient,
        )

    def _outcome(self) -> Outcome:
        if not in_force(self.rule, self.system.context.on):
            return Outcome.CANNOT_COUNT
        if self.sure.counted is not None:
            return Outcome.MET
        if self.possible.refutation is None:
            return Outcome.UNKNOWN
        self.lenient = solve(self.system.world(possible=True, lenient=True))
        return Outcome.MISSING if self.lenient.counted is None else Outcome.CANNOT_COUNT

    def _message(self, outcome: Outcome) -> str:
        names = {
            "rule": self.rule.title,
            "version": self.rule.version,
            "receiver": self.rule.receiver,
            "decider": _decider(self.rule),
            "award": self.rule.award,
        }
        if not in_force(self.rule, self.system.context.on):
            return say(
                "Version %(version)s of the rule “%(rule)s” is not in force on the day asked for.", **names
            )
        texts = {
            Outcome.MET: "Meets the published rule of %(receiver)s for “%(award)s”; decision by %(decider)s.",
            Outcome.MISSING: "Does not meet the published rule of %(receiver)s for “%(award)s” yet; decision by %(decider)s.",
            Outcome.CANNOT_COUNT: "Does not meet the published rule of %(receiver)s for “%(award)s”: credentials that it would take cannot count; decision by %(decider)s.",
            Outcome.UNKNOWN: "Whether the published rule of %(receiver)s for “%(award)s” is met cannot be told from these data; decision by %(decider)s.",
        }
        return say(texts[outcome], **names)

    def _counted(self, i: int, counted: Sequence[int], shown: Found, world: World) -> Counted:
        item = self.system.items[i]
        size = quantity(Measure.CREDITS, item, self.rule)
        used = (
            next((c for c in self.rule.conversions if c.from_ == size.through), None)
            if size.through
            else None
        )
        others: list[str] = []
        if not world.whole:
            for j, allowed in enumerate(world.allowed):
                if len(others) == MAX_ALTERNATIVES:
                    break
                if allowed and j not in counted and holds(world, [*(k for k in counted if k != i), j]):
                    others.append(self.system.items[j].name)
        return Counted(
            item=item.id,
            title=item.name,
            amount=number_words(size.low, self.rule.unit) if size.known else say("not stated"),
            converted_from=size.through,
            loss=used.loss if used else "",
            alternatives=tuple(others),
        )

    def _filled(self, counted: Sequence[int], shown: Found, world: World) -> tuple[Filled, ...]:
        made = []
        used = set(shown.filled.values())
        for pool, fits in zip(world.pools, world.fits, strict=True):
            for (group, place), row in zip(pool.places, fits, strict=True):
                if place in shown.filled and counted:
                    others = [j for j, fit in enumerate(row) if fit and world.allowed[j] and j not in used]
                    made.append(
                        Filled(
                            group=group,
                            place=place,
                            item=self.system.items[shown.filled[place]].name,
                            alternatives=tuple(self.system.items[j].name for j in others[:MAX_ALTERNATIVES]),
                        )
                    )
        return tuple(made)

    def _excluded(self) -> Iterable[CannotCount]:
        for item, found in zip(self.system.items, self.system.excluded, strict=True):
            for one in found:
                if one.truth is False:
                    yield CannotCount(
                        item=item.id,
                        title=item.name,
                        rule=one.rule,
                        reason=one.reason or condition_words(self.rule, one.rule, item, one.fields),
                    )

    def _missing(self, *, possible: bool) -> tuple[Missing, ...]:
        """How much each requirement lacks by itself; if none does, the smallest set that cannot be met together."""
        if not in_force(self.rule, self.system.context.on):
            return ()
        limits = [row for row in self.system.rows if row.limit and "%" not in row.key]
        asked = [row for row in self.system.rows if not row.limit]
        found: list[Missing] = []
        for row in asked:
            short = self._short(row, limits, possible=possible)
            if short:
                found.append(self._lacks(row, short, ()))
        found += self._places(possible=possible)
        if found:
            return tuple(found)
        broken = [
            row
            for row in self.system.rows
            if row.limit
            and self.system.context.rule.selection is Selection.WHOLE
            and self._sum(row, possible) < row.bound
        ]
        if broken:
            return tuple(
                self._lacks(row, row.bound - self._sum(row, possible), ())
                for row in broken
                if row.key != "whole"
            )
        return self._together(possible=possible)

    def _sum(self, row: Row, possible: bool) -> int:
        return sum(row.high if possible else row.low)

    def _short(self, row: Row, others: Sequence[Row], *, possible: bool, pools: Sequence[Pool] = ()) -> int:
        """By how much the row stays below its bound, the other rows held; 0 when it can be met."""
        if self.system.context.rule.selection is Selection.WHOLE:
            return max(0, row.bound - self._sum(row, possible))

        def met(bound: int) -> bool:
            eased = msgspec.structs.replace(row, bound=bound)
            found = solve(self.system.world(possible=possible, rows=[*others, eased], pools=pools))
            if found.gave_up:
                self.rough.add(row.key)
            return found.counted is not None

        if met(row.bound):
            return 0
        weights = row.high if possible else row.low
        low, high = min(0, sum(w for w in weights if w < 0)), row.bound
        while high - low > 1:  # low can be reached, high cannot
            middle = (low + high) // 2
            low, high = (middle, high) if met(middle) else (low, middle)
        return row.bound - low

    def _places(self, *, possible: bool) -> Iterable[Missing]:
        world = self.system.world(possible=possible)
        _, lacking = fill(world, [i for i, allowed in enumerate(world.allowed) if allowed])
        groups = {one.id: one for one in self.rule.all_groups}
        for id, count in lacking.items():
            group = groups[id]
            message = say(
                "Missing: %(count)s of %(needed)s places of “%(group)s”.",
                count=count, needed=group.needed, group=group.title or id,
            )  # fmt: skip
            yield Missing(rule=id, amount=str(count), unit="", message=message)

    def _together(self, *, possible: bool) -> tuple[Missing, ...]:
        """Requirements that can each be met but not all at once: leave out one after the other that is not needed for that."""
        rows, pools = list(self.system.rows), list(self.system.pools)

        def impossible(rows: Sequence[Row], pools: Sequence[Pool]) -> bool:
            return solve(self.system.world(possible=possible, rows=rows, pools=pools)).refutation is not None

        if not impossible(rows, pools):
            return ()
        for id in dict.fromkeys(row.id for row in self.system.rows):
            fewer = [row for row in rows if row.id != id]
            if impossible(fewer, pools):
                rows = fewer
        for pool in self.system.pools:
            fewer_pools = [one for one in pools if one is not pool]
            if impossible(rows, fewer_pools):
                pools = fewer_pools
        ids = (*dict.fromkeys(row.id for row in rows), *(group for pool in pools for group in pool.needs))
        asked = [row for row in rows if not row.limit]
        if not asked:
            return (
                Missing(
                    rule=ids[0] if ids else "", amount="", unit="", message=self._clash(ids), together=ids
                ),
            )
        row = asked[-1]
        short = self._short(row, [one for one in rows if one is not row], possible=possible, pools=pools)
        return (self._lacks(row, short, ids),)

    def _clash(self, ids: Sequence[str]) -> str:
        return say(
            "Each of these can be met, but not all of them with the same items: %(rules)s.",
            rules="; ".join(requirement_words(self.rule, id) for id in ids),
        )

    def _lacks(self, row: Row, short: int, ids: tuple[str, ...]) -> Missing:
        amount, unit = measure_words(self.rule, row.key, row.id, short, row.scale)
        words = requirement_words(self.rule, row.id, row.key)
        if row.limit:
            message = say("Too much by %(amount)s (%(what)s).", amount=f"{amount} {unit}".strip(), what=words)
        else:
            message = say("Missing: %(amount)s (%(what)s).", amount=f"{amount} {unit}".strip(), what=words)
        if row.key in self.rough:
            message = f"{message} {say('Less may do: the search was given up.')}"
        if len(ids) > 1:
            message = f"{message} {self._clash(ids)}"
        return Missing(
            rule=row.id, amount=amount, unit=unit, message=message, together=ids if len(ids) > 1 else ()
        )

    def _questions(self) -> Iterable[Question]:
        """The data without which the answer stays open: items whose doubt can be dropped are not asked about."""
        if self.possible.counted is None:
            yield Question(
                item="",
                title="",
                data="",
                ask=_decider(self.rule),
                rule="",
                message=say(
                    "The search was given up: this combination is too large to decide here. Ask %(who)s.",
                    who=_decider(self.rule),
                ),
            )
            return
        asked: set[tuple[str, str, str]] = set()
        for i in self._doubtful():
            item = self.system.items[i]
            for id, field in self._doubts(i):
                words = field_words(field, self.rule)
                if (item.id, field, words) in asked:
                    continue
                asked.add((item.id, field, words))
                who = ask_whom(field, item, self.rule)
                yield Question(
                    item=item.id,
                    title=item.name,
                    data=field,
                    ask=who,
                    rule=id,
                    message=say(
                        "“%(title)s” does not tell %(data)s. Ask %(who)s.",
                        title=item.name,
                        data=words,
                        who=who,
                    ),
                )

    def _doubtful(self) -> list[int]:
        """Items about which something must be known: taken from those counted in the possible world."""
        listed = [i for i in range(len(self.system.items)) if any(self._doubts(i))]
        counted = [i for i in listed if i in (self.possible.counted or ())]
        return counted or listed

    def _doubts(self, i: int) -> Iterable[tuple[str, str]]:
        """Each requirement and field of the item that is not known."""
        item, context = self.system.items[i], self.system.context
        for one in self.system.excluded[i]:
            if one.truth is None:
                yield from ((one.rule, field) for field in one.fields)
        wheres = [(one.id, one.where) for one in self.rule.amounts]
        wheres += [(one.id, one.where) for one in self.rule.outcomes]
        wheres += [(one.id, one.where) for one in self.rule.parts]
        wheres += [(slot.id, slot.where) for group in self.rule.all_groups for slot in group.slots]
        for id, where in wheres:
            found = judge(where, item, context)
            if found.truth is None:
                yield from ((id, field) for field in found.fields)
        for amount in self.rule.amounts:
            of_all = amount.at_least_share is not None or amount.at_most_share is not None
            weighs = of_all or judge(amount.where, item, context).truth is not False
            if weighs and not quantity(amount.of, item, self.rule).known:
                yield amount.id, _size_field(amount.of, item)
        if any(row.id == "repeats" and row.low != row.high and row.low[i] for row in self.system.rows):
            yield "repeats", "issuer"
        if self.rule.outcomes and item.outcomes is None:
            yield self.rule.outcomes[0].id, "outcome"
        if self.rule.parts and item.awarded_on is None:
            yield self.rule.parts[0].id, "awarded_from"
        if self.rule.overlap is not None and item.outcomes is None:
            yield self.rule.overlap.id, "outcome"

    def _remarks(self, counted: Sequence[int]) -> Iterable[str]:
        items = [self.system.items[i] for i in counted]
        for item in items or self.system.items:
            for advice in self.rule.advice:
                if judge(advice.applies_to, item, self.system.context).truth is not False:
                    held = judge(advice.where, item, self.system.context)
                    if held.truth is not True:
                        yield condition_words(self.rule, advice.id, item, held.fields)
        yield from _hours_differ(items, self.rule)
        twice = {
            int(row.key.split(":")[1])
            for row in self.system.rows
            if row.id == "repeats" and row.low == row.high
        }
        for name in dict.fromkeys(self.system.items[i].name for i in sorted(twice)):
            yield say("“%(title)s” is there more than once, and counts once.", title=name)
        if any(item.status == "unverified" for item in items or self.system.items):
            yield say("Seals and revocation were not looked at.")
        if not self.rule.source.confirmed:
            yield say(
                "The rule's source is second-hand and was not confirmed: ask %(who)s.", who=self.rule.receiver
            )
        if not self.rule.published:
            yield say("This is an example, not a rule that its receiver published.")


def in_force(rule: Rule, on: dt.date) -> bool:
    """Whether the version of the rule is in force on a day."""
    return (rule.valid_from is None or rule.valid_from <= on) and (
        rule.valid_until is None or on <= rule.valid_until
    )


def _decider(rule: Rule) -> str:
    return f"{rule.decider.role}, {rule.decider.name}" if rule.decider.role else rule.decider.name


def _size_field(measure: Measure, item: Item) -> str:
    if measure is Measure.HOURS:
        return "hours"
    return "conversion" if item.credits else "credits"


def _hours_differ(items: Sequence[Item], rule: Rule) -> Iterable[str]:
    """Credits are added, hours are not: say so when a credit stands for different hours."""
    rates = {
        (item.hours / item.credits[rule.unit]).normalize()
        for item in items
        if item.hours and item.credits and item.credits.get(rule.unit)
    }
    if len(rates) > 1:
        yield say(
            "One credit stands for %(low)s to %(high)s hours here; credits are added, hours are not.",
            low=number_words(min(rates)),
            high=number_words(max(rates)),
        )
