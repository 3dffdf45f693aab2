"""Extension terms that others write on an achievement, as the Dutch educational badges do, read into the record.

They are plain words in the achievement (``ECTS``, ``SBU``, ``timeInvestment``, ``participationType``, ``assessmentType``,
``supervisionType``, ``identityChecked``, ``educationProgramIdentifier``). Words that mean exactly one concept of an EU list become that
concept; any other stays the word it is, as a concept of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tessella.formats.openbadges3._json import Reading
from tessella.model import Assessment, Credits, Identifier, Participation, Workload
from tessella.vocabulary import Concept, code_list

__all__ = ["NATIONAL_TERMS", "read_national"]

NATIONAL_TERMS = frozenset(
    {
        "ECTS",
        "SBU",
        "StudyLoad",
        "timeInvestment",
        "participationType",
        "assessmentType",
        "supervisionType",
        "identityChecked",
        "educationProgramIdentifier",
    }
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "mode": {"online": "online", "work experience": "work-based"},
    "assessment": {"application of a skill": "practical", "portfolio": "portfolio"},
    "supervision": {
        "unsupervised with no identity verification": "unsupervised-without-id",
        "supervised with no identity verification": "supervised-without-id",
        "onsite with identity verification": "supervised-with-id",
    },
}
"""The words whose meaning is exactly that of one concept, by code list."""

_HOURS = ("SBU", "StudyLoad", "timeInvestment")  # studiebelastingsuren: hours of study load


def read_national(achievement: Mapping[str, Any], reading: Reading, place: str) -> dict[str, Any]:
    """The fields of the record that these terms state."""
    found: dict[str, Any] = {}
    ects = achievement.get("ECTS")
    points = reading.decimal(ects, f"{place}.ECTS") if ects is not None else None
    stated = next((name for name in _HOURS if name in achievement), "")
    hours = reading.decimal(achievement[stated], f"{place}.{stated}") if stated else None
    if points is not None or hours is not None:
        credits = (
            (Credits(points=points, system=code_list("credit-system").get("ects")),)
            if points is not None
            else ()
        )
        found["workload"] = Workload(hours=hours, credits=credits)
    if mode := _concept("mode", achievement.get("participationType"), reading, f"{place}.participationType"):
        found["participation"] = Participation(modes=(mode,))
    kind = _concept("assessment", achievement.get("assessmentType"), reading, f"{place}.assessmentType")
    supervision = _supervision(achievement, reading, place)
    if kind or supervision:
        found["assessments"] = (Assessment(type=kind, supervision=supervision),)
    programme = reading.string(
        achievement.get("educationProgramIdentifier"), f"{place}.educationProgramIdentifier"
    )
    if programme:
        found["identifiers"] = (Identifier(value=programme, scheme="educationProgramIdentifier"),)
    return found


def _supervision(achievement: Mapping[str, Any], reading: Reading, place: str) -> Concept | None:
    """Supervision as stated; with only the statement that identity was checked, that."""
    stated = _concept("supervision", achievement.get("supervisionType"), reading, f"{place}.supervisionType")
    if stated is None and achievement.get("identityChecked") is True:
        return code_list("supervision").get("id-verification")
    return stated


def _concept(list_name: str, value: Any, reading: Reading, place: str) -> Concept | None:
    word = reading.string(value, place).strip()
    if not word:
        return None
    code = _WORDS[list_name].get(word.lower())
    if code:
        return code_list(list_name).get(code)
    return Concept(uri=f"urn:tessella:stated:{list_name}:{quote(word.lower(), safe='')}", labels={"en": word})
