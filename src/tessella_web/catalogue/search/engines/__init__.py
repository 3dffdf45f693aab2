"""What finds listings by words: the database's full text, or `tantivy` beside it. The database is the truth for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

from django.conf import settings
from django.db import connection

from tessella_web.catalogue.search.question import Question
from tessella_web.catalogue.search.snapshot import Snapshot

__all__ = ["Engine", "engine", "of_database"]


class Engine(Protocol):
    """Finds and ranks. Answers may name listings that are gone: the caller takes those of the snapshot only."""

    def matching(self, question: Question, snapshot: Snapshot) -> int:
        """The set (`bits`) of the listings that have all parts of the question, in one language."""

    def best(self, question: Question, snapshot: Snapshot, among: int) -> list[int]:
        """Up to `ranking.RANKED` of the set ``among``, the best first."""

    def follow(self) -> None:
        """Come to the state of the database now, whatever it takes; engines of the database are there already."""


def _sqlite() -> Engine:
    from tessella_web.catalogue.search.engines.sqlite import SQLiteEngine

    return SQLiteEngine()


def _postgresql() -> Engine:
    from tessella_web.catalogue.search.engines.postgresql import PostgreSQLEngine

    return PostgreSQLEngine()


_DATABASES: Mapping[str, Callable[[], Engine]] = {"sqlite": _sqlite, "postgresql": _postgresql}


@cache
def _tantivy(folder: str) -> Engine:
    from pathlib import Path

    from tessella_web.catalogue.search.engines.tantivy import TantivyEngine

    return TantivyEngine(Path(folder), of_database)


def of_database() -> Engine:
    """The full text of the database that is used."""
    return _DATABASES[connection.vendor]()


def engine() -> Engine:
    """The engine that the settings choose (``TESSELLA_SEARCH``)."""
    if settings.SEARCH_ENGINE == "tantivy":
        return _tantivy(str(settings.DATA_FOLDER / "search"))
    return of_database()
