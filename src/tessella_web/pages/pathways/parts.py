"""What the form of a rule is made of: fields and groups of fields, as data.

The names are those of the rule language; what people read are labels and explanations. `tests/web/pathways` checks that every field of the
language has its place here.
"""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

__all__ = ["Choice", "Field", "Kind", "Many", "Often", "Part"]


class Kind(enum.StrEnum):
    """How a field is written: the shape of its value."""

    TEXT = "text"
    LONG = "long"
    LINES = "lines"
    """A list of texts, one in each line."""
    LISTED = "listed"
    """A list of codes of a code list, shown by their names."""
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    CHOICE = "choice"
    """One of a few, each explained; the first is what is meant when nothing is said."""
    EITHER = "either"
    """Yes or no."""
    NEEDS = "needs"
    """Other entries of the same list."""


class Choice(NamedTuple):
    """One of a few, with what choosing it means."""

    value: str
    label: Any
    means: Any = ""


class Field(NamedTuple):
    """One thing to say. ``codes`` names the code list of a `Kind.LISTED`; ``known`` are values that are suggested.

    ``is_technical`` puts it with what only programs need; ``otherwise`` is the value of an `Kind.EITHER` that is not written;
    ``must`` has a text written even when it is empty.
    """

    name: str
    kind: Kind
    label: Any
    help: Any = ""
    choices: tuple[Choice, ...] = ()
    codes: str = ""
    known: tuple[str, ...] = ()
    is_technical: bool = False
    otherwise: bool | None = None
    must: bool = False


class Often(enum.StrEnum):
    """How often a group of fields is there."""

    ONE = "one"
    MAYBE = "maybe"
    MANY = "many"


class Many(NamedTuple):
    """Fields that belong together. ``another`` is on the button that adds one.

    A *sparse* group shows only what somebody chose to say. ``must`` is written even when it says nothing.
    """

    name: str
    often: Often
    label: Any
    parts: tuple[Any, ...]
    help: Any = ""
    another: Any = ""
    is_sparse: bool = False
    must: bool = False


Part = Field | Many
