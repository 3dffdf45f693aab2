"""Texts in cells of spreadsheets that we write: they stay texts, and the file can be opened."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["fill", "in_csv"]

MAX_CELL_CHARS = 32_000
"""Spreadsheet programs take 32,767."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell may begin with that a spreadsheet program would compute."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML 1.0 file can hold (§2.2), and the carriage return, which none keeps."""


def fill(cell: Any, value: object) -> None:
    """Put a value into a cell of openpyxl. What cannot be written is left out of a text, and what is too long of its end."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = _UNWRITABLE.sub("", value)[:MAX_CELL_CHARS]
    cell.value = text or None
    if text:
        cell.data_type, cell.quotePrefix = "s", text.startswith(_FORMULA)


def in_csv(text: str) -> str:
    """A text for a CSV file, which knows no types: an apostrophe keeps it from being computed."""
    return f"'{text}" if text.startswith(_FORMULA) else text
