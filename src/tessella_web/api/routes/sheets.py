"""Spreadsheets about an offer: who takes part, and what was achieved. First a dry run, then taking it over."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Id, Media, Shape, Table
from tessella_web.api.routes.offers import own_offer
from tessella_web.credentials.assessment import domain
from tessella_web.credentials.assessment.models import Upload, UploadKind

operation = Table("Participants")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PEOPLE = {name: {"id": "$response.body#/id"} for name in ("take_over_participants", "give_up_participants")}
RESULTS = {name: {"id": "$response.body#/id"} for name in ("take_over_results", "give_up_results")}


class CellProblem(Shape):
    """A cell that cannot be taken."""

    row: int
    column: str
    message: str
    hint: str
    code: str


class SheetShape(Shape):
    """A spreadsheet that was looked through and waits for a yes. Personal data."""

    id: str
    kind: str = Field(description="people or results.")
    offer: str
    file_name: str
    rows: list[dict[str, Any]] = Field(description="What would be taken over.")
    problems: list[CellProblem]


class SheetDone(Shape):
    """What became of a spreadsheet."""

    rows: int = Field(description="Taken over.")
    problems: list[CellProblem] = Field(description="What meanwhile spoke against others.")


class SheetQuery(BaseModel):
    """How the file is called: its ending says what it is."""

    file_name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\]{1,140}\.(csv|xlsx)$")] = "list.csv"


@operation("POST", "/offers/{id}/participant-sheets", {201: SheetShape}, capability="participant.manage", takes_file=True,
           links=PEOPLE)  # fmt: skip
def check_participants_sheet(request: HttpRequest, id: Id, query: Query[SheetQuery]) -> Answer:
    """Check a list of who takes part (.xlsx or .csv, columns as in class lists): the body is the file. Nobody is listed yet.

    An earlier one of the caller’s that was not taken over is forgotten.
    """
    found = domain.check_people(
        by=caller(request).person, offer=own_offer(request, id), file_name=query.file_name, data=request.body
    )
    return Answer(_shape(found))


@operation("POST", "/participant-sheets/{id}/taking-over", {200: SheetDone}, capability="participant.manage")
def take_over_participants(request: HttpRequest, id: Id) -> SheetDone:
    """List the people of a sheet of one’s own that was checked."""
    return _taken(request, _own(request, id, UploadKind.PEOPLE))


@operation("DELETE", "/participant-sheets/{id}", {204: None}, capability="participant.manage")
def give_up_participants(request: HttpRequest, id: Id) -> Answer:
    """Forget a sheet that was checked."""
    domain.give_up(by=caller(request).person, upload=_own(request, id, UploadKind.PEOPLE))
    return Answer()


@operation(
    "GET",
    "/offers/{id}/results.xlsx",
    {200: Media((XLSX,), "The sheet to fill in.")},
    capability="outcome.record",
)
def results_sheet(request: HttpRequest, id: Id) -> HttpResponse:
    """The sheet that assessors fill in: a row for each person, a column for each outcome."""
    data = domain.results_sheet(by=caller(request).person, offer=own_offer(request, id))
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="results.xlsx"'
    return response


@operation(
    "POST",
    "/offers/{id}/result-sheets",
    {201: SheetShape},
    capability="outcome.record",
    takes_file=True,
    links=RESULTS,
)
def check_results_sheet(request: HttpRequest, id: Id, query: Query[SheetQuery]) -> Answer:
    """Check a sheet of results that was filled in: the body is the file. Nothing is recorded yet."""
    found = domain.check_results(
        by=caller(request).person, offer=own_offer(request, id), file_name=query.file_name, data=request.body
    )
    return Answer(_shape(found))


@operation("POST", "/result-sheets/{id}/taking-over", {200: SheetDone}, capability="outcome.record")
def take_over_results(request: HttpRequest, id: Id) -> SheetDone:
    """Record the results of a sheet of one’s own that was checked."""
    return _taken(request, _own(request, id, UploadKind.RESULTS))


@operation("DELETE", "/result-sheets/{id}", {204: None}, capability="outcome.record")
def give_up_results(request: HttpRequest, id: Id) -> Answer:
    """Forget a sheet that was checked."""
    domain.give_up(by=caller(request).person, upload=_own(request, id, UploadKind.RESULTS))
    return Answer()


def _own(request: HttpRequest, id: str, kind: UploadKind) -> Upload:
    who = caller(request)
    found = Upload.objects.filter(pk=id, kind=kind, by=who.person, offer__organisation=who.organisation)
    one = found.select_related("offer__organisation").first()
    if one is None:
        raise Http404
    return one


def _taken(request: HttpRequest, upload: Upload) -> SheetDone:
    done, problems = domain.take_over(by=caller(request).person, upload=upload)
    return SheetDone(rows=done, problems=[CellProblem(**one) for one in problems])


def _shape(one: Upload) -> SheetShape:
    return SheetShape(
        id=one.id, kind=one.kind, offer=one.offer_id, file_name=one.file_name, rows=one.rows,
        problems=[CellProblem(**each) for each in one.problems],
    )  # fmt: skip
