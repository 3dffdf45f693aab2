"""Putting into a wallet, taking out, and showing to others: the only code that changes wallets."""

from __future__ import annotations

from tessella_web.credentials.wallet.domain.holding import bring, declare, keep, read_file, remove, report_on
from tessella_web.credentials.wallet.domain.sharing import (
    MOST_WRONG_PINS,
    digest_of,
    open_share,
    share,
    standing_share,
    withdraw,
)

__all__ = [
    "MOST_WRONG_PINS",
    "bring",
    "declare",
    "digest_of",
    "keep",
    "open_share",
    "read_file",
    "remove",
    "report_on",
    "share",
    "standing_share",
    "withdraw",
]
