"""Baked PNG pictures: a credential in an iTXt chunk (Open Badges 3.0, “Baking”, “PNG”).

The picture is taken apart into chunks and put together again; no pixel is decoded and no chunk but ours changes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from tessella.containers._limits import MAX_FILE_BYTES, MAX_TEXT_BYTES, check_size
from tessella.containers.baking import Baked, Carrier, only_one
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tessella.text import say

__all__ = ["PNG_SIGNATURE", "bake_png", "read_png"]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
"""The first eight bytes of every PNG file (PNG, third edition, §5.2)."""

_TEXT_CHUNKS = (b"iTXt", b"tEXt", b"zTXt")
_HEADER_BYTES = 13


class _Chunk(NamedTuple):
    type: bytes
    data: bytes
    raw: bytes  # length, type, data and CRC as they stand in the file


def read_png(data: bytes) -> tuple[Baked, ...]:
    """The credentials baked into a PNG: at most one of each kind; none is the empty tuple.

    Every chunk's CRC is checked. Text of an iTXt chunk is UTF-8, of a (legacy) tEXt chunk Latin-1; both are given
    as UTF-8 bytes.

    Raises:
        DecodeError: ``container.png`` not a PNG; ``container.truncated``; ``container.checksum`` a wrong CRC;
            ``container.several`` two credentials of one kind; ``container.text`` an unreadable text chunk.
        UnsupportedError: ``container.compressed`` the credential is compressed, which the standard forbids.
        LimitError: ``container.size``.
    """
    found = [baked for chunk in _chunks(data) if (baked := _baked(chunk)) is not None]
    return only_one(found)


def bake_png(image: bytes, text: bytes, *, carrier: Carrier = Carrier.OPEN_BADGES_3) -> bytes:
    """The picture with ``text`` (UTF-8: JSON or a compact JWS) baked in, once; an earlier credential is replaced.

    All other bytes of the picture stay as they are and in their order.

    Raises:
        DecodeError: as `read_png`, and ``container.text`` when ``text`` is not UTF-8 or has a zero character.
        LimitError: ``container.size``.
    """
    check_size(text, MAX_TEXT_BYTES)
    _check_text(text)
    header, *others = _chunks(image)
    kept = [chunk.raw for chunk in others if _keyword(chunk) != carrier.keyword]
    end = len(PNG_SIGNATURE) + sum(len(chunk.raw) for chunk in (header, *others))
    return b"".join((PNG_SIGNATURE, header.raw, _itxt(carrier.keyword, text), *kept, image[end:]))


def _check_text(text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise _text_error() from error
    if b"\0" in text:
        raise _text_error()


def _itxt(keyword: bytes, text: bytes) -> bytes:
    """An uncompressed iTXt chunk (PNG 3rd edition §11.3.3.4) without language tag or translated keyword."""
    data = keyword + b"\0" + b"\0\0" + b"\0" + b"\0" + text
    return struct.pack(">I", len(data)) + b"iTXt" + data + struct.pack(">I", zlib.crc32(b"iTXt" + data))


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """The chunks up to and including IEND (PNG 3rd edition §5.3)."""
    check_size(data, MAX_FILE_BYTES)
    if not data.startswith(PNG_SIGNATURE):
        if PNG_SIGNATURE.startswith(data) and data:
            raise _truncated()
        raise DecodeError(say("This is not a PNG picture."), code="container.png")
    at = len(PNG_SIGNATURE)
    first = True
    while True:
        if at + 12 > len(data):
            raise _truncated()
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 12 + length
        if length > MAX_FILE_BYTES or end > len(data):
            raise _truncated()
        body = data[at + 8 : end - 4]
        if struct.pack(">I", zlib.crc32(kind + body)) != data[end - 4 : end]:
            raise DecodeError(
                say("The picture is damaged: the checksum of its part %(part)s is wrong.", part=_name(kind)),
                code="container.checksum",
                place=f"byte {at}",
                hint=say("Get the original file again."),
            )
        if first and (kind != b"IHDR" or length != _HEADER_BYTES):
            raise DecodeError(say("This is not a PNG picture."), code="container.png", got=_name(kind))
        yield _Chunk(kind, body, data[at:end])
        if kind == b"IEND":
            return
        first, at = False, end


def _name(kind: bytes) -> str:
    return kind.decode("ascii", "backslashreplace")


def _keyword(chunk: _Chunk) -> bytes:
    """The keyword of a text chunk, which ends at the first zero byte; empty for other chunks."""
    return chunk.data.partition(b"\0")[0] if chunk.type in _TEXT_CHUNKS else b""


def _baked(chunk: _Chunk) -> Baked | None:
    carrier = Carrier.by_keyword(_keyword(chunk))
    if carrier is None:
        return None
    _, _, rest = chunk.data.partition(b"\0")
    if chunk.type == b"tEXt":
        text = rest.decode("latin-1").encode()
    else:
        if chunk.type == b"zTXt" or rest[:1] == b"\1":
            raise UnsupportedError(
                say("The credential in this picture is compressed, which the Open Badges standard forbids."),
                code="container.compressed",
                hint=say("Ask the issuer for the credential as a JSON file or a correctly baked picture."),
            )
        parts = rest[2:].split(b"\0", 2)
        if rest[:1] != b"\0" or len(parts) != 3:
            raise _text_error()
        text = parts[2]
        _check_text(text)
    if len(text) > MAX_TEXT_BYTES:
        raise LimitError(
            say("The credential in the picture is too large."),
            code="container.size",
            got=len(text),
            expected=MAX_TEXT_BYTES,
        )
    return Baked(carrier=carrier, text=text.strip())


def _truncated() -> DecodeError:
    return DecodeError(
        say("The picture is cut off: its end is missing."),
        code="container.truncated",
        hint=say("Get the original file again; the transfer may have stopped."),
    )


def _text_error() -> DecodeError:
    return DecodeError(say("The text in the picture cannot be read as UTF-8."), code="container.text")
