"""Addresses that somebody else wrote: some cannot even be taken apart."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

__all__ = ["parts_of"]


def parts_of(address: str) -> SplitResult:
    """The parts of an address (RFC 3986); of what is none, such as ``https://[``, the empty parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
