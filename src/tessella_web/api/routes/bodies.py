"""Bodies: legal identities, and whether their quality was assured."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, WithJsonSchema

from tessella_web.api.operations import Id, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed, whole
from tessella_web.registers import quality, queries
from tessella_web.registers.models import Body
from tessella_web.registers.names import plain

operation = Table("Bodies")


def _day(value: object) -> object:
    """A day as RFC 3339 writes it, and nothing else that Python would take."""
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        raise ValueError("A day is written 2026-11-30.")
    return dt.date.fromisoformat(value)


Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day."""


class BodyShape(Shape):
    """A body as it stands in lists."""

    id: str
    name: str
    kind: str
    country: str
    homepage: str


class NameShape(Shape):
    """A name the body had or has."""

    name: str
    language: str
    valid_from: dt.date | None
    valid_to: dt.date | None


class IdentifierShape(Shape):
    """An identifier the body had or has."""

    number: int = Field(description="What names it in addresses.")
    scheme: str
    value: str
    valid_from: dt.date | None
    valid_to: dt.date | None


class RelationShape(Shape):
    """How it stands to another body."""

    number: int = Field(description="What names it in addresses.")
    kind: str
    other: str
    valid_from: dt.date | None
    valid_to: dt.date | None


class BodyFull(BodyShape):
    """A body with its history."""

    names: list[NameShape]
    identifiers: list[IdentifierShape]
    relations: list[RelationShape]


class EvidenceShape(Shape):
    """A report or an entry, and what it does for the answer."""

    bearing: str = Field(description="for, against, replaced, expired, not-yet, other-scope or no-decision.")
    kind: str
    id: str
    number: str
    decision: str
    about: str
    through: str
    authority: str
    in_register: str = Field(description="Short name of the register.")
    decided_on: dt.date | None
    last_day: dt.date | None
    url: str


class QualityShape(Shape):
    """Whether quality was assured on a day, and the evidence."""

    state: str = Field(description="yes, no or no-data.")
    on: dt.date
    evidence: list[EvidenceShape]


class BodyQuery(PageQuery):
    """Which bodies."""

    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = Field(
        default="", description="A part of a name."
    )
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = Field(
        default="", description="ISO 3166-1, three letters."
    )


class QualityQuery(BaseModel):
    """What is asked for; what is left out is asked for as a whole."""

    on: Day | None = Field(default=None, description="The day; today when left out.")
    level: Annotated[int, Field(ge=1, le=8), whole] | None = Field(
        default=None, description="European Qualifications Framework."
    )
    field: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,4})?$")] = Field(
        default="", description="Field of study (ISCED-F)."
    )
    kind: Literal["", "degree", "micro-credential", "vocational", "adult", "non-formal"] = ""
    programme: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


@operation("GET", "/bodies", {200: Listing[BodyShape]}, is_public=True,
           links={"read_body": {"id": "$response.body#/items/0/id"}, "is_quality_assured": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_bodies(request: HttpRequest, query: Query[BodyQuery]) -> Listing[BodyShape]:
    """Confirmed bodies, by name."""
    found = Body.objects.filter(is_confirmed=True)
    if words := plain(query.name):
        found = found.filter(plain_name__contains=words)
    if query.country:
        found = found.filter(country=query.country)
    return listed(request, found, query, _shape, by="plain_name")


@operation("GET", "/bodies/{id}", {200: BodyFull}, is_public=True)
def read_body(request: HttpRequest, id: Id) -> BodyFull:
    """A body with its names, identifiers and relations, each from one day to another."""
    return full(_visible(id))


@operation("GET", "/bodies/{id}/quality", {200: QualityShape}, is_public=True)
def is_quality_assured(request: HttpRequest, id: Id, query: Query[QualityQuery]) -> QualityShape:
    """Whether a body was quality-assured for something on a day: yes, no or no data, with all the evidence there is."""
    scope = quality.Scope(level=query.level, field=query.field, kind=query.kind, programme=query.programme)
    found = quality.quality_assured(_visible(id), scope, query.on or timezone.now().date())
    return QualityShape(
        state=str(found.state), on=found.on,
        evidence=[
            EvidenceShape(
                bearing=str(one.bearing), kind=one.kind, id=one.id, number=one.number, decision=str(one.decision), about=one.about,
                through=one.through, authority=one.authority, in_register=one.register_slug, decided_on=one.decided_on,
                last_day=one.last_day, url=one.url,
            )
            for one in found.evidence
        ],
    )  # fmt: skip


def _visible(id: str) -> Body:
    found = queries.visible_body(id)
    if found is None:
        raise Http404
    return found


def full(one: Body) -> BodyFull:
    """As it is answered."""
    return BodyFull(
        **_shape(one).model_dump(),
        names=[NameShape(name=each.name, language=each.language, valid_from=each.valid_from, valid_to=each.valid_to)
               for each in one.names.all()],
        identifiers=[IdentifierShape(number=each.pk, scheme=each.scheme, value=each.value, valid_from=each.valid_from, valid_to=each.valid_to)
                     for each in one.identifiers.all()],
        relations=[RelationShape(number=each.pk, kind=each.kind, other=each.other_id, valid_from=each.valid_from, valid_to=each.valid_to)
                   for each in one.relations.filter(other__is_confirmed=True)],
    )  # fmt: skip


def _shape(one: Body) -> BodyShape:
    return BodyShape(id=one.id, name=one.name, kind=one.kind, country=one.country, homepage=one.homepage)
