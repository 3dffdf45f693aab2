"""Signing in and out: codes, the operator's link, accounts of one's own; the same answer for known and unknown addresses."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from tessella_web.accounts import domain
from tessella_web.accounts.models import Device, Organisation, Person, SignInLink
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits_of_other_tests() -> None:
    cache.clear()


def code_in_mail() -> str:
    found = re.search(r"^([A-Z0-9]{3,4}-[A-Z0-9]{3,4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found.group(1)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> None:
    """Of django-allauth and of ours."""
    monkeypatch.setattr(time, "time", now.timestamp)
    monkeypatch.setattr(timezone, "now", lambda: now)


def ask(client: CheckingClient, email: str, **more: str) -> CheckingClient:
    answer = client.post("/sign-in", {"email": email, **more}, follow=True)
    assert answer.redirect_chain, answer.page.text
    return answer


def test_a_code_signs_in(client: CheckingClient, alice: Person) -> None:
    ask(client, "ALICE@example.org")
    assert mail.outbox[-1].to == ["alice@example.org"]
    answer = client.post("/sign-in/code", {"code": code_in_mail()}, follow=True)
    assert answer.context["user"] == alice
    assert "You are signed in." in answer.page.text


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_works_however_it_was_copied(client: CheckingClient, alice: Person, change) -> None:  # type: ignore[no-untyped-def]
    ask(client, "alice@example.org")
    answer = client.post("/sign-in/code", {"code": change(code_in_mail())}, follow=True)
    assert answer.context["user"] == alice


def test_a_code_works_once_and_in_one_browser(client: CheckingClient, alice: Person) -> None:
    ask(client, "alice@example.org")
    code = code_in_mail()
    other = CheckingClient()
    assert not other.post("/sign-in/code", {"code": code}, follow=True).context["user"].is_authenticated
    client.post("/sign-in/code", {"code": code})
    client.post("/sign-out")
    assert not client.post("/sign-in/code", {"code": code}, follow=True).context["user"].is_authenticated


def test_known_and_unknown_addresses_get_the_same_answer(client: CheckingClient, alice: Person) -> None:
    def told(email: str) -> tuple[object, ...]:
        page = ask(CheckingClient(), email).page
        return page.title, page.headings, page.text.replace(email, "@"), len(page.fields)

    assert told("alice@example.org") == told("ghost@example.org")
    assert [one.to for one in mail.outbox] == [["alice@example.org"], ["ghost@example.org"]]
    assert "no account" in mail.outbox[-1].subject


def test_wrong_codes_end_the_attempt(client: CheckingClient, alice: Person) -> None:
    ask(client, "alice@example.org")
    first = client.post("/sign-in/code", {"code": "AAA-AAA"})
    assert "This is not the code we sent." in first.page.text
    for _attempt in range(4):
        last = client.post("/sign-in/code", {"code": "AAA-AAA"}, follow=True)
    assert last.redirect_chain == [("/sign-in", 302)]
    assert not client.post("/sign-in/code", {"code": code_in_mail()}, follow=True).context["user"].pk


def test_the_time_for_a_code_can_be_extended(
    client: CheckingClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "alice@example.org")
    start = timezone.now()
    for minutes in (14, 28, 42):
        set_clock(monkeypatch, start + dt.timedelta(minutes=minutes))
        page = client.post("/sign-in/code", {"action": "more-time"}, follow=True).page
        assert "You have the full time again." in page.text
    assert client.post("/sign-in/code", {"code": code_in_mail()}, follow=True).context["user"] == alice


def test_an_old_code_does_not_work(
    client: CheckingClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "alice@example.org")
    set_clock(monkeypatch, timezone.now() + dt.timedelta(minutes=16))
    answer = client.post("/sign-in/code", {"code": code_in_mail()}, follow=True)
    assert not answer.context["user"].is_authenticated


def test_another_code_takes_the_place_of_the_first(client: CheckingClient, alice: Person) -> None:
    ask(client, "alice@example.org")
    first = code_in_mail()
    client.post("/sign-in/code", {"action": "resend"})
    assert code_in_mail() != first
    assert client.post("/sign-in/code", {"code": code_in_mail()}, follow=True).context["user"] == alice


def test_codes_for_one_address_are_sent_only_so_often(alice: Person) -> None:
    for _ in range(3):
        ask(CheckingClient(), "alice@example.org")
    answer = CheckingClient().post("/sign-in", {"email": "alice@example.org"})
    assert "Too many attempts." in answer.page.text
    assert len(mail.outbox) == 3


def test_signing_in_leads_back_to_where_one_wanted(
    client: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    assert client.get("/o/twickel/")["Location"] == "/sign-in?next=/o/twickel/"
    ask(client, "alice@example.org", next="/o/twickel/")
    answer = client.post("/sign-in/code?next=/o/twickel/", {"code": code_in_mail()})
    assert answer["Location"] == "/o/twickel/"


def test_nobody_is_led_elsewhere(client: CheckingClient, alice: Person) -> None:
    ask(client, "alice@example.org", next="https://evil.example/")
    answer = client.post("/sign-in/code?next=https://evil.example/", {"code": code_in_mail()})
    assert answer["Location"] == "/"


def test_an_account_is_made_with_a_name_and_a_code(client: CheckingClient, db: None) -> None:
    asked = client.post("/sign-in/new", {"name": "Ana Kos", "email": "ana@example.org"}, follow=True)
    assert asked.redirect_chain[-1][0] == "/sign-in/address"
    assert not asked.context["user"].is_authenticated
    answer = client.post("/sign-in/address", {"code": code_in_mail()}, follow=True)
    person = Person.objects.get()
    assert (answer.context["user"], person.name, person.has_usable_password()) == (person, "Ana Kos", False)
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("ana@example.org", True)]


def test_making_an_account_that_is_there_tells_only_its_owner(client: CheckingClient, alice: Person) -> None:
    new = CheckingClient().post("/sign-in/new", {"name": "X", "email": "new@example.org"}, follow=True).page
    old = client.post("/sign-in/new", {"name": "X", "email": "alice@example.org"}, follow=True).page
    assert old.text.replace("alice@", "new@") == new.text
    assert mail.outbox[-1].subject == "You have an account already"
    assert Person.objects.filter(email="alice@example.org").get().name == "Alice"


def test_where_only_the_invited_may_nobody_else_makes_an_account(
    client: CheckingClient, settings, db: None
) -> None:  # type: ignore[no-untyped-def]
    settings.SIGN_UP_OPEN = False
    answer = client.post("/sign-in/new", {"name": "Ana", "email": "ana@example.org"})
    assert answer.page.title.startswith("Only with an invitation")
    assert "Make an account" not in client.get("/sign-in").page.text
    assert not Person.objects.exists()


def test_the_operators_link_signs_in_once(client: CheckingClient, alice: Person) -> None:
    key = domain.make_sign_in_link(person=alice)
    client.get(f"/sign-in/link?key={key}")  # a program that looks into mails
    first = client.post("/sign-in/link", {"key": key}, follow=True)
    assert first.context["user"] == alice
    second = CheckingClient().post("/sign-in/link", {"key": key}, follow=True)
    assert not second.context["user"].is_authenticated
    assert "does not work any more" in second.page.text


def test_an_old_link_does_not_work(client: CheckingClient, alice: Person) -> None:
    key = domain.make_sign_in_link(person=alice)
    SignInLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert not client.post("/sign-in/link", {"key": key}, follow=True).context["user"].is_authenticated


def test_a_secret_is_not_kept(alice: Person) -> None:
    key = domain.make_sign_in_link(person=alice)
    assert key not in str(list(SignInLink.objects.values()))


def test_a_wrong_address_is_told_at_the_field_and_on_top(client: CheckingClient, db: None) -> None:
    page = client.post("/sign-in", {"email": "nobody"}).page
    assert ("h2", "Please look at this again") in page.headings


def test_signing_out_ends_the_session(client: CheckingClient, alice: Person) -> None:
    client.force_login(alice)
    assert Device.objects.filter(person=alice).count() == 1
    assert not client.post("/sign-out", follow=True).context["user"].is_authenticated
    assert Device.objects.count() == 0
    assert client.get("/sign-out").status_code == 405


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("charlie", 404), ("", 302)])
def test_a_workspace_is_seen_by_those_who_work_there(
    client: CheckingClient, organisation: Organisation, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get("/o/twickel/").status_code == status
