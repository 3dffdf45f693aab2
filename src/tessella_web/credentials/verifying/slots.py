"""How many verifications run at once in a process: the others queue, and who would wait too long is told when to come back.

Verifying takes processor time, and threads of a process share one interpreter: without a limit a burst would slow every page down, and
each of the many at once would take the longer. With it they take turns, in the order in which they came.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from tessella_web.common.errors import BusyError

__all__ = ["SLOTS", "Slots"]

RUNNING = 2
"""At once in a process: one computes while the other waits for the database. More would not be faster."""

WAITING = 16
"""In the queue. The server has 24 threads: six are left for whoever only reads a page."""

PATIENCE_S = 20.0
"""Nobody waits longer: browsers and proxies give up after thirty seconds."""

RETRY_AFTER_S = 5
"""When to come back: a full queue is through by then."""


class Slots:
    """Turns, first come first served.

    Args:
        running: how many at once.
        waiting: how many may queue.
        patience_s: how long anybody waits.
    """

    def __init__(self, running: int, waiting: int, patience_s: float) -> None:
        self._free = running
        self._most_waiting = waiting
        self._patience = patience_s
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[float]:
        """One turn; gives the seconds that were waited for it.

        Raises:
            BusyError: the queue is full, or the turn did not come in time.
        """
        began = time.monotonic()
        self._take()
        try:
            yield time.monotonic() - began
        finally:
            self._give()

    def _take(self) -> None:
        with self._lock:
            if self._free and not self._queue:
                self._free -= 1
                return
            if len(self._queue) >= self._most_waiting:
                raise _busy()
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(self._patience):
            return
        with self._lock:
            if mine.is_set():  # the turn came in this very moment
                return
            self._queue.remove(mine)
        raise _busy()

    def _give(self) -> None:
        """Hand the turn to whoever waits longest, else keep it free."""
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._free += 1


def _busy() -> BusyError:
    return BusyError(
        _("Too many are checking something at this moment."),
        code="verify.busy",
        hint=_("Try again in a few seconds."),
        retry_after_s=RETRY_AFTER_S,
    )


SLOTS = Slots(RUNNING, WAITING, PATIENCE_S)
"""Of this process."""
