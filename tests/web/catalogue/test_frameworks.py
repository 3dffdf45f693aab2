"""Levels in the framework of where the awarding body works: in Belgium and the United Kingdom the region decides which that is."""

from __future__ import annotations

import re

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.regions import REGIONS, framework_of
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Description
from tests.web.catalogue.samples import COMPLETE, published
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

BELGIUM = [("BE2", "be-nl", "Flemish qualifications framework"),
           ("BE3", "be-fr", "Qualifications Framework of the French Community of Belgium"),
           ("BE336", "be-de", "Qualifications Framework of the German-speaking Community of Belgium")]  # fmt: skip


@pytest.fixture
def author(client: CheckingClient, alice: Person) -> CheckingClient:
    client.force_login(alice)
    return client


def described(by: Person, organisation: Organisation, country: str, region: str = "") -> Description:
    """A description of an organisation that works there, complete but for its level."""
    Organisation.objects.filter(pk=organisation.pk).update(country=country, region=region)
    organisation.refresh_from_db()
    content = {name: value for name, value in COMPLETE.items() if name not in ("levels", "awarding_bodies")}
    return domain.start_description(by=by, organisation=organisation, content=content)


def national(client: CheckingClient, made: Description) -> list[str]:
    """The national levels that the screen offers."""
    page = client.get(f"/descriptions/{made.id}/level").content.decode()
    found = re.search(r'<select name="national".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="([^"]+)"', found[0]) if found else []


@pytest.mark.parametrize(("region", "framework", "name"), BELGIUM)
def test_in_belgium_the_region_selects_the_framework(
    author: CheckingClient, alice: Person, organisation: Organisation, region: str, framework: str, name: str
) -> None:
    made = described(alice, organisation, "BEL", region)
    assert national(author, made) == [f"{framework}-{level}" for level in range(1, 9)]
    assert f"Level in the {name}" in author.get(f"/descriptions/{made.id}/level").page.text
    author.post(f"/descriptions/{made.id}/level", {"level": "5", "national": f"{framework}-5"})
    made.refresh_from_db()
    levels = made.record().levels
    assert levels is not None
    assert ([one.code for one in levels.eqf], [one.code for one in levels.nqf]) == (["5"], [f"{framework}-5"])
    assert (
        f'<option value="{framework}-5" selected>'
        in author.get(f"/descriptions/{made.id}/level").content.decode()
    )


def test_a_level_of_another_community_cannot_be_chosen(
    author: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    made = described(alice, organisation, "BEL", "BE2")
    page = author.post(f"/descriptions/{made.id}/level", {"level": "5", "national": "be-fr-5"}).page
    assert "Select a valid choice" in page.text
    made.refresh_from_db()
    assert made.record().levels is None


@pytest.mark.parametrize(
    ("country", "region", "first"),
    [
        ("NLD", "", "nl-entry"),
        ("DEU", "", "de-1"),
        ("GBR", "GB-SCT", "gb-sct-1"),
        ("GBR", "GB-WLS", "gb-wls-entry-1"),
    ],
)
def test_other_countries_have_their_own(
    author: CheckingClient, alice: Person, organisation: Organisation, country: str, region: str, first: str
) -> None:
    offered = national(author, described(alice, organisation, country, region))
    assert offered[0].rpartition("-")[0].startswith(first.rpartition("-")[0][:2]) and len(offered) >= 8


@pytest.mark.parametrize(("country", "region"), [("BEL", ""), ("USA", ""), ("", "")])
def test_where_none_is_known_none_is_asked_for(
    author: CheckingClient, alice: Person, organisation: Organisation, country: str, region: str
) -> None:
    made = described(alice, organisation, country, region)
    assert national(author, made) == []
    author.post(f"/descriptions/{made.id}/level", {"level": "4"})
    made.refresh_from_db()
    levels = made.record().levels
    assert levels is not None and [one.code for one in levels.eqf] == ["4"]


def test_a_level_of_another_framework_stays_when_one_of_ours_is_chosen_and_taken_away(
    author: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    made = described(alice, organisation, "BEL", "BE3")
    domain.save_elements(
        description=made, by=alice, values={"levels": {"eqf": ["6"], "nqf": ["nl-6", "be-fr-5"]}}
    )
    author.post(f"/descriptions/{made.id}/level", {"level": "6", "national": "be-fr-6"})
    made.refresh_from_db()
    assert made.content["levels"]["nqf"] == ["nl-6", "be-fr-6"]
    author.post(f"/descriptions/{made.id}/level", {"level": "6", "national": ""})
    made.refresh_from_db()
    assert made.content["levels"]["nqf"] == ["nl-6"]


def test_a_national_level_stands_on_the_published_page(
    client: CheckingClient, alice: Person, rita: Person, organisation: Organisation
) -> None:
    version = published(organisation, by=alice, reviewer=rita, levels={"eqf": ["5"], "nqf": ["nl-5"]})
    assert "NLQF Level 5" in client.get(f"/m/{version.description_id}/v1").page.text


def test_every_region_has_its_framework() -> None:
    found = [framework_of(country, one.code) for country, regions in REGIONS.items() for one in regions]
    assert [one.code for one in found if one] == [
        one.framework for regions in REGIONS.values() for one in regions
    ]
