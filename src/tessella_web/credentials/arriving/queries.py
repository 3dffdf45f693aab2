"""Reads about what was handed in, each with a constant number of queries."""

from __future__ import annotations

from django.db.models import Prefetch

from tessella_web.accounts.models import Person
from tessella_web.credentials.arriving.models import Arrival, Found, Upload
from tessella_web.credentials.wallet.models import Item

__all__ = ["arrival_of", "original_of"]


def arrival_of(person: Person, id: str) -> Arrival | None:
    """One arrival of the person's own with its uploads (``uploads.all()``) and what was found in each (``found.all()``)."""
    uploads = Upload.objects.prefetch_related(
        Prefetch("found", queryset=Found.objects.select_related("item"))
    )
    return (
        Arrival.objects.filter(holder=person, pk=id)
        .prefetch_related(Prefetch("uploads", queryset=uploads))
        .first()
    )


def original_of(item: Item) -> Upload | None:
    """The file that an item was taken out of, as it came; None where the item's own file is that."""
    return Upload.objects.filter(found__item=item).exclude(file="").order_by("made_at").first()
