"""What happens to an award after it was made: claimed, suspended, revoked, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import batches, statuslists
from tessella_web.credentials.domain.outbox import is_claim_key, queue_claims
from tessella_web.credentials.models import Award, AwardState, Batch, StatusChange, StatusList

__all__ = ["claim", "correct", "lift", "resend", "revoke", "suspend"]


def revoke(*, by: Person, award: Award, reason: str) -> Award:
    """Take an award back for good: every copy fails from now on, wherever it is verified with its status list."""
    return _changed(by, award, AwardState.REVOKED, reason, (AwardState.VALID, AwardState.SUSPENDED))


def suspend(*, by: Person, award: Award, reason: str) -> Award:
    """Take it back for now.

    Raises:
        RefusedError: ``award.not-suspendable``, its copies were sealed to be revoked only.
    """
    if not award.is_suspendable:
        raise RefusedError(
            _("This award can be revoked, not suspended."),
            code="award.not-suspendable",
            hint=_("Whether awards can be suspended is chosen before they are sealed."),
        )
    return _changed(by, award, AwardState.SUSPENDED, reason, (AwardState.VALID,))


def lift(*, by: Person, award: Award, reason: str) -> Award:
    """End a suspension."""
    return _changed(by, award, AwardState.VALID, reason, (AwardState.SUSPENDED,))


def correct(*, by: Person, award: Award, values: Mapping[str, Any], reason: str) -> Batch:
    """Make the award anew with other details of the person; the old one is replaced when the new one is sealed.

    Nothing that is public or sealed leads from one to the other: neither reveals the other's name.

    Raises:
        RefusedError: with the field that is wrong; ``award.state``, it does not stand any more.
    """
    require(by, award.organisation, "award.correct")
    _reason(reason)
    entry = award.read()
    kept = {
        "grade": entry.grade, "assessed_on": entry.assessed_on, "awarded_on": award.awarded_on,
        "number": entry.number, "email": entry.learner.email, "language": entry.learner.language,
        "birth_date": entry.learner.birth_date, "wallet_key": entry.learner.id,
        "student_id": next((one.value for one in entry.learner.identifiers), ""),
    }  # fmt: skip
    with transaction.atomic():
        locked = _locked(award, (AwardState.VALID, AwardState.SUSPENDED))
        if locked.corrections.exclude(stage__in=["cancelled"]).exists():
            raise RefusedError(
                _("A correction of this award is under way."), code="award.correcting", hint=_("Wait for it.")
            )
        batch = batches.prepare_learner(
            by=by,
            version=locked.version,
            values={**kept, **values},
            formats=[copy.format for copy in locked.copies.all()],
            is_suspendable=locked.is_suspendable,
            replaces=locked,
        )
        audit.record(
            "award.corrected", f"award:{locked.id}", actor_id=by.id, organisation=locked.organisation_id,
            facts={"batch": batch.id},
        )  # fmt: skip
        return batches.start(by=by, batch=batch)


@transaction.atomic
def resend(*, by: Person, award: Award) -> None:
    """A new claim link for whoever lost the first; the earlier one works no more."""
    require(by, award.organisation, "batch.prepare")
    locked = _locked(award, (AwardState.VALID, AwardState.SUSPENDED))
    if not locked.learner.email:
        raise RefusedError(
            _("There is no e-mail address."), code="award.no-address", hint=_("Correct the award and add it.")
        )
    locked.claim_round, locked.claimed_at = locked.claim_round + 1, None
    locked.save(update_fields=["claim_round", "claimed_at"])
    queue_claims([locked])
    audit.record(
        "award.claim-resent", f"award:{locked.id}", actor_id=by.id, organisation=locked.organisation_id
    )


@transaction.atomic
def claim(*, award: Award, key: str, person: Person | None = None) -> Award:
    """Take the award with the link's secret; it works once. A signed-in person holds it from then on.

    Raises:
        RefusedError: ``award.claim``, used, replaced by a newer one, or never made: not told apart.
    """
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if locked.state == AwardState.PLANNED or locked.claimed_at or not is_claim_key(locked, key):
        raise RefusedError(
            _("This link does not work any more."),
            code="award.claim",
            hint=_("A link works once. Ask who awarded it for a new one."),
        )
    locked.claimed_at = timezone.now()
    locked.holder = person or locked.holder
    locked.save(update_fields=["claimed_at", "holder"])
    audit.record(
        "award.claimed",
        f"award:{locked.id}",
        actor_id=person.id if person else "",
        organisation=locked.organisation_id,
    )
    return locked


def _changed(by: Person, award: Award, to: AwardState, reason: str, allowed: tuple[AwardState, ...]) -> Award:
    require(by, award.organisation, "award.revoke")
    _reason(reason)
    with transaction.atomic():
        locked = _locked(award, allowed)
        locked.state = to
        locked.save(update_fields=["state"])
        StatusChange.objects.create(award=locked, state=to, reason=reason.strip(), by=by)
        lists = statuslists.set_places(locked.copies.all(), active=to is AwardState.VALID)
        audit.record(
            f"award.{to.value}", f"award:{locked.id}", actor_id=by.id, organisation=locked.organisation_id
        )
    _publish(lists)
    return locked


def _publish(lists: list[StatusList]) -> None:
    """At once: whoever verifies a minute later sees it. What cannot be sealed now stays due, for the worker."""
    for one in lists:
        try:
            statuslists.publish(one)
        except (RefusedError, TessellaError):
            continue


def _reason(reason: str) -> None:
    if not reason.strip():
        raise RefusedError(
            _("Say why."),
            code="award.no-reason",
            field="reason",
            hint=_("One sentence is enough; it is kept, not published."),
        )


def _locked(award: Award, states: tuple[AwardState, ...]) -> Award:
    found = (
        Award.objects.select_for_update()
        .select_related("organisation", "version__organisation")
        .get(pk=award.pk)
    )
    if found.state not in states:
        raise RefusedError(
            _("The award is: %(state)s.") % {"state": found.get_state_display()},
            code="award.state",
            hint=_("Load the page again."),
        )
    return found
