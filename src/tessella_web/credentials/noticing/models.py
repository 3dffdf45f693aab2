"""When each thing is looked at again, what was noticed, and whom mails are welcome to."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.common.models import Identified
from tessella_web.credentials.models import Award, StatusChange
from tessella_web.credentials.wallet.models import Item

__all__ = ["Kind", "Look", "Notice", "Standing", "Wishes"]

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    """What happened to something that a person holds."""

    REVOKED = "revoked", _("It was taken back")
    SUSPENDED = "suspended", _("It is suspended")
    RESUMED = "resumed", _("It stands again")
    REPLACED = "replaced", _("It was replaced by a corrected one")
    ENDING = "ending", _("It ends soon")
    FAILED = "failed", _("It does not hold any more")


class Standing(models.TextChoices):
    """What the newest look found that could find anything."""

    UNKNOWN = "unknown", _("Not known")
    ACTIVE = "active", _("Stands")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    FAILED = "failed", _("Does not hold")


class Look(models.Model):
    """When an item is looked at again, and how it stood. ``ends_on``: what it says itself about its end."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="look", primary_key=True)
    due_at = models.DateTimeField(db_index=True)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.UNKNOWN)
    ends_on = models.DateField(null=True, blank=True, db_index=True)


class Notice(Identified):
    """One thing that a person is told, once. ``change`` is the award's, where there is one; ``day`` the end that is near."""

    holder = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    award = models.ForeignKey(Award, on_delete=models.CASCADE, null=True, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    change = models.OneToOneField(StatusChange, on_delete=models.CASCADE, null=True, related_name="notice")
    day = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [models.Index(fields=["holder", "read_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["award", "day"], condition=models.Q(kind="ending", item__isnull=True), name="one_end_of_award"),
            models.UniqueConstraint(fields=["item", "day"], condition=models.Q(kind="ending", award__isnull=True), name="one_end_of_item"),
            models.CheckConstraint(condition=models.Q(award__isnull=True) ^ models.Q(item__isnull=True), name="notice_about_one_thing"),
        ]  # fmt: skip

    @property
    def key(self) -> str:
        """The wallet's name for what it is about."""
        return f"a-{self.award_id}" if self.award_id else f"i-{self.item_id}"

    @property
    def is_bad(self) -> bool:
        """Whether others would not rely on it any more."""
        return self.kind in (Kind.REVOKED, Kind.SUSPENDED, Kind.REPLACED, Kind.FAILED)


class Wishes(models.Model):
    """Whether somebody wants mails about this; in the wallet they are told in any case."""

    person = models.OneToOneField(
        PERSON, on_delete=models.CASCADE, related_name="notice_wishes", primary_key=True
    )
    mails = models.BooleanField(_("Tell me by mail, too"), default=True)
