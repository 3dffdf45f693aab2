"""Sets of listing numbers as bits of one integer: counting a facet among 100,000 is a few microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress

__all__ = ["bits_of", "descending", "kept"]

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


def kept(numbers: Iterable[int], bits: int) -> list[int]:
    """Those of the numbers that are in the set, in their order; shifting a long integer for each would cost more than finding them."""
    octets = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    size = 8 * len(octets)
    return [one for one in numbers if one < size and octets[one >> 3] >> (one & 7) & 1]
