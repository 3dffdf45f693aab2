"""The card in other sites' frames: small, without cookies, without anything about the person, and as it stands now."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client

from tessella_web.credentials.domain import awards
from tessella_web.credentials.models import Award
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

MAX_CARD_BYTES = 20_000


def card(award: Award, **query: str) -> Any:
    return Client().get(f"/a/{award.id}/card", query)


def test_only_the_card_may_be_framed(award: Award) -> None:
    found = card(award)
    directives = dict(one.strip().split(" ", 1) for one in found["Content-Security-Policy"].split(";"))
    assert (directives["frame-ancestors"], directives["script-src"], "X-Frame-Options" in found) == (
        "*",
        "'none'",
        False,
    )
    for address in (f"/a/{award.id}", "/verify", "/verify/many", "/", f"/a/{award.id}/claim"):
        other = Client().get(address)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"


def test_a_card_is_small_and_sets_no_cookie_and_asks_nobody_else(award: Award) -> None:
    found = card(award)
    style = finders.find("pages/card.css")
    assert isinstance(style, str)
    assert len(found.content) + Path(style).stat().st_size < MAX_CARD_BYTES
    assert (found.cookies.output(), "Set-Cookie" in found) == ("", False)
    page = found.content.decode()
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert [
        one for one in loaded if not one.startswith(("/static/", "data:", "https://credentials.example/"))
    ] == []
    assert "<script" not in page


def test_a_card_says_nothing_about_the_person(award: Award) -> None:
    page = card(award).content.decode()
    assert [one for one in ("Ada0", "Alder", "ada0@", "2000") if one in page] == []
    assert ("Data ethics in practice" in page, "University of Twickel" in page) == (True, True)


def test_a_card_says_how_it_stands_now(alice: Any, award: Award) -> None:
    assert "verdict-passed" in card(award).content.decode()
    awards.revoke(by=alice, award=award, reason="plagiarism")
    page = card(award).content.decode()
    assert ("Revoked" in page, "since " in page, "plagiarism" in page) == (True, True, False)


def test_a_card_of_what_was_never_there_says_so(db: None) -> None:
    found = Client().get("/a/AAAAAAAAAAAAAAAAAAAAAA/card")
    assert (found.status_code, "Nothing to show" in found.content.decode()) == (404, True)
    assert Client().get("/s/nothing/card").status_code == 404


@pytest.mark.parametrize(
    ("theme", "wanted"), [("dark", ' class="dark"'), ("light", ' class="light"'), ("x", "")]
)
def test_a_card_is_light_or_dark(award: Award, theme: str, wanted: str) -> None:
    page = card(award, theme=theme).content.decode()
    assert re.search(r"<html[^>]*?( class=\"\w+\")?>", page).group(1) == (wanted or None)  # type: ignore[union-attr]


def test_an_award_says_where_its_card_is(award: Award) -> None:
    page = Client().get(f"/a/{award.id}").content.decode()
    found = dict(re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', page))
    assert set(found) == {"application/json+oembed", "text/xml+oembed"}
    for address in found.values():
        parts = urlsplit(address)
        assert parse_qs(parts.query)["url"] == [f"https://credentials.example/a/{award.id}"]
        assert Client().get(parts.path, parse_qs(parts.query)).status_code == 200


def asked(suffix: str, award: Award, **query: str) -> Any:
    return Client().get(f"/oembed.{suffix}", {"url": f"https://credentials.example/a/{award.id}", **query})


def test_oembed_gives_a_frame_in_json_and_xml(award: Award) -> None:
    found = asked("json", award).json()
    assert (found["version"], found["type"], found["title"], found["width"]) == (
        "1.0", "rich", "Data ethics in practice", 420,
    )  # fmt: skip
    assert f'src="https://credentials.example/a/{award.id}/card"' in found["html"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in found["html"]
    answer = asked("xml", award)
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert {one.tag: one.text for one in ElementTree.fromstring(answer.content)} == {
        name: str(value) for name, value in found.items()
    }


def test_oembed_keeps_to_the_space_there_is(award: Award) -> None:
    found = asked("json", award, maxwidth="300", maxheight="160").json()
    assert (found["width"], found["height"], 'width="300"' in found["html"]) == (300, 160, True)
    assert asked("json", award, maxwidth="100").status_code == 404
    assert asked("json", award, maxwidth="many").json()["width"] == 420


def test_oembed_knows_its_own_addresses_and_formats_only(award: Award) -> None:
    assert asked("json", award, format="xml").status_code == 501
    for address in (
        "https://elsewhere.example/a/x",
        "https://credentials.example/verify",
        "",
        "javascript:alert(1)",
    ):
        assert Client().get("/oembed.json", {"url": address}).status_code == 404


def test_the_title_of_an_award_cannot_leave_its_place(client: CheckingClient, award: Award) -> None:
    content = award.version.content | {"title": {"en": '"><script>alert(1)</script>'}}
    with connection.cursor() as cursor:  # a published version does not change: written past the models
        cursor.execute("UPDATE catalogue_version SET content = %s", [json.dumps(content)])
    assert "alert(1)" in asked("json", award).json()["title"]
    assert "<script" not in asked("json", award).json()["html"]
    assert "<script" not in card(award).content.decode()
