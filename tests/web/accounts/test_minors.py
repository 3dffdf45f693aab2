"""People under age: asked once, agreed for, shown to nobody in public, free when they come of age; the day of birth is nowhere."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.serializers import serialize
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.accounts.guardians import domain
from tessella_web.accounts.guardians.ages import ages_in, countries, standing
from tessella_web.accounts.guardians.models import Guardian, Minority
from tessella_web.accounts.leaving.models import Departure
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet import domain as wallet
from tests.web.conftest import person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.txt"


def years_ago(years: int, days: int = 0) -> dt.date:
    day = TODAY - dt.timedelta(days=days)
    return (
        day.replace(year=day.year - years)
        if (day.month, day.day) != (2, 29)
        else day.replace(year=day.year - years, day=28)
    )


@pytest.fixture
def kim(db: None) -> Person:
    """Somebody who said that they are under 18."""
    found = person("Kim")
    domain.say_minor(person=found)
    return found


@pytest.fixture
def guarded(kim: Person) -> Guardian:
    """Kim is 12, in Germany, and the guardian has agreed."""
    domain.say_birth(by=kim, country="DEU", born_on=years_ago(12, 40))
    made = domain.ask(by=kim, email="parent@example.org")
    domain.agree(guardian=made)
    return Guardian.objects.get(pk=made.pk)


def test_every_country_of_the_union_has_an_age_with_its_law() -> None:
    union = [
        "AUT",
        "BEL",
        "BGR",
        "CYP",
        "CZE",
        "DEU",
        "DNK",
        "ESP",
        "EST",
        "FIN",
        "FRA",
        "GRC",
        "HRV",
        "HUN",
        "IRL",
        "ITA",
        "LTU",
        "LUX",
        "LVA",
        "MLT",
        "NLD",
        "POL",
        "PRT",
        "ROU",
        "SVK",
        "SVN",
        "SWE",
    ]
    assert set(union) <= set(countries())
    assert all(
        13 <= ages_in(one).age <= 16 and ages_in(one).of_age == 18 and ages_in(one).law for one in countries()
    )
    assert (ages_in("ZZZ").age, ages_in("AUT").age, ages_in("FRA").age) == (16, 14, 15)


@pytest.mark.parametrize(
    ("country", "born_on", "needs_guardian", "of_age_in"),
    [
        ("DEU", dt.date(2010, 11, 23), True, dt.date(2028, 11, 1)),
        ("DEU", dt.date(2010, 11, 22), False, dt.date(2028, 11, 1)),
        ("AUT", dt.date(2012, 11, 23), True, dt.date(2030, 11, 1)),
        ("AUT", dt.date(2012, 11, 22), False, dt.date(2030, 11, 1)),
        ("DEU", dt.date(2008, 11, 23), False, dt.date(2026, 11, 1)),
        ("DEU", dt.date(2008, 11, 22), False, None),
        ("DEU", dt.date(2012, 2, 29), True, dt.date(2030, 2, 1)),
    ],
)
def test_ages_are_counted_to_the_day(
    country: str, born_on: dt.date, needs_guardian: bool, of_age_in: dt.date | None
) -> None:
    found = standing(born_on, country, dt.date(2026, 11, 22))
    assert (found.needs_guardian, found.of_age_in) == (needs_guardian, of_age_in)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2026, 11, 22)), st.sampled_from(countries()))
def test_nobody_of_age_is_guarded_and_the_month_is_never_late(born_on: dt.date, country: str) -> None:
    on = dt.date(2026, 11, 22)
    found = standing(born_on, country, on)
    if found.of_age_in is None:
        assert not found.needs_guardian
    else:
        birthday = (born_on.year + 18, born_on.month, born_on.day)
        assert (on.year, on.month, on.day) < birthday
        assert (found.of_age_in.year, found.of_age_in.month, 1) <= birthday


def test_a_day_of_birth_is_kept_nowhere(client: CheckingClient, kim: Person) -> None:
    born_on = years_ago(12, 40)
    client.force_login(kim)
    client.post("/me/age", {"country": "DEU", "born_on": born_on.isoformat()})
    assert Minority.objects.get().of_age_in == born_on.replace(year=born_on.year + 18, day=1)
    everything = "".join(serialize("json", model.objects.all()) for model in apps.get_models())
    shapes = [
        born_on.isoformat(),
        born_on.strftime("%d.%m.%Y"),
        born_on.strftime("%Y%m%d"),
        f"{born_on:%d %B %Y}",
    ]
    assert [one for one in shapes if one in everything] == []


def test_an_account_waits_until_somebody_has_agreed(client: CheckingClient, kim: Person) -> None:
    client.force_login(kim)
    assert client.get("/wallet")["Location"] == "/me/age"
    client.post("/me/age", {"country": "DEU", "born_on": years_ago(12).isoformat()})
    assert client.get("/wallet")["Location"] == "/me/age"
    assert "agree alone from 16" in client.get("/me/age").content.decode()
    assert (
        "must be the address of your guardian"
        in client.post("/me/age", {"email": kim.email}).content.decode()
    )
    client.post("/me/age", {"email": "parent@example.org"})
    letters.send_due()
    (sent,) = mail.outbox
    link = re.search(r"http://\S+(/guardian/\S+)", sent.body)
    assert sent.to == ["parent@example.org"] and link
    parent = CheckingClient()
    assert parent.get(link[1][:-3] + "aa/").status_code == 404
    assert "Kim has an account" in parent.get(link[1]).content.decode()
    assert client.get("/wallet").status_code == 302
    parent.post(link[1], {"do": "agree"})
    assert client.get("/wallet").status_code == 200
    assert "You agreed on" in parent.get(link[1]).content.decode()


def test_somebody_above_the_age_of_the_country_needs_nobody(client: CheckingClient, kim: Person) -> None:
    client.force_login(kim)
    client.post("/me/age", {"country": "AUT", "born_on": years_ago(15).isoformat()})
    assert client.get("/wallet").status_code == 200
    assert not Guardian.objects.exists()


def test_whoever_is_of_age_after_all_is_not_asked_again(client: CheckingClient, kim: Person) -> None:
    client.force_login(kim)
    client.post("/me/age", {"country": "DEU", "born_on": years_ago(30).isoformat()})
    kim.refresh_from_db()
    assert (kim.is_minor, Minority.objects.exists(), client.get("/wallet").status_code) == (False, False, 200)


def test_a_day_of_birth_is_said_once(kim: Person) -> None:
    domain.say_birth(by=kim, country="DEU", born_on=years_ago(12))
    with pytest.raises(RefusedError) as caught:
        domain.say_birth(by=kim, country="DEU", born_on=years_ago(30))
    assert caught.value.code == "minors.said"
    with pytest.raises(RefusedError):
        domain.say_birth(by=person("Lou"), country="DEU", born_on=TODAY + dt.timedelta(days=1))


def show(by: Person, **more: Any) -> None:
    item = wallet.declare(by=by, values={"title": "Ran the choir"})
    ends = timezone.now() + dt.timedelta(days=9)
    wallet.share(by=by, keys=[f"i-{item.id}"], recipient="Club", ends_at=ends, languages=("en",), **more)


def test_nobody_under_age_shows_anything_to_everybody(
    client: CheckingClient, guarded: Guardian, kim: Person
) -> None:
    with pytest.raises(RefusedError) as caught:
        show(kim)
    assert caught.value.code == "minors.no-public"
    show(kim, pin="271828")
    with pytest.raises(RefusedError) as caught:
        domain.allow_showing(minority=guarded.minority, is_allowed=True, by=kim)
    assert caught.value.code == "minors.guardian-decides"
    CheckingClient().post(f"/guardian/{guarded.id}/{domain.key_of(guarded)}/", {"do": "show"})
    show(kim)
    CheckingClient().post(f"/guardian/{guarded.id}/{domain.key_of(guarded)}/", {"do": "hide"})
    with pytest.raises(RefusedError):
        show(kim)


def test_from_the_age_of_the_country_on_minors_decide_themselves(client: CheckingClient, kim: Person) -> None:
    domain.say_birth(by=kim, country="AUT", born_on=years_ago(15))
    with pytest.raises(RefusedError):
        show(kim)
    client.force_login(kim)
    client.post("/me/age", {"may_show": "on"})
    show(kim)


def test_a_guardians_powers_end_by_themselves(guarded: Guardian, kim: Person) -> None:
    mail.outbox.clear()
    letters.send_due()
    mail.outbox.clear()
    Minority.objects.update(of_age_in=TODAY.replace(day=1))
    assert (domain.end_due(), domain.end_due()) == (1, 0)
    letters.send_due()
    assert sorted(one.to[0] for one in mail.outbox) == ["kim@example.org", "parent@example.org"]
    for verb in (domain.agree, domain.refuse):
        with pytest.raises(RefusedError) as caught:
            verb(guardian=guarded)
        assert caught.value.code == "minors.over"
    assert (
        "nothing to decide here any more"
        in CheckingClient().get(f"/guardian/{guarded.id}/{domain.key_of(guarded)}/").content.decode()
    )
    with pytest.raises(RefusedError):
        show(kim)  # to the end of the month
    Minority.objects.update(of_age_in=(TODAY.replace(day=1) - dt.timedelta(days=1)).replace(day=1))
    domain.end_due()
    kim.refresh_from_db()
    assert (kim.is_minor, Minority.objects.exists(), Guardian.objects.exists()) == (False, False, False)
    show(kim)


def test_a_guardian_who_says_no_ends_the_account(guarded: Guardian, kim: Person) -> None:
    domain.refuse(guardian=guarded)
    waits = Departure.objects.get(person=kim)
    assert dt.timedelta(days=6) < waits.due_at - timezone.now() <= dt.timedelta(days=7)
    assert domain.is_waiting(kim)


def test_an_account_that_nobody_agrees_for_is_erased(kim: Person) -> None:
    domain.say_birth(by=kim, country="DEU", born_on=years_ago(12))
    domain.ask(by=kim, email="parent@example.org")
    assert domain.end_due() == 0
    Minority.objects.update(asked_at=timezone.now() - dt.timedelta(days=domain.ANSWER_DAYS + 1))
    assert domain.end_due() == 1
    assert not Person.objects.filter(pk=kim.pk).exists()


def test_the_account_page_asks_nobody_of_age_a_query(charlie: Person, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert (domain.is_waiting(charlie), domain.minority_of(charlie)) == (False, None)


def test_making_an_account_asks_whether_somebody_is_under_18(client: CheckingClient) -> None:
    page = client.get("/sign-in/new").content.decode()
    assert "I am younger than 18" in page
    client.post("/sign-in/new", {"name": "Kim", "email": "kim@example.org", "is_minor": "on"})
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mail.outbox[-1].body, re.MULTILINE)
    assert code
    client.post("/sign-in/address", {"code": code[0]})
    assert Person.objects.get(email="kim@example.org").is_minor
    assert client.get("/wallet")["Location"] == "/me/age"
