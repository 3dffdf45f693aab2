"""The second factor: an app, recovery codes; fresh before sealing, revoking and managing keys. Passkeys: see tests/browser."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from tessella_web.accounts import domain
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.permissions import SENSITIVE, require
from tests.web.accounts.test_roles import code_of
from tests.web.pages import CheckingClient
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db(transaction=True)  # things happen on commit


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = True


def now_code(secret: str) -> str:
    """What an app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def sign_in(client: CheckingClient, person: Person) -> Any:
    client.post("/sign-in", {"email": person.email})
    return client.post("/sign-in/code", {"code": code_in_mail()}, follow=True)


def add_app(client: CheckingClient) -> str:
    page = client.get("/me/second-factor/app")
    found = re.search(r'<code class="secret">(\w+)</code>', page.content.decode())
    assert found, page.content
    answer = client.post("/me/second-factor/app", {"code": now_code(found[1])}, follow=True)
    assert answer.redirect_chain[-1][0] == "/me/second-factor/codes", answer.page.text
    Authenticator.objects.update(last_used_at=None)
    return found[1]


def forget_use(secret: str) -> None:
    """A code works once; tests do not wait for the next."""
    cache.clear()


@pytest.fixture
def app(client: CheckingClient, alice: Person) -> str:
    """Alice is signed in and has an app."""
    sign_in(client, alice)
    secret = add_app(client)
    forget_use(secret)
    return secret


@pytest.mark.parametrize("capability", sorted(SENSITIVE))
def test_what_seals_needs_it_in_requests_only(
    organisation: Organisation, alice: Person, capability: str
) -> None:
    from tessella_web.accounts.assurance import acting

    require(alice, organisation, capability)  # the worker and commands act for nobody's request
    with acting(lambda: None):
        assert code_of(lambda: require(alice, organisation, capability)) == "accounts.second-factor"
        require(alice, organisation, "description.edit")
    with acting(timezone.now):
        require(alice, organisation, capability)


def test_who_has_none_is_led_to_adding_one(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    sign_in(client, alice)
    answer = client.get("/o/twickel/keys", follow=True)
    assert answer.redirect_chain[-1][0] == "/me/second-factor"
    assert "you need a second factor" in answer.page.text


def test_who_may_not_is_told_so_first(
    client: CheckingClient, organisation: Organisation, bob: Person
) -> None:
    client.force_login(bob)
    assert client.get("/o/twickel/keys").status_code == 403


def test_a_new_app_counts_at_once_and_later_again(
    client: CheckingClient, organisation: Organisation, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/o/twickel/keys").status_code == 200
    later = timezone.now() + dt.timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: later)
    asked = client.get("/o/twickel/keys")
    assert asked["Location"] == "/me/again?next=%2Fo%2Ftwickel%2Fkeys"
    monkeypatch.setattr(time, "time", later.timestamp)
    wrong = client.post(asked["Location"], {"code": "000000"})
    assert "This did not work." in wrong.page.text
    answer = client.post("/me/again", {"code": now_code(app), "next": "/o/twickel/keys"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/o/twickel/keys"
    assert answer.status_code == 200


def test_what_was_sent_is_done_after_the_second_factor(
    client: CheckingClient, organisation: Organisation, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + dt.timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: later)
    monkeypatch.setattr(time, "time", later.timestamp)
    asked = client.post("/o/twickel/keys/new", {"use": "badge", "name": "Badges 2027"})
    assert asked["Location"].startswith("/me/again?")
    assert organisation.keys.count() == 0
    client.post("/me/again", {"code": now_code(app), "next": "/o/twickel/keys/new"})
    assert organisation.keys.count() == 1


def test_signing_in_asks_for_it_and_takes_a_recovery_code_once(
    client: CheckingClient, alice: Person, app: str
) -> None:
    codes = re.findall(r"<li><code>(\d+)</code></li>", client.get("/me/second-factor/codes").content.decode())
    assert len(codes) == 10
    client.post("/sign-out")
    asked = sign_in(client, alice)
    assert asked.redirect_chain[-1][0] == "/sign-in/second-factor"
    assert not asked.context["user"].is_authenticated
    assert client.get("/me").status_code == 302
    answer = client.post("/sign-in/second-factor", {"code": f" {codes[0][:4]} {codes[0][4:]}"}, follow=True)
    assert answer.context["user"] == alice
    client.post("/sign-out")
    sign_in(client, alice)
    again = client.post("/sign-in/second-factor", {"code": codes[0]}, follow=True)
    assert not again.context["user"].is_authenticated


def test_the_operators_link_does_not_go_round_it(client: CheckingClient, alice: Person, app: str) -> None:
    key = domain.make_sign_in_link(person=alice)
    other = CheckingClient()
    answer = other.post("/sign-in/link", {"key": key}, follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/second-factor"
    assert not answer.context["user"].is_authenticated


def test_secrets_are_not_in_the_database_as_they_are(client: CheckingClient, app: str) -> None:
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app not in stored
    seed = Authenticator.objects.get(type="totp")
    assert TOTP(seed).validate_code(now_code(app))


def test_guessing_is_limited(
    client: CheckingClient, organisation: Organisation, alice: Person, app: str
) -> None:
    client.post("/sign-out")
    sign_in(client, alice)
    cache.clear()
    for _attempt in range(5):
        client.post("/sign-in/second-factor", {"code": "000000"})
    answer = client.post("/sign-in/second-factor", {"code": now_code(app)}, follow=True)
    assert not answer.context["user"].is_authenticated
    assert "Too many attempts." in answer.page.text


def test_the_first_one_is_added_after_a_recent_sign_in_only(
    client: CheckingClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, alice)
    later = timezone.now() + dt.timedelta(minutes=20)
    monkeypatch.setattr(timezone, "now", lambda: later)
    for path in ("/me/second-factor/app", "/me/second-factor/passkey"):
        assert client.get(path)["Location"] == "/me"
    client.force_login(alice)  # without any sign-in of its own
    assert client.get("/me/second-factor/app")["Location"] == "/me"


def test_another_one_takes_the_first(client: CheckingClient, alice: Person, app: str) -> None:
    client.post("/sign-out")
    sign_in(client, alice)
    forget_use(app)
    client.post("/sign-in/second-factor", {"code": now_code(app)})
    asked = client.get("/me/second-factor/codes/new")
    assert asked["Location"].startswith("/me/again?")


def test_the_operator_helps_who_lost_it(
    client: CheckingClient, alice: Person, app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("person", "alice@example.org", "Alice", "--forget-second-factor")
    assert "Forgotten: 2" in capsys.readouterr().out
    assert client.get("/me").status_code == 302
    assert sign_in(CheckingClient(), alice).context["user"] == alice


def test_changes_are_told_by_mail(client: CheckingClient, alice: Person) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    sign_in(client, alice)
    add_app(client)
    subjects = [one.subject for one in mail.outbox]
    assert "An app for codes was added" in subjects


def test_an_installation_that_does_not_ask_says_so(
    client: CheckingClient, alice: Person, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(alice)
    assert "does not ask for a second factor" in client.get("/me").page.text
    settings.SECOND_FACTOR_REQUIRED = True
    assert "does not ask for a second factor" not in client.get("/me").page.text


def test_who_was_made_sealer_needs_one(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=bob, role=Role.SEALER)
    sign_in(client, bob)
    assert client.get("/o/twickel/keys")["Location"] == "/me/second-factor"
