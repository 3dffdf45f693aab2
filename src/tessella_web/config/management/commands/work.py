"""``work``: seal what waits, publish status lists, send mails, until told to stop; with a broker, as a worker of Celery."""

from __future__ import annotations

import math
import signal
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from tessella_web.credentials.tasks import PLANNING, QUICK, SEALING, tell_failure, work_once

PAUSE_S = 0.5
"""How long a worker with nothing to do waits: short beside what people notice, long beside a query."""

TIME_S = 3
"""How often a worker with nothing to do looks at what is due by time alone, which is many questions: a day's end may come so much late."""

TROUBLE_S = 5
"""How long it waits after something failed: a database that starts again is back by then."""


class Command(BaseCommand):
    """Any number of workers may run, on any number of machines."""

    help = "Do the work that waits in the background."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, for tests and for a scheduler of one's own; several processes only with a broker."""
        parser.add_argument("--until-idle", action="store_true", help="end when there is nothing to do")
        parser.add_argument(
            "--processes",
            type=int,
            default=0,
            help="with a broker: how many at once (default: one for each core)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends after the step in hand when told to; killed at once it loses nothing."""
        if settings.BROKER_URL and not options["until_idle"]:
            self._with_broker(options["processes"])
            return
        stopped = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:
            stopped.set()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
        looked = -math.inf
        while not stopped.is_set():
            is_time = options["until_idle"] or time.monotonic() - looked >= TIME_S
            pause = _step(is_time)
            if is_time:
                looked = time.monotonic()
            if pause and options["until_idle"]:
                return
            stopped.wait(pause)

    def _with_broker(self, processes: int) -> None:
        from tessella_web.config.queue import app

        arguments = [
            "--quiet",
            "worker",
            "--queues",
            f"{QUICK},{SEALING},{PLANNING}",
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        ]
        app.worker_main([*arguments, *(["--concurrency", str(processes)] if processes else [])])


def _step(is_time: bool) -> float:
    """Do one thing; how long to wait before the next. What goes wrong is told without what it was about, and tried again."""
    close_old_connections()
    try:
        return 0 if work_once(is_time=is_time) else PAUSE_S
    except Exception as error:  # noqa: BLE001 -- a worker outlives what it works on
        tell_failure(error)
        return TROUBLE_S
