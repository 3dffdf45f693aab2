"""The bits of a status list: packing, compression and their limits (Bitstring Status List 1.0 §3.3, §3.4).

Index 0 is the left-most bit, that is the most significant bit of the first byte.
"""

from __future__ import annotations

import gzip
import zlib

from tessella.errors import DecodeError, LimitError
from tessella.keys.multibase import base64url_decode, base64url_encode
from tessella.text import say

__all__ = ["MAX_LIST_BYTES", "MIN_ENTRIES", "compress_bitstring", "expand_bitstring"]

MIN_ENTRIES = 131_072
"""The least number of entries of a list (§3.2 step 2): in a smaller herd, one copy could be told apart."""

MAX_LIST_BYTES = 16 * 1024 * 1024
"""The largest list expanded: 134 million entries. A kilobyte can claim to be a gigabyte of zeros."""

_GZIP = 16 + zlib.MAX_WBITS


def compress_bitstring(bits: bytes) -> str:
    """The ``encodedList`` of ``bits``: GZIP, then multibase base64url without padding (§3.3 step 3).

    The same bits give the same text.
    """
    return "u" + base64url_encode(gzip.compress(bits, mtime=0))


def expand_bitstring(text: str) -> bytes:
    """The bits of an ``encodedList`` (§3.4).

    Raises:
        DecodeError: ``input.decode.status-list``, not multibase base64url of exactly one GZIP stream.
        LimitError: ``input.limit.status-list``, more than `MAX_LIST_BYTES` before or after expansion.
    """
    if not text.startswith("u"):
        raise _undecodable()
    return inflate(text[1:], _GZIP)


def inflate(text: str, window_bits: int) -> bytes:
    """Base64url ``text`` decoded and expanded: exactly one complete stream, nothing after it.

    Raises:
        DecodeError, LimitError: as for `expand_bitstring`.
    """
    if len(text) > 2 * MAX_LIST_BYTES:
        raise _too_large()
    try:
        data = base64url_decode(text)
    except DecodeError as error:
        raise _undecodable() from error
    stream = zlib.decompressobj(window_bits)
    try:
        bits = stream.decompress(data, MAX_LIST_BYTES + 1)
    except zlib.error as error:
        raise _undecodable() from error
    if len(bits) > MAX_LIST_BYTES:
        raise _too_large()
    if not stream.eof or stream.unused_data:
        raise _undecodable()
    return bits


def value_at(bits: bytes, index: int, size: int = 1) -> int | None:
    """The value of ``size`` bits at entry ``index``, or None when it lies outside the list."""
    start = index * size
    if start + size > len(bits) * 8:
        return None
    first, last = start // 8, (start + size - 1) // 8
    window = int.from_bytes(bits[first : last + 1])
    return window >> (last + 1) * 8 - start - size & (1 << size) - 1


def _undecodable() -> DecodeError:
    return DecodeError(
        say("The status list cannot be decoded."),
        code="input.decode.status-list",
        hint=say("The issuer must publish it compressed and in base64url, as its standard says."),
    )


def _too_large() -> LimitError:
    return LimitError(
        say("The status list is larger than is read here."),
        code="input.limit.status-list",
        expected=MAX_LIST_BYTES,
        hint=say("The issuer must split it into several lists."),
    )
