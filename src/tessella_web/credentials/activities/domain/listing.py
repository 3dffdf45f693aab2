"""What the organiser does with the list: confirm, decline, award; and what people without an address do: claim."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.activities.domain._common import clean_name, locked_for, note
from tessella_web.credentials.activities.domain.codes import is_ticket_key
from tessella_web.credentials.activities.models import Activity, Kind, Participant, State
from tessella_web.credentials.domain import batches, claiming
from tessella_web.credentials.domain.assessed import Assessed
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award, AwardingRules, AwardState, Batch, RowState

__all__ = ["award", "award_of", "claim", "confirm", "decline", "rename"]


@transaction.atomic
def confirm(*, by: Person, activity: Activity, ids: Collection[str] | None = None) -> int:
    """These people were there (all who wait when no ids are given); returns how many are new.

    Raises:
        RefusedError: ``activity.by-tasks``: tasks are accepted one by one, people are not confirmed.
    """
    found = locked_for(by, activity)
    if found.kind == Kind.TASKS:
        raise RefusedError(
            _("Here people earn the record by their tasks."),
            code="activity.by-tasks", hint=_("Look at what they handed in and accept it."),
        )  # fmt: skip
    waiting = found.participants.filter(state=State.WAITING)
    if ids is not None:
        waiting = waiting.filter(pk__in=list(ids))
    count = waiting.update(state=State.CONFIRMED, decided_by=by, decided_at=timezone.now())
    if count:
        note("activity.confirmed", found, by, count=count)
    return count


@transaction.atomic
def decline(*, by: Person, activity: Activity, ids: Collection[str]) -> int:
    """These people were not there; whoever has the award already keeps it."""
    found = locked_for(by, activity)
    count = found.participants.filter(
        pk__in=list(ids), state__in=[State.WAITING, State.CONFIRMED], batch__isnull=True
    ).update(state=State.DECLINED, decided_by=by, decided_at=timezone.now())
    if count:
        note("activity.declined", found, by, count=count)
    return count


@transaction.atomic
def rename(*, by: Person, activity: Activity, id: str, name: str) -> Participant:
    """A name misspelt or not enough, before it is awarded; afterwards the award is corrected."""
    found = locked_for(by, activity)
    one = found.participants.select_for_update().filter(pk=id, batch__isnull=True).first()
    if one is None:
        raise RefusedError(
            _("The award is on its way under this name."),
            code="activity.awarded", hint=_("Correct the award instead."), field="name",
        )  # fmt: skip
    one.name, one.problem = clean_name(name), ""
    one.save(update_fields=["name", "problem"])
    note("activity.renamed", found, by)
    return one


@transaction.atomic
def award(*, by: Person, activity: Activity) -> Batch | None:
    """Hand the record out to everybody who is confirmed and has none yet, by the way that class lists go.

    Rows that cannot be awarded keep their people on the list with the reason. The threshold for a second person counts
    everybody of the activity: many small batches are one large one. None when nobody is left to be awarded.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: as `batches.prepare_assessed` and `batches.start`.
    """
    found = locked_for(by, activity)
    require(by, found.organisation, "batch.prepare")
    people = list(found.participants.filter(state=State.CONFIRMED, batch__isnull=True).exclude(name=""))
    if not people:
        return None
    before = found.participants.filter(batch__isnull=False).count()
    vouched = [
        Assessed(
            values={"full_name": one.name, "email": one.email, "language": one.language},
            outcomes={},
            assessor=by,
        )
        for one in people
    ]
    batch = batches.prepare_assessed(
        by=by, version=found.version, learners=vouched, formats=found.formats, source=found.name
    )
    good = _taken_over(batch, people)
    if not good:
        batches.cancel(by=by, batch=batch)
        return None
    if before + good > AwardingRules.of(found.organisation).approval_threshold and not batch.needs_approval:
        batch.needs_approval = True
        batch.save(update_fields=["needs_approval"])
    note("activity.awarded", found, by, batch=batch.id, count=good)
    return batches.start(by=by, batch=batch)


def _taken_over(batch: Batch, people: Sequence[Participant]) -> int:
    """Each person knows the row, or what was wrong with it; how many go on."""
    rows = {row.number: row for row in batch.rows.all()}
    good = 0
    for number, one in enumerate(people, start=1):
        row = rows[number]
        if row.state == RowState.GOOD:
            one.batch, one.row, one.problem = batch, number, ""
            good += 1
        elif row.state == RowState.ALREADY:
            one.problem = _("Somebody with this name or address has this record already.")
        else:
            first = row.problems[0] if row.problems else {}
            one.problem = f"{first.get('message', '')} {first.get('hint', '')}".strip()
    Participant.objects.bulk_update(people, ["batch", "row", "problem"], batch_size=200)
    return good


def award_of(participant: Participant) -> Award | None:
    """The award of somebody on the list, once it is made."""
    if participant.batch_id is None or participant.row is None:
        return None
    found = Award.objects.filter(row__batch_id=participant.batch_id, row__number=participant.row)
    return found.exclude(state=AwardState.PLANNED).select_related("organisation", "version").first()


def claim(*, participant: Participant, key: str, person: Person | None = None) -> Award:
    """Take the award with the slip or ticket: for people whose list entry has no mail address.

    Whoever gave an address takes it by the link in the mail: that shows that the address is theirs.

    Raises:
        RefusedError: ``activity.claim``: not made yet, taken already, or by mail.
    """
    found = award_of(participant)
    if found is None or participant.email or found.claimed_at or not is_ticket_key(participant, key):
        raise RefusedError(
            _("There is nothing to take here now."),
            code="activity.claim", hint=_("It works once, after the organiser has confirmed you."),
        )  # fmt: skip
    return claiming.claim(award=found, key=claim_key(found), person=person)
