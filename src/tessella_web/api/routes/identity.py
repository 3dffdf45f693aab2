"""Whom the organisation acts for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.registers import outside, queries
from tessella_web.registers.domain import identity as domain
from tessella_web.registers.models import Body, BodyKind, Claim

operation = Table("Identity")

CLAIMED = {"read_body": {"id": "$response.body#/body"}}


class ClaimShape(Shape):
    """Whom an organisation says that it acts for, and whether that was shown."""

    id: str
    body: str
    body_name: str
    legal_id: str = Field(description="What the organisation stated for a body that was not known.")
    state: str = Field(description="open, held, established, refused or withdrawn.")
    method: str = Field(
        description="domain, register, certificate or reviewer; empty until something was shown."
    )
    held_because: list[str] = Field(description="Why a reviewer has to look: name-differs, looks-like.")
    review: str = Field(description="What a reviewer decided on.")
    proof_line: str = Field(
        description="The line for the file at proof_path on the body’s website, one way to show it."
    )
    proof_path: str
    made_at: dt.datetime
    decided_at: dt.datetime | None


class IdentityShape(Shape):
    """Whom the organisation acts for now, and what it claimed before."""

    claim: ClaimShape | None
    past: list[ClaimShape]


class ClaimGiven(Given):
    """A body that is known."""

    body: Id


class NewBodyGiven(Given):
    """A body that is not known yet."""

    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300, pattern=r"^[^\x00]+$")]
    country: Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[^\x00]*$")]
    kind: Literal[
        "higher-education", "vocational", "company", "ngo", "authority", "agency", "alliance", "other"
    ] = "other"
    homepage: Annotated[
        str,
        StringConstraints(
            strict=True, max_length=200, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?)?$"
        ),
    ] = ""
    legal_id: Annotated[str, StringConstraints(strict=True, max_length=80, pattern=r"^[ -~]*$")] = Field(
        default="", description="As in seal certificates, such as NTRNL-12345678."
    )


class CheckGiven(Given):
    """How it is to be shown."""

    way: Literal["website", "seal"]


@operation("GET", "/identity", {200: IdentityShape}, capability="organisation.view")
def read_identity(request: HttpRequest) -> IdentityShape:
    """Whom the organisation says that it acts for, and how that was shown."""
    own = caller(request).organisation
    live = queries.live_claim(own)
    past = own.claims.exclude(pk=live.pk if live else "").select_related("body")
    return IdentityShape(claim=shape(live) if live else None, past=[shape(one) for one in past])


@operation("POST", "/identity/claim", {201: ClaimShape}, capability="identity.claim", links=CLAIMED,
           example={"body": "AAAAAAAAAAAAAAAAAAAAAA"})  # fmt: skip
def claim_body(request: HttpRequest, body: ClaimGiven) -> Answer:
    """Say that the organisation acts for a body that is known."""
    who = caller(request)
    found = Body.objects.filter(pk=body.body, is_confirmed=True).first()
    if found is None:
        raise Http404
    return Answer(shape(domain.claim_body(by=who.person, organisation=who.organisation, body=found)))


@operation("POST", "/identity/claim-of-new-body", {201: ClaimShape}, capability="identity.claim",
           example={"name": "Harbour College", "country": "NLD", "legal_id": "NTRNL-12345678"})  # fmt: skip
def claim_new_body(request: HttpRequest, body: NewBodyGiven) -> Answer:
    """Say that the organisation acts for a body that is not known yet; it is shown to nobody before that is established."""
    who = caller(request)
    values = {**body.model_dump(), "kind": BodyKind(body.kind)}
    return Answer(shape(domain.claim_new_body(by=who.person, organisation=who.organisation, **values)))


@operation("POST", "/identity/claim/check", {200: ClaimShape}, capability="identity.claim", misses=True, repeats=True,
           example={"way": "website"})  # fmt: skip
def check_identity(request: HttpRequest, body: CheckGiven) -> ClaimShape:
    """Look now whether it shows: the proof line lies on the body’s website, or the organisation’s seal names the body’s identifier.

    A name that differs, or could be taken for another’s, is held for a reviewer all the same.
    """
    who = caller(request)
    found = queries.live_claim(who.organisation)
    if found is None:
        raise Http404
    if body.way == "seal":
        return shape(domain.check_seal(claim=found, by=who.person, anchors=outside.anchors()))
    return shape(domain.check_website(claim=found, by=who.person, fetcher=outside.fetcher()))


@operation("POST", "/identity/claim/withdrawal", {200: ClaimShape}, capability="identity.claim", misses=True)
def withdraw_claim(request: HttpRequest) -> ClaimShape:
    """Take it back; from then on everything issued is a test."""
    who = caller(request)
    found = queries.live_claim(who.organisation)
    if found is None:
        raise Http404
    return shape(domain.withdraw(claim=found, by=who.person))


def shape(one: Claim) -> ClaimShape:
    """As it is answered."""
    return ClaimShape(
        id=one.id, body=one.body_id, body_name=one.body.name, legal_id=one.legal_id, state=one.state, method=one.method,
        held_because=[each["reason"] for each in one.reasons], review=one.review, proof_line=domain.proof_line(one),
        proof_path=domain.WELL_KNOWN, made_at=one.made_at, decided_at=one.decided_at,
    )  # fmt: skip
