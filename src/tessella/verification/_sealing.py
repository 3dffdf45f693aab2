"""The three seals brought to one shape: which signatures are there, which hold, by which key, made when."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tessella.errors import (
    AccessError,
    KeyMaterialError,
    SealError,
    TessellaError,
    UnsupportedError,
)
from tessella.keys import ResolvedKey, key_from_certificates, key_from_jwk
from tessella.ports import VerifyingKey
from tessella.seals import jades, jose
from tessella.seals.data_integrity import ProofResult, verify_proofs
from tessella.text import say
from tessella.verdicts import Verdict, combine
from tessella.verification._names import check_names
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

__all__ = ["Sealing", "Signature", "accepted", "judge", "sealing_of"]

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
        return tuple(one for one in self.signatures if one.verdict is Verdict.PASSED)


def judge(error: TessellaError) -> Verdict:
    """What an error says: something is missing to decide (indeterminate), or something is wrong (failed)."""
    missing = isinstance(error, _MISSING) or error.code in _INDETERMINATE_CODES
    return Verdict.INDETERMINATE if missing else Verdict.FAILED


def sealing_of(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """Verify every signature on the credential. Never raises for what is wrong with it."""
    try:
        if envelope.mechanism == "data-integrity":
            return _data_integrity(envelope.document, around, policy)
        if envelope.jwt is not None:
            return _vc_jwt(envelope.jwt, around, policy)
        if envelope.jades is not None:
            return _jades(envelope.jades, policy)
        raise SealError(
            say("The file has no seal."),
            code="seal.none",
            hint=say("Ask the issuer for the sealed file: anybody can have written this one."),
        )
    except TessellaError as error:
        return Sealing(verdict=judge(error), error=error)


def accepted(key: VerifyingKey | None, policy: Policy) -> TessellaError | None:
    """The policy's word on the algorithm: None when it may be used."""
    if policy.algorithms is None or key is None or key.algorithm in policy.algorithms:
        return None
    return SealError(
        say("The seal uses %(name)s, which this policy does not accept.", name=key.algorithm),
        code="seal.algorithm-policy",
        got=key.algorithm,
        expected=", ".join(policy.algorithms),
        hint=say("Ask the issuer for a seal with an accepted algorithm."),
    )


# --- Data Integrity ----------------------------------------------------------------------------------


def _data_integrity(document: Mapping[str, Any], around: Surroundings, policy: Policy) -> Sealing:
    """Open Badges 3.0 §"Verification": of several proofs one good one is enough."""
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


# --- VC-JWT ------------------------------------------------------------------------------------------


def _vc_jwt(token: jose.VcJwt, around: Surroundings, policy: Policy) -> Sealing:
    found: list[ResolvedKey] = []

    def resolve(header: Mapping[str, Any], credential: Mapping[str, Any]) -> VerifyingKey:
        found.append(_token_key(header, credential, around))
        return found[0].key.for_algorithm(_algorithm(header))

    result = jose.verify(token, resolve)
    key = found[0] if found else None
    wrong = [problem for problem in result.problems if judge(problem) is Verdict.FAILED]
    error = next(iter((*wrong, *result.problems)), None) or accepted(result.key, policy)
    verdict = Verdict.PASSED if error is None else judge(error)
    chain = _chain(token.header) if key is not None else ()
    signature = Signature(
        label=f"VC-JWT {token.header.get('alg')}",
        verdict=verdict,
        key=key,
        signed_at=_token_time(token, result.not_before),
        chain=chain,
        error=error,
        notes=result.notes,
    )
    return Sealing(
        verdict=verdict,
        signatures=(signature,),
        not_before=result.not_before,
        not_after=result.not_after,
    )


def _token_key(header: Mapping[str, Any], credential: Mapping[str, Any], around: Surroundings) -> ResolvedKey:
    """The key that ``kid`` names; else, or when it cannot be had, the one the header carries."""
    kid = header.get("kid")
    missing: TessellaError | None = None
    if isinstance(kid, str) and kid:
        method = _absolute(kid, credential)
        try:
            if method:
                return around.resolve(method)
        except (AccessError, UnsupportedError) as error:
            missing = error
    embedded = jose.embedded_key(header)
    if embedded is None:
        raise missing or UnsupportedError(
            say("The token does not say where its key is found."),
            code="seal.no-key",
            hint=say("Ask the issuer for its public key, or for a credential whose token names it."),
        )
    found = key_from_certificates(_chain(header)) if "x5c" in header else key_from_jwk(header["jwk"])
    notes = (*found.notes, missing.message) if missing else found.notes
    return msgspec.structs.replace(found, key=embedded, notes=notes)


def _absolute(kid: str, credential: Mapping[str, Any]) -> str:
    """The verification method that ``kid`` means: itself, or a fragment of the issuer's DID; else nothing."""
    if kid.startswith(("did:", "https://")):
        return kid
    issuer = credential.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if isinstance(identifier, str) and identifier.startswith("did:") and kid.startswith("#"):
        return identifier + kid
    return ""


def _algorithm(header: Mapping[str, Any]) -> str:
    return str(header.get("alg"))


def _chain(header: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The certificates in the header; `jose.embedded_key` has refused what cannot be read."""
    try:
        return tuple(base64.b64decode(text, validate=True) for text in header.get("x5c", ()))
    except (binascii.Error, TypeError, ValueError):
        return ()


def _token_time(token: jose.VcJwt, not_before: dt.datetime | None) -> dt.datetime | None:
    """The time the token states about itself: ``iat``, ``sigT``, else the start of its validity."""
    try:
        if "iat" in token.claims:
            return dt.datetime.fromtimestamp(token.claims["iat"], dt.UTC)
        if "sigT" in token.header:
            stated = dt.datetime.fromisoformat(token.header["sigT"])
            return stated.astimezone(dt.UTC) if stated.tzinfo else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return not_before


# --- JAdES -------------------------------------------------------------------------------------------


def _jades(document: jades.JadesDocument, policy: Policy) -> Sealing:
    """All signatures count: one that fails fails the file."""
    result = jades.verify(document)
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
        notes=result.notes,
    )


def _caught(check: Callable[[], None]) -> TessellaError | None:
    try:
        check()
    except TessellaError as error:
        return error
    return None
