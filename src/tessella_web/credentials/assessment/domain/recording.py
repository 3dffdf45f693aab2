"""What assessors find: of each outcome whether it was achieved, with grade, day, supervision and identity check.

A record is never rewritten: a change is a further one, and says who made it. When somebody is being awarded it does not change any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.model import MicroCredential
from tessella.vocabulary import code_list
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.assessment.domain._common import is_own, locked, tell
from tessella_web.credentials.assessment.models import TAKING_PART, Enrolment, OutcomeRecord, Standing, State
from tessella_web.credentials.domain.assessed import required_outcomes

__all__ = ["Finding", "check_finding", "is_achieved", "is_complete", "judge", "record", "record_many"]

MAX_NOTE = 4000
"""Characters: what was seen, and where the work is kept."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is found of one person. ``standings`` by outcome id, an empty one takes back what was recorded; None leaves a field as it is."""

    standings: Mapping[str, str] = {}
    grade: str | None = None
    assessed_on: dt.date | None = None
    supervision: str | None = None
    identity_check: str | None = None
    note: str | None = None


def is_complete(standings: Mapping[str, str], record: MicroCredential, assessed_on: dt.date | None) -> bool:
    """Whether something is said of every required outcome, and when it was assessed."""
    return assessed_on is not None and all(standings.get(id) for id in required_outcomes(record))


def is_achieved(found: OutcomeRecord, record: MicroCredential) -> bool:
    """Whether every required outcome is achieved: what an award rests on."""
    required = required_outcomes(record)
    return is_complete(found.standings, record, found.assessed_on) and all(
        found.standings[id] == Standing.ACHIEVED for id in required
    )


def check_finding(finding: Finding, version: Version) -> None:
    """Go on only if it can be recorded of somebody who learned this version.

    Raises:
        RefusedError: ``assessment.outcome``, ``assessment.standing``, ``assessment.date``, ``assessment.supervision``,
            ``assessment.too-long``; ``field`` names what is wrong, an outcome by its id.
    """
    known = {one.id for one in version.record().outcomes}
    for id, standing in finding.standings.items():
        if id not in known:
            raise _wrong(
                id,
                "outcome",
                _("The description has no such outcome."),
                _("Take the outcomes from the page."),
            )
        if standing not in ("", *Standing.values):
            raise _wrong(
                id,
                "standing",
                _("This says nothing of an outcome."),
                _("It is achieved, partly achieved, or not."),
            )
    if (
        finding.assessed_on is not None
        and not dt.date(1950, 1, 1) <= finding.assessed_on <= timezone.now().date()
    ):
        raise _wrong(
            "assessed_on",
            "date",
            _("This cannot be the day of an assessment."),
            _("It has taken place already."),
        )
    if finding.supervision and code_list("supervision").get(finding.supervision) is None:
        raise _wrong(
            "supervision", "supervision", _("This is no kind of supervision."), _("Choose one of the list.")
        )
    for field in ("grade", "identity_check", "note"):
        limit = getattr(OutcomeRecord._meta.get_field(field), "max_length", None) or MAX_NOTE
        if len(getattr(finding, field) or "") > limit:
            raise _wrong(
                field,
                "too-long",
                _("This is longer than %(limit)s characters.") % {"limit": limit},
                _("Say it shorter."),
            )


@transaction.atomic
def record(
    *, by: Person, enrolment: Enrolment, finding: Finding, after: int | None = None
) -> OutcomeRecord | None:
    """Record it; what the finding does not mention stays as it was. Recording the same again changes nothing.

    Args:
        after: the number of the record that the assessor has seen (0 for none): another's word is not overwritten unseen.

    Returns:
        What stands now; None when nothing was said and nothing had been.

    Raises:
        NotAllowedError: ``accounts.not-allowed``; ``assessment.own``, nobody assesses their own learning.
        RefusedError: ``assessment.changed``, somebody else recorded meanwhile; ``assessment.locked``, an award is made or being made
            of it; ``assessment.not-taking-part``; ``assessment.no-date``; those of `check_finding`.
    """
    require(by, enrolment.organisation, "outcome.record")
    check_finding(finding, enrolment.offer.version)
    return _recorded(by, locked(enrolment), finding, after)


@transaction.atomic
def record_many(*, by: Person, findings: Sequence[tuple[Enrolment, Finding, int | None]]) -> list[Enrolment]:
    """Record several of one offer, all or none; returns those of whom something new was said.

    Raises:
        NotAllowedError, RefusedError: as `record`; the message names the person.
    """
    changed = []
    for enrolment, finding, after in findings:
        before = after if after is not None else -1
        try:
            made = record(by=by, enrolment=enrolment, finding=finding, after=after)
        except RefusedError as error:
            message = f"{enrolment.name}: {error.message}"
            raise RefusedError(message, code=error.code, hint=error.hint, field=error.field) from error
        if made is not None and made.number != before:
            changed.append(enrolment)
    return changed


def judge(
    by: Person, found: Enrolment, last: OutcomeRecord | None, finding: Finding, after: int | None
) -> dict[str, Any] | None:
    """What would be recorded; None when nothing new is said. Nothing is written: a dry run asks the same.

    Raises:
        NotAllowedError, RefusedError: as `record`, but for who may record and for what `check_finding` finds.
    """
    if is_own(by, found):
        raise NotAllowedError(
            _("Nobody assesses their own learning."), code="assessment.own", hint=_("Ask another assessor.")
        )
    values = _values(last, finding)
    if values == _said(last):
        return None
    _require_open(found)
    if after is not None and after != (last.number if last else 0):
        raise RefusedError(
            _("Somebody else has recorded something meanwhile."),
            code="assessment.changed", hint=_("Load it again and look at it first."),
        )  # fmt: skip
    if values["standings"] and values["assessed_on"] is None:
        raise _wrong(
            "assessed_on", "no-date", _("It is not said when this was assessed."), _("Give the day.")
        )
    return values


def _recorded(by: Person, found: Enrolment, finding: Finding, after: int | None) -> OutcomeRecord | None:
    last = found.records.filter(is_current=True).first()
    values = judge(by, found, last, finding, after)
    if values is None:
        return last
    found.records.filter(is_current=True).update(is_current=False)
    made = OutcomeRecord.objects.create(
        enrolment=found, number=last.number + 1 if last else 1, by=by, by_name=by.name, at=timezone.now(), **values
    )  # fmt: skip
    complete = is_complete(made.standings, found.offer.version.record(), made.assessed_on)
    found.state = State.ASSESSED if complete else State.ENROLLED
    found.save(update_fields=["state"])
    earlier = last.standings if last else {}
    changed = {id for id in {*earlier, *made.standings} if earlier.get(id) != made.standings.get(id)}
    tell("assessment.recorded", found, by, number=made.number, outcomes=sorted(changed))
    return made


def _said(found: OutcomeRecord | None) -> dict[str, Any]:
    names = ("standings", "grade", "assessed_on", "supervision", "identity_check", "note")
    empty: dict[str, Any] = {"standings": {}, "assessed_on": None}
    return {name: getattr(found, name) if found else empty.get(name, "") for name in names}


def _values(last: OutcomeRecord | None, finding: Finding) -> dict[str, Any]:
    """What is said in the end: the earlier record with what the finding says anew."""
    found = _said(last)
    standings = {**found["standings"], **finding.standings}
    found["standings"] = {id: standing for id, standing in sorted(standings.items()) if standing}
    for name in ("grade", "assessed_on", "supervision", "identity_check", "note"):
        value = getattr(finding, name)
        if value is not None:
            found[name] = value.strip() if isinstance(value, str) else value
    return found


def _require_open(found: Enrolment) -> None:
    if found.award or found.is_being_awarded:
        raise RefusedError(
            _("An award rests on this record."),
            code="assessment.locked",
            hint=_("Give the batch up before it is started, or correct or revoke the award."),
        )
    if found.state not in TAKING_PART:
        raise RefusedError(
            _("This person does not take part: %(state)s.") % {"state": found.get_state_display()},
            code="assessment.not-taking-part",
            hint=_("Only those who take part are assessed."),
        )


def _wrong(field: str, kind: str, message: str, hint: str) -> RefusedError:
    return RefusedError(message, code=f"assessment.{kind}", field=field, hint=hint)
