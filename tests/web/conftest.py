"""People and organisations for tests: Alice may, Bob may in part, Charlie may not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection
from django.test import override_settings

from tessella_web.accounts import domain
from tessella_web.accounts.models import Organisation, Person, Role
from tests.web import servers
from tests.web.databases import into_memory
from tests.web.pages import CheckingClient


def person(name: str) -> Person:
    return Person.objects.create(email=f"{name.lower()}@example.org", name=name)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """On SQLite the tables are there already, so that Django finds no migration to do."""
    if connection.vendor != "sqlite":
        yield
        return
    with closing(into_memory("file:memorydb_default?mode=memory&cache=shared")):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_on_demand() -> Iterator[None]:
    """Static files are looked up when they are asked for: else every client of every test reads the list of all of them."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL, without a database: `servers.new_database` makes one."""
    running = os.environ.get("TESSELLA_TEST_SERVER")
    if running:
        yield running
        return
    try:
        with servers.postgresql_server() as address:
            yield address
    except servers.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """The address of a real Redis."""
    try:
        with servers.redis_server() as address:
            yield address
    except servers.Missing as missing:
        pytest.skip(str(missing))
