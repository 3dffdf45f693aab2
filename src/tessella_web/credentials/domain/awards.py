"""What happens to an award after it was made: sent again, suspended, revoked, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import batches, statuslists
from tessella_web.credentials.domain.outbox import queue_claims
from tessella_web.credentials.models import Award, AwardState, Batch, StatusChange, StatusList

__all__ = ["correct", "lift", "readdress", "resend", "resend_ended", "revoke", "suspend"]

CARRY_ADDRESS = ("openbadge", "openbadge-jwt", "openbadge-sd", "png", "svg", "pdf")
"""Formats in which the learner's address is sealed."""


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
    """A new claim link for whoever lost the first; the earlier one works no more.

    Raises:
        RefusedError: ``award.kept``, somebody keeps it with an account; ``award.no-address``; ``award.state``.
    """
    require(by, award.organisation, "batch.prepare")
    locked = _locked(award, (AwardState.VALID, AwardState.SUSPENDED))
    if locked.holder_id:
        raise RefusedError(
            _("Somebody keeps this award with an account already."),
            code="award.kept",
            hint=_("Whoever cannot get in any more can ask you to confirm who they are, from the page where people sign in. If the wrong person has it, correct the award."),
        )  # fmt: skip
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
def resend_ended(*, by: Person, batch: Batch) -> int:
    """New claim links for everybody of a batch whose link has ended unused; how many."""
    require(by, batch.organisation, "batch.prepare")
    over = list(
        Award.objects.select_for_update()
        .filter(row__batch=batch, is_claim_over=True, claimed_at__isnull=True)
        .filter(state__in=(AwardState.VALID, AwardState.SUSPENDED))
    )
    Award.objects.filter(pk__in=[one.pk for one in over]).update(claim_round=F("claim_round") + 1)
    for one in over:
        one.claim_round += 1
    audit.record(
        "batch.claims-resent", f"batch:{batch.id}", actor_id=by.id,
        organisation=batch.organisation_id, facts={"awards": len(over)},
    )  # fmt: skip
    return queue_claims(over)


@transaction.atomic
def readdress(*, by: Person, award: Award, email: str) -> Batch | None:
    """Correct the e-mail address of somebody who has not claimed the award.

    The address is sealed in badges, as a hash by which others recognise their owner: then the award is made anew, and the batch of
    this one award is returned. Else a new link goes to the new address.

    Raises:
        RefusedError: ``award.claimed``, the person has it; ``award.state``; with the field that is wrong.
    """
    require(by, award.organisation, "award.correct")
    found = _locked(award, (AwardState.VALID, AwardState.SUSPENDED))
    if found.claimed_at:
        raise RefusedError(
            _("The person has the award already."),
            code="award.claimed", hint=_("Whoever has it can ask you to correct it."),
        )  # fmt: skip
    if found.copies.filter(format__in=CARRY_ADDRESS).exists():
        names = {
            name: getattr(found.learner, name)
            for name in ("full_name", "given_name", "family_name", "latin_name")
        }
        found.claim_round += 1  # the link that went to the wrong address opens nothing from now on
        found.save(update_fields=["claim_round"])
        return correct(
            by=by, award=found, values={**names, "email": email}, reason=_("The e-mail address was wrong.")
        )
    entry = found.read()
    if not _is_email(email):
        raise RefusedError(
            _("This is no e-mail address."),
            code="award.address",
            field="email",
            hint=_("Such as: ana@example.org"),
        )
    learner = msgspec.structs.replace(entry.learner, email=email)
    found.entry = msgspec.to_builtins(msgspec.structs.replace(entry, learner=learner))
    found.addressed = Award.address_digest(email)
    found.save(update_fields=["entry", "addressed"])
    audit.record("award.readdressed", f"award:{found.id}", actor_id=by.id, organisation=found.organisation_id)
    resend(by=by, award=found)
    return None


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _changed(by: Person, award: Award, to: AwardState, reason: str, allowed: tuple[AwardState, ...]) -> Award:
    require(by, award.organisation, "award.revoke")
    _reason(reason)
    with transaction.atomic():
        locked = _locked(award, allowed)
        locked.state = to
        locked.save(update_fields=["state"])
        StatusChange.objects.create(award=locked, state=to, reason=reason.strip(), by=by)
        lists = statuslists.set_places(locked.copies.all(), to)
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
