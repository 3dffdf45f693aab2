"""Searching: found by words in any language, counted by facets, ordered, and right after every change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import State
from tessella_web.catalogue.search.domain import index, reindex
from tessella_web.catalogue.search.models import Change, Entry, Listing
from tessella_web.catalogue.search.queries import Asked, Found, listings_of, newest, search, standing_of
from tests.web.catalogue.samples import approved, published
from tests.web.catalogue.search.conftest import PUBLISHED, Make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]

TODAY = dt.date(2026, 11, 22)


def find(words: str = "", order: str = "best", page: int = 1, **chosen: str) -> Found:
    return search(
        Asked(words=words, order=order, page=page, chosen={name: tuple(value.split()) for name, value in chosen.items()}),
        on=TODAY,
    )  # fmt: skip


def titles(found: Found) -> list[str]:
    return [one.version.title for one in listings_of(found.numbers)]


def counts(found: Found, facet: str) -> dict[str, int]:
    return {
        choice.code: choice.count for one in found.facets if one.facet.id == facet for choice in one.choices
    }


def test_publishing_and_withdrawing_change_the_catalogue_at_once(
    version: Version, alice: Person, rita: Person
) -> None:
    assert find("ethics").total == find().total == 1
    description = version.description
    domain.save_element(
        description=description, by=alice, element="title", value="Moral questions about data"
    )
    assert find("moral").total == 0  # a draft is nobody's business
    approved(description, by=alice, reviewer=rita)
    second = domain.publish(description=description, by=alice)
    assert (titles(find("moral")), find().total) == ([second.title], 1)
    domain.withdraw(version=second, by=alice, because="Wrong.")
    assert (find("moral").total, titles(find())) == (0, [version.title])
    domain.withdraw(version=version, by=alice, because="Over.")
    assert (find().total, Listing.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_what_is_rolled_back_is_not_found(make: Make) -> None:
    make(title="Reading water")
    with transaction.atomic():
        make(title="Reading fire")
        assert find("fire").total == 1
        transaction.set_rollback(True)
    assert (find("fire").total, find("water").total) == (0, 1)
    make(title="Reading earth")  # gets the number that was rolled back
    assert (find("fire").total, titles(find("earth"))) == (0, ["Reading earth"])


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("heat pumps", True),
        ("heating", True),
        ("pumping", True),
        ("Wärmepumpe", True),
        ("warmepumpen", True),
        ("WARMEPUMPE", True),
        ("betrieb commissioning", False),
        ("inbetriebnahm", True),
        ("inbet", True),
        ("in", True),
        ("um", False),
        ('"heat pumps"', True),
        ('"pumps heat"', False),
        ('"commissioning of heat pumps"', True),
        ("heat-pumps", True),
        ("pumps-heat", False),
        ("Twickel", True),
        ("Twick", True),
        ("heat xyz", False),
        ('heat"; DROP TABLE search_entry; --', False),
        ("title:heat", False),
        ("NEAR(heat pumps)", False),
        ("he*", False),
        ("' OR 1=1", False),
    ],
)
def test_words_are_found_in_each_language_of_a_description(make: Make, words: str, is_found: bool) -> None:
    make(
        title={"en": "Commissioning of heat pumps", "de": "Inbetriebnahme von Wärmepumpen"},
        description={"en": "In houses.", "de": "In Häusern."},
        outcomes=[],
    )
    make(
        title="Something else",
        description="Nothing of the kind.",
        outcomes=[],
        awarding_bodies=[{"name": "Others"}],
        participation={},
    )
    assert find(words).total == int(is_found)


def test_beginnings_are_found_in_other_scripts(make: Make) -> None:
    make(title={"el": "Διαχείριση υδάτων", "ru": "Чтение воды"}, language="el")
    assert [find(one).total for one in ("διαχει", "Διαχείρισης", "чтен", "вода", "διψ")] == [1, 1, 1, 1, 0]


def test_the_title_counts_most_and_ties_are_newest_first(make: Make) -> None:
    make(title="Other things", description="Water and water again, and once more water.")
    make(title="Reading water", description="Nothing.")
    make(title="Something", description="Water.", outcomes=["Reads ditches"])
    make(title="Reading water", description="Nothing.")
    found = find("water")
    first = [one.number for one in listings_of(found.numbers)]
    assert first[:2] == [4, 2] and sorted(first[2:]) == [1, 3]


def test_facets_count_what_choosing_them_would_give(make: Make) -> None:
    make(title="One", levels={"eqf": ["6"]}, participation={"modes": ["online"], "languages": ["en", "nl"]})
    make(title="Two", levels={"eqf": ["6"]}, participation={"modes": ["on-site"], "languages": ["nl"]})
    make(title="Three", levels={"eqf": ["4"]}, participation={"modes": ["online"], "languages": ["en"]})
    found = find(level="6")
    assert found.total == 2
    assert counts(found, "level") == {"4": 1, "6": 2}  # a facet does not narrow itself
    assert counts(found, "mode") == {"online": 1, "on-site": 1}
    assert counts(found, "language") == {"en": 1, "nl": 2}
    both = find(level="6 4", mode="online")
    assert (both.total, counts(both, "level"), counts(both, "mode")) == (
        2,
        {"4": 1, "6": 1},
        {"online": 2, "on-site": 1},
    )
    none = find(level="6", country="DE")
    assert (none.total, counts(none, "country")) == (0, {"NL": 2, "DE": 0})


def test_every_element_of_the_standard_has_a_facet(make: Make) -> None:
    make(
        particulars={"purposes": ["green"], "pilot": True}, cost={"price": 0},
        target_groups=["tertiary-6-in"],
        outcomes=[{"id": "one", "title": "Tests water", "esco": [{"uri": "http://data.europa.eu/esco/skill/x", "labels": {"en": "test water"}}]}],
        assessments=[{"type": "project-work", "covers": ["one"], "supervision": "supervised-with-id"}],
    )  # fmt: skip
    found = find()
    assert {one.facet.id: [choice.code for choice in one.choices] for one in found.facets} == {
        "type": ["micro-credential"], "field": ["06"], "level": ["6"], "workload": ["to-150"], "mode": ["blended"], "language": ["en"],
        "country": ["NL"], "provider": ["twickel"], "start": ["open"], "price": ["free"], "purpose": ["green"], "skill": ["test water"],
        "assessment": ["project-work"], "supervision": ["supervised-with-id"], "quality": ["no-data"], "assured": ["internal"],
        "prerequisites": ["none"], "stacks": ["no"], "group": ["tertiary-6-in"], "pilot": ["yes"], "complete": ["yes"],
        "updated": ["year"], "established": ["no"],
    }  # fmt: skip
    assert all(one.facet.label(choice.code) for one in found.facets for choice in one.choices)


@pytest.mark.parametrize(
    ("workload", "band"),
    [
        ({"hours": 25}, "to-25"),
        ({"hours": "25.5"}, "to-75"),
        ({"hours": 150}, "to-150"),
        ({"hours": 451}, "more"),
        ({"credits": [{"points": 1, "system": "ects"}]}, "to-25"),
        ({"credits": [{"points": 1}]}, None),
        (None, None),
    ],
)
def test_workload_falls_into_bands(make: Make, workload: dict[str, object] | None, band: str | None) -> None:
    make(workload=workload)
    assert counts(find(), "workload") == ({band: 1} if band else {})


def test_offers_bring_days_languages_and_prices(version: Version, alice: Person) -> None:
    today = dt.datetime.now(dt.UTC).date()
    offer = offers.create_offer(
        by=alice, version=version,
        values={"starts_on": today + dt.timedelta(days=20), "price": "90", "languages": ["nl"], "mode": "online"},
    )  # fmt: skip

    def now(facet: str) -> dict[str, int]:
        return counts(search(Asked(), on=today), facet)

    assert now("start") == {"month": 1, "quarter": 1}
    assert (now("price"), now("language"), now("mode")) == (
        {"to-100": 1},
        {"en": 1, "nl": 1},
        {"online": 1, "blended": 1},
    )
    offers.change_offer(by=alice, offer=offer, values={"starts_on": today + dt.timedelta(days=60)})
    assert now("start") == {"quarter": 1}
    offers.set_state(by=alice, offer=offer, state=State.CANCELLED, because="Nobody came.")
    assert (now("start"), now("price")) == ({"open": 1}, {})


def test_orders(make: Make) -> None:
    make(title="A", workload={"hours": 90}, participation={"starts_on": "2027-03-01"})
    make(title="B", workload={"hours": 10}, participation={"starts_on": "2026-01-01"})
    make(title="C", workload=None, participation={"starts_on": "2026-12-01"})
    assert titles(find(order="newest")) == ["C", "B", "A"] == titles(find())
    assert titles(find(order="shortest")) == ["B", "A", "C"]
    assert titles(find(order="soonest")) == ["C", "A", "B"]


def test_pages(make: Make) -> None:
    for number in range(23):
        make(title=f"Water {number}")
    first, second, beyond = (find("water", page=page) for page in (1, 2, 99))
    assert (first.pages, len(first.numbers), len(second.numbers), beyond.page) == (2, 20, 3, 2)
    assert sorted(first.numbers + second.numbers) == list(range(1, 24))
    assert newest(Asked(words="water"), on=TODAY, count=2) == [23, 22]


def test_nothing_found_says_what_would_help(make: Make) -> None:
    make(title="Reading water")
    found = find("water volcanoes")
    assert (found.total, found.listed, [(part.text, count) for part, count, _ in found.without_words]) == (
        0,
        1,
        [("volcanoes", 1)],
    )
    assert find("water", level="2").without_choices == 1
    both = find("water volcanoes", level="2")
    assert [(part.text, count, keeps) for part, count, keeps in both.without_words] == [
        ("volcanoes", 1, False)
    ]


def test_freshness_and_identity_are_of_the_day(make: Make, organisation: Organisation) -> None:
    accounts.establish(organisation=organisation, by_method="reviewer")
    make(published_at=PUBLISHED - dt.timedelta(days=800))
    make(published_at=PUBLISHED - dt.timedelta(days=1800))
    found = find()
    assert counts(found, "updated") == {"three-years": 1, "older": 1}
    assert counts(found, "established") == {"yes": 2}
    assert standing_of(found.numbers, on=TODAY)[1]["updated"] == "three-years"


def test_the_number_of_queries_does_not_grow(make: Make) -> None:
    def ask() -> int:
        find("water")  # what changed is read once
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found = find("water", level="6", order="best")
            listings_of(found.numbers)
        return len(caught)

    make(title="Reading water")
    one = ask()
    make(title="Reading water")
    make(title="Reading water")
    assert (ask(), find("water").total) == (one, 3)


def test_making_the_index_anew_changes_nothing(
    make: Make, organisation: Organisation, alice: Person, rita: Person
) -> None:
    first = make(title="Reading water", published_at=PUBLISHED)
    make(title="Reading earth", published_at=PUBLISHED + dt.timedelta(days=1))
    published(organisation, by=alice, reviewer=rita)
    before = titles(find())
    rows = [(one.version_id, one.facets, one.card) for one in Listing.objects.order_by("version_id")]
    Listing.objects.filter(version=first).delete()  # somebody's hand in the database
    assert reindex() == 3
    assert titles(find()) == before
    assert [(one.version_id, one.facets, one.card) for one in Listing.objects.order_by("version_id")] == rows
    assert titles(find("water")) == ["Reading water"]


def test_an_emptied_index_is_noticed(make: Make) -> None:
    version = make(title="Reading water")
    assert find("water").total == 1
    for model in (Entry, Listing, Change):
        model.objects.all().delete()
    assert find("water").total == find().total == 0
    index(version.description)
    assert find("water").total == 1
