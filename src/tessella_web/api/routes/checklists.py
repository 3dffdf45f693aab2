"""An organisation's own checklist: a draft, its questions, taking it into use."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import Http404, HttpRequest
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Shape, Table
from tessella_web.api.routes.versions import Number
from tessella_web.catalogue import domain, queries
from tessella_web.catalogue.checklist import Checklist, checklist, edition_for, read_own
from tessella_web.catalogue.models import OwnChecklist

operation = Table("Checklists")

QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")]
Phrase = Annotated[str, StringConstraints(strict=True, max_length=600, pattern=r"^[^\x00]*$")]

WORDED = {"asks": "Did a practitioner look at it?", "look": "Minutes of the meeting."}


class OwnQuestion(Shape):
    """One question of an organisation's checklist."""

    id: str
    asks: str
    look: str = Field(description="What to look at.")
    elements: list[str]
    is_own: bool = Field(description="Whether the organisation added it.")
    shipped: str = Field(description="The shipped words of one that was worded anew.")
    not_asked: str = Field(description="Why it is not asked; empty when it is.")


class OwnSection(Shape):
    """Questions that belong together."""

    id: str
    title: str
    questions: list[OwnQuestion]


class ChecklistFull(Shape):
    """A checklist with every question, asked or not."""

    id: str = Field(description="The edition, as reviews name it.")
    title: str
    about: str
    is_own: bool
    sections: list[OwnSection]


class EditionShape(Shape):
    """An edition of the organisation's own."""

    number: int = Field(description="From 1, in the order of being taken into use; 0 for the draft.")
    edition: str
    used_from: dt.datetime | None
    used_until: dt.datetime | None
    reviews: int = Field(description="Reviews that used or use it.")


class Editions(Shape):
    """The organisation's own editions: a draft first, then the newest."""

    items: list[EditionShape]


class QuestionGiven(Given):
    """Words of a question."""

    asks: Phrase
    look: Phrase = Field(default="", description="What to look at.")


class NewQuestion(QuestionGiven):
    """One more question."""

    section: Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[^\x00]*$")] = Field(
        examples=["1.5"]
    )


class LeaveOut(Given):
    """Why a question is not asked."""

    because: Phrase = Field(default="", description="Needed for a shipped question; it stays readable.")


@operation("GET", "/checklist", {200: ChecklistFull}, capability="description.view")
def current_checklist(request: HttpRequest) -> ChecklistFull:
    """What reviews of the organisation that begin now use."""
    return _shape(checklist(edition_for(caller(request).organisation)))


@operation("GET", "/checklist/editions", {200: Editions}, capability="description.view",
           links={"checklist_edition": {"number": "$response.body#/items/0/number"}})  # fmt: skip
def list_checklist_editions(request: HttpRequest) -> Editions:
    """The organisation's own editions."""
    return Editions(items=[
        EditionShape(
            number=one.number, edition=one.edition, used_from=one.used_from, used_until=one.used_until,
            reviews=one.number_of_reviews or 0,  # type: ignore[attr-defined] # annotated by the query
        )
        for one in queries.checklists_of(caller(request).organisation)
    ])  # fmt: skip


@operation("GET", "/checklist/editions/{number}", {200: ChecklistFull}, capability="description.view")
def checklist_edition(request: HttpRequest, number: Number) -> ChecklistFull:
    """An own edition that is or was in use."""
    found = _numbered(request, int(number))
    if found is None:
        raise Http404
    return _shape(read_own(found))


@operation("POST", "/checklist/draft", {200: ChecklistFull}, capability="checklist.edit")
def start_checklist(request: HttpRequest) -> ChecklistFull:
    """Begin an own edition as a copy of what is in use, or go on with the one that was begun."""
    who = caller(request)
    return _shape(read_own(domain.draft_checklist(by=who.person, organisation=who.organisation)))


@operation("GET", "/checklist/draft", {200: ChecklistFull}, capability="checklist.edit", misses=True,
           links={"reword_question": {"question": "$response.body#/sections/0/questions/0/id"}})  # fmt: skip
def read_checklist_draft(request: HttpRequest) -> ChecklistFull:
    """The draft."""
    return _shape(read_own(_draft(request)))


@operation("DELETE", "/checklist/draft", {204: None}, capability="checklist.edit", misses=True)
def drop_checklist_draft(request: HttpRequest) -> Answer:
    """Forget the draft."""
    domain.drop_draft(draft=_draft(request), by=caller(request).person)
    return Answer()


@operation("POST", "/checklist/draft/questions", {201: ChecklistFull}, capability="checklist.edit",
           example={"section": "1.5", **WORDED})  # fmt: skip
def add_question(request: HttpRequest, body: NewQuestion) -> Answer:
    """One more question in a section of the draft."""
    domain.add_question(draft=_draft(request), by=caller(request).person, **body.model_dump())
    return Answer(_shape(read_own(_draft(request))))


@operation(
    "PUT",
    "/checklist/draft/questions/{question}",
    {200: ChecklistFull},
    capability="checklist.edit",
    example=WORDED,
)
def reword_question(request: HttpRequest, question: QuestionId, body: QuestionGiven) -> ChecklistFull:
    """Other words for a question of the draft; what was shipped stays beside them."""
    found = _with(request, question)
    domain.reword_question(draft=found, by=caller(request).person, question=question, **body.model_dump())
    return _shape(read_own(_draft(request)))


@operation("POST", "/checklist/draft/questions/{question}/omission", {200: ChecklistFull}, capability="checklist.edit",
           example={"because": "We have no premises."})  # fmt: skip
def leave_out_question(request: HttpRequest, question: QuestionId, body: LeaveOut) -> ChecklistFull:
    """Do not ask a question. One of your own is gone; a shipped one stays readable with the reason."""
    found = _with(request, question)
    domain.do_not_ask(draft=found, by=caller(request).person, question=question, because=body.because)
    return _shape(read_own(_draft(request)))


@operation(
    "DELETE",
    "/checklist/draft/questions/{question}/omission",
    {200: ChecklistFull},
    capability="checklist.edit",
)
def ask_question_again(request: HttpRequest, question: QuestionId) -> ChecklistFull:
    """Ask a shipped question again."""
    domain.ask_again(draft=_with(request, question), by=caller(request).person, question=question)
    return _shape(read_own(_draft(request)))


@operation(
    "POST", "/checklist/draft/adoption", {200: ChecklistFull}, capability="checklist.edit", misses=True
)
def adopt_checklist(request: HttpRequest) -> ChecklistFull:
    """Take the draft into use for reviews that begin from now on; it does not change any more."""
    return _shape(read_own(domain.adopt_checklist(draft=_draft(request), by=caller(request).person)))


@operation("POST", "/checklist/return-to-shipped", {200: ChecklistFull}, capability="checklist.edit")
def return_to_shipped(request: HttpRequest) -> ChecklistFull:
    """Use the shipped edition for reviews that begin from now on; earlier reviews keep theirs."""
    who = caller(request)
    domain.return_to_shipped(by=who.person, organisation=who.organisation)
    return _shape(checklist(edition_for(who.organisation)))


def _numbered(request: HttpRequest, number: int) -> OwnChecklist | None:
    return next(
        (one for one in queries.checklists_of(caller(request).organisation) if one.number == number), None
    )


def _draft(request: HttpRequest) -> OwnChecklist:
    who = caller(request)
    domain.require_to_edit_checklist(by=who.person, organisation=who.organisation)
    found = _numbered(request, 0)
    if found is None:
        raise Http404
    return found


def _with(request: HttpRequest, question: str) -> OwnChecklist:
    """The draft, if it has the question."""
    found = _draft(request)
    if question not in {one.id for section in read_own(found).sections for one in section.questions}:
        raise Http404
    return found


def _shape(one: Checklist) -> ChecklistFull:
    return ChecklistFull(
        id=one.id, title=one.title, about=one.about, is_own=one.is_own,
        sections=[
            OwnSection(id=section.id, title=section.title, questions=[
                OwnQuestion(
                    id=each.id, asks=each.asks, look=each.look, elements=list(each.elements), is_own=each.is_own,
                    shipped=each.shipped, not_asked=each.not_asked,
                )
                for each in section.questions
            ])
            for section in one.sections
        ],
    )  # fmt: skip
