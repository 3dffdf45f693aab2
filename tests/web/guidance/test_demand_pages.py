"""Figures on vacancies: bringing them in, where they show, and what planned offers they rank."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import State
from tessella_web.guidance.demand import domain, queries
from tessella_web.guidance.demand.models import DemandFigure, DemandTable
from tessella_web.registers.domain import identity
from tests.web.catalogue.counting import counted
from tests.web.guidance.conftest import SKILL, STEWARD
from tests.web.pages import CheckingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("esco")]

ON = dt.date(2026, 11, 22)
HEAD = "concept,region,period,vacancies,source,source_url,published_on,licence\n"
SPREADSHEETS, FIRST_AID = SKILL + "use-spreadsheets", SKILL + "first-aid"


def row(
    concept: str = FIRST_AID, vacancies: object = 1200, region: str = "NL", published: str = "2026-10-05"
) -> str:
    return f"{concept},{region},2026-Q3,{vacancies},Nyando Employment Service,https://example.org/q3,{published},CC BY 4.0\n"


def load(*rows: str, name: str = "jobs.csv") -> DemandTable:
    return domain.load(name=name, data=(HEAD + "".join(rows)).encode())


def test_good_rows_go_on_and_bad_ones_are_told() -> None:
    table = load(row(), row(vacancies="many"), row(SPREADSHEETS, 30))
    assert (table.rows, table.written, table.left_out) == (3, 2, 1)
    assert [(one["row"], one["field"]) for one in table.problems] == [(3, "vacancies")]
    assert table.finished_at is not None


def test_same_file_again_changes_nothing() -> None:
    first = load(row())
    before = list(DemandFigure.objects.values_list("pk", "vacancies"))
    again = load(row())
    assert (again.pk, list(DemandFigure.objects.values_list("pk", "vacancies"))) == (first.pk, before)


def test_newer_publication_replaces_a_figure_and_an_older_does_not() -> None:
    load(row(vacancies=10))
    load(row(vacancies=20, published="2026-11-05"))
    load(row(vacancies=5, published="2026-10-01"))
    assert list(DemandFigure.objects.values_list("vacancies", flat=True)) == [20]


def test_stopped_import_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "BATCH", 1)
    real, calls = domain._take_over, []

    def stops(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(domain, "_take_over", stops)
    with pytest.raises(KeyboardInterrupt):
        load(row(), row(SPREADSHEETS), row(region="NL21"))
    assert DemandTable.objects.get().finished_at is None
    assert DemandFigure.objects.count() == 1
    monkeypatch.setattr(domain, "_take_over", real)
    table = load(row(), row(SPREADSHEETS), row(region="NL21"))
    assert (table.rows, DemandFigure.objects.count()) == (3, 3)
    assert table.finished_at is not None


def test_command_brings_in_and_withdraws(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text(HEAD + row() + row(region="Nyando"))
    out, err = StringIO(), StringIO()
    call_command("load_demand", str(tmp_path / "jobs.csv"), stdout=out, stderr=err)
    assert "1 figures written, 1 rows left out." in out.getvalue()
    assert "jobs.csv, row 3, region" in err.getvalue()
    (tmp_path / "no.csv").write_text("hello")
    with pytest.raises(CommandError, match="no column"):
        call_command("load_demand", str(tmp_path / "no.csv"))
    call_command("load_demand", "--withdraw", "Nyando Employment Service", stdout=out)
    assert DemandFigure.objects.count() == 0


def test_reviewers_of_the_installation_bring_tables_in_and_nobody_else(
    client: CheckingClient, alice: Person, charlie: Person
) -> None:
    identity.name_reviewer(person=charlie)
    client.force_login(alice)
    assert client.get("/demand/import").status_code == 404
    client.force_login(charlie)
    file = SimpleUploadedFile("jobs.csv", (HEAD + row() + row(vacancies="many")).encode())
    page = client.post("/demand/import", {"file": file}, follow=True).page
    assert "1 rows left out" in page.text
    assert "Row 3, vacancies:" in page.text
    wrong = client.post("/demand/import", {"file": SimpleUploadedFile("no.csv", b"hello")}).page
    assert "The table has no column for" in wrong.text


def test_figures_are_shown_with_source_and_date(client: CheckingClient) -> None:
    load(row())
    assert "Nyando Employment Service" in client.get("/demand").page.text
    assert "first aid" in client.get("/demand?q=first+aid").page.text
    page = client.get("/demand", {"concept": FIRST_AID, "region": "NL21"}).page
    assert "1,200 vacancies" in page.text
    assert "5 October 2026" in page.text
    assert "a larger region than asked for" in page.text
    assert "Nobody has counted this here" in client.get("/demand", {"concept": SPREADSHEETS}).page.text


def test_micro_credential_shows_the_demand_for_its_skills(client: CheckingClient, publish: Any) -> None:
    version = publish("First help", "first-aid")
    here = f"/m/{version.description_id}/v{version.number}"
    assert "Is it in demand?" not in client.get(here).page.text
    load(row(), row(SPREADSHEETS, 99))
    page = client.get(here).page
    assert "1,200 vacancies" in page.text
    assert "Nyando Employment Service" in page.text
    one = counted(lambda: client.get(here))
    load(*[row(FIRST_AID, 5, f"NL1{number}") for number in range(5)])
    assert counted(lambda: client.get(here)) == one


def test_the_gap_shows_the_demand_for_what_is_lacking(client: CheckingClient, dana: Person) -> None:
    load(row(STEWARD, 40), row(SPREADSHEETS, 99), row(FIRST_AID))
    client.force_login(dana)
    page = client.get("/wallet/gap", {"occupation": STEWARD}).page
    assert "data steward: 40 vacancies" in page.text
    assert "use spreadsheets: 99 vacancies" in page.text
    assert "1,200" not in page.text  # nobody asked about first aid
    assert "Nyando Employment Service" in page.text


def test_planned_offers_by_unmet_demand(client: CheckingClient, publish: Any, alice: Person, bob: Person, organisation: Organisation) -> None:  # fmt: skip
    aid, sheets = publish("First help", "first-aid"), publish("Sheets", "use-spreadsheets")
    load(row(FIRST_AID, 100), row(SPREADSHEETS, 90))
    offers.create_offer(by=alice, version=aid, values={"name": "Next aid"})
    offers.create_offer(by=alice, version=sheets, values={"name": "Next sheets"})
    running = offers.create_offer(by=alice, version=aid, values={"name": "Now", "places": 60})
    offers.set_state(by=alice, offer=running, state=State.OPEN)
    found = queries.planned_by_demand(organisation, region="NL", on=ON)
    assert [(one.offer.title, one.leading.unmet if one.leading else None) for one in found] == [("Next sheets", 90), ("Next aid", 40)]  # fmt: skip
    client.force_login(alice)
    page = client.get("/o/twickel/demand").page
    assert page.text.index("Next sheets") < page.text.index("Next aid")
    assert "60 open places elsewhere" in page.text
    client.force_login(bob)
    assert client.get("/o/twickel/demand").status_code == 403


def test_two_offers_more_take_no_more_queries(
    publish: Any, alice: Person, organisation: Organisation
) -> None:
    aid = publish("First help", "first-aid")
    load(row())
    offers.create_offer(by=alice, version=aid, values={"name": "One"})
    one = counted(lambda: queries.planned_by_demand(organisation, on=ON))
    for name in ("Two", "Three"):
        offers.create_offer(by=alice, version=aid, values={"name": name})
    assert counted(lambda: queries.planned_by_demand(organisation, on=ON)) == one
