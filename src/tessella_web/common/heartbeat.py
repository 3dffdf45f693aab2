"""Workers tell that they are at work; whoever watches the installation sees when none is."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
import time

from django.utils import timezone

from tessella_web.common.models import Heartbeat

__all__ = ["BEAT_S", "beat", "last_beat"]

BEAT_S = 15
"""How often a worker writes: rarely beside its other work, often beside what is called silent."""

FORGET_AFTER = dt.timedelta(days=1)

_written = threading.local()


def beat() -> None:
    """This process is at work; writes only when the last time was `BEAT_S` ago."""
    now = time.monotonic()
    if now - getattr(_written, "at", -BEAT_S) < BEAT_S:
        return
    _written.at = now
    name = f"{socket.gethostname()[:60]}:{os.getpid()}"
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
    Heartbeat.objects.filter(at__lt=timezone.now() - FORGET_AFTER).delete()


def last_beat() -> dt.datetime | None:
    """When any worker was last seen."""
    return Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
