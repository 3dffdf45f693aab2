"""From an upload to the credentials in it: containers are opened one after the other, within limits."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tessella.canonical import loads
from tessella.containers._limits import MAX_DEPTH, MAX_FOUND, Budget
from tessella.containers.archive import member_names, read_zip
from tessella.containers.envelopes import MEMBERS, credentials_in, is_presentation
from tessella.containers.gzipped import read_gzip
from tessella.containers.kinds import Kind, as_text, detect
from tessella.containers.mail import read_mail
from tessella.containers.pages import codes_in, pages_of
from tessella.containers.pdf import read_pdf
from tessella.containers.png import read_png
from tessella.containers.qr import read_qr
from tessella.containers.svg import read_svg
from tessella.errors import DecodeError, LimitError, TessellaError, UnsupportedError
from tessella.text import say

__all__ = ["Extracted", "extract"]

_IGNORED_INSIDE = (Kind.TEXT, Kind.XLSX)
"""Found in an archive or PDF they are covering letters, not credentials."""

_MARKS = frozenset(
    (
        *("@context", "type", "vct", "issuer", "credentialSubject", "proof", "recipient", "badge"),
        *("payload", "signatures", *MEMBERS),
    )
)
"""A JSON object in a container without any of these members is no credential, however spoilt, and holds none."""

_OFFICE = ("[Content_Types].xml", "content.xml")
"""A letter by a word processor (OOXML, ODF) is an archive with one of these; what it says is for people."""

_OFFICE_PARTS = (".xml", ".rels", ".rdf")

_NO_READER = "unsupported.qr"
"""Pictures are not looked at without the optional package: to be told when nothing else was found, noise beside what was."""

_PASTED = (Kind.JSON, Kind.JADES_JSON, Kind.JWS_COMPACT, Kind.SD_JWT)
"""What counts in the text of a mail; links in it are for people."""

_TEXTS = (Kind.JSON, Kind.JADES_JSON, Kind.JWS_COMPACT, Kind.SD_JWT, Kind.URL, Kind.TEXT)


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found in an upload.

    ``where`` says through which containers (``badges.zip > a.png > openbadgecredential``); empty for the upload itself.
    ``notes`` are codes of tolerated quirks. With a ``problem``, this part could not be read and ``data`` is what
    was there.
    """

    kind: Kind
    data: bytes
    where: str = ""
    notes: tuple[str, ...] = ()
    problem: TessellaError | None = None


def extract(data: bytes) -> tuple[Extracted, ...]:
    """Everything in an upload that can be a credential, sealed bytes unchanged.

    Pictures give what is baked into them, else the QR codes they show. A PDF gives itself (it may be sealed) and the files in
    it, without such files the QR codes in the pictures on its pages; an archive each file; a mail or mailbox each attachment, and
    credentials pasted into its text; a presentation itself (kind ``presentation``) and the credentials in it; other JSON
    envelopes their credentials. Text comes as UTF-8 without byte order mark. A part that cannot be read, or is more than its
    own limits allow, is listed with its ``problem`` and does not stop the others; nothing found is the empty tuple.

    Raises:
        DecodeError, UnsupportedError, LimitError: the upload itself cannot be read, or all in it together is more than the limits
            of this package allow (``container.budget``, ``container.found``); other codes as in `detect`, `read_png`, `read_svg`,
            `read_pdf`, `read_mail`, `read_qr`, `list_zip` and `credentials_in`.
    """
    found: list[Extracted] = []
    for item in _Opening().open(data, "", 0):
        if len(found) >= MAX_FOUND:
            raise LimitError(
                say("There are more than %(limit)s credentials in this upload.", limit=MAX_FOUND),
                code="container.found",
                expected=MAX_FOUND,
            )
        found.append(item)
    heard = [one for one in found if one.problem is None or one.problem.code != _NO_READER]
    return tuple(heard or found)


class _Opening:
    """One upload being opened: containers one after the other, all on one budget."""

    def __init__(self) -> None:
        self._budget = Budget()

    def open(self, data: bytes, where: str, depth: int) -> Iterator[Extracted]:
        self._budget.spend(len(data), where)
        if depth > MAX_DEPTH:
            raise LimitError(
                say("There are more than %(limit)s containers within each other.", limit=MAX_DEPTH),
                code="container.depth",
                expected=MAX_DEPTH,
                place=where,
            )
        kind = detect(data)
        if depth and kind in _IGNORED_INSIDE:
            return
        match kind:
            case Kind.PNG | Kind.JPEG | Kind.WEBP | Kind.SVG:
                yield from self._picture(data, kind, where, depth)
            case Kind.PDF:
                yield from self._pdf(data, where, depth)
            case Kind.MAIL:
                yield from self._mail(data, where, depth)
            case Kind.ZIP:
                document = not member_names(data).isdisjoint(_OFFICE)
                for name, content in read_zip(data):
                    if document and name.endswith(_OFFICE_PARTS):
                        continue
                    if isinstance(content, bytes):
                        yield from self._inside(content, _at(where, name), depth)
                    else:
                        yield Extracted(kind=Kind.ZIP, data=b"", where=_at(where, name), problem=content)
            case Kind.GZIP:
                yield from self.open(read_gzip(data), where, depth + 1)
            case Kind.JSON:
                yield from _json(data, where, alone=not depth)
            case _:
                text, notes = as_text(data) if kind in _TEXTS else (data, ())
                yield Extracted(kind=kind, data=text, where=where, notes=notes)

    def _inside(self, data: bytes, where: str, depth: int) -> Iterator[Extracted]:
        """What is in one part of a container; its errors stay with it. Parts that hold nothing known are passed over."""
        try:
            yield from self.open(data, where, depth + 1)
        except (DecodeError, UnsupportedError, LimitError) as error:
            if self._budget.spent:
                raise
            if error.code not in ("container.empty", "container.unknown"):
                yield Extracted(kind=Kind.TEXT, data=data, where=where, problem=error)

    def _picture(self, data: bytes, kind: Kind, where: str, depth: int) -> Iterator[Extracted]:
        baked = read_png(data) if kind is Kind.PNG else read_svg(data) if kind is Kind.SVG else ()
        for one in baked:
            yield from self._inside(one.text, _at(where, one.carrier.keyword.decode()), depth)
        if not baked and kind is not Kind.SVG:
            for text in read_qr(data):
                yield from self._inside(text.encode(), _at(where, "QR"), depth)

    def _pdf(self, data: bytes, where: str, depth: int) -> Iterator[Extracted]:
        yield Extracted(kind=Kind.PDF, data=data, where=where)
        attachments = read_pdf(data)
        for attachment in attachments:
            yield from self._inside(attachment.data, _at(where, attachment.name), depth)
        if attachments:
            return
        try:
            for text in _codes(data):
                yield from self._inside(text.encode(), _at(where, "QR"), depth)
        except UnsupportedError as error:
            yield Extracted(kind=Kind.PDF, data=b"", where=where, problem=error)

    def _mail(self, data: bytes, where: str, depth: int) -> Iterator[Extracted]:
        for part in read_mail(data):
            inside = self._inside(part.data, _at(where, part.name), depth)
            if part.is_text:  # a letter; what could be a credential in it was pasted there
                inside = (one for one in inside if one.kind in _PASTED and one.problem is None)
            yield from inside


def _json(data: bytes, where: str, *, alone: bool) -> Iterator[Extracted]:
    text, notes = as_text(data)
    if not alone and isinstance(given := loads(text), dict) and not _MARKS & given.keys():
        return  # other data beside credentials
    for path, part in credentials_in(text):
        at = where if path == "$" else _at(where, path)
        yield Extracted(kind=detect(part), data=part, where=at, notes=notes)
    document = loads(text)
    if is_presentation(document):
        yield Extracted(kind=Kind.PRESENTATION, data=text, where=where, notes=notes)


def _codes(data: bytes) -> tuple[str, ...]:
    """The texts of the QR codes on the pages of a PDF, in pictures and drawn with lines; pages too costly to look at have none."""
    try:
        pages = pages_of(data)
    except LimitError:
        pages = ()
    return codes_in(data, pages)


def _at(where: str, name: str) -> str:
    return f"{where} > {name}" if where else name
