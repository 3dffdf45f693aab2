"""A verification report as a PDF to keep on file (PDF/A-3a and PDF/UA-1), with its data as attachments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.rendering._typesetter import typeset
from tessella.rendering.fonts import clean, missing_glyphs
from tessella.rendering.report import CheckView
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["ReportedCheck", "ReportedCredential", "verification_pdf"]

MAX_EVIDENCE_ROWS = 12
"""Of one check on the page; the attached data has all of them."""

MAX_TEXT_CHARS = 400
"""Of one value on the page: a hostile file states longer ones than anybody reads."""

MAX_CREDENTIALS = 60
"""Credentials with their checks on the page; the attached data has all of them."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


class ReportedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check in words, and the facts behind it as rows of label and value."""

    view: CheckView
    evidence: tuple[tuple[str, str], ...] = ()


class ReportedCredential(msgspec.Struct, frozen=True, kw_only=True):
    """One credential that was found in the file: its title, its verdict, its facts and its checks."""

    title: str
    verdict: Verdict
    word: str
    facts: tuple[tuple[str, str], ...] = ()
    checks: tuple[ReportedCheck, ...] = ()


def verification_pdf(
    *,
    file: str,
    verdict: Verdict,
    word: str,
    headline: str,
    rows: Sequence[tuple[str, str]],
    credentials: Sequence[ReportedCredential],
    notices: Sequence[str],
    made_at: dt.datetime,
    attachments: Mapping[str, bytes],
    language: str = "en",
) -> bytes:
    """The report as a PDF (A4); equal arguments give equal bytes. It is not sealed: the caller seals the bytes.

    Characters that no font has are shown as a replacement mark; nothing that a file says can keep its report from being made.

    Args:
        rows: what was verified, when and how, as labels and values.
        notices: what whoever keeps the report must know.
        attachments: file name → JSON.

    Raises:
        SchemaError: ``rendering.naive-time``.
    """
    if made_at.tzinfo is None:
        raise SchemaError(
            say("The time of the report needs a time zone."), code="rendering.naive-time", place="made_at"
        )
    shown = credentials[:MAX_CREDENTIALS]
    more = len(credentials) - len(shown)
    data = {
        "words": {
            "report": say("Verification report"),
            "page": say("Page %(page)s of %(pages)s"),
            "about": say("What was verified, and how"),
            "checks": say("Each check"),
            "check": say("Check"),
            "found": say("What was found"),
            "for_information": say("for information"),
            "attached": say("This report as signed data"),
        },
        "lang": language,
        "file": file,
        "verdict": str(verdict),
        "word": word,
        "headline": headline,
        "rows": [list(row) for row in rows],
        "credentials": [_credential(one) for one in shown],
        "more": say("%(count)s more credentials stand in the attached data.", count=more) if more else "",
        "notices": list(notices),
    }
    files = [{"name": name, "content": content.decode()} for name, content in attachments.items()]
    return typeset(
        "report.typ",
        {**_shown(data), "files": files},
        format="pdf",
        standards=("a-3a", "ua-1"),
        timestamp=made_at,
    )


def _credential(one: ReportedCredential) -> dict[str, Any]:
    return {
        "title": one.title,
        "verdict": str(one.verdict),
        "word": one.word,
        "facts": [list(fact) for fact in one.facts],
        "checks": [
            {
                "title": check.view.title,
                "verdict": str(check.view.verdict),
                "word": check.view.word,
                "decides": check.view.decides,
                "found": check.view.explanation,
                "notes": list(check.view.notes),
                "evidence": [list(row) for row in check.evidence[:MAX_EVIDENCE_ROWS]],
            }
            for check in one.checks
        ],
    }


def _shown(value: Any) -> Any:
    """All texts as they can be printed: cut short, cleaned, and without characters that no font has."""
    if isinstance(value, str):
        text = clean(value[: MAX_TEXT_CHARS + 1])
        text = text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"
        missing = missing_glyphs(text)
        return text.translate(dict.fromkeys(map(ord, missing), _UNKNOWN)) if missing else text
    if isinstance(value, Mapping):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value
