"""What is learned and how: outcomes, workload, participation, assessment, prerequisites, cost."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Annotated, ClassVar

from tessella.model.base import CodeListName, Link, Part
from tessella.text import Text
from tessella.vocabulary import Concept

__all__ = [
    "Assessment",
    "Cost",
    "Credits",
    "Funding",
    "GradingScheme",
    "Outcome",
    "OutcomeKind",
    "Participation",
    "Prerequisites",
    "Workload",
]


class OutcomeKind(enum.StrEnum):
    """The kinds of the EQF Recommendation (2017/C 189/03, Annex II), and attitudes as youth work names them."""

    KNOWLEDGE = "knowledge"
    SKILL = "skill"
    AUTONOMY = "responsibility-autonomy"
    ATTITUDE = "attitude"


class Outcome(Part, frozen=True, kw_only=True):
    """One learning outcome. ``id`` stays the same across versions of the micro-credential."""

    shorthand: ClassVar[str] = "title"

    title: Text
    id: str = ""
    kind: OutcomeKind | None = None
    description: Text = {}
    esco: tuple[Annotated[Concept, CodeListName("esco")], ...] = ()
    related: tuple[Concept, ...] = ()
    reusability: Annotated[Concept, CodeListName("skill-reuse-level")] | None = None
    required: bool = True


class Credits(Part, frozen=True, kw_only=True):
    """Points in a credit system. Without a system the points say nothing (ELM requires it)."""

    points: Decimal
    system: Annotated[Concept, CodeListName("credit-system")] | None = None


class Workload(Part, frozen=True, kw_only=True):
    """Notional workload: all learning time needed, in hours, and in credits where they are given.

    ``stated`` keeps a duration as it was written elsewhere (ISO 8601, ``PT60H`` or mistakenly ``P60M``).
    """

    hours: Decimal | None = None
    contact_hours: Decimal | None = None
    credits: tuple[Credits, ...] = ()
    stated: tuple[str, ...] = ()

    def hours_per_credit(self) -> Decimal | None:
        """Hours for one credit point of the first system stated, or None when either is missing or zero."""
        if self.hours is None or not self.credits or not self.credits[0].points:
            return None
        return self.hours / self.credits[0].points


class Participation(Part, frozen=True, kw_only=True):
    """Form of participation in the learning (never of the assessment, which has its own mode)."""

    modes: tuple[Annotated[Concept, CodeListName("mode")], ...] = ()
    languages: tuple[Annotated[Concept, CodeListName("language")], ...] = ()
    activities: tuple[Annotated[Concept, CodeListName("learning-activity")], ...] = ()
    setting: Annotated[Concept, CodeListName("learning-setting")] | None = None
    location: Text = {}
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    hours_per_week: Decimal | None = None
    accessibility: Text = {}


class GradingScheme(Part, frozen=True, kw_only=True):
    """The scale a grade is given on."""

    shorthand: ClassVar[str] = "title"

    title: Text
    description: Text = {}
    minimum: str = ""
    maximum: str = ""
    passing: str = ""


class Assessment(Part, frozen=True, kw_only=True):
    """How outcomes are assessed. ``covers`` holds outcome ids; empty means not stated."""

    shorthand: ClassVar[str] = "type"

    id: str = ""
    title: Text = {}
    type: Annotated[Concept, CodeListName("assessment")] | None = None
    covers: tuple[str, ...] = ()
    mode: Annotated[Concept, CodeListName("mode")] | None = None
    supervision: Annotated[Concept, CodeListName("supervision")] | None = None
    criteria: Text = {}
    criteria_url: str = ""
    grading: GradingScheme | None = None


class Prerequisites(Part, frozen=True, kw_only=True):
    """What is needed to enrol. ``none_needed`` says openly that nothing is."""

    shorthand: ClassVar[str] = "text"

    text: Text = {}
    none_needed: bool = False
    level: Annotated[Concept, CodeListName("eqf")] | None = None
    language_level: Annotated[Concept, CodeListName("cefr")] | None = None
    credentials: tuple[str, ...] = ()


class Funding(Part, frozen=True, kw_only=True):
    """Money from a scheme, with the acknowledgement it asks for."""

    shorthand: ClassVar[str] = "scheme"

    scheme: str
    acknowledgement: Text = {}


class Cost(Part, frozen=True, kw_only=True):
    """What the learner pays (``price``) and what it costs the provider, both in ``currency`` (ISO 4217)."""

    currency: str = "EUR"
    price: Decimal | None = None
    development: Decimal | None = None
    delivery: Decimal | None = None
    funding: tuple[Funding, ...] = ()
    information: tuple[Link, ...] = ()
