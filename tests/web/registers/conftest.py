"""An agency with a register: Agnes owns it; Rob is named to review who is who."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.registers.domain import identity, registers
from tessella_web.registers.models import Body, Register
from tests.web.conftest import person
from tests.web.registers.samples import agency_organisation, body


@pytest.fixture
def agnes(db: None) -> Person:
    return person("Agnes")


@pytest.fixture
def rob(db: None) -> Person:
    found = person("Rob")
    identity.name_reviewer(person=found)
    return found


@pytest.fixture
def keeper(agnes: Person) -> Organisation:
    return agency_organisation(agnes)


@pytest.fixture
def register(agnes: Person, keeper: Organisation) -> Register:
    return registers.open_register(
        by=agnes, organisation=keeper, name="Reports of the Low Lands", slug="low-lands"
    )


@pytest.fixture
def agency(db: None) -> Body:
    return body("Agency for Higher Learning")


@pytest.fixture
def twickel(db: None) -> Body:
    """The legal body, which is not the workspace of the same name."""
    return body("University of Twickel", homepage="https://www.twickel.example/en")
