"""``serve``: bring the database up to date, print a sign-in link, and answer requests until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
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
from tessella_web.accounts.models import Person

START_S = 60
"""How long the web server may take to answer at the start."""


class Command(BaseCommand):
    """Everything on one machine: database, web server, first sign-in."""

    help = "Start the platform on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """No options: settings come from the environment."""
        parser.add_argument(
            "--no-sample", action="store_true", help="start empty, without sample organisations"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Until SIGTERM or Ctrl-C, which end it cleanly."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        address = urlsplit(settings.BASE_URL)
        server = subprocess.Popen(  # noqa: S603 -- our own interpreter and arguments
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port",
             str(address.port or 8000), "--no-ws", "--blocking-threads", "8", "--log-level", "warning", "tessella_web.config.wsgi:application"],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tessella_web.config.settings"},
        )  # fmt: skip

        def stop(number: int, frame: FrameType | None) -> None:
            server.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        try:
            _wait(server, settings.BASE_URL)
            self._greet()
            code = server.wait()
        finally:
            if server.poll() is None:
                server.kill()
        if code not in (0, -signal.SIGTERM, -signal.SIGINT):
            raise CommandError(f"The web server ended with code {code}.")

    def _greet(self) -> None:
        self.stdout.write(f"ready {settings.BASE_URL}")
        person = Person.objects.order_by("made_at").first()
        if person is not None:
            key = domain.make_sign_in_link(person=person)
            self.stdout.write(
                f"Sign in once as {person.name}: {settings.BASE_URL}{reverse('sign-in-link')}?key={key}"
            )
        self.stdout.flush()


def _wait(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/", timeout=5).close()  # noqa: S310 -- our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    server.kill()
    raise CommandError(
        f"The web server does not answer at {url}. Is the port taken? Set TESSELLA_URL to another."
    )
