"""A CSV file as people save it: cells by column, with what is wrong with the file or a cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from tessella_web.common.errors import RefusedError
from tessella_web.registers.domain.bodies import normalised, require_country
from tessella_web.registers.domain.registers import checked_scope
from tessella_web.registers.models import BodyKind, Decision, EntryStatus, ImportKind, Scheme
from tessella_web.registers.names import cleaned

__all__ = ["IDENTIFIERS", "MAX_FILE_BYTES", "MAX_ROWS", "Finding", "Parsed", "decoded", "parsed"]

MAX_FILE_BYTES = 10_000_000
"""All higher education institutions of Europe with their places take 1.5 MB."""

MAX_ROWS = 50_000
"""Rows of one import: it is taken over in one transaction."""

MAX_CELL = 2_000
"""Characters of a cell."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a row: where, what, and what to do. ``stops`` says that the row is left out."""

    row: int
    column: str
    value: str
    message: str
    hint: str
    stops: bool = True


class Parsed(msgspec.Struct, kw_only=True):
    """A row as values, when nothing stops it."""

    row: int
    values: dict[str, Any]
    findings: list[Finding]

    @property
    def is_good(self) -> bool:
        """Whether it can be taken over."""
        return not any(one.stops for one in self.findings)


_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "number",
        "id",
        "entry",
        "report_id",
        "local_identifier",
        "report_local_identifier",
        "deqar_id",
    ),
    "name": ("name", "name_primary", "institution", "hei_name", "body"),
    "country": ("country",),
    "kind": ("kind", "organization_type"),
    "homepage": ("homepage", "website", "website_link"),
    "status": ("status",),
    "valid_from": ("valid_from", "from"),
    "valid_to": ("valid_to", "until", "closure_date"),
    "levels": ("levels", "level", "eqf"),
    "fields": ("fields", "field", "isced_f", "isced-f"),
    "kinds": ("kinds", "learning"),
    "programmes": ("programmes", "programme_identifiers"),
    "url": ("url", "page", "report_url"),
    "agency": ("agency", "report_agency"),
    "decision": ("decision",),
    "decided_on": ("decided_on", "report_valid_from", "valid_from"),
    "valid_until": ("valid_until", "report_valid_to", "valid_to"),
    "legal": ("legal_id", "legal", "organization_identifier"),
    "vat": ("vat",),
    "national": ("national", "national_id"),
    "did": ("did",),
    "deqar": ("deqar", "deqar_id", "hei_deqar_id"),
    "eter": ("eter", "eter_id"),
    "ror": ("ror", "ror_id"),
    "pic": ("pic",),
    "erasmus": ("erasmus",),
    "schac": ("schac",),
    "whed": ("whed",),
}
"""By value the headings it may stand under, ours first, then those of the European database (DEQAR)."""

IDENTIFIERS = frozenset(_COLUMNS) & frozenset(Scheme.values)
"""The schemes that have a column."""
_SCOPE = ("levels", "fields", "kinds", "programmes")
_WANTED: Mapping[str, tuple[str, ...]] = {
    ImportKind.ENTRIES: ("number", "name", "country", "kind", "homepage", "status", "valid_from", "valid_to", "url", *_SCOPE, *IDENTIFIERS),
    ImportKind.REPORTS: ("number", "name", "country", "agency", "decision", "decided_on", "valid_until", "url", *_SCOPE, *IDENTIFIERS),
}  # fmt: skip
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    ImportKind.ENTRIES: ("number", "name"),
    ImportKind.REPORTS: ("number", "agency", "decision", "decided_on"),
}

_DECISIONS: Mapping[str, Decision] = {
    "positive": Decision.POSITIVE,
    "conditional": Decision.CONDITIONAL,
    "positive with conditions": Decision.CONDITIONAL,
    "positive with conditions or restrictions": Decision.CONDITIONAL,
    "negative": Decision.NEGATIVE,
    "none": Decision.NONE,
    "not applicable": Decision.NONE,
}


def decoded(data: bytes) -> str:
    """The text of the file.

    Raises:
        RefusedError: ``registers.file-size``, ``registers.encoding``.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _refused(
            "registers.file-size", _("The file is larger than 10 MB."), _("Split it into several files.")
        )
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            "registers.encoding",
            _("The file is not UTF-8 text: letters with accents would be lost."),
            _("Save it as “CSV UTF-8”."),
        ) from error
    if "\0" in text:
        raise _refused(
            "registers.encoding", _("The file is not text."), _("Save the spreadsheet as “CSV UTF-8”.")
        )
    return text


def parsed(text: str, kind: ImportKind) -> tuple[list[Parsed], list[Finding]]:
    """The rows, and what is to be said about the file as a whole.

    Raises:
        RefusedError: ``registers.csv``, ``registers.columns``, ``registers.rows``: nothing of it can be read.
    """
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=_separator(text), strict=True))
    except csv.Error as error:
        raise _refused(
            "registers.csv",
            _("The file is not valid CSV: %(reason)s.") % {"reason": error},
            _("Save it again from the spreadsheet program."),
        ) from error
    if len(table) > MAX_ROWS + 1:
        raise _refused(
            "registers.rows",
            _("The file has more than %(limit)s rows.") % {"limit": MAX_ROWS},
            _("Split it into several files."),
        )
    header = [one.strip() for one in table[0]] if table else []
    places, unknown = _places(header, kind)
    notes = [
        Finding(row=1, column=one, value="", message=_("This column is not known."),
                hint=_("Nothing is taken from it; look whether it is misspelt."), stops=False)
        for one in unknown
    ]  # fmt: skip
    rows = [
        _row(number, cells, places, header, kind)
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    return rows, notes


def _separator(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(";,\t", key=first.count)


def _places(header: Sequence[str], kind: ImportKind) -> tuple[dict[str, int], list[str]]:
    names = [one.casefold().replace(" ", "_") for one in header]
    twice = sorted({one for one in names if one and names.count(one) > 1})
    if twice:
        raise _refused(
            "registers.columns",
            _("A column stands there twice: %(columns)s.") % {"columns": ", ".join(twice)},
            _("Rename or remove one of them."),
        )
    found = {}
    for value in _WANTED[kind]:
        place = next((names.index(alias) for alias in _COLUMNS[value] if alias in names), None)
        if place is not None:
            found[value] = place
    missing = [one for one in _REQUIRED[kind] if one not in found]
    if missing:
        raise _refused(
            "registers.columns",
            _("These columns are missing: %(columns)s.") % {"columns": ", ".join(missing)},
            _("The first row holds the names of the columns, separated by commas, semicolons or tabs."),
        )
    return found, [one for place, one in enumerate(header) if one and place not in found.values()]


def _row(
    number: int, cells: Sequence[str], places: Mapping[str, int], header: Sequence[str], kind: ImportKind
) -> Parsed:
    found = Parsed(row=number, values={}, findings=[])
    if len(cells) > len(header) and any(one.strip() for one in cells[len(header) :]):
        found.findings.append(
            Finding(row=number, column="", value="", message=_("The row has more cells than there are columns."),
                    hint=_("Put text that holds the separator between quotation marks."))
        )  # fmt: skip
    for name, place in places.items():
        text = cells[place].strip() if place < len(cells) else ""
        text = "" if text in ("-", "–") else text
        try:
            found.values[name] = _value(name, text)
            if found.values[name] in ("", None) and name in _REQUIRED[kind]:
                raise _cell(_("This is missing."), _("Every row needs it."))
        except RefusedError as error:
            found.findings.append(
                Finding(
                    row=number, column=header[place], value=text[:200], message=error.message, hint=error.hint
                )
            )
    if not found.findings:
        _check_order(found, header, places)
    return found


def _value(name: str, text: str) -> Any:
    if text.startswith(("=", "+", "@", "-")):
        raise _cell(_("The cell holds a formula."), _("Paste the value itself."))
    if len(text) > MAX_CELL:
        raise _cell(
            _("The cell has more than %(limit)s characters.") % {"limit": MAX_CELL},
            _("Look whether a quotation mark is missing."),
        )
    if name in _SCOPE:
        return checked_scope({name: _listed(name, text)})[name]
    if name in IDENTIFIERS:
        return normalised(name, text)
    return _READERS.get(name, str)(text)


def _listed(name: str, text: str) -> list[str]:
    ranged = re.fullmatch(r"([1-8])\s*[-–]\s*([1-8])", text) if name == "levels" else None
    if ranged:
        return [str(one) for one in range(int(ranged[1]), int(ranged[2]) + 1)]
    parts = re.split(r"[|;,]" if name == "programmes" else r"[|;,\s]+", text)
    return [one.strip() for one in parts if one.strip()]


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        if dotted:
            return dt.date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return dt.date.fromisoformat(text)
    except ValueError as error:
        raise _cell(_("There is no such day."), _("Write it as 2026-11-22.")) from error
    raise _cell(_("This cannot be read as a day with certainty."), _("Write it as 2026-11-22 or 22.11.2026."))


def _url(text: str) -> str:
    try:
        if text:
            URLValidator(schemes=["https", "http"])(text)
    except ValidationError as error:
        raise _cell(_("This is no web address."), _("Write it whole, with https:// in front.")) from error
    return text


def _one_of(names: Mapping[str, Any], otherwise: Any) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if not text:
            return otherwise
        found = names.get(" ".join(text.casefold().split()))
        if found is None:
            raise _cell(
                _("This value is not known."), _("Write one of: %(values)s.") % {"values": ", ".join(names)}
            )
        return found

    return read


_READERS: Mapping[str, Callable[[str], Any]] = {
    "valid_from": _date,
    "valid_to": _date,
    "decided_on": _date,
    "valid_until": _date,
    "name": cleaned,
    "agency": cleaned,
    "url": _url,
    "homepage": _url,
    "country": require_country,
    "decision": _one_of(_DECISIONS, None),
    "status": _one_of({one.value: one for one in EntryStatus}, None),
    "kind": _one_of({one.value: one for one in BodyKind}, BodyKind.OTHER),
}


def _check_order(found: Parsed, header: Sequence[str], places: Mapping[str, int]) -> None:
    for first, last in (("valid_from", "valid_to"), ("decided_on", "valid_until")):
        begin, end = found.values.get(first), found.values.get(last)
        if begin and end and end < begin:
            found.findings.append(
                Finding(row=found.row, column=header[places[last]], value=end.isoformat(),
                        message=_("It ends before it begins."), hint=_("Look at the two days."))
            )  # fmt: skip


def _cell(message: str, hint: str) -> RefusedError:
    return RefusedError(message, code="registers.cell", hint=hint)


def _refused(code: str, message: str, hint: str) -> RefusedError:
    return RefusedError(message, code=code, hint=hint, field="file")
