"""Plain data into records of a type, from any number of threads at once.

msgspec prepares a type when it is first used and hangs what is half prepared on it: a second thread that uses the type in that moment reads
through a null pointer, and the process is gone. Types are therefore prepared here, one after the other.
"""

from __future__ import annotations

import threading
from typing import TypeVar, cast

import msgspec

__all__ = ["convert", "decode", "unpack"]

_Kind = TypeVar("_Kind")

_prepared: set[object] = set()
_preparing = threading.Lock()


def convert(data: object, kind: type[_Kind], *, strict: bool = True) -> _Kind:
    """A record of ``kind``; with ``strict`` off, numbers and dates may come as text.

    Raises:
        msgspec.ValidationError: the data do not fit.
    """
    _prepare(kind)
    return msgspec.convert(data, kind, strict=strict)


def decode(data: bytes | str, kind: type[_Kind]) -> _Kind:
    """A record of ``kind`` from JSON.

    Raises:
        msgspec.DecodeError: this is no JSON, or (``msgspec.ValidationError``) it does not fit.
    """
    _prepare(kind)
    return msgspec.json.decode(data, type=kind)


def unpack(data: bytes, kind: type[_Kind]) -> _Kind:
    """A record of ``kind`` from MessagePack; raises as `decode`."""
    _prepare(kind)
    return msgspec.msgpack.decode(data, type=kind)


def _prepare(kind: object) -> None:
    if kind not in _prepared:
        with _preparing:
            msgspec.json.Decoder(cast("type[object]", kind))
            _prepared.add(kind)
