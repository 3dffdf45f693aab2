"""Spreadsheets: XLSX and CSV files as tables of cells, with caps against hostile files.

Values are read with calamine. It reads a formula without a stored value as an empty cell, so XLSX files are also
looked through for formulas and merged cells with openpyxl; both become problems of their cell, never silent blanks.
How far a sheet reaches is measured before either library fills memory with the cells between.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from tessella.adapters.files import read_bytes
from tessella.errors import DecodeError, LimitError
from tessella.issuing.classlist import column_letter
from tessella.issuing.table import Cell, CellProblem, Row, Table
from tessella.text import say

__all__ = ["MAX_CELLS", "parse_table", "read_table"]

MAX_UNPACKED_BYTES = 512 * 1024 * 1024  # bytes
"""What the parts of an XLSX may unpack to: 100,000 rows of 20 columns are about 100 MB of XML."""

MAX_CELLS = 3_000_000
"""Cells of one sheet, empty ones between used ones included: a far-away cell must not fill the memory."""

MAX_COLUMNS = 200
"""A class list has about ten; cells further right are not read."""

_CELL_REFERENCE = re.compile(rb'\br="([A-Z]{0,3})(\d{1,7})"')


def read_table(path: Path) -> Table:
    """The first sheet that has cells.

    Raises:
        AccessError, LimitError: unreadable or too large.
        DecodeError: not a spreadsheet, or protected with a password.
    """
    return parse_table(read_bytes(path), path.name)


def parse_table(data: bytes, name: str) -> Table:
    """The first sheet that has cells, of a file that is already in memory; the end of its name tells CSV from the others.

    Raises:
        LimitError, DecodeError: as `read_table`.
    """
    if Path(name).suffix.lower() in {".csv", ".tsv", ".txt"}:
        return Table(source=name, sheet="", rows=_csv_rows(data, name))
    _check_archive(data, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet_name in book.sheet_names:
            sheet = book.get_sheet_by_name(sheet_name)
            if sheet.height and sheet.width:
                cells = sheet.to_python(skip_empty_area=False)
                return Table(source=name, sheet=sheet_name, rows=_rows(cells, _odd_cells(data, sheet_name)))
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError, KeyError) as error:
        raise _not_a_spreadsheet(name) from error
    raise DecodeError(
        say("The spreadsheet has no cells."),
        code="input.empty",
        place=name,
        hint=say("Save it with the class list."),
    )


def _not_a_spreadsheet(name: str) -> DecodeError:
    return DecodeError(
        say("The file is not a spreadsheet that can be read."),
        code="input.spreadsheet",
        place=name,
        hint=say("Save it as .xlsx without a password, or as .csv."),
    )


def _check_archive(data: bytes, name: str) -> None:
    """Refuse what is no XLSX, what unpacks too large, and sheets that reach too far."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise LimitError(
                    say(
                        "The spreadsheet unpacks to more than %(limit)s MB.",
                        limit=MAX_UNPACKED_BYTES // 1024**2,
                    ),
                    code="input.limit.unpacked",
                    place=name,
                    hint=say("Split the list into several files."),
                )
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    with archive.open(part) as sheet:
                        rows, columns = _extent(sheet)
                    if rows * columns > MAX_CELLS:
                        raise LimitError(
                            say(
                                "A sheet reaches to row %(rows)s and column %(columns)s: more than %(limit)s cells.",
                                rows=rows,
                                columns=column_letter(columns - 1),
                                limit=MAX_CELLS,
                            ),
                            code="input.limit.cells",
                            place=name,
                            hint=say("Delete unused rows and columns, or split the list."),
                        )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _not_a_spreadsheet(name) from error


def _extent(sheet: IO[bytes]) -> tuple[int, int]:
    """The last row and column that any cell names, from the sheet's XML, in one pass of bounded memory."""
    rows = columns = 0
    rest, unpacked = b"", 0
    while chunk := sheet.read(1 << 20):
        unpacked += len(chunk)
        if unpacked > MAX_UNPACKED_BYTES:
            return MAX_CELLS, MAX_CELLS
        text = rest + chunk
        for letters, digits in _CELL_REFERENCE.findall(text):
            rows = max(rows, int(digits))
            columns = max(columns, len(letters) and _column_number(letters))
        rest = text[-64:]
    return rows, max(columns, 1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _odd_cells(data: bytes, sheet_name: str) -> dict[int, tuple[CellProblem, ...]]:
    """Problems by row number: formulas without a stored value, and cells merged with others."""
    odd: dict[int, list[CellProblem]] = {}
    formulas = load_workbook(io.BytesIO(data), read_only=True)
    values = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    pairs = zip(formulas[sheet_name].iter_rows(), values[sheet_name].iter_rows(), strict=False)
    for with_formula, with_value in pairs:
        for cell, stored in zip(with_formula, with_value, strict=False):
            if cell.data_type == "f" and stored.value is None and cell.row and cell.column:
                odd.setdefault(cell.row, []).append(
                    CellProblem(
                        column=cell.column - 1,
                        message=say("The cell holds a formula without a stored value."),
                        hint=say("Open the file, let it calculate, and save it; or paste the value itself."),
                    )
                )
    for first_row, last_row, first_column, last_column in _merged(data, sheet_name):
        for row in range(first_row, min(last_row, first_row + 10_000) + 1):
            for column in range(first_column, min(last_column, MAX_COLUMNS) + 1):
                odd.setdefault(row, []).append(
                    CellProblem(
                        column=column - 1,
                        message=say("The cell is merged with others."),
                        hint=say("Undo the merge and fill each cell."),
                    )
                )
    return {row: tuple(problems) for row, problems in odd.items()}


def _merged(data: bytes, sheet_name: str) -> Iterator[tuple[int, int, int, int]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for (top, left), (bottom, right) in book.get_sheet_by_name(sheet_name).merged_cell_ranges or []:
        yield top + 1, bottom + 1, left + 1, right + 1


def _rows(cells: Sequence[Sequence[object]], odd: dict[int, tuple[CellProblem, ...]]) -> Iterator[Row]:
    for number, row in enumerate(cells, start=1):
        yield Row(
            number=number,
            cells=tuple(_cell(cell) for cell in row[:MAX_COLUMNS]),
            problems=odd.get(number, ()),
        )


def _cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool | int | float | dt.datetime | dt.date):
        return cell
    return None if cell is None else str(cell)


def _csv_rows(data: bytes, name: str) -> Iterator[Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DecodeError(
            say("The file is not UTF-8 text."),
            code="input.encoding",
            place=name,
            hint=say("Save it as “CSV UTF-8”."),
        ) from error
    sample = text[:4096].splitlines()[0] if text else ""
    delimiter = max(";,\t", key=sample.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            yield Row(number=number, cells=tuple(cell or None for cell in row[:MAX_COLUMNS]))
    except csv.Error as error:
        raise DecodeError(
            say("The file is not valid CSV: %(reason)s.", reason=str(error)),
            code="input.csv",
            place=name,
            hint=say("Save it again from the spreadsheet program."),
        ) from error
