"""Word lists that rules use: placeholders, generic titles, verbs of learning outcomes per language."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any

import msgspec

from tessella import typed

__all__ = ["MAX_KEPT", "VerbList", "is_placeholder", "normalised", "verb_languages", "verb_list", "word_list"]

MAX_KEPT = 300
"""Characters of a text whose folded form is kept: the caches stay below a few megabytes whatever comes in."""

_SPACE = re.compile(r"\s+")
_EDGES = " \t\n.,;:!?…()[]{}<>«»“”„\"'‘’`*_-–—/\\"


@functools.cache
def _table(name: str) -> dict[str, Any]:
    text = (resources.files(__package__) / "words" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def normalised(text: str) -> str:
    """Text as words are compared: case, edge punctuation and the amount of white space do not count."""
    return _kept(text) if len(text) <= MAX_KEPT else _fold(text)


def _fold(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip(_EDGES).casefold()


_kept = functools.lru_cache(maxsize=8192)(_fold)


@functools.cache
def word_list(name: str) -> frozenset[str]:
    """All words of one list of ``words/lists.toml``, in every language it has, normalised."""
    entry: dict[str, list[str]] = _table("lists.toml")[name]
    return frozenset(normalised(word) for words in entry.values() for word in words)


def is_placeholder(text: str) -> bool:
    """Whether a text says nothing: empty, only punctuation, a zero, or a word such as “n/a” or “tbd” (rule X9)."""
    plain = normalised(text)
    return not any(c.isalnum() for c in plain) or plain in word_list("placeholders")


class VerbList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How learning outcomes are worded in one language.

    ``lead_ins`` are phrases before the verb that do not count (“the learner can”); ``verbs`` are active verbs,
    ``vague`` ones cannot be assessed when they stand alone, ``recall`` ones only ask to remember; ``teacher``
    are phrases that tell what the course does. ``first`` and ``last`` are patterns for the first and the
    last word of an outcome that is led by a verb; ``listed_last`` accepts a listed verb as last word, ``third_person_s``
    one with the ending -s, and ``adverb`` is the ending of words that may stand before the verb.
    """

    language: str
    name: str
    lead_ins: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset()
    vague: tuple[str, ...] = ()
    recall: frozenset[str] = frozenset()
    teacher: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    listed_last: bool = False
    third_person_s: bool = False
    adverb: str = ""


_VERB_FILES = {language: f"verbs-{language}.toml" for language in ("de", "en", "es", "fr", "nl")}


def verb_languages() -> tuple[str, ...]:
    """The languages whose outcomes can be checked, as primary subtags."""
    return tuple(_VERB_FILES)


@functools.cache
def verb_list(tag: str) -> VerbList | None:
    """The verb list for a language tag (its primary subtag decides); None when there is no list."""
    name = _VERB_FILES.get(tag.split("-")[0].lower())
    return typed.convert(_table(name), VerbList) if name else None
