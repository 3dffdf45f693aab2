"""The pages for programs: a token and a secret are shown once; others see nothing of it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.tokens.domain import token_of
from tessella_web.accounts.tokens.models import AccessToken
from tessella_web.accounts.webhooks.models import Delivery, Endpoint
from tests.web.pages import CheckingClient


@pytest.fixture(autouse=True)
def own_kek(settings: object, tmp_path: object) -> None:
    settings.KEK_FILE = f"{tmp_path}/kek"  # type: ignore[attr-defined]


def shown(response: object) -> str:
    text = response.content.decode()  # type: ignore[attr-defined]
    found = re.search(r'id="secret"[^>]*value="([^"]+)"', text)
    assert found is not None
    return found.group(1)


def test_a_token_is_shown_once_and_can_be_revoked(
    client: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    client.force_login(alice)
    made = client.post(
        reverse("token-new", args=["twickel"]),
        {"name": "Nightly", "scopes": ["descriptions:read"], "days": "30"},
    )
    assert made["Cache-Control"] == "no-store"
    secret = shown(made)
    assert token_of(secret) is not None
    listing = client.get(reverse("programs", args=["twickel"])).content.decode()
    assert "Nightly" in listing and secret not in listing
    token = AccessToken.objects.get()
    assert client.get(reverse("token-revoke", args=["twickel", token.id])).status_code == 200
    client.post(reverse("token-revoke", args=["twickel", token.id]))
    assert token_of(secret) is None
    assert "revoked on" in client.get(reverse("programs", args=["twickel"])).content.decode()


def test_a_token_without_a_choice_is_not_made(
    client: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    client.force_login(alice)
    answer = client.post(reverse("token-new", args=["twickel"]), {"name": "", "days": "30"})
    assert answer.status_code == 200
    assert AccessToken.objects.count() == 0


def test_only_what_the_role_allows_is_offered(client: CheckingClient, bob: Person) -> None:
    client.force_login(bob)
    text = client.get(reverse("token-new", args=["twickel"])).content.decode()
    assert "descriptions:read" in text
    assert "keys:manage" not in text


def test_nobody_sees_another_persons_tokens_but_owners(
    client: CheckingClient, alice: Person, bob: Person, charlie: Person
) -> None:
    client.force_login(bob)
    client.post(
        reverse("token-new", args=["twickel"]),
        {"name": "Of Bob", "scopes": ["descriptions:read"], "days": "30"},
    )
    client.force_login(alice)
    assert "Of Bob" in client.get(reverse("programs", args=["twickel"])).content.decode()
    client.force_login(charlie)
    assert client.get(reverse("programs", args=["twickel"])).status_code == 404


def test_a_webhook_from_its_making_to_its_end(
    client: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    client.force_login(alice)
    refused = client.post(
        reverse("webhook-new", args=["twickel"]), {"url": "http://10.0.0.1/", "events": ["award.issued"]}
    )
    assert refused.status_code == 200 and Endpoint.objects.count() == 0
    made = client.post(
        reverse("webhook-new", args=["twickel"]),
        {"url": "https://campus.example.org/in", "events": ["award.issued"]},
    )
    secret, hook = shown(made), Endpoint.objects.get()
    assert secret.startswith("whsec_") and made["Cache-Control"] == "no-store"
    at = ["twickel", hook.id]
    client.post(reverse("webhook-test", args=at))
    delivery = Delivery.objects.get()
    page = client.get(reverse("webhook", args=at)).content.decode()
    assert f"msg_{delivery.id}" in page and secret not in page
    Delivery.objects.update(state="failed")
    assert "Send again" in client.get(reverse("webhook", args=at)).content.decode()
    client.post(reverse("webhook-again", args=[*at, delivery.id]))
    assert Delivery.objects.get().state == "waiting"
    assert client.get(reverse("webhook-change", args=at)).status_code == 200
    client.post(reverse("webhook-change", args=at), {"url": hook.url, "events": ["award.revoked"]})
    hook.refresh_from_db()
    assert (hook.is_active, hook.events) == (False, ["award.revoked"])
    assert client.get(reverse("webhook-rotate", args=at)).status_code == 200
    assert shown(client.post(reverse("webhook-rotate", args=at))) != secret
    assert client.get(reverse("webhooks", args=["twickel"])).status_code == 200
    assert client.get(reverse("webhook-remove", args=at)).status_code == 200
    client.post(reverse("webhook-remove", args=at))
    assert Endpoint.objects.count() == 0
    assert client.get(reverse("webhook", args=at)).status_code == 404
