"""What is the same whatever is asked: errors, limits, pages of lists, methods, headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella_web.api import limits
from tests.api.conftest import Small, client_of
from tests.api.support import Client


def problem(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == response.status_code
    assert found["type"] == "urn:tessella:error:" + found["code"]
    assert found["detail"]
    return response.status_code, found["code"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/descriptions/x",
        "/descriptions/%00",
        "/descriptions/" + "A" * 23,
        "//",
        "/bodies/..%2f",
    ],
)
def test_an_address_that_is_none_is_told_as_a_problem(owner: Client, path: str) -> None:
    assert problem(owner("GET", path)) == (404, "api.not-found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_a_method_that_is_none_says_which_there_are(owner: Client, method: str) -> None:
    response = owner(method, "/descriptions")
    assert problem(response) == (405, "api.method")
    assert response["Allow"] == "GET, POST"


def test_head_is_get_without_a_body(owner: Client) -> None:
    response = owner("HEAD", "/me")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
         (b"{", "api.json"), (b'{"content": NaN}', "api.json"), (b'{"content": 1e999}', "api.json"),
        (b'{"content": {}, "content": {}}', "api.json"), (b'{"content": "\\ud800"}', "api.json"), (b"\xff\xfe{\x00}\x00", "api.json"),
        (b"[" * 100_000 + b"]" * 100_000, "api.json"), (b'{"content":' + b"[" * 50 + b"]" * 50 + b"}", "api.json-depth"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_not_read(owner: Client, data: bytes, code: str) -> None:
    assert problem(owner("POST", "/descriptions", data=data)) == (400, code)


def test_each_place_of_a_wrong_body_is_named(owner: Client) -> None:
    response = owner("POST", "/webhooks", {"url": 5, "events": ["award.issued", "x"], "more": 1})
    assert problem(response) == (422, "api.invalid")
    assert [one["pointer"] for one in response.json()["errors"]] == ["#/url", "#/events/1", "#/more"]


def test_a_rule_that_says_no_names_its_field(owner: Client) -> None:
    response = owner("POST", "/webhooks", {"url": "https://127.0.0.1/x", "events": ["award.issued"]})
    assert problem(response) == (409, "webhooks.address")
    assert [one["pointer"] for one in response.json()["errors"]] == ["#/url"]
    assert response.json()["hint"] != ""


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=+5", "limit=5.0", "limit=٥", "limit=1&limit=2", "offset=3", "cursor=%00"],
)
def test_a_query_is_exactly_what_is_described(owner: Client, query: str) -> None:
    response = owner("GET", f"/descriptions?{query}")
    assert problem(response) == (422, "api.invalid")
    assert next(one["parameter"] for one in response.json()["errors"]) in ("limit", "offset", "cursor")


def test_a_body_of_another_type_is_not_read(owner: Client) -> None:
    response = owner("POST", "/descriptions", data=b"content=1", media="application/x-www-form-urlencoded")
    assert problem(response) == (415, "api.media-type")
    assert response["Accept-Post"] == "application/json"


def test_a_body_that_is_too_large_is_not_read(owner: Client) -> None:
    size = limits.MAX_FILE_BYTES + 1
    assert problem(
        owner("POST", "/descriptions/from-file", data=b" " * size, media="application/octet-stream")
    ) == (413, "api.too-large")
    assert problem(owner("POST", "/descriptions", data=b" " * (limits.MAX_JSON_BYTES + 1))) == (
        413,
        "api.too-large",
    )


def test_problems_are_in_the_language_that_is_asked_for(owner: Client) -> None:
    assert owner("GET", "/nothing", Accept_Language="de")["Content-Language"] == "de"


def test_sessions_do_not_let_anybody_in(small: Small) -> None:
    from django.test import Client as DjangoClient

    signed_in = DjangoClient()
    signed_in.force_login(small.people["owner"])
    assert signed_in.get("/api/v1/me").status_code == 401


def test_a_list_comes_page_by_page_and_nothing_twice(owner: Client) -> None:
    for number in range(5):
        assert owner("POST", "/descriptions", {"content": {"title": f"Number {number}"}}).status_code == 201
    everything = [one["id"] for one in owner("GET", "/descriptions?limit=100").json()["items"]]
    seen: list[str] = []
    path: str | None = "/descriptions?limit=2"
    while path:
        response = owner("GET", path)
        found = response.json()
        seen += [one["id"] for one in found["items"]]
        if found["next"] is None:
            assert "Link" not in response
            break
        assert found["next"] in response["Link"] and response["Link"].endswith('; rel="next"')
        path = f"/descriptions?limit=2&cursor={found['next']}"
    assert seen == everything
    assert len(seen) == 5


def test_a_page_stays_where_it_was_when_things_are_added(owner: Client) -> None:
    first = owner("GET", "/audit/entries?limit=3").json()
    owner("POST", "/descriptions", {})
    second = owner("GET", f"/audit/entries?limit=3&cursor={first['next']}").json()
    numbers = [one["number"] for one in first["items"] + second["items"]]
    assert numbers == sorted(set(numbers), reverse=True)


@pytest.mark.parametrize("cursor", ["AAAA", "WyJ2IiwieCIsInkiXQ", "WyJkIiwiMjAyNi0xMy0wMSIsMV0", "_-"])
def test_a_cursor_that_no_list_gave_leads_nowhere(owner: Client, cursor: str) -> None:
    assert problem(owner("GET", f"/descriptions?cursor={cursor}")) == (404, "api.cursor")


def test_who_asks_too_often_is_told_when_to_come_back(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOKEN", limits.TOKEN._replace(requests=2))
    client = client_of(small, "owner")
    first = client("GET", "/me")
    assert first["RateLimit-Policy"] == '"token";q=2;w=60'
    assert first["RateLimit"].startswith('"token";r=1;t=')
    client("GET", "/me")
    third = client("GET", "/me")
    assert problem(third) == (429, "api.too-many")
    assert 0 < int(third["Retry-After"]) <= 60
    assert client_of(small, "owner")("GET", "/me").status_code == 200


def test_a_change_with_an_old_etag_is_refused(owner: Client) -> None:
    made = owner("POST", "/descriptions", {"content": {"title": "One"}})
    path = f"/descriptions/{made.json()['id']}"
    old = made["ETag"]
    changed = owner("PATCH", path, {"values": {"title": "Two"}}, If_Match=old)
    assert changed.status_code == 200 and changed["ETag"] != old
    refused = owner("PATCH", path, {"values": {"title": "Three"}}, If_Match=old)
    assert problem(refused) == (412, "api.changed")
    assert refused["ETag"] == changed["ETag"] == owner("GET", path)["ETag"]
    assert problem(owner("PATCH", path, {"values": {"title": "Three"}})) == (428, "api.if-match")
    assert owner("GET", path).json()["title"] == "Two"
    assert (
        owner("PATCH", path, {"values": {"title": "Three"}}, If_Match=f'"x", {changed["ETag"]}').status_code
        == 200
    )


def test_the_number_of_queries_does_not_grow_with_a_list(
    owner: Client, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert owner("GET", path).status_code == 200
        return len(found)

    asked("/me")  # the first use of a token is written down
    for path in ("/descriptions", "/reviews", "/batches", "/micro-credentials", "/webhooks", "/people"):
        assert asked(f"{path}?limit=1" if path not in ("/webhooks", "/people") else path) == asked(path), path


def test_answers_are_never_kept_by_caches(owner: Client) -> None:
    assert owner("GET", "/me")["Cache-Control"] == "no-store"
    assert json.loads(owner("GET", "/me").content)["organisation"]["slug"] == "twickel"
