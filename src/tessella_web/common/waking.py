"""Telling workers that there is something to do: where a broker is, a message is sent; else workers look for themselves.

The database is what counts: a message that is lost, late or there twice changes nothing but when the work is done.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from django.db import transaction
from django.dispatch import Signal

__all__ = ["Step", "by_time", "due_by_time", "wake", "work_waits"]


class Step(enum.StrEnum):
    """What a worker does at a time."""

    SEAL = "seal"
    LISTS = "lists"
    MAIL = "mail"
    TIDY = "tidy"
    TELL = "tell"
    BRING = "bring"
    PLAN = "plan"
    VERIFY = "verify"


work_waits = Signal()
"""Sent with ``step`` after the transaction that made the work was committed."""


def wake(step: Step) -> None:
    """Once the transaction is through, tell that this step has something to do."""
    transaction.on_commit(lambda: work_waits.send(sender=Step, step=step))


_BY_TIME: list[Callable[[], int]] = []


def by_time(work: Callable[[], int]) -> Callable[[], int]:
    """Register what an app above `credentials` has to do when time goes by; it tells how much it did. Imported when the app is ready."""
    if work not in _BY_TIME:
        _BY_TIME.append(work)
    return work


def due_by_time() -> list[int]:
    """Do all of it once; how much each did."""
    return [work() for work in _BY_TIME]
