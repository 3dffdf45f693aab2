"""Adding an address to an account that its owner cannot reach any more: with an emergency code, or after an organisation's check.

The check of an organisation is not enough: everybody known to the account is told, and for some days anybody who still reaches it can
refuse. What is added is one address; a second factor stays what it is, and is asked for when signing in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.merging.domain import merge
from tessella_web.accounts.models import Membership, Organisation, Person
from tessella_web.accounts.permissions import CAPABILITIES, require
from tessella_web.accounts.recovery.knowing import is_known
from tessella_web.accounts.recovery.models import EmergencyCode, How, Notice, Recovery, Stage
from tessella_web.accounts.recovery.ways import account_at, confirm_address, digest_of, verified_addresses
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError

__all__ = [
    "ask",
    "code_of",
    "confirm",
    "decline",
    "is_refusal_key",
    "may_recover",
    "refusal_key",
    "refuse",
    "tidy",
    "use_code",
]

MOST_OPEN = 3
"""Open requests for one account: more is somebody trying."""

ASKED_DAYS = 60
"""Then a request that nobody decided is over."""

KEPT_DAYS = 365
"""So long staff can look up how it was decided; the trail of the organisation says that it was for ever."""

AT_ONCE = 50


def code_of(*, email: str, code: str) -> EmergencyCode:
    """The emergency code that opens the account with this address; it is not used up by asking.

    Raises:
        RefusedError: ``recovery.code``: no such account, code, or used before: not told apart.
    """
    person = account_at(email)
    found = EmergencyCode.objects.filter(person=person, digest=digest_of(code), used_at=None).first()
    if person is None or found is None:
        raise _no_code()
    return found


@transaction.atomic
def use_code(*, code: EmergencyCode, new_email: str) -> tuple[Person, bool]:
    """Open an account with an emergency code and add an address that was shown to be one's own. Its other addresses are told.

    Returns:
        The account, and whether the address was added: not if another account has it, with which this one can then be merged.

    Raises:
        RefusedError: ``recovery.code``: it was used meanwhile.
    """
    if not EmergencyCode.objects.filter(pk=code.pk, used_at=None).update(used_at=timezone.now()):
        raise _no_code()
    person = Person.objects.select_for_update().get(pk=code.person_id)
    before = verified_addresses(person)
    added = _add(person, new_email)
    for one in before:
        letters.queue("recovery-code-used", about=Notice.objects.create(person=person, email=one).id)
    audit.record(
        "recovery.code-used", f"person:{audit.reference_of(person.id)}", actor_id=person.id, facts={"added": added}
    )  # fmt: skip
    return person, added


def may_recover(organisation: Organisation) -> bool:
    """Whether an organisation may confirm who somebody is: only if it is known itself who it is."""
    return organisation.is_established and not organisation.is_held


@transaction.atomic
def ask(
    *,
    email: str,
    organisation: Organisation,
    new_email: str,
    name: str,
    said: str = "",
    language: str = "",
    by: Person | None = None,
) -> Recovery | None:
    """Ask an organisation to confirm who one is. None where it has nothing to confirm: whoever asks must not be told.

    Args:
        email: an address of the account that cannot be reached.
        new_email: shown to be theirs before.
        by: who asks from another account, into which the other is to go.

    Raises:
        RefusedError: ``recovery.address-taken``: the new address is another account's; ``recovery.yourself``: it is one's own account.
    """
    account = account_at(email)
    if by is None and account_at(new_email) is not None:
        raise _taken()
    if by is not None and account == by:
        raise RefusedError(
            _("This is the account in which you are signed in."), code="recovery.yourself", field="email",
            hint=_("Add the new address under “How you sign in”."),
        )  # fmt: skip
    if account is None or not may_recover(organisation) or not is_known(organisation, account):
        return None
    Person.objects.select_for_update().get(pk=account.pk)
    waiting = account.recoveries.filter(stage__in=[Stage.ASKED, Stage.CHECKED])
    same = waiting.filter(organisation=organisation, email=new_email).first()
    if same is not None or waiting.count() >= MOST_OPEN:
        return same
    made = Recovery.objects.create(
        person=account, organisation=organisation, email=new_email, into=by, language=language,
        name=name.strip(), said=said.strip(),
    )  # fmt: skip
    _tell_by_mail("recovery-asked", made, _staff(organisation))
    _record("recovery.asked", made, by)
    return made


@transaction.atomic
def confirm(*, by: Person, recovery: Recovery, how: How, note: str) -> Recovery:
    """Say that identity was checked, and how. The address is added after the delay, unless somebody refuses.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``accounts.second-factor``; ``recovery.own``: it is one's own account.
        RefusedError: ``recovery.over``; ``recovery.note``, nothing says what was looked at; ``recovery.elsewhere``, the operator does it.
    """
    found = _decidable(by, recovery)
    if not note.strip():
        raise RefusedError(
            _("It does not say what you looked at."), code="recovery.note", field="note",
            hint=_("One sentence: who met whom when. No numbers and no copies of documents."),
        )  # fmt: skip
    if by in (found.person, found.into):
        raise NotAllowedError(
            _("This is about your own account."), code="recovery.own", hint=_("Ask a colleague.")
        )
    if Membership.objects.filter(Membership.standing(), person=found.person).exists():
        raise RefusedError(
            _("This account cannot be recovered by an organisation."),
            code="recovery.elsewhere", hint=_("Ask the person to write to whoever runs this platform."),
        )  # fmt: skip
    found.stage, found.how, found.note = Stage.CHECKED, how, note.strip()
    found.decided_by, found.decided_at = by, timezone.now()
    found.due_at = found.decided_at + dt.timedelta(days=settings.RECOVERY_DELAY_DAYS)
    found.save()
    _tell_by_mail("recovery-waits", found, verified_addresses(found.person))
    _tell_by_mail("recovery-confirmed", found, [found.email])
    _record("recovery.checked", found, by, how=str(how))
    return found


@transaction.atomic
def decline(*, by: Person, recovery: Recovery, note: str = "") -> Recovery:
    """Say that it could not be established who asks.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``accounts.second-factor``.
        RefusedError: ``recovery.over``.
    """
    found = _decidable(by, recovery)
    found.stage, found.note, found.decided_by = Stage.DECLINED, note.strip(), by
    found.decided_at = found.ended_at = timezone.now()
    found.save()
    _tell_by_mail("recovery-declined", found, [found.email])
    _record("recovery.declined", found, by)
    return found


def refusal_key(recovery: Recovery) -> str:
    """What the link in the notices opens with, made from the installation's secret."""
    return salted_hmac("recovery.refuse", recovery.id, algorithm="sha256").hexdigest()


def is_refusal_key(recovery: Recovery, key: str) -> bool:
    """Whether this opens the link of a recovery."""
    return constant_time_compare(refusal_key(recovery), key)


@transaction.atomic
def refuse(*, recovery: Recovery, by: Person | None = None, key: str = "") -> Recovery:
    """Whoever still reaches the account says no: signed in, or with the link that was sent to its addresses.

    Raises:
        NotAllowedError: ``recovery.not-yours``.
        RefusedError: ``recovery.over``.
    """
    found = _locked(recovery)
    if by != found.person and not is_refusal_key(found, key):
        raise NotAllowedError(
            _("This is not about an account of yours."),
            code="recovery.not-yours",
            hint=_("Open the link as it stands in the mail."),
        )
    if not found.is_open:
        raise _over()
    found.stage, found.ended_at = Stage.REFUSED, timezone.now()
    found.save()
    _tell_by_mail("recovery-refused", found, [found.email, *_staff(found.organisation)])
    _record("recovery.refused", found, by)
    return found


def tidy() -> int:
    """Add the addresses whose time has come, end what nobody decided, delete what is long over; how many. For the worker."""
    now = timezone.now()
    Recovery.objects.filter(ended_at__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()
    due = Q(stage=Stage.CHECKED, due_at__lte=now) | Q(
        stage=Stage.ASKED, made_at__lt=now - dt.timedelta(days=ASKED_DAYS)
    )
    return sum(_carry_out(one) for one in Recovery.objects.filter(due).order_by("made_at")[:AT_ONCE])


@transaction.atomic
def _carry_out(recovery: Recovery) -> bool:
    found = _locked(recovery)
    if not found.is_open:
        return False
    before = verified_addresses(found.person)
    if found.stage == Stage.ASKED or not _reached(found):
        found.stage, found.ended_at = Stage.OVER, timezone.now()
        found.save(update_fields=["stage", "ended_at"])
        _tell_by_mail("recovery-over", found, [found.email])
        _record("recovery.over", found)
        return True
    found.stage, found.ended_at = Stage.DONE, timezone.now()
    if found.into is None:
        found.save(update_fields=["stage", "ended_at"])
    _tell_by_mail("recovery-done", found, [found.email, *before])
    _record("recovery.done", found)
    return True


def _reached(recovery: Recovery) -> bool:
    """Whether whoever asked has the account now: its address was added, or it went into their other account."""
    if recovery.into is None:
        return _add(recovery.person, recovery.email)
    try:
        with transaction.atomic():
            Recovery.objects.filter(pk=recovery.pk).update(stage=Stage.DONE, ended_at=timezone.now())
            merge(into=recovery.into, other=recovery.person, because="recovery")
    except RefusedError:
        return False
    recovery.person = recovery.into
    return True


def _add(person: Person, email: str) -> bool:
    """Make it a confirmed address of the account and its first one; not if it is somebody else's meanwhile."""
    found = confirm_address(person=person, email=email)
    if found is None:
        return False
    found.set_as_primary()
    person.refresh_from_db()
    return True


def _locked(recovery: Recovery) -> Recovery:
    return (
        Recovery.objects.select_for_update(of=("self",))
        .select_related("person", "into", "organisation")
        .get(pk=recovery.pk)
    )


def _decidable(by: Person, recovery: Recovery) -> Recovery:
    require(by, recovery.organisation, "recovery.check")
    found = _locked(recovery)
    if found.stage != Stage.ASKED:
        raise _over()
    return found


def _staff(organisation: Organisation) -> list[str]:
    """The addresses of those who may check, each once."""
    working = Membership.objects.filter(
        Membership.standing(), organisation=organisation, role__in=CAPABILITIES["recovery.check"]
    )
    return sorted(set(working.values_list("person__email", flat=True)))


def _tell_by_mail(kind: str, recovery: Recovery, addresses: Iterable[str]) -> None:
    for email in dict.fromkeys(addresses):
        notice = Notice.objects.create(person=recovery.person, recovery=recovery, email=email)
        letters.queue(kind, about=notice.id)


def _record(verb: str, recovery: Recovery, by: Person | None = None, **facts: object) -> None:
    audit.record(
        verb, f"recovery:{recovery.id}", actor_id=by.id if by else "", organisation=recovery.organisation_id, facts=facts
    )  # fmt: skip


def _no_code() -> RefusedError:
    return RefusedError(
        _("This address and this code do not open an account."),
        code="recovery.code", hint=_("Check both. Each code works once, and new codes replace all earlier ones."),
    )  # fmt: skip


def _taken() -> RefusedError:
    return RefusedError(
        _("This address belongs to an account here already."), code="recovery.address-taken", field="email",
        hint=_("Sign in with it. Under “How you sign in” you can then bring both accounts together."),
    )  # fmt: skip


def _over() -> RefusedError:
    return RefusedError(
        _("This was decided already, or is over."),
        code="recovery.over",
        hint=_("Load the page again."),
    )
