"""Activities from a list of people to their records, without a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tessella_web.credentials.activities.models import Activity
from tests.api.conftest import client_of
from tests.api.support import Client
from tests.web.matrix.world import World

pytestmark = pytest.mark.usefixtures("unhurried")


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _given(world: World, **others: Any) -> dict[str, Any]:
    version = Activity.objects.get(pk=world.values["activity.*|join"]["id"]).version
    now = timezone.now()
    return {
        "micro_credential": version.description_id, "number": version.number, "name": "Open day",
        "starts_on": now.date().isoformat(), "opens_at": _utc(now - dt.timedelta(hours=1)),
        "closes_at": _utc(now + dt.timedelta(hours=1)), "cap": 3, **others,
    }  # fmt: skip


@pytest.fixture
def program(world: World) -> Client:
    return client_of(world, "coordinator")


def test_an_event_is_run_from_its_list_to_its_records(world: World, program: Client) -> None:
    made = program("POST", "/activities", _given(world))
    assert made.status_code == 201
    at = made["Location"].removeprefix("/api/v1")
    eva = program("POST", f"{at}/people", {"name": "Eva Berg", "email": "eva@example.org"}).json()
    zoe = program("POST", f"{at}/people", {"name": "Zoe Zand"}).json()
    assert (eva["state"], eva["way"], zoe["state"]) == ("confirmed", "hand", "confirmed")
    assert program("PATCH", f"{at}/people/{zoe['id']}", {"name": "Zoë Zand"}).json()["name"] == "Zoë Zand"
    assert program("POST", f"{at}/refusals", {"people": [zoe["id"]]}).json() == {"people": 1}
    batch = program("POST", f"{at}/awards").json()["batch"]
    assert program("GET", f"/batches/{batch}").json()["total"] == 1
    people = program("GET", f"{at}/people").json()["items"]
    assert [(one["name"], one["state"], one["batch"], one["row"]) for one in people] == [
        ("Eva Berg", "confirmed", batch, 1),
        ("Zoë Zand", "declined", None, None),
    ]
    assert program("POST", f"{at}/awards").json() == {"batch": None}
    assert program("POST", f"{at}/closing").json()["closed_at"] is not None


def test_the_list_comes_in_pages(world: World, program: Client) -> None:
    at = program("POST", "/activities", _given(world))["Location"].removeprefix("/api/v1")
    for name in ("Ada", "Ben", "Cleo"):
        program("POST", f"{at}/people", {"name": name})
    first = program("GET", f"{at}/people?limit=2").json()
    second = program("GET", f"{at}/people?limit=2&cursor={first['next']}").json()
    assert [one["name"] for one in first["items"] + second["items"]] == ["Ada", "Ben", "Cleo"]
    assert second["next"] is None


def test_a_full_list_refuses(world: World, program: Client) -> None:
    at = program("POST", "/activities", _given(world, cap=1))["Location"].removeprefix("/api/v1")
    assert program("POST", f"{at}/people", {"name": "Ada"}).status_code == 201
    refused = program("POST", f"{at}/people", {"name": "Ben"})
    assert (refused.status_code, refused.json()["code"]) == (409, "activity.full")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"closes_at": "2027-02-30T10:00Z"}, 409, "activity.window"),
        ({"closes_at": "2027-05-01T10:00"}, 422, "api.invalid"),
        ({"cap": 2001}, 422, "api.invalid"),
        ({"micro_credential": "A" * 22}, 404, "api.not-found"),
    ],
)
def test_what_cannot_be_is_not_made(
    world: World, program: Client, change: dict[str, Any], status: int, code: str
) -> None:
    refused = program("POST", "/activities", _given(world, **change))
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_micro_credential_is_not_handed_out_on_a_list(world: World, program: Client) -> None:
    place = world.values["version.*"]
    refused = program(
        "POST", "/activities", _given(world, micro_credential=place["id"], number=place["number"])
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "activity.record-type")


def test_no_mail_goes_to_what_is_no_address(world: World, program: Client) -> None:
    at = program("POST", "/activities", _given(world))["Location"].removeprefix("/api/v1")
    refused = program("POST", f"{at}/people", {"name": "Ada", "email": "ada@example.org\nBcc: x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "enrolment.email")


def test_a_work_is_read_answered_and_awarded(world: World, program: Client) -> None:
    known = world.values["activity.*|join"]
    at = f"/activities/{known['id']}"
    first, second = program("GET", f"{at}/tasks").json()["items"]
    assert (first["kinds"], second["kinds"]) == (["file"], ["text"])
    assert program("DELETE", f"{at}/tasks/{second['id']}").status_code == 204
    work = f"{at}/works/{known['work']}"
    file = program("GET", f"{work}/file")
    assert (file["Content-Type"], file.content) == ("application/pdf", b"%PDF-1.7 a drawing")
    silent = program("POST", f"{work}/decision", {"decision": "ask-for-more"})
    assert (silent.status_code, silent.json()["code"]) == (409, "activity.no-words")
    more = program("POST", f"{work}/decision", {"decision": "ask-for-more", "reply": "And the sail?"}).json()
    assert (more["state"], more["reply"], more["batch"]) == ("more", "And the sail?", None)
    assert program("POST", f"{work}/decision", {"decision": "accept"}).json()["batch"] is not None
    assert [one["state"] for one in program("GET", f"{at}/works").json()["items"]] == ["accepted"]
