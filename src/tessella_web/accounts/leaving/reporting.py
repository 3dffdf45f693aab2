"""The report on an erasure: what went, what was looked at afterwards; signed like the heads of the audit trail, about nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from tessella_web.accounts.leaving import ledger
from tessella_web.accounts.leaving.checking import places
from tessella_web.accounts.leaving.parts import parts
from tessella_web.common import heads
from tessella_web.common.models import PersonKey

__all__ = ["TYPE", "read_report", "signed_report"]

TYPE = "tessella-erasure+jwt"


def signed_report(
    *,
    id: str,
    needles: Iterable[str],
    counts: Mapping[str, int],
    rows: Mapping[str, int],
    exported: Sequence[tuple[dt.datetime, str, int]],
    left_at: dt.datetime,
    is_rewritten: bool,
) -> str:
    """Look for ``needles`` everywhere and say in numbers what was found; none of them stands in it."""
    found = places(needles)
    kept = frozenset().union(*(part.keeps for part in parts()))
    return heads.sign_claims(
        {
            "left_at": left_at.isoformat(timespec="seconds"),
            "erased": dict(sorted(counts.items())),
            "rows": dict(sorted(rows.items())),
            "exported": [
                {"at": at.isoformat(timespec="seconds"), "sha256": sha256, "entries": entries}
                for at, sha256, entries in exported
            ],
            "checks": {
                "left_elsewhere": {name: count for name, count in found.items() if name not in kept},
                "kept_by_issuers": {name: count for name, count in found.items() if name in kept},
                "audit_key_destroyed": not PersonKey.objects.filter(person_id=id).exists(),
                "database": connection.vendor,
                "database_rewritten": is_rewritten,
                "ledger_lines": len(ledger.read()),
            },
        },
        typ=TYPE,
    )


def read_report(token: str) -> Mapping[str, Any]:
    """What a report says, if this installation signed it.

    Raises:
        ValueError: it did not, or the report was changed.
    """
    return heads.read_claims(token, typ=TYPE)
