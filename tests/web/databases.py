"""An up-to-date database of SQLite that is made once: bringing a hundred tables into being takes longer than most tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import django

import tessella_web

__all__ = ["into_memory", "up_to_date"]

KEPT = Path(sys.prefix) / "databases"
"""Beside the libraries, since it is as easily made again."""

NAME = "tessella.db"


def up_to_date(data: Path) -> None:
    """Put a database with all migrations, and nothing else, into the folder that a platform is about to have."""
    data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_made(), data / NAME)


def into_memory(address: str) -> sqlite3.Connection:
    """Such a database at an address in memory, which lasts for as long as the connection that comes back."""
    memory = sqlite3.connect(address, uri=True)
    with closing(sqlite3.connect(_made())) as made:
        made.backup(memory)
    return memory


def _made() -> Path:
    """The database of these migrations; whoever comes first makes it, others wait."""
    KEPT.mkdir(exist_ok=True)
    found = KEPT / f"{_digest()}.db"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            with tempfile.TemporaryDirectory() as folder:
                environment = {
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith(("TESSELLA_", "DJANGO_", "DATABASE_"))
                }
                subprocess.run(
                    [sys.executable, "-m", "tessella_web", "migrate", "--verbosity", "0"],
                    env={**environment, "TESSELLA_DATA": folder},
                    check=True,
                )
                shutil.copyfile(Path(folder) / NAME, found)
    return found


def _digest() -> str:
    """Of everything that says what the tables are."""
    known = hashlib.sha256(django.__version__.encode())
    for path in sorted(Path(tessella_web.__file__).parent.rglob("migrations/*.py")):
        known.update(path.read_bytes())
    return known.hexdigest()[:16]
