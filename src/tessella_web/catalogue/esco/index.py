"""The index over the labels: by kind, language and word the concepts, each with how well the word stands for it.

A row of the index packs its concepts as 64-bit numbers, least significant byte first: the concept's key, and in the
lowest byte its weight. The weight says where the word stands: first in the preferred label, later in it, first in
another label, later in one (16 apart); plus how many words that label has, 15 at most. Less is better.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator

from tessella_web.catalogue.esco.models import Term
from tessella_web.catalogue.esco.words import words_of

__all__ = ["LONGEST", "PLACES", "TAIL", "packed", "terms_of", "unpacked"]

PLACES = 16
LONGEST = 15
TAIL = 3
"""Letters at the end of a word by which it is found when it is mistyped in front."""


def packed(found: Iterable[tuple[int, int]]) -> bytes:
    """Pairs of concept and weight as bytes."""
    numbers = array("Q", sorted(concept << 8 | weight for concept, weight in found))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(data: bytes | memoryview) -> array[int]:
    """The numbers of a row: ``number >> 8`` is the concept, ``number & 255`` its weight."""
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
