"""Saying one's age once, asking a guardian, what a guardian decides, and the end of it: the only code that changes any of this."""

from __future__ import annotations

import datetime as dt
import hmac

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella_web.accounts.guardians.ages import standing
from tessella_web.accounts.guardians.models import Guardian, Minority
from tessella_web.accounts.leaving import domain as leaving
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "ANSWER_DAYS",
    "OLDEST_YEARS",
    "agree",
    "allow_showing",
    "ask",
    "end_due",
    "guardian_of",
    "is_key",
    "is_waiting",
    "key_of",
    "minority_of",
    "refuse",
    "require_may_show",
    "say_birth",
    "say_minor",
]

ANSWER_DAYS = 14
"""How long a guardian may take; then the account is erased: it must not lie about without anybody's consent."""

OLDEST_YEARS = 120


def minority_of(person: Person) -> Minority | None:
    """What is known of somebody under age; None for everybody else, at the price of no query."""
    return Minority.objects.filter(person=person).first() if person.is_minor else None


def guardian_of(minority: Minority) -> Guardian | None:
    """Who has care, whether they have agreed or not; None where nobody is asked, and from coming of age on."""
    return minority.guardians.filter(ended_at=None).first()


def is_waiting(person: Person) -> bool:
    """Whether the account does nothing yet: the day of birth was not said, or a guardian has not agreed."""
    if not person.is_minor:
        return False
    found = minority_of(person)
    if found is None:
        return True
    return (
        found.needs_guardian and not found.guardians.filter(ended_at=None, agreed_at__isnull=False).exists()
    )


@transaction.atomic
def say_minor(*, person: Person) -> None:
    """Somebody says that they are under 18: the account waits until it is known what that means."""
    person.is_minor = True
    person.save(update_fields=["is_minor"])


@transaction.atomic
def say_birth(*, by: Person, country: str, born_on: dt.date) -> Minority | None:
    """Look at a day of birth once, and forget it. None: of age. It cannot be said again with another day.

    Raises:
        RefusedError: ``minors.birth``, no day that anybody living was born on; ``minors.said``, it was said already.
    """
    today = timezone.localdate()
    if not today.year - OLDEST_YEARS < born_on.year or born_on > today:
        raise RefusedError(
            _("This cannot be a day of birth."), code="minors.birth", field="born_on", hint=_("Look at day, month and year.")
        )  # fmt: skip
    if not by.is_minor or Minority.objects.filter(person=by).exists():
        raise RefusedError(
            _("You have said it already."),
            code="minors.said",
            hint=_("If it was wrong, ask who runs this platform."),
        )
    found = standing(born_on, country, today)
    if found.of_age_in is None:
        by.is_minor = False
        by.save(update_fields=["is_minor"])
        return None
    audit.record("minor.said", f"person:{audit.reference_of(by.id)}", actor_id=by.id)
    return Minority.objects.create(
        person=by, country=country, of_age_in=found.of_age_in, needs_guardian=found.needs_guardian
    )


@transaction.atomic
def ask(*, by: Person, email: str) -> Guardian:
    """Ask somebody to agree, by mail; asked again, only the new mail counts.

    Raises:
        RefusedError: ``minors.no-guardian``, none is needed; ``minors.guardian-address``, no address, or one's own.
    """
    minority = Minority.objects.select_for_update().filter(person=by, needs_guardian=True).first()
    if minority is None or minority.guardians.filter(ended_at=None, agreed_at__isnull=False).exists():
        raise RefusedError(
            _("Nobody has to agree."), code="minors.no-guardian", hint=_("Load the page again.")
        )
    email = email.strip().lower()
    own = EmailAddress.objects.filter(user=by, email__iexact=email).exists() or email == by.email
    if own or not _is_email(email):
        raise RefusedError(
            _("This must be the address of your guardian."), code="minors.guardian-address", field="email",
            hint=_("A parent, or whoever has care of you."),
        )  # fmt: skip
    minority.guardians.filter(ended_at=None).delete()
    made = Guardian.objects.create(minority=minority, email=email, language=get_language() or "en")
    letters.queue("guardian-asked", about=made.id)
    audit.record("minor.guardian-asked", f"person:{audit.reference_of(by.id)}", actor_id=by.id)
    return made


@transaction.atomic
def agree(*, guardian: Guardian) -> None:
    """The guardian agrees, with the link's key. Nothing is shown in public by that: see `allow_showing`."""
    found = _standing(guardian)
    if found.agreed_at is None:
        found.agreed_at = timezone.now()
        found.save(update_fields=["agreed_at"])
        audit.record("minor.guardian-agreed", f"person:{audit.reference_of(found.minority.person_id)}")


@transaction.atomic
def refuse(*, guardian: Guardian) -> None:
    """The guardian says no, or no more: the account is erased; after a yes only in a week, so that the minor can take everything along."""
    found = _standing(guardian)
    person = found.minority.person
    days = leaving.COOLING_DAYS[1] if found.agreed_at else 0
    found.agreed_at, found.ended_at = None, timezone.now()
    found.save(update_fields=["agreed_at", "ended_at"])
    audit.record("minor.guardian-refused", f"person:{audit.reference_of(person.id)}")
    leaving.announce(person=person, days=days)


@transaction.atomic
def allow_showing(*, minority: Minority, is_allowed: bool, by: Person | None = None) -> None:
    """Links without a PIN and public pages: decided by the guardian, or from the country's age on by the minor.

    Raises:
        RefusedError: ``minors.guardian-decides``.
    """
    if by is not None and (by.pk != minority.person_id or minority.needs_guardian):
        raise RefusedError(
            _("Your guardian decides that."), code="minors.guardian-decides", hint=_("They have a link for it in their mail.")
        )  # fmt: skip
    minority.may_show = is_allowed
    minority.save(update_fields=["may_show"])
    audit.record(
        "minor.showing", f"person:{audit.reference_of(minority.person_id)}", facts={"allowed": is_allowed}
    )


def require_may_show(person: Person) -> None:
    """Go on only if the person may show something in public, or by a link that whoever has it can open.

    Raises:
        RefusedError: ``minors.no-public``.
    """
    found = minority_of(person)
    if person.is_minor and not (found and found.may_show):
        raise RefusedError(
            _("People under 18 show nothing to everybody here."), code="minors.no-public", field="pin",
            hint=_("Set a PIN and tell it only to whom it is for; or allow it under “My account”, which for the youngest the guardian does."),
        )  # fmt: skip


def end_due() -> int:
    """End what a birthday ends: the powers of guardians when the month begins in which somebody comes of age, the rest when it is over.
    Both are told. Accounts for which nobody has agreed in time are erased. How many."""
    today, done = timezone.localdate(), 0
    for guardian in Guardian.objects.filter(ended_at=None, minority__of_age_in__lte=today).select_related(
        "minority"
    ):
        with transaction.atomic():
            guardian.ended_at = timezone.now()
            guardian.save(update_fields=["ended_at"])
            Minority.objects.filter(pk=guardian.minority_id).update(needs_guardian=False)
            letters.queue("guardian-ended", about=guardian.id)
            letters.queue("guardian-ended-ward", about=guardian.id)
            done += 1
    over = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    for minority in Minority.objects.filter(of_age_in__lte=over).select_related("person"):
        with transaction.atomic():
            Person.objects.filter(pk=minority.person_id).update(is_minor=False)
            minority.delete()
            done += 1
    since = timezone.now() - dt.timedelta(days=ANSWER_DAYS)
    late = Minority.objects.filter(needs_guardian=True, asked_at__lt=since).exclude(
        guardians__ended_at=None, guardians__agreed_at__isnull=False
    )
    for minority in late.exclude(person__departure__isnull=False).select_related("person"):
        leaving.erase(person=minority.person)
        done += 1
    return done


def key_of(guardian: Guardian) -> str:
    """The secret of the guardian's link, made from the installation's secret."""
    return salted_hmac("accounts.guardian", guardian.id, algorithm="sha256").hexdigest()


def is_key(guardian: Guardian, key: str) -> bool:
    """Whether this opens the guardian's page."""
    return hmac.compare_digest(key_of(guardian).encode(), key.encode())


def _standing(guardian: Guardian) -> Guardian:
    found = (
        Guardian.objects.select_for_update(of=("self",))
        .select_related("minority__person")
        .filter(pk=guardian.pk, ended_at=None)
        .first()
    )
    if found is None or found.minority.of_age_in <= timezone.localdate():
        raise RefusedError(
            _("There is nothing to decide any more."),
            code="minors.over",
            hint=_("Somebody of age decides alone."),
        )
    return found


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
