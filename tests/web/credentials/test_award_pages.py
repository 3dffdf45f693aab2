"""The pages: who may see and do what, and the way from a list to a claimed file, without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella_web.accounts.keys.models import OrganisationKey
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import awards, batches
from tessella_web.credentials.models import Award, AwardState, Batch, Mail, Stage
from tests.web.credentials.conftest import class_list
from tests.web.credentials.test_batches import learners, prepare, work
from tests.web.pages import CheckingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]


@pytest.fixture
def done(alice: Person, version: Version) -> Batch:
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    work()
    batch.refresh_from_db()
    return batch


def paths(done: Batch, version: Version) -> dict[str, str]:
    award, key = Award.objects.get(), OrganisationKey.objects.first()
    assert key is not None
    work, one = "/o/twickel", f"/o/twickel/awarded/{award.id}"
    return {
        "awards": f"{work}/awards",
        "keys": f"{work}/keys",
        "key-new": f"{work}/keys/new",
        "key-upload": f"{work}/keys/upload",
        "key-replace": f"{work}/keys/{key.id}/replace",
        "key-revoke": f"{work}/keys/{key.id}/revoke",
        "blank": f"{work}/awards/class-list.csv",
        "list": f"{work}/awards/new/{version.id}/list",
        "person": f"{work}/awards/new/{version.id}/person",
        "batch": f"{work}/batches/{done.id}",
        "zip": f"{work}/batches/{done.id}/files.zip",
        "problems": f"{work}/batches/{done.id}/problems.csv",
        "award": one,
        "correct": f"{one}/correct",
        "revoke": f"{one}/revoke",
        "lift": f"{one}/lift",
    }


def test_every_page_is_for_those_who_may(
    done: Batch, version: Version, alice: Person, bob: Person, charlie: Person
) -> None:
    found: dict[str, list[int]] = {}
    for name, path in paths(done, version).items():
        for person in (alice, bob, charlie, None):
            client = CheckingClient()
            if person is not None:
                client.force_login(person)
            found.setdefault(name, []).append(client.get(path).status_code)
    assert found == {name: [200, 200 if name == "awards" else 403, 404, 302] for name in found}


def test_a_change_by_somebody_who_may_not_changes_nothing(
    done: Batch, version: Version, bob: Person, charlie: Person
) -> None:
    award, key = Award.objects.get(), OrganisationKey.objects.first()
    assert key is not None
    posts = {
        f"/o/twickel/keys/{key.id}/revoke": {"reason": "x"},
        f"/o/twickel/keys/{key.id}/replace": {},
        "/o/twickel/keys/new": {"use": "badge"},
        f"/o/twickel/batches/{done.id}/do": {"do": "start"},
        f"/o/twickel/awarded/{award.id}/revoke": {"reason": "x"},
        f"/o/twickel/awarded/{award.id}/correct": {"given_name": "X", "reason": "x"},
        f"/o/twickel/awarded/{award.id}/resend": {},
        "/o/twickel/awards": {
            "approval_threshold": 1,
            "remind_after_days": 7,
            "remind_at_most": 2,
            "claim_days": 90,
        },
        f"/o/twickel/awards/new/{version.id}/person": {"given_name": "X", "formats": "openbadge"},
    }
    for person, status in ((bob, 403), (charlie, 404), (None, 302)):
        for path, data in posts.items():
            client = CheckingClient()
            if person is not None:
                client.force_login(person)
            assert (path, client.post(path, data).status_code) == (path, status)
    assert (Award.objects.get().state, Batch.objects.count(), OrganisationKey.objects.count()) == (
        "valid",
        1,
        2,
    )


def test_another_organisation_s_batches_are_not_found(done: Batch, alice: Person, version: Version) -> None:
    from tessella_web.accounts.domain import found_organisation

    found_organisation(founder=alice, name="Other", slug="other", country="NLD")
    client = CheckingClient()
    client.force_login(alice)
    award = Award.objects.get()
    for path in (
        f"/o/other/batches/{done.id}", f"/o/other/awarded/{award.id}", f"/o/other/awards/new/{version.id}/list",
        f"/o/other/awarded/{award.id}/revoke", f"/o/other/batches/{done.id}/files.zip",
    ):  # fmt: skip
        assert client.get(path).status_code == 404


def test_from_a_spreadsheet_to_the_holder_s_files(
    client: CheckingClient, alice: Person, version: Version
) -> None:
    client.force_login(alice)
    upload = SimpleUploadedFile("class.csv", class_list(*learners(2), "Ben,Bad,nobody,,passed"))
    address = f"/o/twickel/awards/new/{version.id}/list"
    dry_run = client.post(address, {"file": upload, "formats": ["openbadge", "edc"]}, follow=True)
    assert dry_run.page.headings[0] == ("h1", "What would be awarded")
    assert "C, “E-mail”" in dry_run.page.text and "Row 4" in dry_run.page.text
    batch = Batch.objects.get()
    running = client.post(f"/o/twickel/batches/{batch.id}/do", {"do": "start"}, follow=True)
    assert b'http-equiv="refresh"' in running.content and "0 of 2 sealed" in running.page.text
    work()
    finished = client.get(f"/o/twickel/batches/{batch.id}")
    assert finished.page.headings[0] == ("h1", "The awards are made")
    assert b'http-equiv="refresh"' not in finished.content
    award = Award.objects.get(row__number=2)
    holder = CheckingClient()
    link = re.search(
        r"https?://[^/]+(/a/\S+/claim\?key=\w+)",
        "\n".join(str(one.body) for one in mail.outbox if one.to == ["ann0@example.org"]),
    )
    assert link is not None
    assert holder.get(f"/a/{award.id}/files").status_code == 404
    opened = holder.get(link.group(1))  # a program that looks into mails
    assert (
        opened["Referrer-Policy"] == "same-origin"
    )  # with less, browsers send no origin and the form is refused
    path, key = link.group(1).split("?key=")
    taken = holder.post(path, {"key": key}, follow=True)
    assert taken.page.headings[0][1] == version.title
    file = holder.get(f"/a/{award.id}/files/openbadge")
    assert (file.status_code, file["Content-Disposition"]) == (200, 'attachment; filename="award.badge.json"')
    again = CheckingClient().post(path, {"key": key}, follow=True)
    assert "does not work any more" in again.page.text
    assert CheckingClient().get(f"/a/{award.id}/files/openbadge").status_code == 404


def test_a_claim_by_somebody_signed_in_is_theirs_on_every_device(
    done: Batch, charlie: Person, client: CheckingClient
) -> None:
    from tessella_web.credentials.domain.outbox import claim_key

    award = Award.objects.get()
    client.force_login(charlie)
    client.post(f"/a/{award.id}/claim", {"key": claim_key(award)})
    other_device = CheckingClient()
    other_device.force_login(charlie)
    assert other_device.get(f"/a/{award.id}/files").status_code == 200


def test_a_new_link_makes_the_first_worthless(done: Batch, alice: Person, client: CheckingClient) -> None:
    from tessella_web.credentials.domain.outbox import claim_key

    award = Award.objects.get()
    first = claim_key(award)
    client.force_login(alice)
    client.post(f"/o/twickel/awarded/{award.id}/resend")
    work()
    assert (
        "does not work"
        in CheckingClient().post(f"/a/{award.id}/claim", {"key": first}, follow=True).page.text
    )
    assert (len(mail.outbox), Mail.objects.values("message_id").distinct().count()) == (2, 2)


def test_the_public_page_tells_nothing_of_the_person(done: Batch) -> None:
    award = Award.objects.get()
    response = CheckingClient().get(f"/a/{award.id}")
    assert [
        one for one in ("Ann", "Number", "example.org", award.person) if one in response.content.decode()
    ] == []
    assert (response["X-Robots-Tag"], "This is a test" in response.page.text) == ("noindex", True)
    assert CheckingClient().get("/a/nothing").status_code == 404


def test_a_planned_award_has_no_page_yet(alice: Person, version: Version, done: Batch) -> None:
    Award.objects.update(state=AwardState.PLANNED)
    award = Award.objects.get()
    for path in (f"/a/{award.id}", f"/a/{award.id}/claim", f"/a/{award.id}/files/openbadge"):
        assert CheckingClient().get(path).status_code == 404


def test_revoking_asks_why(done: Batch, alice: Person, client: CheckingClient) -> None:
    award = Award.objects.get()
    client.force_login(alice)
    path = f"/o/twickel/awarded/{award.id}/revoke"
    assert "Please look at this again" in client.post(path, {"reason": " "}).page.text
    client.post(path, {"reason": "plagiarism"})
    public = CheckingClient().get(f"/a/{award.id}")
    assert ("Revoked" in public.page.text, "plagiarism" in public.page.text) == (True, False)
    assert "plagiarism" in client.get(f"/o/twickel/awarded/{award.id}").page.text


def test_a_wrong_name_is_told_at_its_field(client: CheckingClient, alice: Person, version: Version) -> None:
    client.force_login(alice)
    response = client.post(
        f"/o/twickel/awards/new/{version.id}/person", {"formats": "openbadge", "email": "a@b.example"}
    )
    assert (response.status_code, "name" in response.page.text) == (200, True)
    assert not Batch.objects.exists()


def test_without_keys_the_way_to_them_is_shown(
    client: CheckingClient, alice: Person, version: Version
) -> None:
    OrganisationKey.objects.all().delete()
    client.force_login(alice)
    response = client.get(f"/o/twickel/awards/new/{version.id}/list")
    assert ("/o/twickel/keys/new" in response.content.decode(), response.page.fields == []) == (True, False)


def test_the_preparer_sees_no_button_to_approve(
    client: CheckingClient, alice: Person, dora: Person, organisation: Organisation, version: Version
) -> None:
    batches.set_rules(by=alice, organisation=organisation, approval_threshold=0)
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    assert batch.stage == Stage.APPROVAL
    path = f"/o/twickel/batches/{batch.id}"
    client.force_login(alice)
    assert b'value="approve"' not in client.get(path).content
    assert client.post(f"{path}/do", {"do": "approve"}).status_code == 403
    client.force_login(dora)
    assert b'value="approve"' in client.get(path).content
    client.post(f"{path}/do", {"do": "approve"})
    batch.refresh_from_db()
    assert batch.stage == Stage.SEALING


def queries_of(client: CheckingClient, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_pages_need_the_same_queries_for_one_and_three(
    client: CheckingClient, alice: Person, organisation: Organisation, version: Version
) -> None:
    from tessella_web.accounts.keys import domain as keys
    from tessella_web.accounts.keys.models import KeyUse

    client.force_login(alice)
    counts = []
    for number in (1, 3):
        rows = [f"P{number},Q{n},p{number}{n}@example.org,,passed" for n in range(number)]
        wrong = [f"P,Q{n},nobody,,passed" for n in range(number)]
        batch = batches.start(by=alice, batch=prepare(alice, version, *rows, *wrong))
        keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
        work()
        pages = (
            "/o/twickel/awards",
            "/o/twickel/keys",
            f"/o/twickel/batches/{batch.id}",
            f"/a/{Award.objects.first().id}",
        )  # type: ignore[union-attr]
        client.get(pages[0])  # sessions and content types are read once
        counts.append([queries_of(client, path) for path in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20


def test_formulas_do_not_come_out_of_the_problem_list(
    client: CheckingClient, alice: Person, version: Version
) -> None:
    batch = prepare(alice, version, "Ann,One,=1+1@x,,passed")
    client.force_login(alice)
    text = client.get(f"/o/twickel/batches/{batch.id}/problems.csv").content.decode("utf-8-sig")
    assert [
        line for line in text.splitlines() for cell in line.split(",") if cell[:1] in "=+@" and cell
    ] == []


def test_a_suspendable_award_is_suspended_and_lifted(
    client: CheckingClient, alice: Person, version: Version
) -> None:
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", data=class_list(*learners(1)), formats=["openbadge"], is_suspendable=True
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    work()
    award = Award.objects.get()
    client.force_login(alice)
    for name, state in (("suspend", "suspended"), ("lift", "valid")):
        client.post(f"/o/twickel/awarded/{award.id}/{name}", {"reason": "x"})
        award.refresh_from_db()
        assert award.state == state
    awards.revoke(by=alice, award=award, reason="x")
    assert "Revoked" in CheckingClient().get(f"/a/{award.id}").page.text
