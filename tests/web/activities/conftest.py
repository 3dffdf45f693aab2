"""A youth club of one person with a record of taking part, and an event at the lake that is open now."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.models import Version
from tessella_web.credentials.activities import domain
from tessella_web.credentials.activities.models import Activity, Kind
from tests.web.conftest import person
from tests.web.credentials.conftest import own_places

__all__ = ["own_places"]

RECORD = {
    "record_type": "participation",
    "title": "A weekend at the lake",
    "description": "Two days of building rafts and cooking for forty.",
    "outcomes": [{"title": "Built something that floats, with people they did not know"}],
    "participation": {"location": "At the lake", "setting": "non-formal"},
}


@pytest.fixture
def ines(db: None) -> Person:
    return person("Ines")


@pytest.fixture
def club(ines: Person) -> Organisation:
    """Founded and run by Ines alone."""
    return accounts.found_organisation(founder=ines, name="Youth at the lake", slug="lake", country="NLD")


@pytest.fixture
def weekend(club: Organisation, ines: Person) -> Version:
    """The published record."""
    draft = catalogue.start_description(by=ines, organisation=club, content=RECORD)
    return catalogue.publish(description=draft, by=ines)


def activity(by: Person, version: Version, **changes: object) -> Activity:
    now = timezone.now()
    facts: dict[str, object] = {
        "kind": Kind.EVENT, "name": "Raft day", "place": "North shore", "starts_on": now.date(),
        "opens_at": now - dt.timedelta(hours=1), "closes_at": now + dt.timedelta(hours=3), "cap": 5,
    }  # fmt: skip
    return domain.make_activity(by=by, version=version, **{**facts, **changes})  # type: ignore[arg-type]


@pytest.fixture
def event(ines: Person, weekend: Version) -> Activity:
    return activity(ines, weekend)


@pytest.fixture
def tasks(ines: Person, weekend: Version) -> Activity:
    """The same by tasks: one that everybody does, one if they like."""
    made = activity(ines, weekend, kind=Kind.TASKS, name="Raft builder")
    domain.add_task(
        by=ines,
        activity=made,
        title="Draw a raft",
        text="With its measures.",
        kinds=["file", "text"],
        is_required=True,
    )
    domain.add_task(by=ines, activity=made, title="Tell a friend", text="", kinds=["text"], is_required=False)
    return made
