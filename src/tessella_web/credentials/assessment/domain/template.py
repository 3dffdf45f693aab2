"""The spreadsheet in which assessors record: its words and its looks. No cell of it is a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from tessella.model import MicroCredential
from tessella.text import pick
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.cells import fill
from tessella_web.credentials.assessment import queries
from tessella_web.credentials.assessment.models import Standing
from tessella_web.credentials.domain.assessed import supervision_choices

__all__ = [
    "FIELDS",
    "MAX_PEOPLE",
    "REFERENCE",
    "headings",
    "outcome_titles",
    "results_sheet",
    "standing_labels",
    "standing_words",
]

MAX_PEOPLE = 2_000
"""Of one offer in one spreadsheet: a larger course is split into offers."""

REFERENCE = "Reference"
"""The heading of the column that says whose row it is: the enrolment's id and the record's number, never a name."""

FIELDS = ("grade", "assessed_on", "supervision", "identity_check", "note")
_WIDTHS = {"grade": 10, "assessed_on": 14, "supervision": 34, "identity_check": 34, "note": 40}
_STANDINGS, _SUPERVISION = "D", "E"
"""Columns of the second sheet from which cells of the first are chosen."""


def results_sheet(*, by: Person, offer: Offer) -> bytes:
    """An XLSX of the participants with a column for each outcome, filled with what is recorded; no cell of it is a formula."""
    require(by, offer.organisation, "outcome.record")
    people = list(queries.to_assess(offer)[:MAX_PEOPLE])
    said = queries.current_records(people)
    outcomes = outcome_titles(offer.version.record())
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("Results")[:31]
    head = [REFERENCE, _("Name"), *(f"{id}: {title}" for id, title in outcomes.items()), *headings().values()]
    _write_row(sheet, 1, head, is_head=True)
    for number, one in enumerate(people, 2):
        last = said.get(one.id)
        standings = last.standings if last else {}
        cells = [f"{one.id}/{last.number if last else 0}", one.name]
        cells += [str(Standing(standings[id]).label) if id in standings else "" for id in outcomes]
        cells += [_shown(name, getattr(last, name)) if last else "" for name in FIELDS]
        _write_row(sheet, number, cells)
    hints = book.create_sheet(_("How to fill it in")[:31])
    _dress(sheet, hints, len(outcomes), len(people))
    _explain(hints, outcomes)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def headings() -> dict[str, str]:
    """The headings in the language of the moment; the English ones are understood too."""
    return {
        "grade": _("Grade"), "assessed_on": _("Assessed on"), "supervision": _("Supervision"),
        "identity_check": _("How identity was checked"), "note": _("Evidence"),
    }  # fmt: skip


def standing_labels() -> list[str]:
    """What may be found of an outcome, in the language of the moment."""
    return [str(one.label) for one in Standing]


def standing_words() -> dict[str, str]:
    """What may stand in a cell for each standing."""
    plain = {"yes": Standing.ACHIEVED, "no": Standing.NOT, "partly": Standing.PARTLY, "not achieved": Standing.NOT,
             "partly achieved": Standing.PARTLY}  # fmt: skip
    named = {str(one.label).casefold(): one for one in Standing} | {one.value: one for one in Standing}
    return {word: one.value for word, one in (plain | named).items()}


def outcome_titles(content: MicroCredential) -> dict[str, str]:
    """By id the titles of all outcomes."""
    return {one.id: pick(one.title, (content.language,)) for one in content.outcomes if one.id}


def _shown(name: str, value: Any) -> Any:
    return dict(supervision_choices()).get(value, value) if name == "supervision" else value


def _write_row(sheet: Any, number: int, values: Sequence[Any], *, is_head: bool = False) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row=number, column=column)
        fill(cell, value)
        if is_head:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E4EEEF")
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _dress(sheet: Any, hints: Any, outcomes: int, people: int) -> None:
    """Widths, a header that stays, and lists to choose from."""
    widths = [26, 28, *[18] * outcomes, *(_WIDTHS[name] for name in FIELDS)]
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "C2"
    supervision = outcomes + 3 + FIELDS.index("supervision")
    for first, last, column, count in (
        (3, outcomes + 2, _STANDINGS, len(Standing)),
        (supervision, supervision, _SUPERVISION, len(supervision_choices())),
    ):
        choice = DataValidation(
            type="list", formula1=f"'{hints.title}'!${column}$1:${column}${count}", allow_blank=True
        )
        sheet.add_data_validation(choice)
        choice.add(f"{get_column_letter(first)}2:{get_column_letter(max(first, last))}{max(people + 1, 2)}")


def _explain(sheet: Any, outcomes: Mapping[str, str]) -> None:
    """What may stand in which cell; the words to choose from stand in columns of their own."""
    lines: list[Sequence[str]] = [
        (_("One row is one person. Leave the first column as it is."),),
        (_("Outcomes: %(words)s. An empty cell leaves what is recorded.") % {"words": ", ".join(standing_labels())},),
        (_("Supervision: %(words)s.") % {"words": "; ".join(name for _code, name in supervision_choices())},),
        ("",),
        *outcomes.items(),
    ]  # fmt: skip
    for number, values in enumerate(lines, 1):
        _write_row(sheet, number, values)
    for column, words in (
        (_STANDINGS, standing_labels()),
        (_SUPERVISION, [name for _code, name in supervision_choices()]),
    ):
        for number, word in enumerate(words, 1):
            sheet[f"{column}{number}"].value = word
        sheet.column_dimensions[column].width = 34
    sheet.column_dimensions["A"].width = 60
    sheet.column_dimensions["B"].width = 60
