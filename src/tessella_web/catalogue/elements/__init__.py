"""What the eleven mandatory elements of the European standard are called in the official languages of the Union.

A wording is official or it is not here: nothing is translated by us. Where the words of the Council Recommendation were not
read in a language, `ElementLabel.wording` is empty, and the label of the neighbouring term of the European Learning Model may
stand in, said to be that. ``labels.toml`` holds the words with their sources; adding a language means adding them there.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import msgspec

from tessella import typed

__all__ = ["LANGUAGES", "ElementLabel", "labels_in"]

LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
    "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
"""The official languages of the European Union (Regulation No 1/1958), by their codes."""


class _Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    source: str


class _Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    wording: dict[str, _Wording]
    term: str = ""
    term_labels: dict[str, str] = {}


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: dict[str, str]
    elements: tuple[_Element, ...]


class ElementLabel(msgspec.Struct, frozen=True, kw_only=True):
    """One element in one language.

    ``english`` is the wording of the English version; ``wording`` that of the language, empty where it was not read, with its
    ``source``. ``term_label`` is the official label of the term of the European Learning Model that carries the element.
    """

    number: int
    id: str
    english: str
    wording: str = ""
    source: str = ""
    term: str = ""
    term_label: str = ""


def labels_in(language: str) -> tuple[ElementLabel, ...]:
    """The eleven elements in a language (a code of `LANGUAGES`), in the order of the standard."""
    table = _table()
    return tuple(
        ElementLabel(
            number=number,
            id=one.id,
            english=one.wording["en"].text,
            wording=one.wording[language].text if language in one.wording else "",
            source=table.sources[one.wording[language].source] if language in one.wording else "",
            term=one.term,
            term_label=one.term_labels.get(language, ""),
        )
        for number, one in enumerate(table.elements, start=1)
    )


@functools.cache
def _table() -> _Table:
    text = (resources.files(__package__) / "labels.toml").read_text("utf-8")
    return typed.convert(tomllib.loads(text), _Table)
