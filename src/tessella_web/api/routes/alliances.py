"""Alliances: members, class lists that are handed to them, and what waits for the organisation's own seal."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.models import Organisation
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.problems import FieldProblem, ProblemError
from tessella_web.api.routes.batches import Prepare, PrepareFileQuery, as_list, version_of
from tessella_web.catalogue.models import Version
from tessella_web.credentials.alliances import domain, queries
from tessella_web.credentials.alliances.models import JointBatch, Membership, Part

operation = Table("Alliances")

JOINED = {"accept_membership": {"id": "$response.body#/id"}, "leave_alliance": {"id": "$response.body#/id"}}

FIRST_ROW = 2
"""Numbers of rows are those of a sheet with its headings."""

MAX_TOLD = 20
"""Rows with problems that one answer names: who has more looks at the list itself."""


class MembershipShape(Shape):
    """An organisation in an alliance."""

    id: str
    alliance: str = Field(description="Short name.")
    member: str = Field(description="Short name.")
    member_name: str
    state: str = Field(description="invited, active or left.")
    since: dt.datetime | None
    left_at: dt.datetime | None


class Memberships(Shape):
    """The alliances an organisation belongs to or is invited to."""

    items: list[MembershipShape]


class PartShape(Shape):
    """One member's part of a class list that was handed out."""

    id: str
    joint: str
    alliance: str = Field(description="Short name.")
    member: str = Field(description="Short name.")
    title: str
    batch: str = Field(description="The member’s own batch.")
    state: str = Field(description="waiting, taken, declined or withdrawn.")
    stage: str = Field(description="Of the batch.")
    formats: list[str]
    decided_at: dt.datetime | None
    reason: str = Field(description="Why it was declined.")


class JointBrief(Shape):
    """A class list that was handed to the members."""

    id: str
    micro_credential: str
    number: int
    title: str
    learners: int
    formats: list[str]
    source: str
    made_at: dt.datetime


class JointFull(JointBrief):
    """A class list with each member's part."""

    parts: list[PartShape]


class InviteMember(Given):
    """An organisation to be a member."""

    organisation: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = (
        Field(description="Its short name.")
    )


class HandOut(Prepare):
    """A class list for all members."""


class NoGiven(Given):
    """Why not."""

    reason: Text


@operation("GET", "/alliance/members", {200: Listing[MembershipShape]}, capability="organisation.view")
def list_members(request: HttpRequest, query: Query[PageQuery]) -> Listing[MembershipShape]:
    """The members of the organisation, where it is an alliance: those invited and those who left, too, the last invited first."""
    return listed(
        request,
        queries.members_of(caller(request).organisation).select_related("member", "alliance"),
        query,
        _membership,
    )


@operation("POST", "/alliance/members", {201: MembershipShape}, capability="organisation.manage", links=JOINED,
           example={"organisation": "hill"})  # fmt: skip
def invite_member(request: HttpRequest, body: InviteMember) -> Answer:
    """Ask an organisation to be a member; an owner there accepts."""
    who = caller(request)
    member = Organisation.objects.filter(slug=body.organisation).first()
    if member is None:
        raise Http404
    return Answer(_membership(domain.invite(by=who.person, alliance=who.organisation, member=member)))


@operation("GET", "/memberships", {200: Memberships}, capability="organisation.view",
           links={"accept_membership": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_memberships(request: HttpRequest) -> Memberships:
    """The alliances that the organisation belongs to or is invited to."""
    return Memberships(
        items=[_membership(one) for one in queries.memberships_of(caller(request).organisation)]
    )


@operation("POST", "/memberships/{id}/acceptance", {200: MembershipShape}, capability="organisation.manage")
def accept_membership(request: HttpRequest, id: Id) -> MembershipShape:
    """The invited organisation says yes."""
    who = caller(request)
    return _membership(
        domain.accept(
            by=who.person, membership=_found(id, Membership.objects.filter(member=who.organisation))
        )
    )


@operation("POST", "/memberships/{id}/end", {200: MembershipShape}, capability="organisation.manage")
def leave_alliance(request: HttpRequest, id: Id) -> MembershipShape:
    """Leave an alliance, decline its invitation, or end a membership as the alliance. What was sealed stays good."""
    who = caller(request)
    own = Membership.objects.filter(member=who.organisation) | Membership.objects.filter(
        alliance=who.organisation
    )
    return _membership(domain.leave(by=who.person, membership=_found(id, own)))


@operation("GET", "/alliance/batches", {200: Listing[JointBrief]}, capability="batch.view",
           links={"read_joint_batch": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_joint_batches(request: HttpRequest, query: Query[PageQuery]) -> Listing[JointBrief]:
    """Class lists that the organisation handed to its members, the last first."""
    found = JointBatch.objects.filter(alliance=caller(request).organisation).select_related("version")
    return listed(request, found, query, _brief)


@operation("POST", "/alliance/batches", {201: JointFull}, capability="batch.prepare",
           links={"read_joint_batch": {"id": "$response.body#/id"}}, example={
    "micro_credential": "AAAAAAAAAAAAAAAAAAAAAA", "number": 1, "formats": ["openbadge"],
    "rows": [{"given_name": "Anna", "family_name": "Jansen", "email": "anna@example.org", "result": "passed"}],
})  # fmt: skip
def hand_out(request: HttpRequest, body: HandOut) -> Answer:
    """Give a class list to all members, each for its own approval and seal. Every row has to be right."""
    version = version_of(request, body.micro_credential, body.number)
    return _handed(request, version, as_list(body.rows), "rows.csv", body.formats, body.is_suspendable)


@operation("POST", "/alliance/batches/from-file", {201: JointFull}, capability="batch.prepare", takes_file=True,
           links={"read_joint_batch": {"id": "$response.body#/id"}})  # fmt: skip
def hand_out_from_file(request: HttpRequest, query: Query[PrepareFileQuery]) -> Answer:
    """Give a class list that is a spreadsheet (.xlsx or .csv) to all members: the body is the file."""
    version = version_of(request, query.micro_credential, query.number)
    is_suspendable = query.is_suspendable == "true"
    return _handed(request, version, request.body, query.file_name, query.formats, is_suspendable)


@operation("GET", "/alliance/batches/{id}", {200: JointFull}, capability="batch.view")
def read_joint_batch(request: HttpRequest, id: Id) -> JointFull:
    """A class list that was handed out: who has sealed, who is late, who declined."""
    found = JointBatch.objects.filter(pk=id, alliance=caller(request).organisation)
    joint = found.select_related("version", "alliance").first()
    if joint is None:
        raise Http404
    return _joint(joint)


@operation("GET", "/parts", {200: Listing[PartShape]}, capability="batch.view",
           links={"read_part": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def waiting_parts(request: HttpRequest, query: Query[PageQuery]) -> Listing[PartShape]:
    """What waits for the organisation’s own seal, the oldest first."""
    return listed(request, queries.waiting_parts(caller(request).organisation), query, _part, by="made_at")


@operation("GET", "/parts/{id}", {200: PartShape}, capability="batch.view",
           links={"batch_rows": {"id": "$response.body#/batch"}, "seal_part": {"id": "$response.body#/id"}})  # fmt: skip
def read_part(request: HttpRequest, id: Id) -> PartShape:
    """The organisation’s own part of a class list; its learners stand in the batch."""
    return _part(_own(request, id))


@operation("POST", "/parts/{id}/seal", {200: PartShape}, capability="batch.approve")
def seal_part(request: HttpRequest, id: Id) -> PartShape:
    """Approve the own part and seal it with the own keys. Who prepared the list cannot."""
    domain.seal(by=caller(request).person, part=_own(request, id))
    return _part(_own(request, id))


@operation("POST", "/parts/{id}/decline", {200: PartShape}, capability="batch.approve",
           example={"reason": "Not our learners."})  # fmt: skip
def decline_part(request: HttpRequest, id: Id, body: NoGiven) -> PartShape:
    """Do not seal the own part; what was read of the learners is deleted here. The other members are not held up."""
    domain.decline(by=caller(request).person, part=_own(request, id), reason=body.reason)
    return _part(_own(request, id))


def _found(id: str, among: QuerySet[Membership]) -> Membership:
    found = among.filter(pk=id).select_related("alliance", "member").first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest, id: str) -> Part:
    found = Part.objects.filter(pk=id, member=caller(request).organisation)
    part = found.select_related("joint__alliance", "joint__version__organisation", "batch", "member").first()
    if part is None:
        raise Http404
    return part


def _handed(
    request: HttpRequest,
    version: Version,
    data: bytes,
    file_name: str,
    formats: list[str],
    is_suspendable: bool,
) -> Answer:
    try:
        made = domain.hand_out(
            by=caller(request).person, version=version, file_name=file_name, data=data, formats=formats,
            is_suspendable=is_suspendable,
        )  # fmt: skip
    except domain.ListProblemsError as error:
        told = [
            FieldProblem(
                pointer=f"#/rows/{row.number - FIRST_ROW}", detail=f"{each['column']}: {each['message']}"
            )
            for row in error.rows
            for each in row.problems
        ]
        raise ProblemError(
            409, error.code, error.message, hint=_("Correct the rows that are named, and send the list again."),
            errors=told[:MAX_TOLD],
        ) from error  # fmt: skip
    return Answer(_joint(made), {"Location": f"/api/v1/alliance/batches/{made.id}"})


def _membership(one: Membership) -> MembershipShape:
    return MembershipShape(
        id=one.id, alliance=one.alliance.slug, member=one.member.slug, member_name=one.member.name, state=one.state,
        since=one.since, left_at=one.left_at,
    )  # fmt: skip


def _brief(one: JointBatch) -> JointBrief:
    return JointBrief(
        id=one.id, micro_credential=one.version.description_id, number=one.version.number, title=one.version.title,
        learners=one.learners, formats=one.formats, source=one.source, made_at=one.made_at,
    )  # fmt: skip


def _joint(one: JointBatch) -> JointFull:
    parts = queries.parts_of(one).select_related("joint__alliance", "joint__version", "batch", "member")
    return JointFull(**_brief(one).model_dump(), parts=[_part(part) for part in parts])


def _part(one: Part) -> PartShape:
    return PartShape(
        id=one.id, joint=one.joint_id, alliance=one.joint.alliance.slug, member=one.member.slug, title=one.joint.version.title,
        batch=one.batch_id, state=one.state, stage=one.batch.stage, formats=one.joint.formats, decided_at=one.decided_at,
        reason=one.reason,
    )  # fmt: skip
