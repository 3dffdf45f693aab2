"""Tokens: kept as digests, limited in what and when, and ended when they should."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from tessella_web.accounts.assurance import SecondFactorError, acting
from tessella_web.accounts.permissions import CAPABILITIES
from tessella_web.accounts.tokens import domain, queries
from tessella_web.accounts.tokens.models import AccessToken
from tessella_web.accounts.tokens.scopes import NOT_FOR_PROGRAMS, PERSONAL, SCOPES
from tessella_web.common.errors import NotAllowedError, RefusedError
from tests.api.conftest import Small, client_of, own_client
from tests.api.support import Client


def test_only_the_digest_is_kept(small: Small) -> None:
    token, secret = domain.make_token(
        by=small.people["owner"],
        organisation=small.organisation,
        name="Nightly",
        scopes=["descriptions:read"],
    )
    kept = AccessToken.objects.values().get()
    assert secret.startswith("tessella_") and secret not in str(kept)
    assert kept["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.startswith(token.prefix) and len(token.prefix) == 14
    found = domain.token_of(secret)
    assert found is not None and found.pk == token.pk


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"scopes": []}, "tokens.scopes"), ({"scopes": ["everything"]}, "tokens.scopes"), ({"name": " "}, "tokens.name"),
        ({"days": 0}, "tokens.days"), ({"days": 367}, "tokens.days"),
    ],
)  # fmt: skip
def test_what_makes_no_token(small: Small, given: dict[str, object], code: str) -> None:
    values = {"name": "x", "scopes": ["descriptions:read"], "days": 5, **given}
    with pytest.raises(RefusedError) as caught:
        domain.make_token(by=small.people["owner"], organisation=small.organisation, **values)  # type: ignore[arg-type]
    assert caught.value.code == code


@pytest.mark.parametrize("secret", ["", "tessella_", "tessella_x", "x", "tessella_\udc80"])
def test_what_is_no_token_lets_nobody_in(small: Small, secret: str) -> None:
    assert domain.token_of(secret) is None


def test_an_account_that_is_closed_lets_no_program_in(small: Small, owner: Client) -> None:
    assert owner("GET", "/me").status_code == 200
    person = small.people["owner"]
    person.is_active = False
    person.save()
    assert owner("GET", "/me").status_code == 401


def test_sealing_scopes_take_the_second_factor_when_the_token_is_made(small: Small, settings: object) -> None:
    settings.SECOND_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    assert {name for name, one in SCOPES.items() if one.is_sensitive} == {
        "organisation:manage",
        "awards:seal",
        "keys:manage",
        "peers:answer",
        "identity:review",
        "wallet:present",
        "stacks:decide",
    }
    with acting(lambda: None):
        with pytest.raises(SecondFactorError):
            client_of(small, "owner", ["keys:manage"])
        client_of(small, "owner", ["descriptions:read"])
    with acting(timezone.now):
        client = client_of(small, "owner", ["keys:manage"])
    assert client("GET", "/keys").status_code == 200


def test_who_may_revoke(small: Small) -> None:
    token, secret = domain.make_token(
        by=small.people["coordinator"],
        organisation=small.organisation,
        name="x",
        scopes=["descriptions:read"],
    )
    with pytest.raises(NotAllowedError):
        domain.revoke_token(by=small.people["guest"], token=token)
    assert queries.tokens_seen_by(small.people["guest"], small.organisation) == []
    assert queries.tokens_seen_by(small.people["owner"], small.organisation) == [token]
    domain.revoke_token(by=small.people["owner"], token=token)
    assert domain.token_of(secret) is None


def test_the_last_use_is_told_every_five_minutes(small: Small) -> None:
    client = client_of(small, "owner")
    client("GET", "/me")
    first = AccessToken.objects.get().used_at
    client("GET", "/me")
    assert AccessToken.objects.get().used_at == first
    AccessToken.objects.update(used_at=timezone.now() - dt.timedelta(minutes=6))
    client("GET", "/me")
    again = AccessToken.objects.get().used_at
    assert first is not None and again is not None and again > first


def test_every_capability_is_in_one_scope_or_not_for_programs() -> None:
    """A new capability has to be put somewhere: what no token can do is said with its reason."""
    listed = [one for scope in SCOPES.values() for one in scope.capabilities]
    assert sorted([*listed, *NOT_FOR_PROGRAMS]) == sorted(CAPABILITIES)
    assert all(NOT_FOR_PROGRAMS.values())


def test_a_token_for_the_person_alone_sees_nothing_of_an_organisation(small: Small) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.make_token(by=small.people["owner"], organisation=None, name="x", scopes=["descriptions:read"])
    assert caught.value.code == "tokens.scopes"
    own = own_client(small.people["owner"])
    found = own("GET", "/me").json()
    assert (found["organisation"], found["roles"], found["token"]["scopes"]) == (None, [], sorted(PERSONAL))
    answer = own("GET", "/descriptions")
    assert (answer.status_code, answer.json()["code"]) == (403, "api.scope")
    assert own("GET", "/skills?text=bread").status_code == 200


def test_what_others_go_by_takes_the_second_factor(small: Small, settings: object) -> None:
    settings.SECOND_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    with acting(lambda: None), pytest.raises(SecondFactorError):
        domain.make_token(by=small.people["owner"], organisation=None, name="x", scopes=["peers:answer"])


def test_nobody_else_revokes_a_token_for_the_person_alone(small: Small) -> None:
    token, secret = domain.make_token(
        by=small.people["guest"], organisation=None, name="x", scopes=["wallet:read"]
    )
    with pytest.raises(NotAllowedError) as caught:
        domain.revoke_token(by=small.people["owner"], token=token)
    assert caught.value.code == "tokens.not-yours"
    domain.revoke_token(by=small.people["guest"], token=token)
    assert domain.token_of(secret) is None
