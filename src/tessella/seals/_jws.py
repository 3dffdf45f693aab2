"""JSON Web Signature, the core that VC-JWT and JAdES share (RFC 7515, RFC 7797, RFC 8725).

Reading keeps the exact text of every part, so that what is verified is what was received. Writing takes
the payload as bytes and never looks inside. What a header means is decided one level up.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from tessella.canonical import Limits, loads
from tessella.errors import DecodeError, LimitError, SealError, TessellaError
from tessella.keys import algorithm_named, base64url_decode, base64url_encode
from tessella.ports import Signer, VerifyingKey
from tessella.text import say

__all__ = [
    "MAX_HEADER_CHARS",
    "MAX_JWS_BYTES",
    "MAX_SIGNATURES",
    "Jws",
    "JwsSignature",
    "check_header",
    "encode_header",
    "parse_compact",
    "parse_json",
    "sign",
    "signing_input",
    "verify_signature",
]

MAX_HEADER_CHARS = 65_536
"""One protected header, in base64url. A chain of three RSA-4096 certificates in ``x5c`` with a content
timestamp beside it takes about 25,000; a header without them less than 1,000."""

MAX_JWS_BYTES = 16_000_000
"""A whole JWS: the largest JSON text the library reads (`canonical.MAX_BYTES`, 10 MB) in base64url or with
JSON escapes, and its headers with timestamps and revocation data."""

MAX_SIGNATURES = 16
"""Signatures in one JSON serialisation. Europass writes one, a joint degree a handful; each costs a
public-key operation."""

_LIMITS = Limits(max_bytes=MAX_JWS_BYTES)
_BOM = b"\xef\xbb\xbf"  # harmless around the outer JSON: it is not signed
_CACHED_HEADERS = 64  # an issuer's header is the same in every credential: parse it once

Header = Mapping[str, Any]
_NOTHING: Header = MappingProxyType({})


class JwsSignature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature: its protected header as text and parsed, the unprotected header, the value."""

    protected: str
    header: Header
    signature: bytes
    signature_text: str
    unprotected: Header = _NOTHING


class Jws(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed JWS. ``payload`` is what it carries; ``signed_payload`` what stands in the signing input.

    The two are the same bytes when ``b64`` is false (RFC 7797 §3), else the second is base64url text.
    """

    payload: bytes
    signed_payload: bytes
    signatures: tuple[JwsSignature, ...]


def parse_compact(token: str | bytes) -> Jws:
    """Read the compact serialisation (RFC 7515 §7.1). Nothing is verified.

    Raises:
        DecodeError: not three parts of canonical base64url with a JSON header.
        LimitError: larger than a named limit.
    """
    _check_size(len(token))
    try:
        text = token.strip() if isinstance(token, str) else bytes(token).decode("ascii").strip()
        protected, payload, signature = text.split(".")
    except (UnicodeDecodeError, ValueError):
        raise _malformed(
            say("A compact JWS has three base64url parts with a dot between them."), "input.decode.jws"
        ) from None
    header = _parse_header(protected)
    return _jws(payload, (_signature(protected, header, signature, {}),))


def parse_json(data: str | bytes, *, detached: bool = False) -> Jws:
    """Read the general or the flattened JSON serialisation (RFC 7515 §7.2). Nothing is verified.

    With ``detached`` the payload may be missing (RFC 7515 appendix F): it is then empty.

    Raises:
        DecodeError: not JSON, a repeated key, a missing member or a member of the wrong type.
        LimitError: larger than a named limit.
    """
    _check_size(len(data))
    plain = data.removeprefix("\ufeff") if isinstance(data, str) else bytes(data).removeprefix(_BOM)
    document = loads(plain, limits=_LIMITS)
    if detached and isinstance(document, dict):
        document.setdefault("payload", "")
    if not isinstance(document, dict) or not isinstance(document.get("payload"), str):
        raise _malformed(say("A JWS in JSON is an object with the text “payload”."), "input.decode.jws")
    rows = [document] if "signature" in document else document.get("signatures")
    if not isinstance(rows, list) or not rows or ("signature" in document and "signatures" in document):
        raise _malformed(
            say("A JWS in JSON has either “signatures”, which is not empty, or one “signature”."),
            "input.decode.jws",
        )
    if len(rows) > MAX_SIGNATURES:
        raise LimitError(
            say("The document has %(count)s signatures.", count=len(rows)),
            code="input.limit.signatures",
            got=len(rows),
            expected=MAX_SIGNATURES,
            hint=say("Split it, or check that it is what it should be."),
        )
    return _jws(document["payload"], tuple(_json_signature(row) for row in rows))


def _json_signature(row: object) -> JwsSignature:
    if not isinstance(row, dict):
        raise _malformed(say("Each entry of “signatures” is an object."), "input.decode.jws")
    protected, value, unprotected = row.get("protected"), row.get("signature"), row.get("header", {})
    if not isinstance(protected, str) or not isinstance(value, str) or not isinstance(unprotected, dict):
        raise _malformed(
            say("A signature has the texts “protected” and “signature” and perhaps the object “header”."),
            "input.decode.jws",
        )
    header = _parse_header(protected)
    if twice := header.keys() & unprotected.keys():  # RFC 7515 §4, last paragraph but one
        raise _malformed(
            say("The header parameter %(name)s stands in both headers.", name=min(twice)),
            "input.decode.jws-header",
        )
    if "crit" in unprotected or "b64" in unprotected:  # RFC 7515 §4.1.11, RFC 7797 §6
        raise _malformed(
            say("“crit” and “b64” count only in the protected header."), "input.decode.jws-header"
        )
    return _signature(protected, header, value, unprotected)


def _signature(protected: str, header: Header, value: str, unprotected: dict[str, Any]) -> JwsSignature:
    return JwsSignature(
        protected=protected,
        header=header,
        signature=base64url_decode(value),
        signature_text=value,
        unprotected=MappingProxyType(unprotected) if unprotected else _NOTHING,
    )


def _jws(payload: str, signatures: tuple[JwsSignature, ...]) -> Jws:
    encodings = {signature.header.get("b64", True) is not False for signature in signatures}
    if len(encodings) > 1:  # RFC 7797 §3
        raise _malformed(
            say("All signatures must encode the payload alike (b64)."), "input.decode.jws-header"
        )
    try:
        signed = payload.encode("utf-8")
    except UnicodeEncodeError:
        raise _malformed(
            say("The payload holds half a surrogate pair, which has no UTF-8 form."), "input.decode.jws"
        ) from None
    return Jws(
        payload=base64url_decode(payload) if encodings == {True} else signed,
        signed_payload=signed,
        signatures=signatures,
    )


@functools.lru_cache(maxsize=_CACHED_HEADERS)
def _parse_header(protected: str) -> Header:
    """The protected header as a read-only mapping; refuses duplicates and a ``b64`` that is no boolean."""
    if len(protected) > MAX_HEADER_CHARS:
        raise LimitError(
            say("The protected header has %(count)s characters.", count=len(protected)),
            code="input.limit.jws-header",
            got=len(protected),
            expected=MAX_HEADER_CHARS,
            hint=say("Leave certificates that every verifier has out of the chain."),
        )
    header = loads(base64url_decode(protected))
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        raise _malformed(
            say("The protected header is no JSON object with an “alg”."), "input.decode.jws-header"
        )
    if not isinstance(header.get("b64", True), bool):
        raise _malformed(say("“b64” is true or false."), "input.decode.jws-header")
    return MappingProxyType(header)


def check_header(header: Header, understood: frozenset[str] = frozenset()) -> str:
    """The JOSE name of the algorithm, if the header may be relied on (RFC 7515 §4.1.11, RFC 8725 §3.1).

    ``understood`` names the extensions that the caller processes (never a parameter of RFC 7515 itself);
    ``crit`` may hold no others.

    Raises:
        SealError: ``seal.algorithm``, not on the list (``none`` never is); ``seal.crit``, an extension
            that is not understood, or a ``crit`` that breaks its own rules.
    """
    try:
        algorithm = algorithm_named(header["alg"]).name
    except TessellaError as error:
        raise SealError(
            error.message, code="seal.algorithm", got=error.got, expected=error.expected, hint=error.hint
        ) from error
    if "crit" not in header:
        if header.get("b64") is False:  # RFC 7797 §6
            raise _bad_crit(say("“b64” is false and “crit” does not say so."), header)
        return algorithm
    names = header["crit"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise _bad_crit(say("“crit” is a list of names and not empty."), header)
    if len(set(names)) != len(names) or not set(names) <= header.keys():
        raise _bad_crit(say("“crit” repeats a name, or names a parameter that is not there."), header)
    if unknown := [name for name in names if name not in understood]:
        raise _bad_crit(
            say("The seal demands the extension %(name)s, which is not understood.", name=unknown[0]), header
        )
    if header.get("b64") is False and "b64" not in names:
        raise _bad_crit(say("“b64” is false and “crit” does not say so."), header)
    return algorithm


def signing_input(protected: str, signed_payload: bytes) -> bytes:
    """``ASCII(protected) ‖ "." ‖ payload`` (RFC 7515 §5.1 step 5, RFC 7797 §3)."""
    return protected.encode("ascii") + b"." + signed_payload


def verify_signature(
    jws: Jws, signature: JwsSignature, key: VerifyingKey, *, understood: frozenset[str] = frozenset()
) -> str:
    """Return the algorithm's name when the signature holds (RFC 7515 §5.2).

    The algorithm is the key's; the header must agree (RFC 8725 §3.1). Whether the key may speak for the
    issuer is the caller's question.

    Raises:
        SealError: ``seal.algorithm``, ``seal.crit``, or what the key says of a signature that fails.
    """
    algorithm = check_header(signature.header, understood)
    if algorithm != algorithm_named(key.algorithm).name:
        raise SealError(
            say("The header names another algorithm than the key is for."),
            code="seal.algorithm",
            got=signature.header["alg"],
            expected=key.algorithm,
            hint=say("Verify with the key the signature was made with."),
        )
    key.verify(signature.signature, signing_input(signature.protected, jws.signed_payload))
    return algorithm


def encode_header(header: Mapping[str, Any]) -> str:
    """A protected header as compact JSON in base64url, members in the order given."""
    return base64url_encode(msgspec.json.encode(header))


def sign(header: Mapping[str, Any], payload: bytes, signer: Signer) -> tuple[str, bytes, str]:
    """The three parts ``(protected, payload as signed, signature)`` of a JWS with this header.

    Payload bytes stay as they are when the header has ``b64`` false, else they become base64url.
    """
    protected = encode_header(header)
    signed = payload if header.get("b64") is False else base64url_encode(payload).encode("ascii")
    return protected, signed, base64url_encode(signer.sign(signing_input(protected, signed)))


def names_outside(header: Header, known: Sequence[str] | frozenset[str]) -> tuple[str, ...]:
    """Header parameters that are not in ``known``, in the order they stand."""
    return tuple(name for name in header if name not in known)


def _check_size(size: int) -> None:
    if size > MAX_JWS_BYTES:
        raise LimitError(
            say("The signed document has %(count)s bytes.", count=size),
            code="input.limit.jws",
            got=size,
            expected=MAX_JWS_BYTES,
            hint=say("Use smaller images, or link to attachments instead of embedding them."),
        )


def _malformed(message: str, code: str) -> DecodeError:
    return DecodeError(message, code=code, hint=say("Ask for the file again; do not edit it."))


def _bad_crit(message: str, header: Header) -> SealError:
    return SealError(
        message,
        code="seal.crit",
        got=header.get("crit"),
        hint=say("RFC 7515 §4.1.11: such a signature must be refused."),
    )
