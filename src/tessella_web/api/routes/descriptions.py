"""Descriptions in work."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may, only_of
from tessella_web.api.access import Caller, caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.problems import FieldProblem, ProblemError
from tessella_web.api.routes.versions import VersionBrief, brief
from tessella_web.catalogue import domain, particulars, preview
from tessella_web.catalogue.missing import Gap, missing_of
from tessella_web.catalogue.models import Description, Edit

operation = Table("Descriptions")

ELEMENTS = tuple(sorted({*domain.ELEMENTS, *particulars.ELEMENTS}))
"""What people edit; see the reference of descriptions."""

STARTED = {
    "read_description": {"id": "$response.body#/id"},
    "what_is_missing": {"id": "$response.body#/id"},
    "submit_description": {"id": "$response.body#/id"},
}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    for name in values:
        if name not in ELEMENTS:
            raise ValueError(_("There is no element “%(name)s”.") % {"name": name[:40]})
    return values


Elements = Annotated[
    dict[str, Any],
    AfterValidator(_known),
    WithJsonSchema(
        {
            "type": "object",
            "description": "Elements of a description by name, in the form of the library’s description files; null takes one away.",
            "properties": {name: {} for name in ELEMENTS},
            "additionalProperties": False,
        }
    ),
]


class DescriptionBrief(Shape):
    """A description as it stands in lists."""

    id: str
    title: str = Field(description="Empty while it has none.")
    stage: str = Field(description="draft, in-review, changes-asked, approved, rejected or published.")
    organisation: str = Field(description="Short name of the organisation it belongs to.")
    versions: int = Field(description="How many versions were published.")
    changed_at: dt.datetime


class DescriptionFull(Shape):
    """A description with its content."""

    id: str
    title: str
    stage: str
    organisation: str
    partners: list[str] = Field(description="Short names of the organisations that edit it too.")
    started_from: str
    content: dict[str, Any] = Field(
        description="Its elements, in the form of the library’s description files."
    )
    proposed: list[str] = Field(description="Elements that a program proposed and nobody has looked at yet.")
    changed_at: dt.datetime


class GapShape(Shape):
    """One thing to do."""

    message: str
    remedy: str
    element: str = Field(description="The element it is about; empty for the whole.")
    rule: str
    is_error: bool = Field(description="Whether it keeps from publishing.")


class FormatGaps(Shape):
    """What one format misses."""

    format: str
    gaps: list[GapShape]


class MissingShape(Shape):
    """What a description still misses, by who asks for it."""

    complete: bool = Field(description="Whether the European standard has all it asks for.")
    standard: list[GapShape]
    country: list[GapShape]
    country_name: str
    formats: list[FormatGaps]


class EditShape(Shape):
    """Who changed which element, when, from what to what."""

    element: str
    person: str = Field(description="Empty for somebody whose account is gone.")
    first_at: dt.datetime
    last_at: dt.datetime
    before: Any
    after: Any


class StartDescription(Given):
    """What to begin with."""

    content: Elements = Field(default_factory=dict)


class StartFromText(Given):
    """A course description as it is."""

    text: Annotated[
        str, StringConstraints(strict=True, min_length=1, max_length=20_000, pattern=r"^[^\x00]*\S[^\x00]*$")
    ]


class ChangeDescription(Given):
    """Elements to write."""

    values: Elements


class Confirmation(Given):
    """An element that somebody looked at."""

    element: Annotated[str, StringConstraints(strict=True, pattern=f"^({'|'.join(ELEMENTS)})$")]


class PartnerGiven(Given):
    """Another organisation, by its short name."""

    organisation: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_-]{1,60}$")]


@operation("GET", "/descriptions", {200: Listing[DescriptionBrief]}, capability="description.view",
           links={"read_description": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_descriptions(request: HttpRequest, query: Query[PageQuery]) -> Listing[DescriptionBrief]:
    """Descriptions of the organisation, and those it works on with others, the last changed first."""
    found = (
        Description.objects.filter(Q(organisation=caller(request).organisation) | Q(partners=caller(request).organisation))
        .distinct().select_related("organisation").annotate(number_of_versions=Count("versions", distinct=True))
    )  # fmt: skip
    who = caller(request)
    return listed(request, _allowed(found, who), query, _brief, by="-changed_at")


@operation("POST", "/descriptions", {201: DescriptionFull}, capability="description.edit", links=STARTED, has_etag=True,
           example={"content": {"title": "Data Ethics for Everyone", "language": "en"}})  # fmt: skip
def start_description(request: HttpRequest, body: StartDescription) -> Answer:
    """Start a description, from nothing or with elements.

    The organisation becomes the awarding body unless the content names one.
    """
    who = caller(request)
    return _started(
        domain.start_description(by=who.person, organisation=who.organisation, content=body.content)
    )


@operation("POST", "/descriptions/from-text", {201: DescriptionFull}, capability="description.edit", links=STARTED, has_etag=True,
           example={"text": "Data Ethics for Everyone\nAn online course of 75 hours."})  # fmt: skip
def start_description_from_text(request: HttpRequest, body: StartFromText) -> Answer:
    """Start a description from the text of a course description.

    What was recognised is a proposal, named in “proposed”, until somebody confirms or changes it.
    """
    who = caller(request)
    return _started(domain.start_from_text(by=who.person, organisation=who.organisation, text=body.text))


@operation("POST", "/descriptions/from-file", {201: DescriptionFull}, capability="description.edit", takes_file=True,
           links=STARTED, has_etag=True)  # fmt: skip
def start_description_from_file(request: HttpRequest) -> Answer:
    """Start a description from a credential in any format, or from a description file.

    Nothing about a learner is taken over. The body is the file.
    """
    who = caller(request)
    return _started(domain.start_from_file(by=who.person, organisation=who.organisation, data=request.body))


@operation("GET", "/descriptions/{id}", {200: DescriptionFull}, capability="description.view", has_etag=True,
           links={"change_description": {"id": "$response.body#/id", "If-Match": "$response.header.ETag"},
                  "what_is_missing": {"id": "$response.body#/id"}, "description_history": {"id": "$response.body#/id"},
                  "publish_description": {"id": "$response.body#/id"}})  # fmt: skip
def read_description(request: HttpRequest, id: Id) -> Answer:
    """A description with its content; the ETag is what changing it asks for."""
    return _answer(visible(request, id))


@operation("PATCH", "/descriptions/{id}", {200: DescriptionFull}, capability="description.edit", has_etag=True, needs_match=True,
           example={"values": {"title": "Data Ethics"}}, links={"read_description": {"id": "$response.body#/id"}})  # fmt: skip
def change_description(request: HttpRequest, id: Id, body: ChangeDescription) -> Answer:
    """Write elements; those that are not named stay as they are.

    “If-Match” holds the ETag of what was read. When somebody changed the description since, nothing is written and the answer is
    412 with the code “api.changed”: read it again.
    """
    with transaction.atomic():
        found = visible(request, id)
        found = (
            Description.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=found.pk)
        )
        tags = [one.strip() for one in request.headers["If-Match"].split(",")]
        if "*" not in tags and etag(found) not in tags:
            raise ProblemError(
                412, "api.changed", _("The description was changed since it was read."), hint=_("Read it again, and compare."),
                errors=[FieldProblem(parameter="If-Match", detail=_("This is not what it is now."))],
                headers={"ETag": etag(found)},
            )  # fmt: skip
        return _answer(domain.save_elements(description=found, by=caller(request).person, values=body.values))


@operation("GET", "/descriptions/{id}/missing", {200: MissingShape}, capability="description.view")
def what_is_missing(request: HttpRequest, id: Id) -> MissingShape:
    """What the European standard, the country and each format still miss."""
    today = timezone.now().date()
    found = missing_of(domain.as_if_reviewed(visible(request, id).record(), on=today), on=today)
    return MissingShape(
        complete=found.complete,
        standard=[_gap(one) for one in found.standard],
        country=[_gap(one) for one in found.country],
        country_name=found.country_name,
        formats=[FormatGaps(format=name, gaps=[_gap(one) for one in gaps]) for name, gaps in found.formats],
    )


@operation("GET", "/descriptions/{id}/history", {200: Listing[EditShape]}, capability="description.view")
def description_history(request: HttpRequest, id: Id, query: Query[PageQuery]) -> Listing[EditShape]:
    """Who changed what, the last first."""
    edits = visible(request, id).edits.select_related("person")
    return listed(request, edits, query, _edit, by="-last_at")


@operation("GET", "/descriptions/{id}/badge.svg", {200: Media(("image/svg+xml",), "The badge as it will look.")},
           capability="description.view")  # fmt: skip
def description_badge(request: HttpRequest, id: Id) -> HttpResponse:
    """The badge as it will look."""
    return HttpResponse(preview.badge_picture(visible(request, id).record()), content_type="image/svg+xml")


@operation("GET", "/descriptions/{id}/certificate.pdf", {200: Media(("application/pdf",), "The certificate, marked as a preview.")},
           capability="description.view", refuses=True)  # fmt: skip
def description_certificate(request: HttpRequest, id: Id) -> HttpResponse:
    """The certificate as it will look, marked as a preview."""
    data = preview.certificate_preview(visible(request, id).record(), at=timezone.now())
    return HttpResponse(data, content_type="application/pdf")


@operation("POST", "/descriptions/{id}/confirmations", {200: DescriptionFull}, capability="description.edit", has_etag=True,
           example={"element": "title"})  # fmt: skip
def confirm_element(request: HttpRequest, id: Id, body: Confirmation) -> Answer:
    """Say that somebody looked at what a program proposed for an element, and leaves it so."""
    found = visible(request, id)
    domain.confirm(description=found, by=caller(request).person, element=body.element)
    return _answer(visible(request, id))


@operation("POST", "/descriptions/{id}/partners", {200: DescriptionFull}, capability="description.submit", has_etag=True,
           example={"organisation": "harbour-college"})  # fmt: skip
def invite_partner(request: HttpRequest, id: Id, body: PartnerGiven) -> Answer:
    """Let the people of another organisation edit it too, each by the role they have there."""
    found = visible(request, id)
    partner = Organisation.objects.filter(slug=body.organisation).first()
    if partner is None:
        raise Http404
    domain.invite_partner(description=found, by=caller(request).person, partner=partner)
    return _answer(visible(request, id))


@operation("POST", "/descriptions/{id}/versions", {201: VersionBrief}, capability="version.publish",
           links={"read_version": {"id": "$response.body#/description", "number": "$response.body#/number"}})  # fmt: skip
def publish_description(request: HttpRequest, id: Id) -> Answer:
    """Publish the next version: immutable from then on.

    The content must be complete and, for a micro-credential, exactly what a quality review approved.
    """
    version = domain.publish(description=visible(request, id), by=caller(request).person)
    return Answer(
        brief(version),
        {"Location": f"/api/v1/micro-credentials/{version.description_id}/versions/{version.number}"},
    )


def visible(request: HttpRequest, id: str) -> Description:
    """The description, for the organisation of the token and its partners in it.

    Raises:
        Http404: there is none that the caller may see.
    """
    who = caller(request)
    found = (
        Description.objects.select_related("organisation", "started_by").prefetch_related("partners").filter(pk=id).first()
    )  # fmt: skip
    if found is None or who.organisation not in (found.organisation, *found.partners.all()):
        raise Http404
    if not may(who.person, who.organisation, "description.view", found.id):
        raise Http404
    return found


def etag(description: Description) -> str:
    """Changes with every change of what is described."""
    return f'"{description.digest}"'


def _allowed(found: Any, who: Caller) -> Any:
    limited = only_of(who.person, who.organisation)
    return found if limited is None else found.filter(pk__in=limited)


def _started(description: Description) -> Answer:
    made = _answer(description)
    return Answer(made.body, {**made.headers, "Location": f"/api/v1/descriptions/{description.id}"})


def _answer(description: Description) -> Answer:
    return Answer(_full(description), {"ETag": etag(description)})


def _brief(one: Any) -> DescriptionBrief:
    return DescriptionBrief(
        id=one.id, title=one.title, stage=one.stage, organisation=one.organisation.slug,
        versions=one.number_of_versions, changed_at=one.changed_at,
    )  # fmt: skip


def _full(one: Description) -> DescriptionFull:
    return DescriptionFull(
        id=one.id, title=one.title, stage=one.stage, organisation=one.organisation.slug,
        partners=sorted(partner.slug for partner in one.partners.all()), started_from=one.started_from,
        content={**one.content, **one.particulars}, proposed=list(one.workings.get("proposed", ())), changed_at=one.changed_at,
    )  # fmt: skip


def _gap(gap: Gap) -> GapShape:
    return GapShape(
        message=gap.message, remedy=gap.remedy, element=gap.element, rule=gap.rule, is_error=gap.is_error
    )


def _edit(one: Edit) -> EditShape:
    return EditShape(
        element=one.element, person=one.person.name if one.person else "", first_at=one.first_at,
        last_at=one.last_at, before=one.before, after=one.after,
    )  # fmt: skip
