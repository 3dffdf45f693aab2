"""Offers: what can be said of them, and where they go."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain, queries
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tests.web.credentials.conftest import published
from tests.web.offers.conftest import open_offer

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 4)


def test_an_offer_says_what_was_said(alice: Person, version: Version) -> None:
    made = domain.create_offer(
        by=alice,
        version=version,
        values={
            "name": " Spring ", "starts_on": dt.date(2027, 3, 1), "ends_on": dt.date(2027, 6, 30), "mode": "blended",
            "languages": ["en", "nl", "en"], "price": "249.5", "currency": "EUR", "payer": "employer", "hours_per_week": 4.5,
            "places": 20, "funding": ["Erasmus+", " "], "times": ["evening", "weekend"], "entry": "application", "entry_note": "A letter",
        },
    )  # fmt: skip
    found = Offer.objects.get(pk=made.pk)
    assert (found.name, found.languages, found.funding, found.state) == (
        "Spring",
        ["en", "nl"],
        ["Erasmus+"],
        "planned",
    )
    assert (found.price, found.hours_per_week, found.places) == (Decimal("249.50"), Decimal("4.5"), 20)
    assert found.times == ["evening", "weekend"]
    changed = domain.change_offer(by=alice, offer=found, values={"is_free": True, "price": None})
    assert (changed.is_free, changed.price, changed.name) == (True, None, "Spring")
    assert AuditEntry.objects.get(verb="offer.changed").facts == {"fields": ["is_free", "price"]}
    domain.change_offer(by=alice, offer=found, values={"name": "Spring"})
    assert AuditEntry.objects.filter(verb="offer.changed").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": dt.date(2027, 3, 2), "ends_on": dt.date(2027, 3, 1)}, "ends_on"),
        ({"enrol_from": dt.date(2027, 3, 2), "enrol_until": dt.date(2027, 3, 1)}, "enrol_until"),
        ({"ends_on": "soon"}, "ends_on"),
        ({"price": "cheap"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": 5, "is_free": True}, "price"),
        ({"currency": "euro!"}, "currency"),
        ({"hours_per_week": 170}, "hours_per_week"),
        ({"places": 0}, "places"),
        ({"mode": "telepathy"}, "mode"),
        ({"times": ["midnight"]}, "times"),
        ({"entry": ""}, "entry"),
        ({"languages": ["qqqq"]}, "languages"),
        ({"funding": ["x"] * 2 + [str(n) for n in range(30)]}, "funding"),
        ({"cost_note": "x" * 2001}, "cost_note"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    alice: Person, version: Version, values: dict[str, object], field: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.create_offer(by=alice, version=version, values=values)
    assert (caught.value.code, caught.value.field) == ("offer.value", field)
    assert Offer.objects.count() == 0


def test_states_go_where_they_can(alice: Person, version: Version) -> None:
    offer = domain.create_offer(by=alice, version=version, values={})
    with pytest.raises(RefusedError) as caught:
        domain.set_state(by=alice, offer=offer, state=State.CLOSED)
    assert caught.value.code == "offer.state"
    for state in (State.OPEN, State.CLOSED, State.OPEN, State.PLANNED):
        assert domain.set_state(by=alice, offer=offer, state=state).state == state
    with pytest.raises(RefusedError) as caught:
        domain.set_state(by=alice, offer=offer, state=State.CANCELLED, because=" ")
    assert (caught.value.code, caught.value.field) == ("offer.no-reason", "because")
    domain.set_state(by=alice, offer=offer, state=State.CANCELLED, because="Too few people")
    for verb in (
        lambda: domain.set_state(by=alice, offer=offer, state=State.OPEN),
        lambda: domain.change_offer(by=alice, offer=offer, values={"name": "X"}),
    ):
        with pytest.raises(RefusedError):
            verb()


def test_a_copy_says_the_same_without_the_dates(alice: Person, version: Version) -> None:
    offer = open_offer(alice, version, starts_on=dt.date(2027, 3, 1), place="Room 5", languages=["nl"])
    made = domain.copy_offer(by=alice, offer=offer)
    assert (made.place, made.languages, made.starts_on, made.state) == ("Room 5", ["nl"], None, "planned")


def test_only_what_stands_is_offered(
    alice: Person, organisation: Organisation, version: Version, offer: Offer, record: object
) -> None:
    other = published(organisation, record)  # type: ignore[arg-type]
    with pytest.raises(RefusedError) as caught:
        domain.copy_offer(by=alice, offer=offer, version=other)
    assert caught.value.code == "offer.other-description"
    assert [one.id for one in queries.public_offers(version, on=TODAY)] == [offer.id]
    catalogue.withdraw(version=version, by=alice, because="Old")
    offer.refresh_from_db()
    version.refresh_from_db()
    assert (queries.public_offers(version, on=TODAY), offer.takes_people(TODAY)) == ([], False)
    for verb in (
        lambda: domain.create_offer(by=alice, version=version, values={}),
        lambda: domain.copy_offer(by=alice, offer=offer),
    ):
        with pytest.raises(RefusedError) as caught:
            verb()
        assert caught.value.code == "offer.withdrawn"


def test_what_is_over_or_cancelled_is_not_shown(alice: Person, version: Version) -> None:
    over = open_offer(alice, version, name="Over", ends_on=TODAY - dt.timedelta(days=1))
    last_day = open_offer(alice, version, name="Last day", ends_on=TODAY)
    planned = domain.create_offer(by=alice, version=version, values={"name": "Planned"})
    gone = open_offer(alice, version, name="Gone")
    domain.set_state(by=alice, offer=gone, state=State.CANCELLED, because="x")
    found = {one.id for one in queries.public_offers(version, on=TODAY)}
    assert found == {last_day.id, planned.id} and over.id not in found


@pytest.mark.parametrize(
    ("values", "open_then"),
    [
        ({}, True),
        ({"enrol_from": TODAY, "enrol_until": TODAY}, True),
        ({"enrol_from": TODAY + dt.timedelta(days=1)}, False),
        ({"enrol_until": TODAY - dt.timedelta(days=1)}, False),
        ({"entry": "listed"}, False),
    ],
)
def test_the_window_is_inclusive(
    alice: Person, version: Version, values: dict[str, object], open_then: bool
) -> None:
    assert open_offer(alice, version, **values).takes_people(TODAY) is open_then


def test_who_may_not_changes_nothing(
    bob: Person, charlie: Person, ada: Person, version: Version, offer: Offer
) -> None:
    for someone in (bob, charlie, ada):
        for verb in (
            lambda: domain.create_offer(by=someone, version=version, values={}),  # noqa: B023
            lambda: domain.change_offer(by=someone, offer=offer, values={"name": "X"}),  # noqa: B023
            lambda: domain.copy_offer(by=someone, offer=offer),  # noqa: B023
            lambda: domain.set_state(by=someone, offer=offer, state=State.CLOSED),  # noqa: B023
        ):
            with pytest.raises(NotAllowedError):
                verb()
    assert (Offer.objects.count(), Offer.objects.get().state) == (1, "open")
