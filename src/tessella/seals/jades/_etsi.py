"""The unprotected ``etsiU`` header: time stamps and validation data added after signing.

Its items are all base64url strings or all clear objects (TS 119 182-1 §5.3.1). What each time stamp must be
about is fixed here, from the bytes as they stand in the file.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella.canonical import loads
from tessella.errors import DecodeError, LimitError
from tessella.keys import base64url_decode, base64url_encode
from tessella.seals._jws import Jws, JwsSignature
from tessella.seals._timestamps import TimestampResult, check_token
from tessella.text import say

__all__ = [
    "MAX_ITEMS",
    "MAX_TOKENS",
    "Extras",
    "Item",
    "check_timestamps",
    "extras",
    "items",
    "signature_timestamp",
]

MAX_ITEMS = 64
"""Items of one ``etsiU``: four per renewal of a long-term seal, which is renewed every few years."""

MAX_TOKENS = 32
"""Time-stamp tokens checked per signature; each costs a public-key operation."""


MAX_VALUES = 128
"""Certificates, CRLs and OCSP responses of one signature: all of them are searched for each time stamp."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item: its name and value, and its text as it stands in the file (empty when it is clear)."""

    name: str
    value: Any
    text: str = ""


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """Validation data that travels in the seal, all DER: nothing of it is verified here."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


def items(unprotected: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of ``etsiU``, in order; none when there is no such header.

    Raises:
        DecodeError: not a list, an item that is not one named value, or both encodings mixed.
        LimitError: more than `MAX_ITEMS`.
    """
    raw = unprotected.get("etsiU", [])
    if not isinstance(raw, list) or len({type(one) for one in raw}) > 1:
        raise _malformed(say("“etsiU” is a list of strings or a list of objects."))
    _limit(len(raw), MAX_ITEMS, "input.limit.etsiu")
    found = []
    for one in raw:
        value = loads(base64url_decode(one)) if isinstance(one, str) else one
        if not isinstance(value, dict) or len(value) != 1:
            raise _malformed(say("Each item of “etsiU” is one named value."))
        [(name, content)] = value.items()
        found.append(Item(name=name, value=content, text=one if isinstance(one, str) else ""))
    return tuple(found)


def signature_timestamp(token: bytes) -> str:
    """An ``etsiU`` item with one signature time stamp, as base64url string (§5.3.4)."""
    value = {"sigTst": {"tstTokens": [{"val": base64.b64encode(token).decode("ascii")}]}}
    return base64url_encode(msgspec.json.encode(value))


def check_timestamps(
    jws: Jws, signature: JwsSignature, found: Sequence[Item], certificates: Sequence[bytes]
) -> tuple[TimestampResult, ...]:
    """Every time stamp of one signature checked over the bytes it must be about.

    - ``adoTst``: the payload as signed (§5.2.6);
    - ``sigTst``: the text of the signature value (§5.3.4);
    - ``arcTst``: payload, protected header, signature and all earlier items, as they stand (§5.3.6).

    Raises:
        LimitError: more than `MAX_TOKENS` tokens.
    """
    jobs: list[tuple[str, object, bytes | None]] = []
    if "adoTst" in signature.header:
        jobs.append(("adoTst", signature.header["adoTst"], jws.signed_payload))
    for index, item in enumerate(found):
        if item.name == "sigTst":
            jobs.append((item.name, item.value, signature.signature_text.encode("ascii")))
        elif item.name == "arcTst":
            jobs.append((item.name, item.value, _archived(jws, signature, found[:index], item)))
    tokens = [(kind, token, message) for kind, container, message in jobs for token in _tokens(container)]
    _limit(len(tokens), MAX_TOKENS, "input.limit.timestamps")
    return tuple(
        check_token(token, message, kind=kind, certificates=certificates) for kind, token, message in tokens
    )


def _archived(jws: Jws, signature: JwsSignature, earlier: Sequence[Item], item: Item) -> bytes | None:
    """What an archive time stamp covers; None when it depends on a canonicalisation of clear objects."""
    if not item.text or (isinstance(item.value, dict) and item.value.get("timeStamped", "all") != "all"):
        return None
    return b".".join(
        (
            jws.signed_payload,
            signature.protected.encode("ascii"),
            signature.signature_text.encode("ascii"),
            "".join(one.text for one in earlier).encode("ascii"),
        )
    )


def _tokens(container: object) -> list[bytes]:
    """The DER tokens of a ``tstContainer`` (§5.4.3.3); an unreadable one becomes empty and then fails."""
    tokens = container.get("tstTokens") if isinstance(container, dict) else None
    if not isinstance(tokens, list) or not tokens:
        return [b""]
    return [_der(token) for token in tokens]


def extras(found: Sequence[Item]) -> Extras:
    """Certificates and revocation data from ``xVals`` and ``rVals``; what is not base64 is left out.

    Raises:
        LimitError: more than `MAX_VALUES` of them.
    """
    certificates, crls, ocsps = [], [], []
    for item in found:
        if item.name == "xVals" and isinstance(item.value, list):
            certificates += [one.get("x509Cert") for one in item.value if isinstance(one, dict)]
        elif item.name == "rVals" and isinstance(item.value, dict):
            crls += _list(item.value.get("crlVals"))
            ocsps += _list(item.value.get("ocspVals"))
    _limit(len(certificates) + len(crls) + len(ocsps), MAX_VALUES, "input.limit.etsiu")
    return Extras(
        certificates=_read(certificates),
        crls=_read(crls),
        ocsps=_read(ocsps),
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _read(values: Sequence[object]) -> tuple[bytes, ...]:
    return tuple(der for der in map(_der, values) if der)


def _der(value: object) -> bytes:
    """The bytes of a ``{"val": base64}`` object, or none."""
    try:
        return base64.b64decode(value["val"], validate=True)  # type: ignore[index]  # other shapes fall to except
    except (binascii.Error, TypeError, ValueError, KeyError):
        return b""


def _limit(count: int, most: int, code: str) -> None:
    if count > most:
        raise LimitError(
            say("The seal carries %(count)s pieces of evidence of one kind.", count=count),
            code=code,
            got=count,
            expected=most,
            hint=say("What was added to the seal later is not checked; the seal itself may hold."),
        )


def _malformed(message: str) -> DecodeError:
    return DecodeError(
        message,
        code="input.decode.etsiu",
        hint=say("What was added to the seal later is damaged; the seal itself may hold."),
    )
