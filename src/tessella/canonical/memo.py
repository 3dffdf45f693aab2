"""Memory of parts that come again: the issuer, the achievement, its criteria.

A part is a node object with an IRI of its own. What it contributes to the N-Quads depends on nothing but its
bytes and the active context: its blank nodes are connected to nothing outside.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tessella.canonical.blanks import Blanks
from tessella.canonical.nquads import Quad

__all__ = ["MAX_MEMO_BYTES", "MAX_PART_BYTES", "Fragment", "Memo"]

MAX_MEMO_BYTES = 8_000_000
"""Bytes of JSON whose N-Quads are kept (in two generations; N-Quads are about three times as long)."""

MAX_PART_BYTES = 64_000
"""A larger part is not kept: pictures inside data URLs would push out everything else."""

MAX_SEEN = 50_000
"""How many parts are remembered as seen once."""


class Fragment(NamedTuple):
    """What one part contributes.

    ``lines`` have no blank nodes and are sorted; ``quads`` have, and ``blanks`` are the same by node. ``source`` is the
    part itself, to compare with (its bytes do not tell NaN from null); ``height`` how deep its nodes nest.
    """

    source: dict[str, Any]
    height: int
    subject: str
    lines: tuple[str, ...]
    quads: tuple[Quad, ...]
    blanks: Blanks


Key = tuple[object, str, bytes]
"""Active context, digest, the exact bytes of the part."""


class Memo:
    """Fragments by key, in two generations so that it stays small without bookkeeping per use.

    A part is kept when it comes for the second time: what differs in every document is never kept. Safe to
    share between threads: a lost race costs a computation.
    """

    def __init__(self) -> None:
        self._young: dict[Key, Fragment] = {}
        self._old: dict[Key, Fragment] = {}
        self._bytes = 0
        self._seen: set[int] = set()

    def get(self, key: Key) -> Fragment | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, fragment: Fragment) -> None:
        self._young[key] = fragment
        self._bytes += len(key[2])
        if self._bytes > MAX_MEMO_BYTES // 2:
            self._old, self._young, self._bytes = self._young, {}, 0

    def is_new(self, key: Key) -> bool:
        """Whether the part comes for the first time (and remember it)."""
        if len(key[2]) > MAX_PART_BYTES:
            return True
        hashed = hash(key)
        if hashed in self._seen:
            return False
        if len(self._seen) >= MAX_SEEN:
            self._seen.clear()
        self._seen.add(hashed)
        return True
