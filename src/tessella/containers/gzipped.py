"""Files packed by gzip, also in base64: so EMREX services send ELMO."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from tessella.containers._limits import MAX_FILE_BYTES, check_size
from tessella.errors import DecodeError
from tessella.text import say

__all__ = ["GZIP_SIGNATURE", "is_gzip_text", "read_gzip"]

GZIP_SIGNATURE = b"\x1f\x8b\x08"
"""Magic bytes and the one method there is (RFC 1952 §2.3.1)."""

_TEXT = re.compile(
    rb"H4sI[A-Za-z0-9+/\s]++=*+"
)  # the signature in base64; nothing is given back, so it takes linear time
_WITH_HEADER = 16 + zlib.MAX_WBITS


def is_gzip_text(text: bytes) -> bool:
    """Whether a text is base64 of a file packed by gzip."""
    return _TEXT.fullmatch(text) is not None


def read_gzip(data: bytes) -> bytes:
    """The file inside. Never more than the limit is unpacked.

    Raises:
        DecodeError: ``container.truncated``, damaged or cut off.
        LimitError: ``container.size``.
    """
    packer = zlib.decompressobj(_WITH_HEADER)
    try:
        packed = (
            data
            if data.startswith(GZIP_SIGNATURE)
            else base64.b64decode(b"".join(data.split()), validate=True)
        )
        unpacked = packer.decompress(packed, MAX_FILE_BYTES + 1)
    except (zlib.error, binascii.Error) as error:
        raise _damaged() from error
    check_size(unpacked)
    if not packer.eof:
        raise _damaged()
    return unpacked


def _damaged() -> DecodeError:
    return DecodeError(
        say("The packed file is damaged or cut off."),
        code="container.truncated",
        hint=say("Get the original file again."),
    )
