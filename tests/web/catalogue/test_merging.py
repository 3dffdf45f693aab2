"""Two people who write at the same time: nothing is lost, nothing is overwritten in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain
from tessella_web.catalogue.merging import ChangedMeanwhileError, merged
from tessella_web.catalogue.models import Description
from tests.web.catalogue.samples import colleague
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

_VALUES = st.recursive(
    st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES, _VALUES)
def test_what_one_changed_is_kept(base: Any, changed: Any) -> None:
    assert merged(base, changed, base) == (changed, True)
    assert merged(base, base, changed) == (changed, True)
    assert merged(base, changed, changed) == (changed, True)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"a": 1}, {}, {"a": 1, "b": 2}, {"b": 2}),
        ([{"id": "1", "t": "a"}], [{"id": "1", "t": "b"}], [{"id": "1", "t": "a"}, {"id": "2"}], [{"id": "1", "t": "b"}, {"id": "2"}]),
        ([{"id": "1"}, {"id": "2"}], [{"id": "2"}], [{"id": "1"}, {"id": "2"}, {"id": "3"}], [{"id": "2"}, {"id": "3"}]),
        ([{"id": "1"}, {"id": "2"}], [{"id": "2"}, {"id": "1"}], [{"id": "1"}, {"id": "2", "t": "x"}], [{"id": "2", "t": "x"}, {"id": "1"}]),
        ([{"id": "1"}], [{"id": "1"}, {"new": 1}], [{"id": "1"}, {"id": "2"}], [{"id": "1"}, {"id": "2"}, {"new": 1}]),
        ([{"x": 1}], [{"x": 1}, {"x": 2}], [{"x": 3}], [{"x": 3}, {"x": 2}]),
        (None, [{"x": 1}], [{"x": 2}], [{"x": 2}, {"x": 1}]),
    ],
)  # fmt: skip
def test_what_both_changed_in_different_places_is_brought_together(
    base: Any, mine: Any, theirs: Any, both: Any
) -> None:
    assert merged(base, mine, theirs) == (both, True)


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("a", "b", "c"),
        (None, "b", "c"),
        ({"a": 1}, {"a": 2}, {"a": 3}),
        ([{"id": "1", "t": "a"}], [], [{"id": "1", "t": "b"}]),
        ([{"x": 1}, {"x": 2}], [{"x": 2}], [{"x": 1}, {"x": 3}]),
        (["a"], ["b"], ["c"]),
    ],
)
def test_what_both_changed_in_one_place_is_told(base: Any, mine: Any, theirs: Any) -> None:
    assert merged(base, mine, theirs)[1] is False


@pytest.fixture
def carol(organisation: Organisation) -> Person:
    return colleague("Carol", organisation, Role.COORDINATOR)


def signed_in(person: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(person)
    return client


def form_of(client: CheckingClient, address: str) -> dict[str, Any]:
    """What a browser would send without a change."""
    page = client.get(address)
    data = {field.name: "" if field.value() is None else field.value() for field in page.context["form"]}
    return {**data, "seen": page.context["seen"]}


def test_two_people_on_one_screen(draft: Description, alice: Person, carol: Person) -> None:
    one, other, here = signed_in(alice), signed_in(carol), f"/descriptions/{draft.id}/title"
    mine, theirs = form_of(one, here), form_of(other, here)
    assert other.post(here, {**theirs, "title": "Data ethics for teams"}).status_code == 302
    assert one.post(here, {**mine, "description": "Weigh questions together."}).status_code == 302
    draft.refresh_from_db()
    assert draft.record().title == {"en": "Data ethics for teams"}
    assert draft.record().description == {"en": "Weigh questions together."}
    conflict = one.post(here, {**mine, "title": "Ethics of data"})
    assert conflict.status_code == 409
    for words in ("Carol", "Data ethics for teams", "Ethics of data", "Write mine over it"):
        assert words in conflict.page.text
    draft.refresh_from_db()
    assert draft.title == "Data ethics for teams"
    assert one.post(here, {**mine, "title": "Ethics of data"}, headers={"X-Autosave": "1"}).status_code == 409
    again = dict(conflict.context["sent"])
    assert one.post(here, {**again, "seen": conflict.context["seen"]}).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Ethics of data"
    assert [edit.person.name for edit in draft.edits.filter(element="title") if edit.person][:2] == [
        "Alice",
        "Carol",
    ]


def test_two_people_on_the_outcomes(draft: Description, alice: Person, carol: Person) -> None:
    one, other, here = signed_in(alice), signed_in(carol), f"/descriptions/{draft.id}/outcomes"
    mine, theirs = form_of(one, here), form_of(other, here)
    other.post(
        here,
        {
            **theirs,
            "outcome-lo-00000001": "Explain bias to others",
            "outcome-lo-law": "Apply the law to a case",
        },
    )
    one.post(
        here,
        {**mine, "outcome-lo-bias": "Test data for bias", "outcome-lo-00000002": "Weigh a case with others"},
    )
    draft.refresh_from_db()
    assert [next(iter(one.title.values())) for one in draft.record().outcomes] == [
        "Test data for bias", "Apply the law to a case", "Explain bias to others", "Weigh a case with others",
    ]  # fmt: skip


def test_saving_in_the_background_again_is_no_conflict_with_oneself(
    draft: Description, alice: Person
) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/title"
    data = form_of(client, here)
    first = client.post(here, {**data, "title": "One"}, headers={"X-Autosave": "1"})
    assert first.status_code == 200
    assert json.loads(first.context["seen"])["title"] == "One"
    second = client.post(
        here, {**data, "title": "Two", "seen": first.context["seen"]}, headers={"X-Autosave": "1"}
    )
    assert second.status_code == 200
    draft.refresh_from_db()
    assert draft.title == "Two"


@pytest.mark.parametrize(
    ("screen", "element", "bad"),
    [("outcomes", "outcomes", 3), ("outcomes", "outcomes", "abc"), ("outcomes", "outcomes", [{"title": {}}]), ("need", "relevance", [1]),
     ("evidence", "needs", "x"), ("evidence", "needs", [3]), ("body", "awarding_bodies", [[]]), ("workload", "workload", {"hours": "x"}),
     ("assessment", "assessments", {"covers": 3}), ("level", "levels", "x"), ("quality", "quality", [None])],
)  # fmt: skip
def test_a_form_that_makes_up_what_was_seen(
    draft: Description, alice: Person, screen: str, element: str, bad: Any
) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/{screen}"
    data = form_of(client, here)
    assert client.post(here, {**data, "seen": json.dumps({element: bad})}).status_code in (200, 302, 409)


@pytest.mark.parametrize(
    "seen", ["", "no JSON", "[]", "3", "[" * 90_000, '{"title": 3}', '{"title": {"en": ["x"]}}']
)
def test_a_form_that_says_nothing_usable_about_what_was_seen(
    draft: Description, alice: Person, seen: str
) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/title"
    data = form_of(client, here)
    assert client.post(here, {**data, "title": "One", "seen": seen}).status_code in (200, 302, 409)


def test_the_domain_names_what_both_changed(draft: Description, alice: Person, carol: Person) -> None:
    before = {"title": draft.content["title"]}
    domain.save_element(description=draft, by=carol, element="title", value="Theirs")
    with pytest.raises(ChangedMeanwhileError) as caught:
        domain.save_elements(description=draft, by=alice, values={"title": "Mine"}, seen=before)
    assert caught.value.code == "catalogue.changed-meanwhile"
    assert caught.value.elements == ("title",)
    assert (caught.value.mine, caught.value.theirs) == ({"title": "Mine"}, {"title": "Theirs"})
