"""How many queries something takes."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

__all__ = ["counted"]


def counted(verb: Callable[[], object]) -> int:
    """The number of queries."""
    with CaptureQueriesContext(connection) as captured:
        verb()
    return len(captured)
