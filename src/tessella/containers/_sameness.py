"""When two pages are made of the same: a digest of all that a page of a PDF is drawn with, but for its annotations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from pypdf.generic import IndirectObject

__all__ = ["digest_of"]

MAX_OBJECTS = 20_000
"""Dictionaries, arrays and streams that a page hangs on; a page of a certificate has two hundred."""

_AROUND = frozenset(("/Parent", "/StructParents", "/Annots"))
"""What of a page is not drawn by it; what it inherits, pypdf has put into it (ISO 32000-1 §7.7.3.4)."""


def digest_of(page: Any) -> bytes:
    """Equal only for pages that draw the same, whatever numbers their objects have; empty for pages of too many objects."""
    digest = hashlib.sha256()
    for count, part in enumerate(_parts(page)):
        if count > MAX_OBJECTS:
            return b""
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()


def _parts(page: Any) -> Iterator[bytes]:
    """Each object once, with what it refers to as the number of its place in the order of first mention."""
    places: dict[tuple[int, int], int] = {}
    waiting: list[Any] = [page]
    while waiting:
        yield _written(waiting.pop(), places, waiting)


def _written(one: Any, places: dict[tuple[int, int], int], waiting: list[Any]) -> bytes:
    if isinstance(one, IndirectObject):
        key = (one.idnum, one.generation)
        if key not in places:
            places[key] = len(places)
            waiting.append(one.get_object())
        return b"R%d" % places[key]
    if isinstance(one, dict):
        inner = [
            repr(name).encode() + _written(dict.__getitem__(one, name), places, waiting)
            for name in sorted(one)
            if name not in _AROUND
        ]
        data = getattr(one, "_data", None)
        stream = b"S%d:%b" % (len(data), data) if isinstance(data, bytes) else b""
        return b"<%b>%b" % (b",".join(inner), stream)
    if isinstance(one, list):
        return b"[%b]" % b",".join(_written(item, places, waiting) for item in one)
    return f"{type(one).__name__}{one!r}".encode("utf-8", "backslashreplace")
