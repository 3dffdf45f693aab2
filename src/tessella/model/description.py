"""Descriptions: the record as plain data that a person can write and edit.

A description is a mapping (from YAML or JSON) with the field names of the structs. Coded values may be written as
their short code, texts in the primary language as plain strings, and single items without a list:

    title: Data ethics in practice
    workload: {hours: 84, credits: {points: 3, system: ects}}
    participation: {modes: online}
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from tessella import typed
from tessella.errors import InputError, SchemaError, TessellaError
from tessella.model._shape import Shape, compact, expand, field_shapes
from tessella.model.base import Part
from tessella.model.microcredential import MicroCredential
from tessella.text import say

__all__ = ["Loaded", "Problem", "describe", "load", "unknown_fields"]

P = TypeVar("P", bound=Part)

MAX_PROBLEMS = 100
"""After so many unusable fields the file is something else."""

_PATH = re.compile(r" - at `\$?([^`]*)`$")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A field that could not be used and was left out: where, why, and the remedy."""

    place: str
    message: str
    hint: str = ""
    code: str = "input.schema"


class Loaded(msgspec.Struct, Generic[P], frozen=True, kw_only=True):
    """What was read: the record without the unusable fields, and what those were."""

    record: P
    problems: tuple[Problem, ...] = ()

    def require(self) -> P:
        """The record, when every field was usable.

        Raises:
            SchemaError: for the first problem; the hint counts the others.
        """
        if not self.problems:
            return self.record
        first, others = self.problems[0], len(self.problems) - 1
        more = say("There are %(count)s more problems.", count=others) if others else ""
        raise SchemaError(
            first.message, code=first.code, place=first.place, hint=f"{first.hint} {more}".strip()
        )


def load(data: object, struct: type[P] = MicroCredential, *, place: str = "") -> Loaded[P]:  # type: ignore[assignment] # a TypeVar default needs Python 3.13
    """Read a description leniently: what is usable becomes the record, the rest is named.

    Outcomes without an id get one from their text (stable while the text stands); ``place`` names the source in problems.

    Raises:
        SchemaError: ``data`` is not a mapping, or a required field is unusable.
        LimitError: nested deeper than `MAX_DEPTH`.
    """
    if not isinstance(data, Mapping):
        raise SchemaError(
            say("A description is a mapping of field names to values."), got=type(data).__name__, place=place
        )
    inner = data.get("micro_credential")
    stated = data.get("language") or (inner.get("language") if isinstance(inner, Mapping) else None)
    errors: dict[str, Exception] = {}
    plain = expand(data, Shape(struct), stated if isinstance(stated, str) and stated else "en", "", errors)
    problems = [_problem(path, error) for path, error in errors.items()]
    while True:
        try:
            record = typed.convert(plain, struct, strict=False)
            break
        except msgspec.ValidationError as error:
            problem, path = _validation_problem(error)
            problems.append(problem)
            if len(problems) > MAX_PROBLEMS or not _remove(plain, path):
                raise SchemaError(
                    problem.message, code="input.schema", place=f"{place} {problem.place}".strip()
                ) from error
    if isinstance(record, MicroCredential):
        record = _with_outcome_ids(record)  # type: ignore[assignment] # narrowed to the same type
    return Loaded(record=record, problems=tuple(problems))


def describe(record: Part) -> dict[str, Any]:
    """The record as plain data for a person's editor; `load` gives an equal record back.

    Dates stay `datetime.date`; numbers are strings where a decimal must not lose digits.
    """
    described = getattr(record, "micro_credential", record)
    language = getattr(described, "language", "") or "en"
    made = compact(record, Shape(type(record)), language)
    return made if isinstance(made, dict) else {type(record).shorthand: made}


def unknown_fields(record: Part, place: str = "") -> Iterator[str]:
    """The paths of all fields that this version does not know (kept in ``extra``)."""
    for name in record.extra:
        yield f"{place}.{name}".lstrip(".")
    for name, shape in field_shapes(type(record)).items():
        value = getattr(record, name)
        if not shape.is_part or value is None:
            continue
        for number, item in enumerate(value if shape.many else (value,)):
            at = f"{place}.{name}[{number}]" if shape.many else f"{place}.{name}"
            yield from unknown_fields(item, at.lstrip("."))


def _with_outcome_ids(record: MicroCredential) -> MicroCredential:
    if all(outcome.id for outcome in record.outcomes):
        return record
    outcomes = tuple(
        outcome if outcome.id else msgspec.structs.replace(outcome, id=_outcome_id(outcome.title))
        for outcome in record.outcomes
    )
    return msgspec.structs.replace(record, outcomes=outcomes)


def _outcome_id(title: Mapping[str, str]) -> str:
    text = "\n".join(f"{language} {title[language]}" for language in sorted(title))
    return "lo-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _problem(path: str, error: Exception) -> Problem:
    known = error if isinstance(error, TessellaError) else InputError(str(error))
    return Problem(place=path.lstrip("."), message=known.message, hint=known.hint, code=known.code)


def _validation_problem(error: msgspec.ValidationError) -> tuple[Problem, str]:
    text = str(error)
    found = _PATH.search(text)
    path = found.group(1) if found else ""
    reason = text[: found.start()] if found else text
    missing = re.search(r"missing required field `([^`]*)`", reason)
    message = (
        say("The field “%(field)s” is missing.", field=missing.group(1))
        if missing
        else say("This value cannot be used: %(reason)s.", reason=reason[:1].lower() + reason[1:])
    )
    return Problem(place=path.lstrip("."), message=message), path


def _remove(plain: Any, path: str) -> bool:
    """Take out the value at a path like ``.workload.hours`` or ``.outcomes[2]``; False when there is none."""
    steps: list[str | int] = [
        int(number) if number else name for name, number in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
    ]
    if not steps:
        return False
    target = plain
    for step in steps[:-1]:
        try:
            target = target[step]
        except (KeyError, IndexError, TypeError):
            return False
    try:
        del target[steps[-1]]
    except (KeyError, IndexError, TypeError):
        return _remove(plain, path[: max(path.rfind("."), path.rfind("["))])
    return True
