"""Reads about public comment; each a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Q

from tessella_web.catalogue.consultation.models import Audience, Consultation, PublicComment
from tessella_web.catalogue.models import Description

__all__ = ["comment_of", "consultation_with_comments", "consultations_of", "open_to_everybody"]

MOST = 200
"""Rounds that one list shows."""

_COUNTS = {
    "said": Count("comments", filter=Q(comments__hidden_at__isnull=True)),
    "answered": Count("comments", filter=Q(comments__hidden_at__isnull=True) & ~Q(comments__answer="")),
    "hidden": Count("comments", filter=Q(comments__hidden_at__isnull=False)),
}


def consultations_of(description: Description) -> Sequence[Consultation]:
    """The rounds of a description, newest first, each with ``said``, ``answered`` and ``hidden`` as numbers."""
    return list(description.consultations.annotate(**_COUNTS).order_by("-made_at")[:MOST])


def open_to_everybody(on: dt.date) -> Sequence[Consultation]:
    """What everybody is asked about on this day, the one that ends first on top."""
    return list(
        Consultation.objects.filter(audience=Audience.EVERYBODY, closed_at__isnull=True, until__gte=on)
        .select_related("description__organisation")
        .annotate(**_COUNTS)
        .order_by("until", "made_at")[:MOST]
    )


def consultation_with_comments(id: str) -> tuple[Consultation, list[PublicComment]] | None:
    """A round with everything that was said, oldest first."""
    found = Consultation.objects.select_related("description__organisation").filter(pk=id).first()
    return (found, list(found.comments.all())) if found else None


def comment_of(consultation: Consultation, id: str) -> PublicComment | None:
    """One comment of a round."""
    return consultation.comments.filter(pk=id).first()
