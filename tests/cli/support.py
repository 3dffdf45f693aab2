"""Runs the command line as its own process, as people and scripts do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Result(NamedTuple):
    """Exit code, standard output and standard error."""

    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON value per line."""
        return [json.loads(line) for line in self.output.splitlines()]


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
    done = subprocess.run(
        [sys.executable, "-m", "tessella", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment,
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())
