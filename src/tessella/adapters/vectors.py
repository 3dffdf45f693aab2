"""Word vectors in the usual text format: one word a line and its numbers, separated by spaces (word2vec, GloVe, fastText)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from tessella.adapters.files import read_bytes
from tessella.errors import DecodeError, LimitError
from tessella.guidance.suggesting import words_in
from tessella.text import say

__all__ = ["MAX_WORDS", "read_vectors"]

MAX_VECTOR_BYTES = 1024 * 1024 * 1024
"""200,000 words of 300 numbers are some 500 MB as text."""

MAX_WORDS = 300_000
"""More words than descriptions of skills use in one language; each is kept in memory."""

MAX_DIMENSIONS = 1_024
"""Numbers of one word: more than word vectors that are handed around have, few enough that a file cannot fill the memory with one line."""


def read_vectors(path: Path) -> dict[str, tuple[float, ...]]:
    """By word its vector; the first of words that differ in case or accents only. A first line with two numbers (count, length) is skipped.

    Raises:
        AccessError, LimitError: the file cannot be read, is too large or has too many words.
        DecodeError: ``guidance.vectors``: a line has another length or no numbers.
    """
    found: dict[str, tuple[float, ...]] = {}
    width = 0
    for number, line in enumerate(read_bytes(path, max_bytes=MAX_VECTOR_BYTES).split(b"\n"), start=1):
        word, *parts = line.decode("utf-8", "replace").split() or [""]
        if not word or (number == 1 and len(parts) == 1):
            continue
        vector = _numbers(parts)
        width = width or len(vector)
        if len(vector) != width or not 2 <= width <= MAX_DIMENSIONS:
            raise DecodeError(
                say("The word vectors cannot be used."), code="guidance.vectors", place=f"{path.name}:{number}",
                got=len(vector), expected=width,
                hint=say("Each line has a word and as many numbers as the others, separated by spaces."),
            )  # fmt: skip
        if len(found) >= MAX_WORDS:
            raise LimitError(
                say("There are more than %(limit)s words.", limit=MAX_WORDS), code="input.limit.vectors", place=path.name,
                hint=say("Keep the most frequent words; files are usually in that order."),
            )  # fmt: skip
        for plain in words_in(word)[:1]:
            found.setdefault(plain, vector)
    return found


def _numbers(parts: Sequence[str]) -> tuple[float, ...]:
    try:
        made = tuple(map(float, parts))
    except ValueError:
        return ()
    return made if all(map(math.isfinite, made)) else ()
