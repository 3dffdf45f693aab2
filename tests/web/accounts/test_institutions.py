"""Signing in at an institution: who it is, what it attests, and what is not believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.cache import cache

from tessella_web.accounts.models import AttestedIdentity, Person
from tessella_web.accounts.signin.attesting import is_student_id
from tessella_web.common.models import AuditEntry
from tessella_web.config.institutions import SettingsError, read_institutions
from tests.web.accounts.provider import CLIENT, SECRET, Provider, running
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

ESI = "urn:schac:personalUniqueCode:int:esi:twickel.example:82683485"

LENA = {
    "sub": "4711", "given_name": "Lena Maria", "family_name": "Smit", "name": "Lena Smit", "email": "lena@twickel.example",
    "email_verified": True, "schac_personal_unique_code": ["urn:schac:personalUniqueCode:nl:local:x:1", ESI],
}  # fmt: skip


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    cache.clear()
    with running() as found:
        kept = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                **kept,
                "APPS": [
                    {
                        "provider_id": "twickel", "name": "University of Twickel", "client_id": CLIENT, "secret": SECRET,
                        "settings": {
                            "server_url": found.issuer, "domains": ["twickel.example"],
                            "scope": ["openid", "profile", "email"],
                        },
                    }
                ],
            }
        }  # fmt: skip
        found.claims = dict(LENA)
        yield found


def come_back(client: CheckingClient, way: str = "/sign-in/at/twickel") -> Any:
    """Off to the institution and back."""
    there = client.get(way)
    assert there.status_code == 302, there.content
    back = urlsplit(httpx.get(there["Location"]).headers["Location"])
    assert (back.hostname, back.path) == ("testserver", "/sign-in/at/twickel/back")
    return client.get(f"{back.path}?{back.query}", follow=True)


def grown_up(client: CheckingClient) -> None:
    """The same for somebody new, who says that they are of age."""
    come_back(client)
    client.post("/me/age", {"answer": "of-age"})


def test_somebody_new_gets_an_account_with_what_was_attested(
    client: CheckingClient, provider: Provider
) -> None:
    answer = come_back(client)
    person = Person.objects.get()
    assert answer.context["user"] == person
    assert (person.name, person.email) == ("Lena Smit", "lena@twickel.example")
    assert EmailAddress.objects.get().verified
    found = AttestedIdentity.objects.get(person=person)
    assert (found.provider, found.issuer, found.given_name, found.family_name, found.student_id) == (
        "twickel", provider.issuer, "Lena Maria", "Smit", ESI,
    )  # fmt: skip
    assert SocialAccount.objects.get().extra_data == {}
    client.post("/me/age", {"answer": "of-age"})
    page = client.get("/me/ways").page.text
    assert "Lena Maria Smit" in page and ESI in page


def test_somebody_new_is_asked_for_their_age_once(client: CheckingClient, provider: Provider) -> None:
    """As on the form of those who make an account by mail. Nothing else opens before; leaving does."""
    assert "Are you younger than 18?" in come_back(client).page.text
    assert client.get("/wallet")["Location"] == "/me/age"
    assert client.get("/me/leave").headers.get("Location") != "/me/age"
    assert client.post("/me/age", {"answer": "of-age"})["Location"] == "/wallet"
    assert (client.get("/wallet").status_code, Person.objects.get().is_minor) == (200, False)
    again = CheckingClient()
    assert "Are you younger than 18?" not in come_back(again).page.text


def test_somebody_new_under_age_waits_as_others_do(client: CheckingClient, provider: Provider) -> None:
    come_back(client)
    page = client.post("/me/age", {"answer": "minor"}, follow=True).page.text
    assert "Day of birth" in page
    assert (client.get("/wallet")["Location"], Person.objects.get().is_minor) == ("/me/age", True)


def test_the_next_sign_in_finds_the_account_and_renews_what_was_attested(
    client: CheckingClient, provider: Provider
) -> None:
    come_back(CheckingClient())
    provider.claims = {**LENA, "family_name": "Smit-Bos", "email": "other@twickel.example"}
    come_back(client)
    assert Person.objects.count() == 1
    assert AttestedIdentity.objects.get().family_name == "Smit-Bos"
    facts = AuditEntry.objects.filter(verb="identity.attested").last()
    assert facts and facts.facts == {"provider": "twickel", "name": True, "student_id": True}


def test_what_is_sent_there_has_pkce_a_nonce_and_no_more_than_asked_for(
    client: CheckingClient, provider: Provider
) -> None:
    query = parse_qs(urlsplit(client.get("/sign-in/at/twickel?scope=admin")["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["nonce"][0]) > 20
    assert sorted(query["scope"][0].split()) == ["email", "openid", "profile"]


WRONG = {
    "a nonce of another request": {"change": {"nonce": "other"}},
    "no nonce": {"change": {"nonce": None}},
    "another issuer": {"change": {"iss": "https://evil.example"}},
    "another audience": {"change": {"aud": "somebody-else"}},
    "several audiences without a party": {"change": {"aud": [CLIENT, "somebody-else"]}},
    "another party": {"change": {"azp": "somebody-else"}},
    "an end in the past": {"change": {"exp": 1}},
    "no end": {"change": {"exp": None}},
    "no subject": {"change": {"sub": None}},
    "user information about somebody else": {"userinfo": {"sub": "666"}},
    "an answer of another provider": {"iss": "https://evil.example"},
    "another name of itself": {"announced": "https://evil.example"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_signs_nobody_in(client: CheckingClient, provider: Provider, wrong: str) -> None:
    for name, value in WRONG[wrong].items():
        setattr(provider, name, value)
    if wrong == "another name of itself":
        answer = client.get("/sign-in/at/twickel")
    else:
        answer = come_back(client)
    assert answer.status_code == 401
    assert answer.page.title.startswith("Signing in there did not work")
    assert not Person.objects.exists()


def test_a_token_signed_by_another_key_signs_nobody_in(client: CheckingClient, provider: Provider) -> None:
    provider.key = type(provider.published).generate_key("P-256", {"kid": "k1"})
    assert come_back(client).status_code == 401


def test_a_token_signed_with_the_clients_secret_signs_nobody_in(
    client: CheckingClient, provider: Provider
) -> None:
    provider.sign_with_the_clients_secret()
    assert come_back(client).status_code == 401
    assert not Person.objects.exists()


def test_an_answer_works_in_the_browser_that_asked_and_once(
    client: CheckingClient, provider: Provider
) -> None:
    back = urlsplit(httpx.get(client.get("/sign-in/at/twickel")["Location"]).headers["Location"])
    assert CheckingClient().get(f"{back.path}?{back.query}").status_code == 401
    client.get(f"{back.path}?{back.query}")
    client.post("/sign-out")
    assert client.get(f"{back.path}?{back.query}").status_code == 401


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "true"}, "verified in words"),
        ({"email": "alice@example.org"}, "not of its domain"),
    ],
)
def test_an_address_that_is_not_shown_opens_no_account(
    client: CheckingClient, provider: Provider, alice: Person, claims: dict[str, Any], why: str
) -> None:
    Person.objects.filter(pk=alice.pk).update(
        email="lena@twickel.example" if "email" not in claims else alice.email
    )
    provider.claims = {**LENA, **claims}
    answer = come_back(client)
    assert not answer.context["user"].is_authenticated
    assert not SocialAccount.objects.exists()
    assert "already" in mail.outbox[-1].subject


def test_an_address_that_is_shown_leads_to_connecting_by_hand(
    client: CheckingClient, provider: Provider, alice: Person
) -> None:
    Person.objects.filter(pk=alice.pk).update(email="lena@twickel.example")
    answer = come_back(client)
    assert answer.redirect_chain[-1][0] == "/sign-in?next=%2Fme"
    assert "connect University of Twickel" in answer.page.text
    assert not SocialAccount.objects.exists()


def test_a_new_address_that_is_not_shown_is_asked_for_by_code(
    client: CheckingClient, provider: Provider
) -> None:
    provider.claims = {**LENA, "email": "lena@elsewhere.example"}
    answer = come_back(client)
    assert answer.redirect_chain[-1][0] == "/sign-in/address"
    found = re.search(r"^([A-Z0-9-]{7,9})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found and mail.outbox[-1].to == ["lena@elsewhere.example"]
    answer = client.post("/sign-in/address", {"code": found[1]}, follow=True)
    assert answer.context["user"].email == "lena@elsewhere.example"
    assert AttestedIdentity.objects.get().student_id == ESI


def test_without_an_address_it_is_asked_for(client: CheckingClient, provider: Provider) -> None:
    provider.claims = {name: value for name, value in LENA.items() if not name.startswith("email")}
    assert come_back(client).redirect_chain[-1][0] == "/sign-in/institution"
    answer = client.post(
        "/sign-in/institution", {"email": "lena@mail.example", "is_minor": "on"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/sign-in/address"
    assert Person.objects.get().is_minor


def test_connecting_takes_ones_own_page(client: CheckingClient, provider: Provider, alice: Person) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    client.force_login(alice)
    assert client.get("/sign-in/at/twickel")["Location"] == "/me"
    way = re.search(r'href="(/sign-in/at/twickel\?token=[^"]+)"', client.get("/me/ways").content.decode())
    assert way
    come_back(client, way[1])
    assert SocialAccount.objects.get().user == alice
    assert AttestedIdentity.objects.get().person == alice
    client.post("/sign-out")
    assert come_back(client).context["user"] == alice
    client.post("/me/institutions/twickel")
    assert not SocialAccount.objects.exists()


def test_somebody_elses_token_connects_nothing(
    client: CheckingClient, provider: Provider, alice: Person, bob: Person
) -> None:
    client.force_login(bob)
    token = re.search(r"token=([^\"]+)", client.get("/me/ways").content.decode())
    client.force_login(alice)
    assert token and client.get(f"/sign-in/at/twickel?token={token[1]}")["Location"] == "/me"


def test_an_unknown_institution_is_not_found(client: CheckingClient, provider: Provider) -> None:
    assert client.get("/sign-in/at/elsewhere").status_code == 404
    assert client.get("/sign-in/at/elsewhere/back").status_code == 404


def test_stopping_there_is_told_kindly(client: CheckingClient, provider: Provider) -> None:
    query = parse_qs(urlsplit(client.get("/sign-in/at/twickel")["Location"]).query)
    answer = client.get(
        f"/sign-in/at/twickel/back?error=access_denied&state={query['state'][0]}", follow=True
    )
    assert answer.page.title.startswith("Signing in there did not work")


@pytest.mark.parametrize(
    ("value", "right"),
    [
        (ESI, True),
        ("urn:schac:personalUniqueCode:int:esi:unipv.it:999001", True),
        ("urn:schac:personalUniqueCode:int:esi:ladok.se:externtstudentuid-1f2e", True),
        ("urn:schac:personalUniqueCode:int:esi:hr:1234", True),
        ("urn:schac:personalUniqueCode:int:esi:urn:esid:x.example:1", False),
        ("urn:schac:personalUniqueCode:nl:local:x:1", False),
        ("82683485", False),
        (ESI + "\n", False),
    ],
)
def test_european_student_identifiers(value: str, right: bool) -> None:
    assert is_student_id(value) is right


FILE = """
[[institution]]
id = "twickel"
name = "University of Twickel"
issuer = "https://login.twickel.example"
client_id = "tessella"
client_secret_file = "{secret}"
domains = ["twickel.example"]
"""


def test_the_file_of_institutions(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "institutions.toml").write_text(FILE.format(secret=tmp_path / "secret"))
    (found,) = read_institutions(str(tmp_path / "institutions.toml"))
    assert (found.id, found.secret, found.domains) == ("twickel", "s3cret", ("twickel.example",))
    assert read_institutions("") == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://login", "http://login"), ("twickel.example\"\nclient_id", "twickel.example?x=1\"\nclient_id"),
        ("id = \"twickel\"", "id = \"a b\""), ("client_id =", "client ="), ("client_id", "nothing_known"),
        ("domains = [", "scopes = [\"profile\"]\ndomains = ["), ("[[institution]]", "[[institution"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    text = FILE.format(secret=tmp_path / "secret")
    assert old in text
    (tmp_path / "institutions.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(SettingsError):
        read_institutions(str(tmp_path / "institutions.toml"))


def test_a_file_or_secret_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read_institutions(str(tmp_path / "nothing.toml"))
    (tmp_path / "institutions.toml").write_text(FILE.format(secret=tmp_path / "nothing"))
    with pytest.raises(SettingsError):
        read_institutions(str(tmp_path / "institutions.toml"))
