"""The status lists of an issuer in a folder: the private state, and the sealed lists to publish."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes, write_bytes
from tessella.errors import SchemaError, StateError
from tessella.issuing.publishing import seal_status_list, seal_token_status_list
from tessella.issuing.sealing import Issuer, StatusEntry
from tessella.status import DEFAULT_ENTRIES, StatusList, StatusPurpose
from tessella.text import say

__all__ = ["StatusBook"]

DECOYS = 400
"""Set places that belong to nobody: the number of revocations cannot be read off a published list."""


class _Kind(msgspec.Struct, frozen=True):
    """A list of the book: what it is for, how it is published, and the end of its file's name."""

    purpose: StatusPurpose
    seal: Callable[..., bytes]
    suffix: str


_KINDS: Mapping[str, _Kind] = {
    "revocation": _Kind("revocation", seal_status_list, ".json"),
    "suspension": _Kind("suspension", seal_status_list, ".json"),
    "token-revocation": _Kind("revocation", seal_token_status_list, ".jwt"),
    "token-suspension": _Kind("suspension", seal_token_status_list, ".jwt"),
}
"""By name: Bitstring Status Lists, and Token Status Lists for attestations."""


class _State(msgspec.Struct, frozen=True, kw_only=True):
    purpose: StatusPurpose
    url: str
    bits: str
    taken: str


class StatusBook:
    """The lists below ``folder``: ``NAME.state`` is private, ``NAME.json`` or ``NAME.jwt`` is to be published at its address.

    Args:
        base_url: where the lists will be published; each list's address is ``base_url`` and the file's name.
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
            for name in self._names():
                self._list(name)

    def _names(self) -> list[str]:
        """The lists that there are."""
        return [name for name in _KINDS if (self.folder / f"{name}.state").exists()]

    def url(self, name: str) -> str:
        """The address of the list with this name: a purpose, or ``token-`` and a purpose."""
        return f"{self.base_url}/{name}{_KINDS[name].suffix}"

    def allocate(self, purpose: StatusPurpose = "revocation", *, token: bool = False) -> StatusEntry:
        """A random place that no other copy has, with ``token`` in a Token Status List. Call `save` when the batch is done."""
        name = f"token-{purpose}" if token else purpose
        return StatusEntry(list_url=self.url(name), index=self._list(name).allocate(), purpose=purpose)

    def purpose_of(self, list_url: str) -> StatusPurpose:
        """What the list at an address is for.

        Raises:
            StateError: it is not one of this book.
        """
        return _KINDS[self._name_of(list_url)].purpose

    def mark(self, list_url: str, index: int, *, active: bool = False) -> StatusPurpose:
        """Revoke or suspend (or, for suspensions, lift) the copy at ``index``; saves. Returns what the list is for.

        Raises:
            StateError: the list is not one of this book, the index is unused, or a revocation would be lifted.
        """
        one = self._list(self._name_of(list_url))
        if active:
            one.clear(index)
        else:
            one.set(index)
        self.save()
        return one.purpose

    def is_set(self, list_url: str, index: int) -> bool:
        """Whether the copy at ``index`` is revoked or suspended."""
        return self._list(self._name_of(list_url)).is_set(index)

    def save(self) -> None:
        """Write the private state."""
        for name, one in self._lists.items():
            self._write(name, one)

    def _write(self, name: str, one: StatusList) -> None:
        state = _State(
            purpose=one.purpose, url=self.url(name), bits=_packed(one.bits), taken=_packed(one.taken)
        )
        write_bytes(self.folder / f"{name}.state", msgspec.json.encode(state), private=True)

    def publish(self, issuer: Issuer, *, at: dt.datetime) -> list[Path]:
        """Seal every list of the book anew and write it beside its state; the files to publish."""
        written = []
        for name in self._names():
            kind = _KINDS[name]
            path = self.folder / f"{name}{kind.suffix}"
            write_bytes(path, kind.seal(self._list(name), url=self.url(name), issuer=issuer, at=at))
            written.append(path)
        return written

    def _name_of(self, list_url: str) -> str:
        for name in _KINDS:
            if self.url(name) == list_url:
                return name
        raise StateError(
            say("The status list %(url)s is not kept here.", url=list_url),
            code="state.status-list",
            got=list_url,
            hint=say("Run the command in the folder where the batch was issued."),
        )

    def _list(self, name: str) -> StatusList:
        if name not in self._lists:
            self._lists[name] = self._opened(name)
        return self._lists[name]

    def _opened(self, name: str) -> StatusList:
        path = self.folder / f"{name}.state"
        if not path.exists():
            one = StatusList(_KINDS[name].purpose, entries=DEFAULT_ENTRIES)
            one.add_decoys(DECOYS)
            self._write(name, one)  # before any place is given away: a decoy drawn later could hit one
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
        url = self.url(name)
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
