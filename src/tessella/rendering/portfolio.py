"""A portfolio as a PDF to keep or send (PDF/A-3a and PDF/UA-1), with the files that were shown embedded as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tessella.errors import LimitError, SchemaError
from tessella.rendering._typesetter import typeset
from tessella.rendering.fonts import clean, missing_glyphs
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["MAX_EMBEDDED_BYTES", "PortfolioEntry", "portfolio_pdf"]

MAX_EMBEDDED_BYTES = 4_000_000
"""All files together: mail servers refuse 20 MB, and what is sent by mail is encoded by a third larger."""

MAX_ENTRIES = 200
"""Nobody reads more; each takes a few lines."""

MAX_TEXT_CHARS = 6_000
"""Of one text: two pages."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"

_MEDIA_TYPES = {
    "json": "application/json",
    "jsonld": "application/ld+json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
}


class PortfolioEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on the page. ``kind`` is ``heading``, ``text`` or ``credential``; anything else is drawn as what a person brings or says.
    ``label`` says in words what it is: certified, a file of the person's own, said by the person.

    ``verdict`` and ``word`` are those of a check, for credentials; ``facts`` are labels and values; ``attachment`` is the name under which
    it is embedded.
    """

    kind: str
    title: str = ""
    label: str = ""
    verdict: Verdict | None = None
    word: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    text: str = ""
    attachment: str = ""


def portfolio_pdf(
    *,
    title: str,
    rows: Sequence[tuple[str, str]],
    entries: Sequence[PortfolioEntry],
    notices: Sequence[str] = (),
    made_at: dt.datetime,
    attachments: Mapping[str, bytes] | None = None,
    language: str = "en",
) -> bytes:
    """The portfolio as a PDF (A4); equal arguments give equal bytes. It is not sealed.

    Characters that no font has are shown as a replacement mark.

    Args:
        rows: whose it is, for whom, until when; as labels and values.
        notices: what whoever reads it must know.
        attachments: file name → bytes, embedded as they are; at most `MAX_EMBEDDED_BYTES` together.

    Raises:
        SchemaError: ``rendering.naive-time``; ``rendering.typesetting``.
        LimitError: ``rendering.attachments``; ``rendering.portfolio``, more than `MAX_ENTRIES` entries.
    """
    if made_at.tzinfo is None:
        raise SchemaError(
            say("The time of the portfolio needs a time zone."), code="rendering.naive-time", place="made_at"
        )
    files = attachments or {}
    total = sum(map(len, files.values()))
    if total > MAX_EMBEDDED_BYTES:
        raise LimitError(
            say("The attachments are too large."),
            code="rendering.attachments", got=total, expected=MAX_EMBEDDED_BYTES, place="attachments",
        )  # fmt: skip
    if len(entries) > MAX_ENTRIES:
        raise LimitError(
            say("There are too many things on it."),
            code="rendering.portfolio", got=len(entries), expected=MAX_ENTRIES, place="entries",
        )  # fmt: skip
    data = {
        "title": _named(title),
        "lang": language,
        "words": {
            "page": say("Page %(page)s of %(pages)s"),
            "attached": say("Embedded in this document: %(name)s"),
        },
        "rows": [list(row) for row in rows],
        "notices": list(notices),
        "entries": list(_entries(entries)),
    }
    return typeset(
        "portfolio.typ",
        {**_printable(data), "files": [_file(name, content) for name, content in files.items()]},
        format="pdf",
        standards=("a-3a", "ua-1"),
        timestamp=made_at,
    )


def _entries(entries: Sequence[PortfolioEntry]) -> Iterator[dict[str, Any]]:
    depth = 2
    for one in entries:
        yield {
            **msgspec.to_builtins(one),
            "title": _named(one.title),
            "verdict": str(one.verdict) if one.verdict else "",
            "facts": [list(row) for row in one.facts],
            "depth": depth,
        }
        if one.kind == "heading":
            depth = 3


def _named(title: str) -> str:
    """A heading without words is none: readers of documents would stumble over it (PDF/UA-1)."""
    return title if clean(title) else "–"


def _file(name: str, content: bytes) -> dict[str, Any]:
    try:
        text: str | list[int] = content.decode("utf-8")
    except UnicodeDecodeError:
        text = list(content)
    kind = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return {
        "name": name,
        "content": text,
        "type": kind,
        "about": say("Shown on this page: %(name)s", name=name),
    }


def _printable(value: Any) -> Any:
    """All texts as they can be printed: cut short, cleaned line by line, and without characters that no font has."""
    if isinstance(value, str):
        text = "\n".join(clean(line) for line in value[:MAX_TEXT_CHARS].splitlines())
        missing = missing_glyphs(text)
        return text.translate(dict.fromkeys(map(ord, missing), _UNKNOWN)) if missing else text
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return value
