"""XML signatures: all of the file, with their certificates and time stamps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tessella.errors import KeyMaterialError
from tessella.keys import ResolvedKey, key_from_certificates
from tessella.seals import xmldsig
from tessella.text import say
from tessella.verdicts import Verdict, combine
from tessella.verification._outcome import Outcome
from tessella.verification._sealing import Sealing, Signature, accepted
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["CHECKS_OF_ELMO", "sealing_of_xml"]


def sealing_of_xml(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """All signatures at the root count: one that fails fails the file. They were made over what the envelope's document holds."""
    result = xmldsig.verify(envelope.sealed)
    issued = envelope.document.get("issued")
    claimed = dt.datetime.fromisoformat(issued) if isinstance(issued, str) else None
    signatures = tuple(_signature(one, claimed, policy) for one in result.signatures)
    return Sealing(verdict=combine(one.verdict for one in signatures), signatures=signatures)


def _signature(result: xmldsig.SignatureResult, claimed: dt.datetime | None, policy: Policy) -> Signature:
    """``claimed`` is when the file says it was made out: plain XML signatures have no time of their own."""
    key: ResolvedKey | None = None
    error = result.error
    if result.certificate_chain:
        try:
            key = key_from_certificates(result.certificate_chain)
        except KeyMaterialError as unreadable:
            error = error or unreadable
    error = error or accepted(key.key if key else None, policy)
    verdict = result.verdict
    if verdict is Verdict.PASSED and error is not None:
        verdict = Verdict.FAILED
    stamps = result.timestamps
    times = [one.time for one in stamps if one.verdict is Verdict.PASSED and one.time is not None]
    return Signature(
        label=f"XML Signature {result.algorithm}".strip(),
        verdict=verdict,
        key=key,
        signed_at=result.signing_time or claimed,
        chain=result.certificate_chain,
        stamps=stamps,
        stamped=combine(one.verdict for one in stamps) if stamps else Verdict.NOT_APPLICABLE,
        stamped_at=min(times, default=None),
        error=error,
        notes=result.notes,
    )


def _status(case: Case) -> Outcome:
    told = say("ELMO has no place where the issuer could say how to ask for a withdrawal; ask the issuer.")
    return Outcome(Verdict.NOT_APPLICABLE, told)


CHECKS_OF_ELMO = {"status": _status}
"""Checks that ELMO files answer in their own way."""
