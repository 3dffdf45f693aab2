"""When a seal's evidence ages, and from when on it should be renewed."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from tessella.errors import KeyMaterialError
from tessella.keys import certificate_facts
from tessella.seals._timestamps import COVERING, TimestampResult, holding
from tessella.seals.jades._verify import SignatureResult
from tessella.verdicts import Verdict

__all__ = ["RENEWAL_MARGIN", "Ageing", "ageing"]

RENEWAL_MARGIN = dt.timedelta(days=400)
"""How long before its end evidence is renewed: somebody who looks once a year is in time. Never before half its life."""


class Ageing(msgspec.Struct, frozen=True, kw_only=True):
    """How long the evidence of one signature lasts. All times are UTC.

    ``ends`` is when the outermost time stamp stops proving anything, by its ``certificate`` or by the ``algorithm``
    named in ``cause``; without a time stamp (``reason`` ``no-timestamp``) it is the end of the sealer's certificate.
    ``renew_from`` is when to renew; None for at once. ``proven_since`` is the earliest time that the unbroken chain of
    time stamps shows, None without one.
    """

    reason: Literal["no-timestamp", "certificate", "algorithm"]
    cause: str = ""
    stamp: TimestampResult | None = None
    ends: dt.datetime | None = None
    renew_from: dt.datetime | None = None
    proven_since: dt.datetime | None = None

    def is_due(self, at: dt.datetime) -> bool:
        """Whether the evidence should be renewed at ``at``."""
        return self.renew_from is None or at >= self.renew_from

    def is_over(self, at: dt.datetime) -> bool:
        """Whether the evidence has ended at ``at``: what is added then proves nothing about the time before."""
        return self.ends is not None and at >= self.ends


def ageing(signature: SignatureResult) -> Ageing:
    """How long the evidence of a verified signature lasts (ETSI EN 319 102-1 §5.6.2.3)."""
    sound = [
        one
        for one in signature.timestamps
        if one.kind in ("sigTst", *COVERING) and one.verdict is Verdict.PASSED and one.ends and one.time
    ]
    if not sound:
        return Ageing(reason="no-timestamp", ends=_certificate_end(signature))
    covering = [one for one in sound if one.kind in COVERING]
    stamp = max(covering or sound, key=lambda one: (one.position if covering else 0, one.ends))
    time, ends = stamp.time, stamp.ends
    if time is None or ends is None:  # excluded above; told to the type checker
        return Ageing(reason="no-timestamp", ends=_certificate_end(signature))
    chain = holding(sound, at=time)
    return Ageing(
        reason="certificate" if stamp.ends_by == "certificate" else "algorithm",
        cause=stamp.ends_by,
        stamp=stamp,
        ends=ends,
        renew_from=ends - min(RENEWAL_MARGIN, (ends - time) / 2),
        proven_since=min((one.time for one in chain if one.time is not None), default=None),
    )


def _certificate_end(signature: SignatureResult) -> dt.datetime | None:
    if not signature.certificate_chain:
        return None
    try:
        return certificate_facts(signature.certificate_chain[0]).not_after
    except KeyMaterialError:
        return None
