"""The guided form, the review and the public page, as people use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.checklist import checklist
from tessella_web.catalogue.models import Decision, Description, QualityReview, Stage, Version
from tessella_web.pages.describe.screens import SCREENS
from tests.support import shared
from tests.web.catalogue.samples import COMPLETE, answer_all, approved, published
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

ANSWERS: dict[str, dict[str, Any]] = {
    "kind": {"record_type": "micro-credential"},
    "title": {"title": "Soil health for growers", "description": "Look after the soil.", "language": "en",
              "other_title": "Bodemgezondheid", "other_language": "nl"},
    "subject": {"field": "0811"},
    "body": {"name": "University of Twickel", "country": "NL", "degree_awarding": "yes", "legal_id": "NTRNL-1"},
    "outcomes": {"outcome-lo-00000001": "Take soil samples and read the results", "more": "- Plan a rotation\n\n• Explain it to others"},
    "skills": {},
    "workload": {"classes": "24", "own_study": "50", "assessment": "10", "credits": "3"},
    "level": {"level": "5"},
    "participation": {"modes": ["blended"], "language": "en", "location": "Twickel"},
    "assessment": {"type": "portfolio", "criteria": "Four criteria.", "supervision": "supervised-with-id", "mode": "on-site"},
    "quality": {"kind": "internal", "title": "Programme committee", "scheme": "ESG 2015", "decided_on": "2026-03-01"},
    "entry": {"needed": "no"},
    "use": {"stackable": "no"},
    "purpose": {"purposes": ["green", "work"], "pilot": "on"},
    "need": {"relevance": "Asked for by growers in 2025.", "homepage": "https://twickel.example/soil"},
    "evidence": {"kind": "survey", "says": "41 of 60 growers want this.", "on": "2026-03-01", "partners": "Growers of Twickel\nCity of Twickel"},
}  # fmt: skip


def at(description: Description, screen: str, item: int = 0) -> str:
    return f"/descriptions/{description.id}/{screen}" + (f"?item={item}" if item else "")


def test_the_story_from_nothing_to_a_public_page(
    organisation: Organisation, alice: Person, rita: Person, lena: Person
) -> None:
    author, reviewer, learner, public = (CheckingClient() for _ in range(4))
    for client, person in ((author, alice), (reviewer, rita), (learner, lena)):
        client.force_login(person)
    assert "Describe something new" in author.get("/o/twickel/descriptions/").page.text
    first = author.post("/o/twickel/descriptions/new", follow=True)
    description = Description.objects.get()
    assert first.request["PATH_INFO"] == at(description, "kind")
    here = at(description, "kind")
    for screen in SCREENS:
        assert here == at(description, screen.id)
        data = dict(ANSWERS[screen.id])
        if screen.id == "assessment":
            data["covers"] = [one.id for one in description.record().outcomes]
        answer = author.post(here, data)
        assert answer.status_code == 302, answer.page.text
        here = answer["Location"]
        author.get(here)
        description.refresh_from_db()
    overview = author.get(here).page
    assert "Complete by the European standard" in overview.text
    record = description.record()
    assert record.title == {"en": "Soil health for growers", "nl": "Bodemgezondheid"}
    assert [one.title["en"] for one in record.outcomes] == [
        "Take soil samples and read the results", "Plan a rotation", "Explain it to others",
    ]  # fmt: skip
    assert record.workload is not None
    assert (record.workload.hours, record.workload.contact_hours) == (84, 24)
    assert record.assessments[0].covers == tuple(one.id for one in record.outcomes)

    author.post(f"/descriptions/{description.id}/submit")
    review = QualityReview.objects.get()
    assert "Soil health for growers" in reviewer.get("/o/twickel/reviews/").page.text
    reviewer.post(f"/reviews/{review.id}/comment", {"element": "outcomes", "text": "Is explaining assessed?"})
    reviewer.post(f"/reviews/{review.id}/changes", {"evidence": "See my comment."})
    assert "See my comment." in author.get(f"/descriptions/{description.id}/").page.text
    comment = review.comments.get()
    author.post(f"/reviews/{review.id}/comment/{comment.id}", {"reply": "Yes, in the portfolio."})
    assert "Yes, in the portfolio." in reviewer.get(f"/reviews/{review.id}/").page.text

    author.post(f"/descriptions/{description.id}/submit")
    second = QualityReview.objects.get(decision=Decision.OPEN)
    for section in checklist().sections:
        data = {f"answer-{one.id}": "met" for one in section.questions}
        assert reviewer.post(f"/reviews/{second.id}/checklist/{section.id}", data).status_code == 302
    learner.post(
        f"/reviews/{second.id}/checklist/1.8", {"answer-1.8-words": "met", "remark-1.8-words": "Clear."}
    )
    decided = reviewer.post(
        f"/reviews/{second.id}/decide",
        {"decision": "approve", "evidence": "Read, tried, discussed."},
        follow=True,
    )
    assert "Approved" in decided.page.text
    author.get(f"/descriptions/{description.id}/publish")
    author.post(f"/descriptions/{description.id}/publish")
    version = Version.objects.get()
    assert public.get(f"/m/{description.id}/")["Location"] == f"/m/{description.id}/v1"
    page = public.get(f"/m/{description.id}/v1").page
    for words in ("Soil health for growers", "Plan a rotation", "84 hours", "Portfolio", "University of Twickel",
                  "Read, tried, discussed.", "A learner representative took part.", "Complete by the European standard"):  # fmt: skip
        assert words in page.text
    for name in ("Alice", "Rita", "Lena", "example.org"):
        assert name not in page.text
    assert version.record().quality[-1].learners_involved


def test_wrong_input_is_told_at_its_field_and_nothing_is_lost(draft: Description, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    before = draft.content
    for screen, data, words in (
        ("workload", {"classes": "ten"}, "Enter a number"),
        ("workload", {"classes": "-3"}, "greater than or equal to 0"),
        ("workload", {"classes": "24", "own_study": "10", "hours": "100"}, "add up to 34"),
        ("title", {"title": "x" * 201, "language": "en"}, "at most 200 characters"),
        ("title", {"title": "A", "language": "en", "other_title": "B"}, "Say which language this is"),
        ("level", {"level": "none"}, "why levels do not apply"),
        ("level", {"level": "9"}, "Select a valid choice"),
        ("body", {"name": "U", "country": "Atlantis"}, "Select a valid choice"),
        ("body", {"name": "U", "country": "NL", "homepage": "not a page"}, "Enter a valid URL"),
        ("participation", {"modes": ["owl"]}, "Select a valid choice"),
        ("quality", {"kind": "internal", "decided_on": "2026-02-30"}, "Enter a valid date"),
        (
            "quality",
            {"kind": "internal", "decided_on": "2026-02-03", "valid_until": "2025-01-01"},
            "before the day",
        ),
        ("entry", {"needed": "yes"}, "Say what people need"),
        ("use", {"stackable": "yes"}, "Name what it may count towards"),
    ):
        page = client.post(at(draft, screen), data)
        assert page.status_code == 200
        assert ("h2", "Please look at this again") in page.page.headings
        assert words in page.page.text
    draft.refresh_from_db()
    assert draft.content == before


def press_every_button(client: CheckingClient, description: Description) -> None:
    """Open each screen and save what it shows."""
    for screen in SCREENS:
        form = client.get(at(description, screen.id)).context["form"]
        data = {field.name: "" if field.value() is None else field.value() for field in form}
        assert client.post(at(description, screen.id), data).status_code == 302, screen.id


def test_a_published_version_looked_through_stays_published(version: Version, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    press_every_button(client, version.description)
    assert Description.objects.get().stage == Stage.PUBLISHED


def test_a_screen_saved_as_it_is_changes_nothing(draft: Description, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    press_every_button(client, draft)
    before = draft.content
    draft.refresh_from_db()
    assert draft.content == before


@pytest.mark.parametrize("name", ["Sample-MC-Annex1-unsigned.jsonld", "Sample-CertOfPart-signed.jsonld"])
def test_a_foreign_credential_saved_as_it_was_read_changes_nothing(
    organisation: Organisation, alice: Person, name: str
) -> None:
    data = shared(f"edc/official-samples/{name}").read_bytes()
    made = domain.start_from_file(by=alice, organisation=organisation, data=data, name=name)
    client = CheckingClient()
    client.force_login(alice)
    client.get(f"/descriptions/{made.id}/")
    press_every_button(client, made)
    before = made.content
    made.refresh_from_db()
    assert made.content == before


def test_texts_in_other_languages_and_further_parts_survive_the_form(
    organisation: Organisation, alice: Person
) -> None:
    content = {
        **COMPLETE,
        "title": {"en": "Bread", "nl": "Brood", "uk": "Хліб"},
        "workload": {"hours": 84, "credits": [{"points": 3, "system": "ects"}], "stated": ["PT84H"]},
        "levels": {"eqf": ["6"], "isced": "6"},
        "quality": [*COMPLETE["quality"], {"side": "external", "type": "institutional-quality-assurance", "scope": {"eqf": ["6"]}}],
    }  # fmt: skip
    made = domain.start_description(by=alice, organisation=organisation, content=content)
    client = CheckingClient()
    client.force_login(alice)
    client.post(
        at(made, "title"),
        {"title": "Good bread", "language": "en", "other_title": "Brood", "other_language": "nl"},
    )
    client.post(at(made, "workload"), {"hours": "90", "credits": "3"})
    client.post(at(made, "level"), {"level": "5"})
    client.post(at(made, "quality"), {"kind": "internal", "title": "Board"})
    made.refresh_from_db()
    record = made.record()
    assert record.title == {"en": "Good bread", "nl": "Brood", "uk": "Хліб"}
    assert record.workload is not None and record.levels is not None
    assert (record.workload.stated, record.workload.hours) == (("PT84H",), 90)
    assert record.levels.isced is not None
    assert record.quality[1].scope is not None


def test_several_assessments_are_added_and_taken_away(draft: Description, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    one = {"type": "project-work", "covers": ["lo-bias", "lo-law"], "criteria": "Four.", "again": "1"}
    assert client.post(at(draft, "assessment"), one)["Location"] == at(draft, "assessment", 1)
    client.post(at(draft, "assessment", 1), {"type": "quiz", "covers": ["lo-law"], "criteria": "14 of 20."})
    draft.refresh_from_db()
    assert [a.id for a in draft.record().assessments] == ["assessment-1", "assessment-2"]
    client.post(at(draft, "assessment", 1), {"remove": "1"})
    draft.refresh_from_db()
    assert [a.id for a in draft.record().assessments] == ["assessment-1"]
    assert client.get(at(draft, "assessment", 9)).status_code == 404


def test_an_outcome_saved_in_the_background_and_with_the_button_is_one(
    organisation: Organisation, alice: Person
) -> None:
    made = domain.start_description(by=alice, organisation=organisation)
    client = CheckingClient()
    client.force_login(alice)
    line = next(name for name in client.get(at(made, "outcomes")).context["form"].fields if name != "more")
    client.post(at(made, "outcomes"), {line: "Plan a", "more": "Explain it"}, headers={"X-Autosave": "1"})
    client.post(at(made, "outcomes"), {line: "Plan a rotation", "more": "Explain it"})
    made.refresh_from_db()
    assert next((one.id, one.title["en"]) for one in made.record().outcomes) == (
        line.removeprefix("outcome-"),
        "Plan a rotation",
    )
    assert [one.title["en"] for one in made.record().outcomes] == ["Plan a rotation", "Explain it"]


def test_what_a_colleague_wrote_meanwhile_is_not_lost(draft: Description, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    mine = {"outcome-lo-bias": "Test data for bias", "outcome-lo-law": "Apply the law"}
    domain.save_element(
        description=draft,
        by=alice,
        element="outcomes",
        value=[*COMPLETE["outcomes"], "Written by a colleague"],
    )
    client.post(at(draft, "outcomes"), mine)
    draft.refresh_from_db()
    assert [one.title["en"] for one in draft.record().outcomes] == [
        "Test data for bias", "Apply the law", "Written by a colleague",
    ]  # fmt: skip
    client.post(at(draft, "outcomes"), {**mine, "outcome-lo-law": ""})
    draft.refresh_from_db()
    assert next(one.id for one in draft.record().outcomes) == "lo-bias"
    assert "Apply the law" not in str(draft.content)


def test_saving_in_the_background_answers_with_the_list_of_what_is_missing(
    draft: Description, alice: Person
) -> None:
    client = CheckingClient()
    client.force_login(alice)
    answer = client.post(at(draft, "title"), {"title": "", "language": "en"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, b'id="missing"' in answer.content, b"<html" in answer.content) == (
        200,
        True,
        False,
    )
    assert b"has no title" in answer.content
    wrong = client.post(at(draft, "workload"), {"classes": "ten"}, headers={"X-Autosave": "1"})
    assert wrong.status_code == 422


def test_a_refusal_of_the_domain_is_shown_not_thrown(draft: Description, alice: Person, rita: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    answer = client.post(f"/descriptions/{draft.id}/publish", follow=True)
    assert "Nobody has approved exactly this content yet." in answer.page.text
    reviewer = CheckingClient()
    reviewer.force_login(rita)
    client.post(f"/descriptions/{draft.id}/submit")
    review = QualityReview.objects.get()
    early = reviewer.post(f"/reviews/{review.id}/decide", {"decision": "approve", "evidence": "Fine."})
    assert "questions of the checklist have no answer yet" in early.page.text
    answer_all(review, rita)
    alone = reviewer.post(f"/reviews/{review.id}/decide", {"decision": "approve", "evidence": "Fine."})
    assert alone.context["form"].errors.keys() == {"without_learner"}
    unmet = reviewer.post(f"/reviews/{review.id}/checklist/1.1", {"answer-1.1-policy": "not-met"})
    assert "Say what is missing." in unmet.page.text
    assert client.get(at(draft, "title"))["Location"] == f"/descriptions/{draft.id}/"


def test_starting_from_text_and_file(organisation: Organisation, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    client.get("/o/twickel/descriptions/new")
    client.get("/o/twickel/descriptions/new/file")
    empty = client.post("/o/twickel/descriptions/new/text", {"text": ""})
    assert ("h2", "Please look at this again") in empty.page.headings
    page = client.post("/o/twickel/descriptions/new/text", {"text": "Bread\n84 hours"}, follow=True).page
    assert "Please check what we found" in page.text
    wrong = client.post("/o/twickel/descriptions/new/file", {"file": SimpleUploadedFile("a.json", b"{}")})
    assert wrong.context["form"].errors.keys() == {"file"}
    file = SimpleUploadedFile("a.yaml", b"title: Bread\nworkload: {hours: 20}\n")
    page = client.post("/o/twickel/descriptions/new/file", {"file": file}, follow=True).page
    assert "Begun with a file: description" in page.text


def test_people_of_another_organisation_are_invited(
    draft: Description, alice: Person, charlie: Person
) -> None:
    accounts.found_organisation(founder=charlie, name="College of Harbour", slug="harbour", country="BEL")
    author, partner = CheckingClient(), CheckingClient()
    author.force_login(alice)
    partner.force_login(charlie)
    where = f"/descriptions/{draft.id}/partners"
    assert partner.get(at(draft, "title")).status_code == 404
    for wrong in ("nowhere", "twickel", "not a name"):
        assert author.post(where, {"partner": wrong}).context["form"].errors.keys() == {"partner"}
    assert "College of Harbour" in author.post(where, {"partner": "harbour"}, follow=True).page.text
    assert "shared by University of Twickel" in partner.get("/o/harbour/descriptions/").page.text
    assert partner.post(at(draft, "title"), {"title": "Ours", "language": "en"}).status_code == 302
    assert partner.post(f"/descriptions/{draft.id}/submit").status_code == 403
    assert "Charlie" in author.get(f"/descriptions/{draft.id}/history").page.text


def test_history_and_previews(draft: Description, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    domain.save_element(description=draft, by=alice, element="title", value="Ethics of data")
    page = client.get(f"/descriptions/{draft.id}/history").page
    assert "Ethics of data" in page.text and "Alice" in page.text
    assert client.get(f"/descriptions/{draft.id}/badge.svg").content.startswith(b"<svg")
    assert client.get(f"/descriptions/{draft.id}/certificate.pdf").content.startswith(b"%PDF")


def test_versions_show_what_changed_and_that_one_was_withdrawn(
    version: Version, alice: Person, rita: Person, client: CheckingClient
) -> None:
    description = version.description
    domain.save_element(
        description=description,
        by=alice,
        element="workload",
        value={"hours": 90, "credits": [{"points": 3, "system": "ects"}]},
    )
    approved(description, by=alice, reviewer=rita)
    domain.publish(description=description, by=alice)
    changed = client.get(f"/m/{description.id}/v2/changes").page
    assert "84 hours" in changed.text and "90 hours" in changed.text
    assert client.get(f"/m/{description.id}/v1/changes").status_code == 404
    assert "There is a newer version: 2." in client.get(f"/m/{description.id}/v1").page.text
    author = CheckingClient()
    author.force_login(alice)
    author.get(f"/m/{description.id}/v2/withdraw")
    author.post(f"/m/{description.id}/v2/withdraw", {"because": "The law has changed."})
    assert "The law has changed." in client.get(f"/m/{description.id}/v2").page.text
    assert client.get(f"/m/{description.id}/")["Location"] == f"/m/{description.id}/v1"
    assert client.get(f"/m/{description.id}/v1/badge.svg").content.startswith(b"<svg")
    again = author.post(f"/m/{description.id}/v2/withdraw", {"because": "Again"})
    assert "withdrawn already" in again.page.text


# --- who may what -------------------------------------------------------------------------------------

SEEN: dict[str, tuple[str, int, int, int, int]] = {
    # method and address: Alice (owner), Bob (guest), Charlie (nobody), anonymous
    "/o/twickel/descriptions/": ("get", 200, 200, 404, 302),
    "/o/twickel/descriptions/new": ("get", 200, 403, 404, 302),
    "/o/twickel/descriptions/new#": ("post", 302, 403, 404, 302),
    "/o/twickel/descriptions/new/text": ("get", 200, 403, 404, 302),
    "/o/twickel/descriptions/new/file": ("get", 200, 403, 404, 302),
    "/descriptions/{d}/": ("get", 200, 200, 404, 302),
    "/descriptions/{d}/title": ("get", 200, 403, 404, 302),
    "/descriptions/{d}/title#": ("post", 302, 403, 404, 302),
    "/descriptions/{d}/owls": ("get", 404, 404, 404, 302),
    "/descriptions/{d}/history": ("get", 200, 200, 404, 302),
    "/descriptions/{d}/badge.svg": ("get", 200, 200, 404, 302),
    "/descriptions/{d}/certificate.pdf": ("get", 200, 200, 404, 302),
    "/descriptions/{d}/publish": ("get", 200, 403, 404, 302),
    "/descriptions/{d}/publish#": ("post", 302, 403, 404, 302),
    "/descriptions/{d}/partners": ("get", 200, 403, 404, 302),
    "/descriptions/{d}/submit": ("post", 302, 403, 404, 302),
    "/descriptions/{d}/submit#": ("get", 405, 405, 405, 302),
    "/o/twickel/reviews/": ("get", 200, 200, 404, 302),
    "/reviews/{r}/": ("get", 200, 200, 404, 302),
    "/reviews/{r}/checklist/1.1": ("get", 403, 403, 404, 302),
    "/reviews/{r}/decide": ("get", 403, 403, 404, 302),
    "/reviews/{r}/decide#": ("post", 403, 403, 404, 302),
    "/reviews/{r}/changes": ("get", 403, 403, 404, 302),
    "/reviews/{r}/comment": ("post", 302, 403, 404, 302),
    "/reviews/{r}/comment/{c}": ("get", 200, 403, 404, 302),
    "/reviews/{r}/take-back": ("post", 302, 403, 404, 302),
    "/m/{v}/": ("get", 302, 302, 302, 302),
    "/m/{v}/v1": ("get", 200, 200, 200, 200),
    "/m/{v}/v9": ("get", 404, 404, 404, 404),
    "/m/{v}/v1/badge.svg": ("get", 200, 200, 200, 200),
    "/m/{v}/v1/withdraw": ("get", 200, 403, 403, 302),
    "/m/{v}/v1/withdraw#": ("post", 302, 403, 403, 302),
}


@pytest.mark.parametrize("address", SEEN)
def test_who_sees_what(
    address: str, organisation: Organisation, alice: Person, bob: Person, charlie: Person, rita: Person
) -> None:
    method, *statuses = SEEN[address]
    people = (alice, bob, charlie, None)
    version = published(organisation, by=alice, reviewer=rita)
    for number, (person, status) in enumerate(zip(people, statuses, strict=True)):
        draft = domain.start_description(by=alice, organisation=organisation, content=COMPLETE)
        reviewed = domain.start_description(by=alice, organisation=organisation, content=COMPLETE)
        review = domain.submit_for_review(description=reviewed, by=alice)
        comment = domain.comment(review=review, by=rita, text="?")
        client = CheckingClient()
        if person:
            client.force_login(person)
        where = address.rstrip("#").format(d=draft.id, r=review.id, c=comment.id, v=version.description_id)
        data = {
            "title": f"T{number}",
            "language": "en",
            "text": "A",
            "because": "Old.",
            "decision": "reject",
            "evidence": "E",
        }
        answer = client.post(where, data) if method == "post" else client.get(where)
        assert answer.status_code == status, (person, where)


def test_a_draft_has_no_public_page(draft: Description, client: CheckingClient) -> None:
    assert client.get(f"/m/{draft.id}/").status_code == 404
    assert client.get(f"/m/{draft.id}/v1").status_code == 404


def test_a_reviewer_of_the_organisation_does_not_edit(draft: Description, rita: Person) -> None:
    client = CheckingClient()
    client.force_login(rita)
    assert client.post(at(draft, "title"), {"title": "Mine", "language": "en"}).status_code == 403
    draft.refresh_from_db()
    assert (draft.title, draft.stage) == ("Data ethics in practice", Stage.DRAFT)


# --- queries ------------------------------------------------------------------------------------------


def queries(client: CheckingClient, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_pages_need_a_constant_number_of_queries(
    organisation: Organisation, alice: Person, rita: Person, lena: Person
) -> None:
    client = CheckingClient()
    client.force_login(alice)
    version = published(organisation, by=alice, reviewer=rita)
    description = version.description

    def more(times: int) -> None:
        for _ in range(times):
            other = domain.start_description(by=alice, organisation=organisation, content=COMPLETE)
            review = domain.submit_for_review(description=other, by=alice)
            domain.comment(review=review, by=rita, text="?")
            domain.save_element(
                description=description, by=alice, element="title", value=f"T{description.versions.count()}"
            )
            approved(description, by=alice, reviewer=rita)
            domain.publish(description=description, by=alice)

    more(1)
    review = QualityReview.objects.filter(decision=Decision.OPEN).first()
    assert review is not None
    domain.comment(review=review, by=rita, text="One")
    pages = ["/o/twickel/descriptions/", "/o/twickel/reviews/", f"/descriptions/{description.id}/",
             f"/descriptions/{description.id}/history", f"/reviews/{review.id}/", f"/m/{description.id}/v1"]  # fmt: skip
    first = [queries(client, page) for page in pages]
    more(2)
    for text in ("Two", "Three"):
        domain.comment(review=review, by=rita, text=text)
    answer_all(review, rita)
    answer_all(review, lena)
    assert [queries(client, page) for page in pages] == first
    assert max(first) <= 22, first
