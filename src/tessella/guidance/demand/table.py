"""Reading a table of vacancies (CSV): each row a figure or an error with its place and remedy; a bad row stops no other."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from tessella.errors import DecodeError, LimitError, SchemaError
from tessella.text import say

__all__ = ["COLUMNS", "MAX_BYTES", "MAX_ROWS", "Figure", "Read", "RowError", "parse_period", "read_table"]

MAX_BYTES = 100_000_000
"""A figure for every skill of ESCO in every larger region of one country takes some 60 MB."""

MAX_ROWS = 1_000_000
"""Rows of one file."""

MAX_CELL = 500
"""Characters of a cell: addresses are the longest."""

MAX_VACANCIES = 100_000_000
"""More than there are in Europe at any time."""

COLUMNS = ("concept", "region", "period", "vacancies", "source", "source_url", "published_on", "licence")
"""The columns of a table, all needed; others are left aside. ``skill`` or ``occupation`` may stand for ``concept``, ``date`` for ``published_on``."""

_OTHER_NAMES = {"skill": "concept", "occupation": "concept", "uri": "concept", "date": "published_on", "license": "licence", "nuts": "region"}  # fmt: skip
_NUTS = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}|EU")
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_URI = re.compile(r"https?://[^\s<>\"]{3,290}")


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """How many vacancies asked for a skill or an occupation (``concept``, the address of an ESCO concept), where, when, by whom counted.

    ``region`` is a NUTS code, a country's code, or ``EU``; the vacancies were open within ``period_from`` to ``period_to``.
    """

    concept: str
    region: str
    period_from: dt.date
    period_to: dt.date
    vacancies: int
    source: str
    source_url: str
    published_on: dt.date
    licence: str


class RowError(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is left out: which file, row (the heading is row 1) and field, what is wrong, and what to do. Never the cell's text."""

    file: str
    row: int
    field: str
    reason: str
    remedy: str


class Read(NamedTuple):
    """One row: a figure, or why it is none."""

    row: int
    figure: Figure | None
    errors: tuple[RowError, ...]


def parse_period(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of ``2026``, ``2026-Q3`` or ``2026-09``.

    Raises:
        ValueError: it is none of these.
    """
    found = _PERIOD.fullmatch(text)
    if not found or not 1990 <= int(found["year"]) <= 2100:
        raise ValueError(text)
    year = int(found["year"])
    first, months = 1, 12
    if found["quarter"]:
        first, months = int(found["quarter"]) * 3 - 2, 3
    elif found["month"]:
        first, months = int(found["month"]), 1
    after = first + months
    ends = dt.date(year + after // 13, (after - 1) % 12 + 1, 1) - dt.timedelta(days=1)
    return dt.date(year, first, 1), ends


def read_table(data: bytes, *, file: str, today: dt.date) -> Iterator[Read]:
    """The rows of a table one by one, in order; what is wrong with one is told with it.

    Args:
        data: CSV in UTF-8, separated by commas, semicolons or tabs.
        file: what to call it in errors.
        today: figures of later days are errors.

    Raises:
        LimitError: ``demand.too-large``. DecodeError: ``demand.no-table``, not UTF-8 or not CSV. SchemaError: ``demand.columns``.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(say("The table is larger than %(limit)s MB.", limit=MAX_BYTES // 1_000_000), code="demand.too-large", place=file, hint=say("Split it."))  # fmt: skip
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DecodeError(say("The table is not in UTF-8."), code="demand.no-table", place=file, hint=say("Save it as CSV in UTF-8.")) from error  # fmt: skip
    heading = text.partition("\n")[0]
    mark = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    return _rows(rows, file, today)


def _rows(rows: Iterator[list[str]], file: str, today: dt.date) -> Iterator[Read]:
    names: dict[str, int] | None = None
    number = 0
    try:
        for number, cells in enumerate(rows, 1):
            if number > MAX_ROWS + 1:
                raise LimitError(say("The table has more than %(most)s rows.", most=MAX_ROWS), code="demand.too-large", place=file, hint=say("Split it."))  # fmt: skip
            if names is None:
                names = _columns(cells, file)
            elif any(cell.strip() for cell in cells):
                yield _row(number, cells, names, file, today)
    except csv.Error as error:
        raise DecodeError(
            say("The table cannot be read from row %(row)s on.", row=number + 1), code="demand.no-table",
            place=file, hint=say("Look for a quotation mark that is not closed; save it as CSV again."),
        ) from error  # fmt: skip
    if names is None:
        raise _no_columns(file, COLUMNS)


def _columns(cells: list[str], file: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = cell.strip().lower().replace(" ", "_")
        found.setdefault(_OTHER_NAMES.get(name, name), at)
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise _no_columns(file, missing)
    return {name: found[name] for name in COLUMNS}


def _no_columns(file: str, missing: list[str] | tuple[str, ...]) -> SchemaError:
    return SchemaError(
        say("The table has no column for %(names)s.", names=", ".join(missing)), code="demand.columns",
        place=file, expected=", ".join(COLUMNS), hint=say("Its first row names the columns: %(names)s.", names=", ".join(COLUMNS)),
    )  # fmt: skip


def _row(number: int, cells: list[str], names: Mapping[str, int], file: str, today: dt.date) -> Read:
    said = {name: cells[at].strip() if at < len(cells) else "" for name, at in names.items()}
    wrong: list[RowError] = []

    def refuse(field: str, reason: str, remedy: str) -> None:
        wrong.append(RowError(file=file, row=number, field=field, reason=reason, remedy=remedy))

    for name, text in said.items():
        if not text:
            refuse(name, say("It is empty."), say("A figure is not shown without it: fill it in."))
        elif len(text) > MAX_CELL or "\x00" in text:
            refuse(name, say("It is too long, or no text."), say("Write at most %(most)s characters.", most=MAX_CELL))  # fmt: skip
    if wrong:
        return Read(number, None, tuple(wrong))
    values = {**said, "region": said["region"].upper()}
    for name in ("concept", "source_url"):
        if not _URI.fullmatch(said[name]):
            refuse(name, say("It is no web address."), say("Write the whole address, with http:// or https://."))  # fmt: skip
    if not _NUTS.fullmatch(values["region"]):
        refuse("region", say("It is no code of a region."), say("Use a NUTS code or a country's two letters, such as NL21 or NL; EU for all."))  # fmt: skip
    count = said["vacancies"].replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    if not count.isascii() or not count.isdigit() or int(count[:12]) > MAX_VACANCIES:
        refuse("vacancies", say("It is no number of vacancies."), say("Write a whole number from 0, without points."))  # fmt: skip
    period = _period(said["period"])
    if period is None:
        refuse("period", say("It is no period."), say("Write 2026, 2026-Q3 or 2026-09."))
    published = _day(said["published_on"])
    if published is None:
        refuse("published_on", say("It is no day."), say("Write it as 2026-09-30."))
    elif published > today or (period and period[0] > published):
        refuse("published_on", say("It lies before the period or after today."), say("Correct the day or the period."))  # fmt: skip
    if wrong or period is None or published is None:
        return Read(number, None, tuple(wrong))
    figure = Figure(
        concept=said["concept"], region=values["region"], period_from=period[0], period_to=period[1],
        vacancies=int(count), source=said["source"], source_url=said["source_url"], published_on=published,
        licence=said["licence"],
    )  # fmt: skip
    return Read(number, figure, ())


def _period(text: str) -> tuple[dt.date, dt.date] | None:
    try:
        return parse_period(text)
    except ValueError:
        return None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
