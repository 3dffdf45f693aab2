"""The way of a youth worker and of the people who come, on the pages; plain words everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.credentials.activities import domain
from tessella_web.credentials.activities.models import Activity, Participant, State, Submission, Way
from tessella_web.credentials.models import Award
from tessella_web.credentials.tasks import work_once
from tests.web.activities.test_tasks import picture
from tests.web.catalogue.samples import colleague
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def staff(ines: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(ines)
    return client


def code(event: Activity) -> str:
    return f"/join/{event.id}/{domain.screen_code(event, at=timezone.now())}"


def joined(event: Activity, **data: str) -> CheckingClient:
    client = CheckingClient()
    assert client.get(code(event)).status_code == 302
    response = client.post(f"/join/{event.id}/", {"name": "Ada Lima", **data}, follow=True)
    assert response.status_code == 200
    return client


def test_describing_is_one_page_and_a_look(staff: CheckingClient, club: Organisation) -> None:
    staff.get("/o/lake/activities/describe")
    wrong = staff.post(
        "/o/lake/activities/describe", {"record_type": "micro-credential", "title": "x", "description": "y"}
    )
    assert wrong.status_code == 200
    answers = {
        "record_type": "contribution", "title": "Lake guard", "description": "Kept the lake safe all summer.",
        "outcomes": "Kept an eye on others\nKnows when to call help", "starts_on": "2026-07-01", "ends_on": "2026-06-01",
    }  # fmt: skip
    assert "It ends before it begins." in staff.post("/o/lake/activities/describe", answers).page.text
    looked = staff.post("/o/lake/activities/describe", {**answers, "ends_on": "2026-08-31"}, follow=True)
    address = looked.redirect_chain[-1][0]
    assert "Knows when to call help" in looked.page.text and "1 July 2026" in looked.page.text
    changed = address.removesuffix("/publish")
    assert 'value="Lake guard"' in staff.get(changed).content.decode()
    staff.post(changed, {**answers, "ends_on": "2026-08-31", "title": "Guard of the lake"})
    new = staff.post(address, follow=True)
    version = Version.objects.get()
    assert (version.title, version.record_type, version.review) == ("Guard of the lake", "contribution", None)
    assert ("h1", "A new event") in new.page.headings


def test_an_event_on_the_pages(staff: CheckingClient, weekend: Version) -> None:
    now = timezone.now()
    values = {
        "version": weekend.id, "kind": "event", "name": "Raft day", "place": "North shore", "starts_on": now.date(),
        "opens_at": now.strftime("%Y-%m-%dT00:00"), "closes_at": now.strftime("%Y-%m-%dT23:59"), "time_zone": "UTC", "cap": "30",
        "is_paper_allowed": "on",
    }  # fmt: skip
    assert staff.post("/o/lake/activities/new", {**values, "cap": "0"}).status_code == 200
    staff.post("/o/lake/activities/new", values)
    event = Activity.objects.get()
    base = f"/o/lake/activities/{event.id}"
    for page in ("/", "/screen", "/paper", "/slips", "/person", "/reopen"):
        assert staff.get(base + page).status_code == 200, page
    joined(event, email="ada@example.org")
    staff.post(f"{base}/person", {"name": "Bea Moor"})
    shown = staff.get(f"{base}/").page
    assert "Ada Lima" in shown.text and "1 person waits" not in shown.text
    assert "1 person waits for you" in staff.get("/o/lake/activities/").page.text
    done = staff.post(
        f"{base}/do", {"do": "confirm", "who": [event.participants.get(name="Ada Lima").id]}, follow=True
    )
    assert "2 records are being made." in done.page.text
    while work_once():
        pass
    assert Award.objects.count() == 2
    for verb in ("decline", "close", "forget"):
        assert staff.post(f"{base}/do", {"do": verb}).status_code == 302
    assert "Name deleted" in staff.get(f"{base}/").page.text
    assert staff.post(f"{base}/do", {"do": "nothing"}).status_code == 404


def test_without_a_code_nobody_comes_onto_the_list(event: Activity) -> None:
    client = CheckingClient()
    assert client.get(f"/join/{event.id}/").status_code == 403
    assert client.post(f"/join/{event.id}/", {"name": "Ada"}).status_code == 403
    assert client.get(f"/join/{event.id}/aaaaaaaaaaaa").status_code == 403
    assert event.participants.count() == 0


def test_codes_cannot_be_tried_for_long(event: Activity) -> None:
    client = CheckingClient()
    found = [client.get(f"/join/{event.id}/wrong{number}").status_code for number in range(22)]
    assert (found[0], found[-1]) == (403, 429)


def test_a_browser_comes_onto_a_list_once(event: Activity) -> None:
    client = joined(event, email="ada@example.org")
    again = client.post(f"/join/{event.id}/", {"name": "Bea Moor", "email": "bea@example.org"}, follow=True)
    assert ("h1", "You are on the list") in again.page.headings
    assert event.participants.count() == 1


def test_the_same_address_gets_the_same_answer(event: Activity) -> None:
    joined(event, email="ada@example.org")
    page = joined(event, email="ada@example.org").get(f"/join/{event.id}/").page
    assert ("h1", "You are on the list") in page.headings
    assert event.participants.count() == 1


def test_who_has_no_address_keeps_a_page(event: Activity, ines: Person) -> None:
    client = joined(event)
    entry = Participant.objects.get()
    page = client.get(f"/t/{entry.id}").page
    assert "you are on the list" in page.text
    stranger = CheckingClient()
    assert [stranger.get(f"/t/{entry.id}{key}").status_code for key in ("", "?key=x")] == [404, 404]
    opened = stranger.get(f"/t/{entry.id}?key={domain.ticket_key(entry)}")
    assert (opened.status_code, opened["Location"]) == (302, f"/t/{entry.id}")
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    assert "is being made" in client.get(f"/t/{entry.id}").page.text
    while work_once():
        pass
    assert "is ready" in client.get(f"/t/{entry.id}").page.text
    taken = client.post(f"/t/{entry.id}", follow=True)
    assert "Your files" in taken.page.text
    assert "was taken" in client.get(f"/t/{entry.id}").page.text
    assert CheckingClient().post(f"/t/{entry.id}").status_code == 404


def test_a_slip_on_the_pages(event: Activity, staff: CheckingClient) -> None:
    staff.post(f"/o/lake/activities/{event.id}/slips", {"count": "3"})
    slip = event.participants.filter(state=State.SLIP).first()
    assert slip is not None
    assert domain.ticket_key(slip) in staff.get(f"/o/lake/activities/{event.id}/slips").page.text
    client = CheckingClient()
    client.get(f"/t/{slip.id}?key={domain.ticket_key(slip)}")
    client.post(f"/t/{slip.id}", {"name": "Cem Rot"})
    slip.refresh_from_db()
    assert (slip.name, slip.state, slip.way) == ("Cem Rot", State.WAITING, Way.SLIP)


def test_tasks_on_the_pages(tasks: Activity, staff: CheckingClient) -> None:
    client = joined(tasks, email="ada@example.org")
    entry = Participant.objects.get()
    client.get(f"/t/{entry.id}?key={domain.ticket_key(entry)}")
    assert "Draw a raft" in client.get(f"/t/{entry.id}").page.text
    required = tasks.tasks.get(is_required=True)
    address = f"/t/{entry.id}/task/{required.id}"
    assert "Hand in something" in client.post(address, {"text": ""}).page.text
    client.post(address, {"file": SimpleUploadedFile("../../x.png", picture())})
    work = Submission.objects.get()
    base = f"/o/lake/activities/{tasks.id}"
    assert "Ada Lima" in staff.get(f"{base}/").page.text
    assert "Save the file" in staff.get(f"{base}/evidence/{work.id}").page.text
    file = staff.get(f"{base}/evidence/{work.id}/file")
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "image/png",
        'attachment; filename="work.png"',
    )
    assert "Say it in a few words" in staff.post(f"{base}/evidence/{work.id}", {"answer": "more"}).page.text
    staff.post(f"{base}/evidence/{work.id}", {"answer": "more", "reply": "The measures?"})
    assert "The measures?" in client.get(f"/t/{entry.id}").page.text
    client.post(address, {"text": "2 m by 3 m"})
    staff.post(f"{base}/evidence/{work.id}", {"answer": "accepted"})
    assert Participant.objects.get().batch is not None
    staff.get(f"{base}/task")
    staff.post(f"{base}/task", {"title": "Swim", "kinds": ["link"]})
    swim = tasks.tasks.get(title="Swim")
    staff.post(f"{base}/task/{swim.id}/remove")
    assert not tasks.tasks.filter(title="Swim").exists()


def test_colleagues_see_by_their_role_and_strangers_nothing(
    event: Activity, club: Organisation, charlie: Person
) -> None:
    addresses = [f"/o/lake/activities/{event.id}{end}" for end in ("/", "/screen", "/slips", "/person")]
    found = {}
    for role in (Role.COORDINATOR, Role.ASSESSOR, Role.REVIEWER, Role.GUEST):
        client = CheckingClient()
        client.force_login(colleague(f"P{role.value[:4]}", club, role))
        found[role] = {client.get(address).status_code for address in addresses}
    assert found == {Role.COORDINATOR: {200}, Role.ASSESSOR: {200}, Role.REVIEWER: {403}, Role.GUEST: {403}}
    stranger = CheckingClient()
    stranger.force_login(charlie)
    assert {stranger.get(address).status_code for address in addresses} == {404}
    assert {CheckingClient().get(address).status_code for address in addresses} == {302}


def test_the_public_page_calls_it_no_micro_credential(event: Activity, ines: Person) -> None:
    joined(event, email="ada@example.org")
    domain.confirm(by=ines, activity=event)
    domain.award(by=ines, activity=event)
    while work_once():
        pass
    award = Award.objects.get()
    for address in (f"/a/{award.id}", f"/m/{award.version.description_id}/v1"):
        text = CheckingClient().get(address).content.decode()
        main = re.search(r"<main.*</main>", text, re.DOTALL)
        assert main is not None
        said = main[0].replace("It is not a micro-credential.", "")
        assert not re.findall(r"micro-?credential|European standard", said, re.IGNORECASE), address


def test_lists_cost_the_same_for_many(event: Activity, staff: CheckingClient) -> None:
    counts = []
    for names in (["Ada"], ["Bea", "Cem"]):
        for name in names:
            domain.join(activity=event, name=name, email="", language="en", way=Way.SCREEN)
        with CaptureQueriesContext(connection) as found:
            staff.get(f"/o/lake/activities/{event.id}/")
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_interface_for_programs_lists_it_by_its_own_kind_only(weekend: Version) -> None:
    client = CheckingClient()
    plain = client.get("/api/v1/micro-credentials").json()
    asked = client.get("/api/v1/micro-credentials?record_type=participation").json()
    assert [one["id"] for one in plain["items"]] == []
    assert [(one["id"], one["record_type"]) for one in asked["items"]] == [(weekend.id, "participation")]
    assert client.get("/api/v1/micro-credentials?record_type=diploma").status_code == 422
