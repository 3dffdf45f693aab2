"""Backups: restored elsewhere, an award is what it was; what is damaged or mixed is refused."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tessella_web.config.operations import backup as backups
from tests.web import servers

MAKE = """
import datetime as dt, os
from django.core.management import call_command
from django.utils import timezone
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Person
from tessella_web.catalogue import domain as catalogue
from tessella_web.credentials.activities import domain
from tessella_web.credentials.activities.models import Kind
from tessella_web.credentials.tasks import work_once
call_command("migrate", verbosity=0)
ines = Person.objects.create(email="ines@example.org", name="Ines")
club = accounts.found_organisation(founder=ines, name="Youth at the lake", slug="lake", country="NLD")
draft = catalogue.start_description(by=ines, organisation=club, content={"record_type": "participation", "title": "Raft day", "description": "Rafts."})
now = timezone.now()
event = domain.make_activity(by=ines, version=catalogue.publish(description=draft, by=ines), kind=Kind.EVENT, name="Raft day",
    starts_on=now.date(), opens_at=now, closes_at=now + dt.timedelta(hours=1), cap=5)
domain.add(by=ines, activity=event, name="Ada Lima")
domain.award(by=ines, activity=event)
while work_once():
    pass
call_command("audit", "head", os.environ["HEAD_FILE"])
call_command("backup", os.environ["BACKUP_FILE"])
try:
    call_command("backup", os.environ["BACKUP_FILE"])
except Exception as error:
    print(error)
try:
    call_command("restore", os.environ["BACKUP_FILE"])
except Exception as error:
    print(error)
"""

CHECK = """
import os
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tessella_web.common import audit
from tessella_web.credentials.domain import statuslists
from tessella_web.credentials.models import Award, StatusList
from django.core.files.storage import default_storage
from tessella.verification import Surroundings, verify
from django.utils import timezone
award = Award.objects.get()
copy = award.copies.get(format="openbadge")
report = verify(default_storage.open(copy.file).read(), name="x", surroundings=Surroundings(at=timezone.now()))
statuslists.publish(StatusList.objects.first())  # opens a private key
print("FOUND", award.learner.full_name, report.check("seal").verdict, list(audit.broken_links()))
call_command("audit", "check", "--head", os.environ["HEAD_FILE"])
"""


def run(data: Path, *arguments: str, code: int = 0, **variables: str) -> str:
    """A command of the platform in a process and folder of its own; returns what it says."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TESSELLA_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "tessella_web", *arguments],
        env={**kept, "TESSELLA_DATA": str(data), "TESSELLA_LOG": "json", **variables},
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def story(folder: Path, first: Mapping[str, str], second: Mapping[str, str]) -> None:
    """An award in one installation, backed up, restored in another: the same award, and the keys open."""
    a, b, file, head = folder / "a", folder / "b", folder / "x.tar", folder / "head"
    files = {"HEAD_FILE": str(head), "BACKUP_FILE": str(file)}
    told = run(a, "shell", "-c", MAKE, **first, **files)
    assert "Not in it, on purpose" in told and str(a / "kek") in told
    assert "a backup never replaces another" in told and "into an empty folder only" in told
    with tarfile.open(file) as archive:
        names = archive.getnames()
        assert not [name for name in names if "kek" in name or "secret" in name or "audit-key" in name]
        kek = (a / "kek").read_bytes().split()[0]
        assert all(kek not in archive.extractfile(name).read() for name in names)  # type: ignore[union-attr]
    told = run(b, "restore", str(file), **second)
    assert "Private keys wait for the key-encryption key" in told
    for name in ("kek", "secret", "audit-key.pem"):
        shutil.copy2(a / name, b / name)
    told = run(b, "shell", "-c", CHECK, **second, **files)
    assert "FOUND Ada Lima passed []" in told
    assert "each as it was written, and as entry" in told


def test_an_award_survives_the_machine(tmp_path: Path) -> None:
    story(tmp_path, {}, {})


@pytest.mark.vectors
def test_an_award_survives_the_database_server(tmp_path: Path, postgresql: str) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed (Debian package postgresql-client)")
    first, second = ({"DATABASE_URL": servers.new_database(postgresql)} for _ in range(2))
    story(tmp_path, first, second)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """Makes archives, in an installation that is empty and whose database takes anything."""
    monkeypatch.setattr(backups, "_require_empty", lambda: None)
    monkeypatch.setattr(backups, "_restored_database", lambda source: None)
    settings.DATA_FOLDER = tmp_path

    def make(content: Mapping[str, bytes], kind: bytes = tarfile.REGTYPE, **changes: Any) -> Path:
        listed = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
        facts = {
            "format": backups.FORMAT, "made_at": "2026-11-22T08:00:00Z", "version": "", "database": "sqlite",
            "members": listed, "entries": 0, "head": "", **changes,
        }  # fmt: skip
        path = tmp_path / "x.tar"
        with tarfile.open(path, "w") as target:
            for name, data in {**content, "manifest.json": msgspec.json.encode(facts)}.items():
                entry = tarfile.TarInfo(name)
                is_link = name in content and kind == tarfile.SYMTYPE
                entry.size, entry.linkname = (0, "/etc/passwd") if is_link else (len(data), "")
                entry.type = kind if name in content else tarfile.REGTYPE
                target.addfile(entry, io.BytesIO(data))
        return path

    return make


GOOD = {"database.sqlite3": b"SQLite", "files/a/b": b"file"}


@pytest.mark.parametrize(
    ("members", "changes", "why"),
    [
        (GOOD, {"format": "tessella-backup/9"}, "has the format"),
        (GOOD, {"database": "oracle"}, "is of oracle"),
        (GOOD, {"members": {}}, "does not name"),
        (GOOD, {"members": {**dict.fromkeys(GOOD, "0" * 64)}}, "damaged or missing"),
        (GOOD, {"made_at": 3}, "cannot be read"),
        ({**GOOD, "../outside": b"x"}, {}, "does not name"),
        ({**GOOD, "/etc/outside": b"x"}, {}, "does not name"),
        ({**GOOD, "files/../../outside": b"x"}, {}, "does not name"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused(
    archive: Any, tmp_path: Path, members: dict[str, bytes], changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(backups.BackupError, match=why):
        backups.restore(archive(members, **changes))
    assert not (tmp_path.parent / "outside").exists()


def test_links_in_an_archive_are_refused(archive: Any) -> None:
    with pytest.raises(backups.BackupError, match="does not name"):
        backups.restore(archive(GOOD, kind=tarfile.SYMTYPE))


@pytest.mark.parametrize("data", [b"", b"x" * 2000])
def test_what_is_no_archive_is_refused(archive: Any, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "y.tar").write_bytes(data)
    with pytest.raises(backups.BackupError):
        backups.restore(tmp_path / "y.tar")
    with pytest.raises(backups.BackupError):
        backups.restore(tmp_path / "missing.tar")
