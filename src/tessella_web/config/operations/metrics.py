"""Metrics in the text format of Prometheus (exposition format 0.0.4).

Requests are counted in this process and labelled with it; everything else is counted in the database, the same whoever is asked.
"""

from __future__ import annotations

import bisect
import datetime as dt
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Min
from django.utils import timezone

from tessella_web.accounts.letters.models import Letter
from tessella_web.common import audit, heartbeat
from tessella_web.common.mailing import MailState, Outgoing
from tessella_web.common.models import SignedHead
from tessella_web.credentials.models import Award, Batch, Chunk, Mail, Stage

__all__ = ["MEDIA_TYPE", "REQUESTS", "Requests", "text"]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram: around what people notice."""

MAX_SERIES = 2_000
"""Routes by method by status are some hundreds; more would be a mistake that fills the memory."""


MAILS: Sequence[type[Outgoing]] = (Mail, Letter)
"""What leaves through an outbox."""


class _Series(NamedTuple):
    """Requests of one route, method and status: how many below each bound, all of them, and their seconds."""

    below: list[int]
    sums: list[float]


class Requests:
    """Counts requests by route, method and status; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[tuple[str, str, str], _Series] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """One more."""
        labels = (route, method, f"{status // 100}xx")
        with self._lock:
            one = self._series.get(labels)
            if one is None:
                if len(self._series) >= MAX_SERIES:
                    return
                one = self._series[labels] = _Series([0] * (len(BUCKETS_S) + 1), [0.0])
            one.below[bisect.bisect_left(BUCKETS_S, seconds)] += 1
            one.sums[0] += seconds

    def clear(self) -> None:
        """For tests."""
        with self._lock:
            self._series.clear()

    def lines(self) -> Iterator[str]:
        """The histogram as text."""
        with self._lock:
            found = {labels: (list(one.below), one.sums[0]) for labels, one in self._series.items()}
        name = "tessella_request_seconds"
        yield from _head(name, "histogram", "Requests by route, method and class of status.")
        for (route, method, status), (counts, seconds) in sorted(found.items()):
            labels = {"route": route, "method": method, "status": status, "process": str(os.getpid())}
            total = 0
            for bound, count in zip((*map(str, BUCKETS_S), "+Inf"), counts, strict=True):
                total += count
                yield _line(f"{name}_bucket", total, {**labels, "le": bound})
            yield _line(f"{name}_sum", round(seconds, 6), labels)
            yield _line(f"{name}_count", total, labels)


REQUESTS = Requests()
"""Of this process."""


def text() -> str:
    """Everything, as it is now."""
    return "\n".join([*REQUESTS.lines(), *_work(), *_trail()]) + "\n"


def _work() -> Iterator[str]:
    now = timezone.now()
    yield from _by(
        "tessella_awards",
        "Awards by state.",
        "state",
        dict(Award.objects.order_by().values_list("state").annotate(Count("pk"))),
    )
    yield from _by(
        "tessella_batches",
        "Batches by stage.",
        "stage",
        dict(Batch.objects.order_by().values_list("stage").annotate(Count("pk"))),
    )
    yield from _by(
        "tessella_mails",
        "Mails by state.",
        "state",
        _mails_by_state(),
    )
    waiting = Chunk.objects.filter(is_done=False, batch__stage=Stage.SEALING).count()
    yield from _one("tessella_chunks_waiting", "Chunks of batches that wait for a worker.", waiting)
    late = max(_late(kind, now) for kind in MAILS)
    yield from _one(
        "tessella_mail_late_seconds", "How long the oldest due mail has been due.", round(late, 1)
    )
    seen = heartbeat.last_beat()
    silent = (now - seen).total_seconds() if seen else -1
    yield from _one(
        "tessella_worker_silent_seconds", "Since a worker was last seen; -1 when never.", round(silent, 1)
    )


def _mails_by_state() -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for kind in MAILS:
        counts.update(dict(kind._default_manager.order_by().values_list("state").annotate(Count("pk"))))
    return counts


def _late(kind: type[Outgoing], now: dt.datetime) -> float:
    """Seconds for which the oldest due mail of this kind has been due."""
    due = kind._default_manager.filter(state=MailState.WAITING, due_at__lte=now)
    oldest = due.aggregate(at=Min("due_at"))["at"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _trail() -> Iterator[str]:
    number, _digest = audit.head()
    yield from _one("tessella_audit_entries", "Entries of the audit trail.", number)
    signed = SignedHead.objects.values_list("number", flat=True).first() or 0
    yield from _one("tessella_audit_signed", "The entry that the last signed head covers.", signed)


def _by(name: str, help: str, label: str, values: Mapping[str, int]) -> Iterator[str]:
    yield from _head(name, "gauge", help)
    for value, count in sorted(values.items()):
        yield _line(name, count, {label: value})


def _one(name: str, help: str, value: float) -> Iterator[str]:
    yield from _head(name, "gauge", help)
    yield _line(name, value, {})


def _head(name: str, kind: str, help: str) -> Iterator[str]:
    yield f"# HELP {name} {help}"
    yield f"# TYPE {name} {kind}"


def _line(name: str, value: float, labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{key}="{_escaped(one)}"' for key, one in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
