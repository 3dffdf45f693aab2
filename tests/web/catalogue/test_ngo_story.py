"""A youth club of one person describes and publishes, and meets no abbreviation of the universities' world."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Person
from tessella_web.catalogue.checklist import checklist
from tessella_web.catalogue.models import Description, QualityReview, Version
from tessella_web.pages.describe.screens import SCREENS
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

ANSWERS: dict[str, dict[str, Any]] = {
    "kind": {"record_type": "micro-credential"},
    "title": {"title": "Leading a group of young people outdoors", "language": "en"},
    "subject": {"field": "1014"},
    "body": {"name": "Youth at the lake", "country": "NL"},
    "outcomes": {"more": "Plan a day outdoors for a group\nReact to an accident"},
    "skills": {},
    "workload": {"hours": "40"},
    "level": {"level": "none", "reason": "Non-formal learning outside the qualifications framework."},
    "participation": {"modes": ["on-site"], "language": "en", "location": "At the lake"},
    "assessment": {"type": "practical", "criteria": "The group comes back safe and glad."},
    "quality": {},
    "entry": {"needed": "no"},
    "use": {"stackable": "no"},
    "purpose": {"purposes": ["well-being", "volunteering"]},
    "need": {},
    "evidence": {},
}


class PlainClient(CheckingClient):
    """A client that refuses abbreviations on any page."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html"):
            seen = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.S)  # for programs
            found = re.findall(r"ECTS|EQF|ISCED", seen)
            assert not found, (request.get("PATH_INFO"), found)
        return response


def test_one_person_describes_reviews_and_publishes_in_plain_words(charlie: Person) -> None:
    accounts.found_organisation(founder=charlie, name="Youth at the lake", slug="lake", country="NLD")
    client = PlainClient()
    client.force_login(charlie)
    client.post("/o/lake/descriptions/new")
    description = Description.objects.get()
    for screen in SCREENS:
        where = f"/descriptions/{description.id}/{screen.id}"
        client.get(where)
        data = dict(ANSWERS[screen.id])
        if screen.id == "assessment":
            description.refresh_from_db()
            data["covers"] = [one.id for one in description.record().outcomes]
        assert client.post(where, data, follow=True).status_code == 200
    assert "Complete by the European standard" in client.get(f"/descriptions/{description.id}/").page.text
    client.post(f"/descriptions/{description.id}/submit", follow=True)
    review = QualityReview.objects.get()
    for section in checklist().sections:
        client.get(f"/reviews/{review.id}/checklist/{section.id}")
        client.post(
            f"/reviews/{review.id}/checklist/{section.id}",
            {f"answer-{one.id}": "not-applicable" for one in section.questions},
        )
    client.post(
        f"/reviews/{review.id}/decide",
        {"decision": "approve", "evidence": "Tried with two groups."},
        follow=True,
    )
    client.post(f"/descriptions/{description.id}/publish", follow=True)
    version = Version.objects.get()
    page = PlainClient().get(f"/m/{description.id}/v{version.number}").page
    assert "Self-review" in page.text
    assert "The organisation is one person" in page.text


def test_a_record_of_participation_needs_no_review(charlie: Person) -> None:
    accounts.found_organisation(founder=charlie, name="Youth at the lake", slug="lake", country="NLD")
    client = PlainClient()
    client.force_login(charlie)
    client.post("/o/lake/descriptions/new")
    description = Description.objects.get()
    client.post(f"/descriptions/{description.id}/kind", {"record_type": "participation"})
    client.post(f"/descriptions/{description.id}/title", {"title": "A weekend at the lake", "language": "en"})
    page = client.get(f"/descriptions/{description.id}/").page
    assert "Publish" in page.text and "Hand in for quality review" not in page.text
    client.post(f"/descriptions/{description.id}/publish", follow=True)
    public = PlainClient().get(f"/m/{description.id}/v1").page
    assert "It is not a micro-credential." in public.text
    assert ("h2", "The elements of the European standard") not in public.headings
