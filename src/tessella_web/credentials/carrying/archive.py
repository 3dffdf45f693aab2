"""The format of an archive: what is in it, written and read without believing anything that it says.

``docs/reference/wallet-archive.md`` describes it for everybody else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
from typing import IO, Any

import msgspec
from django.utils.translation import gettext as _

from tessella import typed
from tessella_web.common.errors import RefusedError

__all__ = ["FORMAT", "VERSION", "Manifest", "Reader", "Record", "Refused", "Writer"]

FORMAT, VERSION = "tessella-wallet", 1

MAX_ARCHIVE_BYTES = 200_000_000
"""Two thousand certificates with pictures."""

MAX_ENTRIES = 12_000
"""Files in an archive: five forms of two thousand awards, and what was shown."""

MAX_FILE_BYTES = 12_000_000
"""One file, unpacked; as much as may be brought in at once."""

MAX_UNPACKED_BYTES = 600_000_000
"""All files together: credentials shrink to a third; more is a bomb."""

MAX_MANIFEST_BYTES = 32_000_000
"""Four kilobytes for each of so many things."""

MANIFEST = "manifest.json"

_PATH = re.compile(r"(files|reports)/[A-Za-z0-9._-]{1,120}")
"""Paths that are read. Nothing is ever written to a path that an archive names."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of the wallet: its file (empty for what is only declared), its checksum and what was known of it.

    ``report`` is the path of the verification report of the moment ``verified_at``.
    """

    source: str
    learning: str = ""
    group: str = ""
    where: str = ""
    name: str = ""
    path: str = ""
    sha256: str = ""
    day: dt.date | None = None
    facts: dict[str, Any] = {}
    report: str = ""
    verified_at: dt.datetime | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The table of contents. ``files`` are the SHA-256 (hex) of every other file in the archive; ``sections`` are lists of records of
    other kinds, each with the checksums of the files it needs under ``files``."""

    format: str = FORMAT
    version: int = VERSION
    made_at: dt.datetime
    made_by: str = ""
    entries: tuple[Record, ...] = ()
    sections: dict[str, list[dict[str, Any]]] = {}
    files: dict[str, str] = {}


class Refused(msgspec.Struct, frozen=True):
    """A file of an archive that was not taken in, and why; the others were."""

    path: str
    why: str


class Writer:
    """Puts files into an archive, each once however often it is named."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._paths: dict[str, str] = {}
        self._files: dict[str, str] = {}

    def add(self, data: bytes, name: str, folder: str = "files") -> tuple[str, str]:
        """The path of the bytes in the archive, and their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._paths.get(f"{folder} {sha256}")
        if path is None:
            path = f"{folder}/{len(self._files) + 1:05d}-{_plain(name)}"
            self._paths[f"{folder} {sha256}"], self._files[path] = path, sha256
            self._zip.writestr(path, data)
        return path, sha256

    def close(self, manifest: Manifest, page: bytes) -> None:
        """Write the page for people and, last, the table of contents."""
        self._zip.writestr("index.html", page)
        files = {**self._files, "index.html": hashlib.sha256(page).hexdigest()}
        whole = msgspec.structs.replace(manifest, files=files)
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(whole), indent=1))
        self._zip.close()


class Reader:
    """Reads an archive from anybody: sizes, names and checksums are checked, and files are read one at a time.

    Raises (when made):
        RefusedError: ``wallet.archive``: no archive of a wallet, of another version, damaged as a whole, or too large.
    """

    def __init__(self, source: IO[bytes], size: int) -> None:
        if size > MAX_ARCHIVE_BYTES:
            raise _refused(_("It is larger than 200 MB."))
        self._left = MAX_UNPACKED_BYTES
        try:
            self._zip = zipfile.ZipFile(source)
            infos = self._zip.infolist()
            if len(infos) > MAX_ENTRIES:
                raise _refused(_("It holds too many files."))
            if len({one.filename for one in infos}) < len(infos):
                raise _refused(_("It holds two files of one name."))
            self.manifest = typed.decode(self._read(MANIFEST, MAX_MANIFEST_BYTES), Manifest)
        except msgspec.DecodeError as error:
            why = str(error)[:200]
            raise _refused(_("Its table of contents cannot be read: %(why)s.") % {"why": why}) from error
        except (
            zipfile.BadZipFile,
            KeyError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
            EOFError,
        ) as error:
            raise _refused(_("It is damaged, or no archive of a wallet.")) from error
        if self.manifest.format != FORMAT or self.manifest.version != VERSION:
            raise _refused(_("It was made by a newer version, or for something else."))

    def file(self, path: str, sha256: str) -> bytes | Refused:
        """The bytes, if they are what the table of contents says; else why they are not taken."""
        if not _PATH.fullmatch(path):
            return Refused(path[:120], _("This is no name of a file in an archive of a wallet."))
        try:
            data = self._read(path, MAX_FILE_BYTES)
        except KeyError:
            return Refused(path, _("It is missing."))
        except ValueError:
            return Refused(path, _("It is too large."))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
            return Refused(path, _("It is damaged."))
        if hashlib.sha256(data).hexdigest() != sha256:
            return Refused(path, _("It is not what the table of contents says: its checksum is another."))
        return data

    def _read(self, path: str, most: int) -> bytes:
        """Never more than the limits, whatever the archive says about sizes.

        Raises:
            ValueError: it is larger.
        """
        most = min(most, self._left)
        with self._zip.open(path) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise ValueError("too large")
        self._left -= len(data)
        return data


def _refused(message: str) -> RefusedError:
    return RefusedError(
        message, code="wallet.archive", field="file",
        hint=_("Hand in the ZIP as it was made under “Take everything with you”."),
    )  # fmt: skip


def _plain(name: str) -> str:
    """A name that every file system takes."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in ".-_") else "-" for one in name)
    return plain[-80:] or "file"
