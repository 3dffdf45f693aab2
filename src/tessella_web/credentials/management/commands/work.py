"""``work``: seal what waits, publish status lists, send mails, until told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from tessella_web.credentials.tasks import work_once

PAUSE_S = 0.5
"""How long a worker with nothing to do waits: short beside what people notice, long beside a query."""


class Command(BaseCommand):
    """Any number of workers may run, on any number of machines."""

    help = "Do the work that waits in the background."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, for tests and for a scheduler of one's own."""
        parser.add_argument("--until-idle", action="store_true", help="end when there is nothing to do")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends after the chunk in hand when told to; killed at once it loses nothing."""
        stopped = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:
            stopped.set()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
        while not stopped.is_set():
            close_old_connections()
            if not work_once():
                if options["until_idle"]:
                    return
                stopped.wait(PAUSE_S)
