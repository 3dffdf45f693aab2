"""A table of cells as it came out of a spreadsheet, before anyone has said what the columns mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import msgspec

__all__ = ["Cell", "CellProblem", "Row", "Table"]

Cell = str | int | float | bool | Decimal | dt.date | dt.datetime | None
"""What a cell of a spreadsheet can hold."""


class CellProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that cannot be read: a formula without a stored value, a merged cell, an error value."""

    column: int
    message: str
    hint: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: ``number`` is the spreadsheet's own (1 = first)."""

    number: int
    cells: tuple[Cell, ...]
    problems: tuple[CellProblem, ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet. ``rows`` may be a generator: a large file is read once, row by row."""

    source: str
    sheet: str
    rows: Iterable[Row]
