"""The slow twin: tries every selection and every assignment, straight from the meaning of a rule. Small instances only."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from decimal import Decimal

from tessella.stacking import Item, Rule
from tessella.stacking.conditions import Context, judge, quantity
from tessella.stacking.language import Amount, Group, Selection, Where
from tessella.stacking.system import exclusions


def met(rule: Rule, items: Sequence[Item], on: dt.date) -> bool:
    """Whether some selection meets the rule, every item telling everything."""
    context = Context(rule, on)
    countable = [item for item in items if not list(exclusions(item, context))]
    if rule.selection is Selection.WHOLE:
        return len(countable) == len(items) and _meets(list(items), context)
    return any(
        _meets(list(chosen), context)
        for size in range(len(countable) + 1)
        for chosen in itertools.combinations(countable, size)
    )


def _meets(chosen: list[Item], context: Context) -> bool:
    rule = context.rule

    def fits(where: Where, item: Item) -> bool:
        truth = judge(where, item, context).truth
        if truth is None:
            raise AssertionError("the twin is for complete data")
        return truth

    return (
        all(_amount(amount, chosen, context) for amount in rule.amounts)
        and all(
            any(fits(one.where, item) and fits(Where(outcome=(outcome,)), item) for item in chosen)
            for one in rule.outcomes
            for outcome in one.outcomes
        )
        and _no_clash(chosen, rule)
        and all(
            any(
                other is not item
                and fits(_part(rule, need), other)
                and (other.awarded_on or dt.date.max) <= (item.awarded_on or dt.date.max)
                for other in chosen
            )
            for part in rule.parts
            for item in chosen
            if fits(part.where, item)
            for need in part.needs
        )
        and _assigned([group for group in rule.all_groups if not group.apart], chosen, fits)
        and all(_assigned([group], chosen, fits) for group in rule.all_groups if group.apart)
    )


def _part(rule: Rule, id: str) -> Where:
    return next(part.where for part in rule.parts if part.id == id)


def _amount(amount: Amount, chosen: Iterable[Item], context: Context) -> bool:
    sizes = [
        (quantity(amount.of, item, context.rule).low, judge(amount.where, item, context).truth)
        for item in chosen
    ]
    part = sum((size for size, fit in sizes if fit), Decimal(0))
    whole = sum((size for size, _ in sizes), Decimal(0))
    least = amount.at_least if amount.at_least is not None else (amount.at_least_share or 0) * whole / 100
    most = amount.at_most
    if most is None and amount.at_most_share is not None:
        most = amount.at_most_share * whole / 100
    return part >= least and (most is None or part <= most)


def _no_clash(chosen: Sequence[Item], rule: Rule) -> bool:
    for a, b in itertools.combinations(chosen, 2):
        same = (
            a.credential == b.credential
            if a.credential and b.credential
            else bool(a.title) and a.title == b.title and set(a.issuers) & set(b.issuers)
        )
        if rule.repeats == "refused" and same:
            return False
        if (
            rule.overlap is not None
            and len(set(a.outcomes or ()) & set(b.outcomes or ())) > rule.overlap.at_most
        ):
            return False
    return True


def _assigned(groups: Sequence[Group], chosen: Sequence[Item], fits: object) -> bool:
    """Every choice of places, every way to fill them."""
    per_group = [list(itertools.combinations(group.slots, group.needed)) for group in groups]
    for choice in itertools.product(*per_group):
        places = [slot for slots in choice for slot in slots]
        for items in itertools.permutations(chosen, len(places)):
            if all(fits(slot.where, item) for slot, item in zip(places, items, strict=True)):  # type: ignore[operator]
                return True
    return False
