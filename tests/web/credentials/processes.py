"""Processes of a platform of its own, on a file of SQLite: for what only whole processes show."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

__all__ = ["PREPARED", "WAIT_S", "count", "run", "worker"]

WAIT_S = 150

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
batches.set_approval_threshold(by=alice, organisation=twickel, threshold=5000)
for use in (KeyUse.BADGE, KeyUse.SEAL):
    keys.create_key(by=alice, organisation=twickel, use=use)
version = published(twickel, record)
def prepare(name, count, formats):
    rows = [f"{name},Number {n},{name}{n}@example.org,,passed" for n in range(count)]
    return batches.prepare_list(by=alice, version=version, file_name="a.csv", data=class_list(*rows), formats=formats)
"""
"""A platform with an organisation that can award, and a function that prepares a batch."""


def run(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    """Start Python in a platform whose data lie in this folder."""
    settings = {
        "TESSELLA_DATA": str(folder), "TESSELLA_SECRET": "only for tests", "PYTHONPATH": str(Path.cwd()),
        "DJANGO_SETTINGS_MODULE": "tessella_web.config.settings", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, *command], env=os.environ | settings, stdout=log, stderr=log)


def worker(folder: Path) -> subprocess.Popen[bytes]:
    """A worker that ends when there is nothing to do."""
    return run(folder, "-m", "tessella_web", "work", "--until-idle")


def count(folder: Path, what: str) -> int:
    """How many rows of the database."""
    with sqlite3.connect(folder / "tessella.db", timeout=20) as database:
        (found,) = database.execute(f"SELECT count(*) FROM {what}").fetchone()
    return int(found)
