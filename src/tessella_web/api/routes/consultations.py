"""Public comment on drafts: for everybody, and for those who answer for them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.descriptions import visible
from tessella_web.catalogue.consultation import domain, queries
from tessella_web.catalogue.consultation.models import Consultation, PublicComment
from tessella_web.catalogue.models import Description
from tessella_web.common.limits import client_address

operation = Table("Public comment")

FOUND = {
    name: {"id": "$response.body#/id"}
    for name in ("read_consultation", "consultation_comments", "close_consultation")
}  # fmt: skip

Said = Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")]
"""What is said in public."""


class ConsultationShape(Shape):
    """A round of public comment as it stands in lists."""

    id: str
    description: str
    question: str
    audience: str = Field(description="link or everybody.")
    until: dt.date
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    summary: str


class ConsultationFull(ConsultationShape):
    """A round with the draft as it was when the round began."""

    content: dict[str, Any]
    digest: str
    takes_comments: bool


class PublicCommentShape(Shape):
    """What somebody said, and what was answered. Personal data: the public sees a name only with consent."""

    id: str
    element: str
    text: str
    name: str
    may_show_name: bool
    at: dt.datetime
    answer: str
    answered_at: dt.datetime | None
    hidden_at: dt.datetime | None
    hidden_because: str


class OpenComment(Shape):
    """What somebody said in public, as everybody sees it."""

    id: str
    element: str
    text: str = Field(description="Empty where it is hidden.")
    name: str = Field(description="Only where whoever said it agreed.")
    at: dt.datetime
    answer: str
    hidden_because: str


class PublicRounds(Shape):
    """What everybody is asked about."""

    items: list[ConsultationShape]


class PublicRound(ConsultationFull):
    """A round with everything that was said in it."""

    comments: list[OpenComment]


class CommentInPublic(Given):
    """What anybody says."""

    text: Said
    element: Annotated[str, StringConstraints(strict=True, max_length=40, pattern=r"^[a-z_]*$")] = Field(
        default="", description="Empty for the whole."
    )
    name: Annotated[str, StringConstraints(strict=True, max_length=120, pattern=r"^[^\x00]*$")] = ""
    may_show_name: bool = False


class ConsultationGiven(Given):
    """What people are asked, until when, and who."""

    question: Said
    until: Day
    audience: Literal["link", "everybody"] = "link"


class PublicAnswerGiven(Given):
    """What is answered."""

    text: Said


class HidingGiven(Given):
    """Why; the public reads it in the place of the comment."""

    because: Words


class ClosingGiven(Given):
    """What came of it."""

    summary: Text = ""


@operation("GET", "/descriptions/{id}/consultations", {200: Listing[ConsultationShape]}, capability="description.submit",
           links={"read_consultation": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_consultations(request: HttpRequest, id: Id, query: Query[PageQuery]) -> Listing[ConsultationShape]:
    """The rounds of public comment on a description, the last opened first."""
    return listed(request, Consultation.objects.filter(description=_managed(request, id)), query, _brief)


@operation("POST", "/descriptions/{id}/consultations", {201: ConsultationFull}, capability="description.submit", links=FOUND,
           example={"question": "Would this help you in your work?", "until": "2027-03-31", "audience": "everybody"})  # fmt: skip
def open_consultation(request: HttpRequest, id: Id, body: ConsultationGiven) -> Answer:
    """Show the draft as it is now to the public, with a question. People read and comment at “/comments/” with the id of the round."""
    made = domain.open_consultation(
        description=visible(request, id), by=caller(request).person, question=body.question, until=body.until,
        audience=body.audience,
    )  # fmt: skip
    return Answer(_full(made), {"Location": f"/api/v1/consultations/{made.id}"})


@operation("GET", "/consultations/{id}", {200: ConsultationFull}, capability="description.submit")
def read_consultation(request: HttpRequest, id: Id) -> ConsultationFull:
    """A round with the draft that is commented on."""
    return _full(_round(request, id))


@operation("GET", "/consultations/{id}/comments", {200: Listing[PublicCommentShape]}, capability="description.submit",
           links={name: {"comment": "$response.body#/items/0/id", "id": "$request.path.id"}
                  for name in ("answer_public_comment", "hide_public_comment")})  # fmt: skip
def consultation_comments(
    request: HttpRequest, id: Id, query: Query[PageQuery]
) -> Listing[PublicCommentShape]:
    """What was said, the first said first; with what is hidden from the public."""
    found = PublicComment.objects.filter(consultation=_round(request, id))
    return listed(request, found, query, _comment, by="made_at")


@operation("PUT", "/consultations/{id}/comments/{comment}/answer", {200: PublicCommentShape}, capability="description.submit",
           example={"text": "Thank you: the hours are stated now."})  # fmt: skip
def answer_public_comment(
    request: HttpRequest, id: Id, comment: Id, body: PublicAnswerGiven
) -> PublicCommentShape:
    """Answer in public; answering again replaces the answer."""
    found = _own_comment(request, id, comment)
    return _comment(domain.answer(comment=found, by=caller(request).person, text=body.text))


@operation("PUT", "/consultations/{id}/comments/{comment}/hiding", {200: PublicCommentShape}, capability="description.submit",
           example={"because": "It names a person."})  # fmt: skip
def hide_public_comment(request: HttpRequest, id: Id, comment: Id, body: HidingGiven) -> PublicCommentShape:
    """Take the words of a comment out of public view; that there was one, and why it is hidden, stays."""
    found = _own_comment(request, id, comment)
    return _comment(domain.hide(comment=found, by=caller(request).person, because=body.because))


@operation("POST", "/consultations/{id}/closing", {200: ConsultationFull}, capability="description.submit",
           example={"summary": "The hours were unclear; they are stated now."})  # fmt: skip
def close_consultation(request: HttpRequest, id: Id, body: ClosingGiven) -> ConsultationFull:
    """End a round in which every comment is answered or hidden; what was said stays readable."""
    found = _round(request, id)
    return _full(domain.close(consultation=found, by=caller(request).person, summary=body.summary))


@operation("GET", "/public-consultations", {200: PublicRounds}, is_public=True,
           links={name: {"id": "$response.body#/items/0/id"} for name in ("read_public_consultation", "comment_in_public")})  # fmt: skip
def list_public_consultations(request: HttpRequest) -> PublicRounds:
    """Drafts that everybody is asked about now, the one that ends first on top."""
    return PublicRounds(items=[_brief(one) for one in queries.open_to_everybody(timezone.now().date())])


@operation("GET", "/public-consultations/{id}", {200: PublicRound}, is_public=True)
def read_public_consultation(request: HttpRequest, id: Id) -> PublicRound:
    """A draft with the question, what was said and what the authors answered. What is open by link is found by its id only."""
    found = queries.consultation_with_comments(id)
    if found is None:
        raise Http404
    one, comments = found
    return PublicRound(**_full(one).model_dump(), comments=[_public(each) for each in comments])


@operation("POST", "/public-consultations/{id}/comments", {201: OpenComment}, is_public=True, refuses=True,
           example={"text": "Say how many hours a week it takes.", "element": "workload", "name": "A nurse", "may_show_name": True})  # fmt: skip
def comment_in_public(request: HttpRequest, id: Id, body: CommentInPublic) -> Answer:
    """Say something in a round that is open; nobody has to sign in. Some comments an hour from one place are taken."""
    found = queries.consultation_with_comments(id)
    if found is None:
        raise Http404
    made = domain.comment(consultation=found[0], place=client_address(request), **body.model_dump())
    if made is None:  # only where the field is filled in that people do not see, which is not taken here
        raise Http404
    return Answer(_public(made))


def _public(one: PublicComment) -> OpenComment:
    hidden = one.hidden_at is not None
    return OpenComment(
        id=one.id, element=one.element, text="" if hidden else one.text, at=one.made_at, answer=one.answer,
        name=one.name if one.may_show_name and not hidden else "", hidden_because=one.hidden_because,
    )  # fmt: skip


def _managed(request: HttpRequest, id: str) -> Description:
    """The description, for those who answer for it: its partners see it, and do not."""
    found = visible(request, id)
    domain.require_to_manage(by=caller(request).person, description=found)
    return found


def _round(request: HttpRequest, id: str) -> Consultation:
    found = queries.consultation_with_comments(id)
    if found is None:
        raise Http404
    _managed(request, found[0].description_id)
    return found[0]


def _own_comment(request: HttpRequest, id: str, comment: str) -> PublicComment:
    found = queries.comment_of(_round(request, id), comment)
    if found is None:
        raise Http404
    return found


def _brief(one: Consultation) -> ConsultationShape:
    return ConsultationShape(
        id=one.id, description=one.description_id, question=one.question, audience=one.audience, until=one.until,
        opened_at=one.made_at, closed_at=one.closed_at, summary=one.summary,
    )  # fmt: skip


def _full(one: Consultation) -> ConsultationFull:
    return ConsultationFull(
        **_brief(one).model_dump(), content=one.content, digest=one.digest,
        takes_comments=one.takes_comments(timezone.now().date()),
    )  # fmt: skip


def _comment(one: PublicComment) -> PublicCommentShape:
    return PublicCommentShape(
        id=one.id, element=one.element, text=one.text, name=one.name, may_show_name=one.may_show_name, at=one.made_at,
        answer=one.answer, answered_at=one.answered_at, hidden_at=one.hidden_at, hidden_because=one.hidden_because,
    )  # fmt: skip
