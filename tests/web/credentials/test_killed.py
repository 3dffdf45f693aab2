"""A real worker process is killed, again and again; afterwards each row has exactly one award."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.credentials.processes import PREPARED, WAIT_S, Platform, kill, wait_for

ROWS = 60
KILLS = 2
PREPARE = (
    PREPARED
    + f"""
batches.start(by=alice, batch=prepare("ann", {ROWS}, ["openbadge", "edc", "png"]))
"""
)


@pytest.mark.timeout(900)
def test_killed_workers_lose_nothing_and_make_nothing_twice(tmp_path: Path) -> None:
    platform = Platform(tmp_path)
    platform.run("-c", PREPARE)
    for _kill in range(KILLS):
        before = platform.files()
        victim = platform.worker()
        wait_for(lambda before=before: platform.files() > before + 7)  # type: ignore[misc]
        kill(victim)
        platform.expire_leases()
    ids = "(SELECT DISTINCT credential_id FROM credentials_copy) AS ids"
    planned = platform.count(ids)
    two = [platform.worker(), platform.worker()]  # and two at once, which must not get into each other's way
    assert [one.wait(WAIT_S) for one in two] == [0, 0]
    assert planned > 0
    assert platform.count("credentials_batch WHERE stage = 'done'") == 1
    assert platform.count("credentials_row WHERE state = 'awarded'") == ROWS
    assert platform.count("credentials_award WHERE state = 'valid'") == ROWS
    assert platform.count("(SELECT DISTINCT row_id FROM credentials_award) AS rows") == ROWS
    assert platform.count("credentials_copy WHERE file != ''") == platform.count(ids) == ROWS * 3
    assert platform.count("credentials_mail WHERE state = 'sent'") == ROWS
    assert platform.files() == ROWS * 3  # no half-made file is left
