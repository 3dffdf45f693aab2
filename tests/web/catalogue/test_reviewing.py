"""Quality review: who may decide, what must be there, and that it is about exactly one content."""

from __future__ import annotations

import pytest

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain
from tessella_web.catalogue.checklist import CURRENT, checklist
from tessella_web.catalogue.models import Decision, Description, QualityReview, Stage, Standing
from tessella_web.common.errors import DomainError, NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tests.web.catalogue.samples import COMPLETE, answer_all, colleague

pytestmark = pytest.mark.django_db


def code_of(caught: pytest.ExceptionInfo[DomainError]) -> str:
    return caught.value.code


@pytest.fixture
def review(draft: Description, alice: Person) -> QualityReview:
    return domain.submit_for_review(description=draft, by=alice)


def test_the_checklist_has_the_ten_standards_and_considerations() -> None:
    found = checklist(CURRENT)
    assert [one.id for one in found.sections] == [*(f"1.{n}" for n in range(1, 11)), "considerations"]
    ids = [one.id for one in found.questions]
    assert len(ids) == len(set(ids))
    assert {name for one in found.questions for name in one.elements} <= domain.ELEMENTS


def test_a_review_with_a_learner_approves(review: QualityReview, rita: Person, lena: Person) -> None:
    answer_all(review, rita)
    domain.answer(review=review, by=lena, question="k-learners", standing=Standing.MET)
    decided = domain.decide(review=review, by=rita, approve=True, evidence="Read and discussed.")
    assert (decided.decision, decided.learner_took_part, decided.is_self_review) == (
        Decision.APPROVED,
        True,
        False,
    )
    assert (decided.decided_by_name, decided.decided_by_roles) == ("Rita", ["reviewer"])
    assert decided.description.__class__.objects.get(pk=decided.description_id).stage == Stage.APPROVED
    entry = AuditEntry.objects.get(verb="review.approved")
    assert entry.facts["digest"] == review.digest
    assert "Rita" not in str(entry.facts)


def test_who_decided_stays_readable_when_the_account_is_gone(review: QualityReview, rita: Person) -> None:
    domain.decide(review=review, by=rita, approve=False, evidence="Outcomes cannot be checked.")
    rita.delete()
    review.refresh_from_db()
    assert (review.decided_by, review.decided_by_name) == (None, "Rita")


def test_without_a_learner_a_reason_is_needed(review: QualityReview, rita: Person) -> None:
    answer_all(review, rita)
    with pytest.raises(RefusedError) as caught:
        domain.decide(review=review, by=rita, approve=True, evidence="Fine.")
    assert (code_of(caught), caught.value.field) == ("catalogue.no-learner", "without_learner")
    decided = domain.decide(
        review=review, by=rita, approve=True, evidence="Fine.", without_learner="None found yet."
    )
    assert decided.without_learner == "None found yet."


def test_open_questions_and_unmet_ones_keep_from_approving(
    review: QualityReview, rita: Person, lena: Person
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.decide(review=review, by=rita, approve=True, evidence="Fine.")
    assert code_of(caught) == "catalogue.checklist-open"
    answer_all(review, rita)
    domain.answer(
        review=review, by=lena, question="k-need", standing=Standing.NOT_MET, remark="Nobody was asked."
    )
    with pytest.raises(RefusedError) as caught:
        domain.decide(review=review, by=rita, approve=True, evidence="Fine.")
    assert code_of(caught) == "catalogue.not-met"
    domain.answer(review=review, by=lena, question="k-need", standing=Standing.PARTLY)
    domain.decide(review=review, by=rita, approve=True, evidence="Fine.")


def test_not_met_needs_a_remark(review: QualityReview, rita: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.answer(review=review, by=rita, question="k-need", standing=Standing.NOT_MET, remark="  ")
    assert (code_of(caught), caught.value.field) == ("catalogue.no-remark", "remark")
    with pytest.raises(RefusedError) as caught:
        domain.answer(review=review, by=rita, question="k-owls", standing=Standing.MET)
    assert code_of(caught) == "catalogue.question"


def test_a_decision_needs_evidence(review: QualityReview, rita: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.decide(review=review, by=rita, approve=False, evidence=" ")
    assert (code_of(caught), caught.value.field) == ("catalogue.no-evidence", "evidence")


def test_an_author_does_not_decide(draft: Description, alice: Person, organisation: Organisation) -> None:
    paul = colleague("Paul", organisation, Role.REVIEWER, Role.COORDINATOR)
    domain.save_element(description=draft, by=paul, element="title", value="With Paul's hand")
    review = domain.submit_for_review(description=draft, by=alice)
    answer_all(review, paul)
    with pytest.raises(NotAllowedError) as caught:
        domain.decide(review=review, by=paul, approve=True, evidence="Mine.", without_learner="None.")
    assert code_of(caught) == "catalogue.own-work"


def test_those_without_the_role_neither_answer_nor_decide(
    review: QualityReview, alice: Person, bob: Person, charlie: Person
) -> None:
    for person in (alice, bob, charlie):
        with pytest.raises(NotAllowedError):
            domain.answer(review=review, by=person, question="k-need", standing=Standing.MET)
        with pytest.raises(NotAllowedError):
            domain.decide(review=review, by=person, approve=True, evidence="Fine.")
    for person in (bob, charlie):
        with pytest.raises(NotAllowedError):
            domain.comment(review=review, by=person, text="Hello")


def test_a_one_person_organisation_reviews_itself_and_it_shows(charlie: Person) -> None:
    alone = accounts.found_organisation(founder=charlie, name="Youth at the lake", slug="lake", country="NLD")
    description = domain.start_description(by=charlie, organisation=alone, content=COMPLETE)
    review = domain.submit_for_review(description=description, by=charlie)
    answer_all(review, charlie)
    decided = domain.decide(review=review, by=charlie, approve=True, evidence="Worked through twice.")
    assert (decided.decision, decided.is_self_review) == (Decision.APPROVED, True)
    version = domain.publish(description=description, by=charlie)
    assert version.record().quality[-1].title["en"] == "Self-review by a one-person organisation"


def test_a_closed_review_stays_closed(review: QualityReview, rita: Person, alice: Person) -> None:
    domain.ask_for_changes(review=review, by=rita, text="Say how outcomes are checked.")
    review.refresh_from_db()
    assert (review.decision, review.evidence) == (Decision.CHANGES, "Say how outcomes are checked.")
    assert review.description.__class__.objects.get(pk=review.description_id).stage == Stage.CHANGES_ASKED
    for verb in (
        lambda: domain.decide(review=review, by=rita, approve=False, evidence="No."),
        lambda: domain.comment(review=review, by=rita, text="One more"),
        lambda: domain.answer(review=review, by=rita, question="k-need", standing=Standing.MET),
        lambda: domain.take_back(review=review, by=alice),
    ):
        with pytest.raises(RefusedError) as caught:
            verb()
        assert code_of(caught) == "catalogue.review-closed"


def test_the_authors_answer_comments(review: QualityReview, rita: Person, alice: Person) -> None:
    made = domain.comment(review=review, by=rita, element="outcomes", text="The second is two outcomes.")
    with pytest.raises(NotAllowedError):
        domain.reply(comment=made, by=rita, text="I answer myself")
    domain.ask_for_changes(review=review, by=rita, text="See the comment.")
    answered = domain.reply(comment=made, by=alice, text="Split in two.")
    assert (answered.reply, answered.replied_by) == ("Split in two.", alice)
    with pytest.raises(RefusedError) as caught:
        domain.comment(review=domain.submit_for_review(description=review.description, by=alice), by=rita,
                       element="owls", text="?")  # fmt: skip
    assert code_of(caught) == "catalogue.element"
