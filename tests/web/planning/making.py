"""A learner with badges of three schools, a rule that the university has published, and offers of what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from tessella.model import MicroCredential
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.content import digest_of, plain, title_of
from tessella_web.catalogue.models import Description, Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.catalogue.pathways import domain as pathways
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.credentials.wallet import domain as wallet
from tests.web.wallet.making import badge, course

__all__ = ["BADGES", "COURSES", "RULE", "fill_wallet", "offer", "offers_of", "publish", "publish_course"]

RULE: dict[str, Any] = {
    "title": "Coastal data, certificate of advanced study", "award": "Certificate of Advanced Study in Coastal Data",
    "decider": {"name": "University of Twickel", "role": "examination board"},
    "source": {"text": "Study guide 2026, article 7"},
    "amounts": [
        {"id": "volume", "title": "Volume", "at_least": 30},
        {"id": "level", "title": "At the level of the award", "at_least": 15, "where": {"level": {"framework": "eqf", "at_least": 6}}},
        {"id": "elsewhere", "title": "From elsewhere", "at_most_share": 70, "where": {"not": {"issuer": ["University of Twickel"]}}},
    ],
    "groups": [
        {"id": "core", "title": "Core", "slots": [
            {"id": "data", "title": "Reading data", "where": {"credential": ["Statistics for everyone"]}},
            {"id": "coast", "title": "The coast", "where": {"credential": ["Tides and currents", "Dunes and dykes"]}},
            {"id": "ethics", "title": "Ethics of data", "where": {"credential": ["Data ethics at sea"]}},
        ]},
        {"id": "choice", "title": "Tools of the trade", "take": 1, "slots": [
            {"id": "maps", "title": "Maps", "where": {"credential": ["Maps with open data"]}},
            {"id": "drones", "title": "Drones", "where": {"credential": ["Flying drones over dunes"]}},
        ]},
    ],
    "conditions": [{"id": "fresh", "title": "awarded no more than 5 years before", "where": {"max_age_months": 60}}],
    "also": ["The board wants a letter of motivation."],
}  # fmt: skip

BADGES: Sequence[tuple[dict[str, Any], dt.date]] = (
    ({"title": "Statistics for everyone", "issuer": "Harbour College", "field": "0542", "level": "6", "hours": 125}, dt.date(2025, 6, 20)),
    ({"title": "Tides and currents", "issuer": "School of the Sea", "field": "0532", "level": "6", "hours": 150}, dt.date(2026, 2, 12)),
    ({"title": "Writing for the public", "issuer": "Hive Academy", "field": "0321", "level": "5", "hours": 75}, dt.date(2026, 5, 4)),
    ({"title": "First aid on the beach", "issuer": "Hive Academy", "field": "0915", "level": "4", "hours": 50}, dt.date(2018, 5, 4)),
)  # fmt: skip
"""Four badges from three providers; the last is too old for the rule."""

COURSES: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]] = (
    ({"title": "Data ethics at sea", "field": "0223", "level": "6", "hours": 125}, (
        {"name": "Evenings", "starts": 30, "ends": 100, "price": "250", "times": ["evening"], "hours_per_week": "12.5"},
        {"name": "Full time", "starts": 20, "ends": 45, "price": "400", "times": ["daytime"], "hours_per_week": "35"})),
    ({"title": "Maps with open data", "field": "0532", "level": "6", "hours": 75}, (
        {"name": "Online", "starts": 40, "ends": 90, "price": "120", "times": ["own-pace"], "hours_per_week": "10", "mode": "online"},)),
    ({"title": "Flying drones over dunes", "field": "1041", "level": "5", "hours": 50}, (
        {"name": "", "starts": 60, "ends": 80, "price": "600", "times": ["daytime"], "hours_per_week": "20", "place": "Noordwijk"},)),
    ({"title": "Programming with coastal data", "field": "0613", "level": "7", "hours": 250}, (
        {"name": "Spring", "starts": 50, "ends": 190, "price": "500", "times": ["evening"], "hours_per_week": "12"},)),
    ({"title": "Beekeeping on the roof", "field": "0811", "level": "4", "hours": 50}, (
        {"name": "", "starts": 50, "ends": 60, "price": "50", "times": ["weekend"], "hours_per_week": "10"},)),
)  # fmt: skip
"""Courses of the university, each with its offers; the last is of no use for the rule."""


def fill_wallet(person: Person) -> list[str]:
    """The badges, brought in as files; the keys of the entries in their order."""
    return [
        f"i-{wallet.bring(by=person, data=badge(course(**about), on=on), name='badge.json', languages=('en',)).id}"
        for about, on in BADGES
    ]


def publish(by: Person, organisation: Organisation, **changes: Any) -> PathwayVersion:
    """The rule in force."""
    begun = pathways.start(by=by, organisation=organisation, data={**RULE, **changes})
    return pathways.publish(by=by, pathway=begun)


def publish_course(organisation: Organisation, **about: Any) -> Version:
    """A version that is offered."""
    record: MicroCredential = course(**{"issuer": organisation.name, **about})
    content = plain(record)
    description = Description.objects.create(organisation=organisation, content=content)
    return Version.objects.create(
        description=description, organisation=organisation, number=1, content=content, digest=digest_of(content),
        title=title_of(record), record_type=str(record.record_type), published_at=timezone.now(),
    )  # fmt: skip


def offer(by: Person, version: Version, *, starts: int, ends: int, **values: Any) -> Offer:
    """An open offer; days from today."""
    today = timezone.localdate()
    days = {"starts_on": today + dt.timedelta(days=starts), "ends_on": today + dt.timedelta(days=ends)}
    made = offers.create_offer(by=by, version=version, values={"languages": ["en"], **values, **days})
    return offers.set_state(by=by, offer=made, state=State.OPEN)


def offers_of(by: Person, organisation: Organisation) -> dict[str, Offer]:
    """Everything of `COURSES`, by title and name of the offer."""
    made = {}
    for about, several in COURSES:
        version = publish_course(organisation, **about)
        for one in several:
            made[f"{about['title']} {one['name']}".strip()] = offer(by, version, **one)
    return made
