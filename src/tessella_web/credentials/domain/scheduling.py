"""Batches that start by themselves at a time that was said on the clocks of a place."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.clocks import moment
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import AwardingRules, Batch, RowState, Stage

__all__ = ["MAX_AHEAD_DAYS", "begin_scheduled", "schedule", "unschedule"]

MAX_AHEAD_DAYS = 366
"""Later than in a year is a slip of the year."""

BATCHES_AT_ONCE = 20


@transaction.atomic
def schedule(*, by: Person, batch: Batch, at: dt.datetime, time_zone: str) -> Batch:
    """Have a checked batch start by itself; above the threshold it waits for a second person first.

    Args:
        at: the time on the clocks of ``time_zone``, without one of its own.

    Raises:
        RefusedError: ``clocks.time-zone``, ``clocks.no-such-time``; ``batch.past``, ``batch.too-far``; ``batch.stage``; ``batch.nothing``.
    """
    require(by, batch.organisation, "batch.prepare")
    when, now = moment(at, time_zone), timezone.now()
    if when <= now:
        raise RefusedError(
            _("This time has passed."),
            code="batch.past", field="at", hint=_("Choose a later one, or start it now."),
        )  # fmt: skip
    if when > now + dt.timedelta(days=MAX_AHEAD_DAYS):
        raise RefusedError(
            _("This is more than a year ahead."),
            code="batch.too-far",
            field="at",
            hint=_("Look at the year."),
        )
    found = batches.locked(batch, Stage.CHECKED)
    if not found.rows.filter(state=RowState.GOOD).exists():
        raise RefusedError(
            _("No row can be awarded."), code="batch.nothing", hint=_("Correct the list and upload it again.")
        )
    found.scheduled_for, found.time_zone = when, time_zone
    found.stage = Stage.APPROVAL if found.needs_approval and found.approved_by is None else Stage.SCHEDULED
    found.save(update_fields=["scheduled_for", "time_zone", "stage"])
    AwardingRules.objects.update_or_create(organisation=found.organisation, defaults={"time_zone": time_zone})
    batches.tell("batch.scheduled", found, by, at=when.isoformat())
    return found


@transaction.atomic
def unschedule(*, by: Person, batch: Batch) -> Batch:
    """Take the time back; the batch is as it was before, and can be started or given up."""
    require(by, batch.organisation, "batch.prepare")
    found = batches.locked(batch, Stage.SCHEDULED)
    found.stage, found.scheduled_for = Stage.CHECKED, None
    found.save(update_fields=["stage", "scheduled_for"])
    batches.tell("batch.unscheduled", found, by)
    return found


@transaction.atomic
def begin_scheduled() -> int:
    """Start the batches whose time has come; how many. One whose micro-credential was withdrawn meanwhile stops, and says so."""
    due = list(
        Batch.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(stage=Stage.SCHEDULED, scheduled_for__lte=timezone.now())
        .select_related("organisation", "version", "prepared_by")
        .order_by("scheduled_for")[:BATCHES_AT_ONCE]
    )
    for batch in due:
        if batch.version.is_withdrawn:
            batch.stage = Stage.STOPPED
            batch.stopped_because = _("This version was withdrawn; it is not awarded any more.")
            batch.save(update_fields=["stage", "stopped_because"])
            audit.record(
                "batch.stopped", f"batch:{batch.id}",
                organisation=batch.organisation_id, facts={"code": "batch.withdrawn"},
            )  # fmt: skip
        else:
            batches.begin(batch, batch.prepared_by)
    return len(due)
