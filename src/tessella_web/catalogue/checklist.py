"""The questions reviewers work through, as versioned data: a review keeps the edition it was opened with."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import msgspec

__all__ = ["CURRENT", "Checklist", "Question", "Section", "checklist"]

CURRENT = "2026-1"
"""The edition that new reviews use."""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question: what it asks, what to look at, and which elements of the description it is about."""

    id: str
    asks: str
    look: str = ""
    elements: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Questions under one standard (of part 1 of the European standards and guidelines) or one group of considerations."""

    id: str
    title: str
    questions: tuple[Question, ...]


class Checklist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edition."""

    id: str
    title: str
    about: str
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in order."""
        return tuple(question for section in self.sections for question in section.questions)


@functools.cache
def checklist(edition: str = CURRENT) -> Checklist:
    """An edition of the checklist.

    Raises:
        FileNotFoundError: there is no such edition.
    """
    text = (resources.files(__package__) / "checklists" / f"{edition}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Checklist)
