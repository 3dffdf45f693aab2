"""From an upload to the credentials in it: containers are opened one after the other, within limits."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tessella.canonical import loads
from tessella.containers._limits import MAX_DEPTH, MAX_FOUND
from tessella.containers.archive import read_zip
from tessella.containers.envelopes import credentials_in, is_presentation
from tessella.containers.kinds import Kind, as_text, detect
from tessella.containers.pdf import read_pdf
from tessella.containers.png import read_png
from tessella.containers.qr import read_qr
from tessella.containers.svg import read_svg
from tessella.errors import DecodeError, LimitError, TessellaError, UnsupportedError
from tessella.text import say

__all__ = ["Extracted", "extract"]

_IGNORED_INSIDE = (Kind.TEXT, Kind.XLSX)
"""Found in an archive or PDF they are covering letters, not credentials."""

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
    it; an archive each file; a presentation itself (kind ``presentation``) and the credentials in it; other JSON
    envelopes their credentials. Text comes as UTF-8 without byte order mark. A part that cannot be read is
    listed with its ``problem`` and does not stop the others; nothing found is the empty tuple.

    Raises:
        DecodeError, UnsupportedError, LimitError: the upload itself cannot be read, or is more than the limits
            of this package allow; codes as in `detect`, `read_png`, `read_svg`, `read_pdf`, `read_qr`,
            `list_zip` and `credentials_in`.
    """
    found: list[Extracted] = []
    for item in _extract(data, "", 0):
        if len(found) >= MAX_FOUND:
            raise LimitError(
                say("There are more than %(limit)s credentials in this upload.", limit=MAX_FOUND),
                code="container.found",
                expected=MAX_FOUND,
            )
        found.append(item)
    return tuple(found)


def _extract(data: bytes, where: str, depth: int) -> Iterator[Extracted]:
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
        case Kind.PNG | Kind.JPEG | Kind.SVG:
            yield from _picture(data, kind, where, depth)
        case Kind.PDF:
            yield Extracted(kind=kind, data=data, where=where)
            for attachment in read_pdf(data):
                yield from _inside(attachment.data, _at(where, attachment.name), depth)
        case Kind.ZIP:
            for name, content in read_zip(data):
                if isinstance(content, bytes):
                    yield from _inside(content, _at(where, name), depth)
                else:
                    yield Extracted(kind=Kind.ZIP, data=b"", where=_at(where, name), problem=content)
        case Kind.JSON:
            yield from _json(data, where)
        case _:
            text, notes = as_text(data) if kind in _TEXTS else (data, ())
            yield Extracted(kind=kind, data=text, where=where, notes=notes)


def _inside(data: bytes, where: str, depth: int) -> Iterator[Extracted]:
    """What is in one part of a container; its errors stay with it. Parts that hold nothing known are passed over."""
    try:
        yield from _extract(data, where, depth + 1)
    except LimitError:
        raise
    except (DecodeError, UnsupportedError) as error:
        if error.code not in ("container.empty", "container.unknown"):
            yield Extracted(kind=Kind.TEXT, data=data, where=where, problem=error)


def _picture(data: bytes, kind: Kind, where: str, depth: int) -> Iterator[Extracted]:
    baked = read_png(data) if kind is Kind.PNG else read_svg(data) if kind is Kind.SVG else ()
    for one in baked:
        yield from _inside(one.text, _at(where, one.carrier.keyword.decode()), depth)
    if not baked and kind is not Kind.SVG:
        for text in read_qr(data):
            yield from _inside(text.encode(), _at(where, "QR"), depth)


def _json(data: bytes, where: str) -> Iterator[Extracted]:
    text, notes = as_text(data)
    for path, part in credentials_in(text):
        at = where if path == "$" else _at(where, path)
        yield Extracted(kind=detect(part), data=part, where=at, notes=notes)
    document = loads(text)
    if is_presentation(document):
        yield Extracted(kind=Kind.PRESENTATION, data=text, where=where, notes=notes)


def _at(where: str, name: str) -> str:
    return f"{where} > {name}" if where else name
