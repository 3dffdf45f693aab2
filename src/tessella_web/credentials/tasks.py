"""What workers do, a step at a time; whoever calls it may be killed at any moment.

One code path: the platform's own worker calls `work_once` again and again; with a broker, Celery calls `run_step` for each message.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from celery import shared_task
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from tessella_web.accounts.guardians import domain as guardians
from tessella_web.accounts.leaving import domain as leaving
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.recovery import domain as recovery
from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.common import heads, heartbeat
from tessella_web.common.waking import Step, due_by_time
from tessella_web.credentials import events
from tessella_web.credentials.arriving import domain as arriving
from tessella_web.credentials.domain import engine, following, outbox, scheduling, statuslists
from tessella_web.credentials.models import Chunk
from tessella_web.credentials.noticing import domain as noticing
from tessella_web.credentials.planning import domain as planning
from tessella_web.credentials.retention import domain as retention
from tessella_web.credentials.verifying import batch as verifying
from tessella_web.credentials.wallet import domain as wallet

__all__ = [
    "PLANNING",
    "QUICK",
    "SEALING",
    "SWEEP_S",
    "post",
    "run_step",
    "send_message",
    "tell_failure",
    "work_once",
]

SWEEP_S = 10
"""How often each worker of a broker has everything looked at that is due by time, or whose message is gone."""

MESSAGE_LOST = dt.timedelta(hours=1)
"""A message about a chunk that nobody has taken for so long may be lost: a broker that keeps nothing was started again. One message
too many does no harm."""

MESSAGES_AT_ONCE = 500

QUICK, SEALING, PLANNING = "tessella.quick", "tessella.seal", "tessella.plan"
"""The queues. Sealing and planning have their own: neither a large batch nor the solver's seconds hold up mails and lists."""

_log = logging.getLogger(__name__)


def _tidy() -> bool:
    """Everything that is due by time alone."""
    heartbeat.beat()
    done = [
        heads.sign_if_due(),
        scheduling.begin_scheduled(),
        following.remind(),
        following.end_claims(),
        arriving.tidy(),
        noticing.notice_changes(),
        noticing.notice_endings(),
        noticing.plan_looks(),
        noticing.look_again(),
        verifying.end_due(),
        wallet.erase_ended(),
        leaving.tidy(),
        guardians.end_due(),
        recovery.tidy(),
        retention.tidy(),
        planning.tidy(),
        *due_by_time(),
    ]
    return any(done)


def _mail() -> bool:
    """Mails about awards, and letters of every other kind."""
    return any([outbox.send_due(), letters.send_due()])


def _tell() -> bool:
    """What happened, to the organisations' own systems."""
    return any([events.collect(), webhooks.deliver_due()])


_STEPS: Mapping[Step, Callable[[], object]] = {
    Step.SEAL: engine.seal_next_chunk,
    Step.LISTS: statuslists.publish_due,
    Step.MAIL: _mail,
    Step.TIDY: _tidy,
    Step.TELL: _tell,
    Step.BRING: arriving.work,
    Step.VERIFY: verifying.work,
    Step.PLAN: planning.work,
}


def work_once(*, is_time: bool = True) -> bool:
    """One chunk of a batch and some mails; when there is no chunk, what is due of status lists and, if ``is_time`` to look, by time alone.
    False when there was nothing to do."""
    heartbeat.beat()
    sealed = bool(_STEPS[Step.SEAL]())
    others = (
        [Step.BRING, Step.MAIL, Step.PLAN, Step.VERIFY]
        if sealed
        else [
            Step.BRING, Step.LISTS, *([Step.TIDY] if is_time else []), Step.MAIL, Step.TELL, Step.PLAN, Step.VERIFY,
        ]
    )  # fmt: skip # a batch changes a list once: when it is through
    return sum(bool(_STEPS[step]()) for step in others) > 0 or sealed


@shared_task(  # type: ignore[untyped-decorator]
    name="credentials.step", ignore_result=True, acks_late=True, reject_on_worker_lost=True
)
def run_step(step: str) -> None:
    """One message's work. Sealing: one chunk, whichever is next. Mails and files brought in: until none is due. Tidying: also whatever has no message."""
    meant = Step(step)
    try:
        did = bool(_STEPS[meant]())
    except Exception as error:  # noqa: BLE001 -- Celery would log its text; the next sweep tries again
        tell_failure(error)
        return
    if meant in (Step.MAIL, Step.TELL, Step.BRING, Step.PLAN, Step.VERIFY) and did:
        send_message(meant)
    if meant is Step.TIDY:
        for other in (Step.SEAL, Step.LISTS, Step.MAIL, Step.TELL, Step.BRING, Step.PLAN, Step.VERIFY):
            post(other)


def tell_failure(error: Exception) -> None:
    """Log which error it was and where; not its text, which may be about somebody."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("a step failed: %s at %s:%s", type(error).__name__, last.filename, last.lineno)


def post(step: Step, **_sender: Any) -> None:
    """Send the messages that a step needs: for sealing, one for each chunk that waits and has none."""
    if step != Step.SEAL:
        send_message(step)
        return
    now = timezone.now()
    without = Q(sent_at__isnull=True) | Q(sent_at__lt=F("leased_until")) | Q(sent_at__lt=now - MESSAGE_LOST)
    waiting = list(engine.claimable(now).filter(without).values_list("pk", flat=True)[:MESSAGES_AT_ONCE])
    if all(send_message(step) for _chunk in waiting):
        Chunk.objects.filter(pk__in=waiting).update(sent_at=now)


def send_message(step: Step, *, expires_s: int | None = None) -> bool:
    """Whether the broker has taken it; if not, the next sweep sends it."""
    try:
        run_step.apply_async(args=[step.value], queue=_queue(step), expires=expires_s)
    except (OperationalError, OSError) as error:
        _log.warning("the broker cannot be reached: %s", type(error).__name__)
        return False
    return True


def _queue(step: Step) -> str:
    return {Step.SEAL: SEALING, Step.PLAN: PLANNING}.get(step, QUICK)
