"""What a worker does, a step at a time; whoever calls it may be killed at any moment."""

from __future__ import annotations

import logging

from tessella.errors import TessellaError
from tessella_web.common.errors import DomainError
from tessella_web.credentials.domain import engine, outbox, statuslists

__all__ = ["work_once"]

_log = logging.getLogger(__name__)


def work_once() -> bool:
    """One chunk of a batch, what is due of status lists, and some mails. False when there was nothing to do."""
    sealed = engine.seal_next_chunk()
    published = 0
    if not sealed:  # a batch changes a list once: when it is through
        for one in statuslists.due_lists():
            try:
                statuslists.publish(one)
                published += 1
            except (DomainError, TessellaError) as error:
                _log.warning("status list %s was not sealed: %s", one.id, error.code)
    return bool(outbox.send_due()) or sealed or published > 0
