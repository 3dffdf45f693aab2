"""Counters: how often something public was looked at, per day, without saying by whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.catalogue.models import Version

__all__ = ["DailyCount", "What"]


class What(models.TextChoices):
    """What is counted."""

    VIEWED = "viewed", _("Award page viewed")
    VERIFIED = "verified", _("Award verified")


class DailyCount(models.Model):
    """How often on a day, for all awards of a version together: neither who looked nor at whose award is kept."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="daily_counts")
    what = models.CharField(max_length=12, choices=What.choices)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "what", "day"], name="one_count_a_day"),
        ]
