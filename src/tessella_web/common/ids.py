"""Identifiers that show nothing: random, of no order that tells how much there is."""

from __future__ import annotations

import base64
import secrets

__all__ = ["ID_LENGTH", "id_from_hex", "id_to_hex", "new_id"]

ID_BYTES = 16
ID_LENGTH = 22
"""128 random bits in base64url."""


def new_id() -> str:
    """A fresh identifier, good for addresses."""
    return secrets.token_urlsafe(ID_BYTES)


def id_to_hex(id: str) -> str:
    """The same identifier for places where capitals get lost, such as addresses of mail."""
    return base64.urlsafe_b64decode(id + "==").hex()


def id_from_hex(text: str) -> str:
    """The identifier again; empty when it is none."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return ""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode() if len(data) == ID_BYTES else ""
