"""The part of CBOR (RFC 8949) that proof values are made of, written and read strictly.

Unsigned integers, byte and text strings, arrays, and maps from integers to byte strings: nothing nests deeper than an
array in an array. Written in the deterministic form (RFC 8949 §4.2.1); read with definite lengths only, each in its
shortest form, without tags (VC-DI-ECDSA 1.0 §3.5: "tagging MUST NOT be used") and with nothing behind the end.
"""

from __future__ import annotations

from typing import Any

from tessella.errors import DecodeError
from tessella.text import say

__all__ = ["MAX_DEPTH", "MAX_ITEMS", "dump", "load"]

MAX_DEPTH = 3
"""Levels of a proof value: the components, the list of signatures, a signature."""

MAX_ITEMS = 20_000
"""Items in one proof value. A badge has a hundred statements; each takes a signature and perhaps a label."""

_UINT, _BYTES, _TEXT, _ARRAY, _MAP = 0, 2, 3, 4, 5
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


def dump(value: Any) -> bytes:
    """Write integers, bytes, texts, lists and dicts of these. Other types are a programming error (TypeError)."""
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        raw = value.encode()
        return _head(_TEXT, len(raw)) + raw
    if isinstance(value, int) and not isinstance(value, bool):
        return _head(_UINT, value)
    if isinstance(value, list | tuple):
        return _head(_ARRAY, len(value)) + b"".join(map(dump, value))
    if isinstance(value, dict):
        pairs = sorted((dump(key), dump(item)) for key, item in value.items())
        return _head(_MAP, len(pairs)) + b"".join(key + item for key, item in pairs)
    raise TypeError(type(value).__name__)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes((kind << 5 | number,))
    for code, size in _SIZES.items():
        if number < 1 << 8 * size:
            return bytes((kind << 5 | code,)) + number.to_bytes(size)
    raise TypeError(number)


def load(data: bytes) -> Any:
    """The one value in ``data``.

    Raises:
        DecodeError: ``input.decode.cbor``, not this part of CBOR, cut short, too large, or with something behind it.
    """
    reader = _Reader(data)
    value = reader.value(0)
    if reader.place != len(data):
        raise _wrong(say("there is something behind its end"))
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.items = 0

    def take(self, count: int) -> bytes:
        taken = self.data[self.place : self.place + count]
        if len(taken) != count:
            raise _wrong(say("it is cut short"))
        self.place += count
        return taken

    def head(self) -> tuple[int, int]:
        first = self.take(1)[0]
        kind, short = first >> 5, first & 31
        if short < 24:
            return kind, short
        if short not in _SIZES:
            raise _wrong(say("a length is missing"))
        number = int.from_bytes(self.take(_SIZES[short]))
        if number < (24 if short == 24 else 1 << 4 * _SIZES[short]):
            raise _wrong(say("a number is not in its shortest form"))
        return kind, number

    def value(self, depth: int) -> Any:
        kind, number = self.head()
        self.items += 1
        if depth >= MAX_DEPTH or self.items > MAX_ITEMS:
            raise _wrong(say("it is too large"))
        if kind == _UINT:
            return number
        if kind == _BYTES:
            return self.take(number)
        if kind == _TEXT:
            try:
                return self.take(number).decode()
            except UnicodeDecodeError as error:
                raise _wrong(say("a text is not UTF-8")) from error
        if kind == _ARRAY:
            self.check_count(number)
            return [self.value(depth + 1) for _ in range(number)]
        if kind == _MAP:
            self.check_count(number)
            return self.map(number, depth)
        raise _wrong(say("it has a part of a kind that does not belong there"))

    def check_count(self, number: int) -> None:
        """An array or map cannot have more items than there are bytes left; so no count costs memory by itself."""
        if number > len(self.data) - self.place:
            raise _wrong(say("it is cut short"))

    def map(self, number: int, depth: int) -> dict[int, Any]:
        result: dict[int, Any] = {}
        for _ in range(number):
            key = self.value(depth + 1)
            if not isinstance(key, int) or key in result:
                raise _wrong(say("a map has a key twice or one that is not a number"))
            result[key] = self.value(depth + 1)
        return result


def _wrong(reason: str) -> DecodeError:
    return DecodeError(
        say("The proof value is not in order: %(reason)s.", reason=reason),
        code="input.decode.cbor",
        hint=say("Ask for the credential again, as it was made."),
    )
