"""Awards after they were made."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table, Text, Words
from tessella_web.api.routes.batches import BatchFull, full
from tessella_web.credentials import queries
from tessella_web.credentials.domain import awards as domain
from tessella_web.credentials.domain import sealers
from tessella_web.credentials.models import Award, AwardState

operation = Table("Awards")


class FileShape(Shape):
    """A sealed file."""

    format: str
    title: str
    media_type: str
    size: int = Field(description="Bytes.")


class StatusChangeShape(Shape):
    """When the award was suspended, lifted, revoked or replaced, and why; the reason is never public."""

    state: str
    reason: str
    at: dt.datetime


class AwardFull(Shape):
    """An award. Personal data."""

    id: str
    micro_credential: str
    number: int
    title: str
    batch: str
    state: str = Field(description="valid, suspended, revoked or superseded.")
    name: str
    given_name: str
    family_name: str
    email: str
    grade: str
    awarded_on: dt.date
    issued_at: dt.datetime
    claimed_at: dt.datetime | None
    is_test: bool
    is_suspendable: bool
    files: list[FileShape]
    changes: list[StatusChangeShape]


class AwardStatus(Shape):
    """What everybody may know of an award: nothing about the person."""

    id: str
    state: str
    micro_credential: str
    number: int
    title: str
    organisation: str
    awarded_on: dt.date
    is_test: bool


class Reason(Given):
    """Why; kept with the award, never published."""

    reason: Text


class Correction(Given):
    """How it should be; what is left out stays."""

    reason: Text
    full_name: Words = ""
    given_name: Words = ""
    family_name: Words = ""
    email: Words = Field(default="", description="A new address also gets a new claim link.")


class AddressGiven(Given):
    """The right address."""

    email: Words


class Readdressed(Shape):
    """What has to be waited for."""

    batch: str | None = Field(
        description="The batch that makes the award anew; null when a new link is on its way."
    )


@operation("GET", "/awards/{id}/status", {200: AwardStatus}, is_public=True)
def award_status(request: HttpRequest, id: Id) -> AwardStatus:
    """Whether an award stands; what its public page says, without the person."""
    one = queries.public_award(id)
    if one is None:
        raise Http404
    return AwardStatus(
        id=one.id, state=one.state, micro_credential=one.version.description_id, number=one.version.number,
        title=one.version.title, organisation=one.organisation.slug, awarded_on=one.awarded_on, is_test=one.is_test,
    )  # fmt: skip


@operation("GET", "/awards/{id}", {200: AwardFull}, capability="batch.view")
def read_award(request: HttpRequest, id: Id) -> AwardFull:
    """An award with the person, its files and what happened to it."""
    return _shape(_own(request, id))


@operation(
    "GET",
    "/awards/{id}/files/{format}",
    {200: Media(sealers.MEDIA_TYPES, "The sealed file.")},
    capability="batch.view",
)
def award_file(
    request: HttpRequest, id: Id, format: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,30}$")]
) -> HttpResponse:
    """One sealed file, as it was made."""
    copy = next((one for one in _own(request, id).copies.all() if one.format == format and one.file), None)
    if copy is None:
        raise Http404
    facts = queries.format_facts(copy)
    response = FileResponse(default_storage.open(copy.file), content_type=facts["media_type"])
    response["Content-Disposition"] = f'attachment; filename="{id}{facts["suffix"]}"'
    return response  # type: ignore[return-value] # both are answers


@operation(
    "POST",
    "/awards/{id}/revocation",
    {200: AwardFull},
    capability="award.revoke",
    example={"reason": "Plagiarism was found."},
)
def revoke_award(request: HttpRequest, id: Id, body: Reason) -> AwardFull:
    """Take an award back for good: every copy fails from now on, wherever it is verified with its status list."""
    domain.revoke(by=caller(request).person, award=_own(request, id), reason=body.reason)
    return _shape(_own(request, id))


@operation(
    "POST",
    "/awards/{id}/suspension",
    {200: AwardFull},
    capability="award.revoke",
    example={"reason": "Under appeal."},
)
def suspend_award(request: HttpRequest, id: Id, body: Reason) -> AwardFull:
    """Take it back for now; only where that was chosen before sealing."""
    domain.suspend(by=caller(request).person, award=_own(request, id), reason=body.reason)
    return _shape(_own(request, id))


@operation(
    "POST",
    "/awards/{id}/resumption",
    {200: AwardFull},
    capability="award.revoke",
    example={"reason": "The appeal was allowed."},
)
def resume_award(request: HttpRequest, id: Id, body: Reason) -> AwardFull:
    """End a suspension."""
    domain.lift(by=caller(request).person, award=_own(request, id), reason=body.reason)
    return _shape(_own(request, id))


@operation("POST", "/awards/{id}/correction", {200: BatchFull}, capability="award.correct",
           example={"reason": "Misspelt.", "family_name": "Janssen"})  # fmt: skip
def correct_award(request: HttpRequest, id: Id, body: Correction) -> BatchFull:
    """Make the award anew with other details of the person; the old one is replaced when the new one is sealed.

    The answer is the batch that does it. Nothing public leads from one to the other.
    """
    values = {name: value for name, value in body.model_dump(exclude={"reason"}).items() if value}
    return full(
        domain.correct(by=caller(request).person, award=_own(request, id), values=values, reason=body.reason)
    )


@operation(
    "POST", "/awards/{id}/address", {200: Readdressed}, capability="award.correct", example={"email": "anna@example.org"}
)  # fmt: skip
def readdress_award(request: HttpRequest, id: Id, body: AddressGiven) -> Readdressed:
    """Correct the e-mail address of somebody who has not claimed the award.

    Where the address is sealed in a file, the award is made anew, and “batch” names the batch that does it.
    """
    batch = domain.readdress(by=caller(request).person, award=_own(request, id), email=body.email)
    return Readdressed(batch=batch.id if batch else None)


@operation("POST", "/awards/{id}/claim-link", {204: None}, capability="batch.prepare")
def resend_claim_link(request: HttpRequest, id: Id) -> Answer:
    """Send the learner a new claim link; the earlier one works no more."""
    domain.resend(by=caller(request).person, award=_own(request, id))
    return Answer()


def _own(request: HttpRequest, id: str) -> Award:
    found = (
        Award.objects.filter(pk=id, organisation=caller(request).organisation)
        .exclude(state=AwardState.PLANNED)
        .select_related("organisation", "version", "row")
        .prefetch_related("copies", "changes")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _shape(one: Award) -> AwardFull:
    entry = one.read()
    learner = entry.learner
    return AwardFull(
        id=one.id, micro_credential=one.version.description_id, number=one.version.number, title=one.version.title,
        batch=one.row.batch_id, state=one.state, name=learner.display_name, given_name=learner.given_name,
        family_name=learner.family_name, email=learner.email, grade=entry.grade or "", awarded_on=one.awarded_on,
        issued_at=one.issued_at, claimed_at=one.claimed_at, is_test=one.is_test, is_suspendable=one.is_suspendable,
        files=[
            FileShape(format=copy.format, title=facts["title"], media_type=facts["media_type"], size=copy.size)
            for copy in one.copies.all() if copy.file for facts in [queries.format_facts(copy)]
        ],
        changes=[StatusChangeShape(state=each.state, reason=each.reason, at=each.at) for each in one.changes.all()],
    )  # fmt: skip
