"""Who seals: the choice, and mandates as both sides see them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.uploads import Content
from tessella_web.credentials.mandates import domain, queries
from tessella_web.credentials.mandates.models import Mandate, Way

operation = Table("Who seals")

MANDATED = {
    "read_mandate": {"id": "$response.body#/id"}, "mandate_document": {"id": "$response.body#/id"},
    "end_mandate": {"id": "$response.body#/id"},
}  # fmt: skip


class MandateShape(Shape):
    """A mandate from one organisation to another."""

    id: str
    mandating: str = Field(description="Short name of the organisation that awards.")
    mandated: str = Field(description="Short name of the one that seals for it.")
    scope: str
    valid_from: dt.date
    valid_to: dt.date | None
    state: str = Field(description="asked, confirmed, declined or ended.")
    holds_today: bool
    title: str = Field(description="Of the document.")
    media_type: str
    sha256: str = Field(description="Of the document.")
    made_at: dt.datetime
    decided_at: dt.datetime | None
    ended_at: dt.datetime | None


class MandateFull(MandateShape):
    """A mandate with its use."""

    awards: int = Field(description="Awards that were sealed under it.")


class SealingShape(Shape):
    """Who seals now."""

    way: str = Field(description="own, mandate or badges.")
    mandate: str | None = Field(description="The mandate that was chosen.")
    key: str | None = Field(
        description="The key with a certificate that seals today; null when nobody seals."
    )
    lapsed: bool = Field(
        description="Whether another body was chosen whose mandate does not hold, or who has no seal."
    )


class NewMandate(Given):
    """A mandate to seal, with the signed document."""

    mandated: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = Field(
        description="Short name of the organisation that is to seal; it has an electronic seal here."
    )
    scope: Annotated[str, StringConstraints(strict=True, max_length=400, pattern=r"^[^\x00]*$")] = Field(
        description="What it covers, as the document says it."
    )
    valid_from: Day
    valid_to: Day | None = None
    file_name: Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00-\x1f/\\]{1,150}$")] = (
        "mandate.pdf"
    )
    document: Content = Field(
        description="PDF, PNG or JPEG of at most 1 MB, in base64. It travels in every European Digital Credential."
    )


class SealingGiven(Given):
    """Who is to seal."""

    way: Literal["own", "mandate", "badges"]
    mandate: Id | None = Field(
        default=None, description="With the way “mandate”: one that was confirmed and holds today."
    )


class MandatesQuery(PageQuery):
    """Which mandates."""

    side: Literal["given", "held"] = Field(
        default="given", description="Those that the organisation gave, or those under which it is to seal."
    )


@operation("GET", "/sealing", {200: SealingShape}, capability="key.manage")
def read_sealing(request: HttpRequest) -> SealingShape:
    """Who seals what the organisation awards."""
    return _sealing(request)


@operation("PUT", "/sealing", {200: SealingShape}, capability="key.manage", example={"way": "own"})
def choose_sealing(request: HttpRequest, body: SealingGiven) -> SealingShape:
    """Say who seals from now on."""
    who = caller(request)
    chosen = queries.given(who.organisation).filter(pk=body.mandate).first() if body.mandate else None
    domain.choose(by=who.person, organisation=who.organisation, way=Way(body.way), mandate=chosen)
    return _sealing(request)


@operation("GET", "/mandates", {200: Listing[MandateShape]}, capability="key.manage",
           links={"read_mandate": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_mandates(request: HttpRequest, query: Query[MandatesQuery]) -> Listing[MandateShape]:
    """The organisation's mandates, the newest first."""
    sides = {"given": queries.given, "held": queries.held}
    return listed(request, sides[query.side](caller(request).organisation), query, _shape)


@operation("POST", "/mandates", {201: MandateFull}, capability="organisation.manage", links=MANDATED, example={
    "mandated": "hill", "scope": "Micro-credentials in data ethics.", "valid_from": "2026-01-01", "document": "JVBERi0xLjc=",
})  # fmt: skip
def ask_for_mandate(request: HttpRequest, body: NewMandate) -> Answer:
    """Give another organisation the mandate to seal; it counts once an owner there has confirmed it."""
    who = caller(request)
    mandated = queries.possible_sealers(who.organisation).filter(slug=body.mandated).first()
    if mandated is None:
        raise Http404
    made = domain.ask_for_mandate(
        by=who.person, organisation=who.organisation, mandated=mandated, scope=body.scope, valid_from=body.valid_from,
        valid_to=body.valid_to, file_name=body.file_name, data=body.document,
    )  # fmt: skip
    return Answer(_full(made), {"Location": f"/api/v1/mandates/{made.id}"})


@operation("GET", "/mandates/{id}", {200: MandateFull}, capability="key.manage")
def read_mandate(request: HttpRequest, id: Id) -> MandateFull:
    """A mandate that the organisation gave or holds."""
    return _full(_found(request, id))


@operation(
    "GET",
    "/mandates/{id}/document",
    {200: Media(("application/pdf", "image/png", "image/jpeg"), "The signed mandate as it was uploaded.")},
    capability="key.manage",
)
def mandate_document(request: HttpRequest, id: Id) -> HttpResponse:
    """The document, for both sides."""
    found = _found(request, id)
    response = FileResponse(default_storage.open(found.file), content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="mandate.{found.file.rpartition(".")[2]}"'
    return response  # type: ignore[return-value] # both are answers


@operation("POST", "/mandates/{id}/confirmation", {200: MandateFull}, capability="organisation.manage")
def confirm_mandate(request: HttpRequest, id: Id) -> MandateFull:
    """The yes of the organisation that is to seal."""
    return _full(domain.decide(by=caller(request).person, mandate=_held(request, id), confirm=True))


@operation("POST", "/mandates/{id}/decline", {200: MandateFull}, capability="organisation.manage")
def decline_mandate(request: HttpRequest, id: Id) -> MandateFull:
    """The no of the organisation that was to seal."""
    return _full(domain.decide(by=caller(request).person, mandate=_held(request, id), confirm=False))


@operation("POST", "/mandates/{id}/end", {200: MandateFull}, capability="organisation.manage")
def end_mandate(request: HttpRequest, id: Id) -> MandateFull:
    """End it from now on; either side may. What was sealed under it stays good."""
    return _full(domain.end(by=caller(request).person, mandate=_found(request, id)))


def _found(request: HttpRequest, id: str) -> Mandate:
    own = caller(request).organisation
    found = Mandate.objects.filter(Q(mandating=own) | Q(mandated=own), pk=id)
    mandate = found.select_related("mandating", "mandated").first()
    if mandate is None:
        raise Http404
    return mandate


def _held(request: HttpRequest, id: str) -> Mandate:
    """Only what the token's own organisation is to decide on, whatever else its person owns."""
    mandate = queries.held(caller(request).organisation).filter(pk=id).first()
    if mandate is None:
        raise Http404
    return mandate


def _sealing(request: HttpRequest) -> SealingShape:
    own = caller(request).organisation
    now = queries.sealing_of(own, timezone.now().date())
    return SealingShape(
        way=now.way, mandate=queries.choice_of(own).mandate_id, key=now.seal.id if now.seal else None, lapsed=now.lapsed
    )  # fmt: skip


def _shape(one: Mandate) -> MandateShape:
    return MandateShape(
        id=one.id, mandating=one.mandating.slug, mandated=one.mandated.slug, scope=one.scope, valid_from=one.valid_from,
        valid_to=one.valid_to, state=one.state, holds_today=one.holds_on(timezone.now().date()), title=one.title,
        media_type=one.media_type, sha256=one.digest, made_at=one.made_at, decided_at=one.decided_at, ended_at=one.ended_at,
    )  # fmt: skip


def _full(one: Mandate) -> MandateFull:
    return MandateFull(**_shape(one).model_dump(), awards=queries.used(one))
