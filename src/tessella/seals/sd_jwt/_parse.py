"""The two serialisations of an SD-JWT (RFC 9901 §4 and §8)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from tessella.canonical import Limits, loads
from tessella.errors import DecodeError, LimitError, TessellaError
from tessella.seals import _jws
from tessella.seals.sd_jwt._disclosure import Processed, process
from tessella.text import say

__all__ = ["SdJwt", "detect", "parse"]

_LIMITS = Limits(max_bytes=_jws.MAX_JWS_BYTES)
_HEADER_MEMBERS = frozenset(("disclosures", "kb_jwt"))  # RFC 9901 §8.1


class SdJwt(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """An SD-JWT or SD-JWT+KB read but not verified.

    ``payload`` is what the issuer signed, with digests; ``disclosures`` the texts that came along, ``key_binding``
    the Key Binding JWT, or the empty string.
    """

    jws: _jws.Jws
    payload: dict[str, Any]
    disclosures: tuple[str, ...] = ()
    key_binding: str = ""

    @property
    def header(self) -> Mapping[str, Any]:
        """The protected header of the (first) signature."""
        return self.jws.signatures[0].header

    @cached_property
    def processed(self) -> Processed:
        """The payload with all disclosures in their places (RFC 9901 §7.1 steps 3 to 5); worked out once.

        Raises:
            TessellaError: as `tessella.seals.sd_jwt.verify` says of disclosures that do not fit.
        """
        return process(self.payload, self.disclosures)

    @property
    def issuer_jwt(self) -> str:
        """The issuer-signed JWT in compact form (of several signatures the first, RFC 9901 §8.1)."""
        first = self.jws.signatures[0]
        return f"{first.protected}.{self.jws.signed_payload.decode()}.{first.signature_text}"

    @property
    def without_binding(self) -> str:
        """``<Issuer-signed JWT>~<Disclosure 1>~…~<Disclosure N>~``: what ``sd_hash`` is taken over (§4.3.1)."""
        return "~".join((self.issuer_jwt, *self.disclosures, ""))

    def __str__(self) -> str:
        """The compact serialisation."""
        return self.without_binding + self.key_binding


def detect(data: str | bytes) -> bool:
    """Whether this looks like an SD-JWT, compact or JSON. `parse` says what is wrong with one that is broken."""
    text = data.decode("utf-8", "replace").strip() if isinstance(data, bytes) else data.strip()
    if not text.startswith("{"):
        token, tilde, _ = text.partition("~")
        return bool(tilde) and token.count(".") == 2
    try:
        signatures = _jws.parse_json(text).signatures
    except TessellaError:
        return False
    first = signatures[0]
    return bool(_HEADER_MEMBERS & first.unprotected.keys()) or str(first.header.get("typ")).endswith("sd-jwt")


def parse(data: str | bytes) -> SdJwt:
    """Read either serialisation. Nothing is verified.

    Raises:
        DecodeError: ``input.decode.sd-jwt``, parts missing or of the wrong type; otherwise as for a JWS.
        LimitError: ``input.limit.jws``, larger than `_jws.MAX_JWS_BYTES`.
    """
    if len(data) > _jws.MAX_JWS_BYTES:
        raise LimitError(
            say("The signed document has %(count)s bytes.", count=len(data)),
            code="input.limit.jws",
            got=len(data),
            expected=_jws.MAX_JWS_BYTES,
            hint=say("Check that it is what it should be."),
        )
    try:
        text = (data if isinstance(data, str) else bytes(data).decode()).strip()
    except UnicodeDecodeError:
        raise _malformed(say("An SD-JWT is plain text.")) from None
    return _parse_json(text) if text.startswith("{") else _parse_compact(text)


def _parse_compact(text: str) -> SdJwt:
    """§4: ``JWT ~ *(disclosure ~) [KB-JWT]``; the last tilde is never omitted."""
    token, *disclosures = text.split("~")
    if not disclosures:
        raise _malformed(say("An SD-JWT ends with “~”, or with a Key Binding JWT after it."))
    binding = disclosures.pop()
    if not all(disclosures):
        raise _malformed(say("An SD-JWT has an empty disclosure."))
    jws = _jws.parse_compact(token)
    return _sd_jwt(jws, tuple(disclosures), binding)


def _parse_json(text: str) -> SdJwt:
    """§8: disclosures and Key Binding JWT stand in the first unprotected header and in no other."""
    jws = _jws.parse_json(text)
    first, *others = jws.signatures
    if any(_HEADER_MEMBERS & other.unprotected.keys() for other in others):
        raise _malformed(say("Disclosures stand in another header than the first."))
    disclosures = first.unprotected.get("disclosures", [])
    binding = first.unprotected.get("kb_jwt", "")
    if not isinstance(disclosures, list) or not all(isinstance(one, str) and one for one in disclosures):
        raise _malformed(say("“disclosures” is not a list of texts."))
    if not isinstance(binding, str):
        raise _malformed(say("“kb_jwt” is not a text."))
    return _sd_jwt(jws, tuple(disclosures), binding)


def _sd_jwt(jws: _jws.Jws, disclosures: tuple[str, ...], binding: str) -> SdJwt:
    payload = loads(jws.payload, limits=_LIMITS)
    if not isinstance(payload, dict):
        raise _malformed(say("What the issuer signed is not a JSON object."))
    return SdJwt(jws=jws, payload=payload, disclosures=disclosures, key_binding=binding)


def _malformed(message: str) -> DecodeError:
    return DecodeError(
        message,
        code="input.decode.sd-jwt",
        hint=say("Ask for the credential again; do not edit it."),
    )
