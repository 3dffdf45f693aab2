"""The status lists of an issuer in a folder: the private state, and the sealed lists to publish."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes, write_bytes
from tessella.errors import SchemaError, StateError
from tessella.issuing.publishing import seal_status_list
from tessella.issuing.sealing import Issuer, StatusEntry
from tessella.status import DEFAULT_ENTRIES, StatusList, StatusPurpose
from tessella.text import say

__all__ = ["StatusBook"]

DECOYS = 400
"""Set places that belong to nobody: the number of revocations cannot be read off a published list."""


class _State(msgspec.Struct, frozen=True, kw_only=True):
    purpose: StatusPurpose
    url: str
    bits: str
    taken: str


class StatusBook:
    """The lists below ``folder``: ``NAME.state`` is private, ``NAME.json`` is to be published at its address.

    Args:
        base_url: where the lists will be published; each list's address is ``base_url/NAME.json``.
        used: indices that are known to be taken (by the ledger), should the state file be older than a killed run.

    Raises:
        SchemaError: a state file is damaged.
        StateError: the lists in the folder are published elsewhere.
    """

    def __init__(self, folder: Path, base_url: str, *, used: Iterable[tuple[str, int]] = ()) -> None:
        self.folder = folder
        self.base_url = base_url.rstrip("/")
        self._used = list(used)
        self._lists: dict[str, StatusList] = {}
        if self.base_url:
            for state in sorted(folder.glob("*.state")):
                self._list(state.stem)

    def url(self, purpose: StatusPurpose) -> str:
        """The address of the list for a purpose."""
        return f"{self.base_url}/{purpose}.json"

    def allocate(self, purpose: StatusPurpose = "revocation") -> StatusEntry:
        """A random place that no other copy has. Call `save` when the batch is done."""
        return StatusEntry(list_url=self.url(purpose), index=self._list(purpose).allocate(), purpose=purpose)

    def mark(self, list_url: str, index: int, *, active: bool = False) -> StatusPurpose:
        """Revoke or suspend (or, for suspensions, lift) the copy at ``index``; saves. Returns what the list is for.

        Raises:
            StateError: the list is not one of this book, the index is unused, or a revocation would be lifted.
        """
        purpose = self._purpose_of(list_url)
        one = self._list(purpose)
        if active:
            one.clear(index)
        else:
            one.set(index)
        self.save()
        return purpose

    def is_set(self, list_url: str, index: int) -> bool:
        """Whether the copy at ``index`` is revoked or suspended."""
        return self._list(self._purpose_of(list_url)).is_set(index)

    def save(self) -> None:
        """Write the private state."""
        for one in self._lists.values():
            self._write(one)

    def _write(self, one: StatusList) -> None:
        state = _State(
            purpose=one.purpose, url=self.url(one.purpose), bits=_packed(one.bits), taken=_packed(one.taken)
        )
        write_bytes(self.folder / f"{one.purpose}.state", msgspec.json.encode(state), private=True)

    def publish(self, issuer: Issuer, *, at: dt.datetime) -> list[Path]:
        """Seal every list of the book anew and write it beside its state; the files to publish."""
        written = []
        for state in sorted(self.folder.glob("*.state")):
            one = self._list(state.stem)
            path = self.folder / f"{state.stem}.json"
            write_bytes(path, seal_status_list(one, url=self.url(one.purpose), issuer=issuer, at=at))
            written.append(path)
        return written

    def _purpose_of(self, list_url: str) -> StatusPurpose:
        purposes: tuple[StatusPurpose, ...] = ("revocation", "suspension")
        for purpose in purposes:
            if self.url(purpose) == list_url:
                return purpose
        raise StateError(
            say("The status list %(url)s is not kept here.", url=list_url),
            code="state.status-list",
            got=list_url,
            hint=say("Run the command in the folder where the batch was issued."),
        )

    def _list(self, purpose: str) -> StatusList:
        if purpose not in self._lists:
            self._lists[purpose] = self._opened(purpose)
        return self._lists[purpose]

    def _opened(self, purpose: str) -> StatusList:
        path = self.folder / f"{purpose}.state"
        wanted: StatusPurpose = "suspension" if purpose == "suspension" else "revocation"
        if not path.exists():
            one = StatusList(wanted, entries=DEFAULT_ENTRIES)
            one.add_decoys(DECOYS)
            self._write(one)  # before any place is given away: a decoy drawn later could hit one
            return one
        try:
            state = msgspec.json.decode(read_bytes(path), type=_State)
            bits, taken = _unpacked(state.bits), bytearray(_unpacked(state.taken))
        except (msgspec.MsgspecError, zlib.error, ValueError) as error:
            raise SchemaError(
                say("The state of the status list is damaged."),
                code="state.status-file",
                place=str(path),
                hint=say(
                    "Restore it from a backup; the published list alone does not tell which places are taken."
                ),
            ) from error
        url = self.url(wanted)
        if state.url != url:
            raise StateError(
                say("The status list of this folder is published at another address."),
                code="state.status-list",
                got=url,
                expected=state.url,
                place=str(path),
                hint=say(
                    "Give --status-url %(url)s, or issue into another folder with --out.",
                    url=state.url.rpartition("/")[0],
                ),
            )
        for list_url, index in self._used:
            if list_url == url and index < len(taken) * 8:
                taken[index >> 3] |= 0x80 >> (index & 7)
        return StatusList(state.purpose, bits=bits, taken=bytes(taken))


def _packed(data: bytes) -> str:
    return base64.b85encode(zlib.compress(data, 9)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))
