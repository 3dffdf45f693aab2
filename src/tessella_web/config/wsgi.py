"""For web servers."""

from __future__ import annotations

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")
application = get_wsgi_application()


def _erase_again() -> None:
    """Before the first request: whoever has left and came back with an older backup is erased again."""
    from django.db import DatabaseError

    from tessella_web.accounts.leaving import domain

    try:
        domain.replay()
    except DatabaseError:  # not reachable, or not brought up to date: then nobody can be served either
        logging.getLogger(__name__).warning("the ledger of those who left was not compared with the database")


def _read_the_catalogue() -> None:
    """Beside the first answers, so that the first search need not."""
    from tessella_web.catalogue.search.warming import warm_beside

    warm_beside()


_erase_again()
_read_the_catalogue()
