"""Spreadsheets: who takes part, and what assessors found. Each is looked through first; problem cells are named, good rows go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella import typed
from tessella.errors import TessellaError
from tessella.issuing.classlist import (
    ClassListEntry,
    NotPassed,
    RowProblem,
    place_of,
    read_class_list,
    read_date,
    read_text,
)
from tessella.issuing.table import Cell, Row, Table
from tessella.model import MicroCredential
from tessella.vocabulary import code_list
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.errors import DomainError, NotAllowedError, RefusedError
from tessella_web.credentials.assessment import queries
from tessella_web.credentials.assessment.domain.enrolling import list_person
from tessella_web.credentials.assessment.domain.recording import Finding, check_finding, judge, record
from tessella_web.credentials.assessment.domain.template import (
    FIELDS,
    MAX_PEOPLE,
    REFERENCE,
    headings,
    outcome_titles,
    standing_labels,
    standing_words,
)
from tessella_web.credentials.assessment.models import Enrolment, Upload, UploadKind
from tessella_web.credentials.domain.assessed import supervision_choices
from tessella_web.credentials.domain.lists import MAX_UPLOAD_BYTES, table_of

__all__ = ["check_people", "check_results", "give_up", "take_over"]

HEADER_ROWS = 20
"""Titles above the header are common; further down it is data without a header."""

_ENGLISH = {
    "grade": "Grade", "assessed_on": "Assessed on", "supervision": "Supervision", "identity_check": "How identity was checked",
    "note": "Evidence",
}  # fmt: skip
"""Headings that are understood in every language of the interface."""


@transaction.atomic
def check_results(*, by: Person, offer: Offer, file_name: str, data: bytes) -> Upload:
    """The dry run of results: what would be recorded of whom, and every problem cell. Nothing is recorded.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: the file cannot be used: ``sheet.header``, ``sheet.too-large``, ``sheet.too-long``, or the library's reason.
    """
    require(by, offer.organisation, "outcome.record")
    table = _table(file_name, data)
    columns, rows = _header(table, offer.version.record())
    people = {one.id: one for one in queries.to_assess(offer)}
    reading = _Reading(by, offer, columns, people)
    found = [one for row in rows if any(row.cells) and (one := reading.read(row)) is not None]
    return _kept(by, offer, UploadKind.RESULTS, file_name, found, reading.problems)


@transaction.atomic
def check_people(*, by: Person, offer: Offer, file_name: str, data: bytes) -> Upload:
    """The dry run of a class list: who would be put on the offer's list. The columns are those of class lists."""
    require(by, offer.organisation, "participant.manage")
    table = _table(file_name, data)
    have = set(offer.enrolments.exclude(email="").values_list("email", flat=True))
    found: list[Any] = []
    problems: list[dict[str, Any]] = []
    try:
        for event in read_class_list(table, today=timezone.now().date(), every_cell=True):
            if isinstance(event, RowProblem):
                problems.append(_problem(event.row, event.column, event.message, event.hint, event.code))
            elif isinstance(event, NotPassed):
                problems.append(
                    _problem(event.row, "", _("The result says that this person did not pass."),
                             _("Take the column with results out: this list says who takes part."), "sheet.result")
                )  # fmt: skip
            else:
                details = _details(event)
                if details["email"].lower() in have:
                    problems.append(
                        _problem(event.row, "", _("This person is on the list already."), _("Nothing is left to do."), "enrolment.already")
                    )  # fmt: skip
                else:
                    found.append({"row": event.row, **details})
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint, field="file") from error
    return _kept(by, offer, UploadKind.PEOPLE, file_name, found, problems)


@transaction.atomic
def take_over(*, by: Person, upload: Upload) -> tuple[int, list[dict[str, Any]]]:
    """Do what the dry run showed; returns how many rows were taken over, and what meanwhile speaks against others.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    found = (
        Upload.objects.select_for_update()
        .select_related("offer__organisation", "offer__version")
        .get(pk=upload.pk)
    )
    take = _TAKE[UploadKind(found.kind)]
    done, problems = 0, []
    for row in found.rows:
        try:
            with transaction.atomic():
                done += take(by, found.offer, row)
        except NotAllowedError:
            raise
        except RefusedError as error:
            problems.append(_problem(row["row"], "", error.message, error.hint, error.code))
    found.delete()
    return done, problems


def give_up(*, by: Person, upload: Upload) -> None:
    """Forget a spreadsheet that was looked through."""
    needed = "participant.manage" if upload.kind == UploadKind.PEOPLE else "outcome.record"
    require(by, upload.offer.organisation, needed)
    upload.delete()


# --- reading -----------------------------------------------------------------------------------------


class _Reading:
    """Reading rows of results: ``problems`` are the cells that cannot be taken."""

    def __init__(
        self,
        by: Person,
        offer: Offer,
        columns: Mapping[str, tuple[int, str]],
        people: Mapping[str, Enrolment],
    ) -> None:
        self.problems: list[dict[str, Any]] = []
        self._by, self._offer, self._columns, self._people = by, offer, columns, people
        self._said = queries.current_records(list(people.values()))
        self._seen: dict[str, int] = {}
        self._standings = standing_words()
        self._supervision = {name.casefold(): code for code, name in supervision_choices()}

    def read(self, row: Row) -> dict[str, Any] | None:
        """What would be recorded of the row's person; None when that is nothing, or something is wrong."""
        wrong = len(self.problems)
        id, _slash, seen = self._cell(row, "reference", read_text, "").partition("/")
        person = self._people.get(id)
        if person is None:
            self._tell(row, "reference", _("Nobody who takes part has this reference."),
                       _("Take the row from the spreadsheet that you download here."), "sheet.reference")  # fmt: skip
            return None
        if id in self._seen:
            self._tell(row, "reference", _("This person stands already in row %(row)s.") % {"row": self._seen[id]},
                       _("Delete one of the rows."), "sheet.duplicate")  # fmt: skip
            return None
        self._seen[id] = row.number
        finding = self._finding(row)
        if len(self.problems) > wrong:
            return None
        after = int(seen) if seen.isdecimal() else None
        try:
            check_finding(finding, self._offer.version)
            if judge(self._by, person, self._said.get(id), finding, after) is None:
                return None
        except DomainError as error:
            self._tell(row, error.field or "reference", error.message, error.hint, error.code)
            return None
        return {
            "row": row.number,
            "enrolment": id,
            "name": person.name,
            "after": after,
            "finding": msgspec.to_builtins(finding),
        }

    def _finding(self, row: Row) -> Finding:
        standings = {}
        for name in self._columns:
            if name.startswith(_OUTCOME) and (standing := self._cell(row, name, self._standing, "")):
                standings[name.removeprefix(_OUTCOME)] = standing
        return Finding(
            standings=standings,
            assessed_on=self._cell(row, "assessed_on", read_date, None),
            supervision=self._cell(row, "supervision", self._supervised, "") or None,
            **{
                name: self._cell(row, name, read_text, "") or None
                for name in ("grade", "identity_check", "note")
            },
        )

    def _standing(self, cell: Cell) -> str:
        text = read_text(cell)
        if text and text.casefold() not in self._standings:
            raise RefusedError(
                _("“%(value)s” says nothing of an outcome.") % {"value": text[:40]}, code="assessment.standing",
                hint=_("Write: %(words)s.") % {"words": ", ".join(standing_labels())},
            )  # fmt: skip
        return self._standings[text.casefold()] if text else ""

    def _supervised(self, cell: Cell) -> str:
        text = read_text(cell)
        code = self._supervision.get(text.casefold())
        return code or (code_list("supervision").require(text).code if text else "")

    def _cell(self, row: Row, name: str, read: Callable[[Cell], Any], empty: Any) -> Any:
        if name not in self._columns:
            return empty
        index = self._columns[name][0]
        broken = next((one for one in row.problems if one.column == index), None)
        if broken is not None:
            self._tell(row, name, broken.message, broken.hint, "sheet.cell")
            return empty
        try:
            return read(row.cells[index] if index < len(row.cells) else None)
        except (TessellaError, DomainError) as error:
            self._tell(row, name, error.message, error.hint or "", error.code)
            return empty

    def _tell(self, row: Row, name: str, message: str, hint: str, code: str) -> None:
        place = self._columns.get(name) or self._columns.get(_OUTCOME + name) or self._columns["reference"]
        self.problems.append(_problem(row.number, place_of(*place), message, hint, code))


_OUTCOME = "outcome "
"""Before the id of an outcome in the names of columns."""


def _table(file_name: str, data: bytes) -> Table:
    if len(data) > MAX_UPLOAD_BYTES:
        raise RefusedError(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_UPLOAD_BYTES // 1024**2},
            code="sheet.too-large", field="file", hint=_("Remove pictures, or split the list."),
        )  # fmt: skip
    try:
        table = table_of(_name(file_name), data)
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint, field="file") from error
    if len(list(table.rows)) > MAX_PEOPLE + HEADER_ROWS:
        raise RefusedError(
            _("The list is longer than %(limit)s rows.") % {"limit": MAX_PEOPLE},
            code="sheet.too-long", field="file", hint=_("Split it into several lists."),
        )  # fmt: skip
    return table


def _header(table: Table, content: MicroCredential) -> tuple[dict[str, tuple[int, str]], list[Row]]:
    """By name the place and heading of each column, and the rows below the headings."""
    known = {word.casefold(): name for name, word in (*headings().items(), *_ENGLISH.items())}
    known |= {name: name for name in FIELDS} | {REFERENCE.casefold(): "reference"}
    outcomes = {id.casefold(): id for id in outcome_titles(content)}
    rows = list(table.rows)
    for place, row in enumerate(rows[:HEADER_ROWS]):
        found: dict[str, tuple[int, str]] = {}
        for index, cell in enumerate(row.cells):
            heading = " ".join(str(cell or "").split())
            outcome = next(
                (
                    id
                    for key, id in outcomes.items()
                    if heading.casefold() == key or heading.casefold().startswith(key + ": ")
                ),
                None,
            )
            name = _OUTCOME + outcome if outcome else known.get(heading.casefold())
            if name and name not in found:
                found[name] = (index, heading[:60])
        if "reference" in found:
            return found, rows[place + 1 :]
    raise RefusedError(
        _("There is no row with the heading “%(heading)s”.") % {"heading": REFERENCE},
        code="sheet.header", field="file", hint=_("Fill in the spreadsheet that you download here, and leave its first row as it is."),
    )  # fmt: skip


def _details(entry: ClassListEntry) -> dict[str, str]:
    one = entry.learner
    return {
        "given_name": one.given_name or ("" if one.family_name else one.full_name),
        "family_name": one.family_name,
        "email": one.email,
        "birth_date": one.birth_date.isoformat() if one.birth_date else "",
        "language": one.language,
        "student_id": next((found.value for found in one.identifiers), ""),
    }


def _take_person(by: Person, offer: Offer, row: Mapping[str, Any]) -> int:
    details = {**row, "birth_date": dt.date.fromisoformat(row["birth_date"]) if row["birth_date"] else None}
    list_person(by=by, offer=offer, details=details)
    return 1


def _take_result(by: Person, offer: Offer, row: Mapping[str, Any]) -> int:
    enrolment = (
        offer.enrolments.select_related("organisation", "offer__version").filter(pk=row["enrolment"]).first()
    )
    if enrolment is None:
        return 0
    record(by=by, enrolment=enrolment, finding=typed.convert(row["finding"], Finding), after=row["after"])
    return 1


_TAKE: Mapping[UploadKind, Callable[[Person, Offer, Mapping[str, Any]], int]] = {
    UploadKind.PEOPLE: _take_person,
    UploadKind.RESULTS: _take_result,
}


def _kept(
    by: Person, offer: Offer, kind: UploadKind, file_name: str, rows: Sequence[Any], problems: Sequence[Any]
) -> Upload:
    Upload.objects.filter(offer=offer, by=by, kind=kind).delete()  # an earlier one that was not taken over
    return Upload.objects.create(
        offer=offer, by=by, kind=kind, file_name=_name(file_name), rows=list(rows), problems=list(problems)
    )


def _name(file_name: str) -> str:
    return PurePosixPath(file_name.replace("\\", "/")).name[-150:]


def _problem(row: int, column: str, message: str, hint: str, code: str) -> dict[str, Any]:
    return {"row": row, "column": column, "message": message, "hint": hint, "code": code}
