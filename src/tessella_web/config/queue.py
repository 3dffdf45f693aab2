"""Celery, for installations with a broker: how messages are handled, and what each worker does besides."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready
from django.conf import settings

from tessella_web.common.waking import Step
from tessella_web.credentials.tasks import QUICK, SWEEP_S, send_message

__all__ = ["app"]

VISIBILITY_S = 900
"""Redis gives a message to somebody else when it was not acknowledged for so long. A step takes seconds; fifty mails to servers that
do not answer take a quarter of an hour, and a step that is done twice at once does no harm: leases are what counts."""

CONNECT_S = 3
"""How long a page waits for the broker; what it does not take now, the next sweep gives it."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")

app = Celery("tessella", broker=settings.BROKER_URL, set_as_current=True)
app.conf.update(
    task_default_queue=QUICK,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1},
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_enable_remote_control=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_timeout=CONNECT_S,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_S,
        "socket_connect_timeout": CONNECT_S,
        "queue_order_strategy": "round_robin",
    }
    if settings.BROKER_URL.startswith("redis")
    else {},
)


@worker_ready.connect  # type: ignore[untyped-decorator]
def sweep(sender: Any, **_kwargs: Any) -> None:
    """Have everything looked at that is due, now and from time to time: no scheduler of its own is needed. A sweep that waits longer
    than until the next is dropped."""
    send_message(Step.TIDY, expires_s=SWEEP_S)
    sender.timer.call_repeatedly(SWEEP_S, send_message, (Step.TIDY,), {"expires_s": SWEEP_S})
