"""Mandates from one organisation to another, what an organisation has chosen, and what was sealed under a mandate."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified
from tessella_web.credentials.models import Award

__all__ = ["Mandate", "MandateState", "MandatedSeal", "SealingChoice", "Way"]

PERSON = settings.AUTH_USER_MODEL


class MandateState(models.TextChoices):
    """Where a mandate is."""

    ASKED = "asked", _("Waiting for the body that is to seal")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")


class Mandate(Identified):
    """``mandating`` awards, ``mandated`` seals for it. The document is kept as it was uploaded and travels in what is sealed."""

    mandating = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_given")
    mandated = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_held")
    scope = models.TextField(_("what it covers"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    file = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=MandateState.choices, default=MandateState.ASKED)
    asked_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(mandating=F("mandated")), name="mandates_another"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="mandate_in_order"
            ),
        ]

    def holds_on(self, day: dt.date) -> bool:
        """Whether what is sealed on this day may be sealed under it."""
        return (
            self.state == MandateState.CONFIRMED
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


class Way(models.TextChoices):
    """Who seals what an organisation awards."""

    OWN = "own", _("We seal ourselves")
    MANDATE = "mandate", _("Another body seals for us")
    BADGES = "badges", _("Open Badges only")


class SealingChoice(models.Model):
    """What an organisation has chosen; without one it seals itself."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="sealing_choice"
    )
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.OWN)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(way="mandate") & Q(mandate__isnull=False))
                | (~Q(way="mandate") & Q(mandate__isnull=True)),
                name="mandate_where_chosen",
            )
        ]


class MandatedSeal(models.Model):
    """That the seals of an award were made under a mandate; stays when the mandate has ended."""

    award = models.OneToOneField(
        Award, on_delete=models.CASCADE, primary_key=True, related_name="mandated_seal"
    )
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="seals")
