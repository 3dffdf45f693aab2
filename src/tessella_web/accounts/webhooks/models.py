"""Where an organisation wants to be told what happened, and what was sent there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified

__all__ = ["Delivery", "DeliveryState", "Endpoint", "Event"]


class Event(models.TextChoices):
    """What can be told. The words are part of the interface."""

    BATCH_FINISHED = "batch.finished", _("A batch is finished")
    AWARD_ISSUED = "award.issued", _("An award was made")
    AWARD_CLAIMED = "award.claimed", _("A learner took an award")
    AWARD_CORRECTED = "award.corrected", _("An award is being corrected")
    AWARD_SUSPENDED = "award.suspended", _("An award was suspended")
    AWARD_RESUMED = "award.resumed", _("A suspension was lifted")
    AWARD_REVOKED = "award.revoked", _("An award was revoked")
    VERSION_PUBLISHED = "version.published", _("A version was published")
    VERSION_WITHDRAWN = "version.withdrawn", _("A version was withdrawn")
    TEST = "test", _("A test")


class Endpoint(Identified):
    """An address of the organisation's own systems. ``events`` are those it wants; `Event.TEST` comes when somebody asks for it.

    ``wrapped`` is the secret that signs, opened by the key-encryption key named by ``kek`` for this endpoint only; ``former`` the
    one before, which signs too until ``former_until``. ``after`` is the number of the last audit entry that was looked at.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500)
    events: Any = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    wrapped = models.TextField()
    former = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    kek = models.CharField(max_length=32, db_index=True)
    after = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.url

    @property
    def bound_to(self) -> str:
        """Where the wrapped secret belongs: it opens nowhere else."""
        return f"webhook {self.organisation_id} {self.id}"


class DeliveryState(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", _("To be sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class Delivery(Identified):
    """One message to one endpoint. Its id is sent with it and stays the same whenever it is tried again.

    ``payload`` names things by their identifiers and says nothing about people.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=30, choices=Event.choices)
    payload: Any = models.JSONField()
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)
    answer = models.CharField(max_length=120, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "id")
        indexes: ClassVar = [models.Index(fields=["state", "due_at"])]
