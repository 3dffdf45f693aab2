"""A real worker process is killed, again and again; afterwards each row has exactly one award."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.credentials.processes import PREPARED, WAIT_S, count, run, worker

ROWS = 60
KILLS = 2
PREPARE = (
    PREPARED
    + f"""
batches.start(by=alice, batch=prepare("ann", {ROWS}, ["openbadge", "edc", "png"]))
"""
)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def expire_leases(folder: Path) -> None:
    with sqlite3.connect(folder / "tessella.db", timeout=20) as database:
        database.execute(
            "UPDATE credentials_chunk SET leased_until = '2020-01-01 00:00:00' WHERE NOT is_done"
        )


@pytest.mark.timeout(900)
def test_killed_workers_lose_nothing_and_make_nothing_twice(tmp_path: Path) -> None:
    assert run(tmp_path, "-c", PREPARE).wait(WAIT_S) == 0
    for _kill in range(KILLS):
        before = len(list((tmp_path / "files").rglob("*.*")))
        victim = worker(tmp_path)
        wait_for(lambda before=before: len(list((tmp_path / "files").rglob("*.*"))) > before + 7)  # type: ignore[misc]
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        expire_leases(tmp_path)
    ids = "(SELECT DISTINCT credential_id FROM credentials_copy)"
    planned = count(tmp_path, ids)
    two = [worker(tmp_path), worker(tmp_path)]  # and two at once, which must not get into each other's way
    assert [one.wait(WAIT_S) for one in two] == [0, 0]
    assert planned > 0
    assert count(tmp_path, "credentials_batch WHERE stage = 'done'") == 1
    assert count(tmp_path, "credentials_row WHERE state = 'awarded'") == ROWS
    assert count(tmp_path, "credentials_award WHERE state = 'valid'") == ROWS
    assert count(tmp_path, "(SELECT DISTINCT row_id FROM credentials_award)") == ROWS
    assert count(tmp_path, "credentials_copy WHERE file != ''") == count(tmp_path, ids) == ROWS * 3
    assert count(tmp_path, "credentials_mail WHERE state = 'sent'") == ROWS
    assert len(list((tmp_path / "files").rglob("*.*"))) == ROWS * 3  # no half-made file is left
