"""The pages of offers, learners and assessors: who may, what it looks like, and the way from enrolment to award."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tessella_web.accounts.domain import give_role
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Offer
from tessella_web.credentials.assessment import domain
from tessella_web.credentials.assessment.models import Enrolment, Evidence, OutcomeRecord
from tessella_web.credentials.models import Award, Batch
from tests.web.conftest import person
from tests.web.offers.conftest import achieved, open_offer, work
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def signed_in(who: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(who)
    return client


@pytest.fixture
def application(alice: Person, version: Version, lou: Person) -> Enrolment:
    offer = open_offer(alice, version, entry="application", name="With papers")
    made = domain.enrol(by=lou, offer=offer, details={"given_name": "Lou"}, motivation="I would like to")
    domain.add_evidence(by=lou, enrolment=made, file_name="a.pdf", data=b"%PDF-1.7 mine")
    return made


def test_every_page_is_for_those_who_may(
    alice: Person, cora: Person, ada: Person, bob: Person, charlie: Person, lou: Person, enrolled: Enrolment,
    application: Enrolment,
) -> None:  # fmt: skip
    offer, work = enrolled.offer, "/o/twickel"
    upload = domain.check_people(by=cora, offer=offer, file_name="a.csv", data=b"Name\nX\n")
    piece = Evidence.objects.get()
    staff, manage = [200, 200, 200, 403, 404, 404, 302], [200, 200, 403, 403, 404, 404, 302]
    record, award = [403, 403, 200, 403, 404, 404, 302], staff
    own = [404, 404, 404, 404, 404, 200, 302]
    expected = {
        f"/offers/{offer.id}": [200] * 7,
        f"/offers/{offer.id}/enrol": [*[200] * 6, 302],
        "/my/courses": [*[200] * 6, 302],
        f"/my/courses/{enrolled.id}": own,
        f"/my/courses/{enrolled.id}/withdraw": own,
        f"/evidence/{piece.id}": [200, 200, 200, 404, 404, 200, 302],
        f"{work}/offers": [200, 200, 200, 200, 404, 404, 302],
        f"{work}/offers/new/{offer.version_id}": manage,
        f"{work}/offers/{offer.id}": staff,
        f"{work}/offers/{offer.id}/edit": manage,
        f"{work}/offers/{offer.id}/state/closed": manage,
        f"{work}/offers/{offer.id}/add": manage,
        f"{work}/offers/{offer.id}/list.csv": manage,
        f"{work}/offers/{offer.id}/upload": manage,
        f"{work}/offers/{offer.id}/class": record,
        f"{work}/offers/{offer.id}/results.xlsx": record,
        f"{work}/offers/{offer.id}/results": record,
        f"{work}/offers/{offer.id}/award": award,
        f"{work}/uploads/{upload.id}": [404, 200, 404, 404, 404, 404, 302],
        f"{work}/participants/{application.id}": staff,
        f"{work}/participants/{enrolled.id}/details": manage,
        f"{work}/participants/{enrolled.id}/record": record,
    }
    found = {
        path: [signed_in(who).get(path).status_code for who in (alice, cora, ada, bob, charlie, lou)]
        + [CheckingClient().get(path).status_code]
        for path in expected
    }
    assert found == expected


def test_a_change_by_somebody_who_may_not_changes_nothing(
    bob: Person, charlie: Person, lou: Person, enrolled: Enrolment
) -> None:
    one, own = f"/o/twickel/participants/{enrolled.id}", f"/my/courses/{enrolled.id}"
    posts = {
        f"/o/twickel/offers/{enrolled.offer_id}/copy": {},
        f"/o/twickel/offers/{enrolled.offer_id}/state/cancelled": {"because": "x"},
        f"/o/twickel/offers/{enrolled.offer_id}/class": {},
        f"{one}/decide": {"do": "withdraw"},
        f"{one}/need": {"accommodations": "x"},
        f"{one}/record": {"grade": "1"},
    }
    for who, status in ((bob, 403), (charlie, 404), (lou, 404)):
        for path, data in posts.items():
            assert (path, signed_in(who).post(path, data).status_code) == (path, status)
    for path in (f"{own}/withdraw", f"{own}/evidence", f"{own}/need"):
        assert signed_in(charlie).post(path, {"text": "x"}).status_code == 404
    enrolled.refresh_from_db()
    assert (enrolled.state, enrolled.accommodations, Offer.objects.get().state) == ("enrolled", "", "open")
    assert OutcomeRecord.objects.count() == 0


def test_another_organisation_s_people_are_not_found(alice: Person, enrolled: Enrolment) -> None:
    from tessella_web.accounts.domain import found_organisation

    other = found_organisation(founder=alice, name="Other", slug="other", country="NLD")
    give_role(by=alice, organisation=other, person=alice, role=Role.ASSESSOR)
    for path in (
        f"/o/other/offers/{enrolled.offer_id}", f"/o/other/participants/{enrolled.id}",
        f"/o/other/participants/{enrolled.id}/record", f"/o/other/offers/{enrolled.offer_id}/class",
        f"/o/other/offers/{enrolled.offer_id}/award", f"/o/other/offers/new/{enrolled.offer.version_id}",
    ):  # fmt: skip
        assert signed_in(alice).get(path).status_code == 404


@pytest.mark.usefixtures("badge_key")
def test_from_an_offer_to_the_award(
    alice: Person, cora: Person, ada: Person, lou: Person, version: Version
) -> None:
    staff = signed_in(cora)
    made = staff.post(f"/o/twickel/offers/new/{version.id}", {"name": "Autumn", "entry": "open", "starts_on": "2026-03-01",
                      "ends_on": "2026-02-01"})  # fmt: skip
    assert "before the day it begins" in made.page.text and Offer.objects.count() == 0
    values = {
        "name": "Autumn",
        "entry": "open",
        "language": "nl",
        "price": "249",
        "currency": "EUR",
        "payer": "employer",
    }
    staff.post(f"/o/twickel/offers/new/{version.id}", values)
    offer = Offer.objects.get()
    staff.post(f"/o/twickel/offers/{offer.id}/state/open")
    public = CheckingClient().get(f"/offers/{offer.id}")
    assert "249 EUR, paid by: The employer" in public.page.text and "Dutch" in public.page.text
    page = CheckingClient().get(f"/m/{version.description_id}/v{version.number}")
    assert (f"/offers/{offer.id}", "Autumn") in [
        (one["href"], "Autumn") for one in _links(page) if "/offers/" in one["href"]
    ]
    learner = signed_in(lou)
    learner.post(
        f"/offers/{offer.id}/enrol",
        {"given_name": "Lou", "family_name": "Learner", "accommodations": "More time"},
    )
    one = Enrolment.objects.get()
    assert "You are on the list" in learner.get(f"/offers/{offer.id}").page.text
    assessor = signed_in(ada)
    assert "More time" in assessor.get(f"/o/twickel/participants/{one.id}").content.decode()
    assert "More time" not in signed_in(alice).get(f"/o/twickel/participants/{one.id}").content.decode()
    form = assessor.get(f"/o/twickel/participants/{one.id}/record")
    assert "Maps who gains" in form.page.text
    given = {f"outcome-{id}": "achieved" for id in ("lo-map", "lo-bias", "lo-law", "lo-decide")}
    wrong = assessor.post(f"/o/twickel/participants/{one.id}/record", {**given, "after": "0"})
    assert (
        "Day of the assessment: This field is required" in wrong.page.text
        and OutcomeRecord.objects.count() == 0
    )
    assessor.post(
        f"/o/twickel/participants/{one.id}/record",
        {**given, "after": "0", "assessed_on": "2026-05-04", "grade": "8"},
    )
    assert "4 May 2026" in learner.get(f"/my/courses/{one.id}").page.text
    listing = staff.get(f"/o/twickel/offers/{offer.id}")
    assert "1 person achieved every required outcome" in listing.page.text
    dry_run = staff.post(f"/o/twickel/offers/{offer.id}/award", {"formats": "openbadge"}, follow=True)
    assert dry_run.page.headings[0] == ("h1", "What would be awarded") and "Ada" in dry_run.page.text
    staff.post(f"/o/twickel/batches/{Batch.objects.get().id}/do", {"do": "start"})
    work()
    assert Award.objects.get().read().learner.display_name == "Lou Learner"
    assert "You have the award" in learner.get(f"/my/courses/{one.id}").page.text
    assert "Awarded (1)" in staff.get(f"/o/twickel/offers/{offer.id}").page.text
    assert (
        assessor.post(
            f"/o/twickel/participants/{one.id}/record", {**given, "after": "1", "grade": "9"}
        ).status_code
        == 200
    )
    assert OutcomeRecord.objects.count() == 1


def _links(response: object) -> list[dict[str, str]]:
    from html.parser import HTMLParser

    class Links(HTMLParser):
        found: list[dict[str, str]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "a":
                self.found.append({name: str(value) for name, value in attrs})

    parser = Links()
    parser.feed(response.content.decode())  # type: ignore[attr-defined]
    return parser.found


def test_an_application_with_papers(cora: Person, lou: Person, application: Enrolment) -> None:
    learner, staff = signed_in(lou), signed_in(cora)
    own = f"/my/courses/{application.id}"
    refused = learner.post(f"{own}/evidence", {"file": SimpleUploadedFile("a.html", b"<script>")})
    assert "Only PDF, PNG and JPEG" in refused.page.text
    learner.post(f"{own}/evidence", {"link": "https://example.org/work", "text": "See there"})
    page = staff.get(f"/o/twickel/participants/{application.id}")
    assert "I would like to" in page.page.text and "See there" in page.page.text
    file = staff.get(f"/evidence/{application.evidence.exclude(file='').get().id}")
    assert (b"".join(file.streaming_content), file["Content-Disposition"], file["X-Content-Type-Options"]) == (
        b"%PDF-1.7 mine", 'attachment; filename="a.pdf"', "nosniff",
    )  # fmt: skip
    decide = f"/o/twickel/participants/{application.id}/decide"
    assert "Say why" in staff.post(decide, {"do": "decline"}, follow=True).page.text
    staff.post(decide, {"do": "decline", "reason": "No diploma yet"})
    assert "No diploma yet" in learner.get(own).page.text
    assert staff.post(decide, {"do": "forget"}).status_code == 404
    staff.post(decide, {"do": "accept", "reason": "Welcome"})
    assert "Welcome" in learner.get(own).page.text
    learner.post(f"{own}/withdraw")
    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_a_class_is_recorded_at_once(ada: Person, aldo: Person, cora: Person, offer: Offer) -> None:
    ann, ben, cem = (
        domain.list_person(by=cora, offer=offer, details={"given_name": name})
        for name in ("Ann", "Ben", "Cem")
    )
    own = domain.enrol(by=ada, offer=offer, details={"given_name": "Ada"})
    client, path = signed_in(ada), f"/o/twickel/offers/{offer.id}/class"
    page = client.get(path)
    assert f"{own.id}-lo-map" not in page.content.decode()
    everything = {
        f"{one.id}-{id}": "" for one in (ann, ben, cem) for id in ("lo-map", "lo-bias", "lo-law", "lo-decide")
    }
    sent = (
        everything
        | {f"after-{one.id}": "0" for one in (ann, ben, cem)}
        | {f"{ann.id}-lo-map": "achieved", f"grade-{ben.id}": "4"}
    )
    refused = client.post(path, {**sent, f"{own.id}-lo-map": "achieved"})
    assert "Ann: It is not said when" in refused.page.text and OutcomeRecord.objects.count() == 0
    assert f'name="{ann.id}-lo-map"' in refused.content.decode()
    done = client.post(
        path, {**sent, "assessed_on": "2026-05-04", "supervision": "supervised-with-id"}, follow=True
    )
    assert "Recorded of 2 people" in done.page.text
    found = {one.enrolment.given_name: one for one in OutcomeRecord.objects.select_related("enrolment")}
    assert {name: (one.standings, one.grade, one.supervision) for name, one in found.items()} == {
        "Ann": ({"lo-map": "achieved"}, "", "supervised-with-id"),
        "Ben": ({}, "4", "supervised-with-id"),
    }
    late = signed_in(aldo).post(path, {**sent, f"{ann.id}-lo-map": "not", "assessed_on": "2026-05-04"})
    assert "Somebody else has recorded something meanwhile" in late.page.text
    forged = client.post(
        path, {f"after-{own.id}": "0", f"{own.id}-lo-map": "achieved", "assessed_on": "2026-05-04"}
    )
    assert "Nobody assesses their own learning" in forged.page.text
    assert OutcomeRecord.objects.count() == 2


def test_a_spreadsheet_goes_out_and_comes_back(ada: Person, cora: Person, offer: Offer) -> None:
    domain.list_person(by=cora, offer=offer, details={"given_name": "Ann"})
    domain.list_person(by=cora, offer=offer, details={"given_name": "Ben"})
    client = signed_in(ada)
    book = load_workbook(io.BytesIO(client.get(f"/o/twickel/offers/{offer.id}/results.xlsx").content))
    sheet = book.worksheets[0]
    sheet["C2"], sheet["H2"], sheet["C3"] = "Achieved", "2026-05-04", "magnificent"
    target = io.BytesIO()
    book.save(target)
    file = SimpleUploadedFile("results.xlsx", target.getvalue())
    dry_run = client.post(f"/o/twickel/offers/{offer.id}/results", {"file": file}, follow=True)
    assert dry_run.page.headings[0] == ("h1", "What would be recorded")
    assert (
        "magnificent" in dry_run.page.text
        and "Row 3" in dry_run.page.text
        and OutcomeRecord.objects.count() == 0
    )
    client.post(dry_run.request["PATH_INFO"], {"do": "take"})
    assert OutcomeRecord.objects.get().standings == {"lo-map": "achieved"}
    bad = client.post(
        f"/o/twickel/offers/{offer.id}/results", {"file": SimpleUploadedFile("a.csv", b"Name\nX\n")}
    )
    assert "no row with the heading" in bad.page.text


def test_people_are_found_by_state_and_words(
    cora: Person, ada: Person, offer: Offer, enrolled: Enrolment
) -> None:
    domain.list_person(by=cora, offer=offer, details={"given_name": "Ann", "email": "ann@example.org"})
    domain.record(by=ada, enrolment=enrolled, finding=achieved())
    client, path = signed_in(cora), f"/o/twickel/offers/{offer.id}"
    for query, names in {
        "": ("Ann", "Lou Learner"), "?state=assessed": ("Lou Learner",), "?q=ann": ("Ann",), "?q=lou+learn": ("Lou Learner",),
        "?q=nobody": (), "?state=nonsense": ("Ann", "Lou Learner"),
    }.items():  # fmt: skip
        page = client.get(path + query).page
        assert [name for name in ("Ann", "Lou Learner") if name in page.text] == list(names)


def test_pages_need_the_same_queries_for_one_and_three(
    alice: Person, cora: Person, ada: Person, organisation: Organisation, version: Version
) -> None:
    give_role(by=alice, organisation=organisation, person=cora, role=Role.ASSESSOR)
    client, counts = signed_in(cora), []
    learner = person("Mia")
    for number in (1, 3):
        for n in range(number):
            offer = open_offer(alice, version, name=f"Offer {number} {n}")
            domain.enrol(by=learner, offer=offer, details={"given_name": "Mia"})
        people = [
            domain.list_person(by=cora, offer=offer, details={"given_name": f"P{n}"})
            for n in range(number - 1)
        ]
        for one in (*people, Enrolment.objects.get(offer=offer, person=learner)):
            domain.record(by=ada, enrolment=one, finding=achieved())
        work = f"/o/twickel/offers/{offer.id}"
        pages = ("/o/twickel/offers", work, f"{work}/class", f"{work}/award", f"/offers/{offer.id}",
                 f"/m/{version.description_id}/v{version.number}", f"/o/twickel/participants/{one.id}")  # fmt: skip
        client.get(pages[0])
        found = [_queries(client, path) for path in pages]
        own = signed_in(learner)
        own.get("/my/courses")
        counts.append([*found, _queries(own, "/my/courses")])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25


def _queries(client: CheckingClient, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
