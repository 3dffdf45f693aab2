"""Files: read with a cap, write so that a killed process leaves the old file or the new one."""

from __future__ import annotations

import contextlib
import glob
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tessella.errors import AccessError, LimitError
from tessella.text import say

__all__ = ["MAX_FILE_BYTES", "expand_inputs", "read_bytes", "read_stdin", "shown_name", "write_bytes"]

MAX_FILE_BYTES = 64 * 1024 * 1024  # bytes
"""A sealed credential with pictures is 0.1–2 MB, a class list of 100,000 rows about 10 MB."""

MAX_FOLDER_FILES = 1_000_000
"""Files taken from one folder with all that is below; a folder's names are listed only when its turn comes."""


def read_bytes(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The file's bytes.

    Raises:
        AccessError: it is not there or may not be read.
        LimitError: it is larger than ``max_bytes``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise AccessError(
            say("The file cannot be read: %(reason)s.", reason=(error.strerror or "unknown").lower()),
            code="access.file",
            place=str(path),
            hint=say("Check the path and the permissions."),
        ) from error
    return _capped(data, max_bytes, str(path))


def read_stdin(*, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Standard input to its end, with the same cap as files."""
    return _capped(sys.stdin.buffer.read(max_bytes + 1), max_bytes, "-")


def _capped(data: bytes, max_bytes: int, place: str) -> bytes:
    if len(data) > max_bytes:
        raise LimitError(
            say("The file is larger than %(limit)s MB.", limit=max_bytes // (1024 * 1024)),
            code="input.limit.file-size",
            place=place,
            expected=max_bytes,
            hint=say("Credentials are small; split a class list into several files."),
        )
    return data


def write_bytes(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write the file whole or not at all; ``private`` files are readable by their owner only.

    Raises:
        AccessError: the place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                if private:
                    os.fsync(file.fileno())
            Path(name).chmod(0o600 if private else 0o644)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise AccessError(
            say("The file cannot be written: %(reason)s.", reason=(error.strerror or "unknown").lower()),
            code="access.file",
            place=str(path),
            hint=say("Check the folder and the free space."),
        ) from error


def expand_inputs(names: Iterable[str]) -> Iterator[str]:
    """File names, folders (all files below, sorted), globs, URLs and ``-``, as single inputs, lazily.

    A name that is none of these is passed on as it is, so that its error is reported as its own.
    """
    for name in names:
        if name == "-" or "://" in name or _is(Path.is_file, name):
            yield name
        elif _is(Path.is_dir, name):
            yield from _folder(Path(name))
        elif any(sign in name for sign in "*?["):
            matches = sorted(glob.iglob(name, recursive=True))  # noqa: PTH207 -- an absolute pattern is fine here
            yield from (match for match in matches if _is(Path.is_file, match))
            if not matches:
                yield name
        else:
            yield name


def shown_name(name: str) -> str:
    """The name as text: bytes of a file name that are not UTF-8 become replacement characters."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is(question: Callable[[Path], bool], name: str) -> bool:
    """The answer about a path; no for what the system does not take as one (too long, in a closed folder)."""
    try:
        return question(Path(name))
    except (OSError, ValueError):
        return False


def _folder(path: Path) -> Iterator[str]:
    """All files below; a folder that cannot be opened and a link that leads nowhere are passed on by name."""
    count = 0
    closed: list[str] = []
    for folder, folders, files in os.walk(path, onerror=lambda error: closed.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from closed
        closed.clear()
        for file in sorted(files):
            if file.startswith(".") or _is_device(Path(folder) / file):
                continue
            count += 1
            if count > MAX_FOLDER_FILES:
                raise LimitError(
                    say("The folder holds more than %(limit)s files.", limit=MAX_FOLDER_FILES),
                    place=str(path),
                )
            yield str(Path(folder) / file)
    yield from closed


def _is_device(path: Path) -> bool:
    """Pipes, sockets and devices are no documents, and reading one may never end."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
