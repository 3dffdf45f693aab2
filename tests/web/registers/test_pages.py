"""The pages: Alice owns the agency's workspace in these tests, Bob is a guest there, Charlie nobody, and anybody may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.registers import outside
from tessella_web.registers.domain import bodies, identity, imports, registers
from tessella_web.registers.models import (
    Body,
    Claim,
    EntryStatus,
    Import,
    ImportKind,
    QualityReport,
    Register,
    RegisterEntry,
    Scheme,
)
from tests.web.pages import CheckingClient
from tests.web.registers.samples import DAY, Web, body, report

pytestmark = pytest.mark.django_db
WHO = [("alice", 200), ("bob", 403), ("charlie", 404), ("", 302)]
SEE = [("alice", 200), ("bob", 200), ("charlie", 404), ("", 302)]


@pytest.fixture
def register(organisation: Organisation, alice: Person) -> Register:
    """Twickel's own workspace keeps a register here."""
    accounts.establish(organisation=organisation, by_method="reviewer")
    return registers.open_register(
        by=alice, organisation=organisation, name="List of the Dikes", slug="dikes"
    )


@pytest.fixture
def entry(register: Register, alice: Person, twickel: Body) -> RegisterEntry:
    bodies.attach_identifier(twickel, Scheme.LEGAL, "NTRNL-1")
    return registers.enter(by=alice, register=register, body=twickel, number="7", valid_from=DAY)


@pytest.fixture
def run(register: Register, alice: Person) -> Import:
    return imports.check_file(
        by=alice,
        register=register,
        kind=ImportKind.ENTRIES,
        filename="list.csv",
        data=b"number,name\n1,A\n2,\n",
    )


def status_of(client: CheckingClient, request: pytest.FixtureRequest, who: str, address: str) -> int:
    if who:
        client.force_login(request.getfixturevalue(who))
    return int(client.get(address).status_code)


@pytest.mark.parametrize("address", ["new", "dikes/enter", "dikes/report", "dikes/import"])
@pytest.mark.parametrize(("who", "status"), WHO)
def test_who_keeps_a_register(
    client: CheckingClient, register: Register, bob: Person, request: pytest.FixtureRequest,
    address: str, who: str, status: int,
) -> None:  # fmt: skip
    assert status_of(client, request, who, f"/o/twickel/registers/{address}") == status


@pytest.mark.parametrize("address", ["registers/", "registers/dikes/", "identity/"])
@pytest.mark.parametrize(("who", "status"), SEE)
def test_who_sees_what_the_workspace_keeps(
    client: CheckingClient, register: Register, bob: Person, request: pytest.FixtureRequest,
    address: str, who: str, status: int,
) -> None:  # fmt: skip
    assert status_of(client, request, who, f"/o/twickel/{address}") == status


@pytest.mark.parametrize(("who", "status"), WHO)
def test_who_looks_at_imports_entries_and_claims(
    client: CheckingClient, entry: RegisterEntry, run: Import, bob: Person, request: pytest.FixtureRequest, who: str, status: int
) -> None:  # fmt: skip
    for address in (
        f"/o/twickel/registers/dikes/import/{run.id}",
        f"/o/twickel/registers/dikes/entries/{entry.id}",
        "/o/twickel/identity/body",
    ):
        assert status_of(client, request, who, address) == status


@pytest.mark.parametrize("who", ["bob", "charlie", ""])
@pytest.mark.parametrize(
    "address", ["registers/dikes/snapshot", "registers/dikes/confirm", "identity/show", "identity/withdraw"]
)
def test_who_may_not_changes_nothing(
    client: CheckingClient,
    register: Register,
    bob: Person,
    request: pytest.FixtureRequest,
    who: str,
    address: str,
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.post(f"/o/twickel/{address}").status_code == {"bob": 403, "charlie": 404, "": 302}[who]
    assert not register.snapshots.exists()


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", ""])
def test_everybody_reads_registers_and_bodies(
    client: CheckingClient,
    entry: RegisterEntry,
    alice: Person,
    bob: Person,
    request: pytest.FixtureRequest,
    who: str,
) -> None:
    registers.take_snapshot(by=alice, register=entry.register)
    for address in (
        "/registers/", "/registers/dikes/", "/registers/dikes/?q=NTRNL-1", f"/registers/dikes/entries/{entry.id}",
        "/registers/dikes/snapshots/1.json", f"/bodies/{entry.body_id}", f"/bodies/{entry.body_id}?on=2020-01-01&level=6&field=06",
    ):  # fmt: skip
        assert status_of(client, request, who, address) == 200


def test_what_is_not_there_is_not_found(client: CheckingClient, entry: RegisterEntry) -> None:
    for address in (
        "/registers/no/",
        "/registers/dikes/entries/no",
        "/registers/dikes/snapshots/9.json",
        "/bodies/no",
    ):
        assert client.get(address).status_code == 404


def test_a_body_that_was_only_declared_is_shown_to_its_own(
    client: CheckingClient, organisation: Organisation, alice: Person, charlie: Person
) -> None:
    claim = identity.claim_new_body(by=alice, organisation=organisation, name="Anything", country="NL")
    client.force_login(charlie)
    assert client.get(f"/bodies/{claim.body_id}").status_code == 404
    client.force_login(alice)
    assert client.get(f"/bodies/{claim.body_id}").status_code == 200


def test_search_finds_by_name_former_name_identifier_and_number(
    client: CheckingClient, entry: RegisterEntry, rob: Person
) -> None:
    bodies.rename(body=entry.body, by=rob, name="Twickel University of Nets", on=dt.date(2026, 2, 1))
    for asked in ("TWICKEL", "University of Twickel", "ntrnl-1", "7"):
        page = client.get("/registers/dikes/", {"q": asked}).page
        assert "1 entry" in page.text, asked
    assert "Nothing found" in client.get("/registers/dikes/", {"q": "nobody"}).page.text


def test_the_page_of_a_body_answers_for_a_day(
    client: CheckingClient, keeper: Organisation, agnes: Person, twickel: Body, agency: Body
) -> None:
    other = registers.open_register(by=agnes, organisation=keeper, name="Reports", slug="reports")
    report(other, agnes, twickel, agency, decided_on=dt.date(2024, 1, 1), scope={"levels": [6]})
    told = {
        query: client.get(f"/bodies/{twickel.id}?{query}").context["answer"].state.value
        for query in ("on=2025-01-01&level=6", "on=2025-01-01", "on=2023-12-31&level=6", "on=never&level=6")
    }
    assert told == {
        "on=2025-01-01&level=6": "yes",
        "on=2025-01-01": "no-data",
        "on=2023-12-31&level=6": "no-data",
        "on=never&level=6": "no-data",
    }
    page = client.get(f"/bodies/{twickel.id}?on=never").page
    assert ("h2", "Please look at this again") in page.headings


def test_an_entry_and_a_report_are_made_by_hand(
    client: CheckingClient, register: Register, alice: Person
) -> None:
    client.force_login(alice)
    given = {"name": "School of Sluices", "country": "Netherlands", "number": "9", "valid_from": "2026-01-01",
             "levels": ["5", "6"], "fields_of_study": ["07"], "legal_id": "ntrnl-9"}  # fmt: skip
    assert client.post("/o/twickel/registers/dikes/enter", given).status_code == 302
    made = RegisterEntry.objects.select_related("body").get()
    assert (made.levels, made.fields, str(made.body.identifiers.get())) == ([5, 6], ["07"], "legal:NTRNL-9")
    again = client.post("/o/twickel/registers/dikes/enter", given)
    assert "stands in this register already" in again.page.text
    given = {
        "entry": "9",
        "agency": "Agency of Reeds",
        "number": "R",
        "decision": "positive",
        "decided_on": "2026-01-02",
    }
    assert client.post("/o/twickel/registers/dikes/report", given).status_code == 302
    assert QualityReport.objects.get().agency.name == "Agency of Reeds"
    wrong = client.post("/o/twickel/registers/dikes/report", {**given, "entry": "10", "number": "S"})
    assert "No body stands under this number." in wrong.page.text


def test_a_status_is_changed_and_its_history_is_public(
    client: CheckingClient, entry: RegisterEntry, alice: Person
) -> None:
    client.force_login(alice)
    given = {"status": EntryStatus.SUSPENDED, "on": "2026-04-01", "reason": "Papers are missing"}
    client.post(f"/o/twickel/registers/dikes/entries/{entry.id}", given)
    page = CheckingClient().get(f"/registers/dikes/entries/{entry.id}").page
    assert "Papers are missing" in page.text


def test_a_file_is_looked_through_taken_over_and_undone(
    client: CheckingClient, register: Register, alice: Person
) -> None:
    client.force_login(alice)
    file = SimpleUploadedFile("list.csv", b"number,name,levels\n1,School A,6\n2,School B,9\n")
    answer = client.post("/o/twickel/registers/dikes/import", {"kind": "entries", "file": file}, follow=True)
    address = answer.redirect_chain[-1][0]
    assert "Row 3, levels" in answer.page.text and "Levels are 1 to 8." in answer.page.text
    assert RegisterEntry.objects.count() == 0
    client.post(address, {"action": "carry-out"})
    assert [one.body.name for one in RegisterEntry.objects.all()] == ["School A"]
    client.post(address, {"action": "undo"})
    assert (RegisterEntry.objects.count(), Body.objects.count()) == (0, 0)


def test_a_file_that_cannot_be_read_is_told_at_the_field(
    client: CheckingClient, register: Register, alice: Person
) -> None:
    client.force_login(alice)
    file = SimpleUploadedFile("list.xlsx", b"PK\x03\x04\x00")
    page = client.post("/o/twickel/registers/dikes/import", {"kind": "entries", "file": file}).page
    assert "The file is not text." in page.text
    assert ("h2", "Please look at this again") in page.headings


def test_a_snapshot_is_downloaded_as_it_was_hashed(
    client: CheckingClient, entry: RegisterEntry, alice: Person
) -> None:
    client.force_login(alice)
    client.post("/o/twickel/registers/dikes/snapshot")
    kept = entry.register.snapshots.get()
    answer = CheckingClient().get("/registers/dikes/snapshots/1.json")
    assert (answer.content.decode(), answer["ETag"]) == (kept.content, f'"{kept.sha256}"')


def test_an_organisation_shows_by_its_website_whom_it_acts_for(
    client: CheckingClient,
    organisation: Organisation,
    alice: Person,
    twickel: Body,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    web = Web()
    monkeypatch.setattr(outside, "fetcher", lambda: web)
    client.force_login(alice)
    found = client.get("/o/twickel/identity/body", {"q": "twickel"})
    assert "We act for University of Twickel" in found.page.text
    page = client.post("/o/twickel/identity/body", {"body": twickel.id}, follow=True).page
    claim = Claim.objects.get()
    assert identity.proof_line(claim) in page.text
    assert (
        "was not fetched"
        in client.post("/o/twickel/identity/show", {"way": "website"}, follow=True).page.text
    )
    web.texts["https://www.twickel.example/.well-known/tessella.txt"] = identity.proof_line(claim)
    page = client.post("/o/twickel/identity/show", {"way": "website"}, follow=True).page
    assert "This organisation acts for University of Twickel." in page.text
    assert "University of Twickel" in CheckingClient().get(f"/bodies/{twickel.id}").page.text
    client.post("/o/twickel/identity/withdraw")
    assert not Organisation.objects.get(pk=organisation.pk).is_established


def test_an_unknown_body_is_described(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    client.post("/o/twickel/identity/body", {"name": "Twickel Ltd", "kind": "company", "country": "Atlantis"})
    assert not Claim.objects.exists()
    client.post("/o/twickel/identity/body", {"name": "Twickel Ltd", "kind": "company", "country": "NL"})
    assert Claim.objects.get().body.name == "Twickel Ltd"
    assert "no website" in client.get("/o/twickel/identity/").page.text.lower()


@pytest.mark.parametrize(("who", "status"), [("rob", 200), ("alice", 404), ("charlie", 404), ("", 302)])
def test_only_named_reviewers_see_what_waits(
    client: CheckingClient, organisation: Organisation, twickel: Body, alice: Person, request: pytest.FixtureRequest,
    who: str, status: int,
) -> None:  # fmt: skip
    claim = identity.claim_body(by=alice, organisation=organisation, body=twickel)
    for address in ("/identity-reviews/", f"/identity-reviews/{claim.id}"):
        assert status_of(client, request, who, address) == status


def test_a_reviewer_decides_with_words(
    client: CheckingClient, organisation: Organisation, twickel: Body, alice: Person, rob: Person
) -> None:
    claim = identity.claim_body(by=alice, organisation=organisation, body=twickel)
    client.force_login(rob)
    client.post(f"/identity-reviews/{claim.id}", {"decision": "yes", "review": "Statutes of 1961 seen."})
    assert Organisation.objects.get(pk=organisation.pk).established_by == "reviewer"


def test_the_keeper_of_an_accepted_register_confirms(
    client: CheckingClient, keeper: Organisation, agnes: Person, rob: Person, organisation: Organisation, alice: Person, twickel: Body
) -> None:  # fmt: skip
    register = registers.open_register(by=agnes, organisation=keeper, name="Listed", slug="listed")
    registers.enter(by=agnes, register=register, body=twickel, number="1", valid_from=DAY)
    claim = identity.claim_body(by=alice, organisation=organisation, body=twickel)
    client.force_login(rob)
    client.post("/identity-reviews/register/listed", {"accept": "yes"})
    client.force_login(agnes)
    assert "Confirm University of Twickel" in client.get("/o/agency/registers/listed/").page.text
    client.post("/o/agency/registers/listed/confirm", {"claim": claim.id})
    assert Organisation.objects.get(pk=organisation.pk).established_by == "register"


@pytest.mark.parametrize("address", ["/registers/dikes/", "/o/twickel/registers/dikes/"])
def test_a_list_needs_as_many_queries_for_three_entries_as_for_one(
    client: CheckingClient, entry: RegisterEntry, alice: Person, django_assert_num_queries: Any, django_assert_max_num_queries: Any,
    address: str,
) -> None:  # fmt: skip
    client.force_login(alice)
    with django_assert_max_num_queries(16) as first:
        client.get(address)
    for number in range(2):
        registers.enter(
            by=alice,
            register=entry.register,
            body=body(f"Body {number}"),
            number=f"n{number}",
            valid_from=DAY,
        )
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(address)


def test_the_page_of_a_body_needs_as_many_queries_for_three_reports_as_for_one(
    client: CheckingClient, keeper: Organisation, agnes: Person, twickel: Body, agency: Body, django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    other = registers.open_register(by=agnes, organisation=keeper, name="Reports", slug="reports")
    report(other, agnes, twickel, agency)
    with django_assert_max_num_queries(16) as first:
        client.get(f"/bodies/{twickel.id}")
    for number in range(2):
        report(other, agnes, twickel, agency, f"R{number}x")
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(f"/bodies/{twickel.id}")


@pytest.mark.parametrize(("who", "status"), [("rob", 200), ("alice", 404), ("charlie", 404), ("", 302)])
def test_who_changes_what_is_known_of_a_body(
    client: CheckingClient,
    entry: RegisterEntry,
    rob: Person,
    request: pytest.FixtureRequest,
    who: str,
    status: int,
) -> None:
    assert status_of(client, request, who, f"/bodies/{entry.body_id}/change") == status


def test_names_identifiers_and_relations_change_with_their_days(
    client: CheckingClient, entry: RegisterEntry, rob: Person, agency: Body
) -> None:
    address = f"/bodies/{entry.body_id}/change"
    client.force_login(rob)
    client.post(address, {"form": "name", "name": "Twickel\u202e University", "on": "2026-02-01"})
    client.post(address, {"form": "identifier", "scheme": "ror", "value": "https://ror.org/x"})
    client.post(
        address, {"form": "relation", "kind": "member-of", "other": agency.name, "since": "2026-01-01"}
    )
    relation = entry.body.relations.get()
    client.post(address, {"form": "end", "what": f"relation-{relation.pk}", "on": "2026-06-30"})
    page = client.get(f"/bodies/{entry.body_id}").page
    for told in (
        "Twickel University",
        "University of Twickel",
        "31 January 2026",
        "https://ror.org/x",
        "until 30 June 2026",
    ):
        assert told in page.text
    wrong = client.post(address, {"form": "relation", "kind": "part-of", "other": "nobody"})
    assert "There is no one body of this name or identifier." in wrong.page.text
    early = client.post(address, {"form": "name", "name": "Again", "on": "2026-01-01"})
    assert "Choose a later day." in early.page.text


def test_a_report_is_withdrawn_with_a_reason(
    client: CheckingClient, entry: RegisterEntry, alice: Person, agency: Body
) -> None:
    made = report(entry.register, alice, entry.body, agency)
    client.force_login(alice)
    page = client.get(f"/o/twickel/registers/dikes/entries/{entry.id}").page
    assert "Withdraw report R-1" in page.text
    client.post(f"/o/twickel/registers/dikes/reports/{made.id}", {"reason": "Mixed up with another"})
    assert "Mixed up with another" in CheckingClient().get(f"/registers/dikes/entries/{entry.id}").page.text


def test_a_reviewer_is_told_of_letters_of_another_script(
    client: CheckingClient, twickel: Body, alice: Person, rob: Person
) -> None:
    fake = accounts.found_organisation(
        founder=alice, name="Univеrsity of Twickel", slug="fake", country="NLD"
    )
    claim = identity.claim_new_body(by=alice, organisation=fake, name=fake.name, country="NL")
    client.force_login(rob)
    assert "CYRILLIC SMALL LETTER IE" in client.get(f"/identity-reviews/{claim.id}").page.text
