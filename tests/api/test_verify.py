"""Verifying for everybody: the library's report on anything, within limits, and nothing of it kept."""

from __future__ import annotations

import base64
from typing import Any, get_args

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella.verification import POLICIES
from tessella.verification.policy import CHECK_IDS
from tessella_web.accounts.models import Organisation, Person
from tessella_web.api import limits
from tessella_web.api.limits import Rate
from tessella_web.api.routes import verify
from tessella_web.credentials.models import Award, Copy
from tessella_web.credentials.verifying import slots
from tests.api.support import Client
from tests.web.conftest import alice, organisation  # noqa: F401
from tests.web.credentials.conftest import record  # noqa: F401
from tests.web.credentials.test_verify import authority, awarded  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def anybody() -> Client:
    return Client()


@pytest.fixture
def award(alice: Person, organisation: Organisation, record: Any, authority: Any) -> Award:  # noqa: F811
    """A badge of an established university."""
    awarded(alice, organisation, record, ["openbadge"])
    return Award.objects.get()


def data_of(award: Award) -> bytes:
    from django.core.files.storage import default_storage

    return default_storage.open(Copy.objects.get(award=award).file).read()


def test_a_credential_a_file_and_a_link_get_the_same_verdict(anybody: Client, award: Award) -> None:
    data = data_of(award)
    bodies = (
        {"credential": data.decode()}, {"file": base64.b64encode(data).decode()},
        {"link": f"https://credentials.example/a/{award.id}"},
    )  # fmt: skip
    found = [anybody("POST", "/verify", body) for body in bodies]
    assert [one.status_code for one in found] == [200, 200, 200]
    assert {one.json()["verdict"] for one in found} == {"passed"}
    assert "Ann One" not in found[2].content.decode()
    assert "Ann One" in found[0].content.decode()


def test_a_policy_and_a_time_are_kept_to(anybody: Client, award: Award) -> None:
    body = {"credential": data_of(award).decode()}
    strict = anybody("POST", "/verify", {**body, "policy": "proof-only", "required": ["registry"]}).json()
    assert [one["id"] for one in strict["checks"] if one["required"]] == ["seal", "registry"]
    early = anybody("POST", "/verify", {**body, "as_of": "2001-01-01T00:00:00Z"}).json()
    assert (early["verdict"], early["at"][:4]) == ("failed", "2001")
    first = anybody("POST", "/verify", {**body, "as_of": "0001-01-01T00:00:00+14:00"}).json()
    assert first["at"][:4] == "1970"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"credential": "a", "link": "https://a.example"}, {"credential": ""}, {"policy": "lenient", "credential": "a"},
        {"required": ["everything"], "credential": "a"}, {"as_of": "yesterday", "credential": "a"}, {"file": "%%%"},
        {"link": "file:///etc/passwd"}, {"credential": "a", "more": 1}, {"credential": []}, {"credential": 0}, {"credential": None},
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_where(anybody: Client, body: dict[str, Any]) -> None:
    found = anybody("POST", "/verify", body)
    assert (found.status_code, found.json()["code"]) == (422, "api.invalid")
    assert found.json()["errors"]


@pytest.mark.parametrize("credential", ["x", {"a": 1}, {}, {"@context": "x", "type": []}, "eyJ.a.b", " "])
def test_anything_gets_a_report(anybody: Client, credential: Any) -> None:
    found = anybody("POST", "/verify", {"credential": credential})
    assert (found.status_code, found.json()["verdict"]) == (200, "failed")


def test_nothing_is_written(anybody: Client, award: Award) -> None:
    with CaptureQueriesContext(connection) as found:
        anybody("POST", "/verify", {"credential": data_of(award).decode()})
    written = [one["sql"] for one in found.captured_queries if not one["sql"].upper().startswith("SELECT")]
    assert written == []


def test_too_many_are_told_when_to_come_back_and_a_token_may_more(
    anybody: Client, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "VERIFICATION", Rate("verification", 2, 60))
    answers = [anybody("POST", "/verify", {"credential": "x"}) for _n in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    last = answers[2]
    assert (last["Content-Type"], last.json()["code"]) == ("application/problem+json", "api.too-many")
    assert 0 < int(last["Retry-After"]) <= 60
    assert owner("POST", "/verify", {"credential": "x"}).status_code == 200


def test_when_all_turns_are_taken_the_answer_says_when_to_come_back(
    anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tessella_web.credentials.verifying.asking.SLOTS", slots.Slots(0, 0, 0.01))
    found = anybody("POST", "/verify", {"credential": "x"})
    assert (found.status_code, found["Retry-After"], found.json()["code"]) == (503, "5", "verify.busy")


def test_policies_and_checks_are_those_of_the_library() -> None:
    assert get_args(verify.Check) == CHECK_IDS
    assert get_args(verify.VerifyGiven.model_fields["policy"].annotation) == tuple(POLICIES)


def test_an_address_that_cannot_be_taken_apart_is_no_fault_of_ours(anybody: Client) -> None:
    answer = anybody("POST", "/verify", {"link": "https://]%6"})
    assert answer.status_code < 500, answer.content
