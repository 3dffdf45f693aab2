"""QR codes: written as a picture, and found in one (ISO/IEC 18004)."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import segno
from PIL import Image

from tessella.containers._limits import MAX_FILE_BYTES, MAX_PIXELS, check_size
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tessella.text import say

__all__ = ["MAX_QR_BYTES", "make_qr", "qr_in", "read_qr"]

_QUIET_ZONE = 4  # modules; ISO/IEC 18004 §6.3.8

MAX_QR_BYTES = 2_953
"""Bytes of text in the largest QR code at the lowest level of error correction (ISO/IEC 18004, version 40-L)."""

_LEVELS = ("m", "l")
"""Levels of error correction that are tried: M survives a crease (15 % of the code), L (7 %) is for what would not fit otherwise."""


def make_qr(text: str, *, picture: Literal["svg", "png"] = "svg", scale: int = 4) -> bytes:
    """A QR code with its quiet zone; ``scale`` is pixels or units per module.

    Error correction is M or better, and L for text that fits no other way.

    Raises:
        LimitError: ``container.qr-size`` more than `MAX_QR_BYTES` of text.
    """
    code = next((made for level in _LEVELS if (made := _code(text, level)) is not None), None)
    if code is None:
        size = len(text.encode())
        raise LimitError(
            say("The text has %(got)s bytes; a QR code holds %(limit)s.", got=size, limit=MAX_QR_BYTES),
            code="container.qr-size",
            got=size,
            expected=MAX_QR_BYTES,
            hint=say("Put a link into the code instead of the credential itself."),
        )
    out = io.BytesIO()
    code.save(out, kind=picture, scale=scale, border=_QUIET_ZONE)
    return out.getvalue()


def _code(text: str, level: str) -> Any:
    try:
        return segno.make_qr(text, error=level)
    except segno.DataOverflowError:
        return None


def read_qr(image: bytes) -> tuple[str, ...]:
    """The texts of the QR codes in a picture (PNG, JPEG, WebP), top to bottom; none is the empty tuple.

    Raises:
        UnsupportedError: ``unsupported.qr`` the optional package zxing-cpp is not installed.
        DecodeError: ``container.picture`` the picture cannot be decoded.
        LimitError: ``container.size``, ``container.pixels``.
    """
    return tuple(qr_in([_decode(image)]))


def qr_in(pictures: Iterable[Image.Image]) -> Iterator[str]:
    """The texts of the QR codes in decoded pictures, in their order; in each from top to bottom.

    Raises:
        UnsupportedError: ``unsupported.qr`` there is a picture, and the optional package zxing-cpp is not installed.
    """
    for picture in pictures:
        reader = _reader()
        yield from _codes(picture, reader)


def _codes(picture: Image.Image, reader: Any) -> tuple[str, ...]:
    found = reader.read_barcodes(picture, formats=reader.BarcodeFormat.QRCode)
    placed = sorted((code.position.top_left.y, code.position.top_left.x, code.text) for code in found)
    return tuple(text for _, _, text in placed if text)


def _reader() -> Any:
    try:
        return importlib.import_module("zxingcpp")
    except ImportError as error:
        raise UnsupportedError(
            say("Reading QR codes needs a package that is not installed."),
            code="unsupported.qr",
            expected="zxing-cpp",
            hint=say("Install it with “pip install zxing-cpp”, or give the link or file itself."),
        ) from error


def _decode(data: bytes) -> Image.Image:
    """The picture in grey; its size is checked before a pixel is decoded."""
    check_size(data, MAX_FILE_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_many_pixels()
            return picture.convert("RGBA").convert("L") if picture.mode == "P" else picture.convert("L")
    except LimitError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, SyntaxError, ValueError) as error:
        raise DecodeError(
            say("The picture cannot be decoded."),
            code="container.picture",
            hint=say("Get the original file again."),
        ) from error


def _too_many_pixels() -> LimitError:
    return LimitError(
        say("The picture has more than %(limit)s pixels.", limit=MAX_PIXELS),
        code="container.pixels",
        expected=MAX_PIXELS,
        hint=say("Make the picture smaller, or cut out the code."),
    )
