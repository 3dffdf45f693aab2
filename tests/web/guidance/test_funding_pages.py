"""What a course would cost somebody: the pages, what is kept, and what is never kept."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from tessella.guidance.funding import published_scheme
from tessella_web.accounts.leaving.domain import erase
from tessella_web.accounts.merging import domain as merging
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.audit import AuditEntry
from tessella_web.guidance.funding import domain, queries
from tessella_web.guidance.funding.models import KeptFacts, StoredScheme
from tests.web.catalogue.counting import counted
from tests.web.conftest import person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

IRISH = "ie-hci-learner-fee-subsidy"
SECRET_AGE = "47"
NYANDO = """
id: nyando-vouchers
version: 1
names: {en: Nyando vouchers}
countries: [NL]
funder: Province of Nyando
decider: The province
sources: [{text: Gazette, url: "https://example.org/gazette", looked_at: 2026-02-01}]
conditions: [{id: age, fact: age, at_least: 18}, {id: small, fact: ects, at_most: 30}]
pays: [{id: half, percent: 50}]
combines: any
"""


@pytest.fixture
def vouchers(tmp_path: Path) -> str:
    (tmp_path / "nyando.yaml").write_text(NYANDO)
    call_command("load_funding", str(tmp_path / "nyando.yaml"))
    return "nyando-vouchers"


@pytest.fixture
def offer(publish: Any, alice: Person) -> Offer:
    """For 400 euros, in the Netherlands."""
    version: Version = publish("Beekeeping", "first-aid")
    return offers.create_offer(
        by=alice, version=version,
        values={"name": "Spring", "price": Decimal(400), "funding": ["Members of the club pay 350 euros"]},
    )  # fmt: skip


def test_schemes_are_told_with_source_and_that_they_are_not_confirmed(client: CheckingClient) -> None:
    assert "HCI Pillar 3" in client.get("/funding").page.text
    response = client.get(f"/funding/{IRISH}")
    page = response.page
    assert "It pays 50 to 80 % of the price." in page.text
    assert "not confirmed" in page.text
    assert "https://microcreds.ie/subsidy-eligibility" in response.content.decode()
    assert client.get("/funding/nothing").status_code == 404


def test_offer_says_its_own_reductions_and_what_the_schemes_of_its_country_mean(
    client: CheckingClient, offer: Offer, vouchers: str
) -> None:
    here = f"/offers/{offer.id}/cost"
    assert "What would it cost me?" in client.get(f"/offers/{offer.id}").page.text
    before = client.get(here).page
    assert "Members of the club pay 350 euros" in before.text
    assert "HCI Pillar 3" not in before.text
    asked = client.post(here, {}).page
    assert "Not known yet" in asked.text
    page = client.post(here, {"age": "30"}).page
    assert "Eligible, as declared" in page.text
    assert "If it is granted, 200 EUR are left to pay." in page.text
    assert "The province decides." in page.text
    refused = client.post(here, {"age": "17"}).page
    assert "Not eligible, as declared" in refused.text
    assert "are left to pay" not in refused.text


def test_what_is_declared_is_neither_stored_nor_logged(
    client: CheckingClient, vouchers: str, dana: Person, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(dana)
    with caplog.at_level(logging.DEBUG):
        response = client.post("/funding", {"age": SECRET_AGE, "ects": "5", "price": "10"})
    assert "Eligible, as declared" in response.page.text
    assert response["Cache-Control"] == "private, no-store"
    assert SECRET_AGE not in caplog.text
    assert KeptFacts.objects.count() == 0
    assert all("age" not in one.get_decoded() for one in Session.objects.all())
    assert [one.facts for one in AuditEntry.objects.filter(about__startswith="person")] == []


def test_answers_are_kept_in_the_wallet_only_when_asked_and_deleted_again(
    client: CheckingClient, vouchers: str, dana: Person
) -> None:
    client.force_login(dana)
    client.post("/funding", {"age": "47", "keep": "yes"})
    assert queries.kept(dana) == {"age": "47"}
    assert 'value="47"' in client.get("/funding").content.decode()
    client.post("/funding/forget")
    assert queries.kept(dana) == {}


def test_value_that_cannot_be_used_is_told_at_its_field(client: CheckingClient, vouchers: str) -> None:
    page = client.post("/funding", {"age": "old"}).page
    assert "Write a number from 0, such as 34." in page.text
    assert "What follows from what you said" not in page.text


def test_kept_answers_go_with_the_account_and_the_newer_stay_when_accounts_merge(dana: Person) -> None:
    other = person("Dora")
    domain.keep_facts(by=dana, facts={"age": "40"})
    domain.keep_facts(by=other, facts={"age": "41"})
    merging.merge(into=dana, other=other, because="own")
    assert queries.kept(dana) == {"age": "41"}
    erase(person=dana)
    assert KeptFacts.objects.count() == 0


def test_operator_adds_replaces_and_withdraws_schemes(
    client: CheckingClient, tmp_path: Path, vouchers: str, capsys: Any
) -> None:
    (tmp_path / "irish.yaml").write_bytes(published_scheme(IRISH).replace(b"percent: 50", b"percent: 60"))
    (tmp_path / "wrong.yaml").write_text(NYANDO.replace("at_least: 18", "at_least: 99, at_most: 9"))
    with pytest.raises(CommandError, match="1 of 3 files"):
        call_command("load_funding", str(tmp_path))
    told = capsys.readouterr().err
    assert "wrong.yaml: age" in told
    assert "Correct the limits" in told
    assert "60 to 80 %" in client.get(f"/funding/{IRISH}").page.text
    call_command("load_funding", "--withdraw", IRISH)
    assert client.get(f"/funding/{IRISH}").status_code == 404
    with pytest.raises(CommandError, match="no funding scheme"):
        call_command("load_funding", "--withdraw", "nothing")
    assert StoredScheme.objects.count() == 2


def test_more_schemes_take_no_more_queries(client: CheckingClient, offer: Offer, vouchers: str, tmp_path: Path) -> None:  # fmt: skip
    here = f"/offers/{offer.id}/cost"
    client.get(here)
    one = counted(lambda: client.post(here, {"age": "30"}))
    for number in range(3):
        (tmp_path / "more.yaml").write_text(NYANDO.replace("nyando-vouchers", f"vouchers-{number}"))
        call_command("load_funding", str(tmp_path / "more.yaml"))
    assert counted(lambda: client.post(here, {"age": "30"})) == one


def test_organisation_of_another_country_offers_no_schemes_of_ours(
    client: CheckingClient, offer: Offer, organisation: Organisation
) -> None:
    page = client.get(f"/offers/{offer.id}/cost").page
    assert "No programme of this country is known here." in page.text
