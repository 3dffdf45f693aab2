"""The result of many verifications as files: a spreadsheet for people, JSON with the signed reports for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from tessella.rendering import verdict_words
from tessella_web.common.cells import fill
from tessella_web.credentials.verifying import batch
from tessella_web.credentials.verifying.batch import Line
from tessella_web.credentials.verifying.intake import TableOf
from tessella_web.credentials.verifying.models import Pile
from tessella_web.credentials.verifying.reports import signed_report, sources

__all__ = ["json_of", "xlsx_of"]

_WIDTHS = (6, 34, 18, 26, 36, 30, 30, 12, 60, 14, 40, 14, 40)

_FILLS = {"passed": "E4F1E6", "failed": "FBE4E1", "indeterminate": "FDF1D6"}


def xlsx_of(pile: Pile, secret: str) -> bytes:
    """A line for each credential; behind a spreadsheet's own columns, where it came in one. No cell is a formula."""
    table = batch.table_of(pile, secret) or TableOf()
    wide = max((len(row) for row in (table.header, *table.rows.values())), default=0)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Result"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate((*[18] * wide, *_WIDTHS), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    head = [*_padded(table.header, wide), *_head()]
    sheet.append([_cell(sheet, text, is_head=True) for text in head])
    for line in batch.lines(pile, secret):
        given = _padded(table.rows.get(line.row, ()), wide)
        cells = [_cell(sheet, value) for value in (*given, *_values(line))]
        cells[wide + 2].fill = PatternFill("solid", fgColor=_FILLS.get(str(line.verdict), "ECEEF0"))
        sheet.append(cells)
    about = book.create_sheet(_("About"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 80
    for row in _about(pile):
        about.append([_cell(about, value) for value in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def json_of(pile: Pile, secret: str) -> bytes:
    """The same lines, the spreadsheet's own cells beside them, and a signed report for each file that was verified."""
    table = batch.table_of(pile, secret)
    known = sources(pile.as_of)
    reports = {
        str(number): signed_report(
            one.found.report, name=one.item.name, sha256=one.sha256, size=one.size, known=known
        )
        for number, one in batch.answered(pile, secret)
        if one.found is not None
    }
    lines = [_given(line, table) for line in batch.lines(pile, secret)]
    body = {
        "as_of": pile.as_of.isoformat(),
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "header": list(table.header) if table else [],
        "rows": lines,
        "reports": reports,
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def _given(line: Line, table: TableOf | None) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(line)
    return found | ({"given": list(table.rows.get(line.row, ()))} if table else {})


def _head() -> list[str]:
    return [
        _("No"), _("File"), _("Verdict"), _("Who"), _("What"), _("By whom"), _("Known in registers as"), _("When"),
        _("First reason"), _("State here"), _("Where in the file"), _("Row"), _("Where its code leads"),
    ]  # fmt: skip


def _values(line: Line) -> list[Any]:
    return [
        line.number, line.file, verdict_words(line.verdict).word, line.who, line.what, line.by, line.registered, line.on,
        line.reason, line.state, line.where, line.row or None,
        line.leads_to,
    ]  # fmt: skip


def _about(pile: Pile) -> Sequence[tuple[str, str]]:
    return (
        (_("Judged as of"), pile.as_of.isoformat(timespec="seconds")),
        (_("Made"), timezone.now().isoformat(timespec="seconds")),
        (_("Notice"), _("This list holds what credentials say about persons. Keep it only as long as you need it.")),
        (_("What it proves"), _("Nothing by itself: a spreadsheet can be changed. The signed report of each file can be checked.")),
    )  # fmt: skip


def _padded(row: Sequence[str], wide: int) -> list[str]:
    return [*row, *[""] * (wide - len(row))]


def _cell(sheet: Any, value: Any, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    fill(cell, value or None)
    if is_head:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E4EEEF")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
