"""What one's wallet lacks for an occupation, and what words of one's credentials mean."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import msgspec
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella.guidance.gap import Evidence, Stand
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.catalogue.esco.occupations import occupation_of
from tessella_web.guidance.skills import domain
from tessella_web.guidance.skills.models import SkillMapping
from tessella_web.guidance.skills.queries import gap_of, wordy

operation = Table("Guidance")

Address = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
"""The URI of a skill or an occupation, as the classification has it."""


class GapEvidence(Shape):
    """A credential, or a planned micro-credential, that speaks of a skill."""

    key: str = Field(description="The entry of the wallet, or the micro-credential that is planned.")
    title: str
    match: str = Field(description="exact; confirmed: by the holder's own statement; narrower; broader.")
    strength: str = Field(description="assessed, stated, lapsed or planned.")
    is_verified: bool
    said: str = Field(description="The URI, or the words of the credential.")
    confirmed_on: dt.date | None
    suggested: str = Field(
        description="How the statement had been suggested: lexical, semantic; empty: looked for."
    )
    score: float | None


class GapSkill(Shape):
    """A skill that is needed, and how it stands."""

    uri: str
    title: str
    is_essential: bool
    standing: str = Field(description="held, near, planned or missing.")
    evidence: list[GapEvidence]
    brought_by: list[str] = Field(description="Micro-credentials of the catalogue that bring it, by id.")


class SkillGapShape(Shape):
    """What is held, near or missing of an occupation's skills."""

    occupation: str
    title: str
    classification: str
    version: str
    language: str
    skills: list[GapSkill]


class GapQuery(BaseModel):
    """For what, and what if."""

    occupation: Address
    plan: Annotated[list[Id], Field(max_length=20)] = Field(
        default=[], description="Micro-credentials to be counted as if they were passed."
    )


class SuggestedSkill(Shape):
    """A skill that words may mean. It counts for nothing until their holder says so."""

    skill: str
    title: str
    method: str = Field(description="lexical or semantic.")
    score: float


class OwnWords(Shape):
    """Words of own credentials that name no skill."""

    text: str
    keys: list[str] = Field(description="The entries of the wallet that say so.")
    suggestions: list[SuggestedSkill]


class OwnTexts(Shape):
    """All such words."""

    items: list[OwnWords]


class MeaningShape(Shape):
    """One's own statement that words mean a skill."""

    id: str
    text: str
    skill: str
    title: str
    method: str = Field(description="lexical, semantic, or chosen: looked for.")
    score: float | None
    release: str
    confirmed_at: dt.datetime


class MeaningGiven(Given):
    """What words mean."""

    text: Words = Field(description="As list_words gives it.")
    skill: Address


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")


@operation("GET", "/wallet-gap", {200: SkillGapShape}, personal="wallet:read", misses=True)
def read_gap(request: HttpRequest, query: Query[GapQuery]) -> SkillGapShape:
    """What of an occupation's skills one's wallet shows, what is missing, and what of the catalogue brings it."""
    occupation = occupation_of(query.occupation, _languages())
    if occupation is None:
        raise Http404
    found = gap_of(
        caller(request).person,
        occupation,
        planned=query.plan,
        languages=_languages(),
        on=timezone.localdate(),
    )
    return SkillGapShape(
        occupation=occupation.id, title=occupation.title, classification=occupation.classification,
        version=occupation.version, language=occupation.language,
        skills=[_skill(one) for one in (*found.essential, *found.optional)],
    )  # fmt: skip


@operation("GET", "/wallet-words", {200: OwnTexts}, personal="wallet:read")
def list_words(request: HttpRequest) -> OwnTexts:
    """Words of one's credentials that name no skill, with skills that they may mean."""
    return OwnTexts(
        items=[
            OwnWords(
                text=one.text, keys=[entry.key for entry in one.entries],
                suggestions=[SuggestedSkill(**_plain(each)) for each in one.suggestions],
            )
            for one in wordy(caller(request).person, _languages())
        ]
    )  # fmt: skip


@operation("GET", "/skill-statements", {200: Listing[MeaningShape]}, personal="wallet:read")
def list_skill_statements(request: HttpRequest, query: Query[PageQuery]) -> Listing[MeaningShape]:
    """What one has said that words mean, the last said first."""
    return listed(request, SkillMapping.objects.filter(holder=caller(request).person), query, _meaning)


@operation("POST", "/skill-statements", {201: MeaningShape}, personal="wallet:write",
           links={"take_back_skill": {"id": "$response.body#/id"}},
           example={"text": "Can do beekeeping", "skill": "http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000000"})  # fmt: skip
def confirm_skill(request: HttpRequest, body: MeaningGiven) -> Answer:
    """Say, for own use, that words of a credential mean a skill. Never shown as the issuer's."""
    return Answer(
        _meaning(
            domain.confirm(
                by=caller(request).person, text=body.text, skill=body.skill, languages=_languages()
            )
        )
    )


@operation("DELETE", "/skill-statements/{id}", {204: None}, personal="wallet:write")
def take_back_skill(request: HttpRequest, id: Id) -> Answer:
    """Take a statement back."""
    if not domain.take_back(by=caller(request).person, id=id):
        raise Http404
    return Answer()


def _skill(one: Stand) -> GapSkill:
    return GapSkill(
        uri=one.need.skill, title=one.need.name, is_essential=one.need.is_essential, standing=one.standing.value,
        evidence=[_evidence(each) for each in one.evidence], brought_by=list(one.offers),
    )  # fmt: skip


def _evidence(one: Evidence) -> GapEvidence:
    return GapEvidence(
        key=one.item, title=one.title, match=one.match.value, strength=one.strength.value, is_verified=one.is_verified,
        said=one.said, confirmed_on=one.confirmed_on, suggested=one.suggested, score=one.score,
    )  # fmt: skip


def _meaning(one: SkillMapping) -> MeaningShape:
    return MeaningShape(
        id=one.id, text=one.text, skill=one.skill, title=one.title, method=one.method, score=one.score,
        release=one.release, confirmed_at=one.made_at,
    )  # fmt: skip


def _plain(one: msgspec.Struct) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(one)
    return found
