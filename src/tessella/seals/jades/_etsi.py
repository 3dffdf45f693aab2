"""The unprotected ``etsiU`` header: time stamps and validation data added after signing.

Its items are all base64url strings or all clear objects (TS 119 182-1 §5.3.1). What each time stamp must be
about is fixed here, from the bytes as they stand in the file; in the clear form, from the canonical form that the time
stamp names.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tessella.canonical import jcs, loads
from tessella.errors import CanonicalError, DecodeError, LimitError
from tessella.keys import base64url_decode, base64url_encode
from tessella.seals._jws import JwsSignature
from tessella.seals._timestamps import TimestampResult, check_token
from tessella.text import say

__all__ = [
    "JCS",
    "MAX_ITEMS",
    "MAX_TOKENS",
    "Extras",
    "Item",
    "archived",
    "check_timestamps",
    "extras",
    "items",
    "timestamp_value",
    "validation_data",
    "written",
]

JCS = "http://json-canonicalization.org/algorithm"
"""The name of RFC 8785 in ``canonAlg``; the only canonicalisation that is processed."""

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


def written(name: str, value: object, *, clear: bool) -> Any:
    """One item as it stands in ``etsiU``: an object, or its base64url text."""
    item = {name: value}
    return item if clear else base64url_encode(msgspec.json.encode(item))


def timestamp_value(token: bytes, *, canonical: str = "") -> dict[str, Any]:
    """A ``tstContainer`` with one token (§5.4.3.3)."""
    tokens = [{"val": base64.b64encode(token).decode("ascii")}]
    return {"canonAlg": canonical, "tstTokens": tokens} if canonical else {"tstTokens": tokens}


def _revocation_values(crls: Sequence[bytes], ocsps: Sequence[bytes]) -> dict[str, Any]:
    """The value of ``rVals`` (§5.3.5.2); empty when there are none."""
    return {name: _values(values) for name, values in (("crlVals", crls), ("ocspVals", ocsps)) if values}


def validation_data(
    certificates: Sequence[bytes], crls: Sequence[bytes], ocsps: Sequence[bytes]
) -> dict[str, Any]:
    """The members ``xVals`` (§5.3.5.1) and ``rVals``, each only with content; so also the value of ``tstVD``."""
    parts: dict[str, Any] = {
        "xVals": [{"x509Cert": value} for value in _values(certificates)],
        "rVals": _revocation_values(crls, ocsps),
    }
    return {name: value for name, value in parts.items() if value}


def _values(ders: Sequence[bytes]) -> list[dict[str, str]]:
    return [{"val": base64.b64encode(der).decode("ascii")} for der in ders]


def check_timestamps(
    payload: bytes | None, signature: JwsSignature, found: Sequence[Item], certificates: Sequence[bytes]
) -> tuple[TimestampResult, ...]:
    """Every time stamp of one signature checked over the bytes it must be about.

    - ``adoTst``: the payload as signed (§5.2.6);
    - ``sigTst``: the text of the signature value (§5.3.4);
    - ``arcTst``: payload, protected header, signature and all earlier items (§5.3.6.2).

    ``payload`` is what was signed, as §5.3.6.2.3 steps 1 and 2 have it; None when it is not at hand.

    Raises:
        LimitError: more than `MAX_TOKENS` tokens.
    """
    jobs: list[tuple[str, int, object, bytes | None]] = []
    if "adoTst" in signature.header:
        jobs.append(("adoTst", -1, signature.header["adoTst"], payload))
    for index, item in enumerate(found):
        if item.name == "sigTst":
            jobs.append((item.name, index, item.value, signature.signature_text.encode("ascii")))
        elif item.name == "arcTst":
            about = archived(payload, signature, found[:index], _canonicalisation(item))
            jobs.append((item.name, index, item.value, about))
    tokens = [
        (kind, index, token, message)
        for kind, index, container, message in jobs
        for token in _tokens(container)
    ]
    _limit(len(tokens), MAX_TOKENS, "input.limit.timestamps")
    return tuple(
        check_token(token, message, kind=kind, certificates=certificates, position=index)
        for kind, index, token, message in tokens
    )


def _canonicalisation(item: Item) -> str | None:
    """The canonicalisation that an ``arcTst`` names, "" where none is due; None when it cannot be processed."""
    value = item.value if isinstance(item.value, dict) else {}
    if value.get("timeStamped", "all") != "all":  # V1.1.1 drafts
        return None
    named = value.get("canonAlg", "")
    wanted = "" if item.text else JCS  # §5.3.1: in the clear form only
    return wanted if named == wanted else None


def archived(
    payload: bytes | None, signature: JwsSignature, earlier: Sequence[Item], canonical: str | None
) -> bytes | None:
    """What an archive time stamp covers (§5.3.6.2.3, §5.3.6.2.4); None when it cannot be determined."""
    if payload is None or canonical is None:
        return None
    try:
        items = [jcs({one.name: one.value}) if canonical else one.text.encode("ascii") for one in earlier]
    except CanonicalError:
        return None
    parts = (payload, signature.protected.encode("ascii"), signature.signature_text.encode("ascii"))
    return b".".join((*parts, b"".join(items)))


def _tokens(container: object) -> list[bytes]:
    """The DER tokens of a ``tstContainer`` (§5.4.3.3); an unreadable one becomes empty and then fails."""
    tokens = container.get("tstTokens") if isinstance(container, dict) else None
    if not isinstance(tokens, list) or not tokens:
        return [b""]
    return [_der(token) for token in tokens]


def extras(found: Sequence[Item]) -> Extras:
    """What ``xVals`` and ``rVals``, ``tstVD`` and ``anyValData`` carry; what is not base64 is left out.

    Raises:
        LimitError: more than `MAX_VALUES` of them.
    """
    certificates, crls, ocsps = [], [], []
    for name, value in _validation_items(found):
        if name == "xVals":
            certificates += [one.get("x509Cert") for one in _list(value) if isinstance(one, dict)]
        elif isinstance(value, dict):
            crls += _list(value.get("crlVals"))
            ocsps += _list(value.get("ocspVals"))
    _limit(len(certificates) + len(crls) + len(ocsps), MAX_VALUES, "input.limit.etsiu")
    return Extras(
        certificates=_read(certificates),
        crls=_read(crls),
        ocsps=_read(ocsps),
    )


def _validation_items(found: Sequence[Item]) -> Iterator[tuple[str, Any]]:
    """Each ``xVals`` and ``rVals``, also those inside ``tstVD`` and ``anyValData`` (§5.3.5.5, §5.3.6.1)."""
    for item in found:
        if item.name in ("xVals", "rVals"):
            yield item.name, item.value
        elif item.name in ("tstVD", "anyValData") and isinstance(item.value, dict):
            yield from ((name, item.value[name]) for name in ("xVals", "rVals") if name in item.value)


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
