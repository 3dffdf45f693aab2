"""What an organisation promises learners: how long it keeps things, under what rules it takes what they show; and what they handed in."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.recovery import domains
from tessella_web.api.access import caller
from tessella_web.api.operations import FILE, Given, Id, Media, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.showing import ShownShape, shown_shape
from tessella_web.api.routes.versions import Number
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.credentials.receiving.models import Policy
from tessella_web.credentials.receiving.queries import receivers
from tessella_web.credentials.retention import domain as retention
from tessella_web.credentials.retention.models import RetentionPolicy
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import Share
from tessella_web.credentials.wallet.queries import received_by

operation = Table("Promises to learners")

Long = Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")]


class RetentionShape(Shape):
    """How long things are kept."""

    award_years: int = Field(description="Years that the file of an award is kept.")
    evidence_months: int = Field(
        description="Months that evidence and assessments without an award are kept."
    )
    why: str = Field(description="By what rule.")


class RetentionGiven(Given):
    """How long things are kept from now on; a shorter time also counts for what was awarded before."""

    award_years: Annotated[int, Field(ge=1, le=1000)]
    evidence_months: Annotated[int, Field(ge=1, le=1000)]
    why: Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")] = ""


class MailDomains(Shape):
    """Domains in which the organisation gives addresses to people."""

    domains: list[str]


class MailDomainsGiven(Given):
    """Domains, without the “@”."""

    domains: Annotated[list[Words], Field(max_length=100)]


class ReceivingShape(Shape):
    """What learners read before they hand something in."""

    organisation: str = Field(description="Short name.")
    name: str
    is_open: bool
    purposes: str
    most_days: int
    text: str
    contact: str


class ReceivingGiven(Given):
    """What learners read before they hand something in; what was handed in before stays under what stood there then."""

    is_open: bool = True
    purposes: Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")] = Field(
        description="Such as: recognition of prior learning, admission."
    )
    most_days: Annotated[int, Field(ge=1, le=10_000)] = Field(description="Days it is kept at most.")
    text: Long = Field(description="Who reads it, on what legal ground, what is kept of it and why.")
    contact: Words = Field(description="Whom to ask.")


class ReceivedShape(Shape):
    """Something that a learner handed in."""

    id: str
    by: str = Field(description="The name they chose to show; may be empty.")
    purpose: str
    sent_at: dt.datetime
    ends_at: dt.datetime = Field(description="Then it is deleted here by itself.")


class ReceivedFull(ReceivedShape):
    """With what it shows, as it was frozen."""

    may_keep: bool = Field(description="Whether the files may be taken.")
    shown: list[ShownShape]


@operation("GET", "/organisation/retention", {200: RetentionShape}, capability="organisation.view")
def read_retention(request: HttpRequest) -> RetentionShape:
    """How long the organisation keeps the files of awards, and what people handed in."""
    return _retention(RetentionPolicy.of(caller(request).organisation.id))


@operation("PUT", "/organisation/retention", {200: RetentionShape}, capability="organisation.manage",
           example={"award_years": 40, "evidence_months": 24, "why": "Archives act."})  # fmt: skip
def set_retention(request: HttpRequest, body: RetentionGiven) -> RetentionShape:
    """Publish how long things are kept."""
    who = caller(request)
    return _retention(retention.set_policy(by=who.person, organisation=who.organisation, **body.model_dump()))


@operation("GET", "/organisation/mail-domains", {200: MailDomains}, capability="organisation.view")
def list_mail_domains(request: HttpRequest) -> MailDomains:
    """Domains in which the organisation gives addresses to people."""
    return MailDomains(
        domains=list(caller(request).organisation.mail_domains.values_list("domain", flat=True))
    )


@operation("PUT", "/organisation/mail-domains", {200: MailDomains}, capability="organisation.manage",
           example={"domains": ["student.harbour.example"]})  # fmt: skip
def set_mail_domains(request: HttpRequest, body: MailDomainsGiven) -> MailDomains:
    """Say in which domains the organisation gives addresses to people: they end when somebody leaves, so people are told in time."""
    who = caller(request)
    made = domains.set_mail_domains(by=who.person, organisation=who.organisation, domains=body.domains)
    return MailDomains(domains=made)


@operation("GET", "/receivers", {200: Listing[ReceivingShape]}, is_public=True)
def list_receivers(request: HttpRequest, query: Query[PageQuery]) -> Listing[ReceivingShape]:
    """Organisations that take what learners hand in, and what they promise."""
    return listed(request, receivers(), query, _policy, by="changed_at")


@operation("PUT", "/organisation/receiving-policy", {200: ReceivingShape}, capability="shared.manage", example={
    "purposes": "Admission", "most_days": 180, "text": "Two people of the admission office read it.", "contact": "admission@harbour.example",
})  # fmt: skip
def publish_receiving_policy(request: HttpRequest, body: ReceivingGiven) -> ReceivingShape:
    """Say under what rules the organisation takes what learners hand in."""
    who = caller(request)
    return _policy(
        receiving.publish_policy(by=who.person, organisation=who.organisation, values=body.model_dump())
    )


@operation("GET", "/received", {200: Listing[ReceivedShape]}, capability="shared.read",
           links={"read_received": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_received(request: HttpRequest, query: Query[PageQuery]) -> Listing[ReceivedShape]:
    """What was handed in and is still kept, the last first. Personal data."""
    found = received_by(caller(request).organisation, timezone.now())
    return listed(request, found, query, _received, by="-sent_at")


@operation("GET", "/received/{id}", {200: ReceivedFull}, capability="shared.read")
def read_received(request: HttpRequest, id: Id) -> ReceivedFull:
    """One thing that was handed in; its holder’s log says that the organisation read it."""
    found = _own(request, id)
    wallet.note_reading(by=caller(request).person, share=found)
    return ReceivedFull(
        **_received(found).model_dump(), may_keep=found.may_keep, shown=[shown_shape(one) for one in found.files.all()]
    )  # fmt: skip


@operation(
    "GET",
    "/received/{id}/files/{number}",
    {200: Media((FILE,), "The file, byte for byte.")},
    capability="shared.read",
)
def received_file(request: HttpRequest, id: Id, number: Number) -> HttpResponse:
    """A file of it, counted from 1, where its holder allows that it is kept."""
    found = _own(request, id)
    files = list(found.files.all())
    place = int(number)
    if not found.may_keep or place > len(files) or not files[place - 1].file:
        raise Http404
    with default_storage.open(files[place - 1].file) as file:
        response = HttpResponse(file.read(), content_type=FILE)
    response["Content-Disposition"] = "attachment"
    return response


def _own(request: HttpRequest, id: str) -> Share:
    found = received_by(caller(request).organisation, timezone.now()).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _retention(one: RetentionPolicy) -> RetentionShape:
    return RetentionShape(award_years=one.award_years, evidence_months=one.evidence_months, why=one.why)


def _policy(one: Policy) -> ReceivingShape:
    return ReceivingShape(
        organisation=one.organisation.slug, name=one.organisation.name, is_open=one.is_open, purposes=one.purposes,
        most_days=one.most_days, text=one.text, contact=one.contact,
    )  # fmt: skip


def _received(one: Share) -> ReceivedShape:
    return ReceivedShape(
        id=one.id,
        by=one.shown_as,
        purpose=one.purpose,
        sent_at=one.sent_at or one.made_at,
        ends_at=one.ends_at,
    )
