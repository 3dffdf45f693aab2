"""The award: who achieved a micro-credential, when, by which route, with what result."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, ClassVar

from tessella.model.base import CodeListName, Identifier, Link, Part
from tessella.model.course import Credits, GradingScheme
from tessella.model.microcredential import MicroCredential
from tessella.model.organisation import Organisation, Place
from tessella.text import Text
from tessella.vocabulary import Concept

__all__ = [
    "Achieved",
    "Award",
    "AwardStatus",
    "AwardedPart",
    "Evidence",
    "Learner",
    "Result",
    "Route",
    "RuleApplied",
    "part_of",
]


class Route(enum.StrEnum):
    """How the outcomes were reached: a course, or validation of non-formal or informal learning."""

    COURSE = "course"
    VALIDATION = "validation"


class Learner(Part, frozen=True, kw_only=True):
    """The person. All fields are personal data: none of them belongs on a public page.

    A person may have one name only (then ``family_name`` is empty) and a name in any script; ``latin_name`` is
    the transliteration, if the provider has one. A learner known only by a hashed address has ``identifiers`` alone.
    """

    shorthand: ClassVar[str] = "full_name"

    id: str = ""
    full_name: str = ""
    given_name: str = ""
    family_name: str = ""
    latin_name: str = ""
    birth_date: dt.date | None = None
    birth_date_stated: str = ""
    national_id: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    email: str = ""
    language: str = ""
    citizenship: tuple[Annotated[Concept, CodeListName("country")], ...] = ()
    gender: str = ""
    address: Text = {}

    @property
    def display_name(self) -> str:
        """The name as it is written on a certificate; empty when the person is known by identifiers only."""
        return self.full_name or " ".join(filter(None, (self.given_name, self.family_name)))


class Result(Part, frozen=True, kw_only=True):
    """The result of one assessment. ``assessment`` is the id in the description, if there is one."""

    shorthand: ClassVar[str] = "grade"

    assessment: str = ""
    title: Text = {}
    grade: str = ""
    status: Annotated[Concept, CodeListName("grade-status")] | None = None
    scheme: GradingScheme | None = None
    distribution: str = ""
    assessed_on: dt.date | None = None
    assessed_by: tuple[Organisation, ...] = ()
    supervision: Annotated[Concept, CodeListName("supervision")] | None = None
    mode: Annotated[Concept, CodeListName("mode")] | None = None


class Achieved(Part, frozen=True, kw_only=True):
    """An outcome the learner reached (an id of the description); absent list means all required ones."""

    shorthand: ClassVar[str] = "outcome"

    outcome: str
    on: dt.date | None = None


class Evidence(Part, frozen=True, kw_only=True):
    """Work or a statement that supports the award."""

    title: Text = {}
    description: Text = {}
    type: str = ""
    links: tuple[Link, ...] = ()


class AwardStatus(Part, frozen=True, kw_only=True):
    """Where the status of the sealed copy is published (an entry of a status list)."""

    type: str
    purpose: str
    list_url: str = ""
    index: int | None = None


class AwardedPart(Part, frozen=True, kw_only=True):
    """An award that counts towards this larger one: what a reader of the larger one needs to find and to check it.

    ``id`` is the part's own (its award's), ``credential`` its micro-credential's. ``eqf`` is the level it was counted at, ``sha256`` the digest
    (hexadecimal) of the file that was looked at, ``contains`` the ids of what the part is made of itself.
    """

    shorthand: ClassVar[str] = "id"

    id: str = ""
    credential: str = ""
    title: Text = {}
    awarded_by: tuple[Organisation, ...] = ()
    awarded_on: dt.date | None = None
    credits: tuple[Credits, ...] = ()
    eqf: Annotated[Concept, CodeListName("eqf")] | None = None
    sha256: str = ""
    contains: tuple[str, ...] = ()


class RuleApplied(Part, frozen=True, kw_only=True):
    """The published rule by which the parts make this award, and who decided so.

    ``proof_sha256`` is the digest (hexadecimal) of the file that proves it.
    """

    shorthand: ClassVar[str] = "id"

    id: str = ""
    version: str = ""
    title: Text = {}
    url: str = ""
    decided_by: str = ""
    proof_sha256: str = ""


class Award(Part, frozen=True, kw_only=True):
    """One award. ``id`` is a URI, unique for ever (``urn:uuid:…``).

    Dates are kept apart: ``assessed_on`` ≤ ``awarded_on`` (the decision) ≤ ``issued_at`` (when it was made out);
    ``valid_from`` and ``valid_until`` bound the validity that a receiver may rely on, not the achievement. ``replaces`` is the id of
    the award that this one corrects. ``parts`` are the awards it was combined from, by the ``rule``.
    """

    id: str = ""
    micro_credential: MicroCredential
    learner: Learner
    route: Route = Route.COURSE
    awarded_on: dt.date | None = None
    assessed_on: dt.date | None = None
    issued_at: dt.datetime | None = None
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    results: tuple[Result, ...] = ()
    achieved: tuple[Achieved, ...] = ()
    credits: tuple[Credits, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    number: str = ""
    replaces: str = ""
    parts: tuple[AwardedPart, ...] = ()
    rule: RuleApplied | None = None
    status: tuple[AwardStatus, ...] = ()


def part_of(award: Award, *, sha256: str = "") -> AwardedPart:
    """An award as a part of a larger one; ``sha256`` is the digest of the file it was read from.

    Of its awarding bodies only what names them is kept. The learner, grades and evidence stay where they are.
    """
    course = award.micro_credential
    stated = award.credits or (course.workload.credits if course.workload else ())
    levels = course.levels.eqf if course.levels else ()
    return AwardedPart(
        id=award.id,
        credential=course.id,
        title=course.title,
        awarded_by=tuple(
            Organisation(
                id=body.id,
                name=body.name,
                places=tuple(Place(country=one) for one in body.countries),
                legal_id=body.legal_id,
            )
            for body in course.awarding_bodies
        ),
        awarded_on=award.awarded_on or (award.issued_at.date() if award.issued_at else None),
        credits=tuple(Credits(points=one.points, system=one.system) for one in stated),
        eqf=levels[0] if levels else None,
        sha256=sha256,
        contains=tuple(
            dict.fromkeys(name for part in award.parts for name in (part.id, *part.contains) if name)
        ),
    )
