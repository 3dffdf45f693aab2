"""The verbs of alliances. Each member approves and seals its own part; nobody waits for anybody.

An alliance needs no legal personality: it describes, assures quality and hands class lists out; the awarding bodies are its
members, and every copy is one member's, under its own key and in its own status list.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue.models import Version
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.alliances.models import (
    JointBatch,
    Membership,
    MembershipState,
    Part,
    PartState,
)
from tessella_web.credentials.alliances.queries import active_members
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.lists import MAX_UPLOAD_BYTES, on_statement, person_of, rows_of, table_of
from tessella_web.credentials.domain.sealers import choices
from tessella_web.credentials.models import STANDING, Award, Batch, Row, RowState, Stage

__all__ = [
    "MAX_MEMBERS",
    "ListProblemsError",
    "accept",
    "decline",
    "hand_out",
    "invite",
    "leave",
    "possible_formats",
    "seal",
]

MAX_MEMBERS = 40
"""The largest European alliances have a dozen; each member's copies are sealed by themselves."""


class ListProblemsError(RefusedError):
    """The class list has rows that cannot be awarded; ``rows`` are they."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(
            _("The list has rows with problems. Several organisations get it, so it has to be right."),
            code="alliance.list",
            field="file",
            hint=_("Correct the cells below and upload it again."),
        )
        self.rows = rows


# --- members ------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, by: Person, alliance: Organisation, member: Organisation) -> Membership:
    """Ask an organisation to be a member; it accepts itself.

    Raises:
        RefusedError: at ``member``: ``alliance.self``, ``alliance.known``, ``alliance.full``.
    """
    require(by, alliance, "organisation.manage")
    Organisation.objects.select_for_update().get(pk=alliance.pk)
    present = Membership.objects.filter(alliance=alliance).exclude(state=MembershipState.LEFT)
    if member.pk == alliance.pk:
        raise _refused(_("An alliance is not its own member."), "self", "member", _("Choose another organisation."))  # fmt: skip
    if present.filter(member=member).exists():
        raise _refused(_("It is invited or a member already."), "known", "member", _("Choose another organisation."))  # fmt: skip
    if present.count() >= MAX_MEMBERS:
        raise _refused(_("An alliance has at most %(count)s members.") % {"count": MAX_MEMBERS}, "full", "member", _("Found a second one."))  # fmt: skip
    made = Membership.objects.create(alliance=alliance, member=member, invited_by=by)
    _tell("alliance.invited", made, by, alliance)
    return made


@transaction.atomic
def accept(*, by: Person, membership: Membership) -> Membership:
    """The invited organisation says yes."""
    require(by, membership.member, "organisation.manage")
    found = _membership(membership, MembershipState.INVITED)
    found.state, found.since = MembershipState.ACTIVE, timezone.now()
    found.save(update_fields=["state", "since"])
    _tell("alliance.joined", found, by, found.member)
    return found


@transaction.atomic
def leave(*, by: Person, membership: Membership) -> Membership:
    """The member leaves, or declines the invitation, or the alliance ends the membership.

    What the member has sealed stays good; what waited for its seal is withdrawn, with what was read of the learners. The others
    are not touched.
    """
    is_members = may(by, membership.member, "organisation.manage")
    side = membership.member if is_members else membership.alliance
    require(by, side, "organisation.manage")
    found = _membership(membership, MembershipState.INVITED, MembershipState.ACTIVE)
    found.state, found.left_at = MembershipState.LEFT, timezone.now()
    found.save(update_fields=["state", "left_at"])
    waiting = Part.objects.filter(
        member=found.member, joint__alliance=found.alliance, state=PartState.WAITING
    )
    for part in waiting.select_related("batch"):
        _drop(part, PartState.WITHDRAWN, by)
    _tell("alliance.left", found, by, side)
    return found


# --- awarding together --------------------------------------------------------------------------------


def possible_formats(version: Version) -> dict[str, list[str]]:
    """By format the names of the members that can make it now."""
    found: dict[str, list[str]] = {}
    for member in active_members(version.organisation):
        for choice in choices(version, member):
            found.setdefault(choice.name, [])
            if not choice.reason:
                found[choice.name].append(member.name)
    return found


def hand_out(
    *,
    by: Person,
    version: Version,
    file_name: str,
    data: bytes,
    formats: Sequence[str],
    is_suspendable: bool = False,
) -> JointBatch:
    """Give a class list to all members for their approval and their seals.

    Raises:
        RefusedError: ``alliance.no-members``; at ``file`` or ``formats``; ``alliance.not-awarding``, a member is not among the
            awarding bodies of the description.
        ListProblemsError: rows that cannot be awarded.
    """
    alliance = version.organisation
    require(by, alliance, "batch.prepare")
    members = active_members(alliance)
    if not members:
        raise _refused(_("The alliance has no members yet."), "no-members", "file", _("Invite them, and have them accept."))  # fmt: skip
    if version.is_withdrawn:
        raise _refused(_("This version was withdrawn; it is not awarded any more."), "withdrawn", "version", _("Choose the version that took its place."))  # fmt: skip
    _check_awarding(version, members)
    if not formats or not set(formats) <= set(possible_formats(version)):
        raise _refused(_("Choose at least one format."), "formats", "formats", _("Members make those for which they have the keys."))  # fmt: skip
    name = Path(file_name.replace("\\", "/")).name[-150:]
    rows = _rows(by, version, name, data)
    return _handed(by, version, members, rows, name, formats, is_suspendable)


def _check_awarding(version: Version, members: Sequence[Organisation]) -> None:
    bodies = version.record().awarding_bodies
    names = {name.casefold() for body in bodies for name in body.name.values()}
    ids = {body.legal_id for body in bodies if body.legal_id}
    others = [one.name for one in members if one.name.casefold() not in names and one.legal_id not in ids]
    if others:
        raise _refused(
            _("The description does not name as awarding bodies: %(names)s.") % {"names": ", ".join(others)},
            "not-awarding", "version", _("Add them to its awarding bodies and publish it anew, or end their membership."),
        )  # fmt: skip


def _rows(by: Person, version: Version, name: str, data: bytes) -> list[Row]:
    if len(data) > MAX_UPLOAD_BYTES:
        raise _refused(
            _("The file is too large."), "too-large", "file", _("Remove pictures, or split the list.")
        )
    try:
        table = table_of(name, data)
        rows = rows_of(by, version, table, on_statement(by, version, table, field="file"))
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint, field="file") from error
    wrong = [row for row in rows if row.state == RowState.PROBLEM]
    if wrong:
        raise ListProblemsError(wrong)
    good = [row for row in rows if row.state == RowState.GOOD]
    if not good:
        raise _refused(_("The list has no learners who passed."), "empty", "file", _("Write one learner in each row below the headings."))  # fmt: skip
    return good


@transaction.atomic
def _handed(
    by: Person,
    version: Version,
    members: Sequence[Organisation],
    rows: Sequence[Row],
    source: str,
    formats: Sequence[str],
    is_suspendable: bool,
) -> JointBatch:
    joint = JointBatch.objects.create(
        alliance=version.organisation, version=version, source=source, formats=list(dict.fromkeys(formats)),
        learners=len(rows), prepared_by=by,
    )  # fmt: skip
    for member in members:
        batch = Batch.objects.create(
            organisation=member, version=version, source=source, stage=Stage.APPROVAL, needs_approval=True,
            formats=_makeable(version, member, formats) or list(formats), is_suspendable=is_suspendable,
            is_test=not member.is_established, prepared_by=by,
        )  # fmt: skip
        Row.objects.bulk_create(_own_rows(batch, rows), batch_size=500)
        Part.objects.create(joint=joint, member=member, batch=batch)
    audit.record(
        "alliance.handed-out", f"joint:{joint.id}", actor_id=by.id, organisation=version.organisation_id,
        facts={"version": version.id, "learners": len(rows), "members": [one.id for one in members]},
    )  # fmt: skip
    return joint


def _own_rows(batch: Batch, rows: Sequence[Row]) -> list[Row]:
    """The rows for one member, which knows its learners by pseudonyms of its own."""
    made = [
        Row(
            batch=batch,
            number=row.number,
            state=RowState.GOOD,
            entry=row.entry,
            person=person_of(batch.organisation, row.read()),
        )
        for row in rows
    ]
    standing = Award.objects.filter(
        version=batch.version, person__in=[one.person for one in made], state__in=STANDING
    )
    have = set(standing.values_list("person", flat=True))
    for row in made:
        if row.person in have:
            row.state = RowState.ALREADY
    return made


def _makeable(version: Version, member: Organisation, formats: Sequence[str]) -> list[str]:
    possible = {one.name for one in choices(version, member) if not one.reason}
    return [name for name in formats if name in possible]


@transaction.atomic
def seal(*, by: Person, part: Part) -> Part:
    """A member approves its part: it is sealed with the member's keys, in the formats that these allow.

    Raises:
        RefusedError: ``alliance.no-key``, the member has no key for any of the formats; ``alliance.decided``.
        NotAllowedError: ``batch.own``, whoever prepared the list cannot approve it.
    """
    require(by, part.member, "batch.approve")
    found = _waiting(part)
    formats = _makeable(found.joint.version, found.member, found.joint.formats)
    if not formats:
        raise _refused(
            _("%(name)s has no key for any of these formats.") % {"name": found.member.name},
            "no-key", "", _("Make one under “Keys”; the other members go on meanwhile."),
        )  # fmt: skip
    Batch.objects.filter(pk=found.batch_id).update(formats=formats, is_test=not found.member.is_established)
    batches.approve(by=by, batch=found.batch)
    return _decided(found, PartState.TAKEN, by)


@transaction.atomic
def decline(*, by: Person, part: Part, reason: str) -> Part:
    """A member does not seal its part; what was read of the learners is deleted there. The others are not touched."""
    require(by, part.member, "batch.approve")
    if not reason.strip():
        raise _refused(_("Say why."), "no-reason", "reason", _("One sentence; the alliance reads it."))
    found = _waiting(part)
    found.reason = reason.strip()
    return _drop(found, PartState.DECLINED, by)


def _drop(part: Part, state: PartState, by: Person) -> Part:
    Batch.objects.filter(pk=part.batch_id).update(stage=Stage.CANCELLED)
    part.batch.rows.all().delete()
    return _decided(part, state, by)


def _decided(part: Part, state: PartState, by: Person) -> Part:
    part.state, part.decided_by, part.decided_at = state, by, timezone.now()
    part.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    audit.record(
        f"alliance.part-{state}", f"joint:{part.joint_id}", actor_id=by.id, organisation=part.member_id,
        facts={"batch": part.batch_id},
    )  # fmt: skip
    return part


def _waiting(part: Part) -> Part:
    found = (
        Part.objects.select_for_update(of=("self",))
        .select_related("joint__version__organisation", "member", "batch__organisation")
        .get(pk=part.pk)
    )
    if found.state != PartState.WAITING or found.batch.stage != Stage.APPROVAL:
        raise _refused(_("Your organisation has decided this already."), "decided", "", _("Load the page again."))  # fmt: skip
    return found


def _membership(membership: Membership, *states: MembershipState) -> Membership:
    found = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("alliance", "member")
        .get(pk=membership.pk)
    )
    if found.state not in states:
        raise _refused(_("The membership is: %(state)s.") % {"state": found.get_state_display()}, "state", "", _("Load the page again."))  # fmt: skip
    return found


def _refused(message: str, code: str, field: str, hint: str) -> RefusedError:
    return RefusedError(message, code=f"alliance.{code}", field=field, hint=hint)


def _tell(verb: str, membership: Membership, by: Person, organisation: Organisation) -> None:
    audit.record(
        verb, f"membership:{membership.id}", actor_id=by.id, organisation=organisation.id,
        facts={"alliance": membership.alliance_id, "member": membership.member_id},
    )  # fmt: skip
