"""Members of alliances, what they award together, and the part of each member in it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.common.models import Identified
from tessella_web.credentials.models import Batch

__all__ = ["JointBatch", "Membership", "MembershipState", "Part", "PartState"]

PERSON = settings.AUTH_USER_MODEL


class MembershipState(models.TextChoices):
    """How a member stands to its alliance."""

    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Member")
    LEFT = "left", _("Left")


class Membership(Identified):
    """An organisation in an alliance: it accepts the invitation itself, and can leave at any time."""

    alliance = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="alliance_members")
    member = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="alliances")
    state = models.CharField(max_length=10, choices=MembershipState.choices, default=MembershipState.INVITED)
    invited_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["member__name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alliance", "member"], condition=~Q(state="left"), name="one_membership_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(alliance=F("member")), name="no_member_of_itself"),
        ]


class JointBatch(Identified):
    """A class list that was handed to the members of an alliance. The learners stand in the batches of the parts."""

    alliance = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="joint_batches")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=200, blank=True)
    formats: Any = models.JSONField(default=list)
    learners = models.PositiveIntegerField()
    prepared_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-made_at"]


class PartState(models.TextChoices):
    """What a member has done about it."""

    WAITING = "waiting", _("Waiting for its seal")
    TAKEN = "taken", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Left the alliance before")


class Part(Identified):
    """One member's part: a batch of its own, which it approves and seals with its own keys, whenever it does."""

    joint = models.ForeignKey(JointBatch, on_delete=models.CASCADE, related_name="parts")
    member = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="alliance_parts")
    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="alliance_part")
    state = models.CharField(max_length=10, choices=PartState.choices, default=PartState.WAITING)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["member__name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["joint", "member"], name="one_part_each")]
