"""A second factor that was shown at an institution: counts only where the operator says so, and only while it is recent."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache

from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.signin.asserting import asserted_at
from tessella_web.config.institutions import SettingsError, read_institutions
from tests.web.accounts.provider import Provider
from tests.web.accounts.test_institutions import FILE, LENA, come_back, grown_up, provider
from tests.web.pages import CheckingClient

__all__ = ["provider"]

pytestmark = pytest.mark.django_db

MFA = "https://refeds.org/profile/mfa"


def counting(settings: Any, **second_factor: list[str]) -> None:
    """The operator takes these words of the institution for a second factor."""
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    app["settings"]["second_factor"] = second_factor


def shown_at(client: CheckingClient) -> list[float]:
    """When a second factor was shown in the session."""
    records = client.session.get("account_authentication_methods", [])
    return [one["at"] for one in records if one["method"] == "mfa"]


def owner_of(organisation: Organisation) -> Person:
    person = Person.objects.get(email="lena@twickel.example")
    person.memberships.create(organisation=organisation, role=Role.OWNER)
    return person


def confirming(client: CheckingClient) -> str:
    """Where the page of second factors leads to."""
    found = re.search(
        r'href="(/sign-in/at/twickel\?[^"]+)"', client.get("/me/second-factor").content.decode()
    )
    assert found
    return html.unescape(found[1])


def is_let_in(client: CheckingClient) -> bool:
    """Whether keys may be made, which takes a second factor."""
    answer = client.post("/o/twickel/keys/new", {"use": "badge"})
    return bool(answer["Location"] != "/me/second-factor")


def test_nothing_counts_that_the_operator_has_not_named(
    client: CheckingClient, provider: Provider, organisation: Organisation, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    provider.claims = {**LENA, "amr": ["pwd", "mfa"], "acr": MFA, "auth_time": int(time.time())}
    grown_up(client)
    owner_of(organisation)
    assert (shown_at(client), is_let_in(client)) == ([], False)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"amr": ["pwd", "mfa"]}, {"amr": ["mfa"]}),
        ({"amr": ["hwk"]}, {"amr": ["mfa", "hwk"], "acr": [MFA]}),
        ({"acr": MFA}, {"acr": [MFA]}),
    ],
)
def test_what_the_operator_has_named_counts(
    client: CheckingClient,
    provider: Provider,
    organisation: Organisation,
    settings: Any,
    said: Any,
    named: Any,
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    counting(settings, **named)
    at = int(time.time()) - 60
    provider.change = {**said, "auth_time": at}
    grown_up(client)
    owner_of(organisation)
    assert (shown_at(client), is_let_in(client)) == ([at], True)


@pytest.mark.parametrize(
    "change",
    [
        {"amr": ["pwd"]}, {"amr": "mfa"}, {"amr": ["MFA"]}, {"amr": []}, {"amr": [["mfa"]]}, {"acr": "mfa"}, {"acr": [MFA]},
        {"amr": ["mfa"], "auth_time": None}, {"amr": ["mfa"], "auth_time": "now"}, {"amr": ["mfa"], "auth_time": True},
        {"amr": ["mfa"], "auth_time": 10**12}, {"amr": ["mfa"], "auth_time": -1},
        {"second_factor_at": int(time.time())},
    ],
)  # fmt: skip
def test_what_does_not_say_it_clearly_does_not_count(
    client: CheckingClient, provider: Provider, settings: Any, change: dict[str, Any]
) -> None:
    counting(settings, amr=["mfa"], acr=[MFA])
    provider.change = {"auth_time": int(time.time()), **change}
    grown_up(client)
    assert shown_at(client) == []


def test_only_the_signed_token_is_believed(client: CheckingClient, provider: Provider, settings: Any) -> None:
    counting(settings, amr=["mfa"])
    provider.change = {"auth_time": int(time.time())}
    provider.userinfo = {"amr": ["mfa"], "second_factor_at": int(time.time())}
    grown_up(client)
    assert shown_at(client) == []


def test_a_sign_in_of_this_morning_is_no_second_factor_of_now(
    client: CheckingClient, provider: Provider, organisation: Organisation, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    counting(settings, amr=["mfa"])
    provider.change = {"amr": ["mfa"], "auth_time": int(time.time()) - 3600}
    grown_up(client)
    owner_of(organisation)
    assert is_let_in(client) is False
    way = confirming(client)
    asked = parse_qs(urlsplit(client.get(way)["Location"]).query)
    assert asked["max_age"] == ["0"]
    provider.change = {"amr": ["mfa"], "auth_time": int(time.time())}
    answer = come_back(client, way)
    assert answer.redirect_chain[-1][0] == "/me/second-factor"
    assert is_let_in(client) is True


def test_somebody_elses_second_factor_does_not_count_for_me(
    client: CheckingClient, provider: Provider, organisation: Organisation, settings: Any
) -> None:
    counting(settings, amr=["mfa"])
    provider.change = {"auth_time": int(time.time())}
    grown_up(client)
    way = confirming(client)
    other = {
        **LENA,
        "sub": "666",
        "email": "other@twickel.example",
        "amr": ["mfa"],
        "auth_time": int(time.time()),
    }
    provider.claims, provider.change = other, {}
    grown_up(CheckingClient())
    come_back(client, way)
    assert shown_at(client) == []


def test_the_institution_is_asked_for_what_counts(
    client: CheckingClient, provider: Provider, settings: Any
) -> None:
    counting(settings, amr=["mfa"], acr=[MFA, "urn:x:loa3"])
    query = parse_qs(urlsplit(client.get("/sign-in/at/twickel")["Location"]).query)
    assert (query["acr_values"], "max_age" in query) == ([f"{MFA} urn:x:loa3"], False)
    cache.clear()


def test_a_clock_that_is_a_little_ahead_makes_nothing_count_longer() -> None:
    said = {"amr": ["otp"], "auth_time": 1030}
    assert asserted_at(said, {"amr": ["otp"]}, now=1000.0) == 1000.0
    assert asserted_at(said, {"amr": ["otp"]}, now=900.0) is None


def test_the_file_names_what_counts(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    at = tmp_path / "institutions.toml"
    text = FILE.format(secret=tmp_path / "secret")
    at.write_text(text)
    (found,) = read_institutions(str(at))
    assert (found.second_factor_amr, found.second_factor_acr) == ((), ())
    at.write_text(text + f'second_factor_amr = ["mfa", "hwk"]\nsecond_factor_acr = ["{MFA}"]\n')
    (found,) = read_institutions(str(at))
    assert (found.second_factor_amr, found.second_factor_acr) == (("mfa", "hwk"), (MFA,))


@pytest.mark.parametrize("line", ['second_factor_amr = ["pwd"]', 'second_factor_amr = ["MFA"]', 'second_factor_acr = ["a b"]', 'second_factor_acr = [""]'])  # fmt: skip
def test_what_is_no_second_factor_is_refused_at_the_start(tmp_path: Path, line: str) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "institutions.toml").write_text(FILE.format(secret=tmp_path / "secret") + line)
    with pytest.raises(SettingsError):
        read_institutions(str(tmp_path / "institutions.toml"))
