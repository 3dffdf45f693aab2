"""Reading everything that searches need before somebody searches: at the start of a web process, beside its first answers."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection
from django.utils import timezone

from tessella_web.catalogue.search.engines import engine
from tessella_web.catalogue.search.snapshot import current

__all__ = ["warm", "warm_beside"]

_log = logging.getLogger(__name__)


def warm() -> bool:
    """Read the facets, and what the engine keeps beside the database; False when that cannot be done yet: the first search does it then."""
    try:
        current().facets(timezone.now().date())
        engine().follow()
    except (DatabaseError, OSError) as error:  # not there, or not brought up to date
        _log.warning("the catalogue could not be read beforehand: %s", type(error).__name__)
        return False
    return True


def warm_beside() -> threading.Thread:
    """The same in a thread of its own with a connection of its own, so that nobody waits for it who does not search."""

    def work() -> None:
        try:
            warm()
        finally:
            connection.close()

    thread = threading.Thread(target=work, name="catalogue-warming", daemon=True)
    thread.start()
    return thread
