"""An organisation's own checklist: nothing of the European edition disappears, what was used does not change."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.checklist import CURRENT, checklist, edition_for, read_own
from tessella_web.catalogue.checklist_words import WORDS
from tessella_web.catalogue.models import Description, OwnChecklist, Standing
from tessella_web.common.errors import NotAllowedError, RefusedError
from tests.web.catalogue.counting import counted
from tests.web.catalogue.samples import approved
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(person)
    return client


@pytest.fixture
def own(organisation: Organisation, rita: Person) -> OwnChecklist:
    return domain.draft_checklist(by=rita, organisation=organisation)


def adopted(own: OwnChecklist, by: Person) -> OwnChecklist:
    domain.add_question(draft=own, by=by, section="1.5", asks="Did a practitioner look at it?")
    return domain.adopt_checklist(draft=own, by=by)


def test_the_story_of_an_own_edition(
    organisation: Organisation, alice: Person, rita: Person, draft: Description
) -> None:
    client = signed_in(rita)
    assert "Edition 2026-1" in client.get("/o/twickel/checklist/").page.text
    client.post("/o/twickel/checklist/draft/new")
    client.post(
        "/o/twickel/checklist/draft/add/1.5",
        {"asks": "Did a practitioner look at it?", "look": "Name and role."},
    )
    client.post("/o/twickel/checklist/draft/words/1.1-policy", {"asks": "Does our policy of 2025 cover it?"})
    refused = client.post("/o/twickel/checklist/draft/leave-out/1.10-external", {"because": ""}).page
    assert "This needs a few words" in refused.text
    client.post(
        "/o/twickel/checklist/draft/leave-out/1.10-external",
        {"because": "Reviewed with the programme in 2027."},
    )
    page = client.get("/o/twickel/checklist/draft").page
    for words in (
        "our own",
        "our words",
        "not asked",
        "Reviewed with the programme in 2027.",
        "Does a published quality policy of ours",
    ):
        assert words in page.text
    assert "in use" in client.post("/o/twickel/checklist/draft/adopt", follow=True).page.text
    review = domain.submit_for_review(description=draft, by=alice)
    assert review.checklist == edition_for(organisation) != CURRENT
    section = client.get(f"/reviews/{review.id}/checklist/1.5").page
    assert "Did a practitioner look at it?" in section.text
    seen = client.get(f"/reviews/{review.id}/").page
    for words in (
        "Checklist 1 of University of Twickel",
        "1 question of the European edition is not asked here",
        "European edition:",
    ):
        assert words in seen.text
    assert client.get(f"/reviews/{review.id}/checklist/1.10").status_code == 404
    for question in checklist(review.checklist).questions:
        domain.answer(review=review, by=rita, question=question.id, standing=Standing.MET)
    domain.decide(review=review, by=rita, approve=True, evidence="Read.", without_learner="Ill.")
    domain.publish(description=Description.objects.get(), by=alice)
    public = CheckingClient().get(f"/m/{draft.id}/v1").page
    for words in (
        "Checklist 1 of University of Twickel",
        "1 question of that edition was not asked",
        "Reviewed with the programme in 2027.",
    ):
        assert words in public.text
    client.post("/o/twickel/checklist/shipped")
    assert edition_for(organisation) == CURRENT
    assert "Did a practitioner look at it?" in client.get("/o/twickel/checklist/1").page.text
    assert client.get(f"/reviews/{review.id}/").status_code == 200


def test_the_shipped_questions_never_disappear(own: OwnChecklist, rita: Person) -> None:
    shipped = {one.id for one in checklist(CURRENT).questions}
    for one in shipped:
        domain.do_not_ask(draft=own, by=rita, question=one, because="Not here.")
    own.refresh_from_db()
    found = read_own(own)
    assert {one.id for one in found.not_asked} == shipped
    with pytest.raises(RefusedError) as caught:
        domain.adopt_checklist(draft=own, by=rita)
    assert caught.value.code == "checklist.empty"
    domain.ask_again(draft=own, by=rita, question="1.1-policy")
    own.refresh_from_db()
    assert [one.id for one in read_own(own).questions] == ["1.1-policy"]


def test_an_own_question_can_go_and_words_can_go_back(own: OwnChecklist, rita: Person) -> None:
    made = domain.add_question(draft=own, by=rita, section="considerations", asks="Is it fun?")
    domain.reword_question(draft=own, by=rita, question=made.id, asks="Was it fun?")
    own.refresh_from_db()
    assert [one.asks for one in read_own(own).questions if one.is_own] == ["Was it fun?"]
    domain.do_not_ask(draft=own, by=rita, question=made.id)
    original = checklist(CURRENT).questions[0].asks
    for asks in ("Other words?", original):
        domain.reword_question(draft=own, by=rita, question="1.1-policy", asks=asks)
    own.refresh_from_db()
    assert all(not one.is_own and not one.shipped for one in read_own(own).questions)


def test_what_is_in_use_does_not_change(own: OwnChecklist, rita: Person) -> None:
    used = adopted(own, rita)
    for verb in (
        lambda: domain.add_question(draft=used, by=rita, section="1.1", asks="More?"),
        lambda: domain.do_not_ask(draft=used, by=rita, question="1.1-policy", because="x"),
        lambda: domain.adopt_checklist(draft=used, by=rita),
        lambda: domain.drop_draft(draft=used, by=rita),
    ):
        with pytest.raises(RefusedError) as caught:
            verb()
        assert caught.value.code == "checklist.in-use"


def test_an_open_review_keeps_its_edition(
    own: OwnChecklist, alice: Person, rita: Person, draft: Description
) -> None:
    review = domain.submit_for_review(description=draft, by=alice)
    adopted(own, rita)
    review.refresh_from_db()
    assert review.checklist == CURRENT


def test_the_next_edition_begins_with_the_one_in_use(
    own: OwnChecklist, rita: Person, organisation: Organisation
) -> None:
    first = adopted(own, rita)
    second = domain.draft_checklist(by=rita, organisation=organisation)
    assert read_own(second).sections == read_own(first).sections
    with pytest.raises(RefusedError) as caught:
        domain.adopt_checklist(draft=second, by=rita)
    assert caught.value.code == "checklist.unchanged"
    domain.reword_question(draft=second, by=rita, question="1.1-policy", asks="Is there a policy?")
    assert domain.adopt_checklist(draft=second, by=rita).number == 2
    first.refresh_from_db()
    assert first.used_until is not None
    assert OwnChecklist.objects.filter(used_until__isnull=True).count() == 1


@pytest.mark.parametrize("edition", ["2026-9", "own:none", "../2026-1", "2026-1/../../x", ""])
def test_an_edition_that_is_not_there_is_not_found(db: None, edition: str) -> None:
    with pytest.raises(FileNotFoundError):
        checklist(edition)


READING = ("/o/twickel/checklist/", "/o/twickel/checklist/1")
EDITING = ("draft", "draft/add/1.5", "draft/words/1.1-policy", "draft/leave-out/1.1-policy")


@pytest.mark.parametrize("address", [*READING, *(f"/o/twickel/checklist/{one}" for one in EDITING)])
def test_who_sees_and_edits(
    own: OwnChecklist,
    organisation: Organisation,
    alice: Person,
    bob: Person,
    rita: Person,
    charlie: Person,
    address: str,
) -> None:
    adopted(own, rita)
    domain.draft_checklist(by=rita, organisation=organisation)
    assert signed_in(alice).get(address).status_code == 200
    assert signed_in(rita).get(address).status_code == 200
    assert signed_in(bob).get(address).status_code == (200 if address in READING else 403)
    assert signed_in(charlie).get(address).status_code == 404
    assert CheckingClient().get(address).status_code == 302


def test_what_is_not_there_is_not_found(
    own: OwnChecklist, rita: Person, bob: Person, organisation: Organisation
) -> None:
    client = signed_in(rita)
    for address in ("7", "0", "draft/add/9.9", "draft/words/none", "draft/leave-out/none"):
        assert client.get(f"/o/twickel/checklist/{address}").status_code == 404
    domain.drop_draft(draft=own, by=rita)
    assert client.get("/o/twickel/checklist/draft").status_code == 404
    with pytest.raises(NotAllowedError):
        domain.draft_checklist(by=bob, organisation=organisation)
    with pytest.raises(RefusedError):
        domain.return_to_shipped(by=rita, organisation=organisation)


def test_the_list_of_editions_needs_a_constant_number_of_queries(
    own: OwnChecklist, organisation: Organisation, rita: Person, alice: Person, draft: Description
) -> None:
    client = signed_in(rita)
    adopted(own, rita)
    approved(draft, by=alice, reviewer=rita)
    client.get("/o/twickel/checklist/")
    one = counted(lambda: client.get("/o/twickel/checklist/"))
    assert "(1 review)" in client.get("/o/twickel/checklist/").page.text
    for n in range(2):
        more = domain.draft_checklist(by=rita, organisation=organisation)
        domain.add_question(draft=more, by=rita, section="1.1", asks=f"And {n}?")
        domain.adopt_checklist(draft=more, by=rita)
    assert counted(lambda: client.get("/o/twickel/checklist/")) == one


def test_translators_find_every_word_of_the_shipped_edition() -> None:
    found = checklist(CURRENT)
    said = {found.title, found.about, *(section.title for section in found.sections)}
    said |= {words for one in found.questions for words in (one.asks, one.look) if words}
    assert said == set(WORDS)
