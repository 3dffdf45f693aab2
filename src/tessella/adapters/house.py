"""The file that says how an organisation issues, beyond its descriptions: how certificates look, and who seals for it.

YAML or JSON; pictures and the mandate are files beside it::

    style:
      logo: logo.svg
      colour: "#0b5c66"
      languages: [en, nl]
      signatories:
        - {name: Dr Ana Example, function: {en: Dean, nl: Decaan}, picture: signature.png}
    sealing_body: {name: Seal Office, legal_id: NTRNL-1, places: NL}
    mandate: {statement: "Seals for us from 2026 to 2028.", title: Mandate of 1 May 2026, document: mandate.pdf}
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import PIL.Image

from tessella import typed
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes
from tessella.errors import ConfigError
from tessella.formats.elm import Mandate
from tessella.model import Image, Organisation, load
from tessella.rendering import CertificateStyle, Signatory, edition_in, readable_colour
from tessella.rendering.style import MAX_EDITIONS, MAX_SIGNATORIES
from tessella.text import Text, say

__all__ = ["House", "read_house"]

MAX_HOUSE_BYTES = 256 * 1024  # bytes
"""Names and file names: a page or two."""

MAX_PICTURE_BYTES = 512 * 1024  # bytes
"""A logo or a drawn signature; it is in every one of thousands of certificates, which leave out larger ones."""

MAX_MANDATE_BYTES = 1024 * 1024  # bytes
"""A signed page or two; it is in every European Digital Credential. The platform takes as much."""

_TYPES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"%PDF-", "application/pdf"))
_SVG = "image/svg+xml"


class House(msgspec.Struct, frozen=True, kw_only=True):
    """How certificates look, and the body that seals under a mandate; None: nobody else does."""

    style: CertificateStyle = CertificateStyle()
    sealing_body: Organisation | None = None
    mandate: Mandate | None = None


class _Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    function: str | Text = ""
    picture: str = ""


class _Style(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    logo: str = ""
    colour: str = ""
    languages: tuple[str, ...] = ()
    signatories: tuple[_Person, ...] = ()


class _Mandate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    statement: str = ""
    title: str = ""
    document: str = ""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    style: _Style = _Style()
    sealing_body: dict[str, Any] | None = None
    mandate: _Mandate | None = None


def read_house(path: Path) -> House:
    """Read the file and what it names; names of files are taken from the folder in which it stands.

    Raises:
        AccessError, LimitError, DecodeError: a file cannot be read or is too large.
        ConfigError: ``config.issuer``, it says something that is not known, or names a picture of an unknown type.
        SchemaError: ``rendering.colour``; the sealing body is not described as an organisation is.
    """
    data = parse_description(read_bytes(path, max_bytes=MAX_HOUSE_BYTES), str(path))
    try:
        found = typed.convert(data, _File)
    except msgspec.ValidationError as error:
        raise _wrong(path, str(error)) from error
    if (found.mandate is None) != (found.sealing_body is None):
        raise _wrong(path, say("mandate and sealing_body belong together"))
    return House(
        style=_style(found.style, path),
        sealing_body=load(found.sealing_body, Organisation, place=str(path)).require()
        if found.sealing_body
        else None,
        mandate=_mandate(found.mandate, path) if found.mandate else None,
    )


def _style(found: _Style, path: Path) -> CertificateStyle:
    if len(found.languages) > MAX_EDITIONS or len(found.signatories) > MAX_SIGNATORIES:
        raise _wrong(
            path,
            say("there is room for %(languages)s languages and %(people)s signatories", languages=MAX_EDITIONS, people=MAX_SIGNATORIES),
        )  # fmt: skip
    if found.colour:
        readable_colour(found.colour)
    return CertificateStyle(
        logo=_picture(found.logo, path),
        colour=found.colour.lower(),
        signatories=tuple(
            Signatory(name=one.name, function=_text(one.function), picture=_picture(one.picture, path))
            for one in found.signatories
        ),
        editions=tuple(edition_in(tag) for tag in found.languages),
    )


def _text(said: str | Text) -> Text:
    """A plain string is in English, as `pick` falls back to it."""
    if isinstance(said, str):
        return {"en": said} if said else {}
    return said


def _mandate(found: _Mandate, path: Path) -> Mandate:
    if not found.statement and not found.document:
        raise _wrong(path, say("a mandate has a statement or a document"))
    document = _document(found.document, path, MAX_MANDATE_BYTES) if found.document else None
    return Mandate(statement=found.statement, title=found.title, document=document)


def _picture(name: str, path: Path) -> Image | None:
    found = _document(name, path, MAX_PICTURE_BYTES) if name else None
    if found is not None and not _is_picture(found):
        raise _wrong(path, say("%(file)s is no picture", file=name))
    return found


def _is_picture(found: Image) -> bool:
    if found.media_type == _SVG:
        return True
    try:
        with PIL.Image.open(io.BytesIO(found.content)) as opened:
            opened.verify()
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError):
        return False
    return True


def _document(name: str, path: Path, limit: int) -> Image:
    content = read_bytes(path.parent / name, max_bytes=limit)
    media_type = next((kind for begins, kind in _TYPES if content.startswith(begins)), "")
    if not media_type and b"<svg" in content[:1024]:
        media_type = _SVG
    if not media_type:
        raise _wrong(path, say("%(file)s is neither PNG, JPEG, SVG nor PDF", file=name))
    return Image(content=content, media_type=media_type)


def _wrong(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        say("This does not say how to issue: %(reason)s.", reason=reason),
        code="config.issuer",
        place=str(path),
        hint=say("Write style, and sealing_body with mandate, as the documentation of class lists shows."),
    )
