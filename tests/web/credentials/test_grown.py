"""The grown installation: PostgreSQL, a broker, several workers that are killed at random; and the same batch on SQLite."""

from __future__ import annotations

import random
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.web import servers
from tests.web.credentials.processes import PREPARED, WAIT_S, Platform, kill, wait_for

PREPARE = (
    PREPARED
    + """
batches.start(by=alice, batch=prepare("ann", {rows}, ["edc", "openbadge"]))
"""
)

VERIFY = """
import random
import django; django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
from tessella_web.credentials.models import Copy
from tests.web.credentials.support import verified
copies = list(Copy.objects.select_related("award"))
for copy in random.sample(copies, {sample}):
    report = verified(copy)
    stated = {{check.code for check in report.checks if check.verdict == "failed"}}
    assert stated <= {{"trust.test"}}, (copy.format, stated)
"""


class Inbox:
    """A mail server that counts what it takes, by recipient and by Message-ID."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        header = envelope.content.split(b"\r\n\r\n")[0].decode()
        (id,) = (line for line in header.splitlines() if line.lower().startswith("message-id:"))
        self.taken[envelope.rcpt_tos[0], id] += 1
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    found = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, f"smtp://127.0.0.1:{port}"
    controller.stop()


def batch_with_kills(platform: Platform, rows: int, kills: int, processes: int, seed: int) -> None:
    """A batch whose workers are killed at random and started again, until everything has been done."""
    dice = random.Random(seed)
    platform.run("-c", PREPARE.replace("{rows}", str(rows)))
    sealed = "credentials_row WHERE state = 'awarded'"
    waiting = "credentials_mail WHERE state = 'waiting'"
    running: list[subprocess.Popen[bytes]] = []
    try:
        running = [platform.workers(processes), platform.workers(processes)]
        for turn in range(1, kills + 1):
            goal = rows * turn // (kills + 2)
            wait_for(lambda goal=goal: platform.count(sealed) >= goal, told=platform.log)  # type: ignore[misc]
            time.sleep(dice.random())
            kill(running.pop(dice.randrange(len(running))))
            platform.expire_leases()
            running.append(platform.workers(processes))
        done = "credentials_batch WHERE stage = 'done'"
        wait_for(lambda: platform.count(done) == 1, told=platform.log)
        kill(running.pop())  # in the midst of the mails
        wait_for(lambda: platform.count(waiting) == 0 or not _put_off(platform), told=platform.log)
        wait_for(lambda: platform.count(waiting) == 0, told=platform.log)
        wait_for(lambda: platform.count("credentials_statuslist WHERE is_due") == 0, told=platform.log)
    finally:
        for one in running:
            kill(one)


def _put_off(platform: Platform) -> bool:
    """Mails that a killed worker had taken are due again, as if five minutes had passed."""
    platform.execute("UPDATE credentials_mail SET due_at = '2020-01-01 00:00:00Z' WHERE state = 'waiting'")
    return False


def check(platform: Platform, inbox: Inbox, rows: int, sample: int) -> None:
    assert platform.count("credentials_row WHERE state = 'awarded'") == rows
    assert (
        platform.count("credentials_award WHERE state = 'valid'")
        == platform.count("credentials_award")
        == rows
    )
    assert platform.count("(SELECT DISTINCT row_id FROM credentials_award) AS rows") == rows
    assert platform.count("(SELECT DISTINCT person FROM credentials_award) AS people") == rows
    assert platform.count("(SELECT DISTINCT award_id, format FROM credentials_copy) AS copies") == rows * 2
    assert platform.count("credentials_copy WHERE file != ''") == platform.files() == rows * 2
    assert platform.count("credentials_mail WHERE state = 'sent'") == rows
    assert len({address for address, _id in inbox.taken}) == len(inbox.taken) == rows  # one Message-ID each
    lists = platform.count("credentials_statuslist")
    used = "common_auditentry WHERE verb = 'key.used' AND CAST(facts AS text) LIKE '%status-list:%'"
    assert (lists, platform.count(used)) == (1, 1)
    platform.run("-c", VERIFY.format(sample=sample))


def grown(folder: Path, postgresql: str, redis: str, mail: str) -> Platform:
    return Platform(folder, database=servers.new_database(postgresql), broker=redis, mail=mail)


@pytest.mark.timeout(900)
def test_a_batch_on_postgresql_with_killed_workers_of_a_broker(
    tmp_path: Path, postgresql: str, redis: str, inbox: tuple[Inbox, str]
) -> None:
    platform = grown(tmp_path, postgresql, redis, inbox[1])
    batch_with_kills(platform, rows=200, kills=2, processes=2, seed=1)
    check(platform, inbox[0], rows=200, sample=6)


@pytest.mark.vectors  # what everybody waits for has test_killed
@pytest.mark.timeout(900)
def test_a_batch_on_sqlite_with_killed_workers_of_its_own(tmp_path: Path, inbox: tuple[Inbox, str]) -> None:
    platform = Platform(tmp_path, mail=inbox[1])
    batch_with_kills(platform, rows=200, kills=2, processes=1, seed=2)
    check(platform, inbox[0], rows=200, sample=6)


@pytest.mark.vectors
@pytest.mark.timeout(1800)
def test_five_thousand_on_postgresql_with_a_broker(
    tmp_path: Path, postgresql: str, redis: str, inbox: tuple[Inbox, str]
) -> None:
    platform = grown(tmp_path, postgresql, redis, inbox[1])
    batch_with_kills(platform, rows=5000, kills=8, processes=2, seed=3)
    check(platform, inbox[0], rows=5000, sample=40)


@pytest.mark.vectors
@pytest.mark.timeout(1800)
def test_five_thousand_on_sqlite(tmp_path: Path, inbox: tuple[Inbox, str]) -> None:
    platform = Platform(tmp_path, mail=inbox[1])
    batch_with_kills(platform, rows=5000, kills=8, processes=1, seed=4)
    check(platform, inbox[0], rows=5000, sample=40)


@pytest.mark.timeout(300)
def test_what_waits_is_done_when_the_broker_comes_back(tmp_path: Path, postgresql: str) -> None:
    """A batch that is started while nothing answers at the broker's address is sealed once something does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    database = servers.new_database(postgresql)
    Platform(tmp_path, database=database, broker=f"redis://127.0.0.1:{port}/0").run(
        "-c", PREPARE.replace("{rows}", "3")
    )
    with servers.redis_server() as redis:
        platform = Platform(tmp_path, database=database, broker=redis)
        workers = platform.workers(1)
        try:
            wait_for(lambda: platform.count("credentials_batch WHERE stage = 'done'") == 1, told=platform.log)
        finally:
            workers.terminate()
            assert workers.wait(WAIT_S) == 0
