"""What a file is, told from its first bytes and its shape; never from its name."""

from __future__ import annotations

import base64
import binascii
import codecs
import enum
import re
from typing import NamedTuple

import msgspec

from tessella import typed
from tessella.containers._limits import MAX_FILE_BYTES, check_size
from tessella.containers.archive import member_names
from tessella.containers.gzipped import GZIP_SIGNATURE, is_gzip_text
from tessella.containers.mail import is_mail
from tessella.containers.png import PNG_SIGNATURE
from tessella.containers.svg import root_element
from tessella.errors import DecodeError, UnsupportedError
from tessella.text import say

__all__ = ["Kind", "Text", "as_text", "detect"]


class Kind(enum.StrEnum):
    """The kinds of files and texts in which credentials come."""

    JSON = "json"
    JWS_COMPACT = "jws-compact"
    SD_JWT = "sd-jwt"
    JADES_JSON = "jades-json"
    PRESENTATION = "presentation"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    SVG = "svg"
    PDF = "pdf"
    ZIP = "zip"
    GZIP = "gzip"
    XLSX = "xlsx"
    XML = "xml"
    MAIL = "mail"
    URL = "url"
    TEXT = "text"


class Text(NamedTuple):
    """Text as UTF-8 without byte order mark; ``notes`` are codes of what had to be changed for that."""

    data: bytes
    notes: tuple[str, ...] = ()


_MAGIC = (
    (PNG_SIGNATURE, Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"%PDF-", Kind.PDF),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (GZIP_SIGNATURE, Kind.GZIP),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Microsoft's compound file: mails saved by Outlook (.msg), old Word and Excel files."""

_PDF_HEADER_BYTES = 1024
"""PDF readers accept the header within the first 1,024 bytes (ISO 32000-1, Annex H.3.4.1)."""

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig", "input.byte-order-mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "input.utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "input.utf-16"),
)
_ASCII_IN_UTF_16 = re.compile(rb"(\0[\t\n\r -~])|[\t\n\r -~]\0")
_SD_JWT = re.compile(rb"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+~[A-Za-z0-9_~.-]*")
_JWS = re.compile(rb"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_URL = re.compile(rb"(?:https?|openid-credential-offer|openid4vp|haip)://\S+", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_WORKBOOK = "xl/workbook.xml"


def detect(data: bytes) -> Kind:
    """The kind of a file or text.

    A presentation or another JSON envelope is ``json`` here; `extract` tells them apart. A text that is cut off still
    has its kind; reading it gives the error.

    Raises:
        DecodeError: ``container.empty`` nothing there; ``container.unknown`` neither a known file nor text;
            ``container.truncated`` an archive or XML whose end is missing; ``container.xml`` not well-formed;
            ``input.encoding`` text in no Unicode encoding.
        UnsupportedError: ``container.outlook`` a mail as Outlook saves it.
        LimitError: ``container.size``.
    """
    check_size(data, MAX_FILE_BYTES)
    if not data.strip():
        raise DecodeError(
            say("The file is empty."), code="container.empty", hint=say("Choose the credential's file.")
        )
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is Kind.ZIP:
        return Kind.XLSX if _WORKBOOK in member_names(data) else Kind.ZIP
    if kind is not None:
        return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data.startswith(_OLE):
        raise _not_read_here(
            say("This is a file of Microsoft Outlook or an old Office file, which is not opened here.")
        )
    if is_mail(data):
        return Kind.MAIL
    if b"%PDF-" in data[:_PDF_HEADER_BYTES]:
        return Kind.PDF
    text = as_text(data).data
    if text[:1] == b"<":
        if _HTML.match(text):
            return Kind.TEXT
        return Kind.SVG if root_element(data)[1] == "svg" else Kind.XML
    return _kind_of_text(text)


def _kind_of_text(text: bytes) -> Kind:
    if text[:1] in b"{[" or (text[:1] == b'"' and text[-1:] == b'"'):
        return Kind.JADES_JSON if _is_jws_json(text) else Kind.JSON
    for pattern, kind in ((_SD_JWT, Kind.SD_JWT), (_JWS, Kind.JWS_COMPACT)):
        match = pattern.fullmatch(text)
        if match and _is_jose_header(match.group(1)):
            return kind
    if is_gzip_text(text):
        return Kind.GZIP
    return Kind.URL if _URL.fullmatch(text) else Kind.TEXT


def _is_jws_json(text: bytes) -> bool:
    """Whether the text is a JWS in JSON serialisation (RFC 7515 §7.2): looks at the top level only."""
    if text[:1] != b"{":
        return False
    try:
        members = typed.decode(text, dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return "signatures" in members or {"protected", "signature"} <= set(members)


def _is_jose_header(part: bytes) -> bool:
    try:
        header = msgspec.json.decode(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


def as_text(data: bytes) -> Text:
    """The text of a file as UTF-8, without byte order mark and space around it.

    Raises:
        DecodeError: ``container.unknown`` not text at all; ``input.encoding`` text, but not Unicode.
    """
    found = next(((name, note) for mark, name, note in _ENCODINGS if data.startswith(mark)), None)
    if found is None and (match := _ASCII_IN_UTF_16.match(data)):
        found = ("utf-16-be" if match.group(1) else "utf-16-le", "input.utf-16")
    encoding, *notes = found or ("utf-8",)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in data[:1024])
        if printable < min(len(data), 1024):
            raise _unknown() from error
        raise DecodeError(
            say("The text is not in Unicode (UTF-8)."),
            code="input.encoding",
            hint=say("Save the file as UTF-8."),
        ) from error
    if "\0" in text:
        raise _unknown()
    return Text(text.strip().encode(), tuple(notes))


def _not_read_here(message: str) -> UnsupportedError:
    return UnsupportedError(
        message,
        code="container.outlook",
        hint=say("Save the mail as .eml, or give the attachment itself."),
    )


def _unknown() -> DecodeError:
    return DecodeError(
        say("This is no kind of file in which credentials are known to come."),
        code="container.unknown",
        hint=say("Use the credential's JSON, PDF, PNG, SVG or ZIP file, the mail it came in, or its link."),
    )
