"""A status list as its issuer keeps it: which indexes are given away, and which bits are set."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal

from tessella.errors import SchemaError, StateError
from tessella.status.bitstring import MAX_LIST_BYTES, MIN_ENTRIES, compress_bitstring
from tessella.text import say

__all__ = ["DEFAULT_ENTRIES", "MAX_FILL_PERCENT", "StatusList", "StatusPurpose"]

StatusPurpose = Literal["revocation", "suspension"]
"""What a set bit means: cancelled for good, or not to be accepted for now (§2.1)."""

DEFAULT_ENTRIES = 2**20
"""Room for a million copies; sparse lists compress well, so the room costs little."""

MAX_FILL_PERCENT = 90
"""Beyond it a list counts as full: random places become slow to find and gaps would tell who came last."""


class StatusList:
    """The status bits of up to ``entries`` copies for one purpose, one bit each.

    Every copy gets an index of its own, drawn at random, so that its place tells neither when it was issued
    nor what it belongs to. Decoys are places that look used and set, so that the number of set bits does
    not tell how many copies were revoked.

    Not safe for concurrent change: allocate within one transaction.

    Args:
        bits, taken: the saved state (`bits`, `taken` of another list), same length; new when omitted.

    Raises:
        SchemaError: ``input.schema.status-list``, sizes out of bounds, or a set bit nobody was given.
    """

    __slots__ = ("_bits", "_count", "_taken", "purpose")

    def __init__(
        self,
        purpose: StatusPurpose,
        *,
        entries: int = DEFAULT_ENTRIES,
        bits: bytes | None = None,
        taken: bytes | None = None,
    ) -> None:
        self.purpose: StatusPurpose = purpose
        self._bits = bytearray(entries // 8 if bits is None else bits)
        self._taken = bytearray(len(self._bits) if taken is None else taken)
        known = purpose in ("revocation", "suspension")
        whole = bits is not None or entries % 8 == 0
        fits = MIN_ENTRIES <= len(self._bits) * 8 <= MAX_LIST_BYTES * 8 and len(self._taken) == len(
            self._bits
        )
        if not (known and whole and fits) or int.from_bytes(self._bits) & ~int.from_bytes(self._taken):
            raise SchemaError(
                say("This cannot be a status list."),
                code="input.schema.status-list",
                got=f"{purpose}, {len(self._bits) * 8} entries",
                expected=f"revocation | suspension, at least {MIN_ENTRIES} entries",
                hint=say("Start a list with the default size, or restore both parts of a saved one."),
            )
        self._count = int.from_bytes(self._taken).bit_count()

    @property
    def bits(self) -> bytes:
        """The status bits, to save or publish."""
        return bytes(self._bits)

    @property
    def taken(self) -> bytes:
        """One bit per place that is given away or a decoy, to save; never to publish."""
        return bytes(self._taken)

    @property
    def entries(self) -> int:
        """The number of places."""
        return len(self._bits) * 8

    @property
    def free(self) -> int:
        """How many more indexes this list gives away."""
        return max(0, self.entries * MAX_FILL_PERCENT // 100 - self._count)

    def allocate(self, *, random_below: Callable[[int], int] = secrets.randbelow) -> int:
        """A random index that no other copy has, with its bit clear.

        Args:
            random_below: a number from 0 up to its argument, from a cryptographically strong source.

        Raises:
            StateError: ``state.status-list``, the list is full.
        """
        if not self.free:
            raise StateError(
                say("The status list is full."),
                code="state.status-list",
                got=self._count,
                expected=self.entries * MAX_FILL_PERCENT // 100,
                hint=say("Start another list for further copies."),
            )
        while True:
            index = random_below(self.entries)
            if not _bit(self._taken, index):
                break
        self._taken[index >> 3] |= 0x80 >> (index & 7)
        self._count += 1
        return index

    def add_decoys(self, count: int, *, random_below: Callable[[int], int] = secrets.randbelow) -> None:
        """Give ``count`` random free places away to nobody and set their bits.

        Raises:
            StateError: ``state.status-list``, the list is full.
        """
        for _ in range(count):
            index = self.allocate(random_below=random_below)
            self._bits[index >> 3] |= 0x80 >> (index & 7)

    def is_set(self, index: int) -> bool:
        """Whether the copy at ``index`` is revoked or suspended.

        Raises:
            StateError: ``state.status-list``, no copy has this index.
        """
        self._require_taken(index)
        return _bit(self._bits, index)

    def set(self, index: int) -> None:
        """Revoke or suspend the copy at ``index``.

        Raises:
            StateError: ``state.status-list``, no copy has this index.
        """
        self._require_taken(index)
        self._bits[index >> 3] |= 0x80 >> (index & 7)

    def clear(self, index: int) -> None:
        """Lift the suspension of the copy at ``index``. Revocation is not reversible (§2.1).

        Raises:
            StateError: ``state.status-list``, no copy has this index, or the list is for revocation.
        """
        self._require_taken(index)
        if self.purpose == "revocation":
            raise StateError(
                say("A revocation is final."),
                code="state.status-list",
                got=index,
                hint=say("Issue the credential again; use suspension for what may be lifted."),
            )
        self._bits[index >> 3] &= ~(0x80 >> (index & 7))

    def encoded(self) -> str:
        """The ``encodedList`` to publish."""
        return compress_bitstring(self.bits)

    def _require_taken(self, index: int) -> None:
        if not (0 <= index < self.entries and _bit(self._taken, index)):
            raise StateError(
                say("No copy has the status index %(index)s.", index=index),
                code="state.status-list",
                got=index,
                hint=say("Use the index that was allocated for the copy."),
            )

    def __repr__(self) -> str:
        return f"StatusList({self.purpose}, {self._count} of {self.entries})"


def _bit(bits: bytearray, index: int) -> bool:
    return bool(bits[index >> 3] & 0x80 >> (index & 7))
