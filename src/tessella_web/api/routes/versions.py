"""Published versions: for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.catalogue import domain, queries
from tessella_web.catalogue.changes import compare
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import sealers

operation = Table("Versions")

RecordKind = Literal[
    "micro-credential", "achievement", "participation", "membership", "motivation", "contribution"
]
"""Kinds of records that are published; a list names one of them, so that no other is taken for a micro-credential."""

Number = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}$")]
"""A version's number, as it stands in addresses."""


class VersionBrief(Shape):
    """A published version as it stands in lists."""

    id: str
    description: str = Field(description="What it was published of: with the number, its address.")
    number: int
    organisation: str
    title: str
    record_type: str
    published_at: dt.datetime
    withdrawn_at: dt.datetime | None


class VersionFull(VersionBrief):
    """A published version with its content, which never changes."""

    content: dict[str, Any]
    digest: str = Field(description="SHA-256 (hex) over the canonical JSON (RFC 8785) of the content.")
    withdrawn_because: str
    review: str | None = Field(description="The quality review that approved it.")


class ChangeShape(Shape):
    """One element that differs from the version before, line by line."""

    element: str
    label: str
    before: list[str]
    after: list[str]


class Changes(Shape):
    """What differs from the version before."""

    items: list[ChangeShape]


class FormatShape(Shape):
    """A format that awards can be sealed in, or why not."""

    name: str
    title: str
    explanation: str
    is_usual: bool
    reason: str = Field(description="Why it cannot be made now; empty when it can.")


class Formats(Shape):
    """The formats there are for a version."""

    items: list[FormatShape]


class WithdrawVersion(Given):
    """Why it is withdrawn; everybody reads it."""

    because: Annotated[str, StringConstraints(strict=True, max_length=2000, pattern=r"^[^\x00]*$")]


class VersionQuery(PageQuery):
    """Which versions."""

    organisation: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,60}$")] = Field(
        default="", description="Only those of the organisation with this short name."
    )
    record_type: RecordKind = Field(
        default="micro-credential",
        description="Records of another kind, such as taking part, are no micro-credentials: they are listed only when their kind is asked for.",
    )


@operation("GET", "/micro-credentials", {200: Listing[VersionBrief]}, is_public=True,
           links={"read_version": {"id": "$response.body#/items/0/description", "number": "$response.body#/items/0/number"}})  # fmt: skip
def list_versions(request: HttpRequest, query: Query[VersionQuery]) -> Listing[VersionBrief]:
    """Published versions that are not withdrawn, the last published first."""
    found = Version.objects.filter(withdrawn_at__isnull=True, record_type=query.record_type)
    found = found.select_related("organisation")
    if query.organisation:
        found = found.filter(organisation__slug=query.organisation)
    return listed(request, found, query, brief, by="-published_at")


@operation("GET", "/micro-credentials/{id}/versions/{number}", {200: VersionFull}, is_public=True)
def read_version(request: HttpRequest, id: Id, number: Number) -> VersionFull:
    """A published version with its content. It stays readable when it is withdrawn."""
    found = published(id, number)
    return VersionFull(
        **brief(found).model_dump(), content=found.content, digest=found.digest,
        withdrawn_because=found.withdrawn_because, review=found.review_id,
    )  # fmt: skip


@operation("GET", "/micro-credentials/{id}/versions/{number}/changes", {200: Changes}, is_public=True)
def version_changes(request: HttpRequest, id: Id, number: Number) -> Changes:
    """What differs from the version before, in plain words; nothing for the first."""
    found = published(id, number)
    before = queries.version_at(id, found.number - 1)
    changes = compare(before.content, found.content) if before else ()
    return Changes(
        items=[
            ChangeShape(element=one.element, label=one.label, before=list(one.before), after=list(one.after))
            for one in changes
        ]
    )


@operation(
    "GET", "/micro-credentials/{id}/versions/{number}/formats", {200: Formats}, capability="batch.prepare"
)
def version_formats(request: HttpRequest, id: Id, number: Number) -> Formats:
    """The formats its awards can be sealed in with the organisation's keys, and why not in the others."""
    return Formats(
        items=[
            FormatShape(
                name=one.name, title=one.title, explanation=one.explanation, is_usual=one.is_usual, reason=one.reason
            )
            for one in sealers.choices(own(request, published(id, number)))
        ]
    )  # fmt: skip


@operation("POST", "/micro-credentials/{id}/versions/{number}/withdrawal", {200: VersionBrief}, capability="version.publish",
           example={"because": "The course is not given any more."})  # fmt: skip
def withdraw_version(request: HttpRequest, id: Id, number: Number, body: WithdrawVersion) -> Answer:
    """Offer and award it no more. The page stays and says why; what was awarded stays valid."""
    found = own(request, published(id, number))
    return Answer(brief(domain.withdraw(version=found, by=caller(request).person, because=body.because)))


def own(request: HttpRequest, version: Version) -> Version:
    """The version, if it is of the token's organisation.

    Raises:
        Http404: it is not.
    """
    if version.organisation_id != caller(request).organisation.id:
        raise Http404
    return version


def brief(one: Version) -> VersionBrief:
    """As it stands in lists."""
    return VersionBrief(
        id=one.id, description=one.description_id, number=one.number, organisation=one.organisation.slug, title=one.title,
        record_type=one.record_type, published_at=one.published_at, withdrawn_at=one.withdrawn_at,
    )  # fmt: skip


def published(id: str, number: str) -> Version:
    """A version by its address.

    Raises:
        Http404: there is none.
    """
    found = queries.version_at(id, int(number))
    if found is None:
        raise Http404
    return found
