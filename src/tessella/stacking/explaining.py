"""Rules in plain sentences: what a receiver reads back after writing, and what answers quote."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tessella.stacking.items import Item
from tessella.stacking.language import (
    Amount,
    Condition,
    Conversion,
    Group,
    LevelRange,
    Measure,
    Overlap,
    Part,
    Range,
    Rounding,
    Rule,
    Selection,
    Where,
)
from tessella.text import say

__all__ = [
    "condition_words",
    "explain",
    "field_words",
    "measure_words",
    "number_words",
    "requirement_words",
    "where_words",
]


def explain(rule: Rule) -> tuple[str, ...]:
    """The rule as sentences, in the order of the file."""
    return tuple(_sentences(rule))


def number_words(number: Decimal, unit: str = "") -> str:
    """A number without needless zeros, with its unit."""
    text = f"{Decimal(number).quantize(Decimal('0.01')).normalize():f}"
    return f"{text} {unit_words(unit)}".strip()


def unit_words(unit: str) -> str:
    """A credit system as people write it."""
    return {"ects": "ECTS", "ecvet": "ECVET"}.get(unit, unit)


def where_words(where: Where) -> str:
    """What items are meant, as the end of a sentence; empty for every item."""
    parts = [
        words(value)
        for name, words in _WORDS.items()
        if (value := getattr(where, name)) is not None and value != ()
    ]
    if where.any_of:
        parts.append(say(" or ").join(where_words(one) for one in where.any_of))
    if where.not_ is not None:
        parts.append(say("not: %(what)s", what=where_words(where.not_)))
    return say(", ").join(parts)


def field_words(field: str, rule: Rule) -> str:
    """The data of an item that a question asks for."""
    words = _DATA.get(field, field)
    return say(words, unit=unit_words(rule.unit)) if "%(unit)s" in words else say(words)


def requirement_words(rule: Rule, id: str, key: str = "") -> str:
    """The requirement with this id (and row key) as one sentence without full stop."""
    if id in _FIXED:
        return say(_FIXED[id])
    for amount in rule.amounts:
        if amount.id == id:
            sign = key.removeprefix(id)
            return _amount(amount, rule, sign if key else "")
    for group in rule.all_groups:
        if group.id == id:
            return _group(group)
    for listed in rule.outcomes:
        if listed.id == id and "#" in key:
            return say("the outcome “%(outcome)s”", outcome=listed.outcomes[int(key.rpartition("#")[2])])
    named: list[Any] = [*rule.conditions, *rule.advice, *rule.outcomes, *rule.parts]
    named += [slot for group in rule.all_groups for slot in group.slots] + (
        [rule.overlap] if rule.overlap else []
    )
    return next((one.title or id for one in named if one.id == id), id)


def condition_words(rule: Rule, id: str, item: Item, fields: Sequence[str]) -> str:
    """Why an item does not fulfil a condition: the condition, and what the item says instead."""
    condition = next(one for one in (*rule.conditions, *rule.advice) if one.id == id)
    says = [f"{field_words(name, rule)}: {found}" for name in fields if (found := _of_item(item, name))]
    return say(
        "“%(title)s”: the rule asks for %(what)s; it states %(found)s.",
        title=item.name,
        what=condition.title or where_words(condition.where),
        found="; ".join(says) or say("nothing about it"),
    )


def measure_words(rule: Rule, key: str, id: str, short: int, scale: int) -> tuple[str, str]:
    """A lack in a row as number and unit."""
    amount = next((one for one in rule.amounts if one.id == id), None)
    if amount is None:
        return str(short), ""
    items = say("credential") if short == scale else say("credentials")
    units = {Measure.CREDITS: unit_words(rule.unit), Measure.COUNT: items, Measure.HOURS: say("hours")}
    return number_words(Decimal(short) / scale), units[amount.of]


def _of_item(item: Item, name: str) -> str:
    attribute = _ATTRIBUTES.get(name, name)
    value = getattr(item, attribute, None)
    if isinstance(value, dict):
        return ", ".join(
            f"{number_words(v, k)}" if isinstance(v, Decimal) else f"{k.upper()} {'/'.join(v)}"
            for k, v in value.items()
        )
    if isinstance(value, tuple):
        return ", ".join(value[:3])
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return "" if value is None else str(value)


_ATTRIBUTES = {
    "level": "levels", "field": "fields", "issuer": "issuers", "provider": "providers", "country": "countries", "category": "categories",
    "mode": "modes", "language": "languages", "outcome": "outcomes", "grade_at_least": "grade", "max_age_months": "awarded_on",
    "awarded_from": "awarded_on", "awarded_until": "awarded_on", "not": "title",
}  # fmt: skip

_DATA = {
    "credential": "which micro-credential it is", "category": "its category in the receiver's list", "issuer": "its issuer", "provider": "its provider",
    "country": "the country", "level": "the level", "field": "the field (ISCED-F)", "mode": "the form of participation", "language": "the language",
    "outcome": "the learning outcomes", "route": "the route (course or validation)", "kind": "the kind of record", "credits": "the credits in %(unit)s",
    "conversion": "what its credits are worth in %(unit)s", "hours": "the hours", "grade_at_least": "the grade, on the scale of the rule",
    "assessed": "whether it was assessed", "supervised": "whether the assessment was supervised", "quality_assured": "whether it was quality-assured",
    "max_age_months": "the date of award", "awarded_from": "the date of award", "awarded_until": "the date of award", "status": "whether it is valid again",
    "not": "what it is",
}  # fmt: skip

_FIXED = {
    "repeats": "the same micro-credential counts once",
    "whole": "every part of the composition must be one that can count",
}


def _list(values: Sequence[str]) -> str:
    return say(" or ").join(values)


def _range(bounds: Range | LevelRange) -> str:
    low, high, below = bounds.at_least, bounds.at_most, getattr(bounds, "below", None)
    shown = {"low": number_words(low or Decimal(0)), "high": number_words(high or Decimal(0))}
    if low is not None and high is not None:
        text = say("%(low)s", low=shown["low"]) if low == high else say("%(low)s to %(high)s", **shown)
    elif high is not None:
        text = say("%(high)s or less", high=shown["high"])
    else:
        text = say("%(low)s or more", low=shown["low"]) if low is not None else ""
    if below is None:
        return text
    under = say("less than %(number)s", number=number_words(below))
    return say("%(range)s, but %(under)s", range=text, under=under) if text else under


def _level(bounds: LevelRange) -> str:
    return say("at %(framework)s level %(range)s", framework=bounds.framework.upper(), range=_range(bounds))


def _age(months: int) -> str:
    if months % 12 == 0:
        return say("awarded no more than %(count)s years before", count=months // 12)
    return say("awarded no more than %(count)s months before", count=months)


def _text(template: str) -> Callable[[Any], str]:
    return lambda value: say(
        template, value=value if isinstance(value, str) else _list([str(one) for one in value])
    )


def _either(yes: str, no: str) -> Callable[[bool], str]:
    return lambda value: say(yes) if value else say(no)


_WORDS: dict[str, Callable[[Any], str]] = {
    "credential": _text("named %(value)s"),
    "category": _text("in the category %(value)s"),
    "issuer": _text("awarded by %(value)s"),
    "provider": _text("provided by %(value)s"),
    "country": _text("from %(value)s"),
    "level": _level,
    "field": _text("in the field %(value)s (ISCED-F)"),
    "mode": _text("learned %(value)s"),
    "language": _text("in the language %(value)s"),
    "outcome": _text("with the outcome %(value)s"),
    "route": lambda value: (
        say("by a course") if value == "course" else say("by validation of prior learning")
    ),
    "kind": _text("of the kind %(value)s"),
    "credits": lambda value: say("of %(range)s credits", range=_range(value)),
    "hours": lambda value: say("of %(range)s hours", range=_range(value)),
    "grade_at_least": _text("with the grade %(value)s or better"),
    "assessed": _either("assessed", "not assessed"),
    "supervised": _either("assessed under supervision", "not assessed under supervision"),
    "quality_assured": _either("quality-assured", "not quality-assured"),
    "max_age_months": _age,
    "awarded_from": lambda value: say("awarded on %(day)s or later", day=value),
    "awarded_until": lambda value: say("awarded on %(day)s or before", day=value),
}
"""How each field of `Where` is said."""


def _sentences(rule: Rule) -> Iterator[str]:
    yield say("“%(title)s”, version %(version)s, of %(receiver)s, leads to: %(award)s.", title=rule.title, version=rule.version, receiver=rule.receiver, award=rule.award)  # fmt: skip
    if rule.about:
        yield rule.about
    if rule.valid_from or rule.valid_until:
        yield say(
            "In force from %(start)s to %(end)s.", start=rule.valid_from or "…", end=rule.valid_until or "…"
        )
    if rule.selection is Selection.WHOLE:
        yield say("All credentials presented together are the composition; each must be one that can count.")
    yield from (_condition(one, "Only credentials count that are: %(what)s.", "Of those %(which)s only these count: %(what)s.") for one in rule.conditions)  # fmt: skip
    yield from (_capital(_amount(one, rule, "")) + "." for one in rule.amounts)
    yield from (_capital(_group(one)) + ". " + _places(one) for one in rule.groups)
    if rule.capstone is not None:
        yield say(
            "A capstone (%(title)s): %(what)s.",
            title=rule.capstone.title or rule.capstone.id,
            what=where_words(rule.capstone.where),
        )
    for listed in rule.outcomes:
        among = (
            say(" by credentials %(what)s", what=where_words(listed.where)) if listed.where != Where() else ""
        )
        yield say(
            "All of these outcomes are covered%(among)s: %(outcomes)s.",
            among=among,
            outcomes="; ".join(listed.outcomes),
        )
    if rule.overlap is not None:
        yield _overlap(rule.overlap)
    yield from (_part(part, rule) for part in rule.parts if part.needs)
    yield from _categories(rule)
    yield from (_conversion(one) for one in rule.conversions)
    yield from _habits(rule)
    yield from (_condition(one, "Worth a remark, if a credential is not: %(what)s.", "Worth a remark, if one that is %(which)s is not: %(what)s.") for one in rule.advice)  # fmt: skip
    yield from (say("Decided separately: %(text)s", text=one) for one in rule.also)
    if rule.title_below:
        yield say("Below these minima it is called: %(title)s.", title=rule.title_below)
    role = f"{rule.decider.role}, " if rule.decider.role else ""
    yield say(
        "The decision is taken by %(decider)s. Meeting the rule is not the decision.",
        decider=role + rule.decider.name,
    )
    yield say("Source: %(text)s %(url)s", text=rule.source.text, url=rule.source.url).rstrip()
    if not rule.source.confirmed:
        yield say("The source is second-hand and was not confirmed.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _condition(condition: Condition, plain: str, limited: str) -> str:
    what = where_words(condition.where)
    if condition.applies_to == Where():
        return say(plain, what=what)
    return say(limited, which=where_words(condition.applies_to), what=what)


def _amount(amount: Amount, rule: Rule, sign: str) -> str:
    unit = {Measure.CREDITS: rule.unit, Measure.COUNT: say("credentials"), Measure.HOURS: say("hours")}[
        amount.of
    ]
    which = say(" %(what)s", what=where_words(amount.where)) if amount.where != Where() else ""
    least, most = amount.at_least, amount.at_most
    said = []
    if least is not None and sign in ("", ">="):
        beside = (
            say(
                " (published beside it: %(share)s %%; the number decides)",
                share=number_words(amount.at_least_share),
            )
            if amount.at_least_share is not None
            else ""
        )
        said.append(
            say(
                "at least %(number)s%(which)s%(beside)s",
                number=number_words(least, unit),
                which=which,
                beside=beside,
            )
        )
    elif amount.at_least_share is not None and sign in ("", "%>="):
        said.append(say("at least %(share)s %% of the %(unit)s%(which)s", share=number_words(amount.at_least_share), unit=unit_words(unit), which=which))  # fmt: skip
    if most is not None and sign in ("", "<="):
        said.append(say("at most %(number)s%(which)s", number=number_words(most, unit), which=which))
    elif amount.at_most_share is not None and sign in ("", "%<="):
        said.append(say("at most %(share)s %% of the %(unit)s%(which)s", share=number_words(amount.at_most_share), unit=unit_words(unit), which=which))  # fmt: skip
    text = say(" and ").join(said)
    return say("%(title)s: %(what)s", title=amount.title, what=text) if amount.title else text


def _group(group: Group) -> str:
    title = group.title or group.id
    if len(group.slots) == 1:
        return say("%(title)s: the place filled", title=title)
    if group.needed == len(group.slots):
        return say("%(title)s: each of %(count)s places filled", title=title, count=len(group.slots))
    return say(
        "%(title)s: any %(take)s of %(count)s places filled",
        title=title,
        take=group.needed,
        count=len(group.slots),
    )


def _places(group: Group) -> str:
    listed = "; ".join(
        f"{slot.title or slot.id} ({where_words(slot.where) or say('any')})" for slot in group.slots
    )
    text = say("Places: %(places)s.", places=listed)
    return (
        text + " " + say("They may be filled by items that fill places of other groups.")
        if group.apart
        else text
    )


def _overlap(overlap: Overlap) -> str:
    if overlap.at_most == 0:
        return say("No two credentials that count have an outcome in common.")
    return say(
        "No two credentials that count have more than %(count)s outcomes in common.", count=overlap.at_most
    )


def _part(part: Part, rule: Rule) -> str:
    titles = {one.id: one.title or one.id for one in rule.parts}
    return say(
        "%(part)s comes after %(needs)s.",
        part=titles[part.id],
        needs=say(" and ").join(titles[one] for one in part.needs),
    )


def _categories(rule: Rule) -> Iterator[str]:
    for name, where in rule.categories.items():
        yield say("Category %(name)s: %(what)s.", name=name, what=where_words(where))


def _conversion(conversion: Conversion) -> str:
    rounding = {
        Rounding.NONE: "",
        Rounding.DOWN: say(", rounded down to %(step)s", step=conversion.step),
        Rounding.NEAREST: say(", rounded to %(step)s", step=conversion.step),
    }[conversion.rounding]
    text = say("1 %(source)s counts as %(factor)s %(to)s%(rounding)s; not the other way.", source=say("hour") if conversion.from_ == "hours" else unit_words(conversion.from_), factor=conversion.factor, to=unit_words(conversion.to), rounding=rounding)  # fmt: skip
    return text + (" " + say("Lost: %(loss)s", loss=conversion.loss) if conversion.loss else "")


def _habits(rule: Rule) -> Iterator[str]:
    if rule.double_use == "refused":
        yield say("What already counts towards another award cannot count again.")
    if rule.repeats == "refused":
        yield say("The same micro-credential counts once.")
    if rule.expired_by_issuer == "accepted":
        yield say("A validity that has ended by its issuer does not matter.")
    if rule.without_credits == "zero":
        yield say("A credential that states no credits counts for none.")
