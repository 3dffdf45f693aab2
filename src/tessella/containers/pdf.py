"""PDF: the files embedded in it (ISO 32000-1 §7.11.4, PDF/A-3 associated files)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import msgspec
import pypdf
from pypdf.errors import PyPdfError

from tessella.containers._limits import MAX_FILE_BYTES, MAX_TEXT_BYTES, check_size
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tessella.text import say

__all__ = ["Attachment", "read_pdf"]

MAX_ATTACHMENTS = 100
"""A certificate carries one to three files; a transcript perhaps one for each course."""

_FOREIGN = (
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
    except _FOREIGN as error:
        raise DecodeError(
            say("The PDF is damaged or cut off."),
            code="container.pdf",
            hint=say("Get the original file again."),
        ) from error


def _attachments(data: bytes) -> Iterator[Attachment]:
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnsupportedError(
            say("The PDF is protected by a password."),
            code="container.encrypted",
            hint=say("Save it without a password."),
        )
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
