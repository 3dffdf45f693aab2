"""VC-JWT: a credential secured as one compact JWS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tessella.canonical import loads
from tessella.errors import DecodeError, SchemaError, TessellaError
from tessella.ports import Signer, VerifyingKey
from tessella.seals import _jws
from tessella.seals.jose._claims import (
    CLAIMS,
    Version,
    claims_of,
    compare,
    completed,
    instant,
    property_of,
    seconds,
)
from tessella.seals.jose._token import Resolver, check_type, sign_token
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["JwsResult", "VcJwt", "parse", "sign_vc_jwt", "verify"]

_REQUIRED = {"JWT": ("iss", "jti", "nbf", "sub"), "vc+jwt": ("iss",)}  # Open Badges 3.0 §8.2.2 | VC-JOSE-COSE
_READ_TYPES = frozenset(("jwt", "vc+jwt", "vc+ld+jwt", "vc+ld+json+jwt"))
_OPEN_BADGES_HEADER = frozenset(("alg", "kid", "jwk", "typ", "cty"))


class VcJwt(msgspec.Struct, frozen=True, kw_only=True):
    """A VC-JWT read but not verified.

    ``credential`` is the credential without the registered claims; in VC 1.1 completed from them (VC Data
    Model 1.1 §6.3.1). ``payload`` are the exact bytes that were signed.
    """

    header: Mapping[str, Any]
    payload: bytes
    claims: dict[str, Any]
    credential: dict[str, Any]
    version: Version
    jws: _jws.Jws


class JwsResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying a VC-JWT found.

    ``verdict`` is ``passed`` when the signature holds under ``key`` and every registered claim agrees with
    the credential; ``failed`` when one of both does not; ``indeterminate`` when no key could be found.
    ``not_before`` and ``not_after`` are the token's own limits (UTC): judging them needs the time.
    """

    verdict: Verdict
    header: Mapping[str, Any]
    payload: bytes
    credential: dict[str, Any]
    version: Version
    key: VerifyingKey | None
    problems: tuple[TessellaError, ...] = ()
    notes: tuple[str, ...] = ()
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None

    def require(self) -> JwsResult:
        """Return self when the verdict is ``passed``.

        Raises:
            TessellaError: the first problem.
        """
        if self.verdict is Verdict.PASSED:
            return self
        raise self.problems[0]


def sign_vc_jwt(
    credential: Mapping[str, Any],
    signer: Signer,
    *,
    version: Version = "2.0",
    typ: Literal["JWT", "vc+jwt"] = "JWT",
) -> str:
    """The credential as a signed compact JWS.

    The header names the key by ``kid`` when the signer has a verification method, else carries it as
    ``jwk``. ``credential`` holds JSON values only (numbers finite) and is not changed.

    Raises:
        SchemaError: a property that a required claim repeats is absent, a property has the name of a
            registered claim, or a value is not JSON.
        KeyMaterialError: the signer's algorithm is not one that readers of VC-JWT share.
    """
    claims = claims_of(credential, version, seconds)
    for name in _REQUIRED[typ]:
        if name not in claims:
            raise SchemaError(
                say("The credential has nothing for the claim “%(name)s”.", name=name),
                code="input.schema.claim",
                place=property_of(name, version),
                hint=say("Give the credential this property, or seal it with a Data Integrity proof."),
            )
    if taken := sorted(CLAIMS & credential.keys()):
        raise SchemaError(
            say("The credential uses the name of the registered claim “%(name)s”.", name=taken[0]),
            code="input.schema.claim",
            place=taken[0],
            hint=say("Rename the property."),
        )
    body = {"vc": credential, **claims} if version == "1.1" else {**credential, **claims}
    return sign_token(body, signer, typ=typ)


def parse(token: str | bytes) -> VcJwt:
    """Read a VC-JWT without verifying it.

    Raises:
        DecodeError: no compact JWS, no JSON object inside, a repeated key, or two credentials in one.
        LimitError: larger than `_jws.MAX_JWS_BYTES` or its header than `_jws.MAX_HEADER_CHARS`.
    """
    jws = _jws.parse_compact(token)
    claims = loads(jws.payload)
    if not isinstance(claims, dict):
        raise _no_credential(say("The token's content is not a JSON object."))
    inner = claims.get("vc")
    if inner is None and "@context" not in claims:
        raise _no_credential(say("The token carries no credential."))
    if inner is not None and (not isinstance(inner, dict) or "@context" in claims):
        raise _no_credential(say("The token carries a credential and a “vc” claim."))
    version: Version = "2.0" if inner is None else "1.1"
    if inner is None:
        credential = {name: value for name, value in claims.items() if name not in CLAIMS}
    else:
        credential = completed(inner, claims)
    return VcJwt(
        header=jws.signatures[0].header,
        payload=jws.payload,
        claims=claims,
        credential=credential,
        version=version,
        jws=jws,
    )


def verify(token: str | bytes | VcJwt, resolve: Resolver) -> JwsResult:
    """Verify the signature with the key that ``resolve`` finds, and compare claims with the credential.

    Says nothing about time, status, or whether the key may speak for the issuer: those are the caller's.

    Raises:
        DecodeError, LimitError: what was given is not a VC-JWT (see `parse`).
    """
    vc = token if isinstance(token, VcJwt) else parse(token)
    signature = vc.jws.signatures[0]
    key: VerifyingKey | None = None
    verdict = Verdict.FAILED
    problems: list[TessellaError] = []
    try:
        check_type(vc.header, _READ_TYPES, default="JWT")
        _jws.check_header(vc.header)  # before anybody is asked for a key
        verdict = Verdict.INDETERMINATE
        key = resolve(vc.header, vc.credential)
        verdict = Verdict.FAILED
        _jws.verify_signature(vc.jws, signature, key)
        verdict = Verdict.PASSED
    except TessellaError as error:
        problems.append(error)
    mismatches, notes = compare(vc.claims, vc.credential, vc.version)
    if foreign := _jws.names_outside(vc.header, _OPEN_BADGES_HEADER):
        notes.append(say("The header also carries %(names)s.", names=", ".join(foreign)))
    if mismatches:
        verdict = Verdict.FAILED
    return JwsResult(
        verdict=verdict,
        header=vc.header,
        payload=vc.payload,
        credential=vc.credential,
        version=vc.version,
        key=key,
        problems=(*problems, *mismatches),
        notes=tuple(notes),
        not_before=instant(vc.claims.get("nbf")),
        not_after=instant(vc.claims.get("exp")),
    )


def _no_credential(message: str) -> DecodeError:
    return DecodeError(
        message, code="input.decode.vc-jwt", hint=say("Give a token that is a verifiable credential.")
    )
