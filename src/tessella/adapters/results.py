"""Results files: a line of JSON per verified file, written so that a killed run goes on where it stopped.

The first line says under which settings the results were made. A line that a kill has torn is dropped; its file is
verified again, and so is one that has changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from tessella import typed
from tessella.errors import AccessError, ConfigError, DecodeError
from tessella.text import say

__all__ = ["ResultsFile"]

HEADER = "tessella-results"
VERSION = 1

_START = f'{{"format":"{HEADER}"'.encode()
"""How the first line begins."""

FLUSH_LINES = 64
"""Lines written at once: what a killed process has to do again."""

_KEY_BYTES = 8
"""Enough to tell a million files apart: a false match once in forty million such runs."""


class _Header(msgspec.Struct, frozen=True):
    format: str
    version: int
    settings: dict[str, Any]


class _Of(msgspec.Struct, frozen=True):
    """What a line tells of the file it is about."""

    file: str
    size: int = 0
    modified_ns: int = 0
    verdict: str = ""


class ResultsFile:
    """The results of one run, or of several under the same settings.

    ``counts`` are the verdicts in the file, earlier runs' included.

    Raises:
        ConfigError: ``archive.settings``, the file was made under other settings.
        DecodeError: ``archive.other``, it is another file.
        AccessError: it cannot be read or written.
    """

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self.settings: dict[str, Any] = msgspec.json.decode(
            msgspec.json.encode(settings)
        )  # as it is read again
        self._before: dict[bytes, tuple[bytes, str]] = {}
        self._lines = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = path.open("a+b")
            self._take_up()
        except OSError as error:
            raise _unusable(path, error) from error

    def _take_up(self) -> None:
        self._file.seek(0)
        good = 0
        for number, line in enumerate(self._file):
            torn = not line.endswith(b"\n")
            if torn and (number or _START.startswith(line[: len(_START)])):
                break
            if number == 0:
                self._check(line)
            else:
                self._count(typed.decode(line, _Of))
            good += len(line)
        self._file.truncate(good)
        if not good:
            self._write(msgspec.json.encode(_Header(HEADER, VERSION, self.settings)))
            self._file.flush()

    def _check(self, line: bytes) -> None:
        try:
            header = typed.decode(line, _Header)
        except msgspec.DecodeError:
            header = None
        if header is None or header.format != HEADER or header.version != VERSION:
            raise DecodeError(
                say("This is not a results file of an earlier run, so nothing was written to it."),
                code="archive.other",
                place=str(self.path),
                hint=say("Name a file that does not exist yet."),
            )
        different = sorted(
            name
            for name, value in self.settings.items()
            if name != "at" and header.settings.get(name) != value
        )
        if different:
            raise ConfigError(
                say(
                    "The results so far were made with other settings (%(names)s).",
                    names=", ".join(different),
                ),
                code="archive.settings",
                place=str(self.path),
                hint=say("Use the same options as before, or name another results file."),
            )
        self.settings = header.settings  # of the first run, the time asked about among them

    def _count(self, of: _Of) -> None:
        name, state = _keys(of)
        if name in self._before:
            self.counts[self._before[name][1]] -= 1  # the last line about a file counts
        self.counts[of.verdict] = self.counts.get(of.verdict, 0) + 1
        self._before[name] = state, of.verdict

    def missing(self, names: Iterable[str]) -> Iterator[str]:
        """The names without a result; a file whose size or time has changed is missing again."""
        for given in names:
            name, state = _keys(_of(given))
            known = self._before.get(name)
            if known is None or known[0] != state:
                if known is not None:
                    self.counts[known[1]] -= 1
                yield given

    def add(self, name: str, verdict: str, report: bytes) -> None:
        """One result: the report is JSON on one line. What is written survives this process after `FLUSH_LINES` lines."""
        of = _of(name)
        head = msgspec.json.encode(
            {"file": of.file, "size": of.size, "modified_ns": of.modified_ns, "verdict": verdict}
        )
        self._write(head[:-1] + b',"report":' + report + b"}")
        self.counts[verdict] = self.counts.get(verdict, 0) + 1
        self._lines += 1
        if self._lines % FLUSH_LINES == 0:
            self._file.flush()

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            raise _unusable(self.path, error) from error

    def close(self) -> None:
        """Write what is left."""
        try:
            self._file.close()
        except OSError as error:
            raise _unusable(self.path, error) from error

    def __enter__(self) -> ResultsFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _of(name: str) -> _Of:
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        found = Path(name).stat()
    except (OSError, ValueError):
        return _Of(file=shown)
    return _Of(file=shown, size=found.st_size, modified_ns=found.st_mtime_ns)


def _keys(of: _Of) -> tuple[bytes, bytes]:
    """Short stand-ins for the name and for the state of the file."""
    name, state = (
        hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).digest()
        for text in (of.file, f"{of.size} {of.modified_ns}")
    )
    return name, state


def _unusable(path: Path, error: OSError) -> AccessError:
    return AccessError(
        say("The results file cannot be written: %(reason)s.", reason=(error.strerror or "unknown").lower()),
        code="access.file",
        place=str(path),
        hint=say("Check the folder and the free space."),
    )
