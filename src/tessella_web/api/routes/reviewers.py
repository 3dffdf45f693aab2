"""Who is who: what keepers of registers confirm, what named reviewers decide, and what is known of bodies."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.models import Organisation, Person
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import BodyFull, Day, full
from tessella_web.api.routes.registers import Slug, own_register
from tessella_web.api.routes.versions import Number
from tessella_web.registers import queries
from tessella_web.registers.domain import bodies, identity, naming
from tessella_web.registers.models import Body, Claim, Register, RelationKind, Scheme

operation = Table("Who is who")

MOST = 200
"""Claims or names that one answer lists, as on the pages."""

REVIEWED = {
    "read_claim": {"id": "$response.body#/items/0/id"},
    "decide_claim": {"id": "$response.body#/items/0/id"},
}

SchemeName = Literal[
    "legal", "vat", "national", "did", "deqar", "eter", "ror", "pic", "erasmus", "schac", "whed", "other"
]
"""The kind of an identifier."""


class ClaimBrief(Shape):
    """An organisation says that it acts for a body."""

    id: str
    organisation: str = Field(description="Short name.")
    organisation_name: str
    body: str
    body_name: str
    state: str = Field(description="open, held, established, refused or withdrawn.")
    made_at: dt.datetime


class ClaimForReview(ClaimBrief):
    """What a reviewer looks at."""

    legal_id: str
    method: str = Field(description="How it was shown: domain, register, certificate; empty: not yet.")
    held_because: list[str]
    evidence: dict[str, str]
    review: str


class Claims(Shape):
    """Claims that wait, those that wait longest first."""

    items: list[ClaimBrief]


class HeldName(Shape):
    """An organisation whose name could be taken for another’s."""

    slug: str
    name: str
    alike: list[str] = Field(description="Bodies that it could be taken for, by id.")


class HeldNames(Shape):
    """Names that wait for a reviewer."""

    items: list[HeldName]


class ClaimDecision(Given):
    """What a reviewer decided, and on what."""

    accept: bool
    review: Text = Field(description="Documents and dates; it stays readable.")


class AcceptanceGiven(Given):
    """Whether a register’s word is taken."""

    accept: bool


class AcceptedRegister(Shape):
    """Whether a register’s word is taken on who acts for a body that it lists."""

    slug: str
    is_accepted: bool


class BodyNameGiven(Given):
    """Another name, from a day on."""

    name: Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]
    on: Day


class IdentifierGiven(Given):
    """One more identifier."""

    scheme: SchemeName
    value: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")]
    since: Day | None = None


class RelationGiven(Given):
    """How the body stands to another."""

    kind: Literal["part-of", "member-of", "predecessor-of"]
    other: Id
    since: Day | None = Field(default=None, description="A succession needs its day.")


class EndGiven(Given):
    """Its last day."""

    on: Day


@operation("GET", "/registers/{slug}/claims", {200: Claims}, capability="register.manage",
           links={"confirm_claim": {"claim": "$response.body#/items/0/id", "slug": "$request.path.slug"}})  # fmt: skip
def waiting_claims(request: HttpRequest, slug: Slug) -> Claims:
    """Organisations that say that they act for a body the register lists, and whose word nobody has confirmed yet."""
    found = queries.claims_on_listed(own_register(request, slug), timezone.now().date())
    return Claims(items=[_brief(one) for one in found[:MOST]])


@operation(
    "POST", "/registers/{slug}/claims/{claim}/confirmation", {200: ClaimBrief}, capability="register.manage"
)
def confirm_claim(request: HttpRequest, slug: Slug, claim: Id) -> ClaimBrief:
    """Say as the keeper of a register whose word is taken that an organisation acts for a body that is listed."""
    register = own_register(request, slug)
    found = queries.claims_on_listed(register, timezone.now().date()).filter(pk=claim).first()
    if found is None:
        raise Http404
    return _brief(identity.confirm_by_register(claim=found, by=caller(request).person, register=register))


@operation(
    "GET",
    "/identity-reviews",
    {200: Listing[ClaimBrief]},
    personal="identity:review",
    misses=True,
    links=REVIEWED,
)
def list_claims(request: HttpRequest, query: Query[PageQuery]) -> Listing[ClaimBrief]:
    """Claims that are not settled, the oldest first. For named reviewers of the installation only, as all that follows."""
    _reviewer(request)
    return listed(request, queries.claims_for_review(), query, _brief, by="made_at")


@operation("GET", "/identity-reviews/{id}", {200: ClaimForReview}, personal="identity:review")
def read_claim(request: HttpRequest, id: Id) -> ClaimForReview:
    """One claim: what was shown, and what is odd about it."""
    return _full(_claim(request, id))


@operation("POST", "/identity-reviews/{id}/decision", {200: ClaimForReview}, personal="identity:review",
           example={"accept": True, "review": "Extract of the register of associations of 2026-11-02."})  # fmt: skip
def decide_claim(request: HttpRequest, id: Id, body: ClaimDecision) -> ClaimForReview:
    """Say whether the organisation acts for the body, and what was looked at."""
    found, by = _claim(request, id), caller(request).person
    return _full(identity.decide(claim=found, by=by, accept=body.accept, review=body.review))


@operation("GET", "/held-names", {200: HeldNames}, personal="identity:review", misses=True,
           links={"release_name": {"slug": "$response.body#/items/0/slug"}})  # fmt: skip
def list_held_names(request: HttpRequest) -> HeldNames:
    """Organisations whose name could be taken for another’s, and that claim to act for no body."""
    _reviewer(request)
    return HeldNames(items=[
        HeldName(slug=one.slug, name=one.name, alike=[each.id for each in naming.alike_to(one)])
        for one in queries.held_organisations()
    ])  # fmt: skip


@operation("POST", "/held-names/{slug}/release", {204: None}, personal="identity:review")
def release_name(request: HttpRequest, slug: Slug) -> Answer:
    """Say that a held name is nobody else’s: the organisation may publish and award."""
    by = _reviewer(request)
    found = Organisation.objects.filter(slug=slug, is_held=True).first()
    if found is None:
        raise Http404
    naming.release_name(by=by, organisation=found)
    return Answer()


@operation("PUT", "/registers/{slug}/acceptance", {200: AcceptedRegister}, personal="identity:review",
           example={"accept": True})  # fmt: skip
def accept_register(request: HttpRequest, slug: Slug, body: AcceptanceGiven) -> AcceptedRegister:
    """Take a register’s word on who acts for a body that it lists, or not any more."""
    by = _reviewer(request)
    found = queries.public_registers().filter(slug=slug).first()
    if found is None:
        raise Http404
    identity.accept_register(register=found, by=by, accept=body.accept)
    return AcceptedRegister(slug=slug, is_accepted=Register.objects.get(pk=found.pk).is_accepted)


@operation("POST", "/bodies/{id}/names", {200: BodyFull}, personal="bodies:write",
           example={"name": "Harbour College of Crafts", "on": "2026-09-01"})  # fmt: skip
def rename_body(request: HttpRequest, id: Id, body: BodyNameGiven) -> BodyFull:
    """Record another official name from a day on; the earlier one stays in the history.

    Bodies are described by keepers of accepted registers that list them, and by named reviewers; so with all that follows.
    """
    found, by = _body(request, id)
    bodies.rename(body=found, by=by, name=body.name, on=body.on)
    return full(Body.objects.get(pk=found.pk))


@operation("POST", "/bodies/{id}/identifiers", {200: BodyFull}, personal="bodies:write",
           example={"scheme": "vat", "value": "NL123456789B01"})  # fmt: skip
def add_identifier(request: HttpRequest, id: Id, body: IdentifierGiven) -> BodyFull:
    """Record one more identifier."""
    found, by = _body(request, id)
    bodies.add_identifier(body=found, by=by, scheme=Scheme(body.scheme), value=body.value, since=body.since)
    return full(found)


@operation("POST", "/bodies/{id}/identifiers/{number}/end", {200: BodyFull}, personal="bodies:write",
           example={"on": "2026-08-31"})  # fmt: skip
def end_identifier(request: HttpRequest, id: Id, number: Number, body: EndGiven) -> BodyFull:
    """Record that an identifier is not the body’s any more after a day."""
    found, by = _body(request, id)
    one = found.identifiers.filter(pk=number, valid_to=None).first()
    if one is None:
        raise Http404
    bodies.end_identifier(identifier=one, by=by, on=body.on)
    return full(found)


@operation("POST", "/bodies/{id}/relations", {200: BodyFull}, personal="bodies:write",
           example={"kind": "part-of", "other": "AAAAAAAAAAAAAAAAAAAAAA"})  # fmt: skip
def add_relation(request: HttpRequest, id: Id, body: RelationGiven) -> BodyFull:
    """Record how the body stands to another, which the caller may describe, too."""
    found, by = _body(request, id)
    other = queries.visible_body(body.other, by)
    if other is None:
        raise Http404
    bodies.add_relation(body=found, by=by, kind=RelationKind(body.kind), other=other, since=body.since)
    return full(found)


@operation("POST", "/bodies/{id}/relations/{number}/end", {200: BodyFull}, personal="bodies:write",
           example={"on": "2026-08-31"})  # fmt: skip
def end_relation(request: HttpRequest, id: Id, number: Number, body: EndGiven) -> BodyFull:
    """Record that a relation has ended after a day."""
    found, by = _body(request, id)
    one = found.relations.filter(pk=number, valid_to=None).first()
    if one is None:
        raise Http404
    bodies.end_relation(relation=one, by=by, on=body.on)
    return full(found)


def _reviewer(request: HttpRequest) -> Person:
    by = caller(request).person
    if not queries.is_reviewer(by):
        raise Http404
    return by


def _claim(request: HttpRequest, id: str) -> Claim:
    _reviewer(request)
    found = Claim.objects.select_related("organisation", "body").filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _body(request: HttpRequest, id: str) -> tuple[Body, Person]:
    by = caller(request).person
    found = queries.visible_body(id, by)
    if found is None or not bodies.may_describe(by, found):
        raise Http404
    return found, by


def _brief(one: Claim) -> ClaimBrief:
    return ClaimBrief(
        id=one.id, organisation=one.organisation.slug, organisation_name=one.organisation.name, body=one.body_id,
        body_name=one.body.name, state=one.state, made_at=one.made_at,
    )  # fmt: skip


def _full(one: Claim) -> ClaimForReview:
    return ClaimForReview(
        **_brief(one).model_dump(), legal_id=one.legal_id, method=one.method, review=one.review,
        held_because=[each["reason"] for each in one.reasons],
        evidence={key: value for key, value in one.evidence.items() if isinstance(value, str)},
    )  # fmt: skip
