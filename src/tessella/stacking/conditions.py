"""Whether an item fits a `Where`: yes, no, or not known, with the data that decides it.

Three values throughout (Kleene): what an item does not state is not known, never no.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import msgspec

from tessella.stacking.items import MAX_CREDITS, MAX_HOURS, Item
from tessella.stacking.language import LevelRange, Measure, Range, Rounding, Rule, Where
from tessella.text import say

__all__ = ["Context", "Judged", "Quantity", "ask_whom", "judge", "later", "quantity"]

Truth = bool | None


class Context(msgspec.Struct, frozen=True):
    """What a judgement is made against."""

    rule: Rule
    on: dt.date


class Judged(msgspec.Struct, frozen=True):
    """The answer and the fields of the `Where` that it rests on: those that are not fulfilled, or not known."""

    truth: Truth
    fields: tuple[str, ...] = ()


class Quantity(msgspec.Struct, frozen=True):
    """An amount of which only bounds may be known; ``through`` names the conversion that was used."""

    low: Decimal
    high: Decimal
    through: str = ""

    @property
    def known(self) -> bool:
        return self.low == self.high


def judge(where: Where, item: Item, context: Context) -> Judged:
    """Whether the item fits: no beats not known, not known beats yes."""
    unknown: list[str] = []
    refused: list[str] = []
    for name, test in _TESTS.items():
        value = getattr(where, name)
        if value is None or value == ():
            continue
        truth = test(value, item, context)
        if truth is None:
            unknown.append(name)
        elif not truth:
            refused.append(name)
    for answer in (_any_of(where, item, context), _not(where, item, context)):
        (refused if answer.truth is False else unknown).extend(answer.fields)
    if refused:
        return Judged(False, tuple(refused))
    return Judged(None, tuple(dict.fromkeys(unknown))) if unknown else Judged(True)


def _any_of(where: Where, item: Item, context: Context) -> Judged:
    if not where.any_of:
        return Judged(True)
    answers = [judge(one, item, context) for one in where.any_of]
    if any(one.truth for one in answers):
        return Judged(True)
    truth = None if any(one.truth is None for one in answers) else False
    return Judged(truth, tuple(name for one in answers if one.truth is truth for name in one.fields))


def _not(where: Where, item: Item, context: Context) -> Judged:
    if where.not_ is None:
        return Judged(True)
    answer = judge(where.not_, item, context)
    if answer.truth is None:
        return answer
    return Judged(not answer.truth, ("not",) if answer.truth else ())


def quantity(measure: Measure, item: Item, rule: Rule) -> Quantity:
    """How much the item counts for: exact, or the bounds of what it may be when it does not say."""
    if measure is Measure.COUNT:
        return Quantity(Decimal(1), Decimal(1))
    if measure is Measure.HOURS:
        return _exact(item.hours) if item.hours is not None else Quantity(Decimal(0), Decimal(MAX_HOURS))
    stated = item.credits
    if stated is not None and (not stated or rule.unit in stated):
        return _exact(stated.get(rule.unit, Decimal(0)))
    systems: dict[str, Decimal] = dict(stated or {})
    if item.hours is not None:
        systems["hours"] = item.hours
    for conversion in rule.conversions:
        if conversion.to == rule.unit and conversion.from_ in systems:
            points = systems[conversion.from_] * conversion.factor
            if conversion.rounding is not Rounding.NONE:
                way = ROUND_DOWN if conversion.rounding is Rounding.DOWN else ROUND_HALF_UP
                points = (points / conversion.step).to_integral_value(way) * conversion.step
            return Quantity(points, points, conversion.from_)
    if rule.without_credits == "zero":
        return _exact(Decimal(0))
    return Quantity(Decimal(0), Decimal(MAX_CREDITS))


def ask_whom(field: str, item: Item, rule: Rule) -> str:
    """Who can say what is not known: the receiver for its own lists and conversions, otherwise the item's issuer."""
    if field in ("category", "conversion", "hours-to-credits"):
        return rule.decider.name
    return next((name for name in reversed(item.issuers)), "") or say("the issuer")


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last of the month where it has no such day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return dt.date.max if months > 0 else dt.date.min
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _exact(value: Decimal) -> Quantity:
    return Quantity(value, value)


def _folded(words: Iterable[str]) -> set[str]:
    return {" ".join(word.split()).casefold() for word in words}


def _overlap(wanted: Iterable[str], has: Iterable[str] | None) -> Truth:
    """Whether any wanted word is among those stated; not known when nothing is stated."""
    return None if not has else bool(_folded(wanted) & _folded(has))


def _within(bounds: Range | LevelRange, low: Decimal, high: Decimal) -> Truth:
    below = getattr(bounds, "below", None)
    sure = (
        (bounds.at_least is None or low >= bounds.at_least)
        and (bounds.at_most is None or high <= bounds.at_most)
        and (below is None or high < below)
    )
    possible = (
        (bounds.at_least is None or high >= bounds.at_least)
        and (bounds.at_most is None or low <= bounds.at_most)
        and (below is None or low < below)
    )
    return True if sure else None if possible else False


def _category(wanted: tuple[str, ...], item: Item, context: Context) -> Truth:
    """The receiver's list decides where there is one; otherwise the tags of the item."""
    answers: list[Truth] = []
    for name in wanted:
        listed = context.rule.categories.get(name)
        if listed is not None:
            answers.append(judge(listed, item, context).truth)
        else:
            answers.append(_overlap((name,), item.categories) if item.categories is not None else None)
    if any(answers):
        return True
    return None if None in answers else False


LEVELS = {"eqf": (1, 8), "qf-ehea": (0, 3)}
"""The lowest and highest level of the European frameworks (EQF Recommendation 2017, Annex II; QF-EHEA with the short cycle as 0)."""

ANY_LEVEL = (0, 20)
"""Of a framework that is not known here: the Scottish one has 12 levels, the most of any."""


def _level(bounds: LevelRange, item: Item, context: Context) -> Truth:
    if not item.level_applies:
        return False
    try:
        levels = [Decimal(code) for code in item.levels.get(bounds.framework, ())]
    except ArithmeticError:
        return None
    lowest, highest = LEVELS.get(bounds.framework, ANY_LEVEL)
    if not all(level.is_finite() and lowest <= level <= highest for level in levels):
        return None  # a level that the framework does not have says nothing
    return _within(bounds, min(levels), max(levels)) if levels else None


def _field(wanted: tuple[str, ...], item: Item, context: Context) -> Truth:
    if not item.fields:
        return None
    if any(code.startswith(prefix) for code in item.fields for prefix in wanted):
        return True
    # a broad field (06) may be the narrow one that is wanted (061): its issuer said no more
    return None if any(prefix.startswith(code) for code in item.fields for prefix in wanted) else False


def _grade(floor: str, item: Item, context: Context) -> Truth:
    scale = [" ".join(g.split()).casefold() for g in context.rule.grades]
    given = " ".join((item.grade or "").split()).casefold()
    if scale:
        return scale.index(given) >= scale.index(floor.casefold()) if given in scale else None
    try:
        number = Decimal(given)
        return number >= Decimal(floor) if number.is_finite() else None
    except ArithmeticError:
        return None


def _age(months: int, item: Item, context: Context) -> Truth:
    return None if item.awarded_on is None else later(item.awarded_on, months) >= context.on


def _from(day: dt.date, item: Item, context: Context) -> Truth:
    return None if item.awarded_on is None else item.awarded_on >= day


def _until(day: dt.date, item: Item, context: Context) -> Truth:
    return None if item.awarded_on is None else item.awarded_on <= day


def _measured(measure: Measure) -> Callable[[Range, Item, Context], Truth]:
    def test(bounds: Range, item: Item, context: Context) -> Truth:
        found = quantity(measure, item, context.rule)
        return _within(bounds, found.low, found.high)

    return test


def _stated(name: str) -> Callable[[bool, Item, Context], Truth]:
    def test(wanted: bool, item: Item, context: Context) -> Truth:
        value = getattr(item, name)
        return None if value is None else value is wanted

    return test


def _words(name: str) -> Callable[[tuple[str, ...], Item, Context], Truth]:
    return lambda wanted, item, context: _overlap(wanted, getattr(item, name))


_TESTS: dict[str, Callable[..., Truth]] = {
    "credential": lambda wanted, item, context: _overlap(wanted, (item.id, item.credential, item.title)),
    "category": _category,
    "issuer": _words("issuers"),
    "provider": _words("providers"),
    "country": _words("countries"),
    "level": _level,
    "field": _field,
    "mode": _words("modes"),
    "language": _words("languages"),
    "outcome": _words("outcomes"),
    "route": lambda wanted, item, context: None if item.route is None else item.route == wanted,
    "kind": lambda wanted, item, context: bool(_folded(wanted) & _folded((item.kind,))),
    "credits": _measured(Measure.CREDITS),
    "hours": _measured(Measure.HOURS),
    "grade_at_least": _grade,
    "assessed": _stated("assessed"),
    "supervised": _stated("supervised"),
    "quality_assured": _stated("quality_assured"),
    "max_age_months": _age,
    "awarded_from": _from,
    "awarded_until": _until,
}
"""One test for each field of `Where` (``any_of`` and ``not`` are above)."""
