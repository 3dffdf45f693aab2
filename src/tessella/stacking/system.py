"""A rule and items as whole-number inequalities and places to fill: what the search and the proof speak about.

Every requirement becomes rows ``Σ aᵢ·xᵢ ≥ b`` with xᵢ = 1 for a counted item. What is not known makes aᵢ an interval; the *sure* world
takes the worst of it, the *possible* world the best. A rule met in the sure world is met whatever the missing data say; one that fails
in the possible world fails whatever they say; in between nobody can know yet.

Row keys are part of the proof format: ``ID>=``, ``ID<=``, ``ID%>=``, ``ID%<=`` for amounts; ``ID#n`` for the n-th outcome;
``overlap:i:j:k`` and ``repeat:i:j:k`` for items of which any two exclude each other, so that at most one counts; ``order:PART:NEED:i``; ``whole``. Pools of places are
``places`` (all groups together) and ``apart:ID``; each implies ``fill:POOL`` (so many items must fit its places) and ``group:ID``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from tessella.stacking.conditions import Context, Truth, judge, quantity
from tessella.stacking.items import Item
from tessella.stacking.language import Amount, Group, OutcomeList, Overlap, Selection, Where
from tessella.text import say

__all__ = [
    "Exclusion",
    "Pool",
    "Row",
    "System",
    "World",
    "amount_rows",
    "build",
    "covering",
    "exclusions",
    "pools_of",
]

HUNDRED = Decimal(100)


class Exclusion(msgspec.Struct, frozen=True):
    """Why an item cannot count (``truth`` is False) or may not be able to (None): the rule's id and the fields it rests on."""

    rule: str
    truth: Truth
    fields: tuple[str, ...]
    reason: str


class Row(msgspec.Struct, frozen=True):
    """One inequality. ``low`` and ``high`` bound each coefficient; all numbers are multiples of 1/``scale``.

    ``limit`` rows forbid; the others ask for something.
    """

    key: str
    id: str
    low: tuple[int, ...]
    high: tuple[int, ...]
    bound: int
    scale: int = 1
    limit: bool = False


class Pool(msgspec.Struct, frozen=True):
    """Places that are filled together, no item twice. ``fits[s][i]`` says whether item i fits place s."""

    key: str
    places: tuple[tuple[str, str], ...]
    needs: dict[str, int]
    fits: tuple[tuple[Truth, ...], ...]


class World(msgspec.Struct, frozen=True):
    """One reading of what is not known: plain numbers. ``whole`` counts all items."""

    rows: tuple[tuple[str, tuple[int, ...], int], ...]
    pools: tuple[Pool, ...]
    fits: tuple[tuple[tuple[bool, ...], ...], ...]
    allowed: tuple[bool, ...]
    whole: bool
    scales: dict[str, int]


class System(msgspec.Struct, frozen=True):
    """Rule and items, ready to be decided."""

    context: Context
    items: tuple[Item, ...]
    rows: tuple[Row, ...]
    pools: tuple[Pool, ...]
    excluded: tuple[tuple[Exclusion, ...], ...]

    def eligible(self, index: int) -> Truth:
        """Whether the item may count at all."""
        truths = [one.truth for one in self.excluded[index]]
        return False if False in truths else None if truths else True

    def world(
        self,
        *,
        possible: bool,
        rows: Sequence[Row] | None = None,
        pools: Sequence[Pool] | None = None,
        lenient: bool = False,
    ) -> World:
        """The sure or the possible world, of all rows and pools or of some; ``lenient`` lets excluded items count."""
        whole = self.context.rule.selection is Selection.WHOLE
        chosen = self.rows if rows is None else tuple(rows)
        pools = self.pools if pools is None else tuple(pools)
        eligible = [self.eligible(index) for index in range(len(self.items))]
        fits = tuple(
            tuple(tuple(t is True or (possible and t is None) for t in place) for place in pool.fits)
            for pool in pools
        )
        stated = [
            (row.key, row.high if possible else row.low, row.bound)
            for row in chosen
            if not (lenient and row.key == "whole")
        ]
        implied = [row for pool, places in zip(pools, fits, strict=True) for row in _implied(pool, places)]
        return World(
            rows=(*stated, *implied),
            pools=tuple(pools),
            fits=fits,
            allowed=tuple(whole or lenient or t is True or (possible and t is None) for t in eligible),
            whole=whole,
            scales={row.key: row.scale for row in chosen} | {key: 1 for key, _, _ in implied},
        )


def build(items: Sequence[Item], context: Context) -> System:
    """The rule of the context over these items."""
    rule = context.rule
    excluded = tuple(tuple(exclusions(item, context)) for item in items)
    rows: list[Row] = []
    for amount in rule.amounts:
        rows += amount_rows(amount, items, context)
    for listed in rule.outcomes:
        for number, both in enumerate(covering(listed, items, context)):
            rows.append(
                Row(
                    f"{listed.id}#{number}",
                    listed.id,
                    tuple(int(t is True) for t in both),
                    tuple(int(t is not False) for t in both),
                    1,
                )
            )
    rows += _pair_rows(items, context)
    rows += _order_rows(items, context)
    if rule.selection is Selection.WHOLE:
        truths = [_all(one.truth for one in found) for found in excluded]
        rows.append(
            Row(
                "whole",
                "whole",
                tuple(-int(t is not True) for t in truths),
                tuple(-int(t is False) for t in truths),
                0,
                1,
                True,
            )
        )
    return System(context, tuple(items), tuple(rows), pools_of(items, context), excluded)


def covering(listed: OutcomeList, items: Sequence[Item], context: Context) -> Iterator[tuple[Truth, ...]]:
    """For each outcome of the list, which items cover it."""
    fits = [judge(listed.where, item, context).truth for item in items]
    for outcome in listed.outcomes:
        covers = (judge(Where(outcome=(outcome,)), item, context).truth for item in items)
        yield tuple(_and(a, b) for a, b in zip(fits, covers, strict=True))


def pools_of(items: Sequence[Item], context: Context) -> tuple[Pool, ...]:
    """The places of the rule's groups: those of all together first, then of each that is apart."""
    groups = context.rule.all_groups
    together = tuple(group for group in groups if not group.apart)
    apart = (_pool(f"apart:{group.id}", (group,), items, context) for group in groups if group.apart)
    return (*((_pool("places", together, items, context),) if together else ()), *apart)


def exclusions(item: Item, context: Context) -> Iterator[Exclusion]:
    """Everything that keeps the item from counting, or may."""
    rule, on = context.rule, context.on
    if item.status in ("revoked", "failed"):
        text = say("It was revoked.") if item.status == "revoked" else say("It did not pass verification.")
        yield Exclusion("status", False, ("status",), text)
    if item.status == "suspended":
        yield Exclusion("status", None, ("status",), say("It is suspended."))
    if item.awarded_on is not None and item.awarded_on > on:
        yield Exclusion(
            "date",
            False,
            ("awarded_on",),
            say("It was awarded on %(day)s, after the day asked for.", day=item.awarded_on),
        )
    if rule.expired_by_issuer == "refused" and item.valid_until is not None and item.valid_until < on:
        yield Exclusion(
            "expired-by-issuer",
            False,
            ("valid_until",),
            say("By its issuer it was valid until %(day)s.", day=item.valid_until),
        )
    if rule.double_use == "refused" and item.used_in:
        used = ", ".join(item.used_in)
        yield Exclusion(
            "double-use",
            False,
            ("used_in",),
            say("It already counts towards %(award)s; nothing counts twice.", award=used),
        )
    for condition in rule.conditions:
        applies = judge(condition.applies_to, item, context)
        if applies.truth is False:
            continue
        held = judge(condition.where, item, context)
        if held.truth is True:
            continue
        truth = False if held.truth is False and applies.truth is True else None
        fields = (
            held.fields if applies.truth is True else tuple(dict.fromkeys((*applies.fields, *held.fields)))
        )
        yield Exclusion(condition.id, truth, fields, condition.title)


def _and(a: Truth, b: Truth) -> Truth:
    return False if a is False or b is False else None if a is None or b is None else True


def _all(truths: Iterator[Truth]) -> Truth:
    found: Truth = True
    for one in truths:
        found = _and(found, one)
    return found


def amount_rows(amount: Amount, items: Sequence[Item], context: Context) -> Iterator[Row]:
    """The inequalities of one amount."""
    fits = [judge(amount.where, item, context).truth for item in items]
    sizes = [quantity(amount.of, item, context.rule) for item in items]
    no_share = {">=": amount.at_least is not None, "<=": amount.at_most is not None}
    for sign, number, share in (
        (">=", amount.at_least, amount.at_least_share),
        ("<=", amount.at_most, amount.at_most_share),
    ):
        turn = 1 if sign == ">=" else -1
        if number is not None:
            weights = [[Decimal(turn * f) for f in _values(fit)] for fit in fits]
            yield _row(amount.id, sign, weights, sizes, number * turn, sign == "<=")
        elif share is not None and not no_share[sign]:
            weights = [[turn * (f - share / HUNDRED) for f in _values(fit)] for fit in fits]
            yield _row(amount.id, "%" + sign, weights, sizes, Decimal(0), sign == "<=")


def _values(fit: Truth) -> tuple[int, ...]:
    return (0, 1) if fit is None else (int(fit),)


def _row(
    id: str, sign: str, weights: list[list[Decimal]], sizes: Sequence[object], bound: Decimal, limit: bool
) -> Row:
    products = [
        [weight * size for weight in choice for size in (each.low, each.high)]  # type: ignore[attr-defined] # a Quantity
        for choice, each in zip(weights, sizes, strict=True)
    ]
    numbers = [*(p for ps in products for p in ps), bound]
    digits = max((-int(n.normalize().as_tuple().exponent) for n in numbers), default=0)
    scale = 10 ** max(0, digits)
    return Row(
        id + sign,
        id,
        tuple(int(min(ps) * scale) for ps in products),
        tuple(int(max(ps) * scale) for ps in products),
        int(bound * scale),
        scale,
        limit,
    )


def _pair_rows(items: Sequence[Item], context: Context) -> Iterator[Row]:
    """Items that exclude each other: the same micro-credential again, or too much in common."""
    rule = context.rule
    repeats: dict[tuple[int, int], Truth] = {}
    overlaps: dict[tuple[int, int], Truth] = {}
    for j, second in enumerate(items):
        for i, first in enumerate(items[:j]):
            same = rule.repeats == "refused" and first.repeats(second)
            if same is not False:
                repeats[i, j] = same
            elif (
                rule.overlap is not None and (clash := _overlapping(first, second, rule.overlap)) is not False
            ):
                overlaps[i, j] = clash
    for name, id, pairs in (
        ("repeat", "repeats", repeats),
        ("overlap", rule.overlap.id if rule.overlap else "", overlaps),
    ):
        sure = {pair for pair, truth in pairs.items() if truth}
        for clique in _cliques(sure, sure):
            yield _at_most_one(name, id, clique, len(items), sure=True)
        for clique in _cliques(pairs.keys() - sure, set(pairs)):
            yield _at_most_one(name, id, clique, len(items), sure=False)


def _overlapping(first: Item, second: Item, overlap: Overlap) -> Truth:
    if first.outcomes is None or second.outcomes is None:
        return None
    common = {*map(str.casefold, first.outcomes)} & {*map(str.casefold, second.outcomes)}
    return len(common) > overlap.at_most


def _cliques(edges: Iterable[tuple[int, int]], related: set[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Sets of items that are all related to each other, few of them, which together cover the edges."""
    left = set(edges)
    for first, second in sorted(left):
        if (first, second) not in left:
            continue
        found = [first, second]
        for other in sorted({b for a, b in related if a == first and b > second}):
            if all((one, other) in related for one in found):
                found.append(other)
        left.difference_update(itertools.combinations(found, 2))
        yield tuple(found)


def _at_most_one(name: str, id: str, clique: tuple[int, ...], count: int, *, sure: bool) -> Row:
    members = frozenset(clique)
    worst = tuple(-1 if k in members else 0 for k in range(count))
    key = f"{name}:{':'.join(map(str, clique))}"
    return Row(key, id, worst, worst if sure else (0,) * count, -1, 1, True)


def _order_rows(items: Sequence[Item], context: Context) -> Iterator[Row]:
    parts = {
        part.id: [judge(part.where, item, context).truth for item in items] for part in context.rule.parts
    }
    for part in context.rule.parts:
        for need in part.needs:
            for i, fit in enumerate(parts[part.id]):
                if fit is False:
                    continue
                earlier = [
                    False if j == i else _and(parts[need][j], _not_later(other, items[i]))
                    for j, other in enumerate(items)
                ]
                low = [int(t is True) for t in earlier]
                high = [int(t is not False) for t in earlier]
                low[i], high[i] = -1, -int(fit is True)
                yield Row(f"order:{part.id}:{need}:{i}", part.id, tuple(low), tuple(high), 0, 1, True)


def _implied(pool: Pool, fits: tuple[tuple[bool, ...], ...]) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """What filling places takes in items, as rows, so that they can be added to limits."""
    for group, count in pool.needs.items():
        of_group = [row for (name, _), row in zip(pool.places, fits, strict=True) if name == group]
        yield f"group:{group}", tuple(int(any(column)) for column in zip(*of_group, strict=True)), count
    yield (
        f"fill:{pool.key}",
        tuple(int(any(column)) for column in zip(*fits, strict=True)),
        sum(pool.needs.values()),
    )


def _not_later(first: Item, second: Item) -> Truth:
    if first.awarded_on is None or second.awarded_on is None:
        return None
    return first.awarded_on <= second.awarded_on


def _pool(key: str, groups: Sequence[Group], items: Sequence[Item], context: Context) -> Pool:
    places = [(group, slot) for group in groups for slot in group.slots]
    return Pool(
        key=key,
        places=tuple((group.id, slot.id) for group, slot in places),
        needs={group.id: group.needed for group in groups},
        fits=tuple(tuple(judge(slot.where, item, context).truth for item in items) for _, slot in places),
    )
