"""Data Integrity proofs: each verified, the content in the names that the proof covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tessella.errors import TessellaError
from tessella.keys import ResolvedKey
from tessella.seals.data_integrity import ProofResult, verify_proofs
from tessella.verdicts import Verdict
from tessella.verification._names import check_names
from tessella.verification._sealing import Sealing, Signature, accepted, judge
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

__all__ = ["sealing_of_proofs"]


def sealing_of_proofs(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """Open Badges 3.0 §"Verification": of several proofs one good one is enough."""
    document = envelope.document
    results = verify_proofs(document, around.resolve, at=around.at, contexts=around.contexts)
    signatures = tuple(_proof(result, document, around, policy) for result in results)
    verdicts = [one.verdict for one in signatures]
    for verdict in (Verdict.PASSED, Verdict.FAILED):
        if verdict in verdicts:
            return Sealing(verdict=verdict, signatures=signatures)
    return Sealing(verdict=Verdict.INDETERMINATE, signatures=signatures)


def _proof(
    result: ProofResult, document: Mapping[str, Any], around: Surroundings, policy: Policy
) -> Signature:
    error = result.error
    if error is None and result.key is not None:
        error = accepted(result.key.key, policy)
    if error is None and "-jcs-" not in result.suite:  # drafts' names of RDF suites say neither
        error = _caught(lambda: check_names(document, around.contexts))
    return Signature(
        label=result.suite or str(result.proof.get("type", "?"))[:60],
        verdict=Verdict.PASSED if error is None else judge(error),
        key=result.key,
        signed_at=result.created,
        error=error,
        notes=_beside(result.notes, result.key),
    )


def _beside(notes: tuple[str, ...], key: ResolvedKey | None) -> tuple[str, ...]:
    """The notes on the proof itself; those on its key are told with the binding."""
    return tuple(note for note in notes if key is None or note not in key.notes)


def _caught(check: Callable[[], None]) -> TessellaError | None:
    try:
        check()
    except TessellaError as error:
        return error
    return None
