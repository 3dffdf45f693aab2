"""Claims in normal form: one way to write each value, and an element for every field."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings

from tessella.canonical import COPY_FACTS, ELEMENTS, claims, element_of, key_of
from tessella.model import (
    Award,
    Credits,
    Image,
    Learner,
    Levels,
    MicroCredential,
    Organisation,
    Outcome,
    Place,
    Workload,
)
from tessella.model._shape import field_shapes
from tessella.vocabulary import Concept, code_list
from tests.formats.openbadges3.strategies import awards


def of(learner: Learner | None = None, **micro: object) -> dict[str, object]:
    return claims(Award(micro_credential=MicroCredential(**micro), learner=learner or Learner()))


def test_every_field_belongs_to_an_element_or_to_the_copy() -> None:
    parts = (("", Award), ("micro_credential.", MicroCredential), ("learner.", Learner))
    missing = [
        path
        for prefix, part in parts
        for name in field_shapes(part)
        if (path := prefix + name) not in (*COPY_FACTS, "micro_credential", "learner")
        and element_of(path) is None
    ]
    assert missing == []
    assert len({one.id for one in ELEMENTS}) == len(ELEMENTS)


def test_places_of_the_awarding_body_are_another_element() -> None:
    body = Organisation(name={"en": "Lakeside"}, places=(Place(region="FI1"),))
    found = of(awarding_bodies=(body,))
    assert found["micro_credential.awarding_bodies"] == [{"name": {"en": "Lakeside"}}]
    assert found["micro_credential.awarding_bodies.places"] == [{"region": "FI1"}]
    assert element_of("micro_credential.awarding_bodies.places") is not element_of(
        "micro_credential.awarding_bodies"
    )


@pytest.mark.parametrize(
    ("path", "micro", "expected"),
    [
        ("micro_credential.title", {"title": {"EN-gb": " Cafe\u0301 "}}, {"en-gb": "Café"}),
        ("micro_credential.workload.hours", {"workload": Workload(hours=Decimal("1.50E+2"))}, "150"),
        ("micro_credential.workload.credits", {"workload": Workload(credits=(Credits(points=Decimal("2.50")),))}, [{"points": "2.5"}]),
        ("micro_credential.modified_on", {"modified_on": dt.date(2026, 1, 2)}, "2026-01-02"),
        ("micro_credential.levels.eqf", {"levels": Levels(eqf=(Concept(uri="https://data.europa.eu/snb/eqf/5/"),))}, ["http://data.europa.eu/snb/eqf/5"]),
        ("micro_credential.type", {"type": Concept(uri="", labels={"EN": "Course"})}, {"labels": {"en": "Course"}}),
        ("micro_credential.credit_bearing", {"credit_bearing": False}, False),
    ],
)  # fmt: skip
def test_values_have_one_normal_form(path: str, micro: dict[str, object], expected: object) -> None:
    assert of(**micro)[path] == expected


def test_labels_of_a_known_concept_say_nothing_more() -> None:
    level = code_list("eqf").require("5")
    renamed = msgspec.structs.replace(level, labels={"en": "Something"})
    assert of(levels=Levels(eqf=(level,))) == of(levels=Levels(eqf=(renamed,)))


def test_instants_are_in_utc_and_addresses_keep_their_local_part() -> None:
    moment = dt.datetime(2026, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    found = claims(
        Award(micro_credential=MicroCredential(), learner=Learner(email="Ada@Post.Example"), issued_at=moment)
    )
    assert (found["issued_at"], found["learner.email"]) == ("2025-12-31T23:00:00Z", "Ada@post.example")


def test_pictures_are_their_digests() -> None:
    logo = Image(content=b"x", media_type="image/png")
    (body,) = of(awarding_bodies=(Organisation(name={"en": "A"}, logo=logo),))[
        "micro_credential.awarding_bodies"
    ]  # type: ignore[misc]
    assert body["logo"] == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_lists_have_no_order_and_nothing_twice() -> None:
    one, other = Outcome(id="1", title={"en": "A"}), Outcome(id="2", title={"en": "B"})
    assert of(outcomes=(one, other, one)) == of(outcomes=(other, one))


@settings(max_examples=60, deadline=None)
@given(awards())
def test_claims_can_be_written_in_bytes_and_belong_to_an_element(award: Award) -> None:
    found = claims(award)
    assert key_of(found) == key_of(claims(award))
    assert [path for path in found if element_of(path) is None] == []
