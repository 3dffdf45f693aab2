"""VC-JWT: a credential secured as one compact JWS.

Written after Open Badges 3.0 §8.2 (JSON Web Token proof format): the header holds ``alg``, ``typ`` and
``kid`` or ``jwk`` and nothing else; registered claims repeat what the credential says. With
``typ="vc+jwt"`` the same bytes are a credential after W3C VC-JOSE-COSE §3.1.1. Read: both, VC 1.1 with its
``vc`` claim, and headers that others add (``x5c``, ``sigT`` …), which are named in the notes.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
import orjson

from tessella.canonical import loads
from tessella.errors import DecodeError, KeyMaterialError, SchemaError, SealError, TessellaError
from tessella.keys import PublicKey, algorithm_named
from tessella.ports import Signer, VerifyingKey
from tessella.seals import _jws
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["JwsResult", "Resolver", "VcJwt", "embedded_key", "parse", "sign_vc_jwt", "verify"]

Version = Literal["2.0", "1.1"]
Resolver = Callable[[Mapping[str, Any], Mapping[str, Any]], VerifyingKey]
"""Finds the issuer's key: ``(header, credential) -> VerifyingKey``; raises a `TessellaError` if it cannot."""

_WRITTEN_ALGORITHMS = {"Ed25519": "EdDSA", "ES256": "ES256", "RS256": "RS256"}
"""Signer's algorithm → ``alg``. ``EdDSA`` is the name wallets know; RFC 9864 calls it ``Ed25519``."""

_TIME_PROPERTIES: Mapping[Version, Mapping[str, tuple[str, ...]]] = {
    "2.0": {"nbf": ("validFrom",), "exp": ("validUntil",)},
    "1.1": {"nbf": ("issuanceDate", "validFrom"), "exp": ("expirationDate", "validUntil")},
}
"""The property that a claim repeats: the first that is there (a ``vc`` claim may hold a VC 2.0 credential)."""

_REQUIRED = {"JWT": ("iss", "jti", "nbf", "sub"), "vc+jwt": ("iss",)}  # Open Badges 3.0 §8.2.2 | VC-JOSE-COSE
_READ_TYPES = frozenset(("jwt", "vc+jwt", "vc+ld+jwt", "vc+ld+json+jwt"))
_OPEN_BADGES_HEADER = frozenset(("alg", "kid", "jwk", "typ", "cty"))
_CLAIMS = frozenset(("iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc"))
_CLOCK_STEP_S = 1  # NumericDate in whole seconds against a property with fractions


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
    claims = _claims_of(credential, version, _seconds)
    for name in _REQUIRED[typ]:
        if name not in claims:
            raise SchemaError(
                say("The credential has nothing for the claim “%(name)s”.", name=name),
                code="input.schema.claim",
                place=_property_of(name, version),
                hint=say("Give the credential this property, or seal it with a Data Integrity proof."),
            )
    if taken := sorted(_CLAIMS & credential.keys()):
        raise SchemaError(
            say("The credential uses the name of the registered claim “%(name)s”.", name=taken[0]),
            code="input.schema.claim",
            place=taken[0],
            hint=say("Rename the property."),
        )
    body = {"vc": credential, **claims} if version == "1.1" else {**credential, **claims}
    try:
        payload = orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise SchemaError(
            say("The credential holds a value that JSON does not have."),
            code="input.schema.json",
            got=str(error),
            hint=say("Give texts, numbers, booleans, null, lists and objects only."),
        ) from error
    protected, signed, signature = _jws.sign(_header(signer, typ), payload, signer)
    return f"{protected}.{signed.decode('ascii')}.{signature}"


def _header(signer: Signer, typ: str) -> dict[str, Any]:
    if signer.algorithm not in _WRITTEN_ALGORITHMS:
        raise KeyMaterialError(
            say("VC-JWTs are not written with %(name)s.", name=signer.algorithm),
            code="key.algorithm",
            got=signer.algorithm,
            expected=" | ".join(_WRITTEN_ALGORITHMS),
            hint=say("Use an Ed25519, P-256 or RSA key."),
        )
    key: dict[str, Any] = (
        {"kid": signer.verification_method}
        if signer.verification_method
        else {"jwk": {name: value for name, value in signer.public_jwk.items() if name != "alg"}}
    )
    return {"alg": _WRITTEN_ALGORITHMS[signer.algorithm], **key, "typ": typ}


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
        credential = {name: value for name, value in claims.items() if name not in _CLAIMS}
    else:
        credential = _completed(inner, claims)
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
        _check_type(vc.header)
        _jws.check_header(vc.header)  # before anybody is asked for a key
        verdict = Verdict.INDETERMINATE
        key = resolve(vc.header, vc.credential)
        verdict = Verdict.FAILED
        _jws.verify_signature(vc.jws, signature, key)
        verdict = Verdict.PASSED
    except TessellaError as error:
        problems.append(error)
    mismatches, notes = _compare(vc)
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
        not_before=_instant(vc.claims.get("nbf")),
        not_after=_instant(vc.claims.get("exp")),
    )


def embedded_key(header: Mapping[str, Any]) -> PublicKey | None:
    """The key that the header itself carries (``x5c`` first, else ``jwk``), bound to its ``alg``.

    It shows only that the content is intact: anyone can sign with a key of their own.

    Raises:
        KeyMaterialError: the key is unusable, or ``x5c`` and ``jwk`` are different keys.
    """
    keys = []
    if "x5c" in header:
        try:
            keys.append(PublicKey.from_certificate_der(base64.b64decode(header["x5c"][0], validate=True)))
        except (binascii.Error, TypeError, ValueError, LookupError) as error:
            raise KeyMaterialError(
                say("The certificate in the header cannot be read."),
                code="key.certificate",
                hint=say("Ask the issuer for the credential again."),
            ) from error
    if "jwk" in header:
        if not isinstance(header["jwk"], dict):
            raise KeyMaterialError(
                say("The key in the header is not a JSON object."),
                code="key.format",
                hint=say("Ask the issuer for the credential again."),
            )
        keys.append(PublicKey.from_jwk(header["jwk"]))
    bound = {key.for_algorithm(algorithm_named(header.get("alg")).name) for key in keys}
    if len(bound) > 1:
        raise KeyMaterialError(
            say("The header carries a certificate and a different key."),
            code="key.mismatch",
            hint=say("Ask the issuer for the credential again."),
        )
    return next(iter(bound), None)


def _check_type(header: Mapping[str, Any]) -> None:
    """RFC 8725 §3.11: a token of another kind (status list, presentation, key proof) is no credential."""
    typ = header.get("typ", "JWT")
    if not isinstance(typ, str) or typ.lower().removeprefix("application/") not in _READ_TYPES:
        raise SealError(
            say("The token says it is something else than a credential."),
            code="seal.type",
            got=typ,
            expected=" | ".join(sorted(_READ_TYPES)),
            hint=say("Give the credential itself."),
        )


def _claims_of(
    credential: Mapping[str, Any], version: Version, seconds: Callable[[object], object]
) -> dict[str, Any]:
    """The registered claims that the credential's properties give (Open Badges 3.0 §8.2.2, VCDM 1.1 §6.3.1)."""
    texts = {"iss": _id(credential.get("issuer")), "jti": credential.get("id")}
    texts["sub"] = _id(credential.get("credentialSubject"))
    times = {
        claim: seconds(credential[name])
        for claim, names in _TIME_PROPERTIES[version].items()
        if (name := _first(credential, names)) in credential
    }
    found = {**texts, **times}
    order = ("iss", "jti", "nbf", "exp", "sub")
    return {name: found[name] for name in order if found.get(name) is not None}


def _compare(vc: VcJwt) -> tuple[list[SealError], list[str]]:
    """Each registered claim against its property: the mismatches, and notes on what cannot be compared."""
    expected = _claims_of(vc.credential, vc.version, _seconds_if_any)
    mismatches, notes = [], []
    for name in ("iss", "jti", "sub", "nbf", "exp"):
        claim, wanted = vc.claims.get(name), expected.get(name)
        if claim is None:
            if wanted is not None:
                notes.append(say("The token does not repeat the credential's “%(name)s”.", name=name))
        elif wanted is None:
            notes.append(say("The claim “%(name)s” has no counterpart in the credential.", name=name))
        elif not _agree(name, claim, wanted):
            mismatches.append(
                SealError(
                    say("The claim “%(name)s” and the credential contradict each other.", name=name),
                    code="seal.claim-mismatch",
                    place=name,
                    got=claim,
                    expected=wanted,
                    hint=say("Ask the issuer for a credential that says one thing."),
                )
            )
    if foreign := _jws.names_outside(vc.header, _OPEN_BADGES_HEADER):
        notes.append(say("The header also carries %(names)s.", names=", ".join(foreign)))
    return mismatches, notes


def _agree(name: str, claim: object, wanted: object) -> bool:
    if name in ("nbf", "exp"):
        both = isinstance(claim, int | float) and isinstance(wanted, int)
        return both and abs(claim - wanted) < _CLOCK_STEP_S  # type: ignore[operator]  # numbers, as checked
    return claim == wanted


def _completed(inner: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """The VC 1.1 credential with what only the claims say (VC Data Model 1.1 §6.3.1, JWT decoding)."""
    credential = dict(inner)
    for claim, name in (("iss", "issuer"), ("jti", "id")):
        if isinstance(claims.get(claim), str):
            credential.setdefault(name, claims[claim])
    for claim, names in _TIME_PROPERTIES["1.1"].items():
        if (moment := _instant(claims.get(claim))) is not None:
            credential.setdefault(_first(credential, names), moment.isoformat().replace("+00:00", "Z"))
    subject = credential.get("credentialSubject")
    if isinstance(subject, dict) and isinstance(claims.get("sub"), str):
        credential["credentialSubject"] = {"id": claims["sub"], **subject}
    return credential


def _id(value: object) -> str | None:
    """The identifier of an issuer or a subject: the text itself, or its ``id``; of several none."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else None


def _seconds(value: object) -> int:
    """An XML Schema dateTime as NumericDate (RFC 7519 §2), fractions cut; without zone it is UTC."""
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise SchemaError(
            say("This is not a date and time."),
            code="input.schema.date",
            got=value,
            expected="2026-01-31T12:00:00Z",
            hint=say("Write date, T, time and zone."),
        ) from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() // 1)


def _seconds_if_any(value: object) -> object:
    """As `_seconds`; what is no date stays as it is, and so contradicts every claim about it."""
    try:
        return _seconds(value)
    except SchemaError:
        return value


def _instant(value: object) -> dt.datetime | None:
    """A NumericDate as an instant in UTC; None when absent or out of range."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _property_of(claim: str, version: Version) -> str:
    names = {"iss": "issuer.id", "jti": "id", "sub": "credentialSubject.id"}
    return names.get(claim) or _TIME_PROPERTIES[version][claim][0]


def _first(credential: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of the properties that the credential has, else the first of all."""
    return next((name for name in names if name in credential), names[0])


def _no_credential(message: str) -> DecodeError:
    return DecodeError(
        message, code="input.decode.vc-jwt", hint=say("Give a token that is a verifiable credential.")
    )
