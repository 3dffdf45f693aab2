"""How many requests an address may make, and what every answer says to browsers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tessella_web.accounts.models import Person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

SOMEBODY = {"X-Forwarded-For": "198.51.100.7"}


@pytest.fixture(autouse=True)
def three_a_minute(settings: Any) -> Iterator[None]:
    settings.PUBLIC_RATE = 3
    settings.PROXIES = (ipaddress.ip_network("127.0.0.0/8"),)
    cache.clear()
    yield
    cache.clear()


def asked(times: int, client: Client | None = None, **options: Any) -> list[int]:
    return [(client or CheckingClient()).get("/accessibility", **options).status_code for _ in range(times)]


def test_an_address_is_limited_and_others_are_not() -> None:
    assert asked(4, headers=SOMEBODY) == [200, 200, 200, 429]
    assert asked(1, headers={"X-Forwarded-For": "198.51.100.8"}) == [200]
    answer = CheckingClient().get("/accessibility", headers=SOMEBODY)
    assert (answer["Retry-After"], "Too many requests" in answer.page.text) == ("60", True)


def test_who_is_signed_in_is_not_limited(alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    assert asked(5, client, headers=SOMEBODY) == [200] * 5


def test_this_machine_and_those_who_watch_it_are_not_limited() -> None:
    assert asked(5) == [200] * 5
    assert [Client().get("/health/live", headers=SOMEBODY).status_code for _ in range(5)] == [200] * 5


def test_only_our_proxy_says_for_whom_it_asks() -> None:
    """A stranger cannot take another address by claiming it, nor add one in front."""
    found = []
    for number in range(4):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        found += asked(1, headers=headers, REMOTE_ADDR="203.0.113.5")
    assert found == [200, 200, 200, 429]
    found = []
    for number in range(4):
        found += asked(1, headers={"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.9"})
    assert found == [200, 200, 200, 429]


def test_a_household_of_ipv6_is_one() -> None:
    found = []
    for number in range(4):
        found += asked(1, headers={"X-Forwarded-For": f"2001:db8:1:2::{number}"})
    assert found == [200, 200, 200, 429]


def test_nought_means_no_limit(settings: Any) -> None:
    settings.PUBLIC_RATE = 0
    assert asked(6, headers=SOMEBODY) == [200] * 6


@pytest.mark.parametrize(
    "path", ["/", "/accessibility", "/sign-in", "/nothing-here", "/health/live", "/audit/heads"]
)
def test_every_answer_tells_browsers_what_is_not_allowed(path: str) -> None:
    answer = Client().get(path)
    policy = dict(
        one.strip().partition(" ")[::2] for one in answer["Content-Security-Policy"].split(";") if one.strip()
    )
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == (
        "'none'",
        "'none'",
        "'none'",
    )
    assert (policy["script-src"], policy["style-src"], policy["form-action"]) == ("'self'",) * 3
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Permissions-Policy"].startswith("camera=")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
