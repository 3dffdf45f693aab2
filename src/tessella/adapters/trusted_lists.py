"""Copies of the EU trusted lists: fetched into a folder on request, read from a folder, a ZIP of it, or one file."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes, write_bytes
from tessella.errors import AccessError, DecodeError, LimitError, SealError, TessellaError
from tessella.ports import Clock, Fetcher
from tessella.text import say
from tessella.trust.trusted_lists import (
    MAX_LIST_BYTES,
    MAX_LISTS,
    ListRow,
    TrustedLists,
    pivots_of,
)

__all__ = [
    "EU_LIST_OF_LISTS",
    "MANIFEST",
    "MAX_COPY_BYTES",
    "Copy",
    "eu_signers",
    "fetch_trusted_lists",
    "open_trusted_lists",
]

EU_LIST_OF_LISTS = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"
"""Where the European Commission publishes the list of the lists (Implementing Decision (EU) 2015/1505, Article 4)."""

MANIFEST = "snapshot.json"
"""The file of a copy that says when it was made and from where."""

MAX_COPY_BYTES = 512 * 1024 * 1024  # bytes
"""All lists of one copy unpacked; those of the Union take some 60 MB."""

MAX_PIVOTS = 20
"""Older lists of the lists that are fetched; the Union's has had a handful at a time."""

_MAX_MANIFEST_BYTES = 1_000_000
_ACCEPT = "application/vnd.etsi.tsl+xml, application/xml, text/xml"
_TOP_FILE = "eu-lotl.xml"


class Copy(Mapping[str, bytes]):
    """The lists in a folder, a ZIP file or one file, by name; read each time they are asked for.

    Raises:
        AccessError: it is not there or cannot be read.
        DecodeError, LimitError: a ZIP file that is damaged, or unpacks to more than `MAX_COPY_BYTES`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zipped = path.is_file() and zipfile.is_zipfile(path)
        if not path.exists():
            raise AccessError(
                say("There is no copy of the trusted lists."),
                code="access.file",
                place=str(path),
                hint=say("Make one with: tessella trust fetch FOLDER."),
            )
        if self._zipped:
            self._names = self._zip_names()
        elif path.is_dir():
            self._names = tuple(sorted(one.name for one in path.glob("*.xml"))[:MAX_LISTS])
        else:
            self._names = (path.name,)

    def _zip_names(self) -> tuple[str, ...]:
        try:
            with zipfile.ZipFile(self._path) as archive:
                found = [one for one in archive.infolist() if one.filename.lower().endswith(".xml")]
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise _damaged(self._path) from error
        if sum(one.file_size for one in found) > MAX_COPY_BYTES:
            raise LimitError(
                say("The copy of the trusted lists unpacks to too much."),
                code="input.limit.trusted-list",
                expected=MAX_COPY_BYTES,
                place=str(self._path),
                hint=say("Fetch the lists again."),
            )
        return tuple(sorted(one.filename for one in found)[:MAX_LISTS])

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        return self._read(name, MAX_LIST_BYTES + 1)  # one more: the reader says that it is too large

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _read(self, name: str, limit: int) -> bytes:
        if not self._zipped:
            path = self._path / name if self._path.is_dir() else self._path
            return read_bytes(path, max_bytes=limit)
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(name) as file:
                return file.read(limit)
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            raise _damaged(self._path) from error

    @property
    def fetched_at(self) -> dt.datetime | None:
        """When the copy was made, by its manifest; None when that is not known."""
        names = [MANIFEST]
        if self._zipped:
            with zipfile.ZipFile(self._path) as archive:
                names = [one for one in archive.namelist() if one.rpartition("/")[2] == MANIFEST][:1]
        elif not (self._path / MANIFEST).is_file():
            return None
        try:
            made = msgspec.json.decode(self._read(names[0], _MAX_MANIFEST_BYTES))["fetched_at"]
            moment = dt.datetime.fromisoformat(made)
        except (IndexError, KeyError, TypeError, ValueError, TessellaError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _damaged(path: Path) -> DecodeError:
    return DecodeError(
        say("The ZIP file with the trusted lists is damaged."),
        code="input.decode.trusted-list",
        place=str(path),
        hint=say("Fetch the lists again."),
    )


def eu_signers() -> tuple[bytes, ...]:
    """The certificates (DER) that may sign the list of the lists of the Union.

    The European Commission publishes them in the Official Journal. The package pyHanko carries them; whoever wants others pins
    them (`--list-signer`).
    """
    from pyhanko.sign.validation.qualified.eutl_parse import latest_known_lotl_tlso_certs

    return tuple(bytes(one.dump()) for one in latest_known_lotl_tlso_certs())


def open_trusted_lists(path: Path, signers: Sequence[bytes] = ()) -> TrustedLists:
    """The lists in a copy, each verified when it is needed; ``signers`` (DER) instead of the Union's own.

    Raises:
        AccessError, DecodeError, LimitError: as `Copy`.
    """
    copy = Copy(path)
    return TrustedLists(copy, tuple(signers) or eu_signers(), fetched_at=copy.fetched_at)


def fetch_trusted_lists(
    folder: Path,
    fetcher: Fetcher,
    clock: Clock,
    *,
    signers: Sequence[bytes] = (),
    url: str = EU_LIST_OF_LISTS,
) -> Iterator[ListRow]:
    """Fetch the list of the lists and all that it names into ``folder``: one row per territory, as it is done.

    Nothing is written that was not verified; an older copy of a list that cannot be had stays.

    Raises:
        AccessError: the list of the lists cannot be fetched, or the folder cannot be written.
        TessellaError: the list of the lists cannot be used; then nothing is written.
    """
    chosen = tuple(signers) or eu_signers()
    documents = {_TOP_FILE: fetcher.fetch(url, max_bytes=MAX_LIST_BYTES, accept=_ACCEPT).body}
    lists = TrustedLists(documents, chosen)
    try:
        territories = lists.territories
    except SealError:  # signed by somebody new: its pivots tell who
        documents |= _pivots(documents[_TOP_FILE], fetcher)
        lists = TrustedLists(documents, chosen)
        territories = lists.territories
    for name, body in documents.items():
        write_bytes(folder / name, body)
    for territory in territories:
        yield _fetched(folder, lists, territory, fetcher)
    manifest = {"fetched_at": clock.now().astimezone(dt.UTC).isoformat(timespec="seconds"), "from": url}
    write_bytes(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


def _pivots(top: bytes, fetcher: Fetcher) -> dict[str, bytes]:
    """The older lists of the lists that the latest names (it is not verified yet: the fetcher must be a safe one)."""
    found: dict[str, bytes] = {}
    for address in pivots_of(top)[:MAX_PIVOTS]:
        try:
            body = fetcher.fetch(address, max_bytes=MAX_LIST_BYTES, accept=_ACCEPT).body
        except AccessError:
            continue  # where it is needed, the latest list stays unverified, and that is said
        found[f"pivot-{len(found) + 1:02}.xml"] = body
    return found


def _fetched(folder: Path, lists: TrustedLists, territory: str, fetcher: Fetcher) -> ListRow:
    """The list of one territory from the first of its addresses that gives a good one; its row says what went wrong."""
    problem: TessellaError | None = None
    location = ""
    for pointer in lists.pointers_to(territory):
        location = pointer.location
        try:
            body = fetcher.fetch(location, max_bytes=MAX_LIST_BYTES, accept=_ACCEPT).body
            found = lists.verified(territory, body)
        except TessellaError as error:
            problem = problem or error
            continue
        write_bytes(folder / f"{_file_name(territory)}.xml", body)
        return ListRow(territory=territory, location=location, found=found)
    return ListRow(territory=territory, location=location, problem=problem)


def _file_name(territory: str) -> str:
    """Letters and digits of the territory: it comes from a list, and a list must not choose a path."""
    return "".join(one for one in territory if one.isascii() and one.isalnum()) or "unnamed"
