"""Pages: how fast a batch goes, planning it, what became of the mails, and the rules of it all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials import queries
from tessella_web.credentials.domain import batches, engine
from tessella_web.credentials.models import (
    Award,
    AwardingRules,
    AwardState,
    Batch,
    Chunk,
    Mail,
    MailState,
    Stage,
)
from tests.web.credentials.test_batches import learners, prepare, work
from tests.web.pages import CheckingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]


@pytest.fixture
def at_work(alice: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(alice)
    return client


def at(batch: Batch, *parts: str) -> str:
    return "/".join(["/o/twickel/batches", batch.id, *parts])


def sealing(alice: Person, version: Version, rows: int) -> Batch:
    batches.set_rules(by=alice, organisation=version.organisation, approval_threshold=1000)
    return batches.start(by=alice, batch=prepare(alice, version, *learners(rows)))


def test_the_page_of_a_batch_at_work_says_how_fast_it_goes(
    alice: Person, version: Version, at_work: CheckingClient
) -> None:
    batch = sealing(alice, version, 60)
    first = at_work.get(at(batch)).page
    assert "0 of 60 sealed" in first.text
    assert "a second" not in first.text
    engine.seal_next_chunk()
    Batch.objects.update(started_at=timezone.now() - dt.timedelta(seconds=99))
    page = at_work.get(at(batch))
    assert "50 of 60 sealed" in page.page.text
    assert "0.5 awards a second" in page.page.text
    html = page.content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html
    assert 'hx-trigger="every 2s" hx-select="#progress"' in html


def test_when_it_is_done_the_page_is_loaded_as_a_whole(
    alice: Person, version: Version, at_work: CheckingClient
) -> None:
    batch = sealing(alice, version, 1)
    ask = {"headers": {"hx-request": "true"}}
    assert "HX-Refresh" not in at_work.get(at(batch), **ask)  # type: ignore[arg-type]
    work()
    assert at_work.get(at(batch), **ask)["HX-Refresh"] == "true"  # type: ignore[arg-type]


def test_the_pace_is_that_of_the_last_minutes(alice: Person, version: Version) -> None:
    batch, now = sealing(alice, version, 110), timezone.now()
    assert queries.pace(batch, now) is None
    Batch.objects.update(started_at=now - dt.timedelta(days=1))
    batch.refresh_from_db()
    old, new, _open = Chunk.objects.order_by("first")
    Chunk.objects.filter(pk=old.pk).update(is_done=True, done_at=now - dt.timedelta(hours=1))
    assert queries.pace(batch, now) is None
    Chunk.objects.filter(pk=new.pk).update(is_done=True, done_at=now - dt.timedelta(seconds=30))
    found = queries.pace(batch, now)
    assert found is not None
    assert (round(found.rows_per_s, 3), found.ends_at, found.is_soon) == (
        0.417,
        now + dt.timedelta(seconds=24),
        True,
    )


def test_a_batch_is_planned_shown_and_taken_back(
    alice: Person, version: Version, at_work: CheckingClient
) -> None:
    batch = prepare(alice, version, *learners(1))
    day = (timezone.now() + dt.timedelta(days=3)).date()
    wrong = at_work.post(
        at(batch, "later"), {"day": "2020-01-01", "time": "09:00", "time_zone": "Europe/Athens"}
    )
    assert "This time has passed. Choose a later one, or start it now." in wrong.page.text
    answer = at_work.post(
        at(batch, "later"), {"day": str(day), "time": "09:00", "time_zone": "Europe/Athens"}
    )
    assert answer.status_code == 302
    page = at_work.get(at(batch)).page
    shown = f"{day:%-d %B %Y}, 09:00 (Europe/Athens)"
    assert f"These awards are made on {shown}." in page.text
    assert AwardingRules.objects.get().time_zone == "Europe/Athens"
    at_work.post(at(batch, "do"), {"do": "unschedule"})
    assert Batch.objects.get().stage == Stage.CHECKED


def test_what_did_not_arrive_is_told_with_its_remedy(
    alice: Person, version: Version, at_work: CheckingClient
) -> None:
    batch = sealing(alice, version, 2)
    work()
    award = Award.objects.order_by("row__number")[0]
    Mail.objects.filter(award=award).update(
        state=MailState.BOUNCED, status="5.1.1", answer="550 no such user"
    )
    page = at_work.get(at(batch)).page
    assert "One mail did not arrive. Correct the address below." in page.text
    assert "There is no such address." in page.text
    staff = at_work.get(f"/o/twickel/awarded/{award.id}").page
    assert "There is no such address." in staff.text
    assert "550 no such user" in staff.text
    path = f"/o/twickel/awarded/{award.id}/address"
    assert "There is no such address." in at_work.get(path).page.text
    assert at_work.post(path, {"email": "ann@example.net"}).status_code == 302
    work()
    assert Award.objects.get(state=AwardState.VALID, replaces=award).learner.email == "ann@example.net"


def test_new_links_go_out_with_one_click(alice: Person, version: Version, at_work: CheckingClient) -> None:
    batch = sealing(alice, version, 3)
    work()
    Award.objects.update(is_claim_over=True)
    assert "3 links have ended before they were used." in at_work.get(at(batch)).page.text
    at_work.post(at(batch, "do"), {"do": "resend"})
    assert set(Award.objects.values_list("claim_round", "is_claim_over")) == {(2, False)}
    assert Mail.objects.filter(state=MailState.WAITING, round=2).count() == 3


def test_the_page_of_a_batch_needs_the_same_number_of_queries(
    alice: Person, version: Version, at_work: CheckingClient
) -> None:
    found = []
    for name, rows in (("one", 1), ("three", 3)):
        lines = [f"{name},Number {n},{name}{n}@example.org,,passed" for n in range(rows)]
        batch = batches.start(by=alice, batch=prepare(alice, version, *lines))
        work()
        Mail.objects.filter(award__row__batch=batch).update(state=MailState.BOUNCED)
        at_work.get(at(batch))
        with CaptureQueriesContext(connection) as queried:
            at_work.get(at(batch))
        found.append(len(queried))
    assert found[0] == found[1]


def test_owners_set_how_long_learners_are_waited_for(
    alice: Person, version: Version, at_work: CheckingClient
) -> None:
    rules = {"approval_threshold": 5, "remind_after_days": 7, "remind_at_most": 1, "claim_days": 0}
    assert at_work.post("/o/twickel/awards", {**rules, "remind_after_days": 0}).status_code == 200
    assert at_work.post("/o/twickel/awards", rules).status_code == 302
    assert {name: getattr(AwardingRules.objects.get(), name) for name in rules} == rules
