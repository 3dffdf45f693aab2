"""What can be counted towards what: by published rules, in words, whatever the wallet holds."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.urls import reverse

from tessella_web.accounts.models import Person
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.counting import part_of, rules, towards
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.models import Item
from tests.web.pages import CheckingClient
from tests.web.wallet.making import badge, course

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 22)
MOST_S = 20


def bring(by: Person, **about: object) -> Item:
    return domain.bring(by=by, data=badge(course(**about)), name="a.json", languages=("en",))  # type: ignore[arg-type]


def test_every_rule_is_answered_for_an_empty_wallet(dana: Person) -> None:
    found = towards([], on=ON)
    assert len(found) == len(rules()) > 0
    assert {one.is_near for one in found} == {False}


def test_what_counts_is_said_with_what_is_missing_and_who_decides(
    dana: Person, client: CheckingClient
) -> None:
    item = bring(dana, title="Data at sea", level="7", hours=150)
    (entry,) = entries_of(dana)
    by_name = {one.name: one for one in towards([entry], on=ON)}
    malta = by_name["malta-pg-certificate"]
    assert (malta.outcome, malta.is_near) == ("missing", True)
    assert "24 ECTS" in malta.short
    met = by_name["netherlands-exemption"]
    assert (met.outcome, part_of(entry, met).does) == ("met", "counts")
    client.force_login(dana)
    page = client.get(reverse("wallet-towards")).page.text
    assert "The decision is theirs." in page
    assert "Decides: " in page
    assert (
        "counts, and the rule is met" in client.get(reverse("wallet-entry", args=[f"i-{item.id}"])).page.text
    )


def test_what_is_said_by_oneself_counts_towards_nothing(dana: Person) -> None:
    domain.declare(by=dana, values={"title": "Ran the choir"})
    assert {one.is_near for one in towards(entries_of(dana), on=ON)} == {False}


def test_many_awards_of_one_micro_credential_take_no_longer(dana: Person) -> None:
    first = bring(dana)
    for number in range(60):
        copy = Item.objects.get(pk=first.pk)
        copy.pk, copy.sha256 = f"copy{number:018}", f"{number:064}"
        copy.save(force_insert=True)
    started = time.monotonic()
    found = towards(entries_of(dana), on=ON)
    assert time.monotonic() - started < MOST_S
    assert len(found) == len(rules())


def test_a_record_of_taking_part_is_no_part_of_a_degree(dana: Person) -> None:
    bring(dana, title="A week of rafts", record_type="participation", outcomes=[], workload=None, levels={})
    found = {one.name: one for one in towards(entries_of(dana), on=ON)}
    assert not found["malta-master"].is_near
    assert found["non-formal-meta-badge"].is_near  # badges are what it counts
