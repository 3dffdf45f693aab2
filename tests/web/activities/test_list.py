"""Coming onto the list and off it, and what makes a record of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone
from pypdf import PdfReader

from tessella.verdicts import Verdict
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.preview import badge_picture
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.models import Activity, Participant, State, Way
from tessella_web.credentials.models import Award, AwardingRules, AwardState, Batch, Stage
from tessella_web.credentials.tasks import work_once
from tests.web.activities.conftest import activity
from tests.web.credentials.support import verified

pytestmark = pytest.mark.django_db


def came(event: Activity, name: str, email: str = "", way: Way = Way.SCREEN) -> Participant:
    found = domain.join(activity=event, name=name, email=email, language="en", way=way)
    assert found is not None
    return found


def worked() -> None:
    while work_once():
        pass


def code_of(refused: pytest.ExceptionInfo[Any]) -> str:
    return str(refused.value.code)


def test_who_scanned_and_was_confirmed_gets_a_sealed_record_by_mail(event: Activity, ines: Person) -> None:
    ada, bea = came(event, "Ada Lima", "ada@example.org"), came(event, "Bea Moor", "bea@example.org")
    assert domain.confirm(by=ines, activity=event, ids=[ada.id]) == 1
    batch = domain.award(by=ines, activity=event)
    assert batch is not None and batch.source == "Raft day"
    worked()
    award = Award.objects.get()
    assert (award.learner.full_name, award.state, award.is_test) == ("Ada Lima", AwardState.VALID, True)
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert Participant.objects.get(pk=bea.id).state == State.WAITING
    listed = queries.list_of(event)
    assert [(one.participant.name, bool(one.award)) for one in listed] == [
        ("Bea Moor", False),
        ("Ada Lima", True),
    ]


def test_the_record_is_never_sealed_or_shown_as_a_micro_credential(event: Activity, ines: Person) -> None:
    came(event, "Ada Lima", "ada@example.org")
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    worked()
    award = Award.objects.get()
    files = {copy.format: default_storage.open(copy.file).read() for copy in award.copies.all()}
    assert sorted(files) == ["openbadge", "pdf"]
    badge = json.loads(files["openbadge"])["credentialSubject"]["achievement"]
    assert badge["achievementType"] == "ext:Participation"
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages)
    assert "Certificate of participation" in printed
    for copy in award.copies.all():
        complete = {check.id: check.verdict for check in verified(copy).checks}["completeness"]
        assert complete == Verdict.NOT_APPLICABLE
    for shown in (printed, badge_picture(award.version.record()), json.dumps(badge)):
        assert not re.findall(r"micro.?credential", re.sub(r"https?:\S+", "", shown), re.IGNORECASE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closed_at": timezone.now()}, "activity.closed"),
        ({"closes_at": timezone.now() - dt.timedelta(minutes=1)}, "activity.closed"),
        ({"opens_at": timezone.now() + dt.timedelta(minutes=9)}, "activity.not-open-yet"),
    ],
)
def test_nobody_comes_onto_a_list_outside_its_time(
    event: Activity, changes: dict[str, Any], code: str
) -> None:
    Activity.objects.filter(pk=event.pk).update(**changes)
    with pytest.raises(RefusedError) as refused:
        came(event, "Ada Lima")
    assert code_of(refused) == code


def test_a_list_is_full_at_its_cap_and_declined_people_leave_their_place(
    event: Activity, ines: Person
) -> None:
    people = [came(event, f"Person {number}") for number in range(event.cap)]
    with pytest.raises(RefusedError) as refused:
        came(event, "One more")
    assert code_of(refused) == "activity.full"
    assert domain.decline(by=ines, activity=event, ids=[people[0].id]) == 1
    came(event, "One more")


def test_one_address_has_one_place_and_the_outside_cannot_tell(event: Activity, ines: Person) -> None:
    came(event, "Ada Lima", "ada@example.org")
    again = domain.join(activity=event, name="Ada", email="ADA@example.org", language="en", way=Way.SCREEN)
    assert (again, event.participants.count()) == (None, 1)
    with pytest.raises(RefusedError) as refused:
        domain.add(by=ines, activity=event, name="Ada", email="ada@example.org")
    assert code_of(refused) == "activity.already"


@pytest.mark.parametrize(
    "name", ["", "   ", "Ada \u202ereversed", "win at https://x.example", "x" * 201, "a\x07b"]
)
def test_what_cannot_be_a_name_is_refused(event: Activity, name: str) -> None:
    with pytest.raises(RefusedError) as refused:
        came(event, name)
    assert code_of(refused) == "activity.name"


def test_a_list_cannot_be_flooded(event: Activity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tessella_web.credentials.activities.domain.joining.JOINS_A_MINUTE", 2)
    came(event, "One"), came(event, "Two")
    with pytest.raises(RefusedError) as refused:
        came(event, "Three")
    assert code_of(refused) == "activity.too-fast"


def test_two_people_of_one_name_without_address_are_told_to_the_organiser(
    event: Activity, ines: Person
) -> None:
    came(event, "Ada Lima"), came(event, "Ada Lima")
    domain.confirm(by=ines, activity=event)
    batch = domain.award(by=ines, activity=event)
    assert batch is not None
    second = Participant.objects.exclude(problem="").get()
    assert second.batch is None and "same learner" in second.problem
    domain.rename(by=ines, activity=event, id=second.id, name="Ada Lima the younger")
    assert domain.award(by=ines, activity=event) is not None
    with pytest.raises(RefusedError) as refused:
        domain.rename(by=ines, activity=event, id=second.id, name="Somebody else")
    assert code_of(refused) == "activity.awarded"


def test_nobody_gets_the_same_record_at_two_events(event: Activity, ines: Person, weekend: Version) -> None:
    other = activity(ines, weekend, name="Another day")
    for one in (event, other):
        came(one, "Ada Lima", "ada@example.org")
        domain.confirm(by=ines, activity=one)
        domain.award(by=ines, activity=one)
    worked()
    assert Award.objects.count() == 1
    late = other.participants.get()
    assert late.problem or late.batch is not None
    assert Batch.objects.filter(participants=late, stage=Stage.DONE).count() <= 1


def test_the_organiser_gets_none(event: Activity, ines: Person) -> None:
    came(event, "Ines", ines.email)
    domain.confirm(by=ines, activity=event)
    assert domain.award(by=ines, activity=event) is None
    assert event.participants.get().problem != ""


def test_many_small_batches_are_one_large_one(event: Activity, ines: Person, club: Organisation) -> None:
    AwardingRules.objects.create(organisation=club, approval_threshold=2)
    for number, stage in enumerate((Stage.SEALING, Stage.SEALING, Stage.APPROVAL)):
        one = came(event, f"Person {number}")
        domain.confirm(by=ines, activity=event, ids=[one.id])
        batch = domain.award(by=ines, activity=event)
        assert batch is not None and batch.stage == stage


def test_slips_lead_people_without_address_to_their_record(event: Activity, ines: Person) -> None:
    (slip,) = domain.make_slips(by=ines, activity=event, count=1)
    used = domain.use_slip(participant=slip, name="Cem Rot", language="de")
    assert (used.state, used.way) == (State.WAITING, Way.SLIP)
    with pytest.raises(RefusedError) as refused:
        domain.use_slip(participant=slip, name="Somebody else", language="de")
    assert code_of(refused) == "activity.slip-used"
    key = domain.ticket_key(used)
    with pytest.raises(RefusedError) as refused:
        domain.claim(participant=used, key=key)
    assert code_of(refused) == "activity.claim"
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    worked()
    used.refresh_from_db()
    for wrong in ("", "x", domain.ticket_key(came(event, "Other"))):
        with pytest.raises(RefusedError):
            domain.claim(participant=used, key=wrong)
    award = domain.claim(participant=used, key=key)
    assert award.claimed_at is not None and award.learner.full_name == "Cem Rot"
    with pytest.raises(RefusedError) as refused:
        domain.claim(participant=used, key=key)
    assert code_of(refused) == "activity.claim"
    assert mail.outbox == []


def test_who_gave_an_address_takes_the_record_by_mail_only(event: Activity, ines: Person) -> None:
    one = came(event, "Ada Lima", "ada@example.org")
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    worked()
    one.refresh_from_db()
    with pytest.raises(RefusedError):
        domain.claim(participant=one, key=domain.ticket_key(one))


def test_unused_slips_hold_places_and_end_with_the_list(event: Activity, ines: Person) -> None:
    slips = domain.make_slips(by=ines, activity=event, count=event.cap)
    with pytest.raises(RefusedError) as refused:
        came(event, "Ada Lima")
    assert code_of(refused) == "activity.full"
    domain.close(by=ines, activity=event)
    with pytest.raises(RefusedError) as refused:
        domain.use_slip(participant=slips[0], name="Ada", language="en")
    assert code_of(refused) == "activity.closed"
    assert event.participants.count() == 0


def test_codes_end_with_their_time_and_their_round(event: Activity, ines: Person) -> None:
    now = timezone.now()
    code = domain.screen_code(event, at=now)
    assert domain.is_usable(event, code.upper(), at=now + dt.timedelta(seconds=90)) == Way.SCREEN
    assert domain.is_usable(event, code, at=now + dt.timedelta(seconds=180)) is None
    assert domain.is_usable(event, code, at=now - dt.timedelta(seconds=60)) is None
    paper = domain.paper_code(event)
    assert domain.is_usable(event, paper, at=now) is None
    changed = domain.replace_paper_code(by=ines, activity=event)
    assert domain.is_usable(changed, paper, at=now) is None
    assert domain.is_usable(changed, domain.paper_code(changed), at=now + dt.timedelta(hours=2)) == Way.PAPER
    assert domain.is_usable(changed, "", at=now) is None


def test_a_micro_credential_is_not_handed_out_on_a_list(
    club: Organisation, ines: Person, weekend: Version
) -> None:
    Version.objects.filter(pk=weekend.pk)
    weekend.record_type = "micro-credential"
    with pytest.raises(RefusedError) as refused:
        activity(ines, weekend)
    assert code_of(refused) == "activity.record-type"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cap": 0}, "activity.cap"),
        ({"cap": 2001}, "activity.cap"),
        ({"closes_at": timezone.now() - dt.timedelta(days=1)}, "activity.window"),
        ({"closes_at": timezone.now() + dt.timedelta(days=500)}, "activity.window"),
        ({"name": " "}, "activity.name"),
    ],
)
def test_what_makes_no_sense_is_refused(
    ines: Person, weekend: Version, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        activity(ines, weekend, **changes)
    assert code_of(refused) == code


def test_only_who_runs_activities_does(event: Activity, charlie: Person) -> None:
    one = came(event, "Ada Lima")
    for verb in (
        lambda: domain.confirm(by=charlie, activity=event),
        lambda: domain.decline(by=charlie, activity=event, ids=[one.id]),
        lambda: domain.award(by=charlie, activity=event),
        lambda: domain.add(by=charlie, activity=event, name="Charlie"),
        lambda: domain.make_slips(by=charlie, activity=event, count=1),
        lambda: domain.close(by=charlie, activity=event),
        lambda: domain.forget(by=charlie, activity=event),
        lambda: domain.rename(by=charlie, activity=event, id=one.id, name="Charlie"),
        lambda: domain.replace_paper_code(by=charlie, activity=event),
        lambda: activity(charlie, event.version),
    ):
        with pytest.raises(NotAllowedError):
            verb()


def test_names_are_forgotten_and_records_stay(event: Activity, ines: Person) -> None:
    came(event, "Ada Lima", "ada@example.org"), came(event, "Bea Moor")
    domain.confirm(by=ines, activity=event, ids=[event.participants.get(name="Ada Lima").id])
    with pytest.raises(RefusedError) as refused:
        domain.forget(by=ines, activity=event)
    assert code_of(refused) == "activity.still-open"
    domain.award(by=ines, activity=event)
    domain.close(by=ines, activity=event)
    with pytest.raises(RefusedError) as refused:
        domain.forget(by=ines, activity=event)
    assert code_of(refused) == "activity.waiting"
    domain.decline(by=ines, activity=event, ids=[event.participants.get(name="Bea Moor").id])
    domain.forget(by=ines, activity=event)
    assert list(event.participants.values_list("name", "email", "person")) == [("", "", "")]
    worked()
    assert Award.objects.get().learner.full_name == "Ada Lima"


def test_no_audit_entry_names_anybody(event: Activity, ines: Person) -> None:
    came(event, "Ada Lima", "ada@example.org")
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    told = str(list(AuditEntry.objects.values()))
    assert not [one for one in ("Ada", "ada@", "Raft") if one in told]


def test_reading_a_list_costs_the_same_for_many(
    event: Activity, ines: Person, django_assert_num_queries: Any
) -> None:
    came(event, "Ada Lima")
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    worked()
    with django_assert_num_queries(2):
        queries.list_of(event)
    for name in ("Bea", "Cem", "Dora"):
        came(event, name)
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    worked()
    with django_assert_num_queries(2):
        assert len(queries.list_of(event)) == 4
