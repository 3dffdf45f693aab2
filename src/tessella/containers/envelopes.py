"""JSON envelopes: what wraps credentials without sealing them, taken off with every byte inside kept."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from typing import Any

import msgspec

from tessella import typed
from tessella.canonical import Limits, loads
from tessella.containers._limits import MAX_DEPTH, MAX_TEXT_BYTES

__all__ = ["MEMBERS", "credentials_in", "is_presentation"]

_LIMITS = Limits(max_bytes=MAX_TEXT_BYTES)

MEMBERS = (
    "verifiableCredential",  # presentations (VCDM 1.1, 2.0), VC-API requests and responses
    "verifiablePresentation",  # VC-API
    "credential",  # Open Badges 3.0 API, OpenID4VCI, uploads
    "credentials",  # OpenID4VCI
    "compactJwsString",  # Open Badges 3.0 API
    "compactJwsStrings",  # the same, as one of its examples spells it
)
"""Members that hold credentials, in presentations and in the requests and responses of the usual interfaces."""
_ENVELOPED = ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation")  # VCDM 2.0 §4.13


def is_presentation(document: Any) -> bool:
    """Whether the JSON value is a verifiable presentation (VCDM 2.0 §4.12)."""
    return isinstance(document, dict) and "VerifiablePresentation" in _types(document)


def _types(document: dict[str, Any]) -> list[Any]:
    types = document.get("type")
    return types if isinstance(types, list) else [types]


def _wraps(document: dict[str, Any]) -> bool:
    if "verifiableCredential" in document or any(t in _ENVELOPED for t in _types(document)):
        return True
    return "@context" not in document and "type" not in document and any(name in document for name in MEMBERS)


def credentials_in(data: bytes) -> tuple[tuple[str, bytes], ...]:
    """The credentials in a JSON text with their JSON paths; a text that is no envelope is itself the only one.

    Opened are presentations, requests and responses of the usual APIs, enveloped credentials (``data:`` URLs), arrays, and
    strings that hold a credential. What is inside comes byte for byte as it was written (strings: their content). What
    is sealed (a JWS, a signed record with credentials inside) stays closed.

    Raises:
        DecodeError, LimitError: as ``tessella.canonical.loads``; a repeated key anywhere is an error.
    """
    document = loads(data, limits=_LIMITS)
    return tuple(_open(document, data.strip(), "$", 0))


def _open(document: Any, raw: bytes, path: str, depth: int) -> Iterator[tuple[str, bytes]]:
    if isinstance(document, str):
        yield path, document.strip().encode()
    elif depth > MAX_DEPTH:
        yield path, raw
    elif isinstance(document, list):
        for number, (item, part) in enumerate(zip(document, _items(raw), strict=True)):
            yield from _open(item, part, f"{path}[{number}]", depth + 1)
    elif isinstance(document, dict) and _wraps(document):
        yield from _inside(document, raw, path, depth)
    else:
        yield path, raw


def _inside(document: dict[str, Any], raw: bytes, path: str, depth: int) -> Iterator[tuple[str, bytes]]:
    address = document.get("id")
    if any(t in _ENVELOPED for t in _types(document)) and isinstance(address, str):
        _, _, content = address.partition(",")
        yield f"{path}.id", urllib.parse.unquote_to_bytes(content)
        return
    parts = typed.decode(raw, dict[str, msgspec.Raw])
    for name in MEMBERS:
        if name in document:
            yield from _open(document[name], bytes(parts[name]), f"{path}.{name}", depth + 1)


def _items(raw: bytes) -> list[bytes]:
    return [bytes(item) for item in typed.decode(raw, list[msgspec.Raw])]
