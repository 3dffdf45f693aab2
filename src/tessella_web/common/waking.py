"""Telling workers that there is something to do: where a broker is, a message is sent; else workers look for themselves.

The database is what counts: a message that is lost, late or there twice changes nothing but when the work is done.
"""

from __future__ import annotations

import enum

from django.db import transaction
from django.dispatch import Signal

__all__ = ["Step", "wake", "work_waits"]


class Step(enum.StrEnum):
    """What a worker does at a time."""

    SEAL = "seal"
    LISTS = "lists"
    MAIL = "mail"
    TIDY = "tidy"
    TELL = "tell"
    BRING = "bring"


work_waits = Signal()
"""Sent with ``step`` after the transaction that made the work was committed."""


def wake(step: Step) -> None:
    """Once the transaction is through, tell that this step has something to do."""
    transaction.on_commit(lambda: work_waits.send(sender=Step, step=step))
