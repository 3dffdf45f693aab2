"""People of the organisation: who is invited, what they do from now on, what is handed on for a time."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import Field

from tessella_web.accounts import domain
from tessella_web.accounts.models import Invitation, Role
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.organisation import PersonShape, RoleName, person_of, shape
from tessella_web.api.routes.shared import Language, address
from tessella_web.catalogue.models import Description

operation = Table("Organisation")

Only = Annotated[list[Id], Field(max_length=200)]
"""Descriptions that an associate is limited to; empty: all."""


class InvitationShape(Shape):
    """Somebody who was asked by mail. Personal data."""

    id: str
    email: str
    roles: list[str]
    until: dt.date | None = Field(description="The day after which the roles end.")
    only: list[str] = Field(description="Descriptions that an associate is limited to; empty: all.")
    invited_at: dt.datetime
    expires_at: dt.datetime


class RolesGiven(Given):
    """What somebody does from now on; nothing: they do not work here any more."""

    roles: Annotated[list[RoleName], Field(max_length=20)]
    until: Day | None = Field(default=None, description="The last day; left out: without an end.")
    only: Only = Field(default=[], description="Descriptions that an associate is limited to; empty: all.")


class InvitationGiven(RolesGiven):
    """Who is asked, to do what."""

    email: Words
    language: Language = Field(default="", description="Of the mail.")


class DelegationGiven(Given):
    """Which role, until when, and why."""

    role: RoleName
    until: Day = Field(description="The last day; a year is the longest.")
    reason: Words = Field(description="Colleagues see it. No health data: “leave” is enough.")


@operation("GET", "/invitations", {200: Listing[InvitationShape]}, capability="organisation.manage",
           links={"withdraw_invitation": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_invitations(request: HttpRequest, query: Query[PageQuery]) -> Listing[InvitationShape]:
    """Invitations that nobody has taken up yet and that still work, the last sent first."""
    found = Invitation.objects.filter(
        organisation=caller(request).organisation, accepted_at=None, withdrawn_at=None,
        expires_at__gt=timezone.now(),
    )  # fmt: skip
    return listed(request, found, query, _invitation)


@operation("POST", "/invitations", {201: InvitationShape}, capability="organisation.manage",
           example={"email": "eva@example.org", "roles": ["assessor"]},
           links={"withdraw_invitation": {"id": "$response.body#/id"}})  # fmt: skip
def invite_person(request: HttpRequest, body: InvitationGiven) -> Answer:
    """Mail somebody a link with which they take up these roles; asking the same address again replaces the link."""
    who = caller(request)
    made = domain.invite(
        by=who.person, organisation=who.organisation, email=address(body.email), roles=_roles(body), until=body.until,
        only=_only(request, body), language=body.language,
    )  # fmt: skip
    return Answer(_invitation(made), {"Location": f"/api/v1/invitations/{made.id}"})


@operation("DELETE", "/invitations/{id}", {204: None}, capability="organisation.manage")
def withdraw_invitation(request: HttpRequest, id: Id) -> Answer:
    """Let the link work no more."""
    who = caller(request)
    found = Invitation.objects.filter(pk=id, organisation=who.organisation).first()
    if found is None or not found.is_open:
        raise Http404
    domain.withdraw_invitation(by=who.person, invitation=found)
    return Answer()


@operation("PUT", "/people/{person}/roles", {200: PersonShape}, capability="organisation.manage",
           example={"roles": ["coordinator", "assessor"], "until": "2027-07-31"})  # fmt: skip
def set_roles(request: HttpRequest, person: Id, body: RolesGiven) -> PersonShape:
    """Say what somebody does from now on; roles that were handed on to them stay until they end. An organisation keeps an owner."""
    who, found = caller(request), person_of(request, person)
    domain.set_roles(
        by=who.person, organisation=who.organisation, person=found, roles=_roles(body), until=body.until,
        only=_only(request, body),
    )  # fmt: skip
    return shape(request, found)


@operation("POST", "/people/{person}/delegations", {200: PersonShape}, capability="role.delegate",
           example={"role": "assessor", "until": "2027-07-31", "reason": "Leave."})  # fmt: skip
def delegate_role(request: HttpRequest, person: Id, body: DelegationGiven) -> PersonShape:
    """Hand a role on to a colleague until a day: an owner any, others their own. Taking the role away ends it earlier."""
    who, found = caller(request), person_of(request, person)
    domain.delegate(
        by=who.person, organisation=who.organisation, to=found, role=Role(body.role), until=body.until,
        reason=body.reason,
    )  # fmt: skip
    return shape(request, found)


def _roles(body: RolesGiven) -> list[Role]:
    """In the order in which they are listed, each once."""
    return [role for role in Role if role in body.roles]


def _only(request: HttpRequest, body: RolesGiven) -> list[str]:
    wanted = set(body.only)
    found = Description.objects.filter(organisation=caller(request).organisation, pk__in=wanted)
    if found.count() != len(wanted):
        raise Http404
    return sorted(wanted)


def _invitation(one: Invitation) -> InvitationShape:
    return InvitationShape(
        id=one.id, email=one.email, roles=one.roles, until=one.until, only=one.only, invited_at=one.made_at,
        expires_at=one.expires_at,
    )  # fmt: skip
