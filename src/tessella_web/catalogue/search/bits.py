"""Sets of listing numbers as bits of one integer: counting a facet among 100,000 is a few microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress

__all__ = ["bits_of", "descending"]

_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")


def bits_of(numbers: Iterable[int], size: int) -> int:
    """The set of these numbers, each at least 0 and below ``size``."""
    digits = bytearray(b"0") * size
    for one in numbers:
        digits[-1 - one] = 49  # the digit 1
    return int(digits, 2) if digits else 0


def descending(bits: int) -> Iterator[int]:
    """The numbers of a set, the highest first."""
    digits = format(bits, "b").encode().translate(_AS_FLAGS)
    return compress(range(len(digits) - 1, -1, -1), digits)
