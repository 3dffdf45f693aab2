"""Keeping the index: called in the transaction of whatever changes what the catalogue shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from tessella_web.catalogue.models import Description, Version
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.catalogue.search.content import card_of, missing_of, words_of
from tessella_web.catalogue.search.engines import engine
from tessella_web.catalogue.search.facets import Source, codes_of, field_of, hours_of
from tessella_web.catalogue.search.models import LANGUAGES_MOST, Change, Entry, Listing

__all__ = ["index", "reindex"]

_LOCK = 0x7E55E1DE
"""PostgreSQL's advisory lock: changes are numbered one after the other, and become visible in that order. SQLite has one writer anyway."""

CHUNK = 200
"""Descriptions that are indexed in one transaction: a fraction of a second in which nobody else can write on SQLite."""


@transaction.atomic
def index(description: Description) -> None:
    """Have the catalogue show the newest version that was not withdrawn; nothing of the description when there is none."""
    _lock()
    last = Change.objects.order_by("-number").values_list("number", flat=True).first() or 0
    listed = Listing.objects.filter(description=description).values_list("number", flat=True).first()
    version = (
        Version.objects.filter(description=description, withdrawn_at__isnull=True)
        .select_related("organisation", "review")
        .order_by("-number")
        .first()
    )
    if version is None and listed is None:
        return
    Listing.objects.filter(description=description).delete()
    change = Change.objects.create(number=last + 1, removed=listed)
    if version is not None:
        _write(version, change.number)


def reindex() -> int:
    """Make the whole index anew from the published versions, a chunk at a time, so that the catalogue is there all along.

    Returns how many descriptions are listed.
    """
    _repair()
    newest = Max("versions__published_at")
    found = Description.objects.annotate(at=newest).filter(at__isnull=False).order_by("at")
    ids = list(found.values_list("id", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = Description.objects.in_bulk(ids[start : start + CHUNK])
        with transaction.atomic():
            for one in ids[start : start + CHUNK]:
                index(chunk[one])
    engine().follow()
    return Listing.objects.count()


def _lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _repair() -> None:
    """Make the full text of SQLite again from the entries; PostgreSQL's is a column of theirs."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_text(search_text) VALUES ('rebuild')")


def _write(version: Version, number: int) -> None:
    record = version.record()
    missing = missing_of(record, timezone.now().date())
    source = Source(version, record, version.organisation, _offers(version), missing == 0)
    codes = codes_of(source)
    card = card_of(
        record, number=version.number, codes=codes, missing=missing,
        is_self_review=bool(version.review and version.review.is_self_review),
        pilot=bool(version.particulars.get("pilot")),
    )  # fmt: skip
    participation, hours = record.participation, hours_of(record)
    starts = {participation.starts_on.isoformat()} if participation and participation.starts_on else set()
    listing = Listing.objects.create(
        number=number, description=version.description, version=version, organisation=version.organisation,
        published_at=version.published_at, facets=codes, field=field_of(record), hours=None if hours is None else float(hours), starts=sorted(starts | set(source.offers.get("starts", ()))),
        card=msgspec.to_builtins(card),
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(id=number * LANGUAGES_MOST + place, listing=listing, language=one.language, title=one.title, body=one.body, words=one.words)
        for place, one in enumerate(words_of(record))
    )  # fmt: skip


def _offers(version: Version) -> Mapping[str, Any]:
    """What the offers say that are planned or open and not over: days, modes, languages, prices."""
    today = timezone.now().date()
    offers = [
        one
        for one in Offer.objects.filter(version=version, state__in=[State.PLANNED, State.OPEN])
        if one.ends_on is None or one.ends_on >= today
    ]
    return {
        "starts": [one.starts_on.isoformat() for one in offers if one.starts_on],
        "modes": [one.mode for one in offers if one.mode],
        "languages": [language for one in offers for language in one.languages],
        "prices": [(one.price or 0, one.currency) for one in offers if one.is_free or one.price is not None],
    }
