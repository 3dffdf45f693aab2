"""Accounts of people: made, changed, helped."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from tessella_web.accounts.models import Device, Person
from tessella_web.common import audit

__all__ = ["change_person", "make_person", "reset_second_factor", "sign_out_device"]


@transaction.atomic
def make_person(*, email: str, name: str, language: str = "en") -> Person:
    """The account with this address, made when there is none. Whoever calls vouches for the address: it counts as verified."""
    person, made = Person.objects.get_or_create(
        email=email.strip().lower(), defaults={"name": name, "language": language}
    )
    if made:
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        audit.record("person.made", f"person:{audit.reference_of(person.id)}")
    return person


@transaction.atomic
def change_person(*, person: Person, name: str, language: str) -> None:
    """What somebody is called here, and which language mails to them have."""
    person.name, person.language = name, language
    person.save(update_fields=["name", "language"])


@transaction.atomic
def sign_out_device(*, person: Person, device: Device) -> None:
    """End one of the person's own sessions; somebody else's stays."""
    if device.person_id == person.pk:
        SessionStore(device.session).delete()
        device.delete()


@transaction.atomic
def reset_second_factor(*, person: Person) -> int:
    """Forget passkeys, app and recovery codes of somebody who lost them: the operator's work, after making sure who asks.

    Ends their sessions. Returns how many were forgotten.
    """
    gone: int = Authenticator.objects.filter(user=person).delete()[0]
    for device in list(person.devices.all()):
        sign_out_device(person=person, device=device)
    audit.record("second-factor.reset", f"person:{audit.reference_of(person.id)}", facts={"forgotten": gone})
    return gone
