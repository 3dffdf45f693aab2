"""The names of Open Badges 2.0, and reading foreign JSON without trusting its shape."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.text import say

__all__ = [
    "CONTEXT",
    "PART_GENRE",
    "Note",
    "Reading",
    "iri",
    "is_iri",
    "items",
    "speaks_badges",
    "timestamp",
    "types",
]

CONTEXT = "https://w3id.org/openbadges/v2"
PART_GENRE = "micro-credential"
"""The genre of evidence that is a credential of the learner, counted towards the badge."""

_FAMILY = "https://w3id.org/openbadges/"
_VOCABULARY = "https://w3id.org/openbadges#"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd that was tolerated in reading: a stable code, one sentence, and where."""

    code: str
    message: str
    place: str = ""


def is_iri(value: Any) -> bool:
    """Whether a value is an absolute IRI."""
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def iri(value: str, place: str) -> str:
    """The value, when it is an absolute IRI.

    Raises:
        SchemaError: ``openbadges2.not-a-uri``.
    """
    if not is_iri(value):
        raise SchemaError(
            say("An Open Badge needs a URI here."),
            code="openbadges2.not-a-uri",
            got=value,
            place=place,
            hint=say("Use an address (https://…) or a URN (urn:uuid:…)."),
        )
    return value


def items(value: Any) -> list[Any]:
    """One value or many, as a list; JSON-LD writes a set of one either way."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def types(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The types of a node, with the vocabulary's own IRIs and its prefix shortened to the names."""
    named = (one for one in items(node.get("type")) if isinstance(one, str))
    return tuple(one.removeprefix(_VOCABULARY).removeprefix("obi:") for one in named)


def speaks_badges(document: Mapping[str, Any], *, strictly: bool = False) -> bool:
    """Whether a context of Open Badges 1 or 2 is named, or its vocabulary defined inline; ``strictly``: that of 2.0."""
    for one in items(document.get("@context")):
        if isinstance(one, Mapping):
            if one.get("obi") == _VOCABULARY:
                return True
        elif isinstance(one, str) and (one == CONTEXT if strictly else one.startswith(_FAMILY)):
            return True
    return False


def timestamp(value: dt.datetime, place: str) -> str:
    """An instant as ISO 8601 in UTC.

    Raises:
        SchemaError: ``openbadges2.no-time-zone``.
    """
    if value.tzinfo is None:
        raise SchemaError(
            say("A date and time needs a time zone."),
            code="openbadges2.no-time-zone",
            place=place,
            hint=say("Give the time in UTC."),
        )
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


class Reading:
    """The values of one document as they can be used, and the notes on those that cannot."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def unusable(self, place: str) -> None:
        """Note that a value was left out."""
        message = say("This value cannot be used and was left out.")
        self.notes.append(Note(code="openbadges2.unusable", message=message, place=place))

    def string(self, node: Mapping[str, Any], member: str, place: str) -> str:
        """A member that is a text, the first of several; else the empty string."""
        values = items(node.get(member))
        if not values:
            return ""
        if isinstance(values[0], str):
            return values[0]
        self.unusable(f"{place}.{member}")
        return ""

    def node(self, value: Any, place: str) -> Mapping[str, Any]:
        """An object, the first of several; a string is the object with that id; else the empty object."""
        first: Any = next(iter(items(value)), {})
        if isinstance(first, Mapping):
            return first
        if isinstance(first, str):
            return {"id": first}
        self.unusable(place)
        return {}

    def instant(self, node: Mapping[str, Any], member: str, place: str) -> dt.datetime | None:
        """A date and time in UTC; one without a time zone counts as UTC."""
        text = self.string(node, member, place)
        try:
            found = dt.datetime.fromisoformat(text) if text else None
            return found and (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            self.unusable(f"{place}.{member}")
            return None
