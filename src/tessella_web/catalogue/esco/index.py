"""The index over the labels: by kind, language and word the concepts, each with how well the word stands for it.

A row of the index packs its concepts as 64-bit numbers, least significant byte first, in rising order: in the highest
byte the concept's weight, below it its key. The best ones stand first, so a search that wants ten reads ten of each row. The weight says where the word stands: first in the preferred label, later in it, first in
another label, later in one (16 apart); plus how many words that label has, 15 at most. Less is better.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator

from tessella_web.catalogue.esco.models import Term
from tessella_web.catalogue.esco.words import words_of

__all__ = ["KEY", "LONGEST", "PLACES", "SHIFT", "SIZE", "TAIL", "packed", "terms_of", "unpacked"]

SHIFT = 56
KEY = (1 << SHIFT) - 1
SIZE = 8
"""Bytes of one concept in a row."""

PLACES = 16
LONGEST = 15
TAIL = 3
"""Letters at the end of a word by which it is found when it is mistyped in front."""


def packed(found: Iterable[tuple[int, int]]) -> bytes:
    """Pairs of concept and weight as bytes, best first."""
    numbers = array("Q", sorted(weight << SHIFT | concept for concept, weight in found))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(data: bytes | memoryview) -> array[int]:
    """The numbers of a row: ``number & KEY`` is the concept, ``number >> SHIFT`` its weight."""
    numbers = array("Q")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def terms_of(kind: str, language: str, labels: Iterable[tuple[int, str, str]]) -> Iterator[Term]:
    """The rows of the index for one kind and language, from concept, preferred label and other labels (one a line)."""
    best: dict[str, dict[int, int]] = {}
    for concept, preferred, others in labels:
        for place, label in enumerate((preferred, *filter(None, others.split("\n")))):
            words = words_of(label)
            for at, word in enumerate(words):
                weight = PLACES * (2 * (place > 0) + (at > 0)) + min(len(words), LONGEST)
                found = best.setdefault(word, {})
                found[concept] = min(weight, found.get(concept, 255))
    for word, found in best.items():
        yield Term(
            kind=kind, language=language, word=word.encode(), length=len(word), tail=word[-TAIL:],
            found=packed(found.items()),
        )  # fmt: skip
