"""Counting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tessella_web.catalogue.models import Version
from tessella_web.credentials.models import Award
from tessella_web.insight.models import DailyCount, What

__all__ = ["count", "count_verified"]


@transaction.atomic
def count(*, version: Version, what: What, day: dt.date | None = None) -> None:
    """Add one to the day's counter."""
    which: dict[str, Any] = {"version": version, "what": what, "day": day or timezone.localdate()}
    if not DailyCount.objects.filter(**which).update(count=F("count") + 1):
        DailyCount.objects.get_or_create(**which)
        DailyCount.objects.filter(**which).update(count=F("count") + 1)


def count_verified(award_ids: Iterable[str]) -> None:
    """Somebody verified awards that were made here."""
    for award in Award.objects.filter(pk__in=list(award_ids)).select_related("version"):
        count(version=award.version, what=What.VERIFIED)
