"""Coming onto the list: by a code, by a slip, or written in by the organiser. Nobody is awarded anything by that."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.common.limits import is_over
from tessella_web.credentials.activities.domain._common import (
    clean_name,
    locked,
    locked_for,
    note,
    require_open,
)
from tessella_web.credentials.activities.domain.writing import write_ticket
from tessella_web.credentials.activities.models import Activity, Kind, Participant, State, Way

__all__ = ["add", "join", "make_slips", "use_slip"]

MAX_SLIPS = 200
"""Slips of one activity: what fits on ten sheets."""

JOINS_A_MINUTE = 120
"""On one list, by everybody together: a queue at two doors; what is faster is a program."""


@transaction.atomic
def join(*, activity: Activity, name: str, email: str, language: str, way: Way) -> Participant | None:
    """Somebody who showed a code comes onto the list and waits to be confirmed.

    None when the address stands there already: the answer to the outside is the same, so that nobody learns who was there.

    Raises:
        RefusedError: ``activity.closed``, ``activity.not-open-yet``, ``activity.full``, ``activity.too-fast``,
            ``activity.name``, ``activity.needs-address``.
    """
    found = locked(activity)
    require_open(found)
    if is_over("activity-join", found.id, most=JOINS_A_MINUTE, per_s=60):
        raise RefusedError(
            _("Very many people are coming onto this list right now."),
            code="activity.too-fast", hint=_("Wait a minute and try again."),
        )  # fmt: skip
    if found.kind == Kind.TASKS and not email:
        raise RefusedError(
            _("You need a mail address here: the link to your page is sent there."),
            code="activity.needs-address", field="email", hint=_("Ask for a slip if you have none."),
        )  # fmt: skip
    name = clean_name(name)
    known = _known(found, email)
    if known is not None:
        if found.kind == Kind.TASKS:
            write_ticket(known)
        return None
    _require_place(found)
    made = Participant.objects.create(
        activity=found,
        name=name,
        email=email.lower(),
        language=language,
        person=_person(found, email),
        way=way,
    )
    if found.kind == Kind.TASKS:
        write_ticket(made)
    note("activity.joined", found, None, way=str(way))
    return made


@transaction.atomic
def add(*, by: Person, activity: Activity, name: str, email: str = "", language: str = "") -> Participant:
    """The organiser writes somebody in who was there: confirmed at once, also after the list was closed.

    Raises:
        RefusedError: ``activity.full``, ``activity.name``, ``activity.already``, ``activity.forgotten``.
    """
    found = locked_for(by, activity)
    if found.forgotten_at:
        raise RefusedError(
            _("The list of this activity was deleted."),
            code="activity.forgotten",
            hint=_("Make a new activity."),
        )
    name = clean_name(name)
    if _known(found, email) is not None:
        raise RefusedError(
            _("This address stands on the list already."),
            code="activity.already", field="email", hint=_("One address has one place."),
        )  # fmt: skip
    _require_place(found)
    state = State.CONFIRMED if found.kind == Kind.EVENT else State.WAITING
    made = Participant.objects.create(
        activity=found, name=name, email=email.lower(), language=language or found.organisation.language,
        person=_person(found, email), way=Way.HAND, state=state, decided_by=by,
    )  # fmt: skip
    if found.kind == Kind.TASKS:
        write_ticket(made)
    note("activity.written-in", found, by)
    return made


@transaction.atomic
def make_slips(*, by: Person, activity: Activity, count: int) -> Sequence[Participant]:
    """Slips for people without a mail address or a telephone: each leads to a page of its own, once it is used.

    Raises:
        RefusedError: ``activity.slips``, too many; ``activity.full``; ``activity.closed``.
    """
    found = locked_for(by, activity)
    require_open(found)
    have = found.participants.filter(way=Way.SLIP).count()
    if not 1 <= count <= MAX_SLIPS - have:
        raise RefusedError(
            _("An activity has at most %(most)s slips; there are %(have)s.") % {"most": MAX_SLIPS, "have": have},
            code="activity.slips", field="count", hint=_("Print the unused ones again."),
        )  # fmt: skip
    _require_place(found, count)
    made = Participant.objects.bulk_create(
        Participant(activity=found, state=State.SLIP, way=Way.SLIP) for _number in range(count)
    )
    note("activity.slips-made", found, by, count=count)
    return made


@transaction.atomic
def use_slip(*, participant: Participant, name: str, language: str) -> Participant:
    """Whoever holds the slip writes the name; it waits to be confirmed like everybody else.

    Raises:
        RefusedError: ``activity.closed``; ``activity.slip-used``; ``activity.name``.
    """
    activity = locked(participant.activity)
    found = Participant.objects.select_for_update().filter(pk=participant.pk).first()
    if found is not None and found.state != State.SLIP:
        raise RefusedError(
            _("There is a name on this slip already."),
            code="activity.slip-used", hint=_("If it is wrong, tell the people who ran it."),
        )  # fmt: skip
    require_open(activity)
    if found is None:
        raise RefusedError(
            _("The list is closed."), code="activity.closed", hint=_("The slip works no more.")
        )
    found.name, found.language, found.state = clean_name(name), language, State.WAITING
    found.save(update_fields=["name", "language", "state"])
    note("activity.joined", activity, None, way=str(Way.SLIP))
    return found


def _person(activity: Activity, email: str) -> str:
    if not email:
        return ""
    value = f"{activity.organisation_id} {email.strip().casefold()}"
    return salted_hmac("activities.person", value, algorithm="sha256").hexdigest()


def _known(activity: Activity, email: str) -> Participant | None:
    return activity.participants.filter(person=_person(activity, email)).first() if email else None


def _require_place(activity: Activity, count: int = 1) -> None:
    """Declined people leave their place; unused slips hold one."""
    if activity.participants.exclude(state=State.DECLINED).count() + count > activity.cap:
        raise RefusedError(
            _("The list is full."),
            code="activity.full", hint=_("Tell the people who run it: they can make another list."),
        )  # fmt: skip
