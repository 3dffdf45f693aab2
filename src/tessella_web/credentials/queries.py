"""Reads about batches and awards, each with a constant number of queries."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform

from tessella.issuing.sealing import FORMATS
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.credentials.models import (
    STANDING,
    Award,
    AwardState,
    Batch,
    Copy,
    MailState,
    Row,
    RowState,
)

__all__ = [
    "archive",
    "assessors_in",
    "awardable",
    "awards_of",
    "batches_of",
    "counts",
    "follow_up",
    "format_facts",
    "is_staff",
    "pace",
    "progress",
    "public_award",
    "rows_in",
    "size_of",
]


PACE_WINDOW = dt.timedelta(minutes=2)
"""Long beside a chunk's seconds, short beside what makes a worker slower or faster."""


def awardable(organisation: Organisation) -> list[Version]:
    """The newest published version of each description that is not withdrawn."""
    found = Version.objects.filter(organisation=organisation, withdrawn_at__isnull=True).order_by(
        "description", "-number"
    )
    newest: dict[str, Version] = {}
    for one in found:
        newest.setdefault(one.description_id, one)
    return sorted(newest.values(), key=lambda one: one.title.casefold())


def batches_of(organisation: Organisation) -> QuerySet[Batch]:
    """The batches, the newest first, each with its counts."""
    return (
        Batch.objects.filter(organisation=organisation)
        .select_related("version")
        .annotate(
            good=Count("rows", filter=Q(rows__state__in=[RowState.GOOD, RowState.AWARDED])),
            awarded=Count("rows", filter=Q(rows__state=RowState.AWARDED)),
        )
        .order_by("-made_at")
    )


def counts(batch: Batch) -> dict[str, int]:
    """Rows by state; every state is there."""
    found = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    return {state.value.replace("-", "_"): found.get(state.value, 0) for state in RowState}


def assessors_in(batch: Batch) -> list[str]:
    """The names of those on whose word the awards rest."""
    rows = batch.rows.exclude(state__in=[RowState.PROBLEM, RowState.NOT_PASSED])
    addresses = rows.order_by().values(address=KeyTextTransform("assessed_by", "entry"))
    return list(Person.objects.filter(email__in=addresses).order_by("name").values_list("name", flat=True))


def progress(batch: Batch) -> tuple[int, int]:
    """How many rows are through, of how many."""
    total = batch.rows.filter(state__in=[RowState.GOOD, RowState.AWARDED, RowState.FAILED]).count()
    return total - batch.rows.filter(state=RowState.GOOD).count(), total


class Pace(NamedTuple):
    """How fast a batch goes, and when it should be through."""

    rows_per_s: float
    ends_at: dt.datetime
    is_soon: bool


def pace(batch: Batch, now: dt.datetime) -> Pace | None:
    """By what was done in the last two minutes; None when nothing was."""
    since = max(batch.started_at or now, now - PACE_WINDOW)
    found = batch.chunks.aggregate(
        recent=Sum("size", filter=Q(done_at__gte=since)), open=Sum("size", filter=Q(is_done=False))
    )
    seconds = (now - since).total_seconds()
    if not found["recent"] or seconds <= 0:
        return None
    rate = found["recent"] / seconds
    left = dt.timedelta(seconds=(found["open"] or 0) / rate)
    return Pace(rate, now + left, left < dt.timedelta(minutes=1))


class FollowUp(NamedTuple):
    """What staff may want to do something about."""

    undelivered: int
    ended: int
    unclaimed: int


def follow_up(batch: Batch) -> FollowUp:
    """Awards of a batch that were not claimed: of how many the mail did not arrive, of how many the link has ended, how many at all."""
    awards = Award.objects.filter(row__batch=batch, claimed_at__isnull=True, state__in=STANDING)
    newest = Q(mails__round=F("claim_round"), mails__state__in=[MailState.REFUSED, MailState.BOUNCED])
    found = awards.aggregate(
        undelivered=Count("pk", filter=newest, distinct=True),
        ended=Count("pk", filter=Q(is_claim_over=True), distinct=True),
        unclaimed=Count("pk", distinct=True),
    )
    return FollowUp(**found)


def rows_in(batch: Batch, *states: RowState) -> QuerySet[Row]:
    """The rows in these states, in order."""
    return batch.rows.filter(state__in=states)


def awards_of(batch: Batch) -> QuerySet[Award]:
    """The awards of a batch with their mails, in the order of the list."""
    return (
        Award.objects.filter(row__batch=batch)
        .exclude(state=AwardState.PLANNED)
        .select_related("row")
        .prefetch_related("mails")
        .order_by("row__number")
    )


def public_award(id: str) -> Award | None:
    """An award that was made, with what its public page tells."""
    return (
        Award.objects.filter(pk=id)
        .exclude(state=AwardState.PLANNED)
        .select_related("organisation", "version")
        .prefetch_related("changes", Prefetch("copies", queryset=Copy.objects.exclude(file="")))
        .first()
    )


def format_facts(copy: Copy) -> Mapping[str, str]:
    """Name, media type and file ending of a copy's format."""
    spec = FORMATS[copy.format]
    return {"title": spec.title, "media_type": spec.media_type, "suffix": spec.suffix}


def size_of(batch: Batch) -> int:
    """Bytes of all files of a batch."""
    found = Copy.objects.filter(award__row__batch=batch).aggregate(size=Sum("size"))
    return int(found["size"] or 0)


class _Pipe(io.RawIOBase):
    """Takes what is written and gives it on: an archive is never held whole."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload] # any buffer
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def archive(batch: Batch) -> Iterator[bytes]:
    """All files of a batch as a ZIP, made while it is sent; by format, named by row. Contents are not compressed: seals do not shrink."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as target:
        copies = Copy.objects.filter(award__row__batch=batch).exclude(file="").select_related("award__row")
        for copy in copies.order_by("award__row__number", "format").iterator(chunk_size=200):
            spec = FORMATS[copy.format]
            name = f"{spec.folder}/{copy.award.row.number:04d}-{copy.award_id}{spec.suffix}"
            source: IO[bytes]
            with default_storage.open(copy.file) as source, target.open(name, "w") as entry:
                while part := source.read(1 << 16):
                    entry.write(part)
                    yield pipe.taken()
            yield pipe.taken()
    yield pipe.taken()


def is_staff(person: Person | AnonymousUser, award: Award) -> bool:
    """Whether somebody prepares awards where this one was made."""
    return may(person, award.organisation, "batch.prepare")
