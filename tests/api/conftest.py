"""One installation with something behind every address, places of its own, and nobody counting requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache

from tessella.errors import AccessError
from tessella.ports import Fetched
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.tokens.domain import make_token
from tessella_web.accounts.tokens.scopes import PERSONAL, SCOPES
from tessella_web.api import limits
from tessella_web.registers import outside
from tests.api.support import Client
from tests.web.conftest import django_db_modify_db_settings, person, static_files_on_demand
from tests.web.matrix.world import World

__all__ = ["django_db_modify_db_settings", "static_files_on_demand"]


@pytest.fixture(autouse=True)
def own_places(settings: object, tmp_path: Path) -> Path:
    """Key-encryption key, files and counted requests of this test only."""
    cache.clear()
    settings.KEK_FILE = tmp_path / "kek"  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    return tmp_path


class Nowhere:
    """Reaches no website."""

    def fetch(self, url: str, **asked: object) -> Fetched:
        """Nothing answers."""
        raise AccessError("nothing answers")


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    """So many requests as a test likes, from this machine, and none to any other."""
    for name in ("TOKEN", "PUBLIC", "VERIFICATION", "TOKEN_VERIFICATION"):
        monkeypatch.setattr(limits, name, getattr(limits, name)._replace(requests=10**9))
    monkeypatch.setattr(outside, "fetcher", Nowhere)
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]  # type: ignore[attr-defined]


@pytest.fixture
def world(db: None) -> World:
    return World.made()


@dataclass
class Small:
    """An organisation with some people: enough for what does not depend on what there is."""

    organisation: Organisation
    people: dict[str, Person]


@pytest.fixture
def small(db: None) -> Small:
    """The university with an owner, a coordinator and a guest."""
    owner = person("Owner")
    organisation = accounts.found_organisation(
        founder=owner, name="University of Twickel", slug="twickel", country="NLD"
    )
    people = {"owner": owner}
    for name in ("coordinator", "guest"):
        people[name] = person(name)
        accounts.give_role(by=owner, organisation=organisation, person=people[name], role=Role(name))
    return Small(organisation, people)


@pytest.fixture
def owner(small: Small) -> Client:
    """The owner's program, with every scope."""
    return client_of(small, "owner")


def own_client(who: Person, scopes: Iterable[str] = PERSONAL) -> Client:
    """A program that acts for somebody alone."""
    _token, secret = make_token(by=who, organisation=None, name="program", scopes=sorted(scopes))
    return Client(secret)


def client_of(world: World | Small, who: str, scopes: list[str] | None = None) -> Client:
    """A program of somebody in the university."""
    _token, secret = make_token(
        by=world.people[who], organisation=world.organisation, name="program", scopes=scopes or list(SCOPES)
    )
    return Client(secret)
