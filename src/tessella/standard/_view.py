"""What is checked: a record, its award and what is known of its seal, with values reached by path."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from tessella.errors import ConfigError
from tessella.model import Award, MicroCredential, Organisation
from tessella.model.base import Part
from tessella.standard._frameworks import Framework
from tessella.standard._words import is_placeholder
from tessella.text import pick, say
from tessella.verdicts import Verdict
from tessella.vocabulary import Concept, code_list

__all__ = [
    "Audience",
    "Fact",
    "Hit",
    "SealFacts",
    "View",
    "all_facts",
    "code",
    "decimal_text",
    "fact",
    "has_content",
    "joined",
    "path_steps",
    "shown",
]

_MAX_NAMED = 3
"""A message names so many items and counts the others: it stays one sentence."""


class Audience(enum.StrEnum):
    """For whom the record is: decides which elements can already be there."""

    DESCRIPTION = "description"
    CREDENTIAL = "credential"
    PUBLIC = "public"


class SealFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller knows about the seal; ``standard`` itself never looks at cryptography.

    ``sealed`` says whether there is a signature or seal at all, ``verified`` what verification answered (``None``:
    not verified yet), ``sealed_at`` the time of signing, ``sealed_by`` the name its certificate or register gives,
    ``mandate`` whether the credential carries a mandate of the awarding body outside the award (as European Digital Credentials
    do).
    """

    sealed: bool | None = None
    verified: Verdict | None = None
    sealed_at: dt.datetime | None = None
    sealed_by: str = ""
    mandate: bool | None = None


class Hit(NamedTuple):
    """One item a derived fact found: how to show it and where it stands in the record."""

    shown: str
    place: str = ""


Fact = Callable[["View"], tuple[Any, ...]]
_FACTS: dict[str, Fact] = {}


def fact(name: str) -> Callable[[Fact], Fact]:
    """Register a derived fact; rules refer to it as ``@name``. Its docstring is its documentation."""

    def register(function: Fact) -> Fact:
        _FACTS[name] = function
        return function

    return register


def all_facts() -> Mapping[str, Fact]:
    """The registered derived facts by name."""
    return _FACTS


_ROOTS: dict[str, type] = {"award": Award, "seal": SealFacts}


class View:
    """The subject of one check. Values are looked up by path or fact name once and kept."""

    def __init__(
        self,
        record: MicroCredential,
        *,
        on: dt.date,
        audience: Audience,
        award: Award | None = None,
        seal: SealFacts | None = None,
        frameworks: tuple[Framework, ...] = (),
    ) -> None:
        self.record = record
        self.award = award
        self.seal = seal
        self.on = on
        self.audience = audience
        self.frameworks = frameworks
        self._values: dict[str, tuple[Any, ...]] = {}

    def values(self, path: str) -> tuple[Any, ...]:
        """All values at a path (``outcomes.title``, ``award.learner.email``) or of a fact (``@hours-per-ects``)."""
        found = self._values.get(path)
        if found is None:
            found = self._values[path] = _FACTS[path[1:]](self) if path[0] == "@" else self._walk(path)
        return found

    def present(self, path: str) -> bool:
        """Whether any value at the path says something: not empty, not zero, not a placeholder."""
        return any(has_content(value) for value in self.values(path))

    def first(self, path: str) -> Any:
        """The first value at the path, or None."""
        return next(iter(self.values(path)), None)

    def _walk(self, path: str) -> tuple[Any, ...]:
        root, steps = path_steps(path)
        start = {"award": self.award, "seal": self.seal}.get(root, self.record)
        current: list[Any] = [] if start is None else [start]
        for step in steps:
            current = [value for item in current for value in _flat(getattr(item, step))]
        return tuple(current)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        yield from value
    elif value is not None and value != {}:
        yield value


@functools.cache
def path_steps(path: str) -> tuple[str, tuple[str, ...]]:
    """The root (``record``, ``award`` or ``seal``) and the field names of a path.

    Raises:
        ConfigError: a step names no field of the model.
    """
    steps = path.split(".")
    root = steps.pop(0) if steps[0] in _ROOTS else "record"
    current: Any = _ROOTS.get(root, MicroCredential)
    for step in steps:
        hints = typing.get_type_hints(current) if isinstance(current, type) else {}
        if step not in hints:
            raise ConfigError(
                say("The path “%(path)s” names no field of the record.", path=path),
                code="config.rule-path",
                got=step,
                hint=say("Use the field names of tessella.model."),
            )
        current = _core(hints[step])
    return root, tuple(steps)


def _core(annotation: Any) -> Any:
    """The struct a field holds, under optional and tuple."""
    arguments = [a for a in typing.get_args(annotation) if a not in (type(None), Ellipsis)]
    if arguments and typing.get_origin(annotation) is not dict:
        return _core(arguments[0])
    return annotation


def has_content(value: object) -> bool:
    """Whether a value says something. Zero, blank texts and placeholders say nothing (rule X9)."""
    if value is None:
        return False
    if isinstance(value, bool | enum.Enum):
        return True
    if isinstance(value, str):
        return not is_placeholder(value)
    if isinstance(value, Decimal):
        return value.is_finite() and value != 0
    if isinstance(value, int):
        return value != 0
    if isinstance(value, Mapping):
        return any(has_content(item) for item in value.values())
    if isinstance(value, tuple):
        return any(has_content(item) for item in value)
    if isinstance(value, Concept):
        return has_content(value.uri) and (not value.labels or has_content(value.labels))
    if isinstance(value, Part):
        return any(
            has_content(getattr(value, field.name))
            for field in msgspec.structs.fields(type(value))
            if field.name != "extra" and getattr(value, field.name) != field.default
        )
    return True


def code(list_name: str, concept: Concept | None) -> str:
    """The concept's code in one of the code lists; empty when it is not in it."""
    if concept is None:
        return ""
    known = code_list(list_name).get(concept.uri)
    return known.code if known else ""


def decimal_text(number: Decimal | int) -> str:
    """A number without exponent and trailing zeros, at most two decimals."""
    value = Decimal(number)
    if not value.is_finite():
        return str(value)
    if abs(value) < Decimal("1e15"):
        value = round(value, 2)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value: object, language: str) -> str:
    """A value as it appears in a message or summary."""
    if isinstance(value, Hit):
        return value.shown
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal | int):
        return decimal_text(value)
    if isinstance(value, Mapping):
        return pick(value, (language,))
    if isinstance(value, Concept):
        return value.label("en") or value.uri
    if isinstance(value, Organisation):
        return pick(value.name, (language,))
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    return str(value)


def joined(values: tuple[Any, ...], language: str) -> str:
    """Values in one phrase: up to three of them, then how many more there are."""
    texts = list(dict.fromkeys(filter(None, (shown(value, language) for value in values))))
    named = ", ".join(texts[:_MAX_NAMED])
    more = len(texts) - _MAX_NAMED
    return say("%(named)s and %(count)s more", named=named, count=more) if more > 0 else named
