"""The token's person and organisation, its people, and its numbers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.db.models import Count
from django.http import Http404, HttpRequest
from pydantic import Field

from tessella_web.accounts import domain
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.accounts.permissions import roles_of
from tessella_web.accounts.queries import workspaces_of
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import STANDING, Award, AwardingRules, AwardState

operation = Table("Organisation")

RoleName = Literal[
    "owner",
    "coordinator",
    "assessor",
    "reviewer",
    "learner-representative",
    "sealer",
    "associate",
    "counsellor",
    "guest",
]
"""What somebody does in an organisation."""


class OrganisationBrief(Shape):
    """An organisation."""

    slug: str = Field(description="Its short name.")
    name: str


class OrganisationFull(OrganisationBrief):
    """An organisation with what decides how it awards."""

    kind: str
    country: str
    region: str
    language: str
    languages: list[str]
    website: str
    legal_id: str
    is_established: bool = Field(
        description="Whether it was shown who stands behind it; until then it issues tests only."
    )
    is_held: bool = Field(
        description="Whether the name could be taken for another’s: then nothing is published or awarded."
    )
    approval_threshold: int = Field(description="Awards that one person may start alone.")
    remind_after_days: int
    remind_at_most: int
    claim_days: int


class TokenShape(Shape):
    """What the token that was sent is."""

    name: str
    scopes: list[str]
    expires_at: dt.datetime


class Me(Shape):
    """For whom the token acts, and where."""

    name: str
    roles: list[str] = Field(description="In the organisation of the token.")
    organisation: OrganisationBrief | None = Field(description="Null: the token is for the person alone.")
    organisations: list[OrganisationBrief] = Field(
        description="All that the person works in; each needs a token of its own."
    )
    token: TokenShape


class PersonShape(Shape):
    """Somebody who works in the organisation."""

    id: str
    name: str
    roles: list[str]


class People(Shape):
    """Everybody who works in the organisation, by name."""

    items: list[PersonShape]


class Statistics(Shape):
    """Numbers about the organisation; nobody in particular."""

    versions: int = Field(description="Published versions that are not withdrawn.")
    awarded: int = Field(description="Awards that were made and stand.")
    claimed: int = Field(description="Of these, taken by their learners.")
    suspended: int
    revoked: int
    tests: int = Field(description="Of the awards that stand, those marked as a test.")


class RulesGiven(Given):
    """How the organisation awards; what is left out stays."""

    approval_threshold: Annotated[int, Field(ge=0, le=5000)] | None = Field(
        default=None, description="Awards that one person may start alone."
    )
    remind_after_days: Annotated[int, Field(ge=1, le=365)] | None = Field(
        default=None, description="Days until a learner is reminded."
    )
    remind_at_most: Annotated[int, Field(ge=0, le=10)] | None = Field(
        default=None, description="Reminders at most."
    )
    claim_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        default=None, description="Days that a claim link works."
    )


@operation("GET", "/me", {200: Me})
def me(request: HttpRequest) -> Me:
    """For whom the token acts, where, and with which scopes."""
    who = caller(request)
    return Me(
        name=who.person.name,
        roles=sorted(str(one) for one in roles_of(who.person, who.place)) if who.place else [],
        organisation=_brief(who.place) if who.place else None,
        organisations=[_brief(one) for one in workspaces_of(who.person)],
        token=TokenShape(name=who.token.name, scopes=who.token.scopes, expires_at=who.token.expires_at),
    )


@operation("GET", "/organisation", {200: OrganisationFull}, capability="organisation.view")
def read_organisation(request: HttpRequest) -> OrganisationFull:
    """The organisation of the token."""
    return full(caller(request).organisation)


@operation(
    "PATCH",
    "/organisation",
    {200: OrganisationFull},
    capability="organisation.manage",
    example={"approval_threshold": 50},
)
def change_organisation(request: HttpRequest, body: RulesGiven) -> OrganisationFull:
    """Say how the organisation awards, such as how many awards one person may start alone."""
    who = caller(request)
    batches.set_rules(by=who.person, organisation=who.organisation, **body.model_dump(exclude_none=True))
    return full(who.organisation)


@operation("GET", "/people", {200: People}, capability="organisation.view",
           links={"give_role": {"person": "$response.body#/items/0/id"}})  # fmt: skip
def list_people(request: HttpRequest) -> People:
    """Who works in the organisation, and in which roles."""
    found: dict[str, PersonShape] = {}
    members = Membership.objects.filter(Membership.standing(), organisation=caller(request).organisation)
    for one in members.select_related("person").order_by("person__name", "person_id", "role"):
        shape = found.setdefault(one.person_id, PersonShape(id=one.person_id, name=one.person.name, roles=[]))
        shape.roles.append(one.role)
    return People(items=list(found.values()))


@operation("PUT", "/people/{person}/roles/{role}", {200: PersonShape}, capability="organisation.manage")
def give_role(request: HttpRequest, person: Id, role: RoleName) -> PersonShape:
    """Give a role to somebody who works in the organisation already; people who do not are invited."""
    who, found = caller(request), person_of(request, person)
    domain.give_role(by=who.person, organisation=who.organisation, person=found, role=Role(role))
    return shape(request, found)


@operation("DELETE", "/people/{person}/roles/{role}", {204: None}, capability="organisation.manage")
def take_role(request: HttpRequest, person: Id, role: RoleName) -> Answer:
    """Take a role away. An organisation keeps an owner."""
    who, found = caller(request), person_of(request, person)
    if Role(role) not in roles_of(found, who.organisation):
        raise Http404
    domain.take_role(by=who.person, organisation=who.organisation, person=found, role=Role(role))
    return Answer()


@operation("GET", "/statistics", {200: Statistics}, capability="statistics.view")
def statistics(request: HttpRequest) -> Statistics:
    """How much was published, awarded and claimed."""
    organisation = caller(request).organisation
    awards = Award.objects.filter(organisation=organisation)
    standing = awards.filter(state__in=STANDING).exclude(state=AwardState.PLANNED)
    by_state = dict(awards.order_by().values_list("state").annotate(Count("pk")))
    return Statistics(
        versions=Version.objects.filter(organisation=organisation, withdrawn_at__isnull=True).count(),
        awarded=standing.count(),
        claimed=standing.filter(claimed_at__isnull=False).count(),
        suspended=by_state.get(AwardState.SUSPENDED, 0),
        revoked=by_state.get(AwardState.REVOKED, 0),
        tests=standing.filter(is_test=True).count(),
    )


def person_of(request: HttpRequest, id: str) -> Person:
    """Somebody who works in the organisation of the token.

    Raises:
        Http404: they do not.
    """
    found = (
        Person.objects.filter(pk=id, memberships__organisation=caller(request).organisation)
        .distinct()
        .first()
    )
    if found is None:
        raise Http404
    return found


def shape(request: HttpRequest, person: Person) -> PersonShape:
    """As it is answered."""
    roles = sorted(str(one) for one in roles_of(person, caller(request).organisation))
    return PersonShape(id=person.id, name=person.name, roles=roles)


def _brief(one: Organisation) -> OrganisationBrief:
    return OrganisationBrief(slug=one.slug, name=one.name)


def full(one: Organisation) -> OrganisationFull:
    """As it is answered."""
    rules = AwardingRules.of(one)
    return OrganisationFull(
        slug=one.slug, name=one.name, kind=one.kind, country=one.country, region=one.region, language=one.language,
        languages=one.languages, website=one.website, legal_id=one.legal_id, is_established=one.is_established, is_held=one.is_held,
        approval_threshold=rules.approval_threshold, remind_after_days=rules.remind_after_days,
        remind_at_most=rules.remind_at_most, claim_days=rules.claim_days,
    )  # fmt: skip
