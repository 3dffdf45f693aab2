"""How an award comes to its learner: by the link that was sent, and into the wallet of whoever wants to keep it with an account."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.recovery.knowing import knows
from tessella_web.accounts.recovery.ways import verified_addresses
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.alliances.queries import together
from tessella_web.credentials.domain.outbox import is_claim_key, is_earlier_key
from tessella_web.credentials.models import Award, AwardState

__all__ = ["ASKED_AGAIN", "Link", "ask_again", "claim", "keep", "link_state", "take_waiting", "waiting_for"]

ASKED_AGAIN = "claim-asked-again"
"""The letter to the staff of whoever awarded."""

ASKED_EVERY = dt.timedelta(days=1)
"""How often one link can ask: staff is not to be buried."""

STANDING = (AwardState.VALID, AwardState.SUSPENDED)

MOST_WAITING = 100
"""Shown at once; the others come when these are taken."""


class Link(enum.Enum):
    """What a claim link still is, for whoever has it."""

    OPEN = "open"
    USED = "used"
    KEPT = "kept"
    ENDED = "ended"
    REPLACED = "replaced"
    CORRECTED = "corrected"
    REVOKED = "revoked"
    WRONG = "wrong"


def link_state(award: Award, key: str) -> Link:
    """What the link with this secret is. Without the secret nothing is told: `Link.WRONG`."""
    if not is_claim_key(award, key):
        return Link.REPLACED if is_earlier_key(award, key) else Link.WRONG
    if award.state == AwardState.PLANNED:
        return Link.WRONG
    if award.claimed_at:
        return Link.KEPT if award.holder_id else Link.USED
    if award.state not in STANDING:
        return Link.CORRECTED if award.state == AwardState.SUPERSEDED else Link.REVOKED
    ended = award.claim_until is not None and award.claim_until < timezone.now()
    return Link.ENDED if ended else Link.OPEN


@transaction.atomic
def claim(*, award: Award, key: str, person: Person | None = None) -> Award:
    """Take the award with the link's secret; it works once. A signed-in person holds it from then on, whatever address they use: who
    has the link has the award.

    Raises:
        RefusedError: ``award.claim``, used, ended, replaced by a newer one, or never made.
    """
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if link_state(locked, key) is not Link.OPEN:
        raise RefusedError(
            _("This link does not work any more."),
            code="award.claim",
            hint=_("A link works once, and not for ever. Ask who awarded it for a new one."),
        )
    locked.claimed_at = timezone.now()
    locked.holder = locked.holder or person
    locked.save(update_fields=["claimed_at", "holder"])
    _with_others(locked)
    _record("award.claimed", locked, person)
    return locked


@transaction.atomic
def keep(*, award: Award, person: Person) -> Award:
    """Put an award that was claimed without an account into somebody's wallet. Callers make sure that they claimed it.

    Raises:
        RefusedError: ``award.kept``: somebody else keeps it.
    """
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if locked.holder_id == person.pk:
        return locked
    if locked.holder_id or not locked.claimed_at:
        raise RefusedError(
            _("Somebody keeps this award with an account."), code="award.kept",
            hint=_("If it is yours, sign in with the address it was sent to, or ask who awarded it."),
        )  # fmt: skip
    locked.holder = person
    locked.save(update_fields=["holder"])
    _with_others(locked)
    _record("award.kept", locked, person)
    return locked


def waiting_for(person: Person) -> Sequence[Award]:
    """Awards that were sent to a confirmed address of the person and that nobody keeps with an account; the newest first."""
    digests = [Award.address_digest(one) for one in verified_addresses(person)]
    found = Award.objects.filter(addressed__in=digests, holder=None, state__in=STANDING)
    return list(found.select_related("organisation", "version")[:MOST_WAITING])


@transaction.atomic
def take_waiting(*, person: Person, ids: Sequence[str]) -> list[Award]:
    """Put awards that wait for the person into the wallet; others are left alone. Their links are used up by that."""
    wanted = {one.pk for one in waiting_for(person)} & set(ids)
    taken = list(Award.objects.select_for_update().filter(pk__in=wanted, holder=None))
    now = timezone.now()
    for award in taken:
        award.holder, award.claimed_at = person, award.claimed_at or now
        award.save(update_fields=["holder", "claimed_at"])
        _with_others(award)
        _record("award.claimed", award, person)
    return taken


@transaction.atomic
def ask_again(*, award: Award, key: str) -> bool:
    """Tell the staff that whoever has an old link asks for a new one. False where they were told today already.

    Raises:
        RefusedError: ``award.claim``: the secret was never that of this award.
    """
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if link_state(locked, key) in (Link.WRONG, Link.OPEN):
        raise RefusedError(
            _("This link does not work any more."), code="award.claim", hint=_("Copy the whole link from your mail.")
        )  # fmt: skip
    since = timezone.now() - ASKED_EVERY
    if Letter.objects.filter(kind=ASKED_AGAIN, about=locked.id, made_at__gt=since).exists():
        return False
    letters.queue(ASKED_AGAIN, about=locked.id)
    audit.record("award.asked-again", f"award:{locked.id}", organisation=locked.organisation_id)
    return True


@knows
def has_awarded(organisation: Organisation, person: Person) -> bool:
    """Whether the organisation has awarded something to the person that is no test."""
    held = Award.objects.filter(organisation=organisation, holder=person, is_test=False)
    return held.exclude(state=AwardState.PLANNED).exists()


def _with_others(award: Award) -> None:
    """The same from other members of an alliance, which nobody keeps yet."""
    others = [one.pk for one in together(award)]
    Award.objects.filter(pk__in=others, claimed_at__isnull=True).update(claimed_at=award.claimed_at)
    Award.objects.filter(pk__in=others, holder=None).update(holder=award.holder)


def _record(verb: str, award: Award, person: Person | None) -> None:
    """Who took it is said as far as the organisation knows it: whether by the address it was sent to."""
    by = "no-account"
    if person is not None:
        own = {Award.address_digest(one) for one in verified_addresses(person)}
        by = "addressed" if award.addressed in own else "another-account"
    audit.record(
        verb, f"award:{award.id}", actor_id=person.id if person else "", organisation=award.organisation_id, facts={"by": by}
    )  # fmt: skip
