"""What guidance asks of everything that is listed: which skills are learned, and what is needed to begin.

Kept in memory for each process. One small query says whether the catalogue changed; then only versions that are new are read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tessella.model import Prerequisites
from tessella.text import pick
from tessella_web.catalogue.content import loaded
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.search.models import Listing
from tessella_web.catalogue.search.snapshot import Head, current

__all__ = ["Listed", "Shelf", "shelf"]

CHUNK = 500
"""Versions read at a time: databases bound the parameters of a question."""


class _Read(NamedTuple):
    """What is read of a version once; versions never change."""

    skills: tuple[str, ...]
    needed: Prerequisites | None


class Listed(NamedTuple):
    """One micro-credential of the catalogue. ``title`` is multilingual; ``skills`` are URIs of the classification."""

    description: str
    title: Mapping[str, str]
    language: str
    organisation: str
    provider: str
    skills: tuple[str, ...]
    needed: Prerequisites | None

    def called(self, languages: Sequence[str]) -> str:
        """Its title in the best of the languages."""
        return pick(self.title, (*languages, self.language))


class Shelf:
    """Everything listed as of one change, by description, and the descriptions by skill."""

    def __init__(self, head: Head, listed: Iterable[Listed]) -> None:
        self.head = head
        self.listed = {one.description: one for one in listed}
        self.by_skill: dict[str, list[str]] = {}
        for one in self.listed.values():
            for skill in one.skills:
                self.by_skill.setdefault(skill, []).append(one.description)


_EMPTY = Shelf(Head(), ())
_shelf = _EMPTY
_read: dict[str, _Read] = {}
_lock = threading.Lock()
_FIELDS = (
    "description_id",
    "version_id",
    "organisation_id",
    "organisation__name",
    "card__title",
    "card__language",
)


def shelf() -> Shelf:
    """Everything as the database has it now; one query when nothing changed."""
    global _shelf
    head = current().head
    if _shelf.head == head:
        return _shelf
    with _lock:
        if _shelf.head != head:
            _shelf = Shelf(head, _listed())
        return _shelf


def _listed() -> list[Listed]:
    rows = list(Listing.objects.order_by("-number").values_list(*_FIELDS))
    _read_more({row[1] for row in rows} - set(_read))
    return [
        Listed(description, title or {}, language or "", organisation, provider, *_read[version])
        for description, version, organisation, provider, title, language in rows
        if version in _read
    ]


def _read_more(versions: set[str]) -> None:
    wanted = sorted(versions)
    for start in range(0, len(wanted), CHUNK):
        rows = Version.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list(
            "pk", "content__outcomes", "content__prerequisites", "content__language"
        )
        for version, outcomes, needed, language in rows:
            _read[version] = _Read(_skills(outcomes), _needed(needed, language))


def _skills(outcomes: Any) -> tuple[str, ...]:
    """The URIs of the skills; a skill is written as its URI or as a concept."""
    every = [
        one for outcome in outcomes or () if isinstance(outcome, Mapping) for one in outcome.get("esco") or ()
    ]
    uris = [one.get("uri") if isinstance(one, Mapping) else one for one in every]
    return tuple(dict.fromkeys(uri for uri in uris if isinstance(uri, str) and uri))


def _needed(stored: Any, language: Any) -> Prerequisites | None:
    if stored is None:
        return None
    return loaded({"language": language or "en", "prerequisites": stored}).record.prerequisites
