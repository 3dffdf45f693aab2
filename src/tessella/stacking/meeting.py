"""Whether anybody at all could meet a rule: if not, an irreducible reason, that is requirements of which none can be left out of it.

Refused is only what is certain. What items can be is decided exactly up to `MAX_CASES` cases (what is beyond counts as possible); how much they add
up to by linear inequalities over the sets that amounts speak of, in exact fractions: which sets lie in which, which exclude each other,
what places and bounds of single items force. That a number of items is a whole one is not looked at.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from tessella.stacking.items import MAX_CREDITS, MAX_HOURS
from tessella.stacking.language import Amount, Condition, Group, Measure, OutcomeList, Rule, Where

__all__ = ["MAX_CASES", "MAX_SETS", "never_met"]

MAX_CASES = 256
"""Alternatives looked at for one item; the conditions of published rules have a handful."""

MAX_BASE = 16
"""Alternatives of all conditions together; one that would make more is not looked at."""

MAX_SETS = 12
"""Sets of items whose sums are looked at together: the work grows with the square, and published rules speak of ten at most."""

Requirement = Condition | Amount | Group | OutcomeList
Literal = tuple[str, Any, bool]
"""A field with what it asks for, and whether it must be so or must not."""

Case = tuple[Literal, ...]
ANY = Where()


def never_met(rule: Rule) -> tuple[Requirement, ...]:
    """Requirements that no items fulfil together, whatever somebody has; empty when nothing shows that there are any.

    Irreducible: without any one of them, the others do not show it any more.
    """
    amounts = sorted(rule.amounts, key=lambda one: one.where != ANY)
    sets = list(dict.fromkeys(one.where for one in amounts))[:MAX_SETS]
    looked_at = [one for one in rule.amounts if one.where in sets]
    all_: list[Requirement] = [*rule.conditions, *looked_at, *rule.all_groups, *rule.outcomes]
    looks: dict[tuple[Condition, ...], _Look] = {}

    def may_be_met(some: list[Requirement]) -> bool:
        conditions = tuple(one for one in some if isinstance(one, Condition))
        look = looks.setdefault(conditions, _Look(rule, conditions))
        return _may_be_met(look, some)

    if may_be_met(all_):
        return ()
    left, size = all_, len(all_)
    while size:
        for start in range(len(left) - 1, -1, -size):  # from the end: what is left before stays where it is
            fewer = [*left[: max(0, start + 1 - size)], *left[start + 1 :]]
            if not may_be_met(fewer):
                left = fewer
        size //= 2
    return tuple(left)


def _may_be_met(look: _Look, requirements: Sequence[Requirement]) -> bool:
    for one in requirements:
        if isinstance(one, Group) and sum(look.is_possible(slot.where) for slot in one.slots) < one.needed:
            return False
        if isinstance(one, OutcomeList) and not all(
            look.is_possible(one.where, Where(outcome=(outcome,))) for outcome in one.outcomes
        ):
            return False
    return _adds_up(
        look,
        [one for one in requirements if isinstance(one, Amount)],
        [one for one in requirements if isinstance(one, Group)],
        any(isinstance(one, OutcomeList) for one in requirements),
    )


class _TooManyError(Exception):
    pass


class _Look:
    """What a single item that counts can be."""

    def __init__(self, rule: Rule, conditions: Sequence[Condition]) -> None:
        self.rule = rule
        self._base: list[Case] = [()]
        for one in conditions:
            with contextlib.suppress(_TooManyError):
                made = _all([self._base, self._implied(one)], self._can_be)
                self._base = made if len(made) <= MAX_BASE else self._base
        self._known: dict[tuple[tuple[Where, ...], Where | None], list[Case] | None] = {}

    def is_possible(self, *wheres: Where, outside: Where | None = None) -> bool:
        """Whether an item can fulfil the conditions and all of these, and lie ``outside`` of that."""
        found = self.cases(wheres, outside)
        return found is None or bool(found)

    def cases(self, wheres: tuple[Where, ...], outside: Where | None = None) -> list[Case] | None:
        """The cases that do not contradict themselves; None when they are too many to look at."""
        key = (wheres, outside)
        if key not in self._known:
            try:
                parts = [self._base, *(self._of(one, True) for one in wheres)]
                parts += [self._of(outside, False)] if outside is not None else []
                self._known[key] = _all(parts, self._can_be)
            except _TooManyError:
                self._known[key] = None
        return self._known[key]

    def least(self, where: Where, measure: str) -> Fraction:
        """What each item that fits counts for at least."""
        return min((low for low, _ in self._bounds(where, measure)), default=Fraction(0))

    def most(self, where: Where, measure: str) -> Fraction:
        """What each item that fits counts for at most."""
        return max((high for _, high in self._bounds(where, measure)), default=Fraction(_MOST[measure]))

    def _bounds(self, where: Where, measure: str) -> Iterator[tuple[Fraction, Fraction]]:
        for case in self.cases((where,)) or [()]:
            low, high = _interval(case, measure)[:2]
            yield max(low, Fraction(0)), min(high, Fraction(_MOST[measure]))

    def _implied(self, condition: Condition) -> list[Case]:
        return [*self._of(condition.applies_to, False), *self._of(condition.where, True)] if condition.applies_to != ANY else self._of(condition.where, True)  # fmt: skip

    def _of(self, where: Where, sign: bool) -> list[Case]:
        """The where (or its opposite) as cases of which one must hold."""
        parts: list[list[Case]] = [[(literal,)] for literal in _literals(where, sign)]
        for name in ("category",) if where.category else ():
            parts.append(_join([self._category(one, sign) for one in getattr(where, name)], sign))
        if where.any_of:
            parts.append(_join([self._of(one, sign) for one in where.any_of], sign))
        if where.not_ is not None:
            parts.append(self._of(where.not_, not sign))
        return _join(parts, not sign)

    def _category(self, name: str, sign: bool) -> list[Case]:
        listed = self.rule.categories.get(name)
        return self._of(listed, sign) if listed is not None else [(("category", (name,), sign),)]

    def _can_be(self, case: Case) -> bool:
        return all(test(case, self.rule) for test in _TESTS)


def _join(parts: list[list[Case]], either: bool) -> list[Case]:
    """One of the parts, or all of them."""
    if either:
        return list(itertools.chain.from_iterable(parts))
    return _all(parts)


def _all(parts: Iterable[list[Case]], keep: Callable[[Case], bool] = lambda case: True) -> list[Case]:
    made: list[Case] = [()]
    for part in parts:
        made = [(*one, *other) for one in made for other in part]
        if len(made) > MAX_CASES:
            raise _TooManyError
        made = [case for case in made if keep(case)]
    return made


def _literals(where: Where, sign: bool) -> Iterator[Literal]:
    """Each thing that the where states, for itself; bounds one by one."""
    for name in (
        "credential",
        "issuer",
        "provider",
        "country",
        "field",
        "mode",
        "language",
        "outcome",
        "kind",
    ):
        if value := getattr(where, name):
            yield name, tuple(" ".join(one.split()).casefold() for one in value), sign
    for name in ("route", "grade_at_least", "assessed", "supervised", "quality_assured", "max_age_months", "awarded_from", "awarded_until"):  # fmt: skip
        if (value := getattr(where, name)) is not None:
            yield name, value, sign
    for name in ("credits", "hours", "level"):
        if (bounds := getattr(where, name)) is not None:
            place = f"level {bounds.framework}" if name == "level" else name
            for bound in ("at_least", "at_most", "below"):
                if (number := getattr(bounds, bound, None)) is not None:
                    yield place, (bound, Fraction(number)), sign


def _interval(case: Case, name: str) -> tuple[Fraction, Fraction, bool]:
    """The numbers that a case leaves for a field: from, to, and whether one of these two is excluded."""
    low, high = (Fraction(0 if name in _MOST else -1), False), (Fraction(10**9), False)
    for place, value, sign in case:
        if place == name:
            bound, number = value
            excluded = (bound == "below") is sign
            if (bound == "at_least") is sign:
                low = max(low, (number, excluded))
            else:
                high = min(high, (number, excluded), key=lambda end: (end[0], not end[1]))
    return low[0], high[0], low[1] or high[1]


def _numbers(case: Case, rule: Rule) -> bool:
    """Credits, hours and levels have a number left."""
    for name in {place for place, _, _ in case if place in _MOST or place.startswith("level ")}:
        if name.startswith("level ") and not any(sign for place, _, sign in case if place == name):
            continue  # an item to which no level applies
        low, high, open_ = _interval(case, name)
        if low > high or (open_ and low == high):
            return False
    return True


def _words(case: Case, rule: Rule) -> bool:
    """Of each list that an item must be in, something is left that it must not be in."""
    for name, wanted, sign in case:
        if not sign or not isinstance(wanted, tuple) or name in _MOST or name.startswith("level "):
            continue
        barred = [word for other, words, no in case if other == name and not no for word in words]
        starts = name == "field"
        if all(any(word.startswith(bar) if starts else word == bar for bar in barred) for word in wanted):
            return False
    kinds = [set(words) for name, words, sign in case if name == "kind" and sign]
    return not kinds or bool(set.intersection(*kinds))


def _flags(case: Case, rule: Rule) -> bool:
    """Yes is not no; a route is one of two."""
    for name in ("assessed", "supervised", "quality_assured"):
        if len({value is sign for place, value, sign in case if place == name}) > 1:
            return False
    routes = {"course", "validation"}
    for place, value, sign in case:
        if place == "route":
            routes &= {value} if sign else {"course", "validation"} - {value}
    return bool(routes)


def _order(case: Case, rule: Rule) -> bool:
    """Days, ages and grades have something between their bounds."""
    froms = [value for place, value, sign in case if (place == "awarded_from") is sign and place in ("awarded_from", "awarded_until")]  # fmt: skip
    untils = [value for place, value, sign in case if (place == "awarded_until") is sign and place in ("awarded_from", "awarded_until")]  # fmt: skip
    strict = any(not sign for place, _, sign in case if place in ("awarded_from", "awarded_until"))
    if froms and untils and (max(froms) > min(untils) or (strict and max(froms) == min(untils))):
        return False
    ages = [value for place, value, sign in case if place == "max_age_months" and sign]
    older = [value for place, value, sign in case if place == "max_age_months" and not sign]
    if ages and older and min(ages) <= max(older):
        return False
    scale = [" ".join(one.split()).casefold() for one in rule.grades]
    floors = {True: [0], False: [len(scale)]}
    for place, value, sign in case:
        if place == "grade_at_least" and value.casefold() in scale:
            floors[sign].append(scale.index(value.casefold()))
    return not scale or max(floors[True]) < min(floors[False])


_MOST = {"credits": MAX_CREDITS, "hours": MAX_HOURS}
_TESTS = (_numbers, _words, _flags, _order)
_MEASURES = {Measure.CREDITS: "credits", Measure.COUNT: "count", Measure.HOURS: "hours"}


class _Inequalities(msgspec.Struct):
    """``Σ aᵢ·xᵢ ≤ b`` over quantities that are never negative, each named."""

    names: dict[tuple[str, int], int] = {}
    rows: list[tuple[dict[int, Fraction], Fraction]] = []

    def add(self, terms: Iterable[tuple[tuple[str, int], Fraction | int]], most: Fraction | int) -> None:
        """The sum of the terms is at most this."""
        row: dict[int, Fraction] = {}
        for name, factor in terms:
            index = self.names.setdefault(name, len(self.names))
            row[index] = row.get(index, Fraction(0)) + Fraction(factor)
        self.rows.append((row, Fraction(most)))

    def have_a_solution(self) -> bool:
        """Phase one of the simplex method, by Bland's rule: exact, and it ends."""
        return _solvable(
            [[row.get(index, Fraction(0)) for index in range(len(self.names))] for row, _ in self.rows],
            [most for _, most in self.rows],
        )


def _adds_up(look: _Look, amounts: Sequence[Amount], groups: Sequence[Group], asks: bool) -> bool:
    """Whether amounts, places and bounds of single items can hold together; set 0 is everything that counts."""
    sets = list(dict.fromkeys((ANY, *(one.where for one in amounts))))
    made = _Inequalities(names={}, rows=[])
    used = {_MEASURES[one.of] for one in amounts} | (
        {"count", "credits", "hours"} if groups or asks else set()
    )
    bounded = {"count", *used} if used & set(_MOST) and any(_bounded(look, where) for where in sets) else used
    _sets(made, look, sets, sorted(bounded))
    _places(made, look, sets, groups)
    if asks:
        made.add([(("count", 0), -1)], -1)
    for one in amounts:
        name = _MEASURES[one.of]
        this, everything = (name, sets.index(one.where)), (name, 0)
        if one.at_least is not None:
            made.add([(this, -1)], -Fraction(one.at_least))
        elif one.at_least_share is not None:
            made.add([(this, -1), (everything, _share(one.at_least_share))], 0)
        if one.at_most is not None:
            made.add([(this, 1)], Fraction(one.at_most))
        elif one.at_most_share is not None:
            made.add([(this, 1), (everything, -_share(one.at_most_share))], 0)
    return made.have_a_solution()


def _bounded(look: _Look, where: Where) -> bool:
    """Whether single items have a size of their own there."""
    return any(look.least(where, name) > 0 or look.most(where, name) < most for name, most in _MOST.items())


def _share(percent: Decimal) -> Fraction:
    return Fraction(percent) / 100


def _sets(made: _Inequalities, look: _Look, sets: Sequence[Where], measures: Sequence[str]) -> None:
    """What lies in what, what excludes each other, and what a single item can come to."""
    inside = {
        (i, j)
        for i, j in itertools.permutations(range(len(sets)), 2)
        if j == 0 or (i != 0 and not look.is_possible(sets[i], outside=sets[j]))
    }
    apart = {
        frozenset((i, j)) for i, j in itertools.combinations(range(1, len(sets)), 2) if not look.is_possible(sets[i], sets[j])
    }  # fmt: skip
    for i, j in inside:
        for name in measures:
            made.add([((name, i), 1), ((name, j), -1)], 0)
    chains = {frozenset(_chain(start, range(1, len(sets)), apart)) for start in range(1, len(sets))}
    for j, chain in itertools.product(range(len(sets)), sorted(map(sorted, chains))):
        if len(chain) > 1 and all((i, j) in inside for i in chain):
            for name in measures:
                made.add([*(((name, i), 1) for i in chain), ((name, j), -1)], 0)
    for i, where in enumerate(sets):
        if not look.is_possible(where):
            for name in measures:
                made.add([((name, i), 1)], 0)
        for name in _MOST if "count" in measures else ():
            made.add([(("count", i), look.least(where, name)), ((name, i), -1)], 0)
            made.add([((name, i), 1), (("count", i), -look.most(where, name))], 0)


def _chain(start: int, others: Iterable[int], apart: set[frozenset[int]]) -> list[int]:
    """Sets that all exclude each other, beginning with this one."""
    made = [start]
    for one in others:
        if one not in made and all(frozenset((one, known)) in apart for known in made):
            made.append(one)
    return made


def _places(made: _Inequalities, look: _Look, sets: Sequence[Where], groups: Sequence[Group]) -> None:
    """What filling the places takes, in everything and in each set; groups that are apart may share items with others."""
    together = [group for group in groups if not group.apart]
    for pool in (together, *([group] for group in groups if group.apart)):
        for i, where in enumerate(sets):
            forced = [_forced(look, where, group) for group in pool]
            if not any(forced):
                continue
            made.add([(("count", i), -1)], -sum(len(one) for one in forced))
            for name in _MOST:
                if least := sum((look.least(w, name) for one in forced for w in one), Fraction(0)):
                    made.add([((name, i), -1)], -least)


def _forced(look: _Look, where: Where, group: Group) -> list[Where]:
    """The places that lie in the set however the group is filled: the smallest ones, as many as cannot be left out."""
    inside = [slot.where for slot in group.slots if where == ANY or not look.is_possible(slot.where, outside=where)]  # fmt: skip
    inside.sort(key=lambda one: look.least(one, "credits"))
    return inside[: max(0, len(inside) - (len(group.slots) - group.needed))]


def _solvable(rows: list[list[Fraction]], most: list[Fraction]) -> bool:
    """Whether ``rows · x ≤ most`` has a solution with no negative x (the auxiliary program: one more quantity, taken from every row)."""
    if all(one >= 0 for one in most):
        return True
    # a row is: basic = most - Σ row[j] · nonbasic[j]; the last column is the auxiliary quantity, which starts as basic
    table = [[*row, Fraction(-1), bound] for row, bound in zip(rows, most, strict=True)]
    width = len(rows[0]) + 1
    labels = list(range(width + len(table)))  # nonbasic labels first, then one for each row
    auxiliary = width - 1
    goal = [Fraction(0)] * width + [Fraction(0)]
    goal[auxiliary] = Fraction(-1)

    def pivot(row: int, column: int) -> None:
        """The quantities of a row and of a column change places."""
        entry = table[row][column]
        table[row] = [value / entry for value in table[row]]
        table[row][column] = 1 / entry
        for other in (*(line for at, line in enumerate(table) if at != row), goal):
            factor = other[column]
            if factor:
                for k in range(width + 1):
                    other[k] -= factor * table[row][k]
                other[column] = -factor * table[row][column]
        labels[column], labels[width + row] = labels[width + row], labels[column]

    pivot(min(range(len(table)), key=lambda at: table[at][-1]), auxiliary)
    while True:
        columns = [at for at in range(width) if goal[at] > 0]
        if not columns:
            break
        column = min(columns, key=lambda at: labels[at])
        rises = [at for at in range(len(table)) if table[at][column] > 0]
        row = min(rises, key=lambda at: (table[at][-1] / table[at][column], labels[width + at]))
        pivot(row, column)
    return all(labels[width + at] != auxiliary or line[-1] == 0 for at, line in enumerate(table))
