"""``verify --results``: a killed run goes on where it stopped, and the end is the same as without the kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tessella.issuing.sealing import seal
from tests.cli.support import Result
from tests.cli.test_verify import Run
from tests.issuing.support import AT, award, issuer

FILES = 3000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many")
    good = seal(award(), issuer(), "openbadge-jwt", at=AT)
    for number in range(FILES):
        (path / f"{number:05d}.jwt").write_bytes(good if number % 100 else good[:-20] + b"%020d" % number)
    return path


def reports(path: Path) -> dict[str, str]:
    _, *lines = (json.loads(line) for line in path.read_text().splitlines())
    return {one["file"]: one["report"]["verdict"] for one in lines}


def test_a_killed_run_goes_on(folder: Path, tmp_path: Path, run: Run) -> None:
    results = tmp_path / "results.jsonl"
    arguments = ["verify", str(folder), "--policy", "proof-only", "--results", str(results), "--workers", "2"]
    code = "import sys; from tessella.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and (not results.exists() or results.stat().st_size < 50_000):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = results.read_bytes().count(b"\n") - 1
    assert 0 < kept < FILES
    done = run(*arguments, "--json")
    assert (done.code, json.loads(done.output)["counts"]) == (
        1,
        {"passed": FILES - FILES // 100, "failed": FILES // 100, "indeterminate": 0, "not_applicable": 0},
    )
    found = reports(results)
    assert len(found) == FILES
    assert sorted(name for name, verdict in found.items() if verdict == "failed") == [
        str(folder / f"{number:05d}.jwt") for number in range(0, FILES, 100)
    ]
    assert results.read_bytes().count(b"\n") == FILES + 1  # nothing was done twice


def test_results_of_a_finished_run_are_told_again(folder: Path, tmp_path: Path, run: Run) -> None:
    few = [str(folder / f"{number:05d}.jwt") for number in range(3)]
    arguments = ["verify", *few, "--policy", "proof-only", "--results", str(tmp_path / "r.jsonl")]
    first: Result = run(*arguments)
    again: Result = run(*arguments)
    assert (first.code, again.code) == (1, 1)
    assert "2" in again.output.splitlines()[-1]
    assert (tmp_path / "r.jsonl").read_bytes().count(b"\n") == 4


def test_nothing_to_verify_is_not_success(tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty").mkdir()
    done = run("verify", tmp_path / "empty", "--results", tmp_path / "r.jsonl")
    assert done.code == 2
