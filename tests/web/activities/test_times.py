"""Times of events: typed and shown on the clocks of the place, stored as instants; also where the clocks are put forward or back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.regions import TIME_ZONES, time_zone_of
from tessella_web.catalogue.models import Version
from tessella_web.common import clocks
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.activities import domain
from tessella_web.credentials.activities.models import Activity
from tests.web.activities.conftest import activity
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

UTC = dt.UTC
YEAR = timezone.now().year + 1


def last_sunday(month: int) -> dt.date:
    """When the clocks are changed in the Union."""
    last = dt.date(YEAR, month, 31)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)


@pytest.fixture
def ines_s(client: CheckingClient, ines: Person) -> CheckingClient:
    client.force_login(ines)
    return client


def values(weekend: Version, opens: dt.datetime, closes: dt.datetime, **more: str) -> dict[str, Any]:
    return {
        "version": weekend.id, "kind": "event", "name": "Raft day", "starts_on": opens.date(), "cap": "30",
        "opens_at": opens.strftime("%Y-%m-%dT%H:%M"), "closes_at": closes.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "Europe/Amsterdam", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("country", "zone"),
    [("NLD", "Europe/Amsterdam"), ("FI", "Europe/Helsinki"), ("PRT", "Europe/Lisbon"), ("CYP", "Asia/Nicosia"),
     ("KEN", "Africa/Nairobi"), ("USA", "UTC"), ("", "UTC")],
)  # fmt: skip
def test_the_country_says_which_clocks(country: str, zone: str) -> None:
    assert time_zone_of(country) == zone


def test_every_zone_of_the_table_can_be_chosen() -> None:
    assert set(TIME_ZONES.values()) - {name for name, _shown in clocks.time_zones()} == set()


def test_the_form_begins_with_the_clocks_of_the_country_and_keeps_the_last_choice(
    ines_s: CheckingClient, ines: Person, weekend: Version
) -> None:
    chosen = '<option value="{}" selected>'
    page = ines_s.get("/o/lake/activities/new").content.decode()
    assert chosen.format("Europe/Amsterdam") in page
    here = timezone.now().astimezone(clocks.zone_named("Europe/Amsterdam"))
    assert f'value="{here:%Y-%m-%dT%H}:00"' in page
    activity(ines, weekend, time_zone="Atlantic/Azores")
    assert chosen.format("Atlantic/Azores") in ines_s.get("/o/lake/activities/new").content.decode()


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (dt.date(YEAR, 1, 15), "Europe/Amsterdam", 1), (dt.date(YEAR, 7, 15), "Europe/Amsterdam", 2),
        (dt.date(YEAR, 7, 15), "Europe/Helsinki", 3), (dt.date(YEAR, 7, 15), "Atlantic/Azores", 0),
        (dt.date(YEAR, 7, 15), "UTC", 0),
    ],
)  # fmt: skip
def test_what_is_typed_is_what_the_clocks_there_show(
    ines_s: CheckingClient, weekend: Version, day: dt.date, zone: str, hours: int
) -> None:
    opens = dt.datetime.combine(day, dt.time(10, 0))
    ines_s.post("/o/lake/activities/new", values(weekend, opens, opens.replace(hour=18), time_zone=zone))
    made = Activity.objects.get()
    assert made.opens_at == opens.replace(tzinfo=UTC) - dt.timedelta(hours=hours)
    assert (made.opens_local, made.closes_local, made.time_zone) == (opens, opens.replace(hour=18), zone)
    shown = ines_s.get(f"/o/lake/activities/{made.id}/").page.text
    assert f"{date_format(opens, 'DATETIME_FORMAT')} ({zone.replace('_', ' ')})" in shown


def test_a_night_when_the_clocks_are_changed_is_as_long_as_it_is(
    ines_s: CheckingClient, weekend: Version
) -> None:
    lengths = {}
    for name, change in (("spring", last_sunday(3)), ("autumn", last_sunday(10))):
        opens = dt.datetime.combine(change - dt.timedelta(days=1), dt.time(22, 0))
        ines_s.post(
            "/o/lake/activities/new", values(weekend, opens, opens + dt.timedelta(hours=10), name=name)
        )
        made = Activity.objects.get(name=name)
        lengths[name] = (made.closes_at - made.opens_at).total_seconds() / 3600
        assert made.closes_local == opens + dt.timedelta(hours=10)
    assert lengths == {"spring": 9, "autumn": 11}


def test_an_hour_that_the_clocks_skip_is_told_at_its_field(ines_s: CheckingClient, weekend: Version) -> None:
    skipped = dt.datetime.combine(last_sunday(3), dt.time(2, 30))
    page = ines_s.post(
        "/o/lake/activities/new", values(weekend, skipped - dt.timedelta(hours=12), skipped)
    ).page
    assert "On this day the clocks skip that time." in page.text
    assert Activity.objects.count() == 0
    assert (
        ines_s.post(
            "/o/lake/activities/new", values(weekend, skipped, skipped, time_zone="Mars/Base")
        ).status_code
        == 200
    )


def test_of_an_hour_that_comes_twice_it_is_the_first(ines_s: CheckingClient, weekend: Version) -> None:
    twice = dt.datetime.combine(last_sunday(10), dt.time(2, 30))
    ines_s.post("/o/lake/activities/new", values(weekend, twice, twice + dt.timedelta(hours=3)))
    assert Activity.objects.get().opens_at == twice.replace(tzinfo=UTC) - dt.timedelta(hours=2)


def test_a_list_is_opened_again_and_printed_on_its_own_clocks(
    ines_s: CheckingClient, ines: Person, weekend: Version
) -> None:
    made = activity(ines, weekend, time_zone="Europe/Helsinki", is_paper_allowed=True)
    base = f"/o/lake/activities/{made.id}"
    assert "On the clocks of Europe/Helsinki." in ines_s.get(f"{base}/reopen").page.text
    later = (timezone.now() + dt.timedelta(days=2)).replace(hour=12, minute=0, second=0, microsecond=0)
    ines_s.post(f"{base}/reopen", {"closes_at": later.strftime("%Y-%m-%dT12:00")})
    made.refresh_from_db()
    assert made.closes_at == clocks.moment(later.replace(tzinfo=None), "Europe/Helsinki")
    until = date_format(later.replace(tzinfo=None), "DATETIME_FORMAT")
    assert f"Until {until} (Europe/Helsinki)." in ines_s.get(f"{base}/paper").page.text


def test_a_program_says_instants_and_may_say_the_clocks(
    ines: Person, club: Organisation, weekend: Version
) -> None:
    assert activity(ines, weekend).time_zone == "Europe/Amsterdam"
    with pytest.raises(RefusedError) as refused:
        activity(ines, weekend, time_zone="../../etc/passwd")
    assert (refused.value.code, refused.value.field) == ("clocks.time-zone", "time_zone")
    assert domain.usual_time_zone(club) == "Europe/Amsterdam"
