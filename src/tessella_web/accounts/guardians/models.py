"""Who is under age, until which month, and who agreed for them. Days of birth are nowhere."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from tessella_web.common.models import Identified

__all__ = ["Guardian", "Minority"]

PERSON = settings.AUTH_USER_MODEL


class Minority(models.Model):
    """Somebody is under age. ``of_age_in`` is the first day of the month in which they come of age: nothing finer is needed, and the row
    goes when that month is over. ``may_show``: whoever decides has allowed links that need no PIN, and public pages."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="minority", primary_key=True)
    country = models.CharField(max_length=3)
    of_age_in = models.DateField(db_index=True)
    needs_guardian = models.BooleanField()
    may_show = models.BooleanField(default=False)
    asked_at = models.DateTimeField(auto_now_add=True)


class Guardian(Identified):
    """Somebody with care of a minor, known by a mail address. ``ended_at``: came of age, or the guardian withdrew."""

    minority = models.ForeignKey(Minority, on_delete=models.CASCADE, related_name="guardians")
    email = models.EmailField()
    language = models.CharField(max_length=12, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["minority"], condition=models.Q(ended_at__isnull=True), name="one_guardian_at_a_time"
            )
        ]
