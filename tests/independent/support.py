"""Runs the verifiers that others wrote, on Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.independent.install import programs

HERE = Path(__file__).parent


def node() -> str:
    """The Node.js program; skips the test when it or its packages are not installed."""
    try:
        program = programs() / "node"
    except ImportError:
        pytest.skip("Node.js is not installed (the extra “test” has it)")
    if not (HERE / "node_modules").is_dir():
        pytest.skip("the independent verifiers are not installed (make test installs them)")
    return str(program)


def ask(
    request: dict[str, Any], *, timeout_s: float = 120, script: str = "verify.mjs"
) -> list[dict[str, Any]]:
    """The answers of a script, one per item."""
    done = subprocess.run(
        [node(), str(HERE / script)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
