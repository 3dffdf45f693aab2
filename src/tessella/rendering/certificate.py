"""The certificate: one page to frame, and a supplement with every element of the record, as PDF/A-3a and PDF/UA-1."""

from __future__ import annotations

import datetime as dt
import functools
import io
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import segno

from tessella.errors import LimitError, SchemaError
from tessella.model import Award, Image, LevelStatus, MicroCredential, Organisation, RecordType
from tessella.rendering._mosaic import inlay_shapes, tile_shapes
from tessella.rendering._palette import INK, PIGMENTS
from tessella.rendering._shapes import SIDE, svg_shapes
from tessella.rendering._typesetter import typeset
from tessella.rendering._wording import bodies, date_words, joined, type_name
from tessella.rendering.facts import TileFacts, tile_alt, tile_facts
from tessella.rendering.fonts import clean, require_glyphs
from tessella.rendering.style import (
    MAX_EDITIONS,
    MAX_SIGNATORIES,
    CertificateStyle,
    Edition,
    Signatory,
    readable_colour,
)
from tessella.rendering.words import Row, Section, plain_words
from tessella.text import pick, say, speak
from tessella.vocabulary import code_list

__all__ = ["MAX_ATTACHMENT_BYTES", "MAX_LOGO_BYTES", "SealerFacts", "certificate"]

MAX_ATTACHMENT_BYTES = 8 * 2**20
"""All attachments together; a credential with pictures has well under 1 MiB, and mail servers refuse 20."""

MAX_LOGO_BYTES = 512 * 1024
"""A logo larger than this is left out: it would be in every one of thousands of certificates."""

_LOGOS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}

_MEDIA_TYPES = {
    "json": "application/json",
    "jsonld": "application/ld+json",
    "jwt": "application/vc+jwt",
    "sd-jwt": "application/dc+sd-jwt",
    "xml": "application/xml",
    "png": "image/png",
    "svg": "image/svg+xml",
}

_MAX_NAME_CHARS = 120
"""Longest name of an attachment; file systems end at 255 bytes."""

_INLAY_WIDTH, _INLAY_HEIGHT = 80.0, 2770.0
"""The band along the edge at its widest, in tenths of a millimetre."""

_COLUMN_WIDTH = 22.0
"""Widest column of it: the stones of a low level are not to look like planks."""

_FACE = ("workload", "level", "assessment", "participation", "quality", "grade")
"""The elements on the first page besides title, names, dates and outcomes, in reading order."""

_FACE_CHARS = 118
"""Longest text in one of their cells; the supplement has it in full, as it has what these cut short:"""

_TITLE_CHARS, _NAME_CHARS = 200, 120
"""The European standard's checks warn of titles over 200 characters."""

_DESCRIPTION_CHARS = 600

_HEAD_BODIES = 3
"""So many awarding bodies have a line each; more of them share one paragraph."""

_LEADS = {
    RecordType.MICRO_CREDENTIAL: "awarded to",
    RecordType.ACHIEVEMENT: "awarded to",
    RecordType.PARTICIPATION: "This confirms the participation of",
    RecordType.MEMBERSHIP: "This confirms the membership of",
    RecordType.MOTIVATION: "given as encouragement to",
    RecordType.CONTRIBUTION: "given for the contribution of",
    RecordType.RECOGNITION_DECISION: "on the application of",
}


class SealerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who seals the certificate: the name as the seal certificate or the register has it, and by what means.

    ``means`` is a phrase for people, such as *advanced electronic seal*.
    """

    name: str
    means: str = ""


def certificate(
    award: Award,
    *,
    issued_at: dt.datetime,
    verify_url: str = "",
    qr_text: str = "",
    languages: Sequence[str] = ("en",),
    sealed_by: SealerFacts | None = None,
    test: bool = False,
    attachments: Mapping[str, bytes] | None = None,
    level_status: LevelStatus = LevelStatus.CLAIMED,
    style: CertificateStyle | None = None,
) -> bytes:
    """The award as a PDF (A4, PDF/A-3a and PDF/UA-1); equal arguments give equal bytes.

    ``issued_at`` (with a time zone) is the document's time, and the date of issuing when the award has none. The
    QR code holds ``qr_text``, else ``verify_url``. ``test`` says on every page that the seal proves nothing.
    ``attachments`` (file name → bytes) are embedded as alternative forms of the document. The file is not sealed:
    the caller seals the bytes, and names who will in ``sealed_by``; without, the page says that it has no seal.
    ``style`` gives logo, colour, signatories and editions: with several, each has a first page in its language; ``languages``
    counts where it names none.

    Raises:
        SchemaError: ``rendering.missing-glyph`` when no installed font has a character, with the element it is
            in; ``rendering.no-title`` without a title; ``rendering.naive-time``; ``rendering.verify-url``;
            ``rendering.attachment-name``; ``rendering.colour``; ``rendering.typesetting``.
        LimitError: the QR text or the attachments are too large; ``rendering.style``, too many signatories or editions.
    """
    if issued_at.tzinfo is None:
        raise SchemaError(
            say("The time of issuing needs a time zone."), code="rendering.naive-time", place="issued_at"
        )
    if award.issued_at is None:
        award = msgspec.structs.replace(award, issued_at=issued_at)
    style = style or CertificateStyle()
    editions = style.editions or (Edition(languages=tuple(languages)),)
    _check_style(style, editions)
    sides = _Sides(
        sealed_by=sealed_by,
        test=test,
        attachments=attachments or {},
        verify_url=verify_url,
        qr_text=qr_text,
        level_status=level_status,
    )
    made = [
        _edition(award, edition, sides, style, with_supplement=edition.supplement or not number)
        for number, edition in enumerate(editions)
    ]
    pages = [_page_of(edition, page) for page, edition in enumerate(editions, start=1)]
    for number, one in enumerate(made):
        one["others"] = pages[:number] + pages[number + 1 :]
    facts = tile_facts(award.micro_credential)
    colour = style.colour or PIGMENTS[facts.field].deep
    payload = {
        "editions": made,
        "ink": INK,
        "accent": readable_colour(colour)[0],
        "tile": _pictures(facts),
        "qr": _qr(qr_text or verify_url) if qr_text or verify_url else "",
        "logo": _picture(style.logo) or _logo(award.micro_credential.awarding_bodies),
        "signatories": [{"picture": _picture(one.picture)} for one in style.signatories],
        "files": _files(attachments or {}),
    }
    return typeset("certificate.typ", payload, format="pdf", standards=("a-3a", "ua-1"), timestamp=issued_at)


class _Sides(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same in every edition."""

    sealed_by: SealerFacts | None
    test: bool
    attachments: Mapping[str, bytes]
    verify_url: str
    qr_text: str
    level_status: LevelStatus


def _edition(
    award: Award, edition: Edition, sides: _Sides, style: CertificateStyle, *, with_supplement: bool
) -> dict[str, Any]:
    """Everything that is set as text in one language."""
    if edition.catalogue is not None:
        with speak(edition.catalogue):
            return _spoken(award, edition, sides, style, with_supplement=with_supplement)
    return _spoken(award, edition, sides, style, with_supplement=with_supplement)


def _spoken(
    award: Award, edition: Edition, sides: _Sides, style: CertificateStyle, *, with_supplement: bool
) -> dict[str, Any]:
    languages = edition.languages
    sections = plain_words(award, languages, level_status=sides.level_status)
    texts = {
        **_texts(award, sections, languages),
        "warning": say("Sealed with a test certificate — not valid as proof") if sides.test else "",
        "seal": _seal(sides.sealed_by) if sides.sealed_by else _unsealed(sides.attachments),
        "verify": _verification(sides.verify_url, sides.qr_text),
        "signatories": [_signatory(one, languages) for one in style.signatories],
    }
    if not with_supplement:
        texts["supplement"] = []
    return {
        **_cleaned(texts, ""),
        "lang": _typst_language(languages),
        "page_lang": _page_language(languages),
    }


def _signatory(one: Signatory, languages: Sequence[str]) -> dict[str, str]:
    return {
        "name": _shortened(one.name, _NAME_CHARS),
        "function": _shortened(pick(one.function, languages), _FACE_CHARS),
        "alt": say("Signature of %(name)s", name=_shortened(one.name, _NAME_CHARS)),
    }


def _page_of(edition: Edition, page: int) -> dict[str, str]:
    """Where an edition is, in its own language: whoever looks for it reads that."""
    tag = _typst_language(edition.languages)
    found = code_list("language").get(tag)
    name = pick(found.labels, (tag,)) if found else tag
    with speak(edition.catalogue):
        text = say("%(language)s, page %(page)s", language=name[:1].upper() + name[1:], page=page)
    return {"lang": tag, "text": text}


def _check_style(style: CertificateStyle, editions: Sequence[Edition]) -> None:
    if len(style.signatories) > MAX_SIGNATORIES or len(editions) > MAX_EDITIONS:
        raise LimitError(
            say("A certificate has at most %(people)s signatories and %(languages)s languages.", people=MAX_SIGNATORIES, languages=MAX_EDITIONS),
            code="rendering.style",
            got=f"{len(style.signatories)}, {len(editions)}",
            hint=say("Leave some out."),
        )  # fmt: skip


def _texts(award: Award, sections: Sequence[Section], languages: Sequence[str]) -> dict[str, Any]:
    """Everything that is set as text and comes from the record, still unchecked."""
    record = award.micro_credential
    title = clean(pick(record.title, languages))
    if not title:
        raise SchemaError(say("A certificate needs a title."), code="rendering.no-title", place="title")
    return {
        "type": type_name(record.record_type),
        "title": title,
        "face_title": _shortened(title, _TITLE_CHARS),
        "author": bodies(record.awarding_bodies, languages),
        "head": _head(record, languages),
        "learner": _learner(award),
        "outcomes": _outcomes(sections),
        "description": _shortened(pick(record.description, languages), _DESCRIPTION_CHARS),
        "facts": [_cell(row) for row in _face_rows(sections)],
        "close": _close(award, sections),
        "supplement": _supplement(sections, complete=record.is_micro_credential),
        "words": _words(),
    }


def _typst_language(languages: Sequence[str]) -> str:
    primary = languages[0].split("-")[0].lower() if languages else "en"
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) else "en"


def _page_language(languages: Sequence[str]) -> str:
    """The language of the labels: that of the active translation, or English."""
    translated = say("Learning outcomes achieved") != "Learning outcomes achieved"
    return _typst_language(languages) if translated else "en"


@functools.lru_cache(maxsize=64)
def _pictures(facts: TileFacts) -> dict[str, str]:
    """The tile and the inlay as SVG, with the tile's alternative text."""
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:g} {h:g}" width="{w:g}" height="{h:g}">{body}</svg>'
    columns = facts.level or 1
    width = min(_INLAY_WIDTH, _COLUMN_WIDTH * columns)
    inlay = svg_shapes(inlay_shapes(facts, width, _INLAY_HEIGHT))
    return {
        "svg": frame.format(w=SIDE, h=SIDE, body=svg_shapes(tile_shapes(facts))),
        "inlay": frame.format(w=width, h=_INLAY_HEIGHT, body=inlay),
        "alt": tile_alt(facts),
    }


def _head(record: MicroCredential, languages: Sequence[str]) -> dict[str, Any]:
    awarders = record.awarding_bodies or record.providers
    names = [_shortened(pick(body.name, languages), _NAME_CHARS) for body in awarders]
    countries = {c.uri: c.label(*languages) for body in awarders for c in body.countries}
    provided = record.awarding_bodies and record.providers and record.providers != record.awarding_bodies
    return {
        "bodies": names if len(names) <= _HEAD_BODIES else [_shortened(joined(names), _TITLE_CHARS)],
        "countries": ", ".join(countries.values()),
        "provider": say("Provided by %(names)s", names=bodies(record.providers, languages))
        if provided
        else "",
    }


def _learner(award: Award) -> dict[str, Any]:
    learner = award.learner
    name = learner.display_name or learner.latin_name or say("the holder of this credential")
    latin = learner.latin_name if learner.latin_name != name else ""
    return {
        "lead": say(_LEADS[award.micro_credential.record_type]),
        "name": _shortened(name, _NAME_CHARS),
        "latin": _shortened(latin, _NAME_CHARS),
        "born": say("born %(date)s", date=date_words(learner.birth_date)) if learner.birth_date else "",
    }


def _shortened(text: str, limit: int) -> str:
    """The text, or as many of its words as have room, with an ellipsis."""
    text = clean(text)
    if len(text) <= limit:
        return text
    return (text[:limit].rpartition(" ")[0] or text[:limit]) + " …"


def _row(sections: Sequence[Section], element: str) -> Row | None:
    """The row of an element, when the record states it."""
    return next(
        (row for section in sections for row in section.rows if row.element == element and row.stated), None
    )


def _outcomes(sections: Sequence[Section]) -> list[str]:
    row = _row(sections, "outcomes")
    return list(row.values) if row else []


def _face_rows(sections: Sequence[Section]) -> list[Row]:
    return [row for element in _FACE if (row := _row(sections, element))]


def _cell(row: Row) -> dict[str, str]:
    """An element on the first page: as many of its values, or parts of the first, as have room."""
    shown = list(row.values)
    while len(shown) > 1 and len("; ".join(shown)) > _FACE_CHARS:
        shown.pop()
    text = "; ".join(shown)
    if len(text) > _FACE_CHARS:
        text = text[:_FACE_CHARS].rpartition("; ")[0] or _shortened(text, _FACE_CHARS)
    more = len(row.values) - len(shown)
    if row.element == "level":
        note = row.note
    else:
        note = say("and %(count)s more in the supplement", count=more) if more else ""
    return {"label": row.label, "text": text, "note": note}


def _close(award: Award, sections: Sequence[Section]) -> dict[str, Any]:
    dates = [
        (say("Assessed"), award.assessed_on),
        (say("Awarded"), award.awarded_on),
        (say("Issued"), award.issued_at),
        (say("Valid until"), award.valid_until),
    ]
    stack = _row(sections, "stackability")
    return {
        "dates": [{"label": label, "text": date_words(date)} for label, date in dates if date],
        "stack": _shortened(stack.values[0], _TITLE_CHARS) + "."
        if stack and award.micro_credential.is_micro_credential
        else "",
        "number": say("No. %(number)s", number=_shortened(award.number, _FACE_CHARS)) if award.number else "",
        "id": award.id,
    }


def _seal(sealed_by: SealerFacts) -> str:
    text = say("Electronically sealed by %(name)s", name=_shortened(sealed_by.name, _NAME_CHARS))
    return f"{text} ({sealed_by.means})" if sealed_by.means else text


def _unsealed(attachments: Mapping[str, bytes]) -> str:
    """A reader is to know that the page itself proves nothing."""
    if attachments:
        return say("This file has no electronic seal of its own; what counts is the sealed credential in it.")
    return say("This file has no electronic seal.")


def _verification(verify_url: str, qr_text: str) -> dict[str, str]:
    if verify_url and not verify_url.startswith(("https://", "http://")):
        raise SchemaError(
            say("The address for verification is not a web address."),
            code="rendering.verify-url",
            got=verify_url,
            place="verify_url",
            hint=say("Give an address that begins with https://."),
        )
    alt = say("QR code to verify this certificate: %(text)s", text=verify_url or qr_text)
    return {"url": verify_url, "alt": alt}


@functools.lru_cache(maxsize=64)
def _qr(text: str) -> str:
    try:
        code = segno.make(text, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise LimitError(
            say("The text is too long for a QR code."),
            code="rendering.qr-text",
            got=len(text),
            place="qr_text",
            hint=say("Give a shorter address."),
        ) from error
    picture = io.BytesIO()
    code.save(picture, kind="svg", border=0, dark=INK, xmldecl=False, svgns=True, omitsize=False)
    return picture.getvalue().decode()


def _supplement(sections: Sequence[Section], *, complete: bool) -> list[dict[str, Any]]:
    """The sections as data; unless ``complete``, without the elements that are not stated."""
    shown = ((section.title, [row for row in section.rows if complete or row.stated]) for section in sections)
    return [{"title": title, "rows": [_supplement_row(row) for row in rows]} for title, rows in shown if rows]


def _supplement_row(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "values": list(row.values),
        "note": row.note,
        "stated": row.stated,
        "numbered": row.element == "outcomes" and len(row.values) > 1,
    }


def _words() -> dict[str, str]:
    return {
        "outcomes": say("Learning outcomes achieved"),
        "more": say("and %(count)s more in the supplement"),
        "verify": say("Verify this certificate"),
        "verify_how": say("Scan the code, or drop this file on any page that verifies credentials."),
        "supplement": say("Supplement"),
        "page": say("Page %(page)s of %(pages)s"),
        "element": say("Element"),
        "meaning": say("What the record says"),
    }


def _cleaned(value: Any, place: str) -> Any:
    """All texts cleaned and known to have glyphs; ``place`` is the element an error names."""
    if isinstance(value, str):
        text = clean(value)
        require_glyphs(text, place=place)
        return text
    if isinstance(value, Mapping):
        return {key: _cleaned(item, str(value.get("label") or place or key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, place) for item in value]
    return value


def _logo(organisations: Sequence[Organisation]) -> dict[str, Any] | None:
    """The first awarding body's logo, when it is of a known type and not too large."""
    return _picture(organisations[0].logo if organisations else None)


def _picture(image: Image | None) -> dict[str, Any] | None:
    if image is None or image.media_type not in _LOGOS or not 0 < len(image.content) <= MAX_LOGO_BYTES:
        return None
    return {"format": _LOGOS[image.media_type], "bytes": list(image.content)}


def _files(attachments: Mapping[str, bytes]) -> list[dict[str, Any]]:
    total = sum(map(len, attachments.values()))
    if total > MAX_ATTACHMENT_BYTES:
        raise LimitError(
            say("The attachments are too large."),
            code="rendering.attachments",
            got=total,
            expected=MAX_ATTACHMENT_BYTES,
            place="attachments",
        )
    return [_file(name, content) for name, content in attachments.items()]


def _file(name: str, content: bytes) -> dict[str, Any]:
    if (
        not name
        or name != clean(name)
        or len(name) > _MAX_NAME_CHARS
        or set(name) & set("/\\")
        or name[0] == "."
    ):
        raise SchemaError(
            say("“%(name)s” cannot be the name of an attachment.", name=name[:_MAX_NAME_CHARS]),
            code="rendering.attachment-name",
            place="attachments",
            hint=say("Use a plain file name such as credential.json."),
        )
    try:
        text: str | list[int] = content.decode("utf-8")
    except UnicodeDecodeError:
        text = list(content)
    kind = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return {
        "name": name,
        "content": text,
        "type": kind,
        "about": say("This certificate as data: %(name)s", name=name),
    }
