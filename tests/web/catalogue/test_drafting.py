"""Writing a description: attribution, stable outcomes, values that fit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Description, Edit, Stage
from tessella_web.common.audit import broken_links
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tests.web.catalogue.samples import colleague, published

pytestmark = pytest.mark.django_db


def ids(description: Description) -> dict[str, str]:
    return {outcome.title["en"]: outcome.id for outcome in description.record().outcomes}


def test_a_description_begins_with_the_organisation_as_awarding_body(
    organisation: Organisation, alice: Person
) -> None:
    made = domain.start_description(by=alice, organisation=organisation)
    (body,) = made.record().awarding_bodies
    assert body.name == {"en": "University of Twickel"}
    assert [one.code for one in body.countries] == ["NLD"] or body.countries[0].label("en") == "Netherlands"
    assert made.record().id.endswith(f"/m/{made.id}")
    assert AuditEntry.objects.filter(verb="description.started").count() == 1


def test_an_edit_says_who_changed_what(draft: Description, alice: Person, organisation: Organisation) -> None:
    carla = colleague("Carla", organisation, Role.COORDINATOR)
    domain.save_element(description=draft, by=alice, element="title", value="Ethics of data")
    domain.save_element(description=draft, by=carla, element="title", value="Ethics with data")
    found = list(Edit.objects.values_list("person__name", "element", "before", "after"))
    assert found == [
        ("Carla", "title", "Ethics of data", "Ethics with data"),
        ("Alice", "title", "Data ethics in practice", "Ethics of data"),
    ]
    draft.refresh_from_db()
    assert draft.title == "Ethics with data"


def test_typing_on_is_one_edit_and_coming_back_later_another(draft: Description, alice: Person) -> None:
    for title in ("E", "Et", "Ethics"):
        domain.save_element(description=draft, by=alice, element="title", value=title)
    assert Edit.objects.values_list("before", "after").get() == ("Data ethics in practice", "Ethics")
    Edit.objects.update(last_at=timezone.now() - dt.timedelta(minutes=11))
    domain.save_element(description=draft, by=alice, element="title", value="Ethics again")
    assert Edit.objects.count() == 2
    assert AuditEntry.objects.filter(verb="description.edited").count() == 2
    assert list(broken_links()) == []


def test_saving_the_same_leaves_no_trace(draft: Description, alice: Person) -> None:
    domain.save_element(description=draft, by=alice, element="workload", value=draft.content["workload"])
    assert Edit.objects.count() == 0


def test_outcomes_keep_their_ids_when_words_and_order_change(draft: Description, alice: Person) -> None:
    first = ids(draft)
    bias, law = first.values()
    after = domain.save_element(
        description=draft, by=alice, element="outcomes",
        value=[{"title": "Apply data protection law to a case"}, {"id": bias, "title": "Find bias in data"}, "Decide"],
    )  # fmt: skip
    found = ids(after)
    assert (found["Apply data protection law to a case"], found["Find bias in data"]) == (law, bias)
    assert found["Decide"] not in (bias, law)
    # what is not there any more is not assessed any more
    gone = domain.save_element(
        description=draft, by=alice, element="outcomes", value=[{"id": bias, "title": "Find"}]
    )
    assert gone.record().assessments[0].covers == (bias,)


def test_an_outcome_that_comes_back_gets_its_id_of_an_earlier_version(
    organisation: Organisation, alice: Person, rita: Person
) -> None:
    version = published(organisation, by=alice, reviewer=rita)
    description = version.description
    domain.save_element(description=description, by=alice, element="outcomes", value=["Something else"])
    back = domain.save_element(
        description=description, by=alice, element="outcomes", value=["apply data  protection law to a case"]
    )
    assert [one.id for one in back.record().outcomes] == ["lo-law"]


def test_two_outcomes_with_one_id_are_refused(draft: Description, alice: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.save_element(
            description=draft, by=alice, element="outcomes", value=[{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]
        )  # fmt: skip
    assert (caught.value.code, caught.value.field) == ("catalogue.outcome-twice", "outcomes")


@pytest.mark.parametrize(
    ("element", "value", "field"),
    [
        ("workload", {"hours": "many"}, "workload.hours"),
        ("levels", {"eqf": ["9"]}, "levels.eqf[0]"),
        ("participation", {"modes": ["by owl"]}, "participation.modes[0]"),
        ("title", {"en": 3}, "title"),
        ("workload", {"hours": 3, "owls": 1}, "workload.owls"),
        ("owls", 1, "owls"),
        ("id", "https://elsewhere.example/1", "id"),
        ("version", "7", "version"),
    ],
)
def test_what_the_record_cannot_hold_is_refused_and_nothing_changes(
    draft: Description, alice: Person, element: str, value: Any, field: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.save_element(description=draft, by=alice, element=element, value=value)
    assert caught.value.code == "catalogue.element"
    assert caught.value.field.startswith(field)
    before = draft.content
    draft.refresh_from_db()
    assert (draft.content, Edit.objects.count()) == (before, 0)


def test_taking_an_element_away(draft: Description, alice: Person) -> None:
    after = domain.save_element(description=draft, by=alice, element="levels", value=None)
    assert after.record().levels is None


def test_only_people_with_the_role_write(
    draft: Description, bob: Person, charlie: Person, organisation: Organisation
) -> None:
    for person in (bob, charlie):
        with pytest.raises(NotAllowedError):
            domain.save_element(description=draft, by=person, element="title", value="Mine")
        with pytest.raises(NotAllowedError):
            domain.start_description(by=person, organisation=organisation)


def test_a_partner_edits_what_it_was_invited_to(draft: Description, alice: Person, charlie: Person) -> None:
    partner = accounts.found_organisation(
        founder=charlie, name="College of Harbour", slug="harbour", country="BEL"
    )
    domain.invite_partner(description=draft, by=alice, partner=partner)
    after = domain.save_element(description=draft, by=charlie, element="title", value="Ours together")
    assert after.title == "Ours together"
    assert Edit.objects.get().person == charlie
    with pytest.raises(NotAllowedError):
        domain.submit_for_review(description=draft, by=charlie)
    with pytest.raises(RefusedError):
        domain.invite_partner(description=draft, by=alice, partner=draft.organisation)


def test_what_is_in_review_does_not_change(draft: Description, alice: Person) -> None:
    review = domain.submit_for_review(description=draft, by=alice)
    with pytest.raises(RefusedError) as caught:
        domain.save_element(description=draft, by=alice, element="title", value="Quickly changed")
    assert caught.value.code == "catalogue.in-review"
    domain.take_back(review=review, by=alice)
    after = domain.save_element(description=draft, by=alice, element="title", value="Changed")
    assert after.stage == Stage.DRAFT
