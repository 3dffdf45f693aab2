"""A slow twin: what the index finds and counts is what reading every description from end to end finds and counts."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.search.domain import index
from tessella_web.catalogue.search.facets import Source, codes_of
from tessella_web.catalogue.search.queries import MAX_CODES, Asked, search
from tessella_web.catalogue.search.words import stem, words
from tests.web.catalogue.search.conftest import Make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]

TODAY = dt.date(2026, 11, 22)

WORDS = {
    "en": [
        "reading",
        "water",
        "ditches",
        "measuring",
        "measures",
        "data",
        "ethics",
        "energy",
        "heating",
        "care",
        "cared",
        "dates",
        "datum",
    ],
    "de": [
        "wasser",
        "gräben",
        "messen",
        "messung",
        "daten",
        "ethik",
        "energie",
        "heizung",
        "pflege",
        "pflegen",
        "wärme",
    ],
    "nl": [
        "water",
        "sloten",
        "meten",
        "metingen",
        "gegevens",
        "ethiek",
        "energie",
        "zorg",
        "zorgen",
        "warmte",
    ],
}
COUNTRIES = ("NL", "DE", "BE")


def _content(dice: random.Random) -> dict[str, Any]:
    languages = dice.sample(sorted(WORDS), dice.choice((1, 1, 2)))

    def text(count: int) -> dict[str, str]:
        return {one: " ".join(dice.choices(WORDS[one], k=count)) for one in languages}

    return {
        "language": languages[0], "title": text(3), "description": text(6),
        "outcomes": [{"id": f"o{number}", "title": text(4)} for number in range(dice.randrange(3))],
        "awarding_bodies": [{"name": "Somebody", "places": dice.sample(COUNTRIES, dice.choice((1, 2)))}],
        "fields": dice.sample(["0619", "0521", "0913"], dice.randrange(3)),
        "levels": dice.choice(({"eqf": ["5"]}, {"eqf": ["6", "7"]}, {"not_applicable": "Youth work"}, None)),
        "workload": dice.choice(({"hours": 20}, {"hours": 100}, None)),
        "participation": {"modes": dice.sample(["online", "on-site"], dice.randrange(3)), "languages": languages},
        "cost": dice.choice(({"price": 0}, {"price": 250}, {"price": 10, "currency": "SEK"}, None)),
        "stackability": dice.choice(({"stackable": True}, None)),
        "quality": [], "assessments": [], "criteria": {},
    }  # fmt: skip


def _matches(version: Version, typed: str) -> bool:
    """Whether all words stand in one language: by their stem, or the last one as the beginning of a word."""
    record = version.record()
    asked = words(typed)
    for language in {*record.title, *record.description}:
        texts = [record.title, record.description, *(one.title for one in record.outcomes)]
        there = words(" ".join(["Somebody", *(one.get(language, "") for one in texts)]))
        stems = {stem(one, language) for one in there}
        if all(
            stem(one, language) in stems
            or (one is asked[-1] and len(one) >= 3 and any(other.startswith(one) for other in there))
            for one in asked
        ):
            return True
    return False


def _codes(version: Version) -> Mapping[str, list[str]]:
    return codes_of(Source(version, version.record(), version.organisation, {}, False))


QUESTIONS = (
    "", "water", "wasser", "reading water", "mess", "measured", "zorg energie", "dat", "energie", "ethik daten", "somebody", "volcano",
)  # fmt: skip
CHOICES: tuple[dict[str, tuple[str, ...]], ...] = (
    {},
    {"level": ("6",)},
    {"level": ("5", "none"), "mode": ("online",)},
    {"country": ("NL", "BE"), "workload": ("to-25",), "language": ("de",)},
    {"provider": ("hill",), "price": ("free", "other")},
)


def test_what_is_found_and_counted_is_what_reading_everything_gives(
    make: Make, organisation: Organisation, alice: Person
) -> None:
    dice = random.Random(11)
    hill = accounts.found_organisation(founder=alice, name="Academy of the Hill", slug="hill", country="DEU")
    versions = [make(by=dice.choice((organisation, hill)), **_content(dice)) for _ in range(40)]
    kept = [one for place, one in enumerate(versions) if place % 7]
    for one in versions:
        if one not in kept:
            one.withdrawn_at = timezone.now()
            one.save(update_fields=["withdrawn_at"])
            index(one.description)
    codes = {one.id: _codes(one) for one in kept}
    for typed in QUESTIONS:
        matching = [one for one in kept if not typed or _matches(one, typed)]
        for chosen in CHOICES:
            found = search(Asked(words=typed, chosen=chosen), on=TODAY)

            def allowed(version: Version, but: str = "", chosen: dict[str, tuple[str, ...]] = chosen) -> bool:
                return all(
                    set(codes[version.id].get(name, ())) & set(wanted)
                    for name, wanted in chosen.items()
                    if name != but
                )

            assert found.total == sum(map(allowed, matching)), (typed, chosen)
            for counted in found.facets:
                name = counted.facet.id
                if counted.facet.read is None or name == "complete":
                    continue
                expected = Counter(
                    code for one in matching if allowed(one, name) for code in codes[one.id].get(name, ())
                )
                shown = {one.code: one.count for one in counted.choices if one.count}
                assert shown == dict(expected.most_common(MAX_CODES)), (typed, chosen, name)


def test_the_ranking_holds_exactly_what_was_found(make: Make) -> None:
    dice = random.Random(5)
    for _ in range(30):
        make(**_content(dice))
    for typed in ("water", "energie", "dat"):
        first = search(Asked(words=typed), on=TODAY)
        others = [search(Asked(words=typed, page=page), on=TODAY) for page in range(2, first.pages + 1)]
        numbers = [number for page in (first, *others) for number in page.numbers]
        assert len(numbers) == len(set(numbers)) == first.total > 0
