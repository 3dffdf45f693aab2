"""One rule and my wallet: tiles in their places, what is missing, what would be if, and a proof that others can check."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from lxml import etree

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.credentials.planning.standing import standing
from tessella_web.credentials.wallet.counting import Known, known, known_rule, rules, towards
from tessella_web.credentials.wallet.entries import entries_of
from tests.web.pages import CheckingClient
from tests.web.planning.making import RULE, offer, publish, publish_course

pytestmark = pytest.mark.django_db


def known_as(rule: PathwayVersion) -> Known:
    found = known_rule(rule.pk)
    assert found is not None
    return found


def test_rules_published_here_come_before_the_examples(dana: Person, rule: PathwayVersion) -> None:
    found = towards(entries_of(dana), on=timezone.localdate())
    own = [one for one in found if not one.known.is_example]
    assert [(one.name, one.outcome, one.is_near) for one in own] == [(rule.pk, "missing", True)]
    assert len(found) == len(rules()) + 1
    assert known(rule.valid_from.replace(year=2020)) == list(rules())


def test_what_lies_where_and_what_is_missing(dana: Person, rule: PathwayVersion) -> None:
    found = standing(dana, entries_of(dana), known_as(rule), on=timezone.localdate())
    core, choice = found.picture.rows
    assert [(one.title, one.tile.title if one.tile else None) for one in core.places] == [
        ("Reading data", "Statistics for everyone"), ("The coast", "Tides and currents"), ("Ethics of data", None),
    ]  # fmt: skip
    assert (core.filled, core.needed, choice.filled, choice.needed) == (2, 3, 0, 1)
    assert [one.title for one in found.picture.others] == ["Writing for the public"]
    assert [(bar.id, bar.reached, bar.needed, bar.lacking) for bar in found.picture.bars] == [
        ("volume", 14, 30, 16), ("level", 11, 15, 4),
    ]  # fmt: skip
    assert [one.title for one in found.answer.cannot_count] == ["First aid on the beach"]


def test_the_page_shows_the_places_and_never_promises(
    client: CheckingClient, dana: Person, rule: PathwayVersion
) -> None:
    client.force_login(dana)
    page = client.get(reverse("wallet-pathway", args=[rule.pk])).page.text
    for words in (
        "3 tiles lie in it", "14 of 30 ECTS", "16", "Ethics of data", "awarded no more than 5 years before",
        "The board wants a letter of motivation.", "decision by examination board",
    ):  # fmt: skip
        assert words in page
    assert "entitled" not in page
    assert client.get(reverse("wallet-pathway", args=["nothing"])).status_code == 404
    assert "as an example" in client.get(reverse("wallet-pathway", args=["malta-master"])).page.text


def test_what_if_leaves_out_and_supposes_passed(
    client: CheckingClient, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    client.force_login(dana)
    address = reverse("wallet-pathway", args=[rule.pk])
    key = next(one.key for one in entries_of(dana) if one.title == "Tides and currents")
    page = client.get(address, {"without": key}).page.text
    assert "Without “Tides and currents”." in page
    assert "Then: Missing: 2 of 3 places of “Core”" in page
    planned = [offered[name].pk for name in ("Data ethics at sea Evenings", "Maps with open data Online", "Programming with coastal data Spring")]  # fmt: skip
    page = client.get(address, {"planned": planned}).page.text
    assert "Now it is “Something is missing”, then it would be “Meets the rule”." in page
    assert "Back to how it is" in page


def test_the_day_can_be_chosen(client: CheckingClient, dana: Person, rule: PathwayVersion) -> None:
    client.force_login(dana)
    later = client.get(reverse("wallet-pathway", args=[rule.pk]), {"on": "2031-01-15"}).page.text
    assert "As of 15 January 2031." in later
    assert "Statistics for everyone: awarded no more than 5 years before" in later
    assert "Choose a day between" in client.get(reverse("wallet-pathway", args=[rule.pk]), {"on": "1800-01-01"}).page.text  # fmt: skip


def test_the_proof_is_checked_without_the_platform(
    client: CheckingClient, dana: Person, rule: PathwayVersion, tmp_path: Path
) -> None:
    client.force_login(dana)
    body = client.get(reverse("wallet-pathway-proof", args=[rule.pk])).content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-m", "tessella", *(tmp_path / "README.txt").read_text().split()[1:]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missing" in done.stdout
    items = json.loads((tmp_path / "items.yaml").read_text())
    items["items"][0]["credits"]["ects"] = "60"
    (tmp_path / "items.yaml").write_text(json.dumps(items))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_picture_is_a_file(client: CheckingClient, dana: Person, rule: PathwayVersion) -> None:
    client.force_login(dana)
    data = client.get(reverse("wallet-pathway-file", args=[rule.pk])).content
    texts = [one.text for one in etree.fromstring(data).iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == RULE["award"]
    assert {"16 ECTS", "Ethics of data", "14 of 30 ECTS"} <= set(texts)


def test_outcomes_are_places_too(dana: Person, alice: Person, organisation: Organisation) -> None:
    outcomes = [
        {"id": "can", "title": "What one can do", "outcomes": ["Can do tides and currents", "Can do magic"]}
    ]
    rule = publish(alice, organisation, amounts=[], groups=[], outcomes=outcomes)
    found = standing(dana, entries_of(dana), known_as(rule), on=timezone.localdate())
    (row,) = found.picture.rows
    assert [(one.title, bool(one.tile), one.is_needed) for one in row.places] == [
        ("Can do tides and currents", True, False), ("Can do magic", False, True),
    ]  # fmt: skip


def test_every_shipped_rule_has_a_picture(client: CheckingClient, dana: Person) -> None:
    client.force_login(dana)
    for one in rules():
        assert client.get(reverse("wallet-pathway", args=[one.key])).status_code == 200
        assert client.get(reverse("wallet-pathway-file", args=[one.key])).status_code == 200


def test_in_another_language_the_same_rules_are_near(dana: Person, rule: PathwayVersion) -> None:
    near = {one.name for one in towards(entries_of(dana), on=timezone.localdate()) if one.is_near}
    with translation.override("de"):
        assert {one.name for one in towards(entries_of(dana), on=timezone.localdate()) if one.is_near} == near


def test_more_rules_take_no_more_queries(
    client: CheckingClient, dana: Person, alice: Person, organisation: Organisation, rule: PathwayVersion
) -> None:
    client.force_login(dana)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    queries(reverse("wallet-towards"))
    one = queries(reverse("wallet-towards")), queries(reverse("wallet-pathway", args=[rule.pk]))
    for number in range(3):
        publish(alice, organisation, title=f"Another {number}", award=f"Award {number}")
        offer(alice, publish_course(organisation, title=f"Course {number}"), starts=5, ends=9)
    assert (queries(reverse("wallet-towards")), queries(reverse("wallet-pathway", args=[rule.pk]))) == one


def test_the_search_finds_rules_by_receiver(
    client: CheckingClient, dana: Person, rule: PathwayVersion
) -> None:
    client.force_login(dana)
    page = client.get(reverse("wallet-towards"), {"words": "twickel coastal"}).page.text
    assert "Coastal Data" in page
    assert "Malta" not in page
