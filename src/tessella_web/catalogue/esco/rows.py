"""What the readers of the official files give, whatever the file."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ConceptRow", "LabelRow", "LinkRow", "Row"]


class ConceptRow(NamedTuple):
    """A concept; its names come in rows of their own."""

    uri: str
    kind: str
    skill_type: str = ""
    reuse: str = ""
    code: str = ""


class LabelRow(NamedTuple):
    """What a concept is called in a language."""

    uri: str
    language: str
    preferred: str
    others: tuple[str, ...] = ()


class LinkRow(NamedTuple):
    """A relation between two concepts."""

    kind: str
    source: str
    target: str


Row = ConceptRow | LabelRow | LinkRow
