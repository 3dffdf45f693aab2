"""Purposes, pilot and evidence of need: checked, shown, compared, reviewed and published."""

from __future__ import annotations

from typing import Any

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain, particulars
from tessella_web.catalogue.changes import compare
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import RefusedError
from tests.web.catalogue.samples import approved, published
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

SAID: dict[str, Any] = {
    "purposes": ["digital", "work"],
    "pilot": True,
    "needs": [
        {"kind": "survey", "says": "41 of 60 want it.", "on": "2026-03-01", "partners": ["City of Twickel"]}
    ],
}


def test_they_are_published_with_the_version_and_not_in_the_record(
    organisation: Organisation, alice: Person, rita: Person
) -> None:
    version = published(organisation, by=alice, reviewer=rita, **SAID)
    assert version.particulars == {**SAID, "purposes": ["work", "digital"]}
    assert "purposes" not in version.content
    assert version.is_as_published()
    page = CheckingClient().get(f"/m/{version.description_id}/v1").page
    for words in (
        "Digital transition",
        "being tried out",
        "41 of 60 want it.",
        "City of Twickel",
        "1 March 2026",
    ):
        assert words in page.text


def test_a_change_of_them_needs_another_review(draft: Description, alice: Person, rita: Person) -> None:
    approved(draft, by=alice, reviewer=rita)
    domain.save_element(description=draft, by=alice, element="pilot", value=True)
    with pytest.raises(RefusedError) as caught:
        domain.publish(description=draft, by=alice)
    assert caught.value.code == "catalogue.not-approved"


def test_versions_show_what_changed_in_them(organisation: Organisation, alice: Person, rita: Person) -> None:
    first = published(organisation, by=alice, reviewer=rita, **SAID)
    description = Description.objects.get()
    domain.save_elements(description=description, by=alice, values={"pilot": None, "purposes": ["green"]})
    approved(description, by=alice, reviewer=rita)
    second = domain.publish(description=Description.objects.get(), by=alice)
    changes = {one.element: one for one in compare(first.whole, second.whole)}
    assert set(changes) >= {"purposes", "pilot"}
    assert changes["purposes"].added == ("Green transition",)
    history = CheckingClient()
    history.force_login(alice)
    assert "Green transition" in history.get(f"/descriptions/{description.id}/history").page.text


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("purposes", ["money"]), ("purposes", "work"), ("pilot", "yes"), ("needs", "a survey"), ("needs", [{"kind": "survey"}]),
        ("needs", [{"kind": "owl", "says": "a"}]), ("needs", [{"says": "a", "on": "last week"}]), ("needs", [{"says": "a", "by": "b"}]),
        ("needs", [{"says": "a", "partners": [3]}]), ("needs", [{"says": "a", "url": "javascript:alert(1)"}]),
        ("needs", [{"says": "a"}] * 11), ("needs", [{"says": "a" * 2001}]), ("needs", ["a"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(draft: Description, alice: Person, element: str, value: Any) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.save_element(description=draft, by=alice, element=element, value=value)
    assert (caught.value.code, caught.value.field) == ("catalogue.element", element)


def test_nothing_said_is_nothing_kept() -> None:
    assert particulars.usable({"purposes": [], "pilot": False, "needs": None}) == {}
    assert particulars.section_of({}) is None
    assert particulars.purpose_label("later") == "later"


@pytest.mark.parametrize(
    "values",
    [
        {"purposes": [["work"]]}, {"purposes": [{}]}, {"purposes": {"work": 1}}, {"needs": [{"kind": ["survey"], "says": "x"}]},
        {"needs": [{"says": "x", "url": "http://["}]}, {"needs": {"": False}}, {"needs": [5]},
    ],
)  # fmt: skip
def test_values_of_any_shape_are_refused_in_words(values: dict[str, object]) -> None:
    with pytest.raises(RefusedError) as caught:
        particulars.usable(values)
    assert caught.value.code == "catalogue.element"
