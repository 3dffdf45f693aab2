"""Linking outcomes with skills: on the outcomes, on the step of their own, confirmed by a person."""

from __future__ import annotations

from typing import Any

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.esco import domain as esco
from tessella_web.catalogue.models import Description
from tests.web.catalogue.counting import counted
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

BASE = "https://example.org/fictitious-esco/skill/"
BIAS, LAW, FIRST_AID = (BASE + one for one in ("assess-data-bias", "data-protection-law", "first-aid"))


@pytest.fixture(autouse=True)
def excerpt(db: None) -> None:
    esco.load_excerpt()


def signed_in(person: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(person)
    return client


def skills_of(description: Description) -> dict[str, list[str]]:
    description.refresh_from_db()
    return {one.id: [skill.uri for skill in one.esco] for one in description.record().outcomes}


def test_the_words_of_an_outcome_suggest_skills(draft: Description, alice: Person) -> None:
    page = signed_in(alice).get(f"/descriptions/{draft.id}/skills").page
    assert "assess bias in data" in page.text
    assert "data protection law" in page.text


def test_a_tick_is_kept_with_who_made_it(draft: Description, alice: Person) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/skills"
    client.post(here, {"skill-lo-bias": [BIAS], "skill-lo-law": [LAW]})
    assert skills_of(draft) == {"lo-bias": [BIAS], "lo-law": [LAW]}
    assert draft.workings["skills"]["lo-bias"][BIAS]["by"] == alice.id
    skill = draft.record().outcomes[0].esco[0]
    assert skill.labels["en"] == "assess bias in data"
    assert "Chosen by a person." in client.get(here).page.text
    unknown = client.post(here, {"skill-lo-bias": ["https://example.org/unknown"]})
    assert "Select a valid choice" in unknown.page.text
    client.post(here, {"skill-lo-law": [LAW]})
    assert skills_of(draft) == {"lo-bias": [], "lo-law": [LAW]}
    assert "lo-bias" not in draft.workings["skills"]


def test_looking_for_a_skill_needs_no_script(draft: Description, alice: Person) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/skills"
    found = client.post(here, {"find-lo-bias": "erste hil", "skill-lo-bias": [BIAS], "find": "1"})
    assert found.status_code == 200
    assert "first aid" in found.page.text
    ticked = [
        one for one in found.page.fields if one.get("value") == BIAS and one.get("name") == "skill-lo-bias"
    ]
    assert "checked" in ticked[0]
    assert skills_of(draft) == {"lo-bias": [], "lo-law": []}
    nothing = client.post(here, {"find-lo-bias": "xyzzyx", "find": "1"}).page
    assert "Nothing is called “xyzzyx”" in nothing.text


def test_skills_ticked_while_typing_come_with_the_outcome(draft: Description, alice: Person) -> None:
    client = signed_in(alice)
    client.post(
        f"/descriptions/{draft.id}/outcomes",
        {"outcome-lo-bias": "Test data for bias", "outcome-lo-law": "Apply the law", "outcome-lo-00000001": "Give first aid",
         "skill-lo-00000001": [FIRST_AID], "skill-lo-bias": [BIAS]},
    )  # fmt: skip
    assert skills_of(draft) == {"lo-bias": [BIAS], "lo-law": [], "lo-00000001": [FIRST_AID]}
    client.post(
        f"/descriptions/{draft.id}/outcomes",
        {"outcome-lo-bias": "Test data for bias", "outcome-lo-law": "Apply the law"},
    )
    assert skills_of(draft)["lo-bias"] == [BIAS]


def test_the_skills_of_a_file_wait_for_somebody(organisation: Organisation, alice: Person) -> None:
    foreign = {"uri": "http://data.europa.eu/esco/skill/foreign", "labels": {"en": "do something"}}
    outcome = {"id": "lo-1", "title": "Do it", "esco": [foreign]}
    made = domain.start_description(
        by=alice, organisation=organisation, content={"title": "A", "outcomes": [outcome]}
    )
    client, here = signed_in(alice), f"/descriptions/{made.id}/skills"
    page = client.get(here).page
    assert "Came with the file" in page.text
    client.post(here, {"skill-lo-1": [foreign["uri"]]})
    assert skills_of(made) == {"lo-1": [foreign["uri"]]}
    assert "Chosen by a person." in client.get(here).page.text


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"text": "soil sam"}, "take soil samples"),
        ({"text": "Weighs and applies data ethics", "whole": "1"}, "apply data ethics"),
    ],
)
def test_a_script_gets_skills_to_tick(
    draft: Description, alice: Person, query: dict[str, Any], label: str
) -> None:
    answer = signed_in(alice).get(f"/descriptions/{draft.id}/skills/find", {**query, "outcome": 'lo-"><b>'})
    assert label in answer.content.decode()
    assert '"><b>' not in answer.content.decode()


def test_who_may_look(draft: Description, alice: Person, bob: Person, charlie: Person) -> None:
    here = f"/descriptions/{draft.id}/skills/find?text=soil"
    assert signed_in(alice).get(here).status_code == 200
    assert signed_in(bob).get(here).status_code == 403
    assert signed_in(charlie).get(here).status_code == 404
    assert CheckingClient().get(here).status_code == 302


def test_the_step_needs_a_constant_number_of_queries(draft: Description, alice: Person) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/skills"
    client.get(here)
    two = counted(lambda: client.get(here))
    more = [{"id": f"lo-{n}", "title": f"Take soil samples {n}"} for n in range(6)]
    domain.save_element(
        description=draft, by=alice, element="outcomes", value=[*draft.content["outcomes"], *more]
    )
    assert counted(lambda: client.get(here)) == two


def test_partners_are_led_back_to_their_own_organisation(
    draft: Description, alice: Person, charlie: Person
) -> None:
    from tessella_web.accounts import domain as accounts

    theirs = accounts.found_organisation(founder=charlie, name="Lake", slug="lake", country="NLD")
    domain.invite_partner(description=draft, by=alice, partner=theirs)
    client = signed_in(charlie)
    for page in ("", "title", "history"):
        found = client.get(f"/descriptions/{draft.id}/{page}").page
        links = [address for address, _text in found.links] or []
        assert "/o/twickel/" not in " ".join(links)
    answer = client.get(f"/descriptions/{draft.id}/").content.decode()
    assert "/o/lake/descriptions/" in answer
    assert 'href="/o/twickel/' not in answer


def test_the_workload_is_explained(draft: Description, alice: Person) -> None:
    client, here = signed_in(alice), f"/descriptions/{draft.id}/workload"
    client.post(here, {"classes": "24", "own_study": "50", "assessment": "10", "credits": "3"})
    page = client.get(here).page
    assert "Together 84 hours." in page.text
    assert "You state 3 credits: 28 hours for each. That fits." in page.text
    quiet = client.post(
        here,
        {"classes": "24", "own_study": "50", "assessment": "10", "credits": "5"},
        headers={"X-Autosave": "1"},
    )
    assert (
        "16.8 hours for each. That promises more than there is; 2.8 to 3.4 would fit."
        in quiet.content.decode()
    )
    client.post(here, {"hours": "40"})
    assert "1.3 to 1.6" in client.get(here).page.text
