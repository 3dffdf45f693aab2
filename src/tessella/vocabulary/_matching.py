"""How a person's words meet a list: folding, ranking, near misses."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence

__all__ = ["MAX_VALUE_CHARS", "fold", "level", "misspelt", "near", "rank"]

MAX_VALUE_CHARS = 300
"""The longest official label has 134 characters; comparing longer text costs time and finds nothing."""

_SIMILAR = 0.7
"""Below that difflib offers “Costa Rica” for “Österreich”; at 0.7 every single-letter slip is still found."""

_SAME_WORD = 0.75
"""In a search a misspelt word must be nearer than that: one wrong letter in four."""

_WORD = re.compile(r"\w+")
_SEPARATORS = re.compile(r"[\s_\-–/]+")


def level(text: str) -> str:
    """Text without case and the difference of space, hyphen and underscore."""
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()


@functools.lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Text without accents either."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return level("".join(c for c in plain if not unicodedata.combining(c)))


def near(value: str, keys: Iterable[str], limit: int) -> list[str]:
    """The folded keys that look most like the folded value, nearest first."""
    return difflib.get_close_matches(value, keys, n=limit, cutoff=_SIMILAR)


def rank(query: str, key: str) -> int | None:
    """How well a folded key answers a folded query, 0 best; None when only a typo could explain it."""
    if key == query:
        return 0
    if key.startswith(query):
        return 1
    words = _WORD.findall(key)
    wanted = query.split()
    if all(any(word.startswith(want) for word in words) for want in wanted):
        return 2
    if all(want in key for want in wanted):
        return 3
    return None


def misspelt(query: str, keys: Sequence[str]) -> set[str]:
    """The folded keys in which each word of the folded query has a similar word."""
    words_of = {key: _WORD.findall(key) for key in keys}
    vocabulary = sorted({word for words in words_of.values() for word in words})
    similar = [
        set(difflib.get_close_matches(want, vocabulary, n=20, cutoff=_SAME_WORD)) for want in query.split()
    ]
    return {key for key, words in words_of.items() if all(not found.isdisjoint(words) for found in similar)}
