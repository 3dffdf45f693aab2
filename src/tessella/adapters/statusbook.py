"""The status lists of an issuer in a folder: the private state, and the sealed lists to publish."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from tessella import typed
from tessella.adapters.files import read_bytes, write_bytes
from tessella.errors import SchemaError, StateError
from tessella.issuing.publishing import seal_status_list, seal_token_status_list
from tessella.issuing.sealing import Issuer, StatusEntry
from tessella.status import DEFAULT_ENTRIES, StatusList, StatusPurpose
from tessella.text import say

__all__ = ["StatusBook"]

DECOYS = 400
"""Set places that belong to nobody: the number of revocations cannot be read off a published list."""


State = Literal["active", "revoked", "suspended"]
"""What is published of a copy."""


class _Kind(msgspec.Struct, frozen=True):
    """A list of the book: what it is for, how it is published, the end of its file's name, and the list of revocations beside it.

    One that is not published by itself is told in the list that it is beside.
    """

    purpose: StatusPurpose
    seal: Callable[..., bytes]
    suffix: str
    beside: str = ""
    is_published: bool = True


_KINDS: Mapping[str, _Kind] = {
    "revocation": _Kind("revocation", seal_status_list, ".json"),
    "suspension": _Kind("suspension", seal_status_list, ".json", "suspension-revocation"),
    "suspension-revocation": _Kind("revocation", seal_status_list, ".json"),
    "token-revocation": _Kind("revocation", seal_token_status_list, ".jwt"),
    "token-suspension": _Kind("suspension", seal_token_status_list, ".jwt", "token-suspension-revocation"),
    "token-suspension-revocation": _Kind("revocation", seal_token_status_list, ".jwt", is_published=False),
}
"""By name: Bitstring Status Lists, and Token Status Lists for attestations, which tell suspensions and revocations in one."""

_MAIN: Mapping[str, str] = {kind.beside: name for name, kind in _KINDS.items() if kind.beside}
"""By list of revocations the list for suspension that it is beside. The same copies have the same places in both."""


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
        if beside := _KINDS[name].beside:
            self._list(beside)  # before any place is given away: its decoys take places too
        return self.entry(self.url(name), self._list(name).allocate())

    def entry(self, list_url: str, index: int) -> StatusEntry:
        """What a copy says that has this place. What can be suspended can be revoked as well, by the same place.

        Raises:
            StateError: it is not a list of this book.
        """
        kind = _KINDS[self._name_of(list_url)]
        both = kind.beside and _KINDS[kind.beside].is_published
        return StatusEntry(
            list_url=list_url,
            index=index,
            purpose=kind.purpose,
            revocation_url=self.url(kind.beside) if both else "",
        )

    def mark(self, list_url: str, index: int, *, active: bool = False, suspend: bool = False) -> None:
        """Revoke the copy at ``index``, suspend it, or (``active``) lift its suspension; saves.

        Raises:
            StateError: the list is not one of this book, the index is unused, a revocation would be lifted, or (``state.not-suspendable``)
                the copy can only be revoked.
        """
        name = self._name_of(list_url)
        if suspend and _KINDS[name].purpose != "suspension":
            raise StateError(
                say("This copy can be revoked, not suspended."),
                code="state.not-suspendable",
                got=list_url,
                hint=say(
                    "What was issued with --suspendable can be suspended, but for European Digital Credentials: they have room for one status only."
                ),
            )
        main = self._list(name)
        revoked = self._revoked(name) if _KINDS[name].beside else main
        if active:
            (revoked if revoked.is_set(index) else main).clear(index)
        else:
            (main if suspend else revoked).set(index)
        self.save()

    def state(self, list_url: str, index: int) -> State:
        """Whether the copy at ``index`` is ``active``, ``suspended`` or ``revoked``; what is both is revoked.

        Raises:
            StateError: the list is not one of this book, or the index is unused.
        """
        name = self._name_of(list_url)
        if _KINDS[name].beside and self._revoked(name).is_set(index):
            return "revoked"
        if not self._list(name).is_set(index):
            return "active"
        return "suspended" if _KINDS[name].purpose == "suspension" else "revoked"

    def _revoked(self, name: str) -> StatusList:
        """The revocations beside a list, with the places that it has given away."""
        beside, main = self._list(_KINDS[name].beside), self._list(name)
        one = StatusList("revocation", bits=beside.bits, taken=main.taken)
        self._lists[_KINDS[name].beside] = one
        return one

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
            if not kind.is_published:
                continue
            told_here = kind.beside and not _KINDS[kind.beside].is_published
            more = {"revocation": self._revoked(name)} if told_here else {}
            path = self.folder / f"{name}{kind.suffix}"
            write_bytes(path, kind.seal(self._list(name), url=self.url(name), issuer=issuer, at=at, **more))
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

    def _begun(self, name: str) -> StatusList:
        """A new list, written before any place is given away: a decoy drawn later could hit one.

        One beside another has the places that are given away there, and decoys of its own: those of both would be told apart.
        """
        main = self._list(_MAIN[name]) if name in _MAIN else None
        one = StatusList(
            _KINDS[name].purpose,
            entries=DEFAULT_ENTRIES,
            bits=bytes(len(main.taken)) if main else None,
            taken=main.taken if main else None,
        )
        one.add_decoys(DECOYS)
        self._write(name, one)
        if main:
            self._lists[_MAIN[name]] = StatusList(main.purpose, bits=main.bits, taken=one.taken)
            self._write(_MAIN[name], self._lists[_MAIN[name]])
        return one

    def _opened(self, name: str) -> StatusList:
        path = self.folder / f"{name}.state"
        if not path.exists():
            return self._begun(name)
        try:
            state = typed.decode(read_bytes(path), _State)
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
