"""Processes of a platform of its own, on SQLite or PostgreSQL: for what only whole processes show."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.web.databases import up_to_date

__all__ = ["PREPARED", "WAIT_S", "Platform", "kill", "wait_for"]

WAIT_S = 240

PREPARED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from importlib.resources import as_file, files
from tessella.adapters.descriptions import read_description
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Person, Role
from tessella_web.credentials.domain import batches
from tests.web.credentials.conftest import class_list, published
with as_file(files("tessella.cli") / "example" / "data-ethics.yaml") as path:
    record = read_description(path).require()
alice = Person.objects.create(email="alice@example.org", name="Alice")
twickel = accounts.found_organisation(founder=alice, name="University of Twickel", slug="twickel", country="NLD")
accounts.give_role(by=alice, organisation=twickel, person=alice, role=Role.ASSESSOR)
batches.set_rules(by=alice, organisation=twickel, approval_threshold=5000)
for use in (KeyUse.BADGE, KeyUse.SEAL):
    keys.create_key(by=alice, organisation=twickel, use=use)
version = published(twickel, record)
def prepare(name, count, formats):
    rows = [f"{name},Number {n},{name}{n}@example.org,,passed" for n in range(count)]
    return batches.prepare_list(by=alice, version=version, file_name="a.csv", data=class_list(*rows), formats=formats)
"""
"""A platform with an organisation that can award, and a function that prepares a batch."""


class Platform:
    """A platform whose files lie in ``folder``; without ``database`` on SQLite, without ``broker`` with workers of its own."""

    def __init__(self, folder: Path, *, database: str = "", broker: str = "", mail: str = "") -> None:
        self.folder, self.database = folder, database
        if not database:
            up_to_date(folder)
        self._settings = {
            "TESSELLA_DATA": str(folder), "TESSELLA_SECRET": "only for tests", "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]),
            "DJANGO_SETTINGS_MODULE": "tessella_web.config.settings", "DATABASE_URL": database,
            "TESSELLA_BROKER_URL": broker, "TESSELLA_MAIL_URL": mail,
        }  # fmt: skip

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start Python there, in a group of its own."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                env=os.environ | self._settings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, *command: str) -> None:
        """Run Python there, which must end well."""
        code = self.start(*command).wait(WAIT_S)
        assert code == 0, self.log()[-3000:]

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker that ends when there is nothing to do."""
        return self.start("-m", "tessella_web", "work", "--until-idle")

    def workers(self, processes: int = 1) -> subprocess.Popen[bytes]:
        """Workers that go on until they are told to stop; with a broker, so many at once."""
        return self.start("-m", "tessella_web", "work", "--processes", str(processes))

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def ask(self, query: str) -> int:
        """The one number that a query gives."""
        ((found,),) = self.execute(query)
        return int(found)

    def count(self, what: str) -> int:
        """How many rows."""
        return self.ask(f"SELECT count(*) FROM {what}")

    def files(self) -> int:
        """How many files there are."""
        return len(list((self.folder / "files").rglob("*.*")))

    def expire_leases(self) -> None:
        """As if all chunks had been claimed long ago."""
        self.execute(
            "UPDATE credentials_chunk SET leased_until = '2020-01-01 00:00:00Z', sent_at = '2019-01-01 00:00:00Z' WHERE NOT is_done"
        )

    def execute(self, query: str) -> list[tuple[int]]:
        """Run a statement there."""
        if self.database:
            with psycopg.connect(self.database) as server:
                cursor = server.execute(query)
                return cursor.fetchall() if cursor.description else []
        with sqlite3.connect(self.folder / "tessella.db", timeout=20) as file:
            return file.execute(query).fetchall()


def kill(process: subprocess.Popen[bytes]) -> None:
    """At once, with everything that it has started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(condition: Callable[[], bool], *, told: Callable[[], str] = str) -> None:
    """Until it holds; what was ``told`` meanwhile is shown when it never does."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, told()[-3000:]
        time.sleep(0.02)
