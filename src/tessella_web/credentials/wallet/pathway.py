"""A rule as places, and what of a wallet lies in them: for the mosaic, the table and the text, which say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tessella.rendering import TileFacts
from tessella.stacking import Evaluation, Item, Rule
from tessella.stacking.conditions import Context, judge, quantity
from tessella.stacking.explaining import measure_words, requirement_words, where_words
from tessella.stacking.language import Amount, Group, OutcomeList, Slot, Where
from tessella.stacking.solving import fill
from tessella.stacking.system import World, build
from tessella_web.credentials.wallet.counting import asked, matters

__all__ = ["Bar", "Limit", "Picture", "Place", "Row", "Segment", "Tile", "picture"]

MOST_ALTERNATIVES = 5
"""Others named for a place; more help nobody."""


class Tile(NamedTuple):
    """Something that lies in a place: of the wallet (``key`` leads to its entry), or only planned. ``is_asked``: something of it is not known."""

    key: str
    title: str
    facts: TileFacts | None
    is_planned: bool = False
    is_asked: bool = False


class Place(NamedTuple):
    """A place, and what lies in it. An empty one is missing where its group still ``is_needed``, and else free to be left so."""

    id: str
    title: str
    tile: Tile | None
    others: tuple[Tile, ...]
    is_needed: bool


class Row(NamedTuple):
    """A group of places: what the rule says of it, and how many are filled of how many."""

    id: str
    title: str
    words: str
    needed: int
    places: tuple[Place, ...]

    @property
    def filled(self) -> int:
        """How many places have something in them."""
        return sum(1 for one in self.places if one.tile is not None)

    @property
    def lacking(self) -> int:
        """How many more are needed."""
        return max(0, self.needed - self.filled)


class Segment(NamedTuple):
    """What one tile brings to an amount: from where to where of the bar, in percent."""

    tile: Tile
    amount: Decimal
    start: float
    width: float


class Bar(NamedTuple):
    """So much of that is asked for, and so much is there: ``mark`` is where in the bar that is, in percent.

    ``unknown`` are tiles of which it is not known how much they bring.
    """

    id: str
    words: str
    unit: str
    needed: Decimal
    reached: Decimal
    mark: float
    segments: tuple[Segment, ...]
    unknown: tuple[Tile, ...]

    @property
    def lacking(self) -> Decimal:
        """How much more is needed."""
        return max(Decimal(0), self.needed - self.reached)


class Limit(NamedTuple):
    """Something else that the rule asks, in words, and what is in its way; empty when nothing is."""

    words: str
    problem: str


class Picture(NamedTuple):
    """The rule with what is there. ``others`` count and lie in no place of their own; ``lacking`` are amounts that are missing."""

    rows: tuple[Row, ...]
    others: tuple[Tile, ...]
    bars: tuple[Bar, ...]
    limits: tuple[Limit, ...]

    @property
    def lacking(self) -> tuple[Bar, ...]:
        """Amounts that are not reached."""
        return tuple(one for one in self.bars if one.lacking)

    @property
    def placed(self) -> int:
        """How many tiles lie in the picture."""
        return sum(row.filled for row in self.rows) + len(self.others)

    @property
    def empty(self) -> int:
        """How many places are empty that are needed; an amount that is missing is one."""
        return sum(row.lacking for row in self.rows) + len(self.lacking)


def picture(rule: Rule, items: Sequence[Item], answer: Evaluation, tiles: Mapping[str, Tile]) -> Picture:
    """What lies where. Where the rule is met, or may be, these are the items that the answer rests on; else everything that can count.

    ``tiles`` by the id of the item.
    """
    context = Context(rule, answer.on)
    world = build(items, context).world(possible=True)
    numbers = {item.id: number for number, item in enumerate(items)}
    if answer.counted:
        chosen = [numbers[one.item] for one in answer.counted]
    else:
        wanted = tuple(asked(rule))
        chosen = [
            number for number, item in enumerate(items)
            if world.allowed[number] and matters(item, wanted, rule, answer.on)
        ]  # fmt: skip
    of = [tiles[item.id] for item in items]
    filled, _lacking = fill(world, chosen)
    rows = [_row(group, items, filled, world, of, context) for group in rule.all_groups]
    rows += [_covered(listed, items, chosen, of, context) for listed in rule.outcomes]
    lying = {one.tile for row in rows for one in row.places if one.tile}
    least = [one for one in rule.amounts if one.at_least is not None]
    return Picture(
        rows=tuple(rows),
        others=tuple(of[number] for number in chosen if of[number] not in lying),
        bars=tuple(_bar(one, items, chosen, of, answer, context) for one in least),
        limits=tuple(_limits(rule, answer)),
    )


def _row(
    group: Group,
    items: Sequence[Item],
    filled: Mapping[str, int],
    world: World,
    of: Sequence[Tile],
    context: Context,
) -> Row:
    there = sum(1 for slot in group.slots if slot.id in filled)
    used = set(filled.values())

    def others(slot: Slot) -> tuple[Tile, ...]:
        free = (
            number for number, item in enumerate(items)
            if world.allowed[number] and number not in used and judge(slot.where, item, context).truth is not False
        )  # fmt: skip
        return tuple(of[number] for number in free)[:MOST_ALTERNATIVES]

    places = tuple(
        Place(
            id=slot.id, title=slot.title or _capital(where_words(slot.where)) or slot.id,
            tile=of[filled[slot.id]] if slot.id in filled else None, others=others(slot), is_needed=there < group.needed,
        )
        for slot in group.slots
    )  # fmt: skip
    words = requirement_words(context.rule, group.id)
    return Row(
        id=group.id, title=group.title or places[0].title, words=words, needed=group.needed, places=places
    )


def _covered(
    listed: OutcomeList, items: Sequence[Item], chosen: Sequence[int], of: Sequence[Tile], context: Context
) -> Row:
    """Outcomes as places, each with what covers it; a tile may lie in several."""
    may = [number for number in chosen if judge(listed.where, items[number], context).truth is not False]
    places = []
    for outcome in listed.outcomes:
        where = Where(outcome=(outcome,))
        fits = [of[number] for number in may if judge(where, items[number], context).truth]
        places.append(
            Place(outcome, _capital(outcome), fits[0] if fits else None, tuple(fits[1:]), is_needed=not fits)
        )
    words = requirement_words(context.rule, listed.id)
    return Row(listed.id, listed.title or words, words, len(listed.outcomes), tuple(places))


def _bar(
    amount: Amount,
    items: Sequence[Item],
    chosen: Sequence[int],
    of: Sequence[Tile],
    answer: Evaluation,
    context: Context,
) -> Bar:
    """What each brings, in the order of the wallet. What the library found missing is missing: two that exclude each other do not add up."""
    rule, needed = context.rule, amount.at_least or Decimal(0)
    brings: list[tuple[Tile, Decimal]] = []
    unknown: list[Tile] = []
    for number in chosen:
        truth = judge(amount.where, items[number], context).truth
        worth = quantity(amount.of, items[number], rule)
        if truth and worth.known:
            brings.append((of[number], worth.low))
        elif truth is not False:
            unknown.append(of[number])
    total = sum((size for _tile, size in brings), Decimal(0))
    short = _missing(amount, answer)
    reached = min(total, needed - short) if short else total
    scale = max(needed, reached, Decimal(1))
    segments, start = [], Decimal(0)
    for tile, size in brings:
        shown = min(size, reached - start)
        if shown > 0:
            segments.append(Segment(tile, size, _percent(start, scale), _percent(shown, scale)))
            start += shown
    unit = measure_words(rule, "", amount.id, 0, 1)[1]
    words = requirement_words(rule, amount.id, f"{amount.id}>=")
    return Bar(
        amount.id,
        _capital(words),
        unit,
        needed,
        reached,
        _percent(needed, scale),
        tuple(segments),
        tuple(unknown),
    )


def _missing(amount: Amount, answer: Evaluation) -> Decimal:
    for one in answer.missing:
        if one.rule == amount.id and not one.together:
            try:
                return Decimal(one.amount)
            except InvalidOperation:
                break
    return Decimal(0)


def _percent(part: Decimal, whole: Decimal) -> float:
    return round(float(part / whole * 100), 2)


def _limits(rule: Rule, answer: Evaluation) -> Iterator[Limit]:
    """Shares and upper bounds: what they say, and where they are in the way."""
    problems = {one.rule: one.message for one in answer.missing}
    for amount in rule.amounts:
        bounds = (
            (amount.at_least_share is not None and amount.at_least is None, "%>="),
            (amount.at_most is not None, "<="),
            (amount.at_most_share is not None and amount.at_most is None, "%<="),
        )
        for is_stated, key in bounds:
            if is_stated:
                words = requirement_words(rule, amount.id, f"{amount.id}{key}")
                yield Limit(_capital(words), problems.get(amount.id, "") if amount.at_least is None else "")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
