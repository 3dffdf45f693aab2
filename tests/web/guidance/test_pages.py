"""The pages of skills gaps and entry requirements, as people go through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.guidance.entry import domain as entry
from tessella_web.guidance.entry.models import EntryRule
from tessella_web.guidance.skills.models import SkillMapping
from tests.web.guidance.conftest import SKILL, STEWARD
from tests.web.guidance.test_gap import bring
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

GAP, WORDS, OPENS = (reverse(f"wallet-{name}") for name in ("gap", "words", "opens"))


def test_an_occupation_is_found_by_words_and_near_ones_are_named(
    client: CheckingClient, dana: Person, esco: None
) -> None:
    client.force_login(dana)
    bring(dana, "Ethics", "apply-data-ethics")
    assert "data steward 1 of 3 essential skills" in client.get(GAP).page.text
    found = client.get(GAP, {"q": "wind turb"}).content.decode()
    assert re.findall(r'occupation=[^"]+">([^<]+)<', found) == ["wind turbine technician"]
    assert "Nothing is called “xyzzy”" in client.get(GAP, {"q": "xyzzy"}).page.text
    assert "not in the list" in client.get(GAP, {"occupation": "https://x.example"}).page.text


def test_the_gap_says_what_shows_each_skill_what_is_missing_and_whence_the_list_is(
    client: CheckingClient, dana: Person, esco: None, publish: Callable[..., Version]
) -> None:
    client.force_login(dana)
    bring(dana, "Ethics", "apply-data-ethics")
    law = publish("Law for data", "data-protection-law")
    text = client.get(GAP, {"occupation": STEWARD}).page.text
    for said in (
        "Your certificates show 1 of 3 essential skills", "Brings: data protection law", "version 0 (fictitious), names in: en",
        "stated; how it was assessed is not said",
    ):  # fmt: skip
        assert said in text
    planned = client.get(GAP, {"occupation": STEWARD, "plan": [law.description_id, "nothing"]}).page.text
    assert "As if you had passed" in planned
    assert "if you pass it" in planned


def test_an_occupation_is_a_goal_that_plans_and_mosaics_lead_to(
    client: CheckingClient, dana: Person, esco: None
) -> None:
    client.force_login(dana)
    bring(dana, "Ethics", "apply-data-ethics")
    html = client.get(GAP, {"occupation": STEWARD}).content.decode()
    (plan,) = re.findall(r'href="([^"]+/plan)"', html)
    (mosaic,) = re.findall(r'href="([^"]+/towards/occupation-[0-9]+)"', html)
    assert client.get(plan).status_code == 200
    text = client.get(mosaic).page.text
    assert "data protection law" in text
    assert "from public accounts" not in text
    assert client.get(plan.replace("occupation-", "occupation-9")).status_code == 404


def test_what_words_mean_is_confirmed_shown_as_ones_own_and_taken_back(
    client: CheckingClient, dana: Person, esco: None
) -> None:
    client.force_login(dana)
    bring(dana, "Sheets", says="Use spreadsheets safely")
    assert "names no skill of the list" in client.get(GAP, {"occupation": STEWARD}).page.text
    assert "suggested by its words" in client.get(WORDS).page.text
    client.post(WORDS, {"text": "Use spreadsheets safely", "skill": SKILL + "use-spreadsheets"})
    assert "Your own statement use spreadsheets" in client.get(WORDS).page.text
    gap = client.get(GAP, {"occupation": STEWARD}).page.text
    assert "that its words “Use spreadsheets safely” mean this; the issuer did not" in gap
    client.post(WORDS, {"take-back": SkillMapping.objects.get().id})
    assert not SkillMapping.objects.exists()
    refused = client.post(WORDS, {"text": "Fly", "skill": SKILL + "use-spreadsheets"})
    assert (refused.status_code, "in words of its own" in refused.page.text) == (409, True)
    looked = client.get(WORDS, {"text": "Use spreadsheets safely", "q": "data prot"}).page.text
    assert "data protection law found" in looked


def test_without_the_classification_the_pages_say_so(client: CheckingClient, dana: Person) -> None:
    client.force_login(dana)
    assert "is not loaded here" in client.get(GAP).page.text
    assert "is not loaded here" in client.get(WORDS).page.text


def test_what_a_wallet_opens_is_shown_with_why(
    client: CheckingClient, dana: Person, publish: Callable[..., Version]
) -> None:
    client.force_login(dana)
    version = publish("After bees", prerequisites={"credentials": ["Beekeeping"]})
    publish("Hard", prerequisites={"level": "8"})
    assert "Nothing yet" in client.get(OPENS).page.text
    bring(dana, "Beekeeping")
    page = client.get(OPENS).page
    assert "Met as published; University of Twickel decides." in page.text
    assert "Hard" not in page.text
    assert reverse("version-latest", args=[version.description_id]) in client.get(OPENS).content.decode()
    assert "Nothing in the wallet fits." in client.get(OPENS, {"show": "missing"}).page.text
    assert "Hard" in client.get(OPENS, {"show": "all"}).page.text


def fields(client: CheckingClient, address: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    html = client.get(address).content.decode()
    sent = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name = re.search(r' name="(r\d-\w+|title|url|source)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name:
            sent[name[1]] = value[1].replace("&quot;", '"') if value else ""
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>\r?\n?([^<]*)</textarea>', html):
        sent[name] = body
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    return sent


@pytest.mark.parametrize(
    "requirements",
    [
        [{"where": {"level": {"at_least": "6"}}}],
        [{"where": {"level": {"framework": "nqf-nl", "at_least": "6"}}}, {"words": "A letter"}],
        [{"title": "Computing", "where": {"field": ["061", "068"], "assessed": True, "any_of": [{"mode": ["online"]}]}, "of": "credits", "at_least": "7.5"}],
        [{"where": {"level": {"at_most": "7"}, "issuer": ["Twickel"]}}],
        [{"where": {"credential": ["Law", "urn:law"], "level": {"at_least": "5", "at_most": "7"}}}],
        [{"where": {"not": {"outcome": ["x"]}, "max_age_months": 60}, "of": "hours", "at_least": "100"}],
    ],
)  # fmt: skip
def test_the_form_saved_as_it_stands_changes_nothing(
    client: CheckingClient, alice: Person, organisation: Organisation, requirements: list[Any]
) -> None:
    rule = entry.create(by=alice, organisation=organisation, title="M", requirements=requirements)
    client.force_login(alice)
    address = reverse("entry-rule", args=["twickel", rule.id])
    assert client.post(address, fields(client, address)).status_code == 302
    assert EntryRule.objects.get(pk=rule.pk).rule() == rule.rule()


def test_a_provider_says_what_is_needed_changes_it_and_takes_it_away(
    client: CheckingClient,
    alice: Person,
    bob: Person,
    organisation: Organisation,
    publish: Callable[..., Version],
) -> None:
    version = publish("Hard")
    client.force_login(alice)
    new = reverse("entry-rule-new", args=["twickel"]) + f"?description={version.description_id}"
    sent = {**fields(client, new), "r0-level": "6", "r1-words": "A letter"}
    assert client.post(new, sent).status_code == 302
    rule = EntryRule.objects.get()
    assert (rule.description_id, rule.title, len(rule.requirements)) == (version.description_id, "Hard", 2)
    listing = reverse("entry-rules", args=["twickel"])
    assert "a credential at EQF level 6 or more" in client.get(listing).page.text
    one = reverse("entry-rule", args=["twickel", rule.id])
    assert "Level at least" in client.get(one).page.text
    wrong = client.post(one, {**fields(client, one), "r0-words": "and a letter"})
    assert (wrong.status_code, "either a condition" in wrong.page.text) == (200, True)
    assert client.post(one, {**fields(client, one), "r0-level": "7"}).status_code == 302
    client.force_login(bob)
    assert "a credential at EQF level 7 or more" in client.get(listing).page.text
    assert client.get(one).status_code == 403
    client.force_login(alice)
    assert client.post(reverse("entry-rule-remove", args=["twickel", rule.id])).status_code == 302
    assert not EntryRule.objects.exists()
