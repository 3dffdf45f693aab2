"""Pathways: the rules by which organisations let smaller credentials count towards larger awards."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import AfterValidator, Field, WithJsonSchema

from tessella.stacking import explain
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.versions import Number
from tessella_web.catalogue.pathways import domain, queries
from tessella_web.catalogue.pathways.drafting import problems_of, read_back
from tessella_web.catalogue.pathways.models import Pathway, PathwayVersion

operation = Table("Pathways")

MADE = {
    "read_pathway": {"id": "$response.body#/id"}, "write_pathway": {"id": "$response.body#/id"},
    "publish_pathway": {"id": "$response.body#/id"}, "discard_pathway": {"id": "$response.body#/id"},
}  # fmt: skip


def _of_rule(data: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(data)) > domain.MAX_FILE_BYTES:
        raise ValueError(
            _("The rule is larger than %(limit)s KB.") % {"limit": domain.MAX_FILE_BYTES // 1024}
        )
    return data


RuleData = Annotated[
    dict[str, Any],
    AfterValidator(_of_rule),
    WithJsonSchema({"type": "object", "description": "A rule by the fields of the rule language; may be incomplete while it is a draft."}),
]  # fmt: skip


class RuleProblemShape(Shape):
    """Why a rule cannot be published."""

    place: str = Field(description="Where: a path such as amounts.0; empty for the rule as a whole.")
    message: str
    hint: str
    code: str


class PathwayBrief(Shape):
    """A rule in work as it stands in lists."""

    id: str
    title: str
    state: str = Field(description="draft, published or withdrawn.")
    changed_at: dt.datetime


class PathwayShape(Shape):
    """A rule in work: as data, as it reads, and what keeps it from being published."""

    id: str
    title: str
    state: str
    revision: int = Field(description="Counts the changes; send it with the next one.")
    rule: dict[str, Any]
    sentences: list[str]
    problems: list[RuleProblemShape]
    versions: list[int]
    changed_at: dt.datetime


class PathwayVersionBrief(Shape):
    """A published rule as it stands in lists."""

    id: str = Field(description="Of the pathway.")
    number: int
    title: str
    award: str
    receiver: str
    organisation: str
    valid_from: dt.date
    last_day: dt.date | None = Field(description="Null when it has no end.")


class PathwayVersionShape(Shape):
    """A published rule: it never changes."""

    id: str
    number: int
    title: str
    award: str
    receiver: str
    organisation: str
    valid_from: dt.date
    last_day: dt.date | None
    withdrawn_from: dt.date | None
    withdrawn_because: str
    published_at: dt.datetime
    rule: dict[str, Any]
    sentences: list[str]


class PathwayGiven(Given):
    """What to begin with: one of the examples by name, a rule, or nothing."""

    example: Words = ""
    rule: RuleData = Field(default_factory=dict)


class PathwayWritten(Given):
    """The whole draft, and the revision that was read before."""

    rule: RuleData
    revision: Annotated[int, Field(ge=0, le=2_000_000_000)]


class PathwayEnd(Given):
    """From which day a version is not in force any more, and why."""

    from_day: Day
    because: Text


class PathwaySearch(PageQuery):
    """What is looked for."""

    q: Words = ""
    receiver: Words = ""


@operation("GET", "/pathways", {200: Listing[PathwayVersionBrief]}, is_public=True,
           links={"read_pathway_version": {"id": "$response.body#/items/0/id", "number": "$response.body#/items/0/number"}})  # fmt: skip
def find_pathways(request: HttpRequest, query: Query[PathwaySearch]) -> Listing[PathwayVersionBrief]:
    """The rules in force today, the last made first: with all of these words, of this organisation."""
    found = queries.search(on=timezone.localdate(), words=query.q, receiver=query.receiver)
    return listed(request, found, query, brief)


@operation("GET", "/pathways/{id}/versions/{number}", {200: PathwayVersionShape}, is_public=True)
def read_pathway_version(request: HttpRequest, id: Id, number: Number) -> PathwayVersionShape:
    """A published rule, in force or not."""
    return shape(_version(id, number))


@operation("GET", "/organisation/pathways", {200: Listing[PathwayBrief]}, capability="organisation.view",
           links={"read_pathway": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_pathways(request: HttpRequest, query: Query[PageQuery]) -> Listing[PathwayBrief]:
    """The rules that the organisation writes and has published."""
    return listed(
        request, Pathway.objects.filter(organisation=caller(request).organisation), query,
        lambda one: PathwayBrief(id=one.id, title=one.title, state=one.state, changed_at=one.changed_at),
    )  # fmt: skip


@operation("POST", "/organisation/pathways", {201: PathwayShape}, capability="rule.edit", links=MADE, example={"example": "taltech-micro-degree"})  # fmt: skip
def start_pathway(request: HttpRequest, body: PathwayGiven) -> Answer:
    """Begin a rule."""
    who = caller(request)
    if body.example:
        made = domain.start_from_example(by=who.person, organisation=who.organisation, name=body.example)
    else:
        made = domain.start(by=who.person, organisation=who.organisation, data=body.rule)
    return Answer(draft(made), {"Location": f"/api/v1/organisation/pathways/{made.id}"})


@operation("GET", "/organisation/pathways/{id}", {200: PathwayShape}, capability="organisation.view")
def read_pathway(request: HttpRequest, id: Id) -> PathwayShape:
    """A rule in work, with what keeps it from being published."""
    return draft(_own(request, id))


@operation("PUT", "/organisation/pathways/{id}/draft", {200: PathwayShape}, capability="rule.edit",
           example={"rule": {"title": "Certificate", "amounts": [{"id": "total", "at_least": "30"}]}, "revision": 0})  # fmt: skip
def write_pathway(request: HttpRequest, id: Id, body: PathwayWritten) -> PathwayShape:
    """Write the draft anew; published versions stay."""
    found = domain.change(by=caller(request).person, pathway=_own(request, id), data=body.rule, revision=body.revision)  # fmt: skip
    return draft(found)


@operation("DELETE", "/organisation/pathways/{id}", {204: None}, capability="rule.edit")
def discard_pathway(request: HttpRequest, id: Id) -> Answer:
    """Delete a rule that was never published."""
    domain.discard(by=caller(request).person, pathway=_own(request, id))
    return Answer()


@operation("POST", "/organisation/pathways/{id}/versions", {201: PathwayVersionShape}, capability="rule.publish",
           links={"read_pathway_version": {"id": "$response.body#/id", "number": "$response.body#/number"},
                  "withdraw_pathway_version": {"id": "$response.body#/id", "number": "$response.body#/number"}})  # fmt: skip
def publish_pathway(request: HttpRequest, id: Id) -> Answer:
    """Publish the draft as the next version: immutable from then on."""
    made = domain.publish(by=caller(request).person, pathway=_own(request, id))
    return Answer(shape(made), {"Location": f"/api/v1/pathways/{id}/versions/{made.number}"})


@operation("POST", "/organisation/pathways/{id}/versions/{number}/withdrawal", {200: PathwayVersionShape}, capability="rule.publish",
           example={"from_day": "2030-09-01", "because": "The study regulations have changed."})  # fmt: skip
def withdraw_pathway_version(
    request: HttpRequest, id: Id, number: Number, body: PathwayEnd
) -> PathwayVersionShape:
    """End a version from a day on. The page stays and says why."""
    _own(request, id)
    found = domain.withdraw(by=caller(request).person, version=_version(id, number), from_day=body.from_day, because=body.because)  # fmt: skip
    return shape(found)


def brief(one: PathwayVersion) -> PathwayVersionBrief:
    """As it stands in lists."""
    return PathwayVersionBrief(
        id=one.pathway_id, number=one.number, title=one.title, award=one.award, receiver=one.receiver,
        organisation=one.pathway.organisation.slug, valid_from=one.valid_from, last_day=one.last_day,
    )  # fmt: skip


def shape(one: PathwayVersion) -> PathwayVersionShape:
    """As it is answered."""
    return PathwayVersionShape(
        **brief(one).model_dump(), withdrawn_from=one.withdrawn_from, withdrawn_because=one.withdrawn_because,
        published_at=one.published_at, rule=domain.file_of(one.data), sentences=list(explain(one.rule)),
    )  # fmt: skip


def draft(one: Pathway) -> PathwayShape:
    """A rule in work as it is answered."""
    problems = [
        RuleProblemShape(place=p.place, message=p.message, hint=p.hint, code=p.code) for p in problems_of(one.draft)
    ]  # fmt: skip
    return PathwayShape(
        id=one.id, title=one.title, state=one.state, revision=one.revision, rule=domain.file_of(one.draft),
        sentences=list(read_back(one.draft, number=one.versions.count() + 1)), problems=problems,
        versions=list(queries.versions(one).values_list("number", flat=True)), changed_at=one.changed_at,
    )  # fmt: skip


def _own(request: HttpRequest, id: str) -> Pathway:
    found = queries.pathway_at(id)
    if found is None or found.organisation_id != caller(request).organisation.id:
        raise Http404
    return found


def _version(id: str, number: str) -> PathwayVersion:
    pathway = queries.pathway_at(id)
    found = queries.version_at(pathway, int(number)) if pathway else None
    if found is None:
        raise Http404
    return found
