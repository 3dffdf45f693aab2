"""Signing in and out."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone

from tessella_web.accounts import domain
from tessella_web.accounts.models import Organisation, Person, SignInLink
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def key_in_mail() -> str:
    found = re.search(r"\?key=([\w-]+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def test_a_link_signs_in_once(client: CheckingClient, alice: Person) -> None:
    client.post("/sign-in", {"email": "ALICE@example.org"})
    key = key_in_mail()
    assert mail.outbox[-1].to == ["alice@example.org"]
    client.get(f"/sign-in/link?key={key}")  # a program that looks into mails
    first = client.post("/sign-in/link", {"key": key}, follow=True)
    assert first.context["user"] == alice
    second = CheckingClient().post("/sign-in/link", {"key": key}, follow=True)
    assert not second.context["user"].is_authenticated
    assert "does not work any more" in second.page.text


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: CheckingClient, alice: Person) -> None:
    known = client.post("/sign-in", {"email": "alice@example.org"}).page.headings
    unknown = client.post("/sign-in", {"email": "nobody@example.org"}).page.headings
    assert (known, len(mail.outbox)) == (unknown, 1)


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
    assert not client.post("/sign-out", follow=True).context["user"].is_authenticated
    assert client.get("/sign-out").status_code == 405


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("charlie", 404), ("", 302)])
def test_a_workspace_is_seen_by_those_who_work_there(
    client: CheckingClient, organisation: Organisation, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get("/o/twickel/").status_code == status
