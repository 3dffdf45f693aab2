"""The facets of everything that is listed, kept in memory and followed from change to change.

The database is the truth: before each answer one small query says whether anything changed. What changed since is read alone;
everything is read anew when the history this process has followed is not the database's (restored, or rolled back).
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from tessella_web.catalogue.search.bits import bits_of
from tessella_web.catalogue.search.models import LANGUAGES_MOST, Change, Entry, Listing
from tessella_web.catalogue.search.standing import Place, Sets, of_day, of_registers

__all__ = ["Head", "Snapshot", "current", "forget"]

STANDING_KEPT_S = 60
"""Seconds for which the answers of registers are kept: they change a few times a day, and are asked with each search."""

CHUNK = 5000
"""Rows fetched at a time."""


class Head(NamedTuple):
    """The last change that was followed."""

    number: int = 0
    token: str = ""


class _Kept(NamedTuple):
    """Sets that hold for a day, and when they were worked out."""

    at: float
    on: dt.date
    sets: Sets


class Snapshot:
    """Everything listed as of one change. What is listed never changes; the next one is another."""

    def __init__(
        self, head: Head, sets: Sets, places: Mapping[int, Place], languages: frozenset[str]
    ) -> None:
        self.head = head
        self.places = places
        self.languages = languages
        self.size = head.number + 1
        self.live = bits_of(places, self.size)
        self._sets = sets
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def facets(self, on: dt.date) -> Sets:
        """All sets, also those that depend on the day and on registers."""
        with self._lock:
            found = [self._as_of(on, name) for name in _AS_OF]
        return {**self._sets, **found[0], **found[1]}

    def _as_of(self, on: dt.date, name: str) -> Sets:
        work, seconds = _AS_OF[name]
        kept = self._kept.get(name)
        if kept is None or kept.on != on or time.monotonic() - kept.at > seconds:
            self._kept[name] = kept = _Kept(time.monotonic(), on, work(self.places, on, self.size))
        return kept.sets

    def following(
        self, head: Head, removed: Iterable[int], rows: Iterable[_Row], languages: Iterable[str]
    ) -> Snapshot:
        """The snapshot after changes."""
        places, new = dict(self.places), {}
        gone = 0
        for number in removed:
            if places.pop(number, None) is not None:
                gone |= 1 << number
        numbers: dict[str, dict[str, list[int]]] = {}
        for row in rows:
            places[row.number] = new[row.number] = _place(row)
            for facet, codes in row.facets.items():
                for code in codes:
                    numbers.setdefault(facet, {}).setdefault(code, []).append(row.number)
        size = head.number + 1
        added = {
            facet: {code: bits_of(found, size) for code, found in codes.items()}
            for facet, codes in numbers.items()
        }
        following = Snapshot(
            head, _merged(self._sets, gone, added), places, self.languages | frozenset(languages)
        )
        for name, kept in list(self._kept.items()):
            work, _seconds = _AS_OF[name]
            following._kept[name] = kept._replace(sets=_merged(kept.sets, gone, work(new, kept.on, size)))
        return following


_AS_OF: Mapping[str, tuple[Callable[[Mapping[int, Place], dt.date, int], Sets], float]] = {
    "day": (of_day, float("inf")),
    "registers": (of_registers, STANDING_KEPT_S),
}
"""How sets of the moment are worked out, and for how many seconds they hold on the same day."""


class _Row(NamedTuple):
    """What is read of a listing."""

    number: int
    organisation: str
    published_at: dt.datetime
    facets: dict[str, list[str]]
    field: str
    starts: list[str]
    hours: float | None


_AS_TEXT = {"facets_text": Cast("facets", TextField()), "starts_text": Cast("starts", TextField())}
_FIELDS = ("number", "organisation_id", "published_at", "facets_text", "field", "starts_text", "hours")

_EMPTY = Snapshot(Head(), {}, {}, frozenset())
_current = _EMPTY
_refreshing = threading.Lock()


def current() -> Snapshot:
    """Everything as the database has it now."""
    global _current
    last = Change.objects.order_by("-number").values_list("number", "token").first()
    head = Head(*last) if last else Head()
    known = _current
    if known.head == head:
        return known
    with _refreshing:
        if _current.head != head:
            _current = _refreshed(_current, head)
        return _current


def forget() -> None:
    """Read everything anew at the next question."""
    global _current
    _current = _EMPTY


def _refreshed(known: Snapshot, head: Head) -> Snapshot:
    """``known`` with what changed since; made from nothing when its history is another one."""
    if not Change.objects.filter(number=known.head.number, token=known.head.token).exists():
        known = _EMPTY
    since, until = known.head.number + 1, head.number
    removed = Change.objects.filter(number__range=(since, until), removed__isnull=False)
    rows = Listing.objects.filter(number__range=(since, until)).annotate(**_AS_TEXT).values_list(*_FIELDS)
    entries = Entry.objects.filter(id__gte=since * LANGUAGES_MOST, id__lt=(until + 1) * LANGUAGES_MOST)
    return known.following(
        head,
        (one for one in removed.values_list("removed", flat=True) if one is not None),
        map(_row, rows.iterator(chunk_size=CHUNK)),
        entries.order_by().values_list("language", flat=True).distinct(),
    )


def _row(values: tuple[Any, ...]) -> _Row:
    number, organisation, published_at, facets, field, starts, hours = values
    return _Row(number, organisation, published_at, orjson.loads(facets), field, orjson.loads(starts), hours)


def _merged(sets: Sets, gone: int, added: Sets) -> Sets:
    made = {facet: {code: bits & ~gone for code, bits in found.items()} for facet, found in sets.items()}
    for facet, found in added.items():
        into = made.setdefault(facet, {})
        for code, bits in found.items():
            into[code] = into.get(code, 0) | bits
    return made


def _place(row: _Row) -> Place:
    levels = [int(one) for one in row.facets.get("level", ()) if one.isdigit()]
    return Place(
        organisation=row.organisation,
        level=max(levels, default=None),
        field=row.field,
        is_micro_credential="micro-credential" in row.facets.get("type", ()),
        published=row.published_at.date(),
        starts=tuple(map(dt.date.fromisoformat, row.starts)),
        hours=row.hours if row.hours is not None else float("inf"),
    )
