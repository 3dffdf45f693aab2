"""The example of the command line, run once for all test processes: it takes as long as a hundred tests."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import msgspec
import pytest

from tests.cli.support import Result, tessella

__all__ = ["example_run"]


def example_run(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Result:
    """Put a copy of what ``tessella example --out out`` makes into a folder; what it printed."""
    shared = _shared(tmp_path_factory)
    with (shared / "example.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made, told = shared / "example", shared / "example.json"
        if not told.exists():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            told.write_bytes(msgspec.json.encode(tessella("example", "--out", "out", cwd=made)))
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return msgspec.json.decode(told.read_bytes(), type=Result)


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its processes know (pytest-xdist gives each process one below it)."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith("popen-") else own
