"""The ledger: which awards were issued, so that running a batch again issues nothing twice.

One SQLite file. A row is written before the files of an award are made (``started``) and closed afterwards
(``issued``): a killed process leaves a started row, and the next run makes the same award again under the same ids.
Learners stand in it as salted hashes only, and so do the names of their files; the salt stays in the file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tessella.errors import AccessError, StateError
from tessella.issuing.batch import IssuedCopy
from tessella.text import say

__all__ = ["Ledger"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS award (
    person TEXT NOT NULL,
    subject TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('started', 'issued')),
    started_at TEXT NOT NULL,
    issued_at TEXT,
    PRIMARY KEY (person, subject)
);
CREATE TABLE IF NOT EXISTS copy (
    id TEXT PRIMARY KEY,
    award TEXT NOT NULL REFERENCES award (id),
    format TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL DEFAULT '{}',
    UNIQUE (award, format)
);
"""

BUSY_TIMEOUT_S = 30.0
"""How long one process waits for another that writes the same ledger."""


class Ledger:
    """Opens (and makes) the ledger file; a context manager.

    Raises:
        AccessError: the file cannot be opened or is not a ledger.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(_SCHEMA)
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('salt', ?)", (secrets.token_hex(32),))
            (self._salt,) = self._db.execute("SELECT value FROM meta WHERE name = 'salt'").fetchone()
        except (sqlite3.Error, OSError) as error:
            raise AccessError(
                say("The ledger cannot be opened: %(reason)s.", reason=str(error)),
                code="access.ledger",
                place=str(path),
                hint=say("Check the path, or restore the file from a backup."),
            ) from error
        self._path = path

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise AccessError(
                say("The ledger cannot be written: %(reason)s.", reason=str(error)),
                code="access.ledger",
                place=str(self._path),
                hint=say("Check the permissions and the free space, then run the command again."),
            ) from error

    def _hashed(self, text: str) -> str:
        return hashlib.sha256(f"{self._salt}\n{text}".encode()).hexdigest()

    def start(self, *, person: str, subject: str, at: dt.datetime) -> tuple[str, bool]:
        """Open the award of one person for one subject (micro-credential id and version).

        Returns:
            The award id, and whether it is already issued (then nothing is to be done).
        """
        hashed = self._hashed(person)
        with self._transaction() as db:
            row = db.execute(
                "SELECT id, state FROM award WHERE person = ? AND subject = ?", (hashed, subject)
            ).fetchone()
            if row:
                return str(row[0]), row[1] == "issued"
            award_id = uuid.uuid4().urn
            db.execute(
                "INSERT INTO award (person, subject, id, state, started_at) VALUES (?, ?, ?, 'started', ?)",
                (hashed, subject, award_id, at.isoformat()),
            )
        return award_id, False

    def copy_id(self, award_id: str, format: str) -> str:
        """The credential id an earlier, killed run gave this copy, or a new one."""
        row = self._db.execute(
            "SELECT id FROM copy WHERE award = ? AND format = ?", (award_id, format)
        ).fetchone()
        return str(row[0]) if row else uuid.uuid4().urn

    def formats_of(self, award_id: str) -> frozenset[str]:
        """The formats this award has copies in."""
        rows = self._db.execute("SELECT format FROM copy WHERE award = ?", (award_id,))
        return frozenset(str(row[0]) for row in rows)

    def is_taken(self, file: str, *, award_id: str) -> bool:
        """Whether a copy of another award has this file name."""
        row = self._db.execute(
            "SELECT 1 FROM copy WHERE file = ? AND award != ?", (self._hashed(file), award_id)
        ).fetchone()
        return row is not None

    def record(self, entry: IssuedCopy) -> None:
        """Write down one copy before its file is made (again, after a killed run)."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO copy (id, award, format, file, status) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (award, format) DO UPDATE SET file = excluded.file, status = excluded.status",
                (
                    entry.credential_id,
                    entry.award_id,
                    entry.format,
                    self._hashed(entry.file),
                    json.dumps(entry.status),
                ),
            )

    def finish(self, award_id: str, *, at: dt.datetime) -> None:
        """Close the award: all its files are there."""
        with self._transaction() as db:
            db.execute(
                "UPDATE award SET state = 'issued', issued_at = ? WHERE id = ?", (at.isoformat(), award_id)
            )

    def is_issued(self, award_id: str) -> bool:
        """Whether all files of an award are there; not for one that a killed run left open, nor an unknown one."""
        row = self._db.execute("SELECT state FROM award WHERE id = ?", (award_id,)).fetchone()
        return row is not None and row[0] == "issued"

    def find(self, id: str) -> list[IssuedCopy]:
        """All copies with this credential id, of this award id, or made as this file; without their file names.

        Raises:
            StateError: the ledger has none.
        """
        rows = self._db.execute(
            "SELECT id, award, format, status FROM copy WHERE id = ? OR award = ? OR file = ? ORDER BY format",
            (id, id, self._hashed(id)),
        ).fetchall()
        if not rows:
            raise StateError(
                say("“%(id)s” is not in the ledger.", id=id),
                code="state.unknown-award",
                got=id,
                hint=say(
                    "Give the credential id, the award id or the file name; run it in the folder of the batch."
                ),
            )
        return [_entry(row) for row in rows]

    def files_of(self, copies: Iterable[IssuedCopy], names: Iterable[str]) -> dict[str, str]:
        """Which of these file names belong to these copies, by credential id."""
        hashes = {}
        for copy in copies:
            row = self._db.execute("SELECT file FROM copy WHERE id = ?", (copy.credential_id,)).fetchone()
            hashes[str(row[0])] = copy.credential_id
        return {hashes[hashed]: name for name in names if (hashed := self._hashed(name)) in hashes}

    def entries(self) -> Iterator[IssuedCopy]:
        """All copies, in the order they were made; without their file names."""
        for row in self._db.execute("SELECT id, award, format, status FROM copy ORDER BY rowid"):
            yield _entry(row)

    def status_of(self, credential_id: str) -> tuple[str, int] | None:
        """The status list and index that an earlier, killed run gave this copy."""
        row = self._db.execute("SELECT status FROM copy WHERE id = ?", (credential_id,)).fetchone()
        status = json.loads(row[0]) if row else {}
        return (status["list"], status["index"]) if "list" in status else None

    def status_places(self) -> Iterator[tuple[str, int]]:
        """All status list places that copies use: list address and index."""
        for entry in self.entries():
            if "list" in entry.status:
                yield str(entry.status["list"]), int(entry.status["index"])


def _entry(row: tuple[str, str, str, str]) -> IssuedCopy:
    status: Mapping[str, str | int] = json.loads(row[3])
    return IssuedCopy(credential_id=row[0], award_id=row[1], format=row[2], status=dict(status))
