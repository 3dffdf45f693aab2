"""What ELM has no property for, kept as a note with a subject.

Any ELM reader shows such a note as text (“Criteria: …”); ours finds the field again by the note's ``subject``, a concept of
the scheme `SCHEME`. Which fields travel like this is data: `NOTES`.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tessella.model import (
    Achieved,
    Decision,
    LevelStatus,
    OutcomeKind,
    QualitySide,
    Route,
)
from tessella.text import Text
from tessella.vocabulary import Concept, code_list

__all__ = ["NOTES", "SCHEME", "NoteField", "as_text"]

SCHEME = "urn:tessella:elm-note"


class NoteField(NamedTuple):
    """One field kept as a note: its path below the struct, the note's English label, and how the text is read back.

    ``read`` is None for a multilingual text.
    """

    path: str
    label: str
    read: Callable[[str], Any] | None = None

    @property
    def subject(self) -> str:
        return self.path.replace("_", "-")


def as_text(value: Any) -> Text:
    """A field's value as the text of its note."""
    if isinstance(value, dict):
        return value
    return {"en": _plain(value)}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Concept):
        return value.code or value.uri
    if isinstance(value, Achieved):
        return f"{value.outcome} {value.on.isoformat()}" if value.on else value.outcome
    if isinstance(value, tuple):
        return "\n".join(map(_plain, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def _achieved(text: str) -> tuple[Achieved, ...]:
    found = []
    for line in text.split("\n"):
        outcome, _, day = line.rpartition(" ")
        found.append(
            Achieved(outcome=outcome, on=dt.date.fromisoformat(day)) if outcome else Achieved(outcome=line)
        )
    return tuple(found)


def _code(name: str) -> Callable[[str], Concept]:
    return lambda text: code_list(name).require(text)


NOTES: Mapping[str, tuple[NoteField, ...]] = {
    "achievement": (
        NoteField("route", "Route", Route),
        NoteField("assessed_on", "Assessed on", dt.date.fromisoformat),
        NoteField("replaces", "Replaces the award", str),
        NoteField("achieved", "Outcomes reached", _achieved),
        NoteField("rule.id", "Combined by the rule", str),
        NoteField("rule.version", "Version of the rule", str),
        NoteField("rule.title", "The rule"),
        NoteField("rule.url", "Where the rule is published", str),
        NoteField("rule.decided_by", "Decided by", str),
        NoteField("rule.proof_sha256", "SHA-256 of the proof that the rule is met", str),
    ),
    "specification": (
        NoteField("criteria", "Criteria"),
        NoteField("relevance", "Relevance"),
        NoteField("credit_bearing", "Bears credit", _yes),
        NoteField("leads_to_degree", "Leads to a degree", _yes),
        NoteField("valid_for_months", "Months of validity", int),
        NoteField("modified_on", "Description changed on", dt.date.fromisoformat),
        NoteField("levels.stated_status", "Standing of the level", LevelStatus),
        NoteField("levels.not_applicable", "Level not applicable"),
        NoteField("participation.location", "Place of learning"),
        NoteField("participation.accessibility", "Accessibility"),
        NoteField("participation.hours_per_week", "Hours a week", Decimal),
        NoteField("prerequisites.none_needed", "No prerequisites", _yes),
        NoteField("prerequisites.level", "Level needed to enrol (EQF)", _code("eqf")),
        NoteField("prerequisites.language_level", "Language level needed to enrol (CEFR)", _code("cefr")),
        NoteField("prerequisites.credentials", "Credentials needed to enrol", _lines),
        NoteField("stackability.stackable", "Stackable", _yes),
    ),
    "assessment": (
        NoteField("covers", "Outcomes assessed", _lines),
        NoteField("grading.minimum", "Lowest grade", str),
        NoteField("grading.maximum", "Highest grade", str),
        NoteField("grading.passing", "Grade needed to pass", str),
    ),
    "outcome": (
        NoteField("description", "Description"),
        NoteField("kind", "Kind of outcome", OutcomeKind),
        NoteField("required", "Required", _yes),
    ),
    "accreditation": (
        NoteField("side", "Quality assurance side", QualitySide),
        NoteField("scheme", "Standards followed", str),
        NoteField("decision", "Decision", Decision),
        NoteField("obligatory", "Part of the obligatory system", _yes),
        NoteField("learners_involved", "Learners took part", _yes),
        NoteField("scope.programmes", "Programmes covered", _lines),
    ),
    "organisation": (NoteField("degree_awarding", "May award degrees", _yes),),
}
"""By the kind of ELM node that carries the notes, the fields of the record that travel as notes on it."""
