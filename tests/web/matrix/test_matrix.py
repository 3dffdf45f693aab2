"""Every address, asked with every method by everybody: `routes.toml` says who may, and a route without a row fails."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from tessella.adapters.signers import KeyPlace
from tessella_web.config.signers import AssignedKey
from tests.web.matrix.access import METHODS, Route, answer, routes
from tests.web.matrix.world import MEMBERS, PEOPLE, World

TABLE = tomllib.loads((Path(__file__).parent / "routes.toml").read_text("utf-8"))
ROUTES = {route.name: route for route in routes()}
WORDS = {"everybody": PEOPLE, "signed-in": PEOPLE[1:], "members": MEMBERS}
USUAL = {
    **dict.fromkeys(PEOPLE, "not-found"),
    **dict.fromkeys(MEMBERS, "forbidden"),
    "anybody": "sign-in",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all routes; every request is undone, and the world at the end."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("matrix")
    stores = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    }
    from django.conf import settings

    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        override_settings(
            KEK_FILE=folder / "kek",
            ERASURES_FILE=folder / "erasures.txt",
            STORAGES={**settings.STORAGES, **stores},
            BASE_URL="https://credentials.example.org",
            ACCOUNT_RATE_LIMITS=False,
            MFA_RATE_LIMITS=False,
            SIGNERS={"eseal": AssignedKey("twickel", KeyPlace(pkcs11="pkcs11:object=eseal"))},
        ),
        transaction.atomic(),
    ):
        yield World.made()
        transaction.set_rollback(True)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted(ROUTES) == sorted(TABLE)


@pytest.mark.parametrize("name", sorted(set(ROUTES) & set(TABLE)))
def test_route(world: World, name: str) -> None:
    """Every cell: those who may, those who may in part, those who may not."""
    wrong = {}
    for method in METHODS:
        for who in PEOPLE:
            wanted = expected(name, method, who)
            found = answer(world, ROUTES[name], method, who)
            if found not in wanted:
                wrong[method, who] = f"{found}, not {' or '.join(sorted(wanted))}"
    assert wrong == {}


def expected(name: str, method: str, who: str) -> set[str]:
    """The answers that are right. A method that nobody may use is refused in any way but done for none."""
    row = TABLE[name]
    if method not in row:
        return {"no-method", "sign-in", "not-found", "forbidden"}
    allowed = row[method].split()
    if who in {one for word in allowed for one in WORDS.get(word, (word,))}:
        return {"yes"}
    if row.get("refused") == "forbidden" and who == "anybody":
        return {"sign-in"}
    if row.get("refused") == "not-found" and who == "anybody":
        return {"sign-in", "not-found"}
    return {row.get("refused", USUAL[who])}


def test_a_route_that_lets_everybody_in_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix can fail: with the capabilities gone, somebody gets further than the table says."""
    from tessella_web.accounts import permissions
    from tessella_web.accounts.models import Role

    everything = dict.fromkeys(permissions.CAPABILITIES, frozenset(Role))
    monkeypatch.setattr(permissions, "CAPABILITIES", everything)
    assert answer(world, ROUTES["key-new"], "GET", "guest") == "yes"
    assert expected("key-new", "GET", "guest") == {"forbidden"}


def test_routes_are_named() -> None:
    assert [route for route in ROUTES.values() if not isinstance(route, Route) or not route.name] == []
