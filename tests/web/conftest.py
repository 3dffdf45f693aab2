"""People and organisations for tests: Alice may, Bob may in part, Charlie may not."""

from __future__ import annotations

import pytest

from tessella_web.accounts import domain
from tessella_web.accounts.models import Organisation, Person, Role
from tests.web.pages import CheckingClient


def person(name: str) -> Person:
    return Person.objects.create(email=f"{name.lower()}@example.org", name=name)


@pytest.fixture
def client() -> CheckingClient:
    return CheckingClient()


@pytest.fixture
def alice(db: None) -> Person:
    return person("Alice")


@pytest.fixture
def organisation(alice: Person) -> Organisation:
    """The University of Twickel, which Alice owns."""
    return domain.found_organisation(
        founder=alice, name="University of Twickel", slug="twickel", country="NLD"
    )


@pytest.fixture
def bob(alice: Person, organisation: Organisation) -> Person:
    """A guest of the university."""
    found = person("Bob")
    domain.give_role(by=alice, organisation=organisation, person=found, role=Role.GUEST)
    return found


@pytest.fixture
def charlie(db: None) -> Person:
    """Somebody with no role there."""
    return person("Charlie")
