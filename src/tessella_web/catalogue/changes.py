"""What differs between two contents, element by element, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.model import Award, Learner
from tessella.rendering import Row, Section, plain_words
from tessella_web.catalogue import particulars
from tessella_web.catalogue.content import loaded

__all__ = ["Change", "changes_of_edit", "compare", "sections_of"]

_AT_AWARD = frozenset({"learner", "issued", "grade"})
"""Rows of a credential that a description cannot have."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One element that differs: its name, what it said and what it says, line by line."""

    element: str
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """Lines that are gone."""
        return tuple(one for one in self.before if one not in self.after)

    @property
    def added(self) -> tuple[str, ...]:
        """Lines that are new."""
        return tuple(one for one in self.after if one not in self.before)


def sections_of(content: Mapping[str, Any]) -> tuple[Section, ...]:
    """The record in plain words, in the reader's language as far as it has it; without what only an award can have.

    Particulars that stand with it (see `whole_of`) are a section of their own at the end.
    """
    record = loaded(content).record
    languages = (get_language() or "en", record.language)
    found = plain_words(Award(micro_credential=record, learner=Learner()), languages=languages)
    beside = particulars.section_of(content.get("particulars") or {})
    return (
        *(
            msgspec.structs.replace(
                one, rows=tuple(_in_words(row) for row in one.rows if row.element not in _AT_AWARD)
            )
            for one in found
        ),
        *([beside] if beside else ()),
    )


def _in_words(row: Row) -> Row:
    """Without an abbreviation and a code that say nothing to most people."""
    return msgspec.structs.replace(row, label=_("Subject"), note="") if row.element == "field" else row


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The elements whose words differ, in the order of the standard."""
    before, after = _rows(old), _rows(new)
    return tuple(
        Change(element=name, label=row.label, before=_lines(before.get(name)), after=_lines(after.get(name)))
        for name, row in {**before, **after}.items()
        if _lines(before.get(name)) != _lines(after.get(name))
    )


def changes_of_edit(element: str, before: Any, after: Any, content: Mapping[str, Any]) -> tuple[Change, ...]:
    """What one edit changed, in words; empty for elements that have no row of their own."""
    base = {
        "language": content.get("language", "en"),
        "record_type": content.get("record_type", "micro-credential"),
    }
    old, new = ({**base, **_placed(element, value)} for value in (before, after))
    return compare(old, new)


def _placed(element: str, value: Any) -> dict[str, Any]:
    """The element where a content has it."""
    if value is None:
        return {}
    return {"particulars": {element: value}} if element in particulars.ELEMENTS else {element: value}


def _rows(content: Mapping[str, Any]) -> dict[str, Row]:
    return {row.element: row for section in sections_of(content) for row in section.rows}


def _lines(row: Row | None) -> tuple[str, ...]:
    if row is None or not row.stated:
        return ()
    return (*row.values, row.note) if row.note else row.values
