"""Making an activity, closing its list, and forgetting who was on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.model import RecordType
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may, require
from tessella_web.accounts.regions import time_zone_of
from tessella_web.catalogue.models import Version
from tessella_web.common import clocks
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.activities.domain._common import clean_name, locked_for, note
from tessella_web.credentials.activities.models import Activity, Kind, State, Submission
from tessella_web.credentials.domain.sealers import choices

__all__ = [
    "RECORD_TYPES",
    "close",
    "forget",
    "make_activity",
    "reopen",
    "replace_paper_code",
    "usual_formats",
    "usual_time_zone",
]

RECORD_TYPES = (
    RecordType.PARTICIPATION,
    RecordType.CONTRIBUTION,
    RecordType.ACHIEVEMENT,
    RecordType.MEMBERSHIP,
    RecordType.MOTIVATION,
)
"""What is handed out so. A micro-credential is assessed: nobody gets one for having been there."""

MAX_PEOPLE = 2_000
"""The largest event of one list; a larger one has several entrances and several lists."""

MAX_WINDOW_DAYS = 400
"""A list of tasks may stay open for a school year."""


@transaction.atomic
def make_activity(
    *,
    by: Person,
    version: Version,
    kind: Kind,
    name: str,
    starts_on: dt.date,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    cap: int,
    place: str = "",
    is_paper_allowed: bool = False,
    time_zone: str = "",
) -> Activity:
    """A list that people come onto, for one published record.

    ``opens_at`` and ``closes_at`` are instants; they are shown on the clocks of ``time_zone`` (an IANA name; empty: as for the
    organisation's last one, else those of its country). Where the organisation has no key to seal with yet and the person may make one, a key for badges is made.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``activity.record-type``, a micro-credential; ``activity.window``, ``activity.cap``; ``activity.no-key``; ``clocks.time-zone``.
    """
    organisation = version.organisation
    require(by, organisation, "activity.run")
    if version.record_type not in RECORD_TYPES or version.is_withdrawn:
        raise RefusedError(
            _("A micro-credential is assessed: it is not handed out on a list."),
            code="activity.record-type", field="version",
            hint=_("Choose a record of taking part, contributing, achieving, belonging or encouragement."),
        )  # fmt: skip
    time_zone = clocks.zone_named(time_zone or usual_time_zone(organisation)).key
    if (
        not opens_at < closes_at <= opens_at + dt.timedelta(days=MAX_WINDOW_DAYS)
        or closes_at <= timezone.now()
    ):
        raise RefusedError(
            _("The list has to close after it opens, and not more than %(days)s days later.")
            % {"days": MAX_WINDOW_DAYS},
            code="activity.window", field="closes_at", hint=_("Correct one of the times."),
        )  # fmt: skip
    if not 1 <= cap <= MAX_PEOPLE:
        raise RefusedError(
            _("A list has 1 to %(most)s places.") % {"most": MAX_PEOPLE},
            code="activity.cap", field="cap", hint=_("Make several lists for more people."),
        )  # fmt: skip
    made = Activity.objects.create(
        organisation=organisation, version=version, kind=kind, name=clean_name(name), place=" ".join(place.split())[:200],
        starts_on=starts_on, opens_at=opens_at, closes_at=closes_at, time_zone=time_zone, cap=cap, is_paper_allowed=is_paper_allowed,
        formats=list(usual_formats(by=by, version=version)), made_by=by,
    )  # fmt: skip
    note("activity.made", made, by, version=version.id, kind=str(kind), cap=cap)
    return made


def usual_formats(*, by: Person, version: Version) -> Sequence[str]:
    """The files that each person gets: what is usual and can be made; a first key is made where there is none.

    Raises:
        RefusedError: ``activity.no-key``.
    """
    found = [one.name for one in choices(version) if one.is_usual and not one.reason]
    if not found and may(by, version.organisation, "key.manage"):
        keys.create_key(by=by, organisation=version.organisation, use=KeyUse.BADGE)
        found = [one.name for one in choices(version) if one.is_usual and not one.reason]
    if not found:
        raise RefusedError(
            _("Your organisation has no key to seal with yet."),
            code="activity.no-key", hint=_("Ask an owner or sealer of your organisation to make one under “Keys and seals”."),
        )  # fmt: skip
    return found


def usual_time_zone(organisation: Organisation) -> str:
    """The clocks of the organisation's last activity, else of its country: an IANA name."""
    last = Activity.objects.filter(organisation=organisation).order_by("-made_at")
    return last.values_list("time_zone", flat=True).first() or time_zone_of(organisation.country)


@transaction.atomic
def close(*, by: Person, activity: Activity) -> Activity:
    """Nobody comes onto the list any more; unused slips are worth nothing. Who is on it can still be confirmed."""
    found = locked_for(by, activity)
    found.closed_at = found.closed_at or timezone.now()
    found.save(update_fields=["closed_at"])
    found.participants.filter(state=State.SLIP).delete()
    note("activity.closed", found, by)
    return found


@transaction.atomic
def reopen(*, by: Person, activity: Activity, closes_at: dt.datetime) -> Activity:
    """Let people come onto the list again, until then.

    Raises:
        RefusedError: ``activity.window``; ``activity.forgotten``.
    """
    found = locked_for(by, activity)
    if found.forgotten_at:
        raise RefusedError(
            _("The list of this activity was deleted."),
            code="activity.forgotten",
            hint=_("Make a new activity."),
        )
    if not timezone.now() < closes_at <= found.opens_at + dt.timedelta(days=MAX_WINDOW_DAYS):
        raise RefusedError(
            _("The time has to lie ahead."),
            code="activity.window",
            hint=_("Choose a later time."),
            field="closes_at",
        )
    found.closes_at, found.closed_at = closes_at, None
    found.save(update_fields=["closes_at", "closed_at"])
    note("activity.reopened", found, by)
    return found


@transaction.atomic
def replace_paper_code(*, by: Person, activity: Activity) -> Activity:
    """The code on paper got about: it works no more, a new one does."""
    found = locked_for(by, activity)
    found.paper_round, found.is_paper_allowed = found.paper_round + 1, True
    found.save(update_fields=["paper_round", "is_paper_allowed"])
    note("activity.paper-code-replaced", found, by)
    return found


@transaction.atomic
def forget(*, by: Person, activity: Activity) -> Activity:
    """Delete the names, addresses and works on the list of a closed activity. Awards stay: they are the people's own.

    Raises:
        RefusedError: ``activity.still-open``; ``activity.waiting``, somebody has no answer or no award yet.
    """
    found = locked_for(by, activity)
    if not found.closed_at and timezone.now() < found.closes_at:
        raise RefusedError(
            _("People can still come onto the list."), code="activity.still-open", hint=_("Close it first.")
        )
    waiting = Q(state=State.WAITING) | Q(state=State.CONFIRMED, batch__isnull=True)
    if found.participants.filter(waiting).exists():
        raise RefusedError(
            _("Somebody on the list has no answer yet."),
            code="activity.waiting", hint=_("Confirm them and award, or say that they were not there."),
        )  # fmt: skip
    files = list(
        Submission.objects.filter(task__activity=found).exclude(file="").values_list("file", flat=True)
    )
    Submission.objects.filter(task__activity=found).delete()
    found.participants.filter(batch__isnull=True).delete()
    found.participants.update(name="", email="", person="")  # a slip may still have to lead to its award
    found.forgotten_at = timezone.now()
    found.closed_at = found.closed_at or found.forgotten_at
    found.save(update_fields=["forgotten_at", "closed_at"])
    note("activity.forgotten", found, by)
    transaction.on_commit(partial(_delete, files))
    return found


def _delete(files: Sequence[str]) -> None:
    for name in files:
        default_storage.delete(name)
