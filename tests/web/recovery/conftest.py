"""A university that awards, and learners with addresses of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.recovery.domains import set_mail_domains
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import Award
from tests.web.credentials.conftest import own_places, record, version
from tests.web.credentials.test_batches import prepare, work
from tests.web.pages import CheckingClient
from tests.web.test_entry import code_in_mail

__all__ = ["own_places", "record", "version"]

Awarded = Callable[[str], Award]


@pytest.fixture(autouse=True)
def no_limits_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def university(alice: Person, organisation: Organisation) -> Organisation:
    """It is known who stands behind it, and its students have addresses that end."""
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.SEAL)
    accounts.establish(organisation=organisation, by_method="reviewer")
    organisation.refresh_from_db()
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    set_mail_domains(by=alice, organisation=organisation, domains=["twickel.example"])
    return organisation


@pytest.fixture
def awarded(alice: Person, university: Organisation, version: Version) -> Awarded:
    """Awards data ethics to an address; its mail has left."""
    version.organisation.refresh_from_db()

    def made(email: str) -> Award:
        number = Award.objects.count()
        batch = prepare(alice, version, f"Mia,Lind {number},{email},,passed")
        batches.start(by=alice, batch=batch)
        work()
        return Award.objects.get(row__batch=batch)

    return made


def account(name: str, *addresses: str) -> Person:
    """Somebody with confirmed addresses, the first one first."""
    made = accounts.make_person(email=addresses[0], name=name)
    for one in addresses[1:]:
        EmailAddress.objects.create(user=made, email=one, verified=True)
    return made


def sign_in(client: CheckingClient, email: str) -> Any:
    client.post("/sign-in", {"email": email})
    return client.post("/sign-in/code", {"code": code_in_mail()}, follow=True)


def letters(*to: str) -> list[str]:
    """Subjects of the mails to these addresses, in the order in which they left."""
    work()
    return [str(one.subject) for one in mail.outbox if one.to[0] in to]
