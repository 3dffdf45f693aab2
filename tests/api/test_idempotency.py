"""A call is made once, however often it is sent."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from tessella_web.api import idempotency
from tessella_web.api.models import Call
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Description
from tests.api.conftest import Small, client_of
from tests.api.support import Client
from tests.api.test_requests import problem


def key() -> str:
    return str(uuid.uuid4())


def test_the_same_call_gets_the_same_answer_and_is_made_once(owner: Client) -> None:
    before, mark = Description.objects.count(), key()
    first = owner("POST", "/descriptions", {"content": {"title": "One"}}, Idempotency_Key=mark)
    again = owner("POST", "/descriptions", {"content": {"title": "One"}}, Idempotency_Key=mark)
    assert Description.objects.count() == before + 1
    assert (again.status_code, again.content, again["Location"], again["ETag"]) == (
        201, first.content, first["Location"], first["ETag"],
    )  # fmt: skip
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first


def test_another_request_under_the_key_is_refused(owner: Client) -> None:
    mark = key()
    assert owner("POST", "/descriptions", {}, Idempotency_Key=mark).status_code == 201
    before = Description.objects.count()
    refused = owner("POST", "/descriptions", {"content": {"title": "Two"}}, Idempotency_Key=mark)
    assert problem(refused) == (422, "api.key-reused")
    assert problem(owner("POST", "/descriptions/from-text", {"text": "x"}, Idempotency_Key=mark)) == (
        422,
        "api.key-reused",
    )
    assert Description.objects.count() == before


def test_a_key_in_quotes_is_the_same_key(owner: Client) -> None:
    """The draft writes it as a string of structured fields; many programs leave the quotes out."""
    mark = key()
    first = owner("POST", "/descriptions", {}, Idempotency_Key=f'"{mark}"')
    again = owner("POST", "/descriptions", {}, Idempotency_Key=mark.upper())
    assert (again.json()["id"], again["Idempotency-Replayed"]) == (first.json()["id"], "true")


def test_keys_are_each_tokens_own(owner: Client, small: Small) -> None:
    mark, other = key(), client_of(small, "coordinator")
    made = {
        client("POST", "/descriptions", {}, Idempotency_Key=mark).json()["id"] for client in (owner, other)
    }
    assert len(made) == 2


def test_a_refusal_is_not_kept_as_an_answer_and_can_be_tried_again(owner: Client) -> None:
    mark = key()
    wrong = {"content": {"record_type": "nonsense"}}
    assert owner("POST", "/descriptions", wrong, Idempotency_Key=mark).status_code == 409
    assert Call.objects.count() == 0
    assert owner("POST", "/descriptions", {}, Idempotency_Key=mark).status_code == 201


def test_a_fault_leaves_nothing_and_frees_the_key(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    mark, before = key(), Description.objects.count()
    start = domain.start_description

    def broken(**given: object) -> Description:
        start(**given)  # type: ignore[arg-type]
        raise OSError("the disk is gone")

    monkeypatch.setattr(domain, "start_description", broken)
    assert problem(owner("POST", "/descriptions", {}, Idempotency_Key=mark)) == (500, "api.fault")
    assert Description.objects.count() == before
    monkeypatch.undo()
    assert owner("POST", "/descriptions", {}, Idempotency_Key=mark).status_code == 201


def test_a_call_under_way_is_refused_and_taken_over_when_it_was_cut_off(owner: Client) -> None:
    mark = key()
    owner("POST", "/descriptions", {}, Idempotency_Key=mark)
    Call.objects.update(status=None, started_at=timezone.now())
    assert problem(owner("POST", "/descriptions", {}, Idempotency_Key=mark)) == (409, "api.key-in-use")
    Call.objects.update(started_at=timezone.now() - idempotency.LEASE - dt.timedelta(seconds=1))
    taken = owner("POST", "/descriptions", {}, Idempotency_Key=mark)
    assert taken.status_code == 201 and "Idempotency-Replayed" not in taken


def test_a_key_is_forgotten_after_a_day(owner: Client) -> None:
    mark = key()
    first = owner("POST", "/descriptions", {}, Idempotency_Key=mark).json()["id"]
    Call.objects.update(started_at=timezone.now() - idempotency.KEPT - dt.timedelta(seconds=1))
    assert owner("POST", "/descriptions", {}, Idempotency_Key=mark).json()["id"] != first
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    "mark", ["", "x", "1234", '"', f'"{uuid.UUID(int=1)}', "a" * 300, "zzzzzzzz-0000-0000-0000-000000000000"]
)
def test_a_key_is_a_uuid(owner: Client, mark: str) -> None:
    assert problem(owner("POST", "/descriptions", {}, Idempotency_Key=mark)) == (422, "api.key")


def test_the_database_shows_nothing_of_an_answer(owner: Client) -> None:
    body = {"url": "https://hooks.example.org/in", "events": ["award.issued"]}
    secret = owner("POST", "/webhooks", body, Idempotency_Key=key()).json()["secret"]
    call = Call.objects.get()
    assert secret.encode() not in bytes(call.answer)
    assert b"hooks.example.org" not in bytes(call.answer)
    assert owner.token not in str(Call.objects.values())
