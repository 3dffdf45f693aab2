"""Counting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tessella_web.catalogue.models import Version
from tessella_web.insight.models import DailyCount, What

__all__ = ["count"]


@transaction.atomic
def count(*, version: Version, what: What, day: dt.date | None = None) -> None:
    """Add one to the day's counter."""
    which: dict[str, Any] = {"version": version, "what": what, "day": day or timezone.localdate()}
    if not DailyCount.objects.filter(**which).update(count=F("count") + 1):
        DailyCount.objects.get_or_create(**which)
        DailyCount.objects.filter(**which).update(count=F("count") + 1)
