"""Webhooks: what is told, how it is signed, what happens when nobody takes it, and that nothing private is in the database."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from tessella.errors import AccessError
from tessella.keys import PrivateKey
from tessella_web.accounts.keys.domain import rewrap_all
from tessella_web.accounts.webhooks import domain, signing
from tessella_web.accounts.webhooks.models import Delivery, Endpoint, Event
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials import events
from tests.api.conftest import Small, client_of
from tests.api.support import Client
from tests.web.matrix.world import World

URL = "https://campus.example.org/hooks"


class Receiver:
    """Takes messages, or refuses them with a code."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.refuses = ""

    def post(
        self, url: str, content: bytes, *, content_type: str, max_bytes: int, headers: Mapping[str, str]
    ) -> object:
        if self.refuses:
            raise AccessError("no", code=self.refuses)
        self.taken.append((url, content, headers))
        return None

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(content) for _url, content, _headers in self.taken]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


def made(small: Small | World, *wanted: str) -> tuple[Endpoint, str]:
    return domain.make_endpoint(
        by=small.people["owner"], organisation=small.organisation, url=URL, events=wanted or ["award.revoked"]
    )


def is_signed(secret: str, content: bytes, headers: Mapping[str, str]) -> bool:
    """As a receiver checks it, by the convention (standardwebhooks.com), from scratch."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), content])
    key = base64.b64decode(secret.split("_", 1)[1])
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, f"v1,{mark}") for one in headers["webhook-signature"].split(" "))


def test_the_signature_is_that_of_the_convention() -> None:
    """The example of the specification's own libraries."""
    found = signing.headers(
        id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=b'{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )  # fmt: skip
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_test_arrives_signed_under_the_id_it_keeps(small: Small, receiver: Receiver) -> None:
    endpoint, secret = made(small)
    delivery = domain.send_test(by=small.people["owner"], endpoint=endpoint)
    assert domain.deliver_due(receiver) == 1
    [(url, content, headers)] = receiver.taken
    assert url == URL
    assert headers["webhook-id"] == f"msg_{delivery.id}"
    assert is_signed(secret, content, headers)
    assert not is_signed(secret, content + b" ", headers)
    assert receiver.told[0]["type"] == "test"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert domain.deliver_due(receiver) == 0


def test_a_new_secret_signs_beside_the_one_before_for_a_day(
    small: Small, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, old = made(small)
    _endpoint, new = domain.rotate_secret(by=small.people["owner"], endpoint=endpoint)
    assert new != old
    domain.send_test(by=small.people["owner"], endpoint=endpoint)
    domain.deliver_due(receiver)
    Endpoint.objects.update(former_until=timezone.now() - dt.timedelta(seconds=1))
    domain.send_test(by=small.people["owner"], endpoint=endpoint)
    domain.deliver_due(receiver)
    both, one = (
        [is_signed(each, content, headers) for each in (new, old)]
        for _url, content, headers in receiver.taken
    )
    assert (both, one) == ([True, True], [True, False])


def test_what_is_not_taken_is_sent_again_later_and_given_up_in_the_end(
    small: Small, receiver: Receiver
) -> None:
    endpoint, _secret = made(small)
    delivery = domain.send_test(by=small.people["owner"], endpoint=endpoint)
    receiver.refuses = "access.status"
    waits = []
    for _attempt in range(len(domain.RETRY_S) + 1):
        Delivery.objects.update(due_at=timezone.now())
        assert domain.deliver_due(receiver) == 1
        delivery.refresh_from_db()
        waits.append(round((delivery.due_at - timezone.now()).total_seconds() / 60))
    assert waits == [1, 5, 30, 120, 300, 600, 840, 1200, 1440, 1440]
    assert (delivery.state, delivery.answer, delivery.attempts) == (
        "failed",
        "access.status",
        len(domain.RETRY_S) + 1,
    )
    receiver.refuses = ""
    domain.send_again(by=small.people["owner"], delivery=delivery)
    domain.deliver_due(receiver)
    assert receiver.taken[0][2]["webhook-id"] == f"msg_{delivery.id}"


def test_a_receiver_that_is_gone_is_told_no_more(small: Small, receiver: Receiver) -> None:
    endpoint, _secret = made(small)
    domain.send_test(by=small.people["owner"], endpoint=endpoint)
    receiver.refuses = "access.gone"
    domain.deliver_due(receiver)
    endpoint.refresh_from_db()
    assert not endpoint.is_active


def test_one_that_does_not_answer_holds_up_nobody_else(small: Small) -> None:
    slow, _secret = made(small)
    quick, _secret = domain.make_endpoint(
        by=small.people["owner"],
        organisation=small.organisation,
        url="https://quick.example.org/",
        events=["award.issued"],
    )
    for one in (slow, slow, slow, quick):
        domain.send_test(by=small.people["owner"], endpoint=one)
    asked: list[str] = []

    class Broken(Receiver):
        def post(self, url: str, content: bytes, **rest: Any) -> object:
            asked.append(url)
            self.refuses = "access.network" if url == URL else ""
            return super().post(url, content, **rest)

    domain.deliver_due(Broken())
    assert sorted(asked) == sorted([URL, "https://quick.example.org/"])
    assert sorted(Delivery.objects.values_list("endpoint__url", "attempts")) == sorted(
        [(URL, 1), (URL, 0), (URL, 0), (quick.url, 1)]
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://campus.example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "https://localhost/", "https://db.internal/",
        "https://user@campus.example.org/", "https://", "ftp://campus.example.org/", "https://campus.example.org:0x/", "https://campus.example.org/#a",
        "https://169.254.169.254/latest", "https://campus.example.org/ä",
    ],
)  # fmt: skip
def test_an_address_that_leads_inside_is_refused(small: Small, url: str) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.make_endpoint(
            by=small.people["owner"], organisation=small.organisation, url=url, events=["award.issued"]
        )
    assert (caught.value.code, caught.value.field) == ("webhooks.address", "url")


def test_where_a_name_leads_is_looked_at_when_it_is_sent(small: Small) -> None:
    """The adapter's guard: a name that resolves into the own network is not asked."""
    from tessella.adapters.clock import SystemClock
    from tessella.adapters.http import SafeFetcher

    endpoint, _secret = made(small)
    delivery = domain.send_test(by=small.people["owner"], endpoint=endpoint)
    domain.deliver_due(SafeFetcher(SystemClock(), resolve=lambda host, port: ["10.1.2.3"]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.answer) == ("waiting", "access.private")


def test_the_operator_may_allow_the_own_network(small: Small, settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE = True
    endpoint, _secret = domain.make_endpoint(
        by=small.people["owner"],
        organisation=small.organisation,
        url="http://10.0.0.1:8080/in",
        events=["award.issued"],
    )
    assert endpoint.url == "http://10.0.0.1:8080/in"


def test_the_secret_is_wrapped_bound_to_its_place_and_survives_a_rotation(
    small: Small, receiver: Receiver
) -> None:
    endpoint, secret = made(small)
    other, _secret = made(small)
    assert secret not in json.dumps(list(Endpoint.objects.values()), default=str)
    assert rewrap_all() == 0  # no keys of the organisation: webhooks are counted apart
    endpoint.refresh_from_db()
    domain.send_test(by=small.people["owner"], endpoint=endpoint)
    domain.deliver_due(receiver)
    assert is_signed(secret, *receiver.taken[0][1:])
    Endpoint.objects.filter(pk=endpoint.pk).update(wrapped=Endpoint.objects.get(pk=other.pk).wrapped)
    delivery = domain.send_test(by=small.people["owner"], endpoint=endpoint)
    domain.deliver_due(receiver)
    delivery.refresh_from_db()
    assert delivery.answer == "keys.locked"


def test_the_secret_of_a_key_is_always_the_same_and_long_enough() -> None:
    key = PrivateKey.generate()
    assert signing.secret_of(key) == signing.secret_of(key) != signing.secret_of(PrivateKey.generate())
    assert len(base64.b64decode(signing.secret_of(key).removeprefix("whsec_"))) == 32


def test_only_owners_manage_webhooks(small: Small) -> None:
    with pytest.raises(NotAllowedError):
        domain.make_endpoint(
            by=small.people["coordinator"], organisation=small.organisation, url=URL, events=["award.issued"]
        )


def test_everything_that_happens_is_told_once_in_order_and_names_nobody(
    world: World, receiver: Receiver
) -> None:
    """The awards of a batch, its end, what becomes of them, and what is published; nothing from before."""
    from tessella_web.catalogue import domain as catalogue
    from tessella_web.credentials.domain import awards, batches, engine
    from tessella_web.credentials.models import Award, Batch

    Endpoint.objects.all().delete()  # the world has one of its own
    made(world, *(str(one) for one in Event if one is not Event.TEST))
    assert events.collect() == 0
    owner = client_of(world, "owner")
    batch = Batch.objects.get(pk=world.values["batch.*"]["id"])
    batches.start(by=world.people["coordinator"], batch=batch)
    while engine.seal_next_chunk():
        pass
    award = Award.objects.get(row__batch=batch)
    awards.revoke(by=world.people["owner"], award=award, reason="A test.")
    version = world.version
    catalogue.withdraw(version=version, by=world.people["owner"], because="It is over.")
    assert events.collect() == 4
    assert events.collect() == 0
    while domain.deliver_due(receiver):
        pass
    assert sorted(one["type"] for one in receiver.told) == [
        "award.issued",
        "award.revoked",
        "batch.finished",
        "version.withdrawn",
    ]
    by_type = {one["type"]: one["data"] for one in receiver.told}
    assert by_type["award.issued"] | {"url": ""} == {
        "organisation": "twickel",
        "award": award.id,
        "batch": batch.id,
        "url": "",
    }
    assert by_type["batch.finished"] == {"organisation": "twickel", "batch": batch.id}
    assert by_type["version.withdrawn"]["number"] == version.number
    text = b" ".join(content for _url, content, _headers in receiver.taken)
    assert not any(word in text for word in (b"Wim", b"wim@", b"Wachter", b"A test."))
    assert owner("GET", f"/awards/{by_type['award.revoked']['award']}").json()["state"] == "revoked"


def test_by_rest_the_secret_is_shown_once(small: Small, owner: Client) -> None:
    answer = owner("POST", "/webhooks", {"url": URL, "events": ["award.issued"]})
    secret, path = answer.json()["secret"], "/webhooks/" + answer.json()["id"]
    assert secret.startswith("whsec_")
    assert "secret" not in owner("GET", path).json()
    assert owner("POST", f"{path}/test").json()["state"] == "waiting"
    assert [one["event"] for one in owner("GET", f"{path}/deliveries").json()["items"]] == ["test"]
    assert owner("DELETE", path).status_code == 204
    assert owner("GET", path).status_code == 404
