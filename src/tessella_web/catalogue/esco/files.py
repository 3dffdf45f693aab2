"""The files of a download: a folder, a ZIP (or ZIPs in a folder), or one file; with limits, since they come from outside."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from tessella_web.common.errors import RefusedError

__all__ = ["MAX_FILES", "MAX_FILE_BYTES", "Member", "members", "version_in"]

MAX_FILES = 800
"""ESCO has 19 files in each of 28 languages."""

MAX_FILE_BYTES = 3 * 2**30
"""The whole classification in one RDF file has about 1 GB."""

_KNOWN = (".csv", ".ttl", ".nt", ".rdf", ".xml", ".owl")
_VERSION = re.compile(r"v\.?\s?(\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)", re.I)


class Member(NamedTuple):
    """One file: its own name, how large it is, and how to open it for reading bytes."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    def digest(self) -> str:
        """SHA-256 (hex) of the content."""
        found = hashlib.sha256()
        with self.open() as stream:
            while block := stream.read(1 << 20):
                found.update(block)
        return found.hexdigest()


def members(path: Path) -> list[Member]:
    """The files of a download that can be read, in the order of their names.

    Raises:
        RefusedError: ``esco.file``: there is nothing to read, or more than a download of ESCO has.
    """
    found = sorted(_members(path), key=lambda one: one.name)
    if not found:
        raise RefusedError(
            _("There is no file of ESCO in %(path)s.") % {"path": path.name},
            code="esco.file", hint=_("Give the folder, the ZIP or the file of the official download (CSV or RDF)."),
        )  # fmt: skip
    too_large = [one.name for one in found if one.size > MAX_FILE_BYTES]
    if len(found) > MAX_FILES or too_large:
        raise RefusedError(
            _("This is more than a download of ESCO has: %(what)s.") % {"what": too_large[0] if too_large else len(found)},
            code="esco.file", hint=_("Give the files of one version only."),
        )  # fmt: skip
    return found


def version_in(path: Path) -> str:
    """The version as the official downloads carry it in their names; empty when they do not."""
    found = _VERSION.search(path.name) or next(
        filter(None, (_VERSION.search(one.name) for one in path.iterdir())) if path.is_dir() else iter(()),
        None,
    )
    return found.group(1) if found else ""


def _members(path: Path) -> Iterator[Member]:
    try:
        if path.is_dir():
            for one in sorted(path.iterdir()):
                if one.is_file():
                    yield from _members(one)
        elif path.suffix.lower() == ".zip":
            yield from _zipped(path)
        elif path.suffix.lower() in _KNOWN:
            yield Member(path.name, path.stat().st_size, lambda: path.open("rb"))
    except (OSError, zipfile.BadZipFile) as error:
        raise RefusedError(
            _("%(path)s cannot be read.") % {"path": path.name},
            code="esco.file",
            hint=_("Download it again."),
        ) from error


def _zipped(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        infos = [
            one for one in archive.infolist() if not one.is_dir() and one.filename.lower().endswith(_KNOWN)
        ]
    for info in infos[: MAX_FILES + 1]:
        yield Member(Path(info.filename).name, info.file_size, _opener(path, info.filename))


def _opener(path: Path, name: str) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    return lambda: _Inside(path, name)


class _Inside:
    """A file in a ZIP, open together with it."""

    def __init__(self, path: Path, name: str) -> None:
        self._archive = zipfile.ZipFile(path)
        self._name = name

    def __enter__(self) -> IO[bytes]:
        self._stream = self._archive.open(self._name)
        return self._stream

    def __exit__(self, *reason: object) -> None:
        self._stream.close()
        self._archive.close()
