"""Quality reviews."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import may
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.descriptions import visible
from tessella_web.catalogue import domain, queries
from tessella_web.catalogue.checklist import checklist
from tessella_web.catalogue.models import Comment, QualityReview, Standing

operation = Table("Quality reviews")

READ = {"read_review": {"id": "$response.body#/id"}, "take_back_review": {"id": "$response.body#/id"},
        "comment_on_review": {"id": "$response.body#/id"}}  # fmt: skip


class ReviewBrief(Shape):
    """A review as it stands in lists."""

    id: str
    description: str
    title: str
    decision: str = Field(description="open, approved, rejected, changes-asked or taken-back.")
    opened_at: dt.datetime
    decided_at: dt.datetime | None


class AnswerShape(Shape):
    """A reviewer's answer to a question of the checklist."""

    question: str
    person: str
    standing: str
    remark: str
    is_learner: bool
    at: dt.datetime


class CommentShape(Shape):
    """What somebody said, and what was answered."""

    id: str
    person: str
    element: str
    text: str
    reply: str
    replied_by: str
    replied_at: dt.datetime | None


class ReviewFull(ReviewBrief):
    """A review with what it is about and everything that was said."""

    digest: str = Field(description="Of exactly the content that is reviewed.")
    content: dict[str, Any]
    checklist: str
    evidence: str
    without_learner: str
    is_self_review: bool
    learner_took_part: bool
    decided_by: str
    answers: list[AnswerShape]
    comments: list[CommentShape]


class QuestionShape(Shape):
    """One question."""

    id: str
    asks: str
    look: str
    elements: list[str]


class SectionShape(Shape):
    """Questions that belong together."""

    id: str
    title: str
    questions: list[QuestionShape]


class ChecklistShape(Shape):
    """One edition of the checklist."""

    id: str
    title: str
    about: str
    sections: list[SectionShape]


QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,40}$")]
"""A question of the checklist."""


class AnswerGiven(Given):
    """An answer to a question."""

    standing: Literal["met", "partly", "not-met", "not-applicable"]
    remark: Text = Field(default="", description="Needed when it is not met.")


class CommentGiven(Given):
    """Something to say about an element, or about the whole."""

    text: Text
    element: Annotated[str, StringConstraints(strict=True, max_length=40, pattern=r"^[a-z_]*$")] = Field(
        default="", description="Empty for the whole."
    )


class ReplyGiven(Given):
    """What the authors did about a comment."""

    text: Text


class DecisionGiven(Given):
    """How a review ends."""

    decision: Literal["approve", "reject", "ask-for-changes"]
    evidence: Text = Field(description="On what the decision rests, or what should change.")
    without_learner: Text = Field(
        default="", description="Why no learner representative took part, when none did; shown in public."
    )


@operation("GET", "/reviews", {200: Listing[ReviewBrief]}, capability="description.view",
           links={"read_review": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_reviews(request: HttpRequest, query: Query[PageQuery]) -> Listing[ReviewBrief]:
    """The organisation's reviews, the last opened first."""
    found = QualityReview.objects.filter(description__organisation=caller(request).organisation)
    return listed(request, found.select_related("description"), query, _brief)


@operation(
    "POST", "/descriptions/{id}/reviews", {201: ReviewBrief}, capability="description.submit", links=READ
)
def submit_description(request: HttpRequest, id: Id) -> Answer:
    """Hand a description in for quality review; nobody changes it until there is a decision or it is taken back."""
    review = domain.submit_for_review(description=visible(request, id), by=caller(request).person)
    return Answer(_brief(review), {"Location": f"/api/v1/reviews/{review.id}"})


@operation("GET", "/reviews/{id}", {200: ReviewFull}, capability="description.view")
def read_review(request: HttpRequest, id: Id) -> ReviewFull:
    """A review with everything that was said."""
    return full(visible_review(request, id))


@operation("PUT", "/reviews/{id}/answers/{question}", {200: ReviewFull}, capability="quality.decide",
           example={"standing": "met", "remark": ""})  # fmt: skip
def answer_question(
    request: HttpRequest, id: Id, question: QuestionId, body: AnswerGiven
) -> ReviewFull:  # fmt: skip
    """Answer a question of the checklist; answering again replaces the earlier answer."""
    found = visible_review(request, id)
    domain.answer(
        review=found,
        by=caller(request).person,
        question=question,
        standing=Standing(body.standing),
        remark=body.remark,
    )
    return full(visible_review(request, id))


@operation("POST", "/reviews/{id}/comments", {201: CommentShape}, capability="quality.comment",
           example={"text": "Say who the learners are.", "element": "description"},
           links={"reply_to_comment": {"comment": "$response.body#/id", "id": "$request.path.id"}})  # fmt: skip
def comment_on_review(request: HttpRequest, id: Id, body: CommentGiven) -> Answer:
    """Say something about an element, or about the whole."""
    made = domain.comment(
        review=visible_review(request, id), by=caller(request).person, text=body.text, element=body.element
    )
    return Answer(comment_shape(made))


@operation("PUT", "/reviews/{id}/comments/{comment}/reply", {200: CommentShape}, capability="description.submit",
           example={"text": "Done: see the target group."})  # fmt: skip
def reply_to_comment(request: HttpRequest, id: Id, comment: Id, body: ReplyGiven) -> CommentShape:
    """Say what was done about a comment; also after the review."""
    found = Comment.objects.filter(review=visible_review(request, id), pk=comment).first()
    if found is None:
        raise Http404
    return comment_shape(domain.reply(comment=found, by=caller(request).person, text=body.text))


@operation("POST", "/reviews/{id}/decision", {200: ReviewFull}, capability="quality.decide",
           example={"decision": "approve", "evidence": "Read by two reviewers and a learner.", "without_learner": ""})  # fmt: skip
def decide_review(request: HttpRequest, id: Id, body: DecisionGiven) -> ReviewFull:
    """Approve exactly this content, refuse it, or ask for changes."""
    decided(visible_review(request, id), caller(request).person, body)
    return full(visible_review(request, id))


@operation("POST", "/reviews/{id}/taking-back", {200: ReviewFull}, capability="description.submit")
def take_back_review(request: HttpRequest, id: Id) -> ReviewFull:
    """Take it back before there is a decision, to change something."""
    found = visible_review(request, id)
    domain.take_back(review=found, by=caller(request).person)
    return full(visible_review(request, id))


@operation("GET", "/checklists/{edition}", {200: ChecklistShape}, is_public=True)
def read_checklist(
    request: HttpRequest, edition: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{1,2}$")]
) -> ChecklistShape:
    """The questions of an edition of the checklist; a review names its own."""
    try:
        found = checklist(edition)
    except FileNotFoundError as error:
        raise Http404 from error
    return ChecklistShape(
        id=found.id, title=found.title, about=found.about,
        sections=[
            SectionShape(id=one.id, title=one.title, questions=[
                QuestionShape(id=question.id, asks=question.asks, look=question.look, elements=list(question.elements))
                for question in one.questions
            ])
            for one in found.sections
        ],
    )  # fmt: skip


def visible_review(request: HttpRequest, id: str) -> QualityReview:
    """The review, if the organisation of the token sees the description.

    Raises:
        Http404: it does not.
    """
    who, found = caller(request), queries.review_with_everything(id)
    if found is None or who.organisation not in (
        found.description.organisation,
        *found.description.partners.all(),
    ):
        raise Http404
    if not may(who.person, who.organisation, "description.view", found.description_id):
        raise Http404
    return found


def decided(review: QualityReview, by: Person, body: DecisionGiven) -> None:
    """End a review, or ask for changes."""
    if body.decision == "ask-for-changes":
        domain.ask_for_changes(review=review, by=by, text=body.evidence)
    else:
        domain.decide(
            review=review, by=by, approve=body.decision == "approve", evidence=body.evidence,
            without_learner=body.without_learner,
        )  # fmt: skip


def _name(person: Any) -> str:
    return person.name if person else ""


def _brief(one: QualityReview) -> ReviewBrief:
    return ReviewBrief(
        id=one.id, description=one.description_id, title=one.description.title, decision=one.decision,
        opened_at=one.made_at, decided_at=one.decided_at,
    )  # fmt: skip


def full(one: QualityReview) -> ReviewFull:
    """As it is answered."""
    return ReviewFull(
        **_brief(one).model_dump(), digest=one.digest, content=one.content, checklist=one.checklist, evidence=one.evidence,
        without_learner=one.without_learner, is_self_review=one.is_self_review, learner_took_part=one.learner_took_part,
        decided_by=one.decided_by_name,
        answers=[
            AnswerShape(question=each.question, person=_name(each.person), standing=each.standing, remark=each.remark,
                        is_learner=each.is_learner, at=each.at)
            for answers in queries.answers_by_question(one).values() for each in answers
        ],
        comments=[comment_shape(each) for each in one.comments.all()],
    )  # fmt: skip


def comment_shape(one: Comment) -> CommentShape:
    """As it is answered."""
    return CommentShape(
        id=one.id, person=_name(one.person), element=one.element, text=one.text, reply=one.reply,
        replied_by=_name(one.replied_by), replied_at=one.replied_at,
    )  # fmt: skip
