"""Reading JSON documents that come from others: bounded, and without duplicate member names."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from tessella.errors import KeyMaterialError
from tessella.text import say

__all__: list[str] = []

MAX_DOCUMENT_BYTES = 1_000_000
"""A DID document with a thousand keys is a fifth of this."""

MAX_DID_CHARS = 8_192
"""A did:key URL of an RSA-8192 key, which states the key twice, has about 2,900 characters."""


def bad_did(message: str, *, code: str = "key.did", got: object = None, hint: str = "") -> KeyMaterialError:
    """The error for a DID, a DID URL or a DID document that cannot be used."""
    return KeyMaterialError(
        message, code=code, got=got, hint=hint or say("Check the verification method with the issuer.")
    )


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object in ``data``.

    Raises:
        KeyMaterialError: ``key.document``, not a JSON object, duplicate names, too large or too deep.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise bad_did(
            say("The document has %(count)s bytes.", count=len(data)), code="key.document", got=len(data)
        )
    try:
        value = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise bad_did(say("The document is not JSON."), code="key.document") from error
    if not isinstance(value, dict):
        raise bad_did(say("The document is not a JSON object."), code="key.document")
    return value


def instant(value: object) -> dt.datetime | None:
    """An XML Schema dateTimeStamp (with time zone) as UTC, or None when absent.

    Raises:
        KeyMaterialError: ``key.document``, present but not a time with its zone.
    """
    if value is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad_did(
            say("A time in the document is not a time with its zone."), code="key.document", got=value
        )
    return moment.astimezone(dt.UTC)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate member name")
    return result
