"""Whether this installation can do its work: each thing by itself, in a word."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tessella.errors import TessellaError
from tessella_web.accounts.keys.keychain import keychain
from tessella_web.common import heartbeat

__all__ = ["Answer", "answers"]

WORKER_SILENT = dt.timedelta(minutes=3)
"""A worker writes every quarter of a minute, and may seal one chunk in between."""

DISK_FREE_BYTES = 500 * 1024 * 1024  # bytes
"""Below it the next large batch may fill the disk."""


class Answer(NamedTuple):
    """How one thing is. ``is_needed``: without it requests should go elsewhere."""

    word: str
    is_good: bool
    is_needed: bool = True


def answers() -> dict[str, Answer]:
    """By name of the thing; no path, address or text of an error: health is asked for without signing in."""
    found = {}
    for name, ask in _THINGS.items():
        try:
            found[name] = ask()
        except (DatabaseError, OSError, ImproperlyConfigured, TessellaError):
            found[name] = Answer("failed", False)
    return found


def _database() -> Answer:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Answer("ok", True)


def _migrations() -> Answer:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Answer("waiting", False) if waiting else Answer("ok", True)


def _worker() -> Answer:
    seen = heartbeat.last_beat()
    if seen is None:
        return Answer("never seen", False, is_needed=False)
    silent = timezone.now() - seen > WORKER_SILENT
    return Answer("silent" if silent else "ok", not silent, is_needed=False)


def _disk() -> Answer:
    free = shutil.disk_usage(settings.DATA_FOLDER).free
    return Answer("ok", True) if free >= DISK_FREE_BYTES else Answer("nearly full", False)


def _kek() -> Answer:
    return Answer("ok", bool(keychain().current))  # reads it anew


_THINGS: Mapping[str, Callable[[], Answer]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "disk": _disk,
    "key-encryption-key": _kek,
}
