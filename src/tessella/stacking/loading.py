"""Rules from plain data, checked when they are written: what contradicts itself is refused with the contradiction named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import resources
from typing import Any, NamedTuple

import msgspec

from tessella import typed
from tessella.errors import InputError, SchemaError, VocabularyError
from tessella.stacking.explaining import requirement_words, where_words
from tessella.stacking.items import cycle_from
from tessella.stacking.language import Amount, Condition, Measure, Range, Rule, Where
from tessella.stacking.meeting import never_met
from tessella.text import say

__all__ = [
    "MAX_REQUIREMENTS",
    "RuleProblem",
    "in_lists",
    "load_rule",
    "published_rule",
    "published_rules",
    "requirement_ids",
    "rule_data",
    "rule_problems",
]

MAX_REQUIREMENTS = 200
"""Requirements and places of one rule; the largest published study programme rules have some forty."""

_PATH = re.compile(r" - at `\$?\.?([^`]*)`$")
_SHARES = (Decimal(0), Decimal(100))


def published_rules() -> tuple[str, ...]:
    """The names of the example rules that come with the package."""
    folder = resources.files(__package__) / "rules"
    return tuple(
        sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))
    )


def published_rule(name: str) -> bytes:
    """The file of an example rule, as YAML.

    Raises:
        VocabularyError: ``stacking.no-rule``, there is none with this name.
    """
    if name not in published_rules():
        raise VocabularyError(
            say("There is no example rule “%(name)s”.", name=name),
            code="stacking.no-rule",
            got=name,
            expected=", ".join(published_rules()),
            hint=say("Use one of %(names)s, or a file.", names=", ".join(published_rules())),
        )
    return (resources.files(__package__) / "rules" / f"{name}.yaml").read_bytes()


def rule_data(rule: Rule) -> dict[str, Any]:
    """The rule as plain data; `load_rule` gives an equal rule back."""
    made: dict[str, Any] = msgspec.to_builtins(rule)
    return made


def load_rule(data: object, *, place: str = "") -> Rule:
    """A rule from plain data (of a YAML or JSON file).

    Raises:
        SchemaError: a field is missing, unknown or of the wrong type (``stacking.rule``), with its place.
        InputError: the rule contradicts itself (``stacking.contradiction``) or can never be met (``stacking.unmeetable``, with an
            irreducible reason), its order has a cycle (``stacking.cycle``), or it names what it does not define (``stacking.reference``).
    """
    if not isinstance(data, Mapping):
        raise SchemaError(
            say("A rule is a mapping of field names to values."),
            code="stacking.rule",
            got=type(data).__name__,
            place=place,
            hint=say("Start from an example: tessella stack rules"),
        )
    try:
        plain = in_lists(data)
        if isinstance(plain.get("version"), int):
            plain["version"] = str(plain["version"])
        rule = typed.convert(plain, Rule, strict=False)
    except (msgspec.ValidationError, ArithmeticError) as error:
        text = str(error)
        found = _PATH.search(text)
        raise SchemaError(
            say("The rule cannot be used: %(reason)s.", reason=text[: found.start()] if found else text),
            code="stacking.rule",
            place=_at(place, found.group(1) if found else ""),
            hint=say("The fields are those of the rule language's reference; check the spelling."),
        ) from error
    for where, code, message, hint in rule_problems(rule):
        raise InputError(message, code=code, place=_at(place, where), hint=hint)
    return rule


class RuleProblem(NamedTuple):
    """Why a rule cannot be published: ``place`` is the id of a requirement, or a field; empty for the rule as a whole."""

    place: str
    code: str
    message: str
    hint: str


def rule_problems(rule: Rule) -> Iterator[RuleProblem]:
    """Everything that `load_rule` refuses, in the order of the file; whether it can ever be met is asked when nothing else is wrong."""
    found = False
    for one in _problems(rule):
        found = True
        yield one
    if not found:
        yield from _unmeetable(rule)


def _unmeetable(rule: Rule) -> Iterator[RuleProblem]:
    clash = never_met(rule)
    if not clash:
        return
    named = "; ".join(
        say("“%(id)s” (%(what)s)", id=one.id, what=_condition(one) if isinstance(one, Condition) else requirement_words(rule, one.id))
        for one in clash
    )  # fmt: skip
    message = (
        say("Nothing that anybody has could ever meet this: %(what)s.", what=named)
        if len(clash) == 1
        else say("These cannot be met together, whatever somebody has: %(what)s.", what=named)
    )
    yield RuleProblem(clash[-1].id, "stacking.unmeetable", message, say("Change one of them: without it, the others do not clash."))  # fmt: skip


def _condition(condition: Condition) -> str:
    return say("only what is %(what)s counts", what=where_words(condition.where))


def requirement_ids(rule: Rule) -> tuple[str, ...]:
    """Every id that an answer may name, in the order of the file."""
    ids = [one.id for one in (*rule.conditions, *rule.advice)] + [one.id for one in rule.amounts]
    ids += [group.id for group in rule.groups] + [one.id for one in rule.outcomes]
    ids += [slot.id for group in rule.all_groups for slot in group.slots]
    ids += [rule.overlap.id] if rule.overlap else []
    return (*ids, *(part.id for part in rule.parts))


def _at(place: str, where: str) -> str:
    return f"{place}: {where}" if place and where else place or where


_LISTS = frozenset(name for name, hint in Where.__annotations__.items() if str(hint).startswith("tuple["))


def in_lists(value: Any) -> Any:
    """Single words where a `Where` has a list: ``category: core`` is ``category: [core]``."""
    if isinstance(value, Mapping):
        return {
            str(name): [in_lists(inner)]
            if name in _LISTS and isinstance(inner, str | int | Mapping) and not isinstance(inner, bool)
            else in_lists(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [in_lists(one) for one in value]
    return str(value) if isinstance(value, float) else value


def _problems(rule: Rule) -> Iterator[RuleProblem]:
    yield from _ids(rule)
    yield from _dates(rule)
    yield from _amounts(rule)
    yield from _groups(rule)
    yield from _wheres(rule)
    yield from _conversions(rule)
    yield from _order(rule)
    if not _asks_for_something(rule):
        yield _contradiction(
            "",
            say("The rule asks for nothing: every wallet, even an empty one, would meet it."),
            say("Add an amount with at_least, a group, or outcomes."),
        )


def _contradiction(where: str, message: str, hint: str) -> RuleProblem:
    return RuleProblem(where, "stacking.contradiction", message, hint)


def _asks_for_something(rule: Rule) -> bool:
    return bool(
        rule.all_groups
        or rule.outcomes
        or any(amount.at_least is not None and amount.at_least > 0 for amount in rule.amounts)
    )


def _ids(rule: Rule) -> Iterator[RuleProblem]:
    ids = requirement_ids(rule)
    for id in ids:
        if not id.strip() or ids.count(id) > 1:
            yield RuleProblem(
                id,
                "stacking.reference",
                say("The id “%(id)s” is empty or used twice.", id=id),
                say("Give every requirement and place an id of its own."),
            )
    if len(ids) > MAX_REQUIREMENTS:
        yield RuleProblem(
            "",
            "stacking.contradiction",
            say("The rule has more than %(limit)s requirements.", limit=MAX_REQUIREMENTS),
            say("Split it into rules for parts of the award."),
        )


def _dates(rule: Rule) -> Iterator[RuleProblem]:
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        yield _contradiction(
            "valid_until",
            say(
                "The rule ends (%(end)s) before it begins (%(start)s).",
                end=rule.valid_until,
                start=rule.valid_from,
            ),
            say("Correct one of the dates."),
        )


def _amounts(rule: Rule) -> Iterator[RuleProblem]:
    for amount in rule.amounts:
        numbers = (amount.at_least, amount.at_most)
        shares = (amount.at_least_share, amount.at_most_share)
        if all(one is None for one in (*numbers, *shares)):
            yield _contradiction(
                amount.id,
                say("It neither asks for an amount nor limits one."),
                say("Add at_least or at_most."),
            )
        if any(one is not None and (not one.is_finite() or not 0 <= one <= 1_000_000) for one in numbers):
            yield _contradiction(
                amount.id, say("An amount is negative or absurd."), say("Amounts are numbers from 0.")
            )
        if any(
            one is not None and (not one.is_finite() or not _SHARES[0] <= one <= _SHARES[1]) for one in shares
        ):
            yield _contradiction(
                amount.id, say("A share is not between 0 and 100 percent."), say("Write 50 for one half.")
            )
        if amount.at_least is not None and amount.at_least > _cap(rule, amount):
            yield _contradiction(
                amount.id,
                say(
                    "It asks for at least %(least)s, but no more than %(most)s may count (“%(cap)s”).",
                    least=amount.at_least,
                    most=_cap(rule, amount),
                    cap=_cap_id(rule, amount),
                ),
                say("Correct one of the two numbers."),
            )
        low, high = amount.at_least_share, amount.at_most_share
        if low is not None and high is not None and low > high:
            yield _contradiction(
                amount.id, say("Its smallest share is above its largest."), say("Correct one of the two.")
            )


def _caps(rule: Rule, amount: Amount) -> list[tuple[Decimal, str]]:
    """Limits on a set of items that contains those of the amount: its own, and those on everything."""
    return [
        (other.at_most, other.id)
        for other in rule.amounts
        if other.at_most is not None and other.of is amount.of and other.where in (amount.where, Where())
    ]


def _cap(rule: Rule, amount: Amount) -> Decimal:
    return min(_caps(rule, amount), default=(Decimal("Infinity"), ""))[0]


def _cap_id(rule: Rule, amount: Amount) -> str:
    return min(_caps(rule, amount), default=(Decimal(0), ""))[1]


def _groups(rule: Rule) -> Iterator[RuleProblem]:
    for group in rule.all_groups:
        if not group.slots or not 1 <= group.needed <= len(group.slots):
            yield _contradiction(
                group.id,
                say("It takes %(take)s of %(count)s places.", take=group.needed, count=len(group.slots)),
                say("Take at least one and at most all of them."),
            )
    needed = sum(group.needed for group in rule.all_groups if not group.apart)
    for amount in rule.amounts:
        if (
            amount.of is Measure.COUNT
            and amount.where == Where()
            and amount.at_most is not None
            and needed > amount.at_most
        ):
            yield _contradiction(
                amount.id,
                say(
                    "The groups need %(needed)s items, but only %(most)s may count.",
                    needed=needed,
                    most=amount.at_most,
                ),
                say("Correct the groups or the limit."),
            )


def _all_wheres(rule: Rule) -> Iterator[tuple[str, Where]]:
    for condition in (*rule.conditions, *rule.advice):
        yield condition.id, condition.where
        yield condition.id, condition.applies_to
    yield from ((one.id, one.where) for one in rule.amounts)
    yield from ((one.id, one.where) for one in rule.outcomes)
    yield from ((one.id, one.where) for one in rule.parts)
    for group in rule.all_groups:
        for slot in group.slots:
            yield slot.id, slot.where
    for name, where in rule.categories.items():
        yield f"categories.{name}", where


def _nested(where: Where) -> Iterator[Where]:
    yield where
    for inner in (*where.any_of, *filter(None, (where.not_,))):
        yield from _nested(inner)


def _wheres(rule: Rule) -> Iterator[RuleProblem]:
    scale = {grade.casefold() for grade in rule.grades}
    for id, outer in _all_wheres(rule):
        for where in _nested(outer):
            for bounds in (where.credits, where.hours, where.level):
                if bounds is not None and bounds.at_least is not None and _above(bounds):
                    yield _contradiction(
                        id, say("Its lower bound is above its upper bound."), say("Correct one of the two.")
                    )
            floor = where.grade_at_least
            if floor is not None and scale and floor.casefold() not in scale:
                yield RuleProblem(
                    id,
                    "stacking.reference",
                    say("The grade “%(grade)s” is not on the rule's scale.", grade=floor),
                    say("Use one of %(grades)s.", grades=", ".join(rule.grades)),
                )
            if where.max_age_months is not None and where.max_age_months <= 0:
                yield _contradiction(
                    id, say("An age is a positive number of months."), say("Write 84 for seven years.")
                )
            if id.startswith("categories.") and where.category:
                yield RuleProblem(
                    id,
                    "stacking.reference",
                    say("A category is defined by another category."),
                    say("List the credentials, issuers or fields that belong to it."),
                )


def _above(bounds: Any) -> bool:
    below = bounds.below if isinstance(bounds, Range) else None
    return (bounds.at_most is not None and bounds.at_least > bounds.at_most) or (
        below is not None and bounds.at_least >= below
    )


def _conversions(rule: Rule) -> Iterator[RuleProblem]:
    for conversion in rule.conversions:
        where = f"conversions.{conversion.from_}"
        if not (conversion.factor.is_finite() and conversion.factor > 0 and conversion.step > 0):
            yield _contradiction(
                where, say("A conversion factor is above zero."), say("Write 0.5 for two to one.")
            )
        if conversion.to != rule.unit:
            yield RuleProblem(
                where,
                "stacking.reference",
                say(
                    "It converts to “%(to)s”, but the rule counts in “%(unit)s”.",
                    to=conversion.to,
                    unit=rule.unit,
                ),
                say("Conversions have a direction: name the rule's unit in to."),
            )


def _order(rule: Rule) -> Iterator[RuleProblem]:
    parts = {part.id: part for part in rule.parts}
    for part in rule.parts:
        for need in part.needs:
            if need not in parts:
                yield RuleProblem(
                    part.id,
                    "stacking.reference",
                    say("It needs “%(need)s”, which is not among the parts.", need=need),
                    say("Use the id of a part: %(ids)s.", ids=", ".join(parts)),
                )
    for part in rule.parts:
        if cycle := cycle_from(part.id, lambda id: parts[id].needs if id in parts else ()):
            yield RuleProblem(
                part.id,
                "stacking.cycle",
                say("The order has a cycle: %(cycle)s.", cycle=" → ".join(cycle)),
                say("Take out one of these needs."),
            )
