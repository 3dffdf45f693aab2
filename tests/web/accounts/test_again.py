"""Showing once more who one is, before what cannot be taken back: fresh for a while, and only in the session where it was shown."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from tessella_web.accounts.assurance import FreshSignInError, acting, require_fresh_sign_in
from tessella_web.accounts.models import Person
from tessella_web.config.urls import urlpatterns as ours
from tests.web.accounts.test_second_factor import add_app, forget_use, now_code
from tests.web.pages import CheckingClient
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db


def sensitive(request: HttpRequest) -> HttpResponse:
    """Something that a person does with what is their own."""
    require_fresh_sign_in()
    return HttpResponse(f"done by {request.user} with {request.POST.get('what', 'nothing')}", "text/plain")


urlpatterns = [*ours, path("sensitive", sensitive, name="sensitive")]


@pytest.fixture(autouse=True)
def a_sensitive_page(settings: Any) -> None:
    cache.clear()
    settings.ROOT_URLCONF = __name__


def set_clock(monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> None:
    monkeypatch.setattr(time, "time", now.timestamp)
    monkeypatch.setattr(timezone, "now", lambda: now)


def sign_in(client: CheckingClient, person: Person) -> None:
    client.post("/sign-in", {"email": person.email})
    client.post("/sign-in/code", {"code": code_in_mail()})


def test_code_that_nobody_asked_for_is_not_asked() -> None:
    require_fresh_sign_in()
    with acting(lambda: None), pytest.raises(FreshSignInError):
        require_fresh_sign_in()
    with acting(lambda: None, timezone.now):
        require_fresh_sign_in()
    with acting(lambda: None, timezone.now), pytest.raises(FreshSignInError):
        require_fresh_sign_in(within=dt.timedelta(0))


def test_whoever_has_just_signed_in_goes_on(client: CheckingClient, alice: Person) -> None:
    sign_in(client, alice)
    assert client.get("/sensitive").content == b"done by Alice with nothing"


def test_an_open_browser_is_not_enough_and_nothing_sent_is_lost(
    client: CheckingClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, alice)
    set_clock(monkeypatch, timezone.now() + dt.timedelta(minutes=16))
    asked = client.post("/sensitive", {"what": "care"})
    assert asked["Location"] == "/me/again/sign-in?next=%2Fsensitive"
    page = client.get(asked["Location"]).page
    assert page.title.startswith("Confirm that it is you")
    assert "alice@example.org" in page.text
    client.post("/me/again/sign-in", {"action": "send", "email": "alice@example.org", "next": "/sensitive"})
    assert mail.outbox[-1].subject.startswith("Confirm with this code")
    assert "We sent a code to alice@example.org." in client.get(asked["Location"]).page.text
    answer = client.post(
        "/me/again/sign-in", {"action": "check", "code": code_in_mail().lower(), "next": "/sensitive"}
    )
    assert answer.content == b"done by Alice with care"


@pytest.mark.django_db(transaction=True)  # a new factor counts on commit
def test_who_has_a_second_factor_shows_that(
    client: CheckingClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, alice)
    secret = add_app(client)
    set_clock(monkeypatch, timezone.now() + dt.timedelta(minutes=16))
    asked = client.get("/sensitive", follow=True)
    assert [where for where, _status in asked.redirect_chain] == [
        "/me/again/sign-in?next=%2Fsensitive", "/me/again?next=%2Fsensitive",
    ]  # fmt: skip
    forget_use(secret)
    answer = client.post("/me/again", {"code": now_code(secret), "next": "/sensitive"}, follow=True)
    assert answer.content == b"done by Alice with nothing"


def test_a_wrong_code_is_told_and_five_end_it(client: CheckingClient, alice: Person) -> None:
    client.force_login(alice)
    client.post("/me/again/sign-in", {"action": "send", "email": "alice@example.org"})
    right = code_in_mail()
    for _attempt in range(4):
        answer = client.post("/me/again/sign-in", {"action": "check", "code": "WRNG-CODE"})
        assert "This is not the code we sent." in answer.page.text
    client.post("/me/again/sign-in", {"action": "check", "code": "WRNG-CODE"})
    client.post("/me/again/sign-in", {"action": "check", "code": right})
    assert client.get("/sensitive").status_code == 302


def test_a_code_works_for_a_quarter_of_an_hour_and_longer_for_who_needs_it(
    client: CheckingClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(alice)
    start = timezone.now()
    client.post("/me/again/sign-in", {"action": "send", "email": "alice@example.org"})
    right = code_in_mail()
    set_clock(monkeypatch, start + dt.timedelta(minutes=14))
    client.post("/me/again/sign-in", {"action": "more-time"})
    set_clock(monkeypatch, start + dt.timedelta(minutes=28))
    assert client.post("/me/again/sign-in", {"action": "check", "code": right})["Location"] == "/me"
    client.post("/me/again/sign-in", {"action": "send", "email": "alice@example.org"})
    right = code_in_mail()
    set_clock(monkeypatch, start + dt.timedelta(minutes=44))
    answer = client.post("/me/again/sign-in", {"action": "check", "code": right})
    assert "Where shall the code go?" in answer.page.text


def test_a_code_goes_to_confirmed_addresses_of_ones_own_only(
    client: CheckingClient, alice: Person, charlie: Person
) -> None:
    for email, verified in (("alice@home.example", True), ("alice@not-yet.example", False)):
        EmailAddress.objects.create(user=alice, email=email, verified=verified)
    client.force_login(alice)
    page = client.get("/me/again/sign-in").page
    assert [one["value"] for one in page.fields if one.get("name") == "email"] == ["alice@home.example"]
    for email in ("alice@not-yet.example", charlie.email):
        client.post("/me/again/sign-in", {"action": "send", "email": email})
    assert mail.outbox == []


def test_the_way_back_leads_nowhere_else(client: CheckingClient, alice: Person) -> None:
    client.force_login(alice)
    client.post("/me/again/sign-in", {"action": "send", "email": "alice@example.org", "next": "https://elsewhere.example/"})  # fmt: skip
    answer = client.post(
        "/me/again/sign-in", {"action": "check", "code": code_in_mail(), "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == "/me"


def test_nobody_signed_in_is_sent_to_sign_in(client: CheckingClient) -> None:
    assert client.get("/me/again/sign-in")["Location"] == "/sign-in?next=/me/again/sign-in"
    assert client.get("/sensitive").status_code == 403
