"""Until when an algorithm proves anything: a dated table, with its source.

A signature or time stamp outlives its algorithm when a time stamp made before the end covers it
(ETSI EN 319 102-1 §5.6.2.4). The table is reviewed with each version of its source.
"""

from __future__ import annotations

import datetime as dt

import msgspec

__all__ = ["LIFETIMES", "SOURCE", "Lifetime", "end_of_life"]

SOURCE = "ETSI TS 119 312 V1.5.1 (2024-12)"
"""Where the ends come from; no end means that the document sets none."""


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """The last day (UTC) on which what ``name`` made counts, for keys or digests of ``min_bits`` and more.

    The row with the largest ``min_bits`` that fits decides; ``end`` None means that no end is set.
    """

    name: str
    min_bits: int
    end: dt.date | None


LIFETIMES: tuple[Lifetime, ...] = (
    Lifetime(name="SHA-1", min_bits=0, end=dt.date(2012, 7, 31)),
    Lifetime(name="SHA-224", min_bits=0, end=dt.date(2028, 12, 31)),
    Lifetime(name="SHA-256", min_bits=0, end=None),
    Lifetime(name="SHA-384", min_bits=0, end=None),
    Lifetime(name="SHA-512", min_bits=0, end=None),
    Lifetime(name="RSA", min_bits=0, end=dt.date(2019, 9, 30)),
    Lifetime(name="RSA", min_bits=1900, end=dt.date(2028, 12, 31)),
    Lifetime(name="RSA-PSS", min_bits=0, end=dt.date(2019, 9, 30)),
    Lifetime(name="RSA-PSS", min_bits=1900, end=dt.date(2028, 12, 31)),
    Lifetime(name="RSA-PSS", min_bits=3000, end=None),
    Lifetime(name="ECDSA", min_bits=0, end=dt.date(2012, 7, 31)),
    Lifetime(name="ECDSA", min_bits=224, end=dt.date(2021, 9, 30)),
    Lifetime(name="ECDSA", min_bits=256, end=None),
)
"""``RSA`` is RSASSA-PKCS1-v1_5, whatever the length of the key. What is not listed has no end known here."""


def end_of_life(name: str, bits: int = 0) -> dt.datetime | None:
    """The first instant (UTC) at which this algorithm no longer counts; None where no end is set."""
    rows = [row for row in LIFETIMES if row.name == name and row.min_bits <= bits]
    row = max(rows, key=lambda one: one.min_bits, default=None)
    if row is None or row.end is None:
        return None
    return dt.datetime.combine(row.end + dt.timedelta(days=1), dt.time(), dt.UTC)
