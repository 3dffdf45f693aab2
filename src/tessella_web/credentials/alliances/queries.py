"""Reads about alliances."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet

from tessella_web.accounts.models import Organisation
from tessella_web.credentials.alliances.models import (
    JointBatch,
    Membership,
    MembershipState,
    Part,
    PartState,
)
from tessella_web.credentials.models import Award, AwardState, Batch, Mail, Stage

__all__ = [
    "active_members",
    "joint_batches",
    "members_of",
    "memberships_of",
    "not_told_yet",
    "parts_of",
    "together",
    "waiting_parts",
]


def members_of(alliance: Organisation) -> QuerySet[Membership]:
    """Members and those invited, by name; those who left, too."""
    return Membership.objects.filter(alliance=alliance).select_related("member")


def active_members(alliance: Organisation) -> list[Organisation]:
    """Who is a member now."""
    found = members_of(alliance).filter(state=MembershipState.ACTIVE)
    return [one.member for one in found]


def memberships_of(member: Organisation) -> QuerySet[Membership]:
    """The alliances that an organisation belongs to or is invited to."""
    return (
        Membership.objects.filter(member=member)
        .exclude(state=MembershipState.LEFT)
        .select_related("alliance", "member")
    )


def joint_batches(alliance: Organisation) -> QuerySet[JointBatch]:
    """What was handed to the members, the newest first, with how many of them have sealed."""
    return (
        JointBatch.objects.filter(alliance=alliance)
        .select_related("version")
        .prefetch_related(Prefetch("parts", queryset=Part.objects.select_related("member", "batch")))
    )


def parts_of(joint: JointBatch) -> QuerySet[Part]:
    """The members' parts, with how many awards each has sealed."""
    return (
        Part.objects.filter(joint=joint)
        .select_related("member", "batch", "decided_by")
        .annotate(
            sealed=Count(
                "batch__rows__award", filter=~Q(batch__rows__award__state=AwardState.PLANNED), distinct=True
            )
        )
    )


def waiting_parts(member: Organisation) -> QuerySet[Part]:
    """What waits for a member's seal, the oldest first."""
    return (
        Part.objects.filter(member=member, state=PartState.WAITING, batch__stage=Stage.APPROVAL)
        .select_related("joint__alliance", "joint__version", "batch", "member")
        .order_by("joint__made_at")
    )


def together(award: Award) -> list[Award]:
    """The same learner's awards of the alliance's other members, as far as they have sealed; corrected ones in their present form."""
    first = award
    while first.replaces is not None:
        first = first.replaces
    found = Award.objects.filter(
        row__batch__alliance_part__joint__parts__batch__rows__award=first, row__number=first.row.number
    ).exclude(pk=first.pk)
    shown = []
    for one in found.exclude(state=AwardState.PLANNED).select_related("organisation", "version", "row").order_by("organisation__name"):  # fmt: skip
        while one.state == AwardState.SUPERSEDED and hasattr(one, "replaced_by"):
            one = one.replaced_by  # to the end of the chain
        shown.append(one)
    return shown


def not_told_yet(batch: Batch, awards: QuerySet[Award]) -> QuerySet[Award]:
    """Of a member's awards those whose learners have no mail yet about another member's: one claim link leads to all."""
    part = Part.objects.filter(batch=batch).first()
    if part is None:
        return awards
    told = Mail.objects.filter(award__row__batch__alliance_part__joint=part.joint_id).exclude(
        award__row__batch=batch
    )
    return awards.exclude(row__number__in=told.values("award__row__number"))
