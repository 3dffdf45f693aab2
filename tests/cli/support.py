"""Runs the command line as people and scripts do: in a process of its own, with its own folder, environment and streams."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.cli import forked

__all__ = ["Result", "forking_server", "tessella"]


class Result(NamedTuple):
    """Exit code, standard output and standard error."""

    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON value per line."""
        return [json.loads(line) for line in self.output.splitlines()]


@functools.cache
def forking_server() -> str:
    """The address of this test process's `forked` server, started at the first need."""
    folder = tempfile.TemporaryDirectory(prefix="tessella-forked-")
    address = str(Path(folder.name) / "socket")
    server = subprocess.Popen(
        [sys.executable, forked.__file__, "serve", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )

    def end() -> None:
        server.communicate()
        folder.cleanup()

    atexit.register(end)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return address


def tessella(
    *arguments: str | Path,
    cwd: Path,
    stdin: bytes = b"",
    password: str | None = "secret words",
    settings: Mapping[str, str] | None = None,
) -> Result:
    """Run ``tessella`` with these arguments; ``settings`` are further environment variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TESSELLA_")}
    if password is not None:
        environment["TESSELLA_PASSWORD"] = password
    environment |= {"COLUMNS": "200", **(settings or {})}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        streams = (given.fileno(), out.fileno(), err.fileno())
        code = forked.call(forking_server(), [str(one) for one in arguments], streams, str(cwd), environment)
        for one in (out, err):
            one.seek(0)
        return Result(code, out.read().decode(), err.read().decode())
