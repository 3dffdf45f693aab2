"""A burst of verifications and claims against the real server, with somebody who only reads a page; the rate beside the library's own.

The server is started as `serve` starts it, on loopback, with a database of its own. Every verification is a form sent to the page that
people use; who is told to come back (503) comes back. Nothing may be lost, and the reader must not notice much.

    python -m benchmarks.verify_burst [VERIFICATIONS] [AT_ONCE]
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

VERIFICATIONS, AT_ONCE = 200, 32
PILE = 60
START_S, REQUEST_S = 90, 60
TRIES = 40
READ_EVERY_S = 0.05
TARGET_READ_S = 2.0

_VERDICT = re.compile(r'class="answer answer-(\w+)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Outcome:
    """What came of a burst. Times in seconds; ``read`` are those of the pages that somebody only read."""

    verdicts: Counter[str] = field(default_factory=Counter)
    claims: Counter[int] = field(default_factory=Counter)
    pile: int = 0
    came_back: int = 0
    seconds: float = 0.0
    read: list[float] = field(default_factory=list)
    library_s: float = 0.0

    @property
    def slowest_read(self) -> float:
        return max(self.read, default=0.0)


PREPARE = """
import json, pathlib
from django.conf import settings
from django.core.files.storage import default_storage
from tessella_web.credentials.domain import engine, statuslists
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award, Copy, StatusList
batches.start(by=alice, batch=prepare("ann", {count}, ["openbadge"]))
while engine.seal_next_chunk():
    pass
for one in StatusList.objects.all():
    statuslists.publish(one)
folder = pathlib.Path(settings.DATA_FOLDER)
files = [str(folder / "files" / copy.file) for copy in Copy.objects.order_by("pk")]
claims = [(award.id, claim_key(award)) for award in Award.objects.order_by("pk")]
(folder / "burst.json").write_text(json.dumps({{"files": files, "claims": claims}}))
"""


@contextmanager
def serving(folder: Path, count: int) -> Iterator[tuple[str, list[bytes], list[tuple[str, str]]]]:
    """The server with so many awards: its address, their files and their claim links."""
    from tests.web.credentials.processes import PREPARED, Platform

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{found.getsockname()[1]}"
    before = dict(os.environ)
    os.environ |= {"TESSELLA_URL": address, "TESSELLA_RATE": "0", "TESSELLA_SECOND_FACTOR": "optional"}
    try:
        platform = Platform(folder)
        platform.run("-c", PREPARED + PREPARE.format(count=count))
        server = platform.start("-m", "tessella_web", "serve", "--no-sample")
    finally:
        os.environ.clear()
        os.environ |= before
    try:
        deadline = time.monotonic() + START_S
        while f"ready {address}" not in platform.log():
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(platform.log()[-3000:])
            time.sleep(0.1)
        made = json.loads((folder / "burst.json").read_text())
        yield address, [Path(one).read_bytes() for one in made["files"]], made["claims"]
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


class Visitor:
    """A browser of its own: cookies, forms, and coming back when told to."""

    def __init__(self, address: str, outcome: Outcome) -> None:
        self.http = httpx.Client(base_url=address, timeout=REQUEST_S)
        self.outcome = outcome
        self._local = threading.Lock()

    def form(self, path: str) -> str:
        token = _TOKEN.search(self.http.get(path).text)
        assert token is not None, path
        return token.group(1)

    def post(self, path: str, data: dict[str, str], files: object = None) -> httpx.Response:
        for _try in range(TRIES):
            response = self.http.post(path, data=data, files=files)  # type: ignore[arg-type]
            if response.status_code != 503:
                return response
            with self._local:
                self.outcome.came_back += 1
            time.sleep(min(float(response.headers["Retry-After"]), 1.0))
        return response


def burst(
    address: str, files: list[bytes], claims: list[tuple[str, str]], at_once: int, pile: int
) -> Outcome:
    """Everything at once: the verifications, the claims, one pile, and one reader."""
    outcome, stop = Outcome(), threading.Event()
    lock = threading.Lock()

    def verify(data: bytes) -> None:
        visitor = Visitor(address, outcome)
        token = visitor.form("/verify")
        response = visitor.post(
            "/verify", {"csrfmiddlewaretoken": token}, {"file": ("badge.json", data, "application/json")}
        )
        found = _VERDICT.search(response.text)
        with lock:
            outcome.verdicts[found.group(1) if found else f"status {response.status_code}"] += 1

    def claim(one: tuple[str, str]) -> None:
        visitor = Visitor(address, outcome)
        path = f"/a/{one[0]}/claim"
        token = visitor.form(f"{path}?key={one[1]}")
        response = visitor.post(path, {"csrfmiddlewaretoken": token, "key": one[1]})
        with lock:
            outcome.claims[response.status_code] += 1

    def check_pile() -> None:
        if not pile:
            return
        visitor = Visitor(address, outcome)
        token = visitor.form("/verify/many")
        given = [("uploads", (f"{n}.json", data, "application/json")) for n, data in enumerate(files[:pile])]
        place = visitor.post("/verify/many", {"csrfmiddlewaretoken": token}, given).headers["Location"]
        for _look in range(10 * TRIES):
            response = visitor.http.get(place)
            if response.status_code == 200 and "looks again by itself" not in response.text:
                outcome.pile = len(visitor.http.get(f"{place}/result.json").json()["rows"])
                return
            time.sleep(0.1)

    def read() -> None:
        visitor = httpx.Client(base_url=address, timeout=REQUEST_S)
        while not stop.is_set():
            began = time.monotonic()
            assert visitor.get("/verify").status_code == 200
            outcome.read.append(time.monotonic() - began)
            stop.wait(READ_EVERY_S)

    reader = threading.Thread(target=read)
    reader.start()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(at_once) as pool, ThreadPoolExecutor(1) as other:
            waiting = [other.submit(check_pile)]
            for number, data in enumerate(files):
                waiting.append(pool.submit(verify, data))
                if number < len(claims):
                    waiting.append(pool.submit(claim, claims[number]))
            for one in waiting:
                one.result()
    finally:
        outcome.seconds = time.monotonic() - began
        stop.set()
        reader.join()
    return outcome


def library(files: list[bytes]) -> float:
    """Seconds in which the library alone verifies the same files, without a network."""
    import datetime as dt

    from tessella.verification import Surroundings, verify

    around = Surroundings(at=dt.datetime.now(dt.UTC))
    verify(files[0], surroundings=around)  # what is made once
    began = time.monotonic()
    for data in files:
        verify(data, surroundings=around)
    return time.monotonic() - began


def main(verifications: int = VERIFICATIONS, at_once: int = AT_ONCE) -> int:
    print(f"{verifications} verifications and claims, {at_once} at once, on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="tessella-burst-") as folder, serving(Path(folder), verifications) as (
        address, files, claims,
    ):  # fmt: skip
        found = burst(address, files, claims, at_once, min(PILE, verifications))
        alone = library(files)
    lost = verifications - sum(n for verdict, n in found.verdicts.items() if not verdict.startswith("status"))
    unclaimed = len(claims) - found.claims[302]
    done = verifications + found.pile
    rate, own = done / found.seconds, verifications / alone
    print(f"  verdicts        {dict(found.verdicts)}, {lost} lost; pile of {found.pile}")
    print(
        f"  claims          {dict(found.claims)}, {unclaimed} lost; told to come back {found.came_back} times"
    )
    print(
        f"  rate            {rate:6.0f} a second on the page   {rate / own:5.0%} of the library's {own:.0f}"
    )
    middle = statistics.median(found.read)
    mark = "ok" if found.slowest_read <= TARGET_READ_S else "HIGH"
    print(
        f"  reading a page  {middle * 1000:6.0f} ms in the middle, {found.slowest_read * 1000:.0f} ms at worst"
        f"  (target {TARGET_READ_S:.0f} s {mark})"
    )
    return int(bool(lost or unclaimed))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
