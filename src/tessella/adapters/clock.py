"""Clocks."""

from __future__ import annotations

import datetime as dt

__all__ = ["FixedClock", "SystemClock"]


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


class FixedClock:
    """A clock that stands still: for tests, and for ``verify --at``."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = at.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        return self._at
