"""Identifiers that show nothing: random, of no order that tells how much there is."""

from __future__ import annotations

import secrets

__all__ = ["ID_LENGTH", "new_id"]

ID_LENGTH = 22
"""128 random bits in base64url."""


def new_id() -> str:
    """A fresh identifier, good for addresses."""
    return secrets.token_urlsafe(16)
