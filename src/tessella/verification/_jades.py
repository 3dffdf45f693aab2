"""JAdES: all signatures of the file, with their certificates and time stamps."""

from __future__ import annotations

from tessella.errors import KeyMaterialError
from tessella.keys import ResolvedKey, key_from_certificates
from tessella.seals import jades
from tessella.text import say
from tessella.verdicts import Verdict, combine
from tessella.verification._sealing import Sealing, Signature, accepted
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

__all__ = ["sealing_of_jades"]


def sealing_of_jades(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """All signatures count: one that fails fails the file."""
    document: jades.JadesDocument = envelope.sealed
    result = jades.verify(document, detached=envelope.objects)
    signatures = tuple(_seal(one, policy) for one in result.signatures)
    return Sealing(verdict=combine(one.verdict for one in signatures), signatures=signatures)


def _seal(result: jades.SignatureResult, policy: Policy) -> Signature:
    key: ResolvedKey | None = None
    error = result.problems[0] if result.problems else None
    if result.certificate_chain:
        try:
            key = key_from_certificates(result.certificate_chain)
        except KeyMaterialError as unreadable:
            error = error or unreadable
    error = error or accepted(key.key if key else None, policy)
    verdict = result.verdict
    if verdict is Verdict.PASSED and error is not None:
        verdict = Verdict.FAILED
    level = f"JAdES {result.baseline}".strip()
    return Signature(
        label=f"{level} {result.algorithm}",
        verdict=verdict,
        key=key,
        signed_at=result.signing_time,
        chain=result.certificate_chain,
        stamps=result.timestamps,
        stamped=result.timestamp,
        stamped_at=result.stamped_at,
        crls=result.extras.crls,
        ocsps=result.extras.ocsps,
        error=error,
        notes=(*result.notes, *_departures(result)),
    )


def _departures(result: jades.SignatureResult) -> tuple[str, ...]:
    """What keeps a signature that holds from being a baseline one: a matter of form, which other software may insist on."""
    if result.verdict is not Verdict.PASSED or not result.departures:
        return ()
    reasons = " ".join(one.message for one in result.departures)
    return (say("The seal keeps to no baseline profile of JAdES: %(reasons)s", reasons=reasons),)
