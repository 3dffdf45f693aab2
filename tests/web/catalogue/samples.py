"""A complete description of a fictitious micro-credential, and the way from nothing to a published version."""

from __future__ import annotations

from typing import Any

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain
from tessella_web.catalogue.checklist import checklist
from tessella_web.catalogue.models import Description, QualityReview, Standing, Version

__all__ = ["COMPLETE", "answer_all", "approved", "colleague", "published"]

COMPLETE: dict[str, Any] = {
    "language": "en",
    "title": "Data ethics in practice",
    "description": "Find, weigh and settle the ethical questions that come up when data about people are used.",
    "awarding_bodies": [
        {"name": "University of Twickel", "places": ["NL"], "legal_id": "NTRNL-12345678", "degree_awarding": True}
    ],
    "fields": ["0619"],
    "outcomes": [
        {"id": "lo-bias", "title": "Test a data set for bias and explain the result", "kind": "skill"},
        {"id": "lo-law", "title": "Apply data protection law to a case", "kind": "skill"},
    ],
    "workload": {"hours": 84, "credits": [{"points": 3, "system": "ects"}]},
    "levels": {"eqf": ["6"]},
    "participation": {"modes": ["blended"], "languages": ["en"], "location": "Twickel"},
    "assessments": [
        {
            "id": "assessment-1",
            "type": "project-work",
            "covers": ["lo-bias", "lo-law"],
            "mode": "on-site",
            "supervision": "supervised-with-id",
            "criteria": "Four criteria, each scored 1 to 10.",
        }
    ],
    "quality": [{"side": "internal", "title": "Examination board", "scheme": "ESG 2015", "decision": "positive"}],
    "prerequisites": {"none_needed": True},
    "stackability": {"stackable": False},
}  # fmt: skip


def colleague(name: str, organisation: Organisation, *roles: Role) -> Person:
    """Somebody with roles in the organisation, given by its owner."""
    person = Person.objects.create(email=f"{name.lower()}@example.org", name=name)
    owner = Person.objects.get(memberships__organisation=organisation, memberships__role=Role.OWNER)
    for role in roles:
        accounts.give_role(by=owner, organisation=organisation, person=person, role=role)
    return person


def answer_all(review: QualityReview, by: Person) -> None:
    """Every question answered as met."""
    for question in checklist(review.checklist).questions:
        domain.answer(review=review, by=by, question=question.id, standing=Standing.MET)


def approved(description: Description, *, by: Person, reviewer: Person) -> QualityReview:
    """Handed in by one, approved by the other."""
    review = domain.submit_for_review(description=description, by=by)
    answer_all(review, reviewer)
    return domain.decide(
        review=review, by=reviewer, approve=True, evidence="Read with the board on 3 May.",
        without_learner="The board's learner was ill; heard by mail afterwards.",
    )  # fmt: skip


def published(organisation: Organisation, *, by: Person, reviewer: Person, **changes: Any) -> Version:
    """A version, through all verbs."""
    description = domain.start_description(by=by, organisation=organisation, content={**COMPLETE, **changes})
    if description.record().is_micro_credential:
        approved(description, by=by, reviewer=reviewer)
    return domain.publish(description=description, by=by)
