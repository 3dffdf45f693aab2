"""What becomes due by time alone: reminders, links that end, batches that were planned; and addresses that were wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outgoing
from django.utils import timezone, translation

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common import clocks
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.domain import awards, batches, claiming, following, outbox, scheduling
from tessella_web.credentials.models import Award, AwardState, Batch, Mail, MailKind, MailState, Stage
from tests.web.credentials.test_batches import learners, prepare, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]

DAY = dt.timedelta(days=1)


@pytest.fixture
def done(alice: Person, version: Version) -> Batch:
    """Three awards whose mails have left."""
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(3)))
    work()
    outgoing.outbox.clear()
    return batch


def claim(award: Award) -> None:
    claiming.claim(award=award, key=outbox.claim_key(award))


def pass_days(days: int) -> None:
    """As if so much time had gone by."""
    for mail in Mail.objects.all():
        mail.remind_at = mail.remind_at and mail.remind_at - days * DAY
        mail.save()
    for award in Award.objects.all():
        award.claim_until = award.claim_until and award.claim_until - days * DAY
        award.save()


def test_the_unclaimed_are_reminded_twice_and_no_more(done: Batch) -> None:
    first, second, third = Award.objects.order_by("row__number")
    claim(first)
    Award.objects.filter(pk=second.pk).update(state=AwardState.REVOKED)
    for _time in range(4):
        pass_days(15)
        work()
    told = [(one.to, one.subject) for one in outgoing.outbox]
    assert told == [(["ann2@example.org"], "TEST: Still waiting for you: Data ethics in practice")] * 2
    assert outbox.claim_key(third) in outgoing.outbox[0].body
    ids = [one.extra_headers["Message-ID"] for one in outgoing.outbox]
    assert len(set(ids)) == 2


def test_nobody_is_reminded_before_the_time_or_where_it_is_switched_off(done: Batch, alice: Person) -> None:
    pass_days(13)
    work()
    assert outgoing.outbox == []
    batches.set_rules(by=alice, organisation=done.organisation, remind_at_most=0)
    pass_days(2)
    work()
    assert outgoing.outbox == []


def test_links_end_and_staff_is_told_once(done: Batch, alice: Person) -> None:
    claim(Award.objects.order_by("row__number")[0])
    Mail.objects.update(remind_at=None)
    pass_days(181)
    work()
    work()
    (told,) = outgoing.outbox
    assert (told.to, told.subject) == (
        ["alice@example.org"],
        "2 people have not taken their award: Data ethics in practice",
    )
    assert f"/o/twickel/batches/{done.id}" in told.body
    assert Mail.objects.get(kind=MailKind.UNCLAIMED).state == MailState.SENT
    late = Award.objects.order_by("row__number")[1]
    with pytest.raises(RefusedError) as refused:
        claim(late)
    assert refused.value.code == "award.claim"
    assert queries.follow_up(done) == (0, 2, 2)
    outgoing.outbox.clear()
    assert awards.resend_ended(by=alice, batch=done) == 2
    work()
    assert sorted(one.to[0] for one in outgoing.outbox) == ["ann1@example.org", "ann2@example.org"]
    claim(Award.objects.get(pk=late.pk))
    assert queries.follow_up(done) == (0, 0, 1)


def test_links_work_for_ever_where_that_was_chosen(alice: Person, version: Version) -> None:
    batches.set_rules(by=alice, organisation=version.organisation, claim_days=0)
    batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    work()
    assert (Award.objects.get().claim_until, following.end_claims()) == (None, 0)


def test_a_wrong_address_that_is_sealed_makes_the_award_anew(done: Batch, alice: Person) -> None:
    award = Award.objects.order_by("row__number")[0]
    Mail.objects.filter(award=award).update(state=MailState.BOUNCED, status="5.1.1")
    assert queries.follow_up(done) == (1, 0, 3)
    made = awards.readdress(by=alice, award=award, email="ann@example.net")
    work()
    assert made is not None
    new = Award.objects.get(row__batch=made)
    assert (new.replaces_id, new.learner.email) == (award.id, "ann@example.net")
    assert new.learner.display_name == award.learner.display_name
    assert Award.objects.get(pk=award.pk).state == AwardState.SUPERSEDED
    assert [one.to for one in outgoing.outbox] == [["ann@example.net"]]
    assert queries.follow_up(done) == (0, 0, 2)


def test_an_address_that_is_not_sealed_is_only_changed(alice: Person, version: Version) -> None:
    batches.start(by=alice, batch=prepare(alice, version, *learners(1), formats=["edc"]))
    work()
    outgoing.outbox.clear()
    award = Award.objects.get()
    old = outbox.claim_key(award)
    with pytest.raises(RefusedError) as refused:
        awards.readdress(by=alice, award=award, email="nobody")
    assert refused.value.code == "award.address"
    assert awards.readdress(by=alice, award=award, email="ann@example.net") is None
    work()
    assert [one.to for one in outgoing.outbox] == [["ann@example.net"]]
    changed = Award.objects.get()
    assert outbox.is_claim_key(changed, old) is False
    claim(changed)
    with pytest.raises(RefusedError) as again:
        awards.readdress(by=alice, award=changed, email="other@example.net")
    assert again.value.code == "award.claimed"


def test_mails_are_in_the_organisation_s_language_where_the_learner_s_is_not_spoken(
    alice: Person, version: Version
) -> None:
    Organisation.objects.update(language="de")
    version.organisation.refresh_from_db()
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge"],
        data=b"Name,E-mail,Language,Result,Assessed on,Assessed by\nAnn One,ann@example.org,tlh,passed,2026-05-04,alice@example.org\nBen Two,ben@example.org,en,passed,2026-05-04,alice@example.org",
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    work()
    with translation.override("de"):
        german = translation.gettext("Your award: %(what)s") % {"what": "Data ethics in practice"}
    found = {one.to[0]: one.subject.removeprefix("TEST: ") for one in outgoing.outbox}
    assert german != "Your award: Data ethics in practice"
    assert found == {"ann@example.org": german, "ben@example.org": "Your award: Data ethics in practice"}


def local(days: int) -> dt.datetime:
    return (timezone.now() + days * DAY).replace(tzinfo=None, microsecond=0, second=0)


def test_a_planned_batch_starts_by_itself(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, *learners(1))
    found = scheduling.schedule(by=alice, batch=batch, at=local(2), time_zone="Europe/Athens")
    assert (found.stage, found.scheduled_local) == (Stage.SCHEDULED, local(2))
    work()
    assert Award.objects.count() == 0
    Batch.objects.update(scheduled_for=timezone.now() - DAY)
    work()
    assert (Batch.objects.get().stage, Award.objects.count()) == (Stage.DONE, 1)


def test_a_plan_can_be_taken_back_or_given_up(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, *learners(1))
    scheduling.schedule(by=alice, batch=batch, at=local(2), time_zone="Europe/Athens")
    assert scheduling.unschedule(by=alice, batch=batch).stage == Stage.CHECKED
    assert batches.start(by=alice, batch=batch).stage == Stage.SEALING
    other = prepare(alice, version, "Ben,Two,ben@example.org,,passed")
    scheduling.schedule(by=alice, batch=other, at=local(2), time_zone="Europe/Athens")
    assert batches.cancel(by=alice, batch=other).stage == Stage.CANCELLED
    assert other.rows.count() == 0


@pytest.mark.parametrize(
    ("at", "zone", "code"),
    [
        (local(-1), "Europe/Athens", "batch.past"),
        (local(400), "Europe/Athens", "batch.too-far"),
        (local(3), "Europe/Atlantis", "clocks.time-zone"),
        (local(3), "../../etc/passwd", "clocks.time-zone"),
        (local(3), "", "clocks.time-zone"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(
    alice: Person, version: Version, at: dt.datetime, zone: str, code: str
) -> None:
    batch = prepare(alice, version, *learners(1))
    with pytest.raises(RefusedError) as refused:
        scheduling.schedule(by=alice, batch=batch, at=at, time_zone=zone)
    assert (refused.value.code, Batch.objects.get().stage) == (code, Stage.CHECKED)


def test_an_hour_that_the_clocks_skip_is_no_time() -> None:
    with pytest.raises(RefusedError) as refused:
        clocks.moment(dt.datetime(2027, 3, 28, 2, 30), "Europe/Brussels")
    assert refused.value.code == "clocks.no-such-time"
    assert clocks.moment(dt.datetime(2027, 10, 31, 2, 30), "Europe/Brussels") == dt.datetime(
        2027, 10, 31, 0, 30, tzinfo=dt.UTC
    )


def test_above_the_threshold_the_plan_waits_for_a_second_person(
    alice: Person, dora: Person, version: Version
) -> None:
    batches.set_rules(by=alice, organisation=version.organisation, approval_threshold=0)
    batch = prepare(alice, version, *learners(1))
    assert scheduling.schedule(by=alice, batch=batch, at=local(2), time_zone="UTC").stage == Stage.APPROVAL
    Batch.objects.update(scheduled_for=timezone.now() - DAY)
    work()
    assert Award.objects.count() == 0
    Batch.objects.update(scheduled_for=timezone.now() + DAY)
    assert batches.approve(by=dora, batch=batch).stage == Stage.SCHEDULED
    Batch.objects.update(scheduled_for=timezone.now() - DAY)
    work()
    assert Award.objects.count() == 1


def test_what_was_withdrawn_meanwhile_is_not_awarded(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, *learners(1))
    scheduling.schedule(by=alice, batch=batch, at=local(2), time_zone="UTC")
    Version.objects.update(withdrawn_at=timezone.now())
    Batch.objects.update(scheduled_for=timezone.now() - DAY)
    work()
    found = Batch.objects.get()
    assert (found.stage, found.stopped_because) == (
        Stage.STOPPED,
        "This version was withdrawn; it is not awarded any more.",
    )


def test_only_those_who_may_plan_and_follow_up(
    done: Batch, alice: Person, bob: Person, charlie: Person, version: Version
) -> None:
    award = Award.objects.order_by("row__number")[0]
    batch = prepare(alice, version, "Ben,Two,ben@example.org,,passed")
    for person in (bob, charlie):
        with pytest.raises(NotAllowedError):
            scheduling.schedule(by=person, batch=batch, at=local(2), time_zone="UTC")
        with pytest.raises(NotAllowedError):
            awards.resend_ended(by=person, batch=done)
        with pytest.raises(NotAllowedError):
            awards.readdress(by=person, award=award, email="x@example.org")
