"""Putting into a wallet, taking out, and showing to others: the only code that changes wallets."""

from __future__ import annotations

from tessella_web.credentials.wallet.domain.holding import bring, declare, keep, read_file, remove, report_on
from tessella_web.credentials.wallet.domain.looking import (
    MOST_WRONG_PINS,
    digest_of,
    note_reading,
    open_share,
    standing_share,
)
from tessella_web.credentials.wallet.domain.sharing import (
    choose,
    discard,
    erase_ended,
    note_told,
    prepare,
    put_together,
    send,
    share,
    sparing,
    withdraw,
)

__all__ = [
    "MOST_WRONG_PINS",
    "bring",
    "choose",
    "declare",
    "digest_of",
    "discard",
    "erase_ended",
    "keep",
    "note_reading",
    "note_told",
    "open_share",
    "prepare",
    "put_together",
    "read_file",
    "remove",
    "report_on",
    "send",
    "share",
    "sparing",
    "standing_share",
    "withdraw",
]
