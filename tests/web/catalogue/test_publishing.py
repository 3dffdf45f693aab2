"""Versions: only what was approved, and exactly that."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.changes import compare
from tessella_web.catalogue.models import Decision, Description, QualityReview, Stage, Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tests.web.catalogue.samples import answer_all, approved, published

pytestmark = pytest.mark.django_db


def refusal(description: Description, by: Person) -> str:
    with pytest.raises(RefusedError) as caught:
        domain.publish(description=description, by=by)
    return caught.value.code


def test_nothing_is_published_without_an_approval(draft: Description, alice: Person, rita: Person) -> None:
    assert refusal(draft, alice) == "catalogue.not-approved"
    review = domain.submit_for_review(description=draft, by=alice)
    assert refusal(draft, alice) == "catalogue.not-approved"
    domain.decide(review=review, by=rita, approve=False, evidence="No.")
    assert refusal(draft, alice) == "catalogue.not-approved"
    assert Version.objects.count() == 0


def test_an_approval_is_of_exactly_one_content(draft: Description, alice: Person, rita: Person) -> None:
    approved(draft, by=alice, reviewer=rita)
    changed = domain.save_element(description=draft, by=alice, element="title", value="Something else")
    assert changed.stage == Stage.DRAFT
    assert refusal(draft, alice) == "catalogue.not-approved"
    domain.save_element(description=draft, by=alice, element="title", value="Data ethics in practice")
    assert domain.publish(description=draft, by=alice).number == 1


def test_content_changed_behind_the_reviews_back_is_not_published(
    draft: Description, alice: Person, rita: Person
) -> None:
    approved(draft, by=alice, reviewer=rita)
    Description.objects.filter(pk=draft.pk).update(content={**draft.content, "title": "Smuggled"})
    assert refusal(draft, alice) == "catalogue.not-approved"


@pytest.mark.parametrize("element", ["title", "outcomes", "workload", "participation", "assessments"])
def test_what_the_standard_asks_for_must_be_there(
    draft: Description, alice: Person, rita: Person, element: str
) -> None:
    domain.save_element(description=draft, by=alice, element=element, value=None)
    approved(draft, by=alice, reviewer=rita)
    assert refusal(draft, alice) == "catalogue.incomplete"


def test_a_countrys_rules_count_too(draft: Description, alice: Person, rita: Person) -> None:
    malta = [{**draft.content["awarding_bodies"][0], "places": ["MT"]}]
    half = {"hours": 62.5, "credits": [{"points": 2.5, "system": "ects"}]}
    domain.save_elements(description=draft, by=alice, values={"awarding_bodies": malta, "workload": half})
    approved(draft, by=alice, reviewer=rita)
    assert refusal(draft, alice) == "catalogue.incomplete"


def test_a_version_is_what_was_reviewed_plus_what_publishing_adds(version: Version) -> None:
    review = version.review
    assert review is not None and review.decision == Decision.APPROVED
    added = ("version", "modified_on", "quality")
    assert {k: v for k, v in version.content.items() if k not in added} == {
        k: v for k, v in review.content.items() if k not in added
    }
    record = version.record()
    assert (record.version, record.modified_on) == ("1", version.published_at.date())
    *others, ours = record.quality
    assert [one.title["en"] for one in others] == ["Examination board"]
    assert ours.identifier is not None and ours.identifier.value == review.id
    assert version.is_as_published()
    assert AuditEntry.objects.get(verb="version.published").facts["digest"] == version.digest


def test_later_versions_keep_ids_and_differ_as_told(
    version: Version, organisation: Organisation, alice: Person, rita: Person
) -> None:
    description = version.description
    assert refusal(description, alice) == "catalogue.unchanged"
    with pytest.raises(RefusedError):
        domain.submit_for_review(description=description, by=alice)
    domain.save_element(
        description=description, by=alice, element="outcomes",
        value=[{"id": "lo-bias", "title": "Test data and models for bias"}, {"id": "lo-law", "title": "Apply data protection law to a case"}],
    )  # fmt: skip
    approved(description, by=alice, reviewer=rita)
    second = domain.publish(description=description, by=alice)
    assert (second.number, second.record().id) == (2, version.record().id)
    assert [one.id for one in second.record().outcomes] == [one.id for one in version.record().outcomes]
    assert len(second.record().quality) == 2  # the review of version 1 is not that of version 2
    (change,) = [one for one in compare(version.content, second.content) if one.element != "quality"]
    assert (change.element, change.removed, change.added) == (
        "outcomes", ("Test a data set for bias and explain the result",), ("Test data and models for bias",),
    )  # fmt: skip
    assert compare(version.content, version.content) == ()


def test_other_records_need_no_panel(organisation: Organisation, alice: Person, rita: Person) -> None:
    version = published(organisation, by=alice, reviewer=rita, record_type="participation")
    assert (version.review, version.record_type, QualityReview.objects.count()) == (None, "participation", 0)


def test_a_version_is_withdrawn_with_a_reason_once(version: Version, alice: Person, bob: Person) -> None:
    with pytest.raises(NotAllowedError):
        domain.withdraw(version=version, by=bob, because="I like to")
    with pytest.raises(RefusedError) as caught:
        domain.withdraw(version=version, by=alice, because=" ")
    assert caught.value.field == "because"
    assert domain.withdraw(version=version, by=alice, because="The law has changed.").is_withdrawn
    with pytest.raises(RefusedError):
        domain.withdraw(version=version, by=alice, because="Again")


def test_a_reviewer_does_not_publish(
    draft: Description, alice: Person, rita: Person, charlie: Person
) -> None:
    review = domain.submit_for_review(description=draft, by=alice)
    answer_all(review, rita)
    domain.decide(review=review, by=rita, approve=True, evidence="Fine.", without_learner="None yet.")
    for person in (rita, charlie):
        with pytest.raises(NotAllowedError):
            domain.publish(description=draft, by=person)


def test_the_review_itself_is_the_internal_quality_assurance(
    organisation: Organisation, alice: Person, rita: Person
) -> None:
    version = published(organisation, by=alice, reviewer=rita, quality=[])
    (ours,) = version.record().quality
    assert ours.title["en"] == "Internal quality review"
