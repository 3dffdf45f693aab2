"""VC-JWT: the token's signature, and the key that it names or carries."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import AccessError, TessellaError, UnsupportedError
from tessella.keys import ResolvedKey, key_from_certificates, key_from_jwk
from tessella.ports import VerifyingKey
from tessella.seals import jose
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._sealing import Sealing, Signature, accepted, judge
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

__all__ = ["sealing_of_vc_jwt"]


def sealing_of_vc_jwt(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """The one signature of a token, by the key it names or carries."""
    token: jose.VcJwt = envelope.sealed
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
