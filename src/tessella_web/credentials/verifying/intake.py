"""What somebody hands in to have many verified at once, as single things: files, the files of a ZIP, rows of a spreadsheet, lines of text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from tessella.adapters.spreadsheet import parse_table
from tessella.containers import Kind, detect, read_zip
from tessella.errors import TessellaError
from tessella.issuing.table import Row
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES

__all__ = ["MAX_BYTES", "MAX_ITEMS", "Intake", "Item", "TableOf", "taken_in"]

MAX_BYTES = 32_000_000
"""Of one upload: a hundred certificates of a third of a megabyte; it is in memory for a moment."""

MAX_UNPACKED_BYTES = 96_000_000
"""Of all files in it: sealed credentials pack to a half, and it is in memory for a moment."""

MAX_ITEMS = 500
"""Files or rows of one upload; a longer list is split, or verified with the command line."""

MAX_NAME_CHARS = 200

HEADER_ROWS = 10
"""Rows above the first credential that may be titles."""

_SHEETS = (".xlsx", ".xls", ".ods", ".csv", ".tsv")

_NOISE = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
"""What systems put into archives beside the files."""

_LINK = re.compile(r"https?://[^\s\"'<>]{3,2000}", re.IGNORECASE)
_JWS = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.~-]+")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to verify. ``row`` is where it stands in the spreadsheet; ``problem`` says why there is nothing to verify in it."""

    name: str
    data: bytes = b""
    row: int = 0
    problem: str = ""


class TableOf(msgspec.Struct, frozen=True, kw_only=True):
    """The spreadsheet that rows came in: its header and its cells as text by row number, to be given back beside the results."""

    header: tuple[str, ...] = ()
    rows: dict[int, tuple[str, ...]] = {}


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was handed in."""

    items: tuple[Item, ...]
    table: TableOf | None = None


def taken_in(files: Sequence[tuple[str, bytes]], text: str = "") -> Intake:
    """What is to be verified, one by one, in the order in which it was given. Nothing is verified yet.

    Raises:
        RefusedError: ``verify.too-many``, ``verify.too-large``, ``verify.nothing``, at the field it is about.
    """
    if sum(len(data) for _name, data in files) > MAX_BYTES:
        raise too_large()
    if len(files) == 1 and _is_sheet(*files[0]) and not text:
        return _of_sheet(*files[0])
    items: list[Item] = []
    unpacked = 0
    for item in _items(files, text):
        items.append(item)
        unpacked += len(item.data)
        if unpacked > MAX_UNPACKED_BYTES:
            raise too_large()
        if len(items) > MAX_ITEMS:
            break
    _check_count(len(items))
    return Intake(items=tuple(items))


def too_large() -> RefusedError:
    """The refusal of what is too large together."""
    return RefusedError(
        _("This is larger than %(limit)s MB together.") % {"limit": MAX_BYTES // 1_000_000},
        code="verify.too-large", field="uploads", hint=_("Hand in fewer at once."),
    )  # fmt: skip


def _check_count(count: int) -> None:
    if count > MAX_ITEMS:
        raise RefusedError(
            _("These are more than %(limit)s.") % {"limit": MAX_ITEMS},
            code="verify.too-many", field="uploads", hint=_("Split them into several uploads."),
        )  # fmt: skip
    if not count:
        raise RefusedError(
            _("There is nothing in it to check."), code="verify.nothing", field="uploads",
            hint=_("Hand in certificates, a ZIP of them, or a spreadsheet with a link or a credential in each row."),
        )  # fmt: skip


def _items(files: Iterable[tuple[str, bytes]], text: str) -> Iterator[Item]:
    for name, data in files:
        yield from (
            _of_archive(name, data)
            if _kind(data) is Kind.ZIP and not _is_sheet(name, data)
            else (_item(name, data),)
        )
    yield from _of_text(text)


def _kind(data: bytes) -> Kind | None:
    try:
        return detect(data)
    except TessellaError:
        return None


def _item(name: str, data: bytes, row: int = 0) -> Item:
    name = name[:MAX_NAME_CHARS]
    if len(data) > MAX_UPLOAD_BYTES:
        return Item(name=name, row=row, problem=_("The file is larger than %(limit)s MB.") % {"limit": MAX_UPLOAD_BYTES // 1_000_000})  # fmt: skip
    return Item(name=name, data=data, row=row)


def _of_archive(archive: str, data: bytes) -> Iterator[Item]:
    """One for each file in it; what cannot be unpacked says why, and the others go on."""
    try:
        for name, content in read_zip(data):
            if name.endswith("/") or _NOISE.search(name):
                continue
            if isinstance(content, bytes):
                yield _item(name, content)
            else:
                yield Item(name=name[:MAX_NAME_CHARS], problem=f"{content.message} {content.hint}".strip())
    except TessellaError as error:
        yield Item(name=archive[:MAX_NAME_CHARS], problem=f"{error.message} {error.hint}".strip())


def _of_text(text: str) -> Iterator[Item]:
    """Pasted text: one credential in JSON or XML, else one for each line."""
    text = text.strip()
    if text[:1] in ("{", "[", "<"):
        yield _item(_("pasted text"), text.encode())
        return
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        shown = line if _LINK.fullmatch(line) else _("line %(n)s") % {"n": number}
        yield _item(shown, line.encode())


def _is_sheet(name: str, data: bytes) -> bool:
    return PurePath(name).suffix.lower() in _SHEETS and data.lstrip()[:1] not in (b"{", b"<")


def _of_sheet(name: str, data: bytes) -> Intake:
    """One for each row, from the first cell that holds a link or a credential."""
    try:
        rows = list(itertools.islice(parse_table(data, name).rows, MAX_ITEMS + HEADER_ROWS + 1))
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint, field="uploads") from error
    cells = {row.number: tuple(_text(cell) for cell in row.cells) for row in rows}
    column = _column(cells.values())
    if column is None:
        _check_count(0)
    first = next(number for number, row in cells.items() if _found(row[column : (column or 0) + 1]))
    above = [row for number, row in cells.items() if number < first and any(row)]
    body = {number: row for number, row in cells.items() if number >= first and any(row)}
    _check_count(len(body))
    problems = {row.number: _problem(row, column or 0) for row in rows}
    items = tuple(_of_row(number, row, column or 0, problems[number]) for number, row in body.items())
    return Intake(items=items, table=TableOf(header=above[-1] if above else (), rows=body))


def _of_row(number: int, row: tuple[str, ...], column: int, problem: str) -> Item:
    given = row[column] if column < len(row) else ""
    name = _("row %(n)s") % {"n": number}
    found = _found((given,)) or given.strip()
    if not found:
        return Item(
            name=name, row=number, problem=problem or _("The cell with the link or the credential is empty.")
        )
    return _item(name, found.encode("utf-8", "replace"), number)


def _problem(row: Row, column: int) -> str:
    return next((f"{one.message} {one.hint}" for one in row.problems if one.column == column), "")


def _column(rows: Iterable[tuple[str, ...]]) -> int | None:
    """The column in which most rows have a link or a credential."""
    counts: dict[int, int] = {}
    for row in rows:
        for number, cell in enumerate(row):
            if _found((cell,)):
                counts[number] = counts.get(number, 0) + 1
    return max(counts, key=lambda number: (counts[number], -number), default=None)


def _found(cells: Sequence[str]) -> str:
    """The link or the credential in the first of the cells that has one."""
    for cell in cells:
        text = cell.strip()
        if text[:1] == "{" or _JWS.fullmatch(text):
            return text
        if link := _LINK.search(text):
            return link.group(0)
    return ""


def _text(cell: Any) -> str:
    """A cell as text; whole numbers without a fraction, as people see them."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
