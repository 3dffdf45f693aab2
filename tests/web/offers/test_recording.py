"""What assessors record: whose it may be, what stands, and what is awarded of it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core import mail
from django.core.files.storage import default_storage

from tessella_web.accounts.domain import give_role
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.errors import DomainError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, OutcomeRecord, State
from tessella_web.credentials.domain import awards, batches
from tessella_web.credentials.models import Award, AwardingRules, Batch
from tests.web.conftest import person
from tests.web.offers.conftest import ON, OUTCOMES, achieved, work

pytestmark = pytest.mark.django_db


def code_of(verb: object) -> tuple[str, str]:
    with pytest.raises(DomainError) as caught:
        verb()  # type: ignore[operator]
    return caught.value.code, caught.value.field


def record(
    by: Person, enrolment: Enrolment, after: int | None = None, **changes: object
) -> OutcomeRecord | None:
    return domain.record(by=by, enrolment=enrolment, finding=achieved(**changes), after=after)


def test_a_record_says_who_what_and_when(ada: Person, enrolled: Enrolment) -> None:
    made = record(ada, enrolled)
    assert made is not None
    assert (made.by, made.by_name, made.number, made.is_current) == (ada, "Ada", 1, True)
    assert (made.standings, made.grade, made.assessed_on) == (dict.fromkeys(OUTCOMES, "achieved"), "8", ON)
    assert (made.supervision, made.identity_check) == (
        "unsupervised-with-id",
        "Identity card shown to the camera",
    )
    enrolled.refresh_from_db()
    assert enrolled.state == State.ASSESSED


def test_a_change_keeps_what_was_said_before(ada: Person, aldo: Person, enrolled: Enrolment) -> None:
    record(ada, enrolled)
    change = domain.Finding(standings={"lo-law": "partly"})
    second = domain.record(by=aldo, enrolment=enrolled, finding=change, after=1)
    assert second is not None
    assert second.standings == {**dict.fromkeys(OUTCOMES, "achieved"), "lo-law": "partly"}
    assert (second.grade, second.note) == ("8", "Portfolio 17")
    assert [(one.number, one.by_name, one.is_current) for one in queries.history_of(enrolled)] == [
        (2, "Aldo", True),
        (1, "Ada", False),
    ]
    told = AuditEntry.objects.filter(verb="assessment.recorded").order_by("number")
    assert [one.facts["outcomes"] for one in told] == [list(OUTCOMES), ["lo-law"]]


def test_the_same_again_is_no_record(ada: Person, enrolled: Enrolment) -> None:
    assert domain.record(by=ada, enrolment=enrolled, finding=domain.Finding()) is None
    first, again = record(ada, enrolled), record(ada, enrolled)
    assert first is not None and again is not None and first.pk == again.pk
    assert OutcomeRecord.objects.count() == 1


def test_taking_a_standing_back_makes_it_unassessed(ada: Person, enrolled: Enrolment) -> None:
    record(ada, enrolled)
    domain.record(by=ada, enrolment=enrolled, finding=domain.Finding(standings={"lo-law": ""}))
    enrolled.refresh_from_db()
    assert (enrolled.state, domain.to_award(enrolled.offer)) == ("enrolled", [])


def test_another_s_word_is_not_overwritten_unseen(ada: Person, aldo: Person, enrolled: Enrolment) -> None:
    record(ada, enrolled, after=0)
    assert code_of(lambda: record(aldo, enrolled, after=0, grade="1"))[0] == "assessment.changed"
    assert record(aldo, enrolled, after=1, grade="9") is not None


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"standings": {"lo-other": "achieved"}}, "assessment.outcome", "lo-other"),
        ({"standings": {"lo-law": "great"}}, "assessment.standing", "lo-law"),
        ({"assessed_on": None}, "assessment.no-date", "assessed_on"),
        ({"assessed_on": dt.date(2999, 1, 1)}, "assessment.date", "assessed_on"),
        ({"supervision": "by the cat"}, "assessment.supervision", "supervision"),
        ({"grade": "x" * 61}, "assessment.too-long", "grade"),
        ({"note": "x" * 4001}, "assessment.too-long", "note"),
    ],
)
def test_what_cannot_be_recorded_is_told_at_its_field(
    ada: Person, enrolled: Enrolment, changes: dict[str, object], code: str, field: str
) -> None:
    assert code_of(lambda: record(ada, enrolled, **changes)) == (code, field)
    assert OutcomeRecord.objects.count() == 0


def test_only_assessors_record(
    alice: Person, bob: Person, charlie: Person, cora: Person, lou: Person, enrolled: Enrolment
) -> None:
    for someone in (alice, bob, charlie, cora, lou):
        assert code_of(lambda: record(someone, enrolled))[0] == "accounts.not-allowed"  # noqa: B023


def test_nobody_assesses_their_own_learning_whatever_their_roles(
    alice: Person, lou: Person, organisation: Organisation, offer: Offer, enrolled: Enrolment
) -> None:
    for role in (Role.ASSESSOR, Role.COORDINATOR):
        give_role(by=alice, organisation=organisation, person=lou, role=role)
    assert code_of(lambda: record(lou, enrolled))[0] == "assessment.own"
    mia = person("Mia")
    give_role(by=alice, organisation=organisation, person=mia, role=Role.ASSESSOR)
    listed = domain.list_person(
        by=alice, offer=offer, details={"given_name": "M", "email": "mia@example.org"}
    )
    Enrolment.objects.filter(pk=listed.pk).update(person=None)  # listed before there was an account
    assert code_of(lambda: record(mia, Enrolment.objects.get(pk=listed.pk)))[0] == "assessment.own"


def test_only_those_who_take_part_are_assessed(ada: Person, lou: Person, enrolled: Enrolment) -> None:
    domain.withdraw(by=lou, enrolment=enrolled)
    assert code_of(lambda: record(ada, enrolled))[0] == "assessment.not-taking-part"


def test_several_are_recorded_together_or_not_at_all(
    ada: Person, cora: Person, offer: Offer, enrolled: Enrolment
) -> None:
    other = domain.list_person(by=cora, offer=offer, details={"given_name": "Mia"})
    bad = [(enrolled, achieved(), 0), (other, achieved(grade="x" * 61), 0)]
    assert code_of(lambda: domain.record_many(by=ada, findings=bad))[0] == "assessment.too-long"
    assert OutcomeRecord.objects.count() == 0
    good = [(enrolled, achieved(), 0), (other, domain.Finding(), 0)]
    assert domain.record_many(by=ada, findings=good) == [enrolled]


def listed(cora: Person, offer: Offer, *names: str) -> list[Enrolment]:
    return [
        domain.list_person(by=cora, offer=offer, details={"given_name": name, "email": f"{name}@example.org"})
        for name in names
    ]


@pytest.mark.usefixtures("badge_key")
def test_those_who_achieved_everything_are_awarded(ada: Person, cora: Person, offer: Offer) -> None:
    good, partly, unsaid, none = listed(cora, offer, "Ann", "Ben", "Cem", "Dot")
    record(ada, good)
    record(ada, partly, standings={**dict.fromkeys(OUTCOMES, "achieved"), "lo-map": "partly"})
    record(ada, unsaid, standings=dict.fromkeys(OUTCOMES[:3], "achieved"))
    batch = domain.award_achieved(by=cora, offer=offer, formats=["openbadge"])
    assert [(row.read().learner.given_name, row.state) for row in batch.rows.all()] == [("Ann", "good")]
    assert none.records.count() == 0
    assert (
        code_of(lambda: domain.award_achieved(by=cora, offer=offer, formats=["openbadge"]))[0]
        == "assessment.nobody"
    )
    batches.start(by=cora, batch=batch)
    work()
    found = Enrolment.objects.get(pk=good.pk)
    award = Award.objects.get()
    assert (found.award, found.standing) == (award, State.AWARDED)
    assert (award.read().grade, award.awarded_on, award.read().supervision) == (
        "8",
        ON,
        "unsupervised-with-id",
    )
    sealed = json.loads(default_storage.open(award.copies.get().file).read())
    subject = sealed["credentialSubject"]
    reached = subject["achievedOutcome"]
    assert [one["outcomeId"] for one in reached] == ["lo-map", "lo-bias", "lo-law", "lo-decide"]
    assert "unsupervised-with-id" in json.dumps(subject["assessmentResult"])
    assert queries.counts(offer) == {"enrolled": 2, "assessed": 1, "awarded": 1}
    assert [one.pk for one in queries.participants(offer, state="awarded")] == [good.pk]


@pytest.mark.usefixtures("badge_key")
def test_a_record_is_locked_while_an_award_rests_on_it(
    alice: Person, ada: Person, cora: Person, lou: Person, offer: Offer, enrolled: Enrolment
) -> None:
    record(ada, enrolled)
    batch = domain.award_achieved(by=cora, offer=offer, formats=["openbadge"])
    for verb in (
        lambda: record(ada, enrolled, grade="9"),
        lambda: domain.withdraw(by=lou, enrolment=enrolled),
    ):
        assert code_of(verb)[0] in ("assessment.locked", "enrolment.state")
    batches.cancel(by=cora, batch=batch)
    assert record(ada, enrolled, grade="9") is not None
    batch = domain.award_achieved(by=cora, offer=offer, formats=["openbadge"])
    batches.start(by=cora, batch=batch)
    work()
    assert code_of(lambda: record(ada, enrolled, grade="10"))[0] == "assessment.locked"
    awards.revoke(by=alice, award=Award.objects.get(), reason="taken back")
    assert record(ada, enrolled, grade="10") is not None
    domain.award_achieved(by=cora, offer=offer, formats=["openbadge"])
    assert Batch.objects.count() == 3


@pytest.mark.usefixtures("badge_key")
def test_above_the_threshold_it_waits_for_a_second_person(
    alice: Person, ada: Person, cora: Person, offer: Offer, organisation: Organisation
) -> None:
    AwardingRules.objects.create(organisation=organisation, approval_threshold=1)
    for one in listed(cora, offer, "Ann", "Ben"):
        record(ada, one)
    batch = domain.award_achieved(by=cora, offer=offer, formats=["openbadge"])
    assert batches.start(by=cora, batch=batch).stage == "approval"
    batches.approve(by=alice, batch=batch)
    work()
    assert Award.objects.count() == 2


@pytest.mark.usefixtures("badge_key")
def test_accommodations_reach_no_award_no_mail_and_no_audit_entry(
    alice: Person, ada: Person, cora: Person, offer: Offer, enrolled: Enrolment
) -> None:
    canary = "Zitronenfalter-7319"
    domain.note_accommodations(by=ada, enrolment=enrolled, text=f"{canary}: 25 % more time")
    record(ada, enrolled)
    from tessella_web.accounts.keys import domain as keys
    from tessella_web.accounts.keys.models import KeyUse

    keys.create_key(by=alice, organisation=offer.organisation, use=KeyUse.SEAL)
    batch = domain.award_achieved(by=cora, offer=offer, formats=["openbadge", "edc", "attestation", "pdf"])
    batches.start(by=cora, batch=batch)
    work()
    award = Award.objects.get()
    files = [default_storage.open(copy.file).read() for copy in award.copies.all()]
    assert len(files) == 4 and len(mail.outbox) == 1
    kept = [*files, str(award.entry).encode(), str(list(batch.rows.values())).encode(),
            str(list(AuditEntry.objects.values())).encode(), mail.outbox[0].message().as_bytes()]  # fmt: skip
    assert [one for one in kept if canary.encode() in one] == []
    assert Enrolment.objects.get(pk=enrolled.pk).accommodations.startswith(canary)
