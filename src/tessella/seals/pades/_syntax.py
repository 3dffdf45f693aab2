"""PDF objects as the bytes they are written in (ISO 32000-1 §7.3): found, taken apart and put together, never re-encoded.

A dictionary becomes a mapping from its names to the bytes of its values, an array a list of such. What an update does not
touch stays as it was. Whatever is not well formed is refused: an update of a misread file would break it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tessella.errors import DecodeError
from tessella.text import say

__all__ = [
    "array_bytes",
    "array_items",
    "damaged",
    "dictionary_bytes",
    "dictionary_entries",
    "integer_of",
    "reference_of",
    "skip_space",
    "text_bytes",
    "value_end",
]

MAX_DEPTH = 100
"""Dictionaries and arrays within one another; the deepest in certificates are four."""

_SPACE = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*")
_NAME = re.compile(rb"/[^\0\t\n\f\r ()<>\[\]{}/%]*")
_HEX_STRING = re.compile(rb"<[0-9A-Fa-f\0\t\n\f\r ]*>")
_STRING_PART = re.compile(rb"[^()\\]*(?:\\.[^()\\]*)*", re.DOTALL)
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_PLAIN = re.compile(rb"[^\0\t\n\f\r ()<>\[\]{}/%]+")
_INTEGER = re.compile(rb"[+-]?\d{1,15}\Z")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_IRREGULAR = re.compile(rb"[^!\"$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]")


def damaged(got: object = None) -> DecodeError:
    """The error for what is not written as the rules of PDF have it."""
    return DecodeError(
        say("The PDF is damaged or not built by the rules."),
        code="container.pdf",
        got=got,
        hint=say("Get the original file again, or make it anew."),
    )


def skip_space(data: bytes, position: int) -> int:
    """The position after white space and comments (§7.2.3)."""
    found = _SPACE.match(data, position)
    return found.end() if found else position


def value_end(data: bytes, position: int, depth: int = 0) -> int:
    """The position after the object that begins at ``position`` (direct object or reference).

    Raises:
        DecodeError: ``container.pdf``.
    """
    if depth > MAX_DEPTH:
        raise damaged("nesting")
    if data.startswith(b"<<", position):
        return _closed(data, position + 2, b">>", depth)
    if data.startswith(b"[", position):
        return _closed(data, position + 1, b"]", depth)
    if data.startswith(b"(", position):
        return _string_end(data, position)
    for pattern in (_NAME, _HEX_STRING, _REFERENCE, _PLAIN):
        if found := pattern.match(data, position):
            return found.end()
    raise damaged(position)


def _closed(data: bytes, position: int, closing: bytes, depth: int) -> int:
    position = skip_space(data, position)
    while not data.startswith(closing, position):
        position = skip_space(data, value_end(data, position, depth + 1))
    return position + len(closing)


def _string_end(data: bytes, position: int) -> int:
    """§7.3.4.2: parentheses in it are balanced or escaped."""
    depth = 0
    while position < len(data):
        if data.startswith(b"(", position):
            depth += 1
        elif data.startswith(b")", position):
            depth -= 1
            if not depth:
                return position + 1
        found = _STRING_PART.match(data, position + 1)
        position = found.end() if found else len(data)
    raise damaged("string")


def dictionary_entries(raw: bytes) -> dict[bytes, bytes]:
    """The entries of a dictionary: names as they are meant (``#`` resolved, with the slash), values as they are written.

    Raises:
        DecodeError: ``container.pdf``; also for a name that stands twice.
    """
    if not raw.startswith(b"<<") or not raw.endswith(b">>"):
        raise damaged(raw[:20])
    entries: dict[bytes, bytes] = {}
    position, end = skip_space(raw, 2), len(raw) - 2
    while position < end:
        named = _NAME.match(raw, position)
        if named is None:
            raise damaged(raw[position : position + 20])
        name = _ESCAPED.sub(lambda one: bytes((int(one[1], 16),)), named[0])
        start = skip_space(raw, named.end())
        position = value_end(raw, start)
        if name in entries:
            raise damaged(name)
        entries[name] = raw[start:position]
        position = skip_space(raw, position)
    return entries


def array_items(raw: bytes) -> list[bytes]:
    """The items of an array as they are written.

    Raises:
        DecodeError: ``container.pdf``.
    """
    if not raw.startswith(b"[") or not raw.endswith(b"]"):
        raise damaged(raw[:20])
    items = []
    position, end = skip_space(raw, 1), len(raw) - 1
    while position < end:
        start, position = position, value_end(raw, position)
        items.append(raw[start:position])
        position = skip_space(raw, position)
    return items


def reference_of(raw: bytes) -> tuple[int, int] | None:
    """Object and generation number when ``raw`` is a reference (§7.3.10)."""
    found = _REFERENCE.fullmatch(raw)
    return (int(found[1]), int(found[2])) if found else None


def integer_of(raw: bytes | None) -> int:
    """The integer that ``raw`` is.

    Raises:
        DecodeError: ``container.pdf``, it is none.
    """
    if raw is None or not _INTEGER.match(raw):
        raise damaged(raw)
    return int(raw)


def dictionary_bytes(entries: Mapping[bytes, bytes]) -> bytes:
    """A dictionary with these entries, in their order."""
    return b"<<%s>>" % b"".join(b"%s %s" % (_name_bytes(name), value) for name, value in entries.items())


def _name_bytes(name: bytes) -> bytes:
    return b"/" + _IRREGULAR.sub(lambda one: b"#%02X" % one[0][0], name[1:])


def array_bytes(items: list[bytes]) -> bytes:
    """An array with these items."""
    return b"[%s]" % b" ".join(items)


def text_bytes(text: str) -> bytes:
    """A text string (§7.9.2.2): as it is where ASCII does, else UTF-16 with a byte order mark."""
    if text.isascii() and text.isprintable():
        return b"(%s)" % re.sub(rb"([()\\])", rb"\\\1", text.encode("ascii"))
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode("ascii")
