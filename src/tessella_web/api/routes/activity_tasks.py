"""Tasks of activities, what people handed in for them, and what is said to it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.activities import own_activity
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.models import Submission, Task

operation = Table("Activities")


class TaskShape(Shape):
    """Something to do."""

    id: str
    title: str
    text: str
    is_required: bool = Field(description="The record is handed out when all such tasks were accepted.")
    kinds: list[str] = Field(description="What is taken: text, link, file.")


class Tasks(Shape):
    """The tasks of an activity, in their order."""

    items: list[TaskShape]


class TaskGiven(Given):
    """What is to be done."""

    title: Words
    text: Text = Field(default="", description="What makes it good.")
    kinds: Annotated[list[Literal["text", "link", "file"]], Field(min_length=1, max_length=3)] = Field(
        default=["text"], description="What people can hand in."
    )
    is_required: bool = True


class WorkShape(Shape):
    """What somebody handed in for a task. Personal data."""

    id: str
    task: str
    person: str = Field(description="Who, by the id on the list.")
    state: str = Field(description="handed-in, accepted, more or declined.")
    text: str
    link: str
    file_type: str = Field(description="Media type of the file; empty when there is none.")
    size: int = Field(description="Bytes of the file.")
    reply: str
    handed_in_at: dt.datetime
    decided_at: dt.datetime | None


class WorkDecided(WorkShape):
    """The work as it is now, and the batch with the record where this was the last task."""

    batch: str | None


class WorkDecision(Given):
    """What to say to it; asking for more and not accepting need words, which the person reads."""

    decision: Literal["accept", "ask-for-more", "not-accept"]
    reply: Text = ""


@operation("GET", "/activities/{id}/tasks", {200: Tasks}, capability="activity.run",
           links={"remove_task": {"task": "$response.body#/items/0/id", "id": "$request.path.id"}})  # fmt: skip
def list_tasks(request: HttpRequest, id: Id) -> Tasks:
    """What has to be done."""
    return Tasks(items=[_task(one) for one in own_activity(request, id).tasks.all()])


@operation("POST", "/activities/{id}/tasks", {201: TaskShape}, capability="activity.run",
           example={"title": "Draw what you saw", "kinds": ["file"]},
           links={"remove_task": {"task": "$response.body#/id", "id": "$request.path.id"}})  # fmt: skip
def add_task(request: HttpRequest, id: Id, body: TaskGiven) -> Answer:
    """Add a task at the end."""
    made = domain.add_task(
        by=caller(request).person, activity=own_activity(request, id), title=" ".join(body.title.split()),
        text=body.text, kinds=body.kinds, is_required=body.is_required,
    )  # fmt: skip
    return Answer(_task(made))


@operation("DELETE", "/activities/{id}/tasks/{task}", {204: None}, capability="activity.run")
def remove_task(request: HttpRequest, id: Id, task: Id) -> Answer:
    """Take a task away that nobody has handed anything in for."""
    found = own_activity(request, id).tasks.filter(pk=task).first()
    if found is None:
        raise Http404
    domain.remove_task(by=caller(request).person, task=found)
    return Answer()


@operation("GET", "/activities/{id}/works", {200: Listing[WorkShape]}, capability="activity.run",
           links={"decide_work": {"work": "$response.body#/items/0/id", "id": "$request.path.id"}})  # fmt: skip
def list_works(request: HttpRequest, id: Id, query: Query[PageQuery]) -> Listing[WorkShape]:
    """What was handed in, the first handed in first."""
    found = Submission.objects.filter(task__activity=own_activity(request, id))
    return listed(request, found, query, _work, by="handed_in_at")


@operation("GET", "/activities/{id}/works/{work}/file",
           {200: Media(("application/pdf", "image/jpeg", "image/png", "image/webp"), "The file as it was handed in.")},
           capability="activity.run")  # fmt: skip
def work_file(request: HttpRequest, id: Id, work: Id) -> HttpResponse:
    """The file that was handed in. It is somebody else’s: save it, do not show it as a page."""
    found = _own_work(request, id, work)
    if not found.file:
        raise Http404
    with default_storage.open(found.file) as file:
        return HttpResponse(file.read(), content_type=found.file_type, headers={
            "Content-Disposition": "attachment", "Content-Security-Policy": "sandbox; default-src 'none'",
        })  # fmt: skip


@operation("POST", "/activities/{id}/works/{work}/decision", {200: WorkDecided}, capability="activity.run",
           example={"decision": "accept", "reply": "Well drawn."})  # fmt: skip
def decide_work(request: HttpRequest, id: Id, work: Id, body: WorkDecision) -> WorkDecided:
    """Accept a work, ask for more, or do not accept it. With the last required task accepted, the record is awarded."""
    found, who = _own_work(request, id, work), caller(request).person
    batch = None
    if body.decision == "accept":
        batch = domain.accept(by=who, submission=found, reply=body.reply)
    elif body.decision == "ask-for-more":
        domain.ask_for_more(by=who, submission=found, reply=body.reply)
    else:
        domain.not_accept(by=who, submission=found, reply=body.reply)
    now = _work(_own_work(request, id, work))
    return WorkDecided(**now.model_dump(), batch=batch.id if batch else None)


def _own_work(request: HttpRequest, id: str, work: str) -> Submission:
    found = queries.submission_at(work, own_activity(request, id))
    if found is None:
        raise Http404
    return found


def _task(one: Task) -> TaskShape:
    return TaskShape(id=one.id, title=one.title, text=one.text, is_required=one.is_required, kinds=one.kinds)


def _work(one: Submission) -> WorkShape:
    return WorkShape(
        id=one.id, task=one.task_id, person=one.participant_id, state=one.state, text=one.text, link=one.link,
        file_type=one.file_type, size=one.size, reply=one.reply, handed_in_at=one.handed_in_at, decided_at=one.decided_at,
    )  # fmt: skip
