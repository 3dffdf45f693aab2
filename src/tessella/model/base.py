"""Building blocks of the record: the struct base, coded values, identifiers, links, images."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec

from tessella.text import Text
from tessella.vocabulary import Concept

__all__ = ["CodeListName", "Identifier", "Image", "Link", "Part", "concept_list"]


class CodeListName(NamedTuple):
    """Marks a `Concept` field with the code list whose codes a description may write as a plain word."""

    name: str


def concept_list(annotation: object) -> str:
    """The code list an annotated `Concept` field takes its short codes from, or the empty string."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, CodeListName):
            return mark.name
    return ""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all parts of the record.

    ``extra`` keeps fields this version does not know, exactly as they were read. ``shorthand`` names the field
    that a plain string stands for in a description (an outcome written as one sentence is its title).
    """

    shorthand: ClassVar[str] = ""

    extra: dict[str, Any] = {}


class Identifier(Part, frozen=True, kw_only=True):
    """A value in an identifier scheme: a student number, a course code, a legal registration."""

    shorthand: ClassVar[str] = "value"

    value: str
    scheme: str = ""
    country: Annotated[Concept, CodeListName("country")] | None = None


class Link(Part, frozen=True, kw_only=True):
    """A page or document, with the digest it had when it was described (lower-case hex SHA-256)."""

    shorthand: ClassVar[str] = "url"

    url: str
    title: Text = {}
    language: str = ""
    media_type: str = ""
    sha256: str = ""
    checked_on: dt.date | None = None


class Image(Part, frozen=True, kw_only=True):
    """A picture carried inside the record."""

    content: bytes
    media_type: str
    description: Text = {}
