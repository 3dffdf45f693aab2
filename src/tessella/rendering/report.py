"""A verification report for people: icon, word, what was found and what it means, as plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.rendering._wording import date_words, joined
from tessella.rendering.fonts import clean
from tessella.text import say
from tessella.verdicts import Check, Report, Verdict

__all__ = ["CheckView", "ReportView", "VerdictWords", "report_text", "verdict_words"]


class VerdictWords(msgspec.Struct, frozen=True):
    """A verdict as an icon (one character) and a word; never a colour alone."""

    icon: str
    word: str


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """One check: its verdict, its name, what was found, what that means, and whether it decides."""

    id: str
    verdict: Verdict
    icon: str
    word: str
    title: str
    explanation: str
    meaning: str = ""
    decides: bool = False
    notes: tuple[str, ...] = ()


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report: verdict and headline, the facts a reader needs first, all checks (those that decide first).

    ``sums_up``: the checks are those of the ``children`` taken together, and say nothing that those do not.
    """

    input: str
    verdict: Verdict
    icon: str
    word: str
    headline: str
    facts: tuple[tuple[str, str], ...] = ()
    checks: tuple[CheckView, ...] = ()
    sums_up: bool = False
    children: tuple[ReportView, ...] = ()


_VERDICTS = {
    Verdict.PASSED: ("✓", "Passed", "Every check that decides has passed."),
    Verdict.FAILED: ("✗", "Failed", "A check that decides has failed. Do not rely on this."),
    Verdict.INDETERMINATE: ("?", "Not established", "Something that decides could not be established."),
    Verdict.NOT_APPLICABLE: ("–", "Does not apply", "None of the checks applies."),
}

_FACTS = {
    "title": "Title",
    "issuer": "Issuer",
    "holder": "Holder",
    "awarded_on": "Awarded",
    "issued_at": "Issued",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
}


def verdict_words(verdict: Verdict) -> VerdictWords:
    """The icon and the word of a verdict."""
    icon, word, _ = _VERDICTS[verdict]
    return VerdictWords(icon, say(word))


def report_text(report: Report) -> ReportView:
    """The report in words, with its children; nothing is left out but machine evidence.

    No text has line breaks or control characters, so it is safe to print.
    """
    shown = verdict_words(report.verdict)
    checks = sorted(report.checks, key=lambda check: not check.required)
    return ReportView(
        input=clean(report.input),
        verdict=report.verdict,
        icon=shown.icon,
        word=shown.word,
        headline=say(_VERDICTS[report.verdict][2]),
        facts=tuple(
            _fact(name, value) for name, value in report.subject.items() if value not in (None, "", [], {})
        ),
        checks=tuple(map(_check, checks)),
        sums_up=report.format == "collection",
        children=tuple(map(report_text, report.children)),
    )


def _check(check: Check) -> CheckView:
    shown = verdict_words(check.verdict)
    return CheckView(
        id=check.id,
        verdict=check.verdict,
        icon=shown.icon,
        word=shown.word,
        title=clean(check.title) or check.id,
        explanation=clean(check.explanation),
        meaning=clean(check.meaning),
        decides=check.required,
        notes=tuple(map(clean, check.notes)),
    )


def _fact(name: str, value: Any) -> tuple[str, str]:
    label = _FACTS.get(name)
    return (say(label) if label else clean(name.replace("_", " ")).capitalize(), clean(_words(value)))


def _words(value: Any) -> str:
    """A JSON value as people read it; dates in words."""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_words(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return joined(map(_words, value))
    if isinstance(value, dt.date):
        return date_words(value)
    try:
        return (
            date_words(dt.datetime.fromisoformat(value))
            if isinstance(value, str) and value[:4].isdigit()
            else str(value)
        )
    except ValueError:
        return str(value)
