"""Rows that the profiles share: how a claim is built, and the claims that both have under names of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tessella.formats.attestation import _values as values
from tessella.formats.attestation.profile import ClaimRule, Writing

__all__ = [
    "FIRST",
    "LEARNER",
    "MICRO",
    "ONE_LANGUAGE",
    "family_name",
    "given_name",
    "grade",
    "learning_outcomes",
    "prerequisites",
    "row",
    "stackable",
    "string",
    "text",
    "title",
]

MICRO = "micro_credential"
LEARNER = "Identification of the learner"
ONE_LANGUAGE = "Only in the record's own language."
FIRST = "Only the first is carried."

_NAMES = "Only family name and given name are carried; a person with one name has it as family name."
_TITLES = "Only the titles of the outcomes that were reached, in the record's own language."


def row(claim: str, kind: str, label: str, record: str | tuple[str, ...], **rest: Any) -> ClaimRule:
    """One row; ``rest`` are the other fields of a `ClaimRule`."""
    paths = (record,) if isinstance(record, str) else record
    return ClaimRule(claim=claim, kind=kind, label=label, record=paths, **rest)


def text(claim: str, label: str, path: str, take: Callable[[Writing], str], **rest: Any) -> ClaimRule:
    """A text in one language at a path of the record."""
    rest = {"note": ONE_LANGUAGE} | rest
    return row(claim, "text", label, path, write=take, read=values.text_at(path), **rest)


def string(
    claim: str, label: str, path: str | tuple[str, ...], take: Callable[[Writing], str], **rest: Any
) -> ClaimRule:
    """A string at a path of the record, the first where there are several."""
    first = path if isinstance(path, str) else path[0]
    return row(claim, "text", label, path, write=take, read=lambda value, language: {first: value}, **rest)


def title(claim: str, **rest: Any) -> ClaimRule:
    return text(
        claim,
        "Title",
        f"{MICRO}.title",
        lambda w: w.text(w.micro.title),
        element="Title",
        mandatory=True,
        remedy="Give the micro-credential a title.",
        **rest,
    )


def family_name(claim: str) -> ClaimRule:
    return string(
        claim,
        "Family name",
        ("learner.family_name", "learner.full_name"),
        lambda w: values.names(w)[0],
        note=_NAMES,
        element=LEARNER,
        mandatory=True,
        remedy="Give the learner's name.",
    )


def given_name(claim: str, **rest: Any) -> ClaimRule:
    path = "learner.given_name"
    return string(
        claim, "Given name", path, lambda w: values.names(w)[1], note=_NAMES, element=LEARNER, **rest
    )


def learning_outcomes(claim: str, **rest: Any) -> ClaimRule:
    return row(
        claim,
        "texts",
        "Learning outcomes",
        (f"{MICRO}.outcomes", "achieved"),
        write=lambda w: values.unique(w.text(one.title) for one in values.gained_outcomes(w)),
        read=values.outcomes_read,
        note=_TITLES,
        element="Learning outcomes",
        **rest,
    )


def grade(claim: str, record: str, note: str) -> ClaimRule:
    return row(
        claim,
        "text",
        "Grade",
        record,
        write=lambda w: next((one.grade for one in w.award.results if one.grade), ""),
        read=lambda value, language: {"results.grade": value},
        note=note,
        element="Grade achieved",
    )


def prerequisites(claim: str, label: str, **rest: Any) -> ClaimRule:
    return row(
        claim,
        "texts",
        label,
        f"{MICRO}.prerequisites",
        write=values.prerequisite_texts,
        read=values.prerequisites_read,
        note="Only the text, in the record's own language.",
        element="Prerequisites",
        **rest,
    )


def stackable(claim: str, record: str, **rest: Any) -> ClaimRule:
    return row(
        claim,
        "boolean",
        "Stackable",
        record,
        write=lambda w: w.micro.stackability.stackable if w.micro.stackability else None,
        read=lambda value, language: {f"{MICRO}.stackability.stackable": value},
        element="Integration and stackability",
        **rest,
    )
