"""A report for people: nothing lost, nothing that steers a terminal."""

from __future__ import annotations

from tessella.rendering import CheckView, report_text, verdict_words
from tessella.verdicts import Check, Report, Verdict

REPORT = Report(
    input="water.json",
    format="open-badges-3",
    verdict=Verdict.INDETERMINATE,
    subject={
        "title": "Water",
        "issued_at": "2026-11-21T09:30:00Z",
        "holder": None,
        "key_ids": ["a", "b"],
        "joint": True,
    },
    checks=(
        Check(id="register", verdict=Verdict.PASSED, explanation="Found.", title="Register"),
        Check(
            id="status",
            verdict=Verdict.INDETERMINATE,
            explanation="The list\x1b[2J is\nunreachable.",
            meaning="It may be revoked.",
            required=True,
            notes=("slow",),
        ),
    ),
    children=(Report(input="inner", format="", verdict=Verdict.FAILED),),
)


def test_report_in_words() -> None:
    view = report_text(REPORT)
    assert (view.icon, view.word, view.headline) == (
        "?",
        "Not established",
        "Something that decides could not be established.",
    )
    assert view.facts == (
        ("Title", "Water"),
        ("Issued", "21 November 2026"),
        ("Key ids", "a and b"),
        ("Joint", "yes"),
    )
    assert view.checks[0] == CheckView(
        id="status",
        verdict=Verdict.INDETERMINATE,
        icon="?",
        word="Not established",
        title="status",
        explanation="The list[2J is unreachable.",
        meaning="It may be revoked.",
        decides=True,
        notes=("slow",),
    )
    assert [check.id for check in view.checks] == ["status", "register"]
    assert [child.word for child in view.children] == ["Failed"]


def test_verdicts_differ_in_icon_and_word() -> None:
    shown = [verdict_words(verdict) for verdict in Verdict]
    assert len({words.icon for words in shown}) == len({words.word for words in shown}) == 4
