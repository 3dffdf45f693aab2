"""Reads about notices, each with a constant number of queries."""

from __future__ import annotations

from django.db.models import QuerySet

from tessella_web.accounts.models import Person
from tessella_web.credentials.noticing.models import Notice, Wishes

__all__ = ["MOST_SHOWN", "notices_of", "unread", "wants_mails"]

MOST_SHOWN = 100
"""Notices on one page; older ones stand with what they are about."""


def notices_of(person: Person) -> QuerySet[Notice]:
    """What a person was told, the newest first, each with what it is about."""
    return Notice.objects.filter(holder=person).select_related(
        "award__version", "award__organisation", "award__replaced_by", "item"
    )[:MOST_SHOWN]


def unread(person: Person) -> int:
    """How many they have not seen."""
    return Notice.objects.filter(holder=person, read_at__isnull=True).count()


def wants_mails(person: Person) -> bool:
    """Whether mails are welcome."""
    found = Wishes.objects.filter(person=person).first()
    return found is None or found.mails
