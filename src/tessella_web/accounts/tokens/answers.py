"""Answers kept for a token, readable with that token only: the database holds just its digest."""

from __future__ import annotations

from tessella.errors import KeyMaterialError
from tessella.keys.boxes import box, unbox

__all__ = ["closed", "opened"]


def closed(data: bytes, *, secret: str, bound_to: str) -> bytes:
    """The data encrypted under a key made of the token."""
    return box(data, secret=secret.encode(), bound_to=bound_to)


def opened(data: bytes, *, secret: str, bound_to: str) -> bytes | None:
    """What `closed` took; None when it is of another token."""
    try:
        return unbox(data, secret=secret.encode(), bound_to=bound_to)
    except KeyMaterialError:
        return None
