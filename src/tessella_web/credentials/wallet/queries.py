"""Reads about what was shared."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, QuerySet

from tessella_web.accounts.models import Organisation, Person
from tessella_web.credentials.wallet.models import Share

__all__ = ["first_looks", "received_by"]


def received_by(organisation: Organisation, at: dt.datetime) -> QuerySet[Share]:
    """What was handed in to an organisation and is still there for it, the latest first, each with how many things it shows."""
    return (
        Share.objects.filter(
            organisation=organisation,
            sent_at__isnull=False,
            withdrawn_at=None,
            erased_at=None,
            ends_at__gt=at,
        )
        .select_related("organisation")
        .annotate(things=Count("files"))
        .order_by("-sent_at")
    )


def first_looks(person: Person) -> QuerySet[Share]:
    """Shares that somebody has looked at, and the person was not told so yet."""
    return Share.objects.filter(holder=person, told_at=None, views__isnull=False).distinct()
