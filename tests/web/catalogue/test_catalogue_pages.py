"""The public catalogue: the same for everybody, with and without scripts; comparing, following, sharing."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.catalogue.search import snapshot
from tests.web.catalogue.samples import published
from tests.web.catalogue.search.conftest import Make, make

pytestmark = pytest.mark.django_db

__all__ = ["make"]


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Any) -> None:
    snapshot.forget()
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.BASE_URL = "https://credentials.example.org"


def links(response: Any, text: str) -> list[str]:
    """Addresses of the links that begin with a text."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return [
        unescape(url)
        for url, inside in found
        if " ".join(re.sub("<[^>]+>", "", inside).split()).startswith(text)
    ]


@pytest.mark.parametrize("who", [None, "alice", "bob", "charlie"])
def test_everybody_finds_the_same(
    client: Client, version: Version, who: str | None, request: pytest.FixtureRequest
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    for url, words in (
        ("/catalogue?q=ethics&level=6", "Data ethics in practice"),
        (f"/catalogue/compare?with={version.id}", "Data ethics in practice"),
        ("/p/twickel", "University of Twickel"),
        (f"/m/{version.description_id}/v1", "Compare with others"),
    ):
        response = client.get(url)
        assert (response.status_code, words in response.content.decode()) == (200, True)
        assert "Rita" not in response.content.decode() and "rita@" not in response.content.decode()


def test_an_empty_catalogue_says_so(client: Client) -> None:
    text = client.get("/catalogue").content.decode()
    assert "Nothing is published yet" in text
    assert client.get("/catalogue/compare").status_code == 200


def test_choices_are_in_the_form_counted_and_can_be_taken_back(client: Client, make: Make) -> None:
    make(title="Reading water", levels={"eqf": ["6"]})
    make(title="Reading fire", levels={"eqf": ["4"]})
    response = client.get("/catalogue?q=reading&level=6&level=4&mode=blended&order=newest")
    fields = {(one.get("name"), one.get("value")): "checked" in one for one in response.page.fields}
    assert (fields[("level", "6")], fields[("level", "4")], fields[("type", "micro-credential")]) == (
        True,
        True,
        False,
    )
    (taken,) = links(response, "Take away European level: Level 6 of 8")
    assert parse_qsl(taken.lstrip("?")) == [
        ("q", "reading"),
        ("level", "4"),
        ("mode", "blended"),
        ("order", "newest"),
    ]
    assert "Reading water" not in client.get("/catalogue" + taken).content.decode()
    assert response["X-Robots-Tag"] == "noindex, follow"
    assert "X-Robots-Tag" not in client.get("/catalogue")
    assert "unsafe" not in response["Content-Security-Policy"]


def test_nothing_found_offers_ways_that_find_something(client: Client, make: Make) -> None:
    make(title="Reading water")
    response = client.get("/catalogue?q=water+volcanoes&level=2")
    (way,) = links(response, "Without “volcanoes”")
    assert "Reading water" in client.get("/catalogue" + way).content.decode()
    (everything,) = links(response, "Everything")
    assert "Reading water" in client.get("/catalogue" + everything).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 3000,
        "q=%00%22%27%2A%28NEAR&level=%00&level=999",
        "page=-1&page=x&order=drop",
        "page=99999999999999999999",
        "level=" + "&level=".join(map(str, range(500))),
        "unknown=1&__proto__=2&provider=nobody",
        "with=a&with=b&with=c&with=d",
        "q=%ff%fe",
    ],
)
def test_hostile_addresses_are_answered(client: Client, make: Make, query: str) -> None:
    make(title="Reading water")
    for path in ("/catalogue", "/catalogue/compare", "/catalogue/feed.atom"):
        assert client.get(f"{path}?{query}").status_code == 200


def test_what_is_said_in_another_language_is_marked(client: Client, make: Make) -> None:
    make(title={"nl": "Water lezen"}, description={"nl": "Meet de sloot."}, language="nl")
    make(title={"nl": "Water lezen", "en": "Reading water"}, description={"nl": "Meet."}, language="nl")
    text = client.get("/catalogue").content.decode()
    assert '<h2 lang="nl"><a' in text and ">Reading water</a></h2>" in text
    assert '<p lang="nl">Meet de sloot.</p>' in text


def test_a_page_of_results_needs_the_same_number_of_queries(client: Client, make: Make) -> None:
    def count() -> int:
        client.get("/catalogue?q=water")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/catalogue?q=water&level=6").status_code == 200
        return len(caught)

    make(title="Reading water")
    one = count()
    make(title="Reading water")
    make(title="Reading water")
    assert count() == one


def test_three_are_put_aside_and_compared(client: Client, make: Make) -> None:
    versions = [make(title=f"Water {number}", levels={"eqf": [str(number)]}) for number in (4, 4, 6, 7)]
    address = "/catalogue"
    for _ in range(3):
        (address, *_) = [one for one in links(client.get(address), "Compare") if one.startswith("?")]
        address = "/catalogue" + address.partition("#")[0]
    response = client.get(address)
    assert [one for one in links(response, "Compare") if one.startswith("?")] == []  # there is room for three
    (compare,) = links(response, "Compare side by side")
    table = client.get(compare)
    text = table.content.decode()
    assert [f"Water {number}" in text for number in (7, 6, 4)] == [True] * 3
    assert text.count('<tr class="differs">') == 1  # the level; titles stand above
    fewer = client.get("/catalogue/compare" + links(table, "Remove")[0])
    assert fewer.content.decode().count('scope="col"') == 2
    same = client.get(f"/catalogue/compare?with={versions[0].id}&with={versions[1].id}").content.decode()
    assert '<tr class="differs">' not in same


def test_offers_are_compared(client: Client, version: Version, alice: Person) -> None:
    values = [{"name": "Spring", "price": "90"}, {"name": "Autumn", "is_free": True}]
    made = [offers.create_offer(by=alice, version=version, values=one) for one in values]
    text = client.get("/catalogue/compare?" + "&".join(f"with={one.id}" for one in made)).content.decode()
    assert "90 EUR" in text and ">Free" in text and "The offer" in text
    offers.set_state(by=alice, offer=made[0], state=State.CANCELLED, because="Rain.")
    assert "90 EUR" not in client.get(f"/catalogue/compare?with={made[0].id}").content.decode()


ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_search_is_followed_as_a_feed(client: Client, make: Make) -> None:
    make(title="Reading water & <more>")
    make(title="Reading fire")
    response = client.get("/catalogue/feed.atom?q=water")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(response.content)
    entries = root.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == ["Reading water & <more>"]
    assert str(entries[0].findtext(f"{ATOM}id")).startswith("https://credentials.example.org/m/")
    everything = ET.fromstring(client.get("/catalogue/feed.atom").content)
    assert [one.findtext(f"{ATOM}title") for one in everything.findall(f"{ATOM}entry")] == [
        "Reading fire",
        "Reading water & <more>",
    ]


def test_the_sitemap_lists_what_is_listed(
    client: Client, make: Make, version: Version, alice: Person
) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    other = make(title="Reading water")
    parts = [str(one.text) for one in ET.fromstring(client.get("/sitemap.xml").content).iter(f"{space}loc")]
    assert parts == ["https://credentials.example.org/sitemap-1.xml"]

    def pages() -> list[str]:
        root = ET.fromstring(client.get("/sitemap-1.xml").content)
        return [
            str(one.text).removeprefix("https://credentials.example.org") for one in root.iter(f"{space}loc")
        ]

    assert pages() == [
        "/catalogue",
        "/registers/",
        "/p/twickel",
        f"/m/{version.description_id}/v1",
        f"/m/{other.description_id}/v1",
    ]
    assert all(client.get(one).status_code == 200 for one in pages())
    domain.withdraw(version=version, by=alice, because="Over.")
    assert f"/m/{version.description_id}/v1" not in pages()
    assert client.get("/sitemap-2.xml").status_code == 404
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /o/" in robots and "Sitemap: https://credentials.example.org/sitemap.xml" in robots


def data_of(client: Client, version: Version) -> dict[str, Any]:
    text = client.get(f"/m/{version.description_id}/v{version.number}").content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


def test_a_version_says_in_schema_org_what_it_is(
    client: Client, organisation: Organisation, alice: Person, rita: Person
) -> None:
    version = published(
        organisation, by=alice, reviewer=rita, title='Ethics </script><script>alert("1")</script>'
    )
    offers.create_offer(by=alice, version=version, values={"price": "90", "name": "Spring", "mode": "online"})
    data = data_of(client, version)
    assert data["@context"] == "https://schema.org"
    assert {name: data[name] for name in ("@type", "name", "version", "timeRequired", "teaches", "numberOfCredits", "availableLanguage")} == {
        "@type": "Course", "name": 'Ethics </script><script>alert("1")</script>', "version": "1", "timeRequired": "PT84H",
        "teaches": ["Test a data set for bias and explain the result", "Apply data protection law to a case"],
        "numberOfCredits": [{"@type": "StructuredValue", "value": 3, "name": "European Credit Transfer System"}],
        "availableLanguage": ["en"],
    }  # fmt: skip
    assert data["provider"] == [{
        "@type": "Organization", "name": "University of Twickel", "identifier": "NTRNL-12345678",
        "address": [{"@type": "PostalAddress", "addressCountry": "NL"}],
    }]  # fmt: skip
    credential = data["educationalCredentialAwarded"]
    assert (credential["@type"], credential["credentialCategory"]) == (
        "EducationalOccupationalCredential",
        "Micro credential",
    )
    assert credential["educationalLevel"][0]["termCode"] == "6"
    offer = Offer.objects.get()
    assert data["hasCourseInstance"] == [{
        "@type": "CourseInstance", "courseMode": ["online"], "courseWorkload": "PT84H",
        "url": f"https://credentials.example.org/offers/{offer.id}",
        "offers": {"@type": "Offer", "category": "Paid", "price": "90.00", "priceCurrency": "EUR"},
    }]  # fmt: skip
    assert_well_formed(data)
    assert "rita" not in json.dumps(data).lower() and "alice" not in json.dumps(data).lower()


def test_another_record_is_no_course(
    client: Client, organisation: Organisation, alice: Person, rita: Person
) -> None:
    data = data_of(client, published(organisation, by=alice, reviewer=rita, record_type="participation"))
    assert (data["@type"], data["credentialCategory"]) == (
        "EducationalOccupationalCredential",
        "Participation",
    )
    assert_well_formed(data)


TYPES = {
    "Course": {"name", "description", "provider", "hasCourseInstance"},
    "EducationalOccupationalCredential": {"name", "credentialCategory"},
    "CourseInstance": {"courseMode", "courseWorkload"},
    "Organization": {"name"},
    "DefinedTerm": {"name", "inDefinedTermSet"},
    "StructuredValue": {"value"},
    "PostalAddress": {"addressCountry"},
    "Place": {"name"},
    "Offer": {"category", "price", "priceCurrency"},
}
"""What search engines ask of each type; nothing else may occur."""


def assert_well_formed(data: Any) -> None:
    """Every object has a known type with what it needs, and nothing empty."""
    if isinstance(data, list):
        assert data
        for one in data:
            assert_well_formed(one)
    elif isinstance(data, dict):
        assert TYPES[data["@type"]] <= set(data), data
        for value in data.values():
            assert_well_formed(value)
    else:
        assert data not in ("", None)


def test_a_version_is_shared_with_words_and_a_picture(client: Client, version: Version) -> None:
    text = client.get(f"/m/{version.description_id}/v1").content.decode()
    tags = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', text))
    assert (tags["og:title"], tags["og:type"], tags["og:image:width"]) == (
        "Data ethics in practice",
        "website",
        "1200",
    )
    picture = tags["og:image"].removeprefix("https://credentials.example.org")
    response = client.get(picture)
    assert response["Content-Type"] == "image/png" and "public" in response["Cache-Control"]
    with Image.open(io.BytesIO(response.content)) as opened:
        assert opened.size == (1200, 630)
    assert default_storage.exists(f"pictures/{version.digest}.png")  # painted once
    assert client.get(picture).content == response.content
    assert client.get(picture.replace("v1", "v2")).status_code == 404


def test_a_version_with_signs_no_font_has_still_has_a_picture(client: Client, make: Make) -> None:
    version = make(title={"en": "\U00012000 cuneiform"})
    assert client.get(f"/m/{version.description_id}/v1/picture.png").status_code == 200


def test_the_page_of_a_version_needs_the_same_number_of_queries(
    client: Client, version: Version, alice: Person
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/m/{version.description_id}/v1")
        return len(caught)

    offers.create_offer(by=alice, version=version, values={"name": "A"})
    one = count()
    for name in "BC":
        offers.create_offer(by=alice, version=version, values={"name": name})
    assert count() == one
