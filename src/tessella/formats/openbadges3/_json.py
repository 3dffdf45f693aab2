"""Reading foreign JSON without trusting its shape: what is not as expected is left out and noted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.text import say

__all__ = ["Note", "Reading", "iri", "is_iri", "items", "number", "timestamp"]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")
_MAX_DIGITS = 40
"""Digits and exponent of a number of credits or hours; a longer one is an attack on whoever computes with it."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd that was tolerated in reading: a stable code, one sentence, and where."""

    code: str
    message: str
    place: str = ""


def iri(value: str, place: str) -> str:
    """The value, when it is an absolute IRI: anything else would vanish from the signed data.

    Raises:
        SchemaError: ``openbadges3.not-a-uri``.
    """
    if not _IRI.fullmatch(value):
        raise SchemaError(
            say("An Open Badge needs a URI here."),
            code="openbadges3.not-a-uri",
            got=value,
            place=place,
            hint=say("Use an address (https://…) or a URN (urn:uuid:…)."),
        )
    return value


def is_iri(value: Any) -> bool:
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def items(value: Any) -> list[Any]:
    """One value or many, as a list; JSON-LD writes a set of one either way, and a set of sets is one set."""
    if value is None:
        return []
    if not isinstance(value, list):
        return [value]
    if any(isinstance(one, list) for one in value):
        return [inner for one in value for inner in items(one)]
    return value


def number(value: Decimal) -> int | float:
    """A JSON number; whole numbers without a fraction, since ``3.0`` and ``3`` are not the same bytes to all."""
    return int(value) if value == value.to_integral_value() else float(value)


def timestamp(value: dt.datetime, place: str) -> str:
    """An instant as DateTimeZ: ISO 8601 in UTC.

    Raises:
        SchemaError: ``openbadges3.no-time-zone``.
    """
    if value.tzinfo is None:
        raise SchemaError(
            say("A date and time needs a time zone."),
            code="openbadges3.no-time-zone",
            place=place,
            hint=say("Give the time in UTC."),
        )
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


class Reading:
    """The values of one document as they can be used, and the notes on those that cannot."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.notes: list[Note] = []

    def note(self, code: str, message: str, place: str = "") -> None:
        self.notes.append(Note(code=f"openbadges3.{code}", message=message, place=place))

    def unusable(self, place: str) -> None:
        self.note("unusable", say("This value cannot be used and was left out."), place)

    def string(self, value: Any, place: str) -> str:
        """A string, the first of several; a number as it is written; else the empty string."""
        values = items(value)
        if len(values) > 1:
            self.note(
                "several", say("There are several values where one is expected; the first is used."), place
            )
        first = values[0] if values else ""
        if isinstance(first, str):
            return first
        if isinstance(first, int | float) and not isinstance(first, bool):
            return str(first)
        self.unusable(place)
        return ""

    def node(self, value: Any, place: str) -> Mapping[str, Any]:
        """An object, the first of several; a string is the object with that id; else the empty object."""
        values = items(value)
        if len(values) > 1:
            self.note(
                "several", say("There are several values where one is expected; the first is used."), place
            )
        first = values[0] if values else {}
        if isinstance(first, dict):
            return first
        if isinstance(first, str):
            return {"id": first}
        self.unusable(place)
        return {}

    def nodes(self, value: Any, place: str) -> list[Mapping[str, Any]]:
        """All objects of a set; strings are objects with that id."""
        return [self.node(item, f"{place}[{n}]") for n, item in enumerate(items(value))]

    def text(self, value: Any, place: str) -> dict[str, str]:
        """A language map; a plain string is in the document's language.

        What says nothing in JSON-LD (null, an empty list) is as if it were not there: no seal covers it, so it must not
        take away what stands beside it.
        """
        if isinstance(value, str):
            return {self.language: value} if value else {}
        if not isinstance(value, dict):
            self.unusable(place)
            return {}
        found = {}
        for tag, item in value.items():
            texts = [one for one in (item if isinstance(item, list) else [item]) if one is not None]
            if len(texts) == 1 and isinstance(texts[0], str):
                found[tag] = texts[0]
            elif texts:
                self.unusable(f"{place}.{tag}")
        return found

    def decimal(self, value: Any, place: str) -> Decimal | None:
        """An exact number, from a number or a string."""
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            try:
                found = Decimal(str(value))
            except InvalidOperation:
                found = Decimal("NaN")
            if found.is_finite() and len(found.as_tuple().digits) + abs(found.adjusted()) <= _MAX_DIGITS:
                return found
        self.unusable(place)
        return None

    def instant(self, value: Any, place: str) -> dt.datetime | None:
        """A date and time in UTC; one without a time zone counts as UTC, with a note."""
        if value is None:
            return None
        try:
            found = dt.datetime.fromisoformat(self.string(value, place))
            if found.tzinfo is None:
                self.note("no-time-zone", say("A time without a time zone was read as UTC."), place)
                found = found.replace(tzinfo=dt.UTC)
            return found.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            self.unusable(place)
            return None

    def date(self, value: Any, place: str) -> dt.date | None:
        """The day of a date or of a date and time, as it is written (no time zone moves it)."""
        if value is None:
            return None
        try:
            return dt.datetime.fromisoformat(self.string(value, place)).date()
        except ValueError:
            self.unusable(place)
            return None
