"""What leaves through the outboxes."""

from __future__ import annotations

from tessella_web.accounts.letters import domain as letters
from tessella_web.credentials.domain import outbox

__all__ = ["posted"]


def posted() -> int:
    """Send what waits, as a worker does; how many mails left."""
    return letters.send_due() + outbox.send_due()
