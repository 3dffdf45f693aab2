"""The ways in which somebody can sign in, and whether one is left on the day when an institution takes its address back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from allauth.account.models import EmailAddress
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import require_fresh_sign_in
from tessella_web.accounts.models import Person
from tessella_web.accounts.recovery.domains import institutional
from tessella_web.accounts.recovery.models import EmergencyCode, Postponement, Recovery, Stage
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "Standing",
    "account_at",
    "confirm_address",
    "digest_of",
    "disconnect",
    "make_codes",
    "postpone",
    "standing_of",
    "unused_codes",
    "verified_addresses",
]

CODES = 8
"""As many as fit on a card; one is enough, the others are for the next time."""

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; no digits that look like letters (RFC 8628 §6.1)."""

CODE_LENGTH = 12
"""52 bits: with a few attempts an hour nobody guesses one."""

POSTPONED = dt.timedelta(days=14)
"""Long enough not to be a nuisance, short enough that it is remembered before the address is gone."""


class Standing(NamedTuple):
    """What of somebody's ways to sign in will end, and what is still missing for that day.

    ``waits``: it is not to be asked about now. ``recoveries``: addresses that wait to be added to the account; its holder can refuse.
    """

    ending: Sequence[str]
    needs_way: bool
    needs_codes: bool
    waits: bool
    recoveries: Sequence[Recovery]

    @property
    def is_needed(self) -> bool:
        """Whether something is missing."""
        return self.needs_way or self.needs_codes

    @property
    def reminds(self) -> bool:
        """Whether it is to be said now."""
        return self.is_needed and not self.waits


def verified_addresses(person: Person) -> list[str]:
    """Confirmed addresses, the first one first; of an account that has noted none, made by whoever vouches for it, its own."""
    found = EmailAddress.objects.filter(user=person).order_by("-primary", "email")
    noted = list(found.values_list("email", "verified"))
    return [email.lower() for email, verified in noted if verified] if noted else [person.email]


def account_at(email: str) -> Person | None:
    """The account whose confirmed address this is."""
    email = email.strip().lower()
    found = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    person = found.user if found else Person.objects.filter(email=email, emailaddress=None).first()
    return person if person and person.is_active else None


@transaction.atomic
def confirm_address(*, person: Person, email: str) -> EmailAddress | None:
    """Note that an address was shown to be the person's; None if it is another account's. Others who only said so lose it."""
    email, other = email.strip().lower(), account_at(email)
    if other is not None and other != person:
        return None
    EmailAddress.objects.filter(email=email, verified=False).exclude(user=person).delete()
    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    found, _made = EmailAddress.objects.get_or_create(user=person, email=email)
    found.verified = True
    found.save(update_fields=["verified"])
    return found


def standing_of(person: Person) -> Standing:
    """How it stands; a constant number of queries."""
    addresses = verified_addresses(person)
    ending = institutional(addresses)
    stays = bool(set(addresses) - ending) or _has_passkey(person)
    recoveries = person.recoveries.filter(stage=Stage.CHECKED).select_related("organisation")
    return Standing(
        ending=sorted(ending),
        needs_way=bool(ending) and not stays,
        needs_codes=bool(ending) and not unused_codes(person),
        waits=Postponement.objects.filter(person=person, until__gt=timezone.now()).exists(),
        recoveries=list(recoveries),
    )


def unused_codes(person: Person) -> int:
    """How many emergency codes are left."""
    return person.emergency_codes.filter(used_at=None).count()


@transaction.atomic
def make_codes(*, person: Person) -> list[str]:
    """New emergency codes, to be shown now and never again; earlier ones open nothing.

    Raises:
        FreshSignInError: ``accounts.sign-in-again``.
    """
    require_fresh_sign_in()
    made = [get_random_string(CODE_LENGTH, CODE_LETTERS) for _number in range(CODES)]
    person.emergency_codes.all().delete()
    EmergencyCode.objects.bulk_create(EmergencyCode(person=person, digest=digest_of(one)) for one in made)
    audit.record(
        "recovery.codes-made", f"person:{audit.reference_of(person.id)}", actor_id=person.id, facts={"codes": len(made)}
    )  # fmt: skip
    return ["-".join(one[at : at + 4] for at in range(0, CODE_LENGTH, 4)) for one in made]


@transaction.atomic
def postpone(*, person: Person) -> None:
    """Do not ask about a second way for `POSTPONED`."""
    Postponement.objects.update_or_create(person=person, defaults={"until": timezone.now() + POSTPONED})


@transaction.atomic
def disconnect(*, person: Person, provider: str) -> bool:
    """Sign in at the institution no more; what it attested stays with its date. Whether there was something to end.

    Raises:
        RefusedError: ``accounts.last-way``: nothing else would be left.
    """
    found = SocialAccount.objects.filter(user=person, provider=provider)
    if not found.exists():
        return False
    others = SocialAccount.objects.filter(user=person).exclude(provider=provider)
    addresses = EmailAddress.objects.filter(user=person, verified=True)
    if not (addresses.exists() or others.exists() or _has_passkey(person)):
        raise RefusedError(
            _("This is your last way to sign in."),
            code="accounts.last-way", hint=_("Add another one first, such as an address of your own."),
        )  # fmt: skip
    found.delete()
    audit.record("sign-in.disconnected", f"person:{audit.reference_of(person.id)}", actor_id=person.id, facts={"provider": provider})  # fmt: skip
    return True


def digest_of(code: str) -> str:
    """What is kept of an emergency code: keyed by the installation's secret, which is not in the database."""
    said = normalize_user_code(code)
    return salted_hmac("recovery.code", said, algorithm="sha256").hexdigest()


def _has_passkey(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists())
