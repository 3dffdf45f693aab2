"""What planning answers: plans, what was left out, and what is in the way."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal

import msgspec

from tessella.stacking.engine import Evaluation
from tessella.stacking.explaining import number_words
from tessella.stacking.planning.offers import Objective
from tessella.text import say

__all__ = ["Answer", "LeftOut", "Plan", "Reached", "Step", "differences"]


class Reached(enum.StrEnum):
    """What came out. *not found* is an honest “no answer in this time”, never a no."""

    NOTHING_NEEDED = "nothing-needed"
    PLANNED = "planned"
    IMPOSSIBLE = "impossible"
    NOT_FOUND = "not-found"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """An offer to take. ``counts``: it counts itself; otherwise another offer asks for it."""

    offer: str
    title: str
    provider: str
    starts_on: dt.date
    ends_on: dt.date
    hours: Decimal | None
    price: Decimal | None
    counts: bool
    url: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Offers in the order of their days, and what they come to. ``hours`` and ``price`` are None when an offer of the plan does not say.

    ``least`` is what the objective comes to, ``bound`` what the solver proved that no plan goes below (hours, money, days from today, or
    providers); ``is_least`` that both are equal. ``evaluation`` is the engine's own answer for the wallet with these offers passed.
    """

    steps: tuple[Step, ...]
    held: tuple[str, ...]
    hours: Decimal | None
    price: Decimal | None
    currency: str
    finish: dt.date
    providers: int
    objective: Objective
    least: Decimal
    bound: Decimal
    is_least: bool
    evaluation: Evaluation


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many offers a wish left out; ``unknown`` of them because they do not say."""

    wish: str
    message: str
    count: int
    unknown: int = 0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The plans, or why there is none. ``clash`` cannot all hold: without any one of them there is a plan, or another reason."""

    reached: Reached
    message: str
    plans: tuple[Plan, ...] = ()
    clash: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    considered: int = 0
    assumptions: tuple[str, ...] = ()


def differences(before: Plan, after: Plan) -> tuple[str, ...]:
    """What a what-if question changes, in sentences."""
    old, new = ({step.offer: step.title for step in one.steps} for one in (before, after))
    found = [say("Now with “%(title)s”.", title=title) for key, title in new.items() if key not in old]
    found += [say("No longer with “%(title)s”.", title=title) for key, title in old.items() if key not in new]
    if before.finish != after.finish:
        found.append(say("Finished on %(new)s instead of %(old)s.", new=after.finish, old=before.finish))
    for name, text in (
        ("hours", "%(new)s hours instead of %(old)s."),
        ("price", "It costs %(new)s instead of %(old)s."),
        ("providers", "From %(new)s providers instead of %(old)s."),
    ):
        values = getattr(before, name), getattr(after, name)
        if values[0] != values[1] and None not in values:
            found.append(say(text, old=_plain(values[0]), new=_plain(values[1])))
    return tuple(found)


def _plain(value: object) -> str:
    return number_words(value, "") if isinstance(value, Decimal) else str(value)
