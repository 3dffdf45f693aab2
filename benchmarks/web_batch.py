"""What a batch of 5,000 learners costs on the platform: the shares of its parts, the rate beside the library's own, and more workers.

The shares come from looking at the worker's stack every few milliseconds of processor time; each look counts for the time since the
one before. The library issues the same class list in the same run, to files and a ledger in SQLite. Workers are processes of their own.

    python -m benchmarks.web_batch [ROWS]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROWS = 5_000
FORMATS = ("openbadge", "edc")
LOOK_EVERY_S = 0.003
TARGET_DATABASE = 0.20

PARTS = (
    ("database", ("/django/db/", "/sqlite3/", "/psycopg/")),
    ("rendering", ("/tessella/rendering/", "/typst/", "/PIL/", "/segno/", "/fontTools/")),
    ("cryptography", ("/tessella/seals/", "/tessella/keys/", "/tessella/canonical/", "/cryptography/", "/accounts/keys/")),
    ("writing formats", ("/tessella/formats/", "/tessella/vocabulary/", "/tessella/containers/", "/tessella/issuing/", "/tessella/model/")),
    ("files", ("/django/core/files/",)),
)  # fmt: skip
"""By what stands in the path of the innermost frame that fits; the rest is the engine itself."""


def part_of(frame: FrameType | None) -> str:
    while frame is not None:
        path = frame.f_code.co_filename.replace("\\", "/")
        for name, marks in PARTS:
            if any(mark in path for mark in marks):
                return name
        frame = frame.f_back
    return "engine"


@contextmanager
def looking() -> Iterator[Counter[str]]:
    """Where this thread spends its processor time, in seconds."""
    shares: Counter[str] = Counter()
    last = time.process_time()

    def look(number: int, frame: FrameType | None) -> None:
        nonlocal last
        part, now = part_of(frame), time.process_time()
        shares[part] += now - last  # type: ignore[assignment] # seconds
        last = now

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, LOOK_EVERY_S, LOOK_EVERY_S)
    try:
        yield shares
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def one_worker(rows: int) -> tuple[float, Counter[str], int]:
    """Processor seconds of the batch in this process, its shares, and the number of queries of each chunk."""
    prepared(rows)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tessella_web.credentials.domain import engine

    with CaptureQueriesContext(connection) as first:
        engine.seal_next_chunk()  # also what is made once: pictures without personal data, addresses
    start = time.process_time()
    with looking() as shares:
        while engine.seal_next_chunk():
            pass
    return time.process_time() - start, shares, len(first)


def prepared(rows: int, database: str = "") -> None:
    """A platform in a new folder, with a batch that waits."""
    os.environ.update(
        TESSELLA_DATA=tempfile.mkdtemp(prefix="tessella-bench-"),
        TESSELLA_SECRET="only for benchmarks",
        DATABASE_URL=database,
        DJANGO_SETTINGS_MODULE="tessella_web.config.settings",
    )
    from tests.web.credentials.processes import PREPARED

    made: dict[str, object] = {}
    exec(PREPARED + f"batches.start(by=alice, batch=prepare('ann', {rows}, {list(FORMATS)}))", made)


def library(rows: int) -> float:
    """Processor seconds in which the library issues the same class list."""
    from importlib.resources import as_file, files

    from django.utils import timezone

    from tessella.adapters.descriptions import read_description
    from tessella.adapters.ledger import Ledger
    from tessella.issuing.batch import issue_class_list
    from tessella.issuing.sealing import test_issuer
    from tessella.issuing.table import Row, Table

    with as_file(files("tessella.cli") / "example" / "data-ethics.yaml") as path:
        record = read_description(path).require()
    header = Row(number=1, cells=("Given name", "Family name", "E-mail", "Result"))
    lines = [
        Row(number=n + 2, cells=("ann", f"Number {n}", f"ann{n}@example.org", "passed")) for n in range(rows)
    ]
    now = timezone.now()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)

        def write(name: str, data: bytes) -> None:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

        start = time.process_time()
        with Ledger(root / "ledger.db") as ledger:
            events = issue_class_list(
                Table(source="", sheet="", rows=[header, *lines]), record, test_issuer(record.awarding_bodies[0], at=now),
                formats=FORMATS, at=now, ledger=ledger, write=write,
            )  # fmt: skip
            made = sum(1 for _event in events)
        assert made == rows
        return time.process_time() - start


def workers(rows: int, count: int, database: str) -> float:
    """Seconds that so many worker processes take for a batch, from their first chunk on."""
    from tests.web.credentials.processes import PREPARED, Platform

    with tempfile.TemporaryDirectory(prefix="tessella-bench-") as folder:
        platform = Platform(Path(folder), database=database)
        platform.run(
            "-c", PREPARED + f"batches.start(by=alice, batch=prepare('ann', {rows}, {list(FORMATS)}))"
        )
        running: list[subprocess.Popen[bytes]] = [platform.start("-c", SEAL_ALL) for _one in range(count)]
        assert [one.wait() for one in running] == [0] * count, platform.log()[-2000:]
        spans = [
            tuple(map(float, line.split()[1:]))
            for line in platform.log().splitlines()
            if line.startswith("span ")
        ]
        assert platform.count("credentials_award WHERE state = 'valid'") == rows
        return max(end for _start, end in spans) - min(start for start, _end in spans)


SEAL_ALL = """
import time
import django; django.setup()
from django.urls import reverse
from tessella_web.credentials.domain import engine
reverse("home")  # addresses are read once
start = time.time()
while engine.seal_next_chunk():
    pass
print("span", start, time.time())
"""


def main(rows: int = ROWS) -> int:
    print(f"A batch of {rows} learners in {' + '.join(FORMATS)}, on {os.cpu_count()} cores")
    seconds, shares, queries = one_worker(rows)
    total = sum(shares.values())
    for name, spent in shares.most_common():
        mark = (
            f"  (target {TARGET_DATABASE:.0%} {'ok' if spent / total <= TARGET_DATABASE else 'HIGH'})"
            if name == "database"
            else ""
        )
        print(f"  {name:16} {spent / total:6.1%}   {spent / rows * 1000:6.2f} ms an award{mark}")
    print(f"  {queries} queries for each chunk")
    alone = library(rows)
    print(
        f"one process     {rows / seconds:6.0f} awards/s   {alone / seconds:5.0%} of the library's {rows / alone:.0f}/s"
    )
    compare("SQLite", rows, lambda: "")
    with postgresql() as new:
        compare("PostgreSQL", rows, new)
    return 0


def compare(title: str, rows: int, database: Callable[[], str]) -> None:
    one, two = workers(rows, 1, database()), workers(rows, 2, database())
    print(
        f"{title:10} 1 worker {rows / one:6.0f} awards/s   2 workers {rows / two:6.0f} awards/s   {one / two:.2f} times as fast"
    )


@contextmanager
def postgresql() -> Iterator[Callable[[], str]]:
    from tests.web import servers

    with servers.postgresql_server() as server:
        yield lambda: servers.new_database(server)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
