"""Every seal brought to one shape: which signatures are there, which hold, by which key, made when."""

from __future__ import annotations

import datetime as dt

import msgspec

from tessella.errors import AccessError, SealError, TessellaError, UnsupportedError
from tessella.keys import ResolvedKey
from tessella.ports import VerifyingKey
from tessella.seals import jades
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification.policy import Policy

__all__ = ["Sealing", "Signature", "accepted", "judge"]

_MISSING = (AccessError, UnsupportedError)
"""Errors that say that something is not at hand, not that something is wrong."""

_INDETERMINATE_CODES = frozenset(("canonical.unknown-context",))


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature of any mechanism.

    ``signed_at`` is the time it states about itself (UTC), ``stamps`` what time stamps say; ``chain`` its
    certificates (DER), end entity first. ``error`` is None when it holds.
    """

    label: str
    verdict: Verdict
    key: ResolvedKey | None = None
    signed_at: dt.datetime | None = None
    chain: tuple[bytes, ...] = ()
    stamps: tuple[jades.TimestampResult, ...] = ()
    stamped: Verdict = Verdict.NOT_APPLICABLE
    stamped_at: dt.datetime | None = None
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    error: TessellaError | None = None
    notes: tuple[str, ...] = ()


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """All signatures of one credential and their common verdict.

    ``not_before`` and ``not_after`` are limits that the seal itself sets (registered claims of a JWT).
    """

    verdict: Verdict
    signatures: tuple[Signature, ...] = ()
    error: TessellaError | None = None
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None

    @property
    def holding(self) -> tuple[Signature, ...]:
        """The signatures that hold; none unless the seal as a whole does."""
        if self.verdict is not Verdict.PASSED:
            return ()
        return tuple([one for one in self.signatures if one.verdict is Verdict.PASSED])


def judge(error: TessellaError) -> Verdict:
    """What an error says: something is missing to decide (indeterminate), or something is wrong (failed)."""
    missing = isinstance(error, _MISSING) or error.code in _INDETERMINATE_CODES
    return Verdict.INDETERMINATE if missing else Verdict.FAILED


def accepted(key: VerifyingKey | None, policy: Policy) -> TessellaError | None:
    """The policy's word on the algorithm: None when it may be used."""
    if key is None or policy.accepts(key.algorithm):
        return None
    listed = policy.accepted_algorithms()
    return SealError(
        say("The seal uses %(name)s, which this policy does not accept.", name=key.algorithm),
        code="seal.algorithm-policy",
        got=key.algorithm,
        expected=", ".join(listed) if listed else None,
        hint=say("Ask the issuer for a seal with an accepted algorithm."),
    )
