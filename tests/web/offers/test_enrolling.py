"""Getting in and out of an offer, and what stays private on the way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone

from tessella_web.accounts.domain import give_role
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.offers.models import State as OfferState
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, State
from tests.web.conftest import person
from tests.web.mails import posted
from tests.web.offers.conftest import open_offer

pytestmark = pytest.mark.django_db

NAMED = {"given_name": "Lou", "family_name": "Learner"}
PDF = b"%PDF-1.7 invented"


def code_of(verb: object) -> tuple[str, str]:
    with pytest.raises((RefusedError, NotAllowedError)) as caught:
        verb()  # type: ignore[operator]
    return caught.value.code, caught.value.field


def test_in_and_out_and_in_again(lou: Person, offer: Offer) -> None:
    made = domain.enrol(by=lou, offer=offer, details=NAMED)
    assert (made.state, made.email, made.name) == ("enrolled", lou.email, "Lou Learner")
    assert code_of(lambda: domain.enrol(by=lou, offer=offer, details=NAMED)) == ("enrolment.already", "")
    assert domain.withdraw(by=lou, enrolment=made).state == "withdrawn"
    again = domain.enrol(by=lou, offer=offer, details={"given_name": "Louise"})
    assert (again.pk, again.given_name, Enrolment.objects.count()) == (made.pk, "Louise", 1)
    assert [one.id for one in queries.own_enrolments(lou)] == [made.id]


def test_a_place_is_given_once(alice: Person, version: Version, lou: Person) -> None:
    small = open_offer(alice, version, places=1)
    first = domain.enrol(by=lou, offer=small, details=NAMED)
    second = person("Mia")
    assert code_of(lambda: domain.enrol(by=second, offer=small, details={"given_name": "Mia"})) == (
        "enrolment.full",
        "",
    )
    domain.withdraw(by=lou, enrolment=first)
    assert domain.enrol(by=second, offer=small, details={"given_name": "Mia"}).state == "enrolled"


def test_nobody_enrols_where_it_is_not_open(
    alice: Person, version: Version, offer: Offer, lou: Person
) -> None:
    yesterday = timezone.now().date() - dt.timedelta(days=1)
    listed, late = (
        open_offer(alice, version, entry="listed"),
        open_offer(alice, version, enrol_until=yesterday),
    )
    offers.set_state(by=alice, offer=offer, state=OfferState.CLOSED)
    for one in (listed, late, offer):
        assert code_of(lambda: domain.enrol(by=lou, offer=one, details=NAMED)) == ("enrolment.closed", "")  # noqa: B023


@pytest.mark.parametrize(
    ("details", "code", "field"),
    [
        ({}, "enrolment.name", "given_name"),
        ({"given_name": " "}, "enrolment.name", "given_name"),
        ({"given_name": "x" * 201}, "enrolment.too-long", "given_name"),
        ({"given_name": "x", "birth_date": dt.date(2999, 1, 1)}, "enrolment.birth-date", "birth_date"),
    ],
)
def test_details_are_told_at_their_field(
    lou: Person, offer: Offer, details: dict[str, object], code: str, field: str
) -> None:
    assert code_of(lambda: domain.enrol(by=lou, offer=offer, details=details)) == (code, field)


def test_an_application_is_decided_with_a_reason(
    alice: Person, cora: Person, version: Version, lou: Person
) -> None:
    offer = open_offer(alice, version, entry="application")
    made = domain.enrol(by=lou, offer=offer, details=NAMED, motivation="Because")
    domain.add_evidence(by=lou, enrolment=made, link="https://example.org/work")
    piece = domain.add_evidence(by=lou, enrolment=made, file_name="../../diploma.PDF", data=PDF)
    assert (piece.file_name, piece.media_type, default_storage.open(piece.file).read()) == (
        "diploma.PDF", "application/pdf", PDF,
    )  # fmt: skip
    assert made.state == State.APPLIED
    assert code_of(lambda: domain.decline(by=cora, enrolment=made, reason=" ")) == (
        "enrolment.no-reason",
        "reason",
    )
    assert domain.decline(by=cora, enrolment=made, reason="No diploma").state == "declined"
    assert code_of(lambda: domain.enrol(by=lou, offer=offer, details=NAMED))[0] == "enrolment.already"
    found = domain.accept(by=cora, enrolment=made, reason="It was there after all")
    assert (found.state, found.decided_by, found.reason) == ("accepted", cora, "It was there after all")
    assert code_of(lambda: domain.accept(by=cora, enrolment=made))[0] == "enrolment.state"
    assert code_of(lambda: domain.add_evidence(by=lou, enrolment=made, text="late"))[0] == "enrolment.state"


def test_a_decision_is_told_by_mail_in_the_applicant_s_language(
    alice: Person, cora: Person, version: Version, lou: Person
) -> None:
    offer = open_offer(alice, version, entry="application", starts_on=dt.date(2027, 3, 1))
    made = domain.enrol(
        by=lou,
        offer=offer,
        details={**NAMED, "language": "de"},
        motivation="Because",
        accommodations="large print",
    )
    assert posted() == 0
    domain.decline(by=cora, enrolment=made, reason="Kein Diplom")
    (waiting,) = Letter.objects.values()
    assert [one for one in ("lou@", "Kein", "Learner") if one in str(waiting)] == []
    assert posted() == 1
    no = mail.outbox[0]
    assert (no.to, no.extra_headers["Message-ID"]) == (["lou@example.org"], waiting["message_id"])
    assert no.subject == "Zu Ihrer Bewerbung: Data ethics in practice"
    assert "nicht angenommen" in no.body and "Kein Diplom" in no.body and "large print" not in no.body
    domain.accept(by=cora, enrolment=made)
    assert posted() == 1
    assert mail.outbox[1].subject == "Sie haben einen Platz: Data ethics in practice"
    assert "Es beginnt am 1. März 2027." in mail.outbox[1].body
    assert f"/my/courses/{made.id}" in mail.outbox[1].body


def test_only_what_still_holds_is_told(alice: Person, cora: Person, version: Version, lou: Person) -> None:
    offer = open_offer(alice, version, entry="application")
    made = domain.enrol(by=lou, offer=offer, details=NAMED, motivation="Because")
    domain.decline(by=cora, enrolment=made, reason="No diploma")
    domain.accept(by=cora, enrolment=made, reason="It was there")
    assert posted() == 1
    assert mail.outbox[0].subject == "You have a place: Data ethics in practice"
    domain.decline(by=cora, enrolment=made, reason="No room")
    domain.accept(by=cora, enrolment=made)
    domain.withdraw(by=lou, enrolment=made)
    assert posted() == 0


@pytest.mark.parametrize(
    ("piece", "code"),
    [
        ({}, "evidence.empty"),
        ({"text": "x" * 4001}, "enrolment.too-long"),
        ({"link": "javascript:alert(1)"}, "evidence.link"),
        ({"link": "https://"}, "evidence.link"),
        ({"file_name": "a.html", "data": b"<script>"}, "evidence.file"),
        ({"file_name": "a.svg", "data": b"<svg/>"}, "evidence.file"),
        ({"file_name": "a.pdf", "data": b"<html>"}, "evidence.file"),
        ({"file_name": "a.png", "data": PDF}, "evidence.file"),
        ({"file_name": "a.pdf", "data": PDF + b"x" * domain.MAX_EVIDENCE_BYTES}, "evidence.too-large"),
    ],
)
def test_evidence_that_cannot_be_taken(
    alice: Person, version: Version, lou: Person, piece: dict[str, object], code: str
) -> None:
    made = domain.enrol(by=lou, offer=open_offer(alice, version, entry="application"), details=NAMED)
    assert code_of(lambda: domain.add_evidence(by=lou, enrolment=made, **piece))[0] == code  # type: ignore[arg-type]
    assert made.evidence.count() == 0


def test_evidence_is_one_s_own_and_has_an_end(alice: Person, version: Version, lou: Person) -> None:
    made = domain.enrol(by=lou, offer=open_offer(alice, version, entry="application"), details=NAMED)
    assert code_of(lambda: domain.add_evidence(by=alice, enrolment=made, text="x"))[0] == "enrolment.not-own"
    for _ in range(domain.MAX_PIECES):
        domain.add_evidence(by=lou, enrolment=made, text="x")
    assert code_of(lambda: domain.add_evidence(by=lou, enrolment=made, text="x"))[0] == "evidence.too-many"


def test_staff_lists_people_once(cora: Person, alice: Person, lou: Person, offer: Offer) -> None:
    made = domain.list_person(by=cora, offer=offer, details={**NAMED, "email": "LOU@example.org"})
    assert (made.person, made.state, made.email) == (lou, "enrolled", "lou@example.org")
    assert queries.own_in(offer, lou) == made
    born = {"given_name": "Ann", "birth_date": dt.date(2000, 1, 2)}
    domain.list_person(by=cora, offer=offer, details=born)
    domain.list_person(by=cora, offer=offer, details={**born, "birth_date": dt.date(2000, 1, 3)})
    for twice in ({**NAMED, "email": "lou@example.org"}, born):
        found = code_of(lambda: domain.list_person(by=cora, offer=offer, details=twice))  # noqa: B023
        assert found[0] == "enrolment.already"
    offers.set_state(by=alice, offer=offer, state=OfferState.CANCELLED, because="x")
    assert (
        code_of(lambda: domain.list_person(by=cora, offer=offer, details={"given_name": "X"}))[0]
        == "enrolment.cancelled"
    )


def test_somebody_listed_before_the_account_sees_it_and_can_enrol_once(cora: Person, offer: Offer) -> None:
    made = domain.list_person(by=cora, offer=offer, details={"given_name": "Mia", "email": "mia@example.org"})
    mia = person("Mia")
    assert [one.id for one in queries.own_enrolments(mia)] == [made.id]
    assert (
        code_of(lambda: domain.enrol(by=mia, offer=offer, details={"given_name": "Mia"}))[0]
        == "enrolment.already"
    )


def test_details_are_corrected_by_staff(cora: Person, lou: Person, enrolled: Enrolment, offer: Offer) -> None:
    other = domain.list_person(
        by=cora, offer=offer, details={"given_name": "Mia", "email": "mia@example.org"}
    )
    found = domain.change_details(by=cora, enrolment=enrolled, details={"family_name": "Lerner"})
    assert (found.name, found.email) == ("Lou Lerner", lou.email)
    wrong = {"email": other.email}
    assert code_of(lambda: domain.change_details(by=cora, enrolment=enrolled, details=wrong)) == (
        "enrolment.already",
        "email",
    )


def test_who_may_not_changes_nothing(
    bob: Person, charlie: Person, ada: Person, cora: Person, offer: Offer, enrolled: Enrolment
) -> None:
    for someone in (bob, charlie, ada):
        for verb in (
            lambda: domain.list_person(by=someone, offer=offer, details={"given_name": "X"}),  # noqa: B023
            lambda: domain.change_details(by=someone, enrolment=enrolled, details={}),  # noqa: B023
            lambda: domain.accept(by=someone, enrolment=enrolled),  # noqa: B023
            lambda: domain.decline(by=someone, enrolment=enrolled, reason="x"),  # noqa: B023
            lambda: domain.withdraw(by=someone, enrolment=enrolled),  # noqa: B023
        ):
            assert code_of(verb)[0] == "accounts.not-allowed"
    enrolled.refresh_from_db()
    assert enrolled.state == "enrolled"


def test_nobody_decides_on_their_own_application(alice: Person, cora: Person, version: Version) -> None:
    made = domain.enrol(
        by=cora, offer=open_offer(alice, version, entry="application"), details={"given_name": "Cora"}
    )
    assert code_of(lambda: domain.accept(by=cora, enrolment=made))[0] == "enrolment.own-application"
    assert domain.accept(by=alice, enrolment=made).state == "accepted"


def test_accommodations_are_for_the_person_coordinators_and_assessors(
    alice: Person, bob: Person, cora: Person, ada: Person, lou: Person, charlie: Person, enrolled: Enrolment,
    organisation: Organisation,
) -> None:  # fmt: skip
    for someone in (lou, cora, ada):
        noted = domain.note_accommodations(by=someone, enrolment=enrolled, text=f"by {someone}")
        assert noted.accommodations == f"by {someone}"
    for someone in (alice, bob, charlie):
        found = code_of(lambda: domain.note_accommodations(by=someone, enrolment=enrolled, text="x"))  # noqa: B023
        assert found[0] == "accounts.not-allowed"
    give_role(by=alice, organisation=organisation, person=alice, role=Role.COORDINATOR)
    domain.note_accommodations(by=alice, enrolment=enrolled, text="now")


def test_no_personal_data_is_in_the_audit_trail(
    alice: Person, cora: Person, version: Version, lou: Person
) -> None:
    offer = open_offer(alice, version, entry="application")
    made = domain.enrol(
        by=lou, offer=offer, details={"given_name": "Xanthippe", "birth_date": dt.date(2000, 1, 2)},
        motivation="motive", accommodations="canary",
    )  # fmt: skip
    domain.add_evidence(by=lou, enrolment=made, file_name="secret-name.pdf", data=PDF)
    domain.note_accommodations(by=cora, enrolment=made, text="canary")
    domain.decline(by=cora, enrolment=made, reason="reason-text")
    told = str(list(AuditEntry.objects.values()))
    words = ("Xanthippe", "2000-01-02", "motive", "canary", "secret-name", "reason-text", lou.email, lou.id)
    assert [word for word in words if word in told] == []
