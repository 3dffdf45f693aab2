"""The file of those who left. It lies beside the database, not in it, and not in its backups: an older backup does not undo it.

A line is a digest of the random identifier that somebody had, and when. Nobody is named by it, and nothing else can be made of it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings

__all__ = ["add", "digest_of", "place", "read"]

OWNER_ONLY = 0o600

_LINE = re.compile(r"([0-9a-f]{64}) (\S+)\n")


def place() -> Path:
    """Where the file is."""
    return Path(settings.ERASURES_FILE)


def digest_of(person_id: str) -> str:
    """The pseudonym of somebody who left: of 128 random bits, which nobody guesses."""
    return hashlib.sha256(f"tessella erasure {person_id}".encode()).hexdigest()


def read(path: Path | None = None) -> Mapping[str, dt.datetime]:
    """By digest when they left. A line that was cut off when the power failed is left out: what it is about was not done.

    Raises:
        OSError: the file is there and cannot be read: then nobody may be served.
    """
    return dict(_lines(path or place()))


def _lines(path: Path) -> Iterator[tuple[str, dt.datetime]]:
    try:
        text = path.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines(keepends=True):
        found = _LINE.fullmatch(line)
        if found:
            with contextlib.suppress(ValueError):
                yield found[1], dt.datetime.fromisoformat(found[2])


def add(lines: Mapping[str, dt.datetime]) -> None:
    """Write lines that are not there yet, down to the disk, before anything is erased.

    Raises:
        OSError: it cannot be written; then nothing may be erased.
    """
    known = read()
    new = "".join(f"{digest} {at.isoformat()}\n" for digest, at in lines.items() if digest not in known)
    if not new:
        return
    handle = os.open(place(), os.O_CREAT | os.O_APPEND | os.O_RDWR, OWNER_ONLY)
    with os.fdopen(handle, "ab+") as file:
        if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
            file.write(b"\n")  # closes a line that was cut off
        file.write(new.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
