"""Values of the record as plain words and numbers, and back. What is written is read back; what others write, where it is known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from tessella.formats.attestation.profile import Found, Writing
from tessella.model import (
    Assessment,
    Credits,
    Identifier,
    Organisation,
    Outcome,
    Place,
    Prerequisites,
    QualityAssurance,
    QualitySide,
    Workload,
)
from tessella.text import Text
from tessella.vocabulary import Concept, code_list

__all__ = [
    "codes_of",
    "concept_named",
    "country_code",
    "day",
    "end_of_day",
    "gained_outcomes",
    "identifier_read",
    "identity_proofing",
    "identity_proofing_read",
    "label",
    "names",
    "outcomes_read",
    "place_of",
    "prerequisite_texts",
    "prerequisites_read",
    "quality_read",
    "quality_words",
    "study_time",
    "study_time_read",
    "supervisions",
    "text_at",
    "unique",
    "word",
]

_NOTHING_NEEDED = "None"
_INTERNAL, _EXTERNAL = "Internal quality assurance", "External quality assurance"
_PROOFING, _EVALUATOR = "Identity proofing", "Evaluator"
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) (hours?|ECTS|ECVET)")


def text_at(path: str) -> Callable[[Any, str], Found]:
    """A reader that puts the text, in its language, at a path."""
    return lambda value, language: {path: {language: value}}


def unique(words: Iterable[str]) -> list[str]:
    """The words that are not empty, each once, in order."""
    return list(dict.fromkeys(filter(None, words)))


# --- concepts --------------------------------------------------------------------------------------------


def label(concept: Concept | None, list_name: str, language: str) -> str:
    """What a person calls it."""
    return code_list(list_name).label(concept, language, "en") if concept else ""


def word(concept: Concept | None, list_name: str, words: Mapping[str, str]) -> str:
    """The word of a rulebook for it, else its code, else its label."""
    if concept is None:
        return ""
    known = code_list(list_name).in_list(concept)
    return words.get(concept.code, concept.code) if known else concept.label("en")


def concept_named(value: str, list_name: str, words: Mapping[str, str] | None = None) -> Concept | None:
    """The concept with this word, code or label."""
    codes = {spelt: code for code, spelt in (words or {}).items()}
    return code_list(list_name).get(codes.get(value, value))


def codes_of(concepts: Iterable[Concept], list_name: str) -> list[str]:
    """The codes of those that are in the list: another list's code would mean something else to a reader."""
    known = code_list(list_name)
    return unique(one.code for one in concepts if known.in_list(one))


def country_code(organisation: Organisation) -> str:
    """The ISO 3166-1 code of the first country of its places."""
    return next(iter(codes_of(organisation.countries, "country")), "")


# --- dates -----------------------------------------------------------------------------------------------


def day(value: str) -> dt.date:
    return dt.datetime.fromisoformat(value).date()


def end_of_day(value: dt.date) -> dt.datetime:
    """Something valid until a day is valid on that day."""
    return dt.datetime.combine(value, dt.time(23, 59, 59), dt.UTC)


# --- people ----------------------------------------------------------------------------------------------


def names(writing: Writing) -> tuple[str, str]:
    """Family name and given name. A person with one name only has it as family name (as in passports)."""
    learner = writing.award.learner
    if learner.family_name:
        return learner.family_name, learner.given_name
    return learner.full_name or learner.given_name, ""


# --- learning --------------------------------------------------------------------------------------------


def gained_outcomes(writing: Writing) -> tuple[Outcome, ...]:
    """What the learner reached: the outcomes named in the award, else all that are required."""
    micro, achieved = writing.micro, {one.outcome for one in writing.award.achieved}
    if achieved:
        return tuple(one for one in micro.outcomes if one.id in achieved)
    return tuple(one for one in micro.outcomes if one.required)


def outcomes_read(values: list[str], language: str) -> Found:
    return {"micro_credential.outcomes": tuple(Outcome(title={language: value}) for value in values)}


def study_time(writing: Writing) -> str:
    """``60 hours, 2 ECTS``; a duration that was stated otherwise as it was stated."""
    workload = writing.micro.workload or Workload()
    parts = [f"{workload.hours:f} hours"] if workload.hours is not None else []
    parts += [f"{one.points:f} {_system(one, writing)}" for one in workload.credits if one.system]
    return ", ".join(parts) or next(iter(workload.stated), "")


def _system(credit: Credits, writing: Writing) -> str:
    concept = credit.system
    if concept is not None and code_list("credit-system").in_list(concept):
        return concept.code.upper()
    return label(concept, "credit-system", writing.micro.language)


def study_time_read(value: str, language: str) -> Found:
    matches = [_AMOUNT.fullmatch(part) for part in value.split(", ")]
    if not all(matches):
        return {"micro_credential.workload": Workload(stated=(value,))}
    hours: Decimal | None = None
    credits: list[Credits] = []
    for match in filter(None, matches):
        amount, unit = Decimal(match[1]), match[2]
        if unit.startswith("hour"):
            hours = amount
        else:
            credits.append(Credits(points=amount, system=code_list("credit-system").get(unit.lower())))
    return {"micro_credential.workload": Workload(hours=hours, credits=tuple(credits))}


def prerequisite_texts(writing: Writing) -> list[str]:
    needed = writing.micro.prerequisites or Prerequisites()
    text = writing.text(needed.text)
    return [text] if text else [_NOTHING_NEEDED] if needed.none_needed else []


def prerequisites_read(values: list[str], language: str) -> Found:
    if values == [_NOTHING_NEEDED]:
        return {"micro_credential.prerequisites": Prerequisites(none_needed=True)}
    return {"micro_credential.prerequisites": Prerequisites(text={language: "; ".join(values)})}


# --- quality ---------------------------------------------------------------------------------------------


def quality_words(writing: Writing) -> list[str]:
    """``Institutional Quality Assurance``, ``Internal quality assurance: peer review``."""
    return unique(_quality_word(one, writing) for one in writing.micro.quality)


def _quality_word(one: QualityAssurance, writing: Writing) -> str:
    name = label(one.type, "accreditation", writing.micro.language) or writing.text(one.title)
    if one.side is QualitySide.INTERNAL:
        return f"{_INTERNAL}: {name}" if name else _INTERNAL
    return name or _EXTERNAL


def quality_read(values: list[str], language: str) -> Found:
    return {"micro_credential.quality": tuple(_quality(value, language) for value in values)}


def _quality(value: str, language: str) -> QualityAssurance:
    internal = value == _INTERNAL or value.startswith(f"{_INTERNAL}: ")
    name = value.removeprefix(_INTERNAL).removeprefix(": ") if internal else value
    concept = concept_named(name, "accreditation") if name else None
    title: Text = {} if concept or name in ("", _EXTERNAL) else {language: name}
    side = QualitySide.INTERNAL if internal else QualitySide.EXTERNAL
    return QualityAssurance(side=side, type=concept, title=title)


def supervisions(writing: Writing) -> list[Concept]:
    """How it was supervised, as recorded with the results; where nothing is recorded, as described."""
    recorded = [one.supervision for one in writing.award.results if one.supervision]
    return recorded or [one.supervision for one in writing.micro.assessments if one.supervision]


def identity_proofing(writing: Writing) -> list[str]:
    """How identity was checked and who evaluated, as the type metadata of the reference issuers word it."""
    language = writing.micro.language
    methods = [label(one, "supervision", language) for one in supervisions(writing)]
    people = [writing.text(body.name) for one in writing.award.results for body in one.assessed_by]
    return unique(
        [f"Identity proofing: {one}" for one in methods if one]
        + [f"Evaluator: {one}" for one in people if one]
    )


def identity_proofing_read(values: list[str], language: str) -> Found | None:
    """All or nothing: an entry in other words would be lost between the others."""
    methods: list[Assessment] = []
    people: list[Organisation] = []
    for value in values:
        kind, _, name = value.partition(": ")
        method = concept_named(name, "supervision") if kind == _PROOFING else None
        if method is not None:
            methods.append(Assessment(supervision=method))
        elif kind == _EVALUATOR and name:
            people.append(Organisation(name={language: name}))
        else:
            return None
    found = {"micro_credential.assessments": tuple(methods), "results.assessed_by": tuple(people)}
    return {path: parts for path, parts in found.items() if parts}


def place_of(code: str) -> tuple[Place, ...]:
    return (Place(country=code_list("country").get(code)),)


def identifier_read(value: str) -> tuple[Identifier, ...]:
    return (Identifier(value=value),)
