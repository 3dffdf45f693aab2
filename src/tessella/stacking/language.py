"""The rule language: what a receiving organisation publishes about how credentials combine into a larger one.

A rule file is a mapping (YAML or JSON) with the field names of `Rule`. Every requirement has an ``id``, so that each answer
can name the rule that it follows from. Requirements are counted over the *counted items*, a selection of the learner's credentials:

* `Amount`: credits, pieces or hours of all items or of those that fit ``where``: at least, at most, or as a share of all.
* `Group`: places to be filled, each by an item of its own: all of them, or any n.
* `OutcomeList`: learning outcomes that must all be covered. `Overlap`: how many outcomes two items may have in common.
* `Part` and ``needs``: order, as a graph without cycles.
* `Condition`: what an item must fulfil to count at all (``conditions``), or what is only worth a remark (``advice``).

A published number beats a published share: with both, the number is what counts.
"""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Literal

import msgspec

__all__ = [
    "Amount",
    "Condition",
    "Conversion",
    "Decider",
    "Group",
    "LevelRange",
    "Measure",
    "OutcomeList",
    "Overlap",
    "Part",
    "Range",
    "Rounding",
    "Rule",
    "Selection",
    "Slot",
    "Source",
    "Where",
    "Written",
]


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything in a rule file: an unknown field is an error, since it would restrict nothing."""


class Source(Written, frozen=True, kw_only=True):
    """Where the rule is published. ``confirmed`` is false when it was taken over from a second-hand account."""

    text: str
    url: str = ""
    confirmed: bool = True


class Decider(Written, frozen=True, kw_only=True):
    """Who decides, and in which role: the software never does."""

    name: str
    role: str = ""


class Rounding(enum.StrEnum):
    """What happens to the part of a converted value below ``step``."""

    NONE = "none"
    DOWN = "down"
    NEAREST = "nearest"


class Conversion(Written, frozen=True, kw_only=True):
    """One direction between two credit systems (or from ``hours``): points × ``factor``; what is lost is said in ``loss``."""

    from_: str = msgspec.field(name="from")
    to: str
    factor: Decimal
    rounding: Rounding = Rounding.NONE
    step: Decimal = Decimal("0.5")
    loss: str = ""
    source: str = ""


class Range(Written, frozen=True, kw_only=True):
    """Bounds of a number; what is absent does not bound."""

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None


class LevelRange(Written, frozen=True, kw_only=True):
    """A level in one framework: ``eqf``, ``qf-ehea``, a country's (``nqf-nl``) or any that items name."""

    framework: str = "eqf"
    at_least: Decimal | None = None
    at_most: Decimal | None = None


class Where(Written, frozen=True, kw_only=True):
    """What items are meant. Everything stated must hold; a list means any of its members; ``{}`` means every item."""

    credential: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    level: LevelRange | None = None
    field: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    route: Literal["course", "validation"] | None = None
    kind: tuple[str, ...] = ()
    credits: Range | None = None
    hours: Range | None = None
    grade_at_least: str | None = None
    assessed: bool | None = None
    supervised: bool | None = None
    quality_assured: bool | None = None
    max_age_months: int | None = None
    awarded_from: dt.date | None = None
    awarded_until: dt.date | None = None
    any_of: tuple[Where, ...] = ()
    not_: Where | None = msgspec.field(name="not", default=None)


class Condition(Written, frozen=True, kw_only=True):
    """What every counted item must fulfil (or, as advice, should). ``title`` is how people call it."""

    id: str
    where: Where
    title: str = ""
    applies_to: Where = Where()


class Measure(enum.StrEnum):
    """What an amount counts."""

    CREDITS = "credits"
    COUNT = "count"
    HOURS = "hours"


class Amount(Written, frozen=True, kw_only=True):
    """How much of the counted items must or may fit ``where``; shares are percentages of all counted items.

    With ``at_least`` and ``at_least_share`` both published, the number decides; so for ``at_most``.
    """

    id: str
    title: str = ""
    of: Measure = Measure.CREDITS
    where: Where = Where()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    at_least_share: Decimal | None = None
    at_most_share: Decimal | None = None


class Slot(Written, frozen=True, kw_only=True):
    """One place, to be filled by one item that fits ``where``."""

    id: str
    where: Where
    title: str = ""


class Group(Written, frozen=True, kw_only=True):
    """Places of which ``take`` are to be filled (default all). No item fills two places, unless in a group that is ``apart``.

    An item that fills a place of a group that is ``apart`` may fill one of another group, too; within the group never two.
    """

    id: str
    slots: tuple[Slot, ...]
    title: str = ""
    take: int | None = None
    apart: bool = False

    @property
    def needed(self) -> int:
        """How many places must be filled."""
        return len(self.slots) if self.take is None else self.take


class OutcomeList(Written, frozen=True, kw_only=True):
    """Learning outcomes (ids, ESCO URIs or titles), each of which a counted item that fits ``where`` must cover."""

    id: str
    outcomes: tuple[str, ...]
    title: str = ""
    where: Where = Where()


class Overlap(Written, frozen=True, kw_only=True):
    """No two counted items may have more than ``at_most`` outcomes in common."""

    id: str
    at_most: int = 0
    title: str = ""


class Part(Written, frozen=True, kw_only=True):
    """A step of the order: items that fit ``where`` count only with an item of each part that it ``needs``, awarded no later."""

    id: str
    where: Where
    needs: tuple[str, ...] = ()
    title: str = ""


class Selection(enum.StrEnum):
    """Whether the best selection of the items counts, or the items are the composition as a whole."""

    BEST = "best"
    WHOLE = "whole"


class Rule(Written, frozen=True, kw_only=True):
    """A published rule. ``award`` is what it leads to; ``title_below`` what a smaller composition may be called.

    ``also`` are conditions in words that nobody can compute (admission, application): they are passed on to the decider.
    ``categories`` are the receiver's own lists; ``grades`` its scale, from worst to best. ``without_credits`` says what an item that
    states no credits is worth: it is asked for, or it is worth nothing.
    """

    id: str
    version: str
    title: str
    receiver: str
    award: str
    decider: Decider
    source: Source
    about: str = ""
    published: bool = True
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    unit: str = "ects"
    conversions: tuple[Conversion, ...] = ()
    categories: dict[str, Where] = {}
    grades: tuple[str, ...] = ()
    selection: Selection = Selection.BEST
    without_credits: Literal["ask", "zero"] = "ask"
    double_use: Literal["refused", "allowed"] = "refused"
    repeats: Literal["refused", "allowed"] = "refused"
    expired_by_issuer: Literal["refused", "accepted"] = "refused"
    conditions: tuple[Condition, ...] = ()
    advice: tuple[Condition, ...] = ()
    amounts: tuple[Amount, ...] = ()
    groups: tuple[Group, ...] = ()
    capstone: Slot | None = None
    outcomes: tuple[OutcomeList, ...] = ()
    overlap: Overlap | None = None
    parts: tuple[Part, ...] = ()
    also: tuple[str, ...] = ()
    title_below: str = ""

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """The groups, the capstone as one of its own."""
        if self.capstone is None:
            return self.groups
        return (*self.groups, Group(id=self.capstone.id, title=self.capstone.title, slots=(self.capstone,)))
