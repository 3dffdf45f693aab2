"""A folder with a batch that was issued by the command line, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.example_run import example_run
from tests.cli.support import Result, tessella


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's folder: awards in every format, keys, ledger and status lists."""
    folder = tmp_path_factory.mktemp("batch")
    done = example_run(tmp_path_factory, folder)
    assert done.code == 0, done.output + done.errors
    return folder / "out"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """The program, run in an empty folder."""
    return lambda *arguments, **options: tessella(*arguments, **{"cwd": tmp_path, **options})
