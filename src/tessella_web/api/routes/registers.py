"""Registers: public to read, kept by organisations."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.registers import queries
from tessella_web.registers.domain import imports
from tessella_web.registers.domain import registers as domain
from tessella_web.registers.models import (
    Decision,
    EntryStatus,
    Import,
    ImportKind,
    QualityReport,
    Register,
    RegisterEntry,
    Snapshot,
)

operation = Table("Registers")

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
"""A register's short name."""

Web = Annotated[
    str,
    StringConstraints(
        strict=True, max_length=500, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?)?$"
    ),
]
"""A web address, or empty."""

Status = Literal["listed", "suspended", "withdrawn", "ended"]


class RegisterShape(Shape):
    """A register."""

    slug: str
    name: str
    description: str
    website: str
    keeper: str = Field(description="Short name of the organisation that keeps it.")
    is_quality_decision: bool = Field(
        description="Whether being listed itself says that quality was assured."
    )
    is_accepted: bool = Field(description="Whether its word is taken on who acts for a listed body.")


class Scoped(Shape):
    """What a decision covers; an empty list does not limit."""

    levels: list[int]
    fields: list[str]
    kinds: list[str]
    programmes: list[str]


class StatusShape(Shape):
    """From a day on it had a status."""

    status: str
    on: dt.date
    reason: str


class EntryShape(Shape):
    """A body in a register."""

    id: str
    number: str
    body: str
    name: str
    status: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    url: str
    scope: Scoped


class EntryFull(EntryShape):
    """A body in a register, with the history of its status."""

    history: list[StatusShape]


class ReportShape(Shape):
    """What an agency decided about a body."""

    id: str
    number: str
    body: str
    name: str
    agency: str
    decision: str
    decided_on: dt.date
    valid_until: dt.date | None
    url: str
    withdrawn_at: dt.datetime | None
    scope: Scoped


class SnapshotShape(Shape):
    """The register at a moment."""

    number: int
    taken_at: dt.datetime
    sha256: str
    entries: int


class ImportShape(Shape):
    """A file that was looked through or taken over."""

    id: str
    in_register: str = Field(description="Short name of the register.")
    kind: str
    state: str = Field(description="checked, done or undone.")
    filename: str
    sha256: str
    counts: dict[str, int]
    findings: list[dict[str, Any]]


class ScopeGiven(Given):
    """What a decision covers; what is left out does not limit."""

    levels: list[Annotated[int, Field(ge=1, le=8)]] = Field(default=[], max_length=8)
    fields: list[Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{2,4}$")]] = Field(
        default=[], max_length=50
    )
    kinds: list[Literal["degree", "micro-credential", "vocational", "adult", "non-formal"]] = Field(
        default=[], max_length=5
    )
    programmes: list[Words] = Field(default=[], max_length=50)


class NewRegister(Given):
    """A register to keep."""

    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    slug: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    description: Text = ""
    website: Annotated[
        str,
        StringConstraints(
            strict=True, max_length=200, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?)?$"
        ),
    ] = ""
    is_quality_decision: bool = False


class NewEntry(Given):
    """A body to list; one that is not known is made."""

    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300, pattern=r"^[^\x00]+$")]
    country: Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[^\x00]*$")] = ""
    legal_id: Annotated[str, StringConstraints(strict=True, max_length=80, pattern=r"^[^\x00]*$")] = ""
    homepage: Annotated[
        str,
        StringConstraints(
            strict=True, max_length=200, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?)?$"
        ),
    ] = ""
    number: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=80, pattern=r"^[^\x00]+$")]
    valid_from: Day
    valid_to: Day | None = None
    scope: ScopeGiven = ScopeGiven()
    url: Web = ""


class NewStatus(Given):
    """Another status from a day on."""

    status: Status
    on: Day
    reason: Text


class NewReport(Given):
    """A report about a body that stands in the register."""

    entry: Annotated[
        str, StringConstraints(strict=True, min_length=1, max_length=80, pattern=r"^[^\x00]+$")
    ] = Field(description="The number under which the body stands in the register.")
    agency: Annotated[
        str, StringConstraints(strict=True, min_length=1, max_length=300, pattern=r"^[^\x00]+$")
    ]
    number: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=80, pattern=r"^[^\x00]+$")]
    decision: Literal["positive", "conditional", "negative", "none"]
    decided_on: Day
    valid_until: Day | None = None
    scope: ScopeGiven = ScopeGiven()
    url: Web = ""


class ReasonGiven(Given):
    """Why."""

    reason: Text


class EntriesQuery(PageQuery):
    """Which entries."""

    status: Literal["", "listed", "suspended", "withdrawn", "ended"] = ""
    search: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = Field(
        default="", description="A part of a name, an identifier, or the number."
    )


class ImportQuery(BaseModel):
    """What the file holds."""

    kind: Literal["entries", "reports"] = "entries"
    file_name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\]{1,150}\.csv$")] = "register.csv"


AT = {"read_register": {"slug": "$response.body#/slug"}, "enter_body": {"slug": "$response.body#/slug"},
      "take_snapshot": {"slug": "$response.body#/slug"}, "list_entries": {"slug": "$response.body#/slug"}}  # fmt: skip
ENTERED = {"read_entry": {"slug": "$request.path.slug", "id": "$response.body#/id"},
           "change_entry_status": {"slug": "$request.path.slug", "id": "$response.body#/id"}}  # fmt: skip


@operation("GET", "/registers", {200: Listing[RegisterShape]}, is_public=True,
           links={"read_register": {"slug": "$response.body#/items/0/slug"}, "list_entries": {"slug": "$response.body#/items/0/slug"}})  # fmt: skip
def list_registers(request: HttpRequest, query: Query[PageQuery]) -> Listing[RegisterShape]:
    """Public registers, by name."""
    return listed(request, queries.public_registers(), query, _register, by="name")


@operation("POST", "/registers", {201: RegisterShape}, capability="register.manage", links=AT,
           example={"name": "Register of Twickel", "slug": "twickel", "description": "Who teaches in Twickel."})  # fmt: skip
def open_register(request: HttpRequest, body: NewRegister) -> Answer:
    """Open a register; it counts when it is established who keeps it."""
    who = caller(request)
    made = domain.open_register(by=who.person, organisation=who.organisation, **body.model_dump())
    return Answer(_register(made), {"Location": f"/api/v1/registers/{made.slug}"})


@operation("GET", "/registers/{slug}", {200: RegisterShape}, is_public=True)
def read_register(request: HttpRequest, slug: Slug) -> RegisterShape:
    """A register."""
    return _register(_public(slug))


@operation("GET", "/registers/{slug}/entries", {200: Listing[EntryShape]}, is_public=True,
           links={"read_entry": {"slug": "$request.path.slug", "id": "$response.body#/items/0/id"}})  # fmt: skip
def list_entries(request: HttpRequest, slug: Slug, query: Query[EntriesQuery]) -> Listing[EntryShape]:
    """Its entries, by number."""
    found = queries.entries(_public(slug), search=query.search, status=query.status)
    return listed(request, found, query, _entry, by="number")


@operation("POST", "/registers/{slug}/entries", {201: EntryShape}, capability="register.manage", links=ENTERED, example={
    "name": "Harbour College", "country": "NLD", "number": "17", "valid_from": "2026-01-01",
})  # fmt: skip
def enter_body(request: HttpRequest, slug: Slug, body: NewEntry) -> Answer:
    """List a body from a day on, by its legal identifier or else its name; one that is not known is made."""
    made = domain.enter_named(
        by=caller(request).person,
        register=own_register(request, slug),
        **{**_fields(body), "scope": body.scope.model_dump()},
    )
    return Answer(_entry(made), {"Location": f"/api/v1/registers/{slug}/entries/{made.id}"})


@operation("GET", "/registers/{slug}/entries/{id}", {200: EntryFull}, is_public=True)
def read_entry(request: HttpRequest, slug: Slug, id: Id) -> EntryFull:
    """An entry with the history of its status."""
    return _entry_full(_found(_public(slug), id))


@operation("POST", "/registers/{slug}/entries/{id}/status", {200: EntryFull}, capability="register.manage",
           example={"status": "suspended", "on": "2026-11-01", "reason": "Under review."})  # fmt: skip
def change_entry_status(request: HttpRequest, slug: Slug, id: Id, body: NewStatus) -> EntryFull:
    """Give an entry another status from a day on; what it was before stays readable."""
    register = own_register(request, slug)
    domain.change_status(
        by=caller(request).person, entry=_found(register, id), status=EntryStatus(body.status), on=body.on, reason=body.reason
    )  # fmt: skip
    return _entry_full(_found(register, id))


@operation("GET", "/registers/{slug}/reports", {200: Listing[ReportShape]}, is_public=True)
def list_reports(request: HttpRequest, slug: Slug, query: Query[PageQuery]) -> Listing[ReportShape]:
    """Quality reports in a register, the last decided first."""
    return listed(
        request, _public(slug).reports.select_related("body", "agency"), query, _report, by="-decided_on"
    )


@operation("POST", "/registers/{slug}/reports", {201: ReportShape}, capability="register.manage",
           links={"withdraw_report": {"slug": "$request.path.slug", "id": "$response.body#/id"}}, example={
    "entry": "17", "agency": "Agency of Twickel", "number": "R-1", "decision": "positive", "decided_on": "2026-02-01",
})  # fmt: skip
def record_report(request: HttpRequest, slug: Slug, body: NewReport) -> Answer:
    """Record what an agency decided about a body that stands in the register."""
    values = {**_fields(body), "scope": body.scope.model_dump(), "decision": Decision(body.decision)}
    return Answer(
        _report(
            domain.report_on_entry(by=caller(request).person, register=own_register(request, slug), **values)
        )
    )


@operation("POST", "/registers/{slug}/reports/{id}/withdrawal", {200: ReportShape}, capability="register.manage",
           example={"reason": "Entered by mistake."})  # fmt: skip
def withdraw_report(request: HttpRequest, slug: Slug, id: Id, body: ReasonGiven) -> ReportShape:
    """Say that a report should not have been here; it stays readable and counts no more."""
    register = own_register(request, slug)
    found = register.reports.select_related("body", "agency", "register__organisation").filter(pk=id).first()
    if found is None:
        raise Http404
    domain.withdraw_report(by=caller(request).person, report=found, reason=body.reason)
    return _report(found)


@operation("GET", "/registers/{slug}/snapshots", {200: Listing[SnapshotShape]}, is_public=True)
def list_snapshots(request: HttpRequest, slug: Slug, query: Query[PageQuery]) -> Listing[SnapshotShape]:
    """Snapshots of a register, the last first."""
    return listed(request, queries.snapshots_of(_public(slug)), query, _snapshot, by="-number")


@operation("POST", "/registers/{slug}/snapshots", {201: SnapshotShape}, capability="register.manage",
           links={"read_snapshot": {"slug": "$request.path.slug", "number": "$response.body#/number"}})  # fmt: skip
def take_snapshot(request: HttpRequest, slug: Slug) -> Answer:
    """Keep the register as it is now, hashed; when nothing changed since the last snapshot, the answer is that one."""
    return Answer(
        _snapshot(domain.take_snapshot(by=caller(request).person, register=own_register(request, slug)))
    )


@operation("GET", "/registers/{slug}/snapshots/{number}", {200: Media(("application/json",), "The canonical JSON that was hashed.")},
           is_public=True)  # fmt: skip
def read_snapshot(
    request: HttpRequest, slug: Slug, number: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}$")]
) -> HttpResponse:
    """A snapshot, byte for byte as it was hashed."""
    found = _public(slug).snapshots.filter(number=int(number)).first()
    if found is None:
        raise Http404
    return HttpResponse(found.content, content_type="application/json")


@operation("POST", "/registers/{slug}/imports", {201: ImportShape}, capability="register.import", takes_file=True,
           links={"carry_out_import": {"slug": "$request.path.slug", "id": "$response.body#/id"}})  # fmt: skip
def check_import(request: HttpRequest, slug: Slug, query: Query[ImportQuery]) -> Answer:
    """Look through a CSV file of entries or reports: the body is the file. Nothing is changed yet."""
    run = imports.check_file(
        by=caller(request).person, register=own_register(request, slug), kind=ImportKind(query.kind), filename=query.file_name, data=request.body
    )  # fmt: skip
    return Answer(_import(run))


@operation(
    "POST", "/registers/{slug}/imports/{id}/carrying-out", {200: ImportShape}, capability="register.import"
)
def carry_out_import(request: HttpRequest, slug: Slug, id: Id) -> ImportShape:
    """Take over what was found in a file."""
    return _import(imports.carry_out(run=_run(request, slug, id), by=caller(request).person))


@operation("POST", "/registers/{slug}/imports/{id}/undoing", {200: ImportShape}, capability="register.import")
def undo_import(request: HttpRequest, slug: Slug, id: Id) -> ImportShape:
    """Take back what an import made, as far as nobody has changed it since."""
    imports.undo(run=_run(request, slug, id), by=caller(request).person)
    return _import(_run(request, slug, id))


def _public(slug: str) -> Register:
    found = Register.objects.filter(slug=slug, is_public=True).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


def own_register(request: HttpRequest, slug: str) -> Register:
    """The register, if the organisation of the token keeps it.

    Raises:
        Http404: it does not.
    """
    found = Register.objects.filter(slug=slug, organisation=caller(request).organisation)
    register = found.select_related("organisation").first()
    if register is None:
        raise Http404
    return register


def _run(request: HttpRequest, slug: str, id: str) -> Import:
    found = (
        Import.objects.filter(pk=id, register=own_register(request, slug))
        .select_related("register__organisation")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _found(register: Register, id: str) -> RegisterEntry:
    found = queries.entry(register, id)
    if found is None:
        raise Http404
    return found


def _fields(given: Given) -> dict[str, Any]:
    return {name: getattr(given, name) for name in type(given).model_fields}


def _register(one: Register) -> RegisterShape:
    return RegisterShape(
        slug=one.slug, name=one.name, description=one.description, website=one.website, keeper=one.organisation.slug,
        is_quality_decision=one.is_quality_decision, is_accepted=one.is_accepted,
    )  # fmt: skip


def _scope(one: Any) -> Scoped:
    return Scoped(levels=one.levels, fields=one.fields, kinds=one.kinds, programmes=one.programmes)


def _entry(one: RegisterEntry) -> EntryShape:
    return EntryShape(
        id=one.id, number=one.number, body=one.body_id, name=one.body.name, status=one.status, valid_from=one.valid_from,
        valid_to=one.valid_to, url=one.url, scope=_scope(one),
    )  # fmt: skip


def _entry_full(one: RegisterEntry) -> EntryFull:
    history = [StatusShape(status=each.status, on=each.on, reason=each.reason) for each in one.changes.all()]
    return EntryFull(**_entry(one).model_dump(), history=history)


def _report(one: QualityReport) -> ReportShape:
    return ReportShape(
        id=one.id, number=one.number, body=one.body_id, name=one.body.name, agency=one.agency.name, decision=one.decision,
        decided_on=one.decided_on, valid_until=one.valid_until, url=one.url, withdrawn_at=one.withdrawn_at, scope=_scope(one),
    )  # fmt: skip


def _snapshot(one: Snapshot) -> SnapshotShape:
    return SnapshotShape(number=one.number, taken_at=one.taken_at, sha256=one.sha256, entries=one.entries)


def _import(one: Import) -> ImportShape:
    return ImportShape(
        id=one.id, in_register=one.register.slug, kind=one.kind, state=one.state, filename=one.filename, sha256=one.sha256,
        counts=one.counts, findings=one.findings,
    )  # fmt: skip
