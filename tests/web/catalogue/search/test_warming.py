"""What a process reads before somebody searches: the first search then reads no more than any later one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella_web.catalogue.search import snapshot, warming
from tessella_web.catalogue.search.queries import Asked, search
from tests.web.catalogue.search.conftest import Make

pytestmark = [pytest.mark.usefixtures("engine")]


def queries_of_a_search() -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert search(Asked(words="ethics"), on=timezone.now().date()).total == 2
    return len(asked)


@pytest.mark.django_db
def test_the_first_search_after_warming_asks_no_more_than_a_later_one(make: Make) -> None:
    for title in ("Data ethics", "Ethics of care"):
        make(title={"en": title})
    assert search(Asked(), on=dt.date(2026, 1, 1)).total == 2
    snapshot.forget()
    unprepared = queries_of_a_search()
    snapshot.forget()
    assert warming.warm() is True
    assert queries_of_a_search() < unprepared


@pytest.mark.django_db
def test_a_database_that_is_not_there_stops_no_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise DatabaseError("no such table: search_change, asked by ana@example.org")

    monkeypatch.setattr(warming, "current", away)
    assert warming.warm() is False
    assert "DatabaseError" in caplog.text and "ana@" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_it_is_read_beside_the_first_answers(make: Make) -> None:
    make(title={"en": "Data ethics"})
    snapshot.forget()
    thread = warming.warm_beside()
    thread.join(timeout=20)
    assert (thread.is_alive(), thread.daemon, len(snapshot._current.places)) == (False, True, 1)
