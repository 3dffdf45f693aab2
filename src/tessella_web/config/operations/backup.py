"""Backups: the database and the files in one archive with a manifest; never the keys that open or sign.

What is left out on purpose: the key-encryption key, the installation's secret and the key that signs heads of the audit trail. They lie
beside the data and are kept elsewhere, so that who finds a backup has no private key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils import timezone

import tessella_web
from tessella import typed
from tessella_web.accounts.keys.keychain import keychain
from tessella_web.accounts.keys.models import OrganisationKey
from tessella_web.common import audit

__all__ = ["BackupError", "Manifest", "backup", "facts", "missing_keys", "restore"]

FORMAT = "tessella-backup/1"

MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FILES = "files"

MAX_MANIFEST_BYTES = 512 * 1024 * 1024  # bytes
"""A line for each file: five million of them."""

_CHUNK = 1 << 20


class BackupError(Exception):
    """It was not done, and nothing was changed: one sentence."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. ``members`` are the SHA-256 (hex) of each file in it; ``head`` is the audit trail's, to compare with."""

    format: str
    made_at: dt.datetime
    version: str
    database: str
    members: dict[str, str]
    entries: int
    head: str
    key_encryption_keys: tuple[str, ...] = ()


def backup(target: Path) -> Manifest:
    """Write a backup while the platform runs. The database is copied first: every file it knows is there when the files follow.

    Raises:
        BackupError: the file exists, cannot be written, or a program is missing.
    """
    if target.exists():
        raise BackupError(f"{target} exists: a backup never replaces another.")
    root = _files()
    members: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            draft = Path(folder) / "backup.tar"
            copy = Path(folder) / DATABASES[connection.vendor]
            head = audit.head()
            _copied_database(copy)
            with tarfile.open(draft, "w", format=tarfile.PAX_FORMAT) as archive:
                members[copy.name] = _add(archive, copy, copy.name)
                for path in _walk(root):
                    name = f"{FILES}/{path.relative_to(root).as_posix()}"
                    try:
                        members[name] = _add(archive, path, name)
                    except (
                        FileNotFoundError
                    ):  # deleted meanwhile: nothing in the copied database leads to it for long
                        continue
                found = _manifest(members, head)
                data = msgspec.json.format(msgspec.json.encode(found), indent=1)
                entry = tarfile.TarInfo(MANIFEST)
                entry.size, entry.mode = len(data), 0o600
                archive.addfile(entry, io.BytesIO(data))
            draft.chmod(0o600)
            os.link(draft, target)
    except OSError as error:
        raise BackupError(f"{target}: {error.strerror or error}") from error
    return found


def restore(source: Path) -> Manifest:
    """Put a backup into this installation, which must be empty. Everything is checked before anything is put in place.

    Raises:
        BackupError: something is here already, the archive is damaged, or it is of another kind of database.
    """
    _require_empty()
    try:
        with tempfile.TemporaryDirectory(dir=settings.DATA_FOLDER, prefix=".restore-") as folder:
            found = _unpacked(source, Path(folder))
            name = DATABASES[connection.vendor]
            if found.database != connection.vendor:
                raise BackupError(
                    f"The backup is of {found.database}, and DATABASE_URL names {connection.vendor}."
                )
            _restored_database(Path(folder) / name)
            inside = Path(folder) / FILES
            if inside.is_dir():
                shutil.copytree(inside, _files(), dirs_exist_ok=True)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source}: {error}") from error
    return found


def missing_keys() -> tuple[str, ...]:
    """Key-encryption keys that private keys here are wrapped by and that are not at hand: restore their file, too."""
    needed = set(OrganisationKey.objects.exclude(kek="").values_list("kek", flat=True).distinct())
    try:
        return tuple(sorted(needed - set(keychain().ids)))
    except ImproperlyConfigured:
        return tuple(sorted(needed))


def _manifest(members: dict[str, str], head: tuple[int, str]) -> Manifest:
    keks = OrganisationKey.objects.exclude(kek="").values_list("kek", flat=True).distinct()
    return Manifest(
        format=FORMAT,
        made_at=timezone.now(),
        version=tessella_web.__version__ if hasattr(tessella_web, "__version__") else "",
        database=connection.vendor,
        members=members,
        entries=head[0],
        head=head[1],
        key_encryption_keys=tuple(sorted(keks)),
    )


# --- the database ------------------------------------------------------------------------------------


def _copied_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        source = sqlite3.connect(f"file:{_sqlite_path()}?mode=ro", uri=True)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        finally:
            copy.close()
            source.close()
        return
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", *_pg_address())


def _restored_database(source: Path) -> None:
    connection.close()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(source)
        target = sqlite3.connect(_sqlite_path())
        try:
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            if state != "ok":
                raise BackupError("The database in the backup is damaged.")
            copy.backup(target)
        finally:
            target.close()
            copy.close()
        return
    _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        *_pg_address(),
        str(source),
    )


def _sqlite_path() -> str:
    return str(connection.settings_dict["NAME"])


def _pg_address() -> list[str]:
    facts = connection.settings_dict
    given = {
        "--host": facts["HOST"],
        "--port": facts["PORT"],
        "--username": facts["USER"],
        "--dbname": facts["NAME"],
    }
    return [f"{name}={value}" for name, value in given.items() if value]


def _run(program: str, *arguments: str) -> None:
    """PostgreSQL's own program, with the password in its environment and never in its arguments.

    Raises:
        BackupError: it is not installed, or it failed; its words are on standard error.
    """
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not installed (Debian package postgresql-client).")
    environment = {**os.environ, "PGPASSWORD": str(connection.settings_dict["PASSWORD"])}
    done = subprocess.run([path, *arguments], env=environment, check=False)  # noqa: S603 -- a fixed program
    if done.returncode:
        raise BackupError(f"{program} ended with code {done.returncode}; see above.")


# --- the archive -------------------------------------------------------------------------------------


def _files() -> Path:
    if not isinstance(default_storage, FileSystemStorage) and not hasattr(default_storage, "location"):
        raise BackupError("The files are not kept in a folder: back them up where they are.")
    return Path(str(default_storage.location))


def _walk(root: Path) -> Iterator[Path]:
    for folder, _folders, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    """Add a file as it is now; its SHA-256."""
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
        hashing = _Hashing(file)
        archive.addfile(entry, hashing)
    return hashing.digest.hexdigest()


class _Hashing(io.RawIOBase):
    """Reads a file and hashes what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _unpacked(source: Path, folder: Path) -> Manifest:
    """All members in ``folder``, each as the manifest says; names that would leave it are refused."""
    with tarfile.open(source, "r:") as archive:
        manifest = archive.extractfile(MANIFEST) if MANIFEST in archive.getnames() else None
        if manifest is None:
            raise BackupError(f"{source} is no backup of Tessella: it has no manifest.")
        found = _read(manifest.read(MAX_MANIFEST_BYTES))
        expected = {*found.members, MANIFEST}
        for member in archive.getmembers():
            if member.name not in expected or not member.isreg() or not _is_inside(member.name):
                raise BackupError(f"{source} holds something that its manifest does not name.")
        archive.extractall(folder, filter="data")
    for name, digest in found.members.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise BackupError(f"{name} in the backup is damaged or missing.")
    return found


def _read(data: bytes) -> Manifest:
    try:
        found = typed.decode(data, Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError("The manifest of the backup cannot be read.") from error
    if found.format != FORMAT:
        raise BackupError(f"The backup has the format {found.format!r}; this program reads {FORMAT!r}.")
    return found


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_empty() -> None:
    root = _files()
    if root.is_dir() and next(_walk(root), None) is not None:
        raise BackupError(f"{root} has files in it: restore into an empty folder only.")
    if connection.vendor == "sqlite" and not Path(_sqlite_path()).exists():
        return
    if connection.introspection.table_names():
        raise BackupError("The database has tables in it: restore into an empty one only.")


def facts(found: Manifest) -> Mapping[str, Any]:
    """What a person wants to know of a backup."""
    return {
        "files": len(found.members) - 1,
        "entries": found.entries,
        "made": found.made_at.isoformat(timespec="seconds"),
    }
