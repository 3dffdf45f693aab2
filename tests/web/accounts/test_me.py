"""A person's own page: name, addresses, devices."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from tessella_web.accounts import domain
from tessella_web.accounts.models import Device, Person
from tessella_web.accounts.signin.signals import browser_words
from tests.web.pages import CheckingClient
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db

PAGES = [
    "/me",
    "/me/name",
    "/me/addresses",
    "/me/second-factor",
    "/me/second-factor/app",
    "/me/second-factor/passkey",
]


@pytest.fixture(autouse=True)
def no_limits_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def mara(client: CheckingClient, db: None) -> Person:
    """Somebody with a verified address, signed in with a code."""
    person = domain.make_person(email="mara@example.org", name="Mara", language="de")
    client.post("/sign-in", {"email": "mara@example.org"})
    client.post("/sign-in/code", {"code": code_in_mail()})
    return person


@pytest.mark.parametrize("path", PAGES)
def test_ones_own_pages_are_for_people_who_are_signed_in(client: CheckingClient, db: None, path: str) -> None:
    assert client.get(path)["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("path", PAGES)
def test_ones_own_pages(client: CheckingClient, mara: Person, path: str) -> None:
    assert client.get(path).status_code == 200


def test_mail_comes_in_the_language_of_the_person(client: CheckingClient, mara: Person) -> None:
    assert mail.outbox[-1].to == ["mara@example.org"]
    client.post("/me/name", {"name": "Mara Klein", "language": "en"})
    mara.refresh_from_db()
    assert (mara.name, mara.language) == ("Mara Klein", "en")


def test_several_addresses_each_confirmed(client: CheckingClient, mara: Person) -> None:
    asked = client.post("/me/addresses", {"action_add": "1", "email": "Mara@Work.example"}, follow=True)
    assert asked.redirect_chain[-1][0] == "/sign-in/address"
    assert mail.outbox[-1].to == ["mara@work.example"]
    client.post("/sign-in/address", {"code": code_in_mail()})
    assert EmailAddress.objects.get(email="mara@work.example").verified
    client.post("/me/addresses", {"action_primary": "1", "email": "mara@work.example"})
    mara.refresh_from_db()
    assert mara.email == "mara@work.example"
    cache.clear()
    other = CheckingClient()
    other.post("/sign-in", {"email": "mara@example.org"})
    assert other.post("/sign-in/code", {"code": code_in_mail()}, follow=True).context["user"] == mara
    assert mail.outbox[-1].subject.startswith("Ihr Code: ")  # in her language, to whichever of her addresses
    client.post("/me/addresses", {"action_remove": "1", "email": "mara@example.org"})
    assert [one.email for one in EmailAddress.objects.all()] == ["mara@work.example"]
    client.post("/me/addresses", {"action_remove": "1", "email": "mara@work.example"})
    assert EmailAddress.objects.count() == 1


def test_an_address_of_somebody_else_is_not_taken(client: CheckingClient, mara: Person) -> None:
    domain.make_person(email="zoe@example.org", name="Zoe")
    client.post("/me/addresses", {"action_add": "1", "email": "zoe@example.org"}, follow=True)
    answer = client.post("/sign-in/address", {"code": code_in_mail()})
    assert "This address belongs to an account already." in answer.page.text
    assert not EmailAddress.objects.filter(user=mara, email="zoe@example.org", verified=True).exists()


def test_other_browsers_are_signed_out(client: CheckingClient, mara: Person, alice: Person) -> None:
    cache.clear()
    other = CheckingClient(headers={"user-agent": "Mozilla/5.0 (iPhone) Version/18.0 Mobile Safari/604.1"})
    other.force_login(mara)
    device = Device.objects.exclude(session=client.session.session_key).get(person=mara)
    assert other.get("/me").status_code == 200
    stranger = CheckingClient()
    stranger.force_login(alice)
    assert stranger.post(f"/me/devices/{device.id}").status_code == 404
    page = client.get("/me")
    assert device.session not in page.content.decode()
    client.post(f"/me/devices/{device.id}")
    assert other.get("/me").status_code == 302
    assert client.get("/me").status_code == 200
    own = Device.objects.get(person=mara)
    assert client.post(f"/me/devices/{own.id}")["Location"] == "/"
    assert client.get("/me").status_code == 302


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1", "Safari, macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8", ""),
    ],
)
def test_browsers_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words
