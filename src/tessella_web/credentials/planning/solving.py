"""The solver's part of a plan. Only workers import this module: it needs ``ortools`` (the extra ``plan``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella import typed
from tessella.stacking import Item, Rule
from tessella.stacking.language import Where
from tessella.stacking.planning import (
    Objective,
    Offer,
    Plan,
    Requirement,
    Wishes,
    differences,
    plan,
    trade_off,
)
from tessella_web.credentials.planning.catalogue import Chance

__all__ = ["SECONDS", "answer_to", "changed"]

SECONDS = 10.0
"""The search for one plan; the library may use it up a few times, for a second aim and for the fewest offers."""

SECONDS_EACH = 3.0
"""Where several plans are looked for."""

MOST_PLANS = 4
"""Beside each other in a table; nobody compares more."""


def answer_to(
    rule: Rule,
    wallet: Sequence[Item],
    offered: Sequence[Chance],
    wishes: Mapping[str, Any],
    *,
    on: dt.date,
    least: str,
    against: str = "",
) -> dict[str, Any]:
    """The library's answer as plain data, without the proofs of what the engine says of each plan; two offers of the same are told apart by name.

    Raises:
        TessellaError: the wallet cannot be used, as `tessella.stacking.planning.plan`.
    """
    read = typed.convert(dict(wishes), Wishes, strict=False)
    offers = [_offer(one) for one in offered]
    objective = Objective(least)
    if against and against != least:
        found = trade_off(
            rule, wallet, offers, read, on=on, objective=objective, against=Objective(against), most=MOST_PLANS,
            seconds=SECONDS_EACH,
        )  # fmt: skip
    else:
        found = plan(rule, wallet, offers, read, on=on, objective=objective, seconds=SECONDS)
    plain: dict[str, Any] = msgspec.to_builtins(found)
    titles = {one.id: one.title for one in offered}
    for one in plain["plans"]:
        for proof in ("sure", "possible", "lenient"):
            one["evaluation"].pop(proof, None)
        for step in one["steps"]:
            step["title"] = titles[step["offer"]]
    return plain


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between the first plans of two answers, in sentences; empty when one of them has none."""
    if not before.get("plans") or not after.get("plans"):
        return []
    old, new = (typed.convert(one["plans"][0], Plan, strict=False) for one in (before, after))
    return list(differences(old, new))


def _offer(one: Chance) -> Offer:
    requires = tuple(Requirement(where=Where(credential=(name,)), title=name) for name in one.asks)
    return Offer(
        id=one.id, award=one.item, starts_on=one.starts_on, ends_on=one.ends_on, provider=one.provider, weekly_hours=one.weekly_hours,
        price=one.price, currency=one.currency, times=one.times or None, place=one.place, requires=requires, is_full=one.is_full,
    )  # fmt: skip
