"""Batches: a dry run, its problems, the start, the approval, the progress."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, WithJsonSchema

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed, whole
from tessella_web.catalogue import queries as catalogue
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.domain import awards, batches, scheduling
from tessella_web.credentials.domain.batches import COLUMNS
from tessella_web.credentials.models import Batch, Row, RowState

operation = Table("Batches")

MADE = {
    "read_batch": {"id": "$response.body#/id"}, "batch_rows": {"id": "$response.body#/id"},
    "start_batch": {"id": "$response.body#/id"}, "approve_batch": {"id": "$response.body#/id"},
    "cancel_batch": {"id": "$response.body#/id"}, "batch_awards": {"id": "$response.body#/id"},
}  # fmt: skip

MAX_CELL = 500
MAX_ROWS = 5_000

FormatName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,30}$")]


def _columns(row: dict[str, str]) -> dict[str, str]:
    for name, value in row.items():
        if name not in COLUMNS:
            raise ValueError(f"{name[:40]}: no column")
        if len(value) > MAX_CELL or "\x00" in value:
            raise ValueError(f"{name}: too long")
    return row


Learner = Annotated[
    dict[str, str],
    AfterValidator(_columns),
    WithJsonSchema(
        {
            "type": "object",
            "description": "One learner, by the columns of the class list.",
            "properties": {
                name: {"type": "string", "maxLength": MAX_CELL, "pattern": r"^[^\x00]*$"} for name in COLUMNS
            },
            "additionalProperties": False,
        }
    ),
]


class BatchBrief(Shape):
    """A batch as it stands in lists."""

    id: str
    micro_credential: str
    number: int
    title: str
    stage: str = Field(description="checked, approval, sealing, stopped, done or cancelled.")
    source: str = Field(description="Name of the file it was read from; empty otherwise.")
    is_test: bool
    made_at: dt.datetime


class Counts(Shape):
    """Rows by what became of them."""

    good: int = Field(description="Can be awarded.")
    problem: int
    not_passed: int
    already: int = Field(description="Awarded before.")
    awarded: int
    failed: int


class BatchFull(BatchBrief):
    """A batch with its progress."""

    formats: list[str]
    is_suspendable: bool
    needs_approval: bool = Field(description="Whether a second person must approve it.")
    rows: Counts
    done: int = Field(description="Rows that are through.")
    total: int = Field(description="Rows that are, were or will be sealed.")
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    stopped_because: str
    scheduled_for: dt.datetime | None


class RowProblem(Shape):
    """What is wrong with a row."""

    column: str
    message: str
    hint: str
    code: str


class RowShape(Shape):
    """A row of the dry run. Personal data."""

    number: int
    state: str = Field(description="good, problem, not-passed, already, awarded or failed.")
    name: str
    problems: list[RowProblem]


class AwardInBatch(Shape):
    """An award of a batch. Personal data."""

    id: str
    row: int
    name: str
    state: str
    claimed_at: dt.datetime | None


class Prepare(Given):
    """Who is awarded what, in which formats."""

    micro_credential: Id
    number: Annotated[int, Field(ge=1, le=999_999)]
    formats: Annotated[list[FormatName], Field(min_length=1, max_length=20)]
    is_suspendable: bool = False
    rows: Annotated[list[Learner], Field(min_length=1, max_length=MAX_ROWS)]


class PrepareFileQuery(BaseModel):
    """What is awarded, and in which formats."""

    micro_credential: Id
    number: Annotated[int, Field(ge=1, le=999_999), whole]
    formats: Annotated[list[FormatName], Field(min_length=1, max_length=20)]
    is_suspendable: Literal["true", "false"] = "false"
    file_name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\]{1,150}\.(csv|xlsx)$")] = "list.csv"


class ScheduleGiven(Given):
    """When it starts by itself: a time on the clocks of a time zone."""

    at: Annotated[
        str,
        StringConstraints(strict=True, pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]$"),
    ] = Field(examples=["2027-06-30T18:00"])
    time_zone: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_+/-]{1,60}$")] = Field(
        examples=["Europe/Brussels"]
    )


class Resent(Shape):
    """How many mails leave."""

    mails: int


class RowsQuery(PageQuery):
    """Which rows."""

    state: Literal["", "good", "problem", "not-passed", "already", "awarded", "failed"] = Field(
        default="", description="Only those in this state."
    )


@operation("GET", "/batches", {200: Listing[BatchBrief]}, capability="batch.view",
           links={"read_batch": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_batches(request: HttpRequest, query: Query[PageQuery]) -> Listing[BatchBrief]:
    """The organisation's batches, the last prepared first."""
    found = Batch.objects.filter(organisation=caller(request).organisation).select_related("version")
    return listed(request, found, query, _brief)


@operation("POST", "/batches", {201: BatchFull}, capability="batch.prepare", links=MADE, example={
    "micro_credential": "AAAAAAAAAAAAAAAAAAAAAA", "number": 1, "formats": ["openbadge"], "is_suspendable": False,
    "rows": [{"given_name": "Anna", "family_name": "Jansen", "email": "anna@example.org", "result": "passed"}],
})  # fmt: skip
def prepare_batch(request: HttpRequest, body: Prepare) -> Answer:
    """Check a class list: every row with what would become of it. Nothing is awarded yet.

    Columns, rules and messages are those of the class list as a file.
    """
    return _prepared(request, version_of(request, body.micro_credential, body.number), as_list(body.rows), "rows.csv",
                     body.formats, body.is_suspendable)  # fmt: skip


@operation(
    "POST", "/batches/from-file", {201: BatchFull}, capability="batch.prepare", takes_file=True, links=MADE
)
def prepare_batch_from_file(request: HttpRequest, query: Query[PrepareFileQuery]) -> Answer:
    """Check a class list that is a spreadsheet (.xlsx or .csv): the body is the file. Nothing is awarded yet."""
    version = version_of(request, query.micro_credential, query.number)
    return _prepared(
        request, version, request.body, query.file_name, query.formats, query.is_suspendable == "true"
    )


@operation("GET", "/batches/{id}", {200: BatchFull}, capability="batch.view")
def read_batch(request: HttpRequest, id: Id) -> BatchFull:
    """A batch with its progress."""
    return full(own_batch(request, id))


@operation("GET", "/batches/{id}/rows", {200: Listing[RowShape]}, capability="batch.view")
def batch_rows(request: HttpRequest, id: Id, query: Query[RowsQuery]) -> Listing[RowShape]:
    """The rows of the dry run, with what is wrong in which column."""
    found = own_batch(request, id).rows.all()
    if query.state:
        found = found.filter(state=RowState(query.state))
    return listed(request, found, query, _row, by="number")


@operation("POST", "/batches/{id}/start", {200: BatchFull}, capability="batch.prepare")
def start_batch(request: HttpRequest, id: Id) -> BatchFull:
    """Award and seal the good rows in the background; above the threshold, ask for a second person instead."""
    return full(batches.start(by=caller(request).person, batch=own_batch(request, id)))


@operation("POST", "/batches/{id}/approval", {200: BatchFull}, capability="batch.approve")
def approve_batch(request: HttpRequest, id: Id) -> BatchFull:
    """The second person’s yes, which starts the batch. Who prepared it cannot give it."""
    return full(batches.approve(by=caller(request).person, batch=own_batch(request, id)))


@operation("POST", "/batches/{id}/cancellation", {200: BatchFull}, capability="batch.prepare")
def cancel_batch(request: HttpRequest, id: Id) -> BatchFull:
    """Give up a batch that was not started; what was read of the learners is deleted."""
    return full(batches.cancel(by=caller(request).person, batch=own_batch(request, id)))


@operation(
    "PUT", "/batches/{id}/schedule", {200: BatchFull}, capability="batch.prepare",
    example={"at": "2027-06-30T18:00", "time_zone": "Europe/Brussels"},
)  # fmt: skip
def schedule_batch(request: HttpRequest, id: Id, body: ScheduleGiven) -> BatchFull:
    """Have a checked batch start by itself; above the threshold it waits for a second person first."""
    try:
        at = dt.datetime.fromisoformat(body.at)
    except ValueError as error:
        raise RefusedError(
            _("There is no such day or time."), code="batch.no-such-time", field="at", hint=_("Such as: 2027-06-30T18:00"),
        ) from error  # fmt: skip
    return full(
        scheduling.schedule(
            by=caller(request).person, batch=own_batch(request, id), at=at, time_zone=body.time_zone
        )
    )


@operation("DELETE", "/batches/{id}/schedule", {200: BatchFull}, capability="batch.prepare")
def unschedule_batch(request: HttpRequest, id: Id) -> BatchFull:
    """Take the time back; the batch can be started or given up."""
    return full(scheduling.unschedule(by=caller(request).person, batch=own_batch(request, id)))


@operation("POST", "/batches/{id}/claim-links", {200: Resent}, capability="batch.prepare")
def resend_ended_links(request: HttpRequest, id: Id) -> Resent:
    """New claim links for everybody whose link has ended unused."""
    return Resent(mails=awards.resend_ended(by=caller(request).person, batch=own_batch(request, id)))


@operation("GET", "/batches/{id}/awards", {200: Listing[AwardInBatch]}, capability="batch.view",
           links={"read_award": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def batch_awards(request: HttpRequest, id: Id, query: Query[PageQuery]) -> Listing[AwardInBatch]:
    """The awards that were made."""
    return listed(request, queries.awards_of(own_batch(request, id)), query, _award)


@operation(
    "GET",
    "/batches/{id}/files.zip",
    {200: Media(("application/zip",), "All files, by format and row.")},
    capability="batch.view",
)
def batch_files(request: HttpRequest, id: Id) -> HttpResponse:
    """All files of a batch as a ZIP archive."""
    response = StreamingHttpResponse(queries.archive(own_batch(request, id)), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="awards.zip"'
    return response  # type: ignore[return-value] # both are answers


def own_batch(request: HttpRequest, id: str) -> Batch:
    """The batch, if it is the organisation's of the token.

    Raises:
        Http404: it is not.
    """
    found = Batch.objects.filter(pk=id, organisation=caller(request).organisation)
    batch = found.select_related("organisation", "version").first()
    if batch is None:
        raise Http404
    return batch


def as_list(rows: list[dict[str, str]]) -> bytes:
    """Rows as the class list that a file would be."""
    text = io.StringIO()
    writer = csv.DictWriter(text, sorted({name for row in rows for name in row} or {"full_name"}))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def version_of(request: HttpRequest, id: str, number: int) -> Version:
    """A version of the token's organisation, or 404."""
    found = catalogue.version_at(id, number)
    if found is None or found.organisation_id != caller(request).organisation.id:
        raise Http404
    return found


def _prepared(
    request: HttpRequest, version: Version, data: bytes, name: str, formats: list[str], is_suspendable: bool
) -> Answer:
    batch = batches.prepare_list(
        by=caller(request).person, version=version, file_name=name, data=data, formats=formats, is_suspendable=is_suspendable
    )  # fmt: skip
    return Answer(full(batch), {"Location": f"/api/v1/batches/{batch.id}"})


def _brief(one: Batch) -> BatchBrief:
    return BatchBrief(
        id=one.id, micro_credential=one.version.description_id, number=one.version.number, title=one.version.title,
        stage=one.stage, source=one.source, is_test=one.is_test, made_at=one.made_at,
    )  # fmt: skip


def full(one: Batch) -> BatchFull:
    done, total = queries.progress(one)
    return BatchFull(
        **_brief(one).model_dump(), formats=one.formats, is_suspendable=one.is_suspendable, needs_approval=one.needs_approval,
        rows=Counts(**queries.counts(one)), done=done, total=total, started_at=one.started_at, finished_at=one.finished_at,
        stopped_because=one.stopped_because, scheduled_for=one.scheduled_for,
    )  # fmt: skip


def _row(one: Row) -> RowShape:
    problems: list[Any] = one.problems
    return RowShape(
        number=one.number, state=one.state, name=one.read().learner.display_name if one.entry else "",
        problems=[
            RowProblem(column=each["column"], message=each["message"], hint=each["hint"], code=each["code"])
            for each in problems
        ],
    )  # fmt: skip


def _award(one: Any) -> AwardInBatch:
    return AwardInBatch(
        id=one.id,
        row=one.row.number,
        name=one.learner.display_name,
        state=one.state,
        claimed_at=one.claimed_at,
    )
