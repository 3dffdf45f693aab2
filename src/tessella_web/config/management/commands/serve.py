"""``serve``: bring the database up to date, print a sign-in link, answer requests and seal until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from tessella_web.accounts import domain
from tessella_web.accounts.leaving import domain as leaving
from tessella_web.accounts.models import Person
from tessella_web.config import samples

START_S = 60
"""How long the web server may take to answer at the start."""

THREADS = 24
"""Requests in hand at once. Those that verify take turns (`tessella_web.credentials.verifying.slots`): six threads are left for whoever
only reads a page."""

STOP_S = 10
"""How long running requests may take to end."""

STOPPED = (0, -signal.SIGTERM, -signal.SIGINT, 128 + signal.SIGTERM, 128 + signal.SIGINT)


class Command(BaseCommand):
    """Everything on one machine: database, samples, web server, worker, first sign-in."""

    help = "Start the platform on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Settings come from the environment; only the samples are a matter of this one start."""
        parser.add_argument(
            "--no-sample", action="store_true", help="start empty, without the invented organisations"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Until SIGTERM or Ctrl-C, which end it cleanly."""
        self.stopped = threading.Event()
        self.server: subprocess.Popen[bytes] | None = None
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        call_command("migrate", verbosity=0, interactive=False)
        leaving.replay()  # an older backup may have been put back: nobody is served who has left
        call_command("collectstatic", verbosity=0, interactive=False)
        if not options["no_sample"] and not Person.objects.exists():
            samples.load()
        if self.stopped.is_set():
            return
        self.server = _server(urlsplit(settings.BASE_URL).port or 8000)
        worker = _python("tessella_web", "work")
        try:
            if self._answers():
                self._greet()
            code = self.server.wait()
        finally:
            _ended(self.server)
            _ended(worker)
        if not self.stopped.is_set() or code not in STOPPED:
            raise CommandError(f"The web server ended with code {code}.")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopped.set()
        if self.server is not None:
            self.server.terminate()

    def _answers(self) -> bool:
        """Whether the server answers; False when it was stopped before.

        Raises:
            CommandError: it does neither in `START_S`.
        """
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.server is not None and self.server.poll() is None:
            try:
                urllib.request.urlopen(f"{_own_address()}/", timeout=5).close()  # noqa: S310 -- our own address
            except urllib.error.HTTPError as error:
                raise CommandError(f"The first page fails with status {error.code}; see above.") from error
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return self.server.poll() is None
        if self.stopped.is_set():
            return False
        raise CommandError(
            f"The web server does not answer at {_own_address()}. Is the port taken? Set TESSELLA_URL to another."
        )

    def _greet(self) -> None:
        self.stdout.write(f"ready {settings.BASE_URL}")
        if not settings.SECOND_FACTOR_REQUIRED:
            self.stderr.write(
                "Sealing and managing keys ask for no second factor here (TESSELLA_SECOND_FACTOR=required asks for one)."
            )
        person = (
            Person.objects.filter(email=samples.FIRST_PERSON).first()
            or Person.objects.order_by("made_at").first()
        )
        if person is None:
            self.stdout.write("Nobody has an account yet: python -m tessella_web person E-MAIL NAME")
        else:
            key = domain.make_sign_in_link(person=person)
            self.stdout.write(
                f"Sign in once as {person.name}: {settings.BASE_URL}{reverse('sign-in-link')}?key={key}"
            )
        self.stdout.flush()


def _own_address() -> str:
    return f"http://127.0.0.1:{urlsplit(settings.BASE_URL).port or 8000}"


def _python(*arguments: str) -> subprocess.Popen[bytes]:
    """A process of our own; standard output is kept for “ready” and the link."""
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and arguments
        [sys.executable, "-m", *arguments],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tessella_web.config.settings"},
        stdout=sys.stderr,
    )


def _server(port: int) -> subprocess.Popen[bytes]:
    return _python(
        "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws",
        "--blocking-threads", str(THREADS), "--log-level", "error", "tessella_web.config.wsgi:application",
    )  # fmt: skip


def _ended(process: subprocess.Popen[bytes]) -> None:
    """The process is gone, whatever happened; what was in hand is taken up again at the next start."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
