"""Levels, quality assurance and stackability: claims that others check or decide."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, ClassVar

from tessella.model.base import CodeListName, Identifier, Link, Part
from tessella.model.organisation import Organisation
from tessella.text import Text
from tessella.vocabulary import Concept

__all__ = [
    "Decision",
    "LevelClaim",
    "LevelStatus",
    "Levels",
    "QualityAssurance",
    "QualitySide",
    "Scope",
    "StackEffect",
    "StackTarget",
    "Stackability",
]


class LevelStatus(enum.StrEnum):
    """How a level stands. An issuer can only claim; *referenced* and *self-certified* are said by a country pack."""

    CLAIMED = "claimed"
    REFERENCED = "referenced"
    SELF_CERTIFIED = "self-certified"


class LevelClaim(Part, frozen=True, kw_only=True):
    """A level as the record states it; its effective status is computed by ``tessella.standard``."""

    shorthand: ClassVar[str] = "level"

    level: Concept
    status: LevelStatus = LevelStatus.CLAIMED


class Levels(Part, frozen=True, kw_only=True):
    """The level of the learning experience in each framework, kept apart (never of the person).

    ``not_applicable`` holds the reason when levels do not apply, as for non-formal learning.
    """

    eqf: tuple[Annotated[Concept, CodeListName("eqf")], ...] = ()
    nqf: tuple[Annotated[Concept, CodeListName("nqf")], ...] = ()
    qf_ehea: Annotated[Concept, CodeListName("qf-ehea")] | None = None
    sectoral: tuple[Concept, ...] = ()
    isced: Annotated[Concept, CodeListName("isced-level")] | None = None
    stated_status: LevelStatus = LevelStatus.CLAIMED
    not_applicable: Text = {}


class QualitySide(enum.StrEnum):
    """Whether the provider itself assures the quality, or a body outside it (ESG part 1 and 2)."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Decision(enum.StrEnum):
    """The outcome of an external review, as DEQAR words it."""

    POSITIVE = "positive"
    CONDITIONAL = "positive-with-conditions"
    NEGATIVE = "negative"
    NONE = "not-applicable"


class Scope(Part, frozen=True, kw_only=True):
    """What a quality decision covers; an empty member does not limit."""

    eqf: tuple[Annotated[Concept, CodeListName("eqf")], ...] = ()
    fields: tuple[Annotated[Concept, CodeListName("isced-f")], ...] = ()
    countries: tuple[Annotated[Concept, CodeListName("country")], ...] = ()
    programmes: tuple[str, ...] = ()


class QualityAssurance(Part, frozen=True, kw_only=True):
    """One piece of quality assurance as structured evidence.

    ``scheme`` names the standards followed (``ESG 2015``, ``EQAVET``, a youth label). ``covers`` names the organisation or
    programme that was reviewed when it is not the micro-credential itself.
    """

    side: QualitySide
    type: Annotated[Concept, CodeListName("accreditation")] | None = None
    title: Text = {}
    body: Organisation | None = None
    covers: Organisation | None = None
    scheme: str = ""
    decision: Decision | None = None
    obligatory: bool | None = None
    scope: Scope | None = None
    decided_on: dt.date | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    reviewed_on: dt.date | None = None
    report: Link | None = None
    identifier: Identifier | None = None
    learners_involved: bool | None = None


class StackEffect(enum.StrEnum):
    """Access and credit are different things; neither is an entitlement: the receiver decides."""

    CREDIT = "gives-credit-in"
    ACCESS = "gives-access-to"


class StackTarget(Part, frozen=True, kw_only=True):
    """A larger credential or programme that this one may count towards, by the receiver's rule."""

    shorthand: ClassVar[str] = "title"

    title: Text
    id: str = ""
    url: str = ""
    effect: StackEffect = StackEffect.CREDIT
    decided_by: Organisation | None = None


class Stackability(Part, frozen=True, kw_only=True):
    """Integration or stackability: stand-alone, or stackable towards named targets."""

    stackable: bool
    targets: tuple[StackTarget, ...] = ()
    parts: tuple[str, ...] = ()
