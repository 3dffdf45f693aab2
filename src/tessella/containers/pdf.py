"""PDF: the files embedded in it (ISO 32000-1 §7.11.4, PDF/A-3 associated files), and the pictures on its pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pypdf
from PIL import Image
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from tessella.containers._limits import MAX_FILE_BYTES, MAX_PIXELS, MAX_TEXT_BYTES, check_size
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tessella.text import say

__all__ = ["FOREIGN", "Attachment", "damaged", "opened_pdf", "pictures_of", "read_pdf", "resolved"]

MAX_ATTACHMENTS = 100
"""A certificate carries one to three files; a transcript perhaps one for each course."""

MAX_PAGES = 20
"""Pages whose pictures are looked at: a scanned certificate has one or two, a diploma with its supplement ten."""

MAX_PICTURES = 40
"""Pictures looked at in one PDF: a scan, logos, signatures."""

MAX_PICTURE_PIXELS = 120_000_000
"""Pixels of all of them together: three scanned pages at 600 dpi; decoding takes about a second for 40 million."""

MAX_FORM_DEPTH = 4
"""Drawings within drawings on a page (form XObjects, ISO 32000-1 §8.10): programs nest one or two."""

FOREIGN = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    OverflowError,
    ArithmeticError,
    OSError,
    EOFError,
    NotImplementedError,
    AssertionError,
)
"""What reading a damaged PDF has been seen to raise."""

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # its remarks on odd files are not for stderr


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file embedded in a PDF: its name as written there (never to be used as a path) and its content."""

    name: str
    data: bytes


def read_pdf(data: bytes) -> tuple[Attachment, ...]:
    """The files embedded in a PDF, in the order of its name tree; none is the empty tuple. Seals are not looked at.

    Raises:
        DecodeError: ``container.pdf`` damaged, cut off or no PDF.
        UnsupportedError: ``container.encrypted`` the PDF asks for a password.
        LimitError: ``container.size`` the PDF or a file in it; ``container.members`` too many files in it.
    """
    check_size(data, MAX_FILE_BYTES)
    try:
        return tuple(_attachments(data))
    except (DecodeError, UnsupportedError, LimitError):
        raise
    except FOREIGN as error:
        raise damaged() from error


def pictures_of(data: bytes) -> Iterator[Image.Image]:
    """The pictures on the first `MAX_PAGES` pages, decoded, each once. One that cannot be decoded is passed over.

    Codes drawn with lines instead of as a picture are not among them. Stops at the limits of this module without an error.

    Raises:
        DecodeError, UnsupportedError: as `read_pdf`.
    """
    seen: set[Any] = set()
    pixels = 0
    try:
        reader = opened_pdf(data)
        for page in reader.pages[:MAX_PAGES]:
            for stream in _image_streams(page, 0):
                key = getattr(stream, "indirect_reference", None) or id(stream)
                size = _pixels(stream)
                if key in seen or size > MAX_PIXELS:
                    continue
                seen.add(key)
                pixels += size
                if len(seen) > MAX_PICTURES or pixels > MAX_PICTURE_PIXELS:
                    return
                picture = _decoded(stream)
                if picture is not None:
                    yield picture
    except UnsupportedError:
        raise
    except FOREIGN as error:
        raise damaged() from error


def _image_streams(holder: DictionaryObject, depth: int) -> Iterator[StreamObject]:
    """The image XObjects among the resources of a page, and of the drawings on it."""
    resources = resolved(holder.get("/Resources"))
    objects = resolved(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    for entry in objects.values() if isinstance(objects, DictionaryObject) else ():
        one = resolved(entry)
        if not isinstance(one, StreamObject):
            continue
        if one.get("/Subtype") == "/Image":
            yield one
        elif depth < MAX_FORM_DEPTH:
            yield from _image_streams(one, depth + 1)


def resolved(value: Any) -> Any:
    """The object itself where a reference stands; None stays None."""
    return value.get_object() if value is not None else None


def _pixels(stream: StreamObject) -> int:
    return abs(int(resolved(stream.get("/Width")) or 0) * int(resolved(stream.get("/Height")) or 0))


def _decoded(stream: StreamObject) -> Image.Image | None:
    try:
        picture = stream.decode_as_image()
        return picture.convert("L") if isinstance(picture, Image.Image) else None
    except (*FOREIGN, Image.DecompressionBombError, SyntaxError, MemoryError):
        return None


def opened_pdf(data: bytes) -> pypdf.PdfReader:
    """A reader of the PDF.

    Raises:
        UnsupportedError: ``container.encrypted``.
    """
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnsupportedError(
            say("The PDF is protected by a password."),
            code="container.encrypted",
            hint=say("Save it without a password."),
        )
    return reader


def damaged() -> DecodeError:
    """The error for a PDF that cannot be read."""
    return DecodeError(
        say("The PDF is damaged or cut off."),
        code="container.pdf",
        hint=say("Get the original file again."),
    )


def _attachments(data: bytes) -> Iterator[Attachment]:
    reader = opened_pdf(data)
    for number, embedded in enumerate(reader.attachment_list):
        if number >= MAX_ATTACHMENTS:
            raise LimitError(
                say("The PDF has more than %(limit)s files in it.", limit=MAX_ATTACHMENTS),
                code="container.members",
                expected=MAX_ATTACHMENTS,
            )
        content = embedded.content
        if len(content) > MAX_TEXT_BYTES:
            raise LimitError(
                say("A file in the PDF is too large."),
                code="container.size",
                got=len(content),
                expected=MAX_TEXT_BYTES,
                place=embedded.name,
            )
        yield Attachment(name=str(embedded.alternative_name or embedded.name), data=content)
