"""Logs: structured, by route, and no word of what people are called or type."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tessella_web.accounts.models import Person
from tessella_web.config.operations.logs import JsonFormatter, PlainFormatter, request_id
from tessella_web.credentials.activities.models import Activity
from tests.web.activities.conftest import club, event, ines, own_places, weekend
from tests.web.conftest import person

__all__ = ["club", "event", "ines", "own_places", "weekend"]

CANARIES = ("Canaria", "Kanarienvogel", "canary@birds.example", "birds.example")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that anybody logs, as it would be written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("", "tessella_web.requests", "django.request")]
    levels = [one.level for one in loggers]
    logging.getLogger().addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG)
    yield out
    logging.getLogger().removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(one) for one in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_route(written: io.StringIO) -> None:
    answer = Client().get("/accessibility?q=Canaria")
    (line,) = [one for one in lines(written) if one["logger"] == "tessella_web.requests"]
    assert {name: line[name] for name in ("message", "route", "method", "status")} == {
        "message": "answered", "route": "accessibility", "method": "GET", "status": 200,
    }  # fmt: skip
    assert (line["request"], line["ms"] > 0) == (answer["X-Request-ID"], True)


@pytest.mark.django_db
def test_a_proxys_number_is_kept_and_a_strangers_is_not(written: io.StringIO) -> None:
    given = {"X-Request-ID": "0123-abcd-4567"}
    assert Client().get("/accessibility", headers=given)["X-Request-ID"] == "0123-abcd-4567"
    assert (
        Client().get("/accessibility", headers=given, REMOTE_ADDR="192.0.2.9")["X-Request-ID"]
        != "0123-abcd-4567"
    )
    forged = {"X-Request-ID": 'x" forged="1'}
    assert "forged" not in Client().get("/accessibility", headers=forged)["X-Request-ID"]
    assert request_id.get() == ""


@pytest.mark.django_db
def test_no_log_line_says_who_or_what(
    written: io.StringIO, event: Activity, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names and addresses typed, stored, in addresses of pages, in messages of errors, in failing mails."""
    Person.objects.filter(pk=ines.pk).update(name="Canaria Kanarienvogel", email="canary@birds.example")
    client = Client(raise_request_exception=False)
    client.get("/nothing/canary@birds.example?name=Canaria")
    client.post("/sign-in", {"email": "canary@birds.example"})
    client.get("/a/Canaria")
    client.force_login(Person.objects.get(pk=ines.pk))
    client.post(
        f"/o/lake/activities/{event.id}/person",
        {"name": "Canaria Kanarienvogel", "email": "canary@birds.example"},
    )
    client.get(f"/o/lake/activities/{event.id}/")

    def broken(*args: object, **options: object) -> None:
        raise RuntimeError("Canaria Kanarienvogel <canary@birds.example> cannot be read")

    monkeypatch.setattr("tessella_web.credentials.activities.queries.list_of", broken)
    assert client.get(f"/o/lake/activities/{event.id}/").status_code == 500
    logging.getLogger("some.package").warning("cannot send to %s", "canary@birds.example")
    logging.getLogger("some.package").warning(RuntimeError("canary@birds.example"))
    told = written.getvalue()
    assert [one for one in CANARIES if one in told] == []
    error = next(one for one in lines(written) if one.get("error") == "RuntimeError")
    assert any("running.py" in place for place in error["at"])
    assert "cannot send to %s" in told


def test_our_own_messages_are_filled_in(written: io.StringIO) -> None:
    logging.getLogger("tessella_web.x").warning("status list %s was not sealed: %s", "abc", "key.private")
    assert lines(written)[-1]["message"] == "status list abc was not sealed: key.private"


def test_eyes_get_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("tessella_web.x", logging.INFO, "x.py", 1, "%s rows", (3,), None)
    record.facts = {"route": "home"}
    assert PlainFormatter().format(record).endswith("INFO tessella_web.x 3 rows route=home")


@pytest.mark.django_db
def test_people_are_not_named_by_their_models(written: io.StringIO) -> None:
    logging.getLogger("django.x").info("saved %r", person("Canaria"))
    assert "Canaria" not in written.getvalue()
