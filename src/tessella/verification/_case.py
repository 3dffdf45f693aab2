"""One credential under verification: what the checks look at, worked out when first asked for and then kept."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from tessella.trust import TrustResult
from tessella.verdicts import Verdict
from tessella.verification._identity import (
    Issuer,
    binding_of,
    key_status_of,
    trust_in,
    trusted_time,
)
from tessella.verification._sealing import Sealing, Signature
from tessella.verification.envelopes import Envelope
from tessella.verification.mechanisms import mechanism_of, sealing_of
from tessella.verification.opening import Opened, open_envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

__all__ = ["Case"]

_RANK = {Verdict.PASSED: 0, Verdict.NOT_APPLICABLE: 0, Verdict.INDETERMINATE: 1, Verdict.FAILED: 2}


class Case:
    """The credential, the policy and the surroundings, with what follows from them on demand.

    The seal is always verified; nothing else is computed that no check asks for.
    """

    def __init__(self, envelope: Envelope, policy: Policy, around: Surroundings) -> None:
        self.envelope, self.mechanism = mechanism_of(envelope, around)
        self.policy = policy
        self.around = around
        self.sealing: Sealing = sealing_of(self.envelope, self.mechanism, around, policy)
        """Every signature, verified."""

    @property
    def document(self) -> dict[str, Any]:
        """The credential's JSON."""
        return self.envelope.document

    @cached_property
    def opened(self) -> Opened:
        """The credential read as far as its format is known."""
        return open_envelope(self.envelope, self.around.contexts)

    @cached_property
    def issuer(self) -> Issuer:
        """The issuer in the credential's own words."""
        return self.mechanism.issuer(self.document)

    @cached_property
    def signature(self) -> Signature | None:
        """The signature that speaks best for the issuer; None when none holds.

        One good proof is enough (Open Badges 3.0, "Verification"), so others are not held against it.
        """
        return min(
            self.sealing.holding,
            key=lambda one: (
                _RANK[binding_of(one, self.issuer, self.policy).verdict],
                _RANK[key_status_of(one, self.around).verdict],
            ),
            default=None,
        )

    @cached_property
    def proven(self) -> dt.datetime | None:
        """Since when the signature certainly exists, by time stamps that count; None without."""
        return None if self.signature is None else trusted_time(self.signature, self.around)

    @cached_property
    def trust(self) -> TrustResult | None:
        """Where the certificates of the signature lead; None when it has none."""
        return None if self.signature is None else trust_in(self.signature, self.around, self.proven)
