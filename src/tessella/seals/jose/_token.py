"""Signed tokens of any kind: a JSON object, a ``typ`` that says which kind, and one signature."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import orjson

from tessella.canonical import loads
from tessella.errors import DecodeError, KeyMaterialError, SchemaError, SealError
from tessella.keys import PublicKey, algorithm_named
from tessella.ports import Signer, VerifyingKey
from tessella.seals import _jws
from tessella.text import say

__all__ = ["Resolver", "Token", "check_type", "embedded_key", "open_token", "sign_token"]

Resolver = Callable[[Mapping[str, Any], Mapping[str, Any]], VerifyingKey]
"""Finds the issuer's key: ``(header, content) -> VerifyingKey``; raises a `TessellaError` if it cannot."""

_WRITTEN_ALGORITHMS = {"Ed25519": "EdDSA", "ES256": "ES256", "RS256": "RS256"}
"""Signer's algorithm → ``alg``. ``EdDSA`` is the name wallets know; RFC 9864 calls it ``Ed25519``."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token whose signature holds: its header, its content and the key that it holds under."""

    header: Mapping[str, Any]
    claims: dict[str, Any]
    key: VerifyingKey


def sign_token(claims: Mapping[str, Any], signer: Signer, *, typ: str) -> str:
    """The claims as a signed compact JWS of this ``typ`` (``statuslist+jwt``, ``JWT`` …).

    The header names the key by ``kid`` when the signer has a verification method, else carries it as
    ``jwk``. ``claims`` hold JSON values only (numbers finite); their order stays.

    Raises:
        SchemaError: a value is not JSON.
        KeyMaterialError: the signer's algorithm is not one that readers of tokens share.
    """
    if signer.algorithm not in _WRITTEN_ALGORITHMS:
        raise KeyMaterialError(
            say("Tokens are not signed with %(name)s.", name=signer.algorithm),
            code="key.algorithm",
            got=signer.algorithm,
            expected=" | ".join(_WRITTEN_ALGORITHMS),
            hint=say("Use an Ed25519, P-256 or RSA key."),
        )
    try:
        payload = orjson.dumps(claims)
    except orjson.JSONEncodeError as error:
        raise SchemaError(
            say("The content holds a value that JSON does not have."),
            code="input.schema.json",
            got=str(error),
            hint=say("Give texts, numbers, booleans, null, lists and objects only."),
        ) from error
    key: dict[str, Any] = (
        {"kid": signer.verification_method}
        if signer.verification_method
        else {"jwk": {name: value for name, value in signer.public_jwk.items() if name != "alg"}}
    )
    header = {"alg": _WRITTEN_ALGORITHMS[signer.algorithm], **key, "typ": typ}
    protected, signed, signature = _jws.sign(header, payload, signer)
    return f"{protected}.{signed.decode('ascii')}.{signature}"


def open_token(token: str | bytes, resolve: Resolver, *, typ: str) -> Token:
    """The content of a token of this ``typ``, once its signature holds under the key that ``resolve`` finds.

    Says nothing about time, or whether the key may speak for the issuer: those are the caller's.

    Raises:
        DecodeError, LimitError: no compact JWS around one JSON object with unique keys.
        SealError: ``seal.type``, a token of another kind (RFC 8725 §3.11); ``seal.algorithm``, ``seal.crit``,
            ``seal.signature``.
        TessellaError: what ``resolve`` raises.
    """
    jws = _jws.parse_compact(token)
    [signature] = jws.signatures
    claims = loads(jws.payload)
    if not isinstance(claims, dict):
        raise DecodeError(
            say("The token's content is not a JSON object."),
            code="input.decode.token",
            hint=say("Ask for the token again."),
        )
    check_type(signature.header, frozenset((typ.lower(),)))
    _jws.check_header(signature.header)  # before anybody is asked for a key
    key = resolve(signature.header, claims)
    _jws.verify_signature(jws, signature, key)
    return Token(header=signature.header, claims=claims, key=key)


def check_type(header: Mapping[str, Any], accepted: frozenset[str], *, default: str = "") -> None:
    """RFC 8725 §3.11: a token says what it is, so that one kind is not taken for another.

    Raises:
        SealError: ``seal.type``.
    """
    typ = header.get("typ", default)
    if not isinstance(typ, str) or typ.lower().removeprefix("application/") not in accepted:
        raise SealError(
            say("The token says it is something else than what is asked for."),
            code="seal.type",
            got=typ,
            expected=" | ".join(sorted(accepted)),
            hint=say("Give a token of the right kind."),
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
