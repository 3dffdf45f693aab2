"""The platform as a process of its own with its samples, and the ways in."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.web.databases import up_to_date

__all__ = ["Site", "running"]

START_S = 90
MAIL_S = 20

LINKS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tessella_web.config.settings"
import django; django.setup()
from django.core.management import call_command
for line in sys.stdin:
    call_command("person", *line.rstrip("\\n").split("\\t"))
    sys.stdout.flush()
"""
"""Asks for links one after another what ``tessella_web person`` prints."""


class Site:
    """A running installation: its address, and how to sign somebody in."""

    def __init__(self, address: str, environment: dict[str, str], log: Path) -> None:
        self.address = address
        self._environment = environment
        self._log = log
        self._links: subprocess.Popen[str] | None = None

    def link_for(self, email: str, name: str = "Nobody") -> str:
        """A link that signs this person in once."""
        if self._links is None:  # one process for all links: each start of Python takes seconds
            self._links = subprocess.Popen(
                [sys.executable, "-c", LINKS], env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._links.stdin
        assert self._links.stdout
        print(email, name, sep="\t", file=self._links.stdin, flush=True)
        return self._links.stdout.readline().rsplit(maxsplit=1)[-1]

    def close(self) -> None:
        """End what was started beside the platform."""
        if self._links is not None:
            self._links.communicate(timeout=30)

    def mailed_link(self) -> str:
        """The link with a key in the last mail that has one."""
        deadline = time.monotonic() + MAIL_S
        while time.monotonic() < deadline:
            found = re.findall(r"^http://\S+\?key=[\w-]+$", self._log.read_text("utf-8"), re.MULTILINE)
            if found:
                return str(found[-1])
            time.sleep(0.1)
        raise AssertionError("no mail came")

    def mailed_code(self) -> str:
        """The code in the last mail; mails go to the log."""
        deadline = time.monotonic() + MAIL_S
        while time.monotonic() < deadline:
            found = re.findall(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", self._log.read_text("utf-8"), re.MULTILINE)
            if found:
                return str(found[-1])
            time.sleep(0.1)
        raise AssertionError("no mail came")


@contextmanager
def running(folder: Path, *options: str, **variables: str) -> Iterator[Site]:
    """The platform in a folder of its own, until the block ends."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{found.getsockname()[1]}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TESSELLA_", "DJANGO_"))
    }
    environment = {**kept, "TESSELLA_DATA": str(folder / "data"), "TESSELLA_URL": address, **variables}
    up_to_date(folder / "data")
    log = folder / "log.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tessella_web", "serve", *options],
            stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
        )  # fmt: skip
        try:
            ready = process.stdout.readline() if process.stdout else ""
            assert ready.strip() == f"ready {address}", log.read_text("utf-8")
            site = Site(address, environment, log)
            yield site
            site.close()
        finally:
            process.terminate()
            process.wait(30)
