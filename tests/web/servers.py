"""Real servers for tests, on this machine only: PostgreSQL and Redis, each in a folder of its own, gone afterwards.

``TESSELLA_TEST_DATABASE=postgresql`` has all tests of the platform run on PostgreSQL (``tests/web/settings.py``); the fixtures
`postgresql` and `redis` are for tests that need a server whatever the others run on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Missing", "dumped", "new_database", "postgresql_server", "redis_server"]

START_S = 60
"""Initialising a cluster takes two seconds on an idle machine."""

STOP_S = 20

_CLUSTERS = "/usr/lib/postgresql/*/bin"
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_NOT_ROOT = ("postgres", "nobody")
"""PostgreSQL refuses to run as root."""


class Missing(Exception):
    """A program that is not installed; the message says which."""


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """A running PostgreSQL; its address, with the name of the database left out.

    Raises:
        Missing: PostgreSQL is not installed, or there is nobody to run it as.
    """
    programs = _postgresql()
    user = _not_root()
    with _folder("tessella-postgresql-", user) as folder:
        data, port = folder / "data", _free_port()
        _Server(folder, user, [
            str(programs / "initdb"), "--pgdata", str(data), "--username", "tessella", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        ]).check()  # fmt: skip
        settings = {
            "listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(folder),
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60",
            "shared_buffers": "64MB", "timezone": "Pacific/Auckland",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = _Server(folder, user, [str(programs / "postgres"), "-D", str(data), *options])
        address = f"postgresql://tessella@127.0.0.1:{port}/"
        with server.running(lambda: _takes_queries(address), stop=signal.SIGINT):
            yield address


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A running Redis, kept in memory only; its address.

    Raises:
        Missing: Redis is not installed.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server is not installed (Debian package “redis-server”)")
    with _folder("tessella-redis-", None) as folder:
        port = _free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        server = _Server(folder, None, [program, *options])
        with server.running(lambda: _answers(port), stop=signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def new_database(server: str) -> str:
    """The address of a fresh, empty database."""
    import psycopg

    name = f"tessella_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server + name


def dumped(settings: Mapping[str, Any]) -> bytes:
    """All that is in a database, by Django's settings of it."""
    program = str(_postgresql() / "pg_dump")
    command = [
        program,
        "-h",
        settings["HOST"],
        "-p",
        settings["PORT"],
        "-U",
        settings["USER"],
        settings["NAME"],
    ]
    return subprocess.run(command, check=True, capture_output=True).stdout


class _Server:
    """A program that ends with this process, however that ends."""

    def __init__(self, folder: Path, user: str | None, command: Sequence[str]) -> None:
        self.log = folder / f"{Path(command[0]).name}.log"
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                start_new_session=True,
            )

    def check(self) -> None:
        """Wait for the end, which must be a good one."""
        if self.process.wait(START_S) != 0:
            raise RuntimeError(self.log.read_text())

    @contextlib.contextmanager
    def running(self, answers: Callable[[], bool], *, stop: signal.Signals) -> Iterator[None]:
        try:
            deadline = time.monotonic() + START_S
            while not answers():
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(self.log.read_text())
                time.sleep(0.05)
            yield
        finally:
            self.process.send_signal(stop)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def _postgresql() -> Path:
    """The folder of the newest server's programs."""
    found = sorted(
        Path("/").glob(_CLUSTERS.lstrip("/")), key=lambda one: [int(n) for n in one.parent.name.split(".")]
    )
    on_path = shutil.which("initdb")
    if found:
        return found[-1]
    if on_path and shutil.which("postgres"):
        return Path(on_path).parent
    raise Missing("PostgreSQL is not installed (Debian package “postgresql”)")


def _not_root() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in _NOT_ROOT:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Missing("PostgreSQL does not run as root, and there is no user “postgres” or “nobody”")


@contextlib.contextmanager
def _folder(prefix: str, owner: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _takes_queries(address: str) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(f"{address}postgres"):
        return True
    return False


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
