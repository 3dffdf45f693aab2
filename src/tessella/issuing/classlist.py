"""Class lists: rows of a table to learners with their results; every problem named with its cell.

The good rows go on, whatever is wrong with the others. The same person twice is a problem of the second row;
two people with one name are not, as long as something tells them apart.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from tessella.canonical import loads
from tessella.errors import SchemaError, TessellaError, VocabularyError
from tessella.issuing.table import Cell, Row, Table
from tessella.keys import PublicKey, did_key_from_did
from tessella.model import Achieved, AwardedPart, Identifier, Learner, RuleApplied
from tessella.text import say
from tessella.vocabulary import code_list

__all__ = [
    "COLUMNS",
    "ClassListEntry",
    "NotPassed",
    "RowProblem",
    "column_letter",
    "columns_of",
    "place_of",
    "read_class_list",
    "read_date",
    "read_text",
]

MAX_ROWS = 100_000
"""More than any institution awards of one micro-credential at once; a longer list is split."""

HEADER_SEARCH_ROWS = 20
"""Titles and notes above the header are common; further down it is data without a header."""

MAX_CELL_CHARACTERS = 500
"""A name or grade is shorter; longer is a pasted text in the wrong column."""

ESI_PREFIX = "urn:schac:personalUniqueCode:int:esi:"
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the reading direction of what follows: with them a name shows as another one."""

_ESI = re.compile(re.escape(ESI_PREFIX) + r"(?!urn:)([A-Za-z0-9.-]+):([^\s:][^\s]*)\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "full_name": ("full name", "name", "student name", "learner", "student", "naam", "nombre completo"),
    "given_name": ("given name", "given names", "first name", "firstname", "voornaam", "nombre", "vorname"),
    "family_name": ("family name", "last name", "surname", "lastname", "achternaam", "apellidos", "nachname"),
    "latin_name": ("name in latin letters", "latin name", "transliteration", "romanised name"),
    "birth_date": ("birth date", "date of birth", "born", "geboortedatum", "fecha de nacimiento"),
    "email": ("e-mail", "email", "e-mail address", "email address", "mail"),
    "student_id": (
        "student identifier",
        "european student identifier",
        "esi",
        "student number",
        "student id",
    ),
    "card_number": ("student card number", "european student card number", "card number", "esc number"),
    "language": ("language", "taal", "idioma"),
    "wallet_key": ("wallet key", "holder key", "wallet", "did", "public key of the wallet"),
    "grade": ("grade", "mark", "cijfer", "nota"),
    "result": ("result", "outcome", "status", "resultaat", "resultado"),
    "assessed_on": ("assessed on", "assessment date", "date of assessment", "exam date"),
    "assessed_by": ("assessed by", "assessor", "examiner"),
    "supervision": ("supervision", "supervision and identity check"),
    "awarded_on": ("awarded on", "award date", "date of award"),
    "number": ("certificate number", "number", "certificate no"),
}
"""What each column means and the headings it is known by (compared without case, spaces and punctuation)."""

PASSED = frozenset({"passed", "pass", "yes", "completed", "achieved", "geslaagd", "aprobado", "bestanden"})
NOT_PASSED = frozenset({"failed", "fail", "no", "not passed", "withdrawn", "absent", "gezakt", "suspenso"})


class RowProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one row: where, why, and what to do. The row is left out."""

    source: str
    row: int
    column: str
    message: str
    hint: str
    code: str


class ClassListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A learner who passed, from one row. ``key`` tells people apart within the list; it and ``assessed_by`` are never printed.

    ``supervision`` is a code of the EU list. ``achieved`` are the outcomes an assessor recorded; empty means all required ones.
    ``parts`` are the awards it was combined from, by the ``rule``, and ``award`` the id that it gets, since the proof names it; no list
    says them.
    """

    row: int
    key: str
    learner: Learner
    grade: str = ""
    assessed_on: dt.date | None = None
    assessed_by: str = ""
    supervision: str = ""
    awarded_on: dt.date | None = None
    number: str = ""
    achieved: tuple[Achieved, ...] = ()
    parts: tuple[AwardedPart, ...] = ()
    rule: RuleApplied | None = None
    award: str = ""


class NotPassed(msgspec.Struct, frozen=True, kw_only=True):
    """A learner whom the list itself says did not pass: no award, no problem."""

    row: int


def read_class_list(
    table: Table, *, today: dt.date, every_cell: bool = False
) -> Iterator[ClassListEntry | RowProblem | NotPassed]:
    """Read the table row by row; memory holds one short key per learner, not the rows.

    Args:
        every_cell: tell each unreadable cell of a row, not the first one only.

    Raises:
        SchemaError: no header row with a name column is found.
    """
    rows = iter(table.rows)
    columns = _find_header(table, rows)
    seen: dict[str, int] = {}
    count = 0
    for row in rows:
        if all(_blank(cell) for cell in row.cells) and not row.problems:
            continue
        count += 1
        if count > MAX_ROWS:
            yield RowProblem(
                source=table.source,
                row=row.number,
                column="",
                message=say("The list is longer than %(limit)s rows; reading stops here.", limit=MAX_ROWS),
                hint=say("Split the list into several files."),
                code="classlist.too-long",
            )
            return
        found = _read_row(table, row, columns, seen, today)
        if isinstance(found, list):
            yield from found if every_cell else found[:1]
        else:
            yield found


def columns_of(table: Table) -> Mapping[str, tuple[int, str]]:
    """By field the place and heading of its column. The table's rows must be a sequence: they are not used up.

    Raises:
        SchemaError: no header row with a name column is found.
    """
    return _find_header(table, iter(table.rows))


def place_of(index: int, heading: str) -> str:
    """What people call a column: its letter and its heading."""
    return say("%(letter)s, “%(heading)s”", letter=column_letter(index), heading=heading)


def column_letter(index: int) -> str:
    """The spreadsheet's name of a column (0 → A, 26 → AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _find_header(table: Table, rows: Iterator[Row]) -> dict[str, tuple[int, str]]:
    known = {_key(alias): field for field, aliases in COLUMNS.items() for alias in (field, *aliases)}
    for _, row in zip(range(HEADER_SEARCH_ROWS), rows, strict=False):
        columns: dict[str, tuple[int, str]] = {}
        for index, cell in enumerate(row.cells):
            heading = " ".join(cell.split()) if isinstance(cell, str) else ""
            field = known.get(_key(heading))
            if field and field not in columns:
                columns[field] = (index, heading)
        if {"full_name", "given_name", "family_name"} & columns.keys():
            return columns
    raise SchemaError(
        say("No header row with a name column was found."),
        code="classlist.header",
        place=f"{table.source} ({table.sheet})" if table.sheet else table.source,
        expected="Full name, or Given name and Family name",
        hint=say("Put the column headings in one row above the learners: Given name, Family name, E-mail …"),
    )


def _read_row(
    table: Table, row: Row, columns: Mapping[str, tuple[int, str]], seen: dict[str, int], today: dt.date
) -> ClassListEntry | NotPassed | list[RowProblem]:
    values: dict[str, Any] = {}
    problems: list[RowProblem] = []
    for field, (index, heading) in columns.items():
        place = place_of(index, heading)
        broken = next((problem for problem in row.problems if problem.column == index), None)
        cell = row.cells[index] if index < len(row.cells) else None
        try:
            if broken:
                raise SchemaError(broken.message, code="classlist.cell", hint=broken.hint)
            values[field] = _READERS.get(field, read_text)(cell)
        except (SchemaError, VocabularyError) as error:
            problems.append(_problem(table, row, place, error))
    if problems:
        return problems
    try:
        if "result" in columns and not values["result"]:
            return NotPassed(row=row.number)
        return _entry(table, row, values, columns, seen, today)
    except _CellError as error:
        return [_problem(table, row, place_of(*columns.get(error.field, (0, error.field))), error)]


def _problem(table: Table, row: Row, place: str, error: SchemaError | VocabularyError) -> RowProblem:
    return RowProblem(
        source=table.source,
        row=row.number,
        column=place,
        message=error.message,
        hint=error.hint,
        code=error.code,
    )


class _CellError(SchemaError):
    def __init__(self, field: str, message: str, *, code: str, hint: str) -> None:
        super().__init__(message, code=code, hint=hint)
        self.field = field


def _entry(
    table: Table,
    row: Row,
    values: Mapping[str, Any],
    columns: Mapping[str, tuple[int, str]],
    seen: dict[str, int],
    today: dt.date,
) -> ClassListEntry:
    learner = _learner(values, columns)
    _check_dates(values, today)
    key = _person_key(learner)
    if key in seen:
        name_field = next(f for f in ("full_name", "given_name", "family_name") if f in columns)
        raise _CellError(
            name_field,
            say("The same learner already stands in row %(row)s.", row=seen[key]),
            code="classlist.duplicate",
            hint=say(
                "Delete one of the rows; for two people, add an identifier or e-mail that tells them apart."
            ),
        )
    seen[key] = row.number
    return ClassListEntry(
        row=row.number,
        key=key,
        learner=learner,
        grade=values.get("grade", ""),
        assessed_on=values.get("assessed_on"),
        assessed_by=values.get("assessed_by", ""),
        supervision=values.get("supervision", ""),
        awarded_on=values.get("awarded_on"),
        number=values.get("number", ""),
    )


def _learner(values: Mapping[str, Any], columns: Mapping[str, tuple[int, str]]) -> Learner:
    given, family, full = (values.get(name, "") for name in ("given_name", "family_name", "full_name"))
    if not (given or family or full):
        raise _CellError(
            next(f for f in ("full_name", "given_name", "family_name") if f in columns),
            say("The row has no name."),
            code="classlist.no-name",
            hint=say("Write the learner's name; one name alone is enough."),
        )
    identifiers = []
    if student := values.get("student_id"):
        scheme = "European Student Identifier" if student.startswith(ESI_PREFIX) else "Student number"
        identifiers.append(Identifier(value=student, scheme=scheme))
    if card := values.get("card_number"):
        identifiers.append(Identifier(value=card, scheme="European Student Card number"))
    return Learner(
        id=values.get("wallet_key", ""),
        full_name=full or " ".join(filter(None, (given, family))),
        given_name=given,
        family_name=family,
        latin_name=values.get("latin_name", ""),
        birth_date=values.get("birth_date"),
        email=values.get("email", ""),
        language=values.get("language", ""),
        identifiers=tuple(identifiers),
    )


def _check_dates(values: Mapping[str, Any], today: dt.date) -> None:
    for field, reason in (
        ("birth_date", say("The birth date is in the future.")),
        ("assessed_on", say("The assessment date is in the future.")),
        ("awarded_on", say("The award date is in the future.")),
    ):
        if (value := values.get(field)) and value > today:
            raise _CellError(field, reason, code="classlist.future-date", hint=say("Correct the date."))
    assessed, awarded = values.get("assessed_on"), values.get("awarded_on")
    if assessed and awarded and awarded < assessed:
        raise _CellError(
            "awarded_on",
            say("The award date lies before the assessment."),
            code="classlist.date-order",
            hint=say("Correct one of the two dates."),
        )


def _person_key(learner: Learner) -> str:
    """What tells people apart: an identifier, else the e-mail address, else name and birth date."""
    if learner.identifiers:
        return "id " + learner.identifiers[0].value.casefold()
    if learner.email:
        return "mail " + learner.email.casefold()
    born = learner.birth_date.isoformat() if learner.birth_date else ""
    return f"name {_key(learner.full_name)} {born}"


def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_text(cell: Cell) -> str:
    """A cell as one line of text, empty for an empty cell.

    Raises:
        SchemaError: a formula, signs that cannot be printed or that turn the reading direction, or too long.
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    text = unicodedata.normalize("NFC", " ".join(str(cell).split()))
    if len(text) > MAX_CELL_CHARACTERS:
        raise SchemaError(
            say("The text is longer than %(limit)s characters.", limit=MAX_CELL_CHARACTERS),
            code="classlist.too-long-text",
            hint=say("Check whether it is in the right column."),
        )
    if text.startswith("="):
        raise SchemaError(
            say("The cell holds a formula, not a value."),
            code="classlist.cell",
            hint=say("Paste the value itself."),
        )
    if any(sign in _DIRECTION or unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") for sign in text):
        raise SchemaError(
            say("The text has characters that cannot be printed."),
            code="classlist.unprintable",
            hint=say("Type the text again."),
        )
    return text


def read_date(cell: Cell) -> dt.date | None:
    """A cell as a day: a date of the spreadsheet, ``2001-06-30`` or ``30.6.2001``; None for an empty cell.

    Raises:
        SchemaError: anything else, two numbers that could each be the month included.
    """
    if _blank(cell):
        return None
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell).strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return dt.date.fromisoformat(text)
        if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
            day, month, year = map(int, match.groups())
            return dt.date(year, month, day)
    except ValueError as error:
        raise SchemaError(
            say("“%(value)s” is not a date in the calendar.", value=text),
            code="classlist.date",
            hint=say("Correct the day or the month, for example 2001-06-30."),
        ) from error
    raise SchemaError(
        say("“%(value)s” cannot be read as a date.", value=text[:40]),
        code="classlist.date",
        hint=say("Write it as year-month-day, for example 2001-06-30."),
    )


def _email(cell: Cell) -> str:
    text = read_text(cell)
    if text and not _EMAIL.match(text):
        raise SchemaError(
            say("“%(value)s” is not an e-mail address.", value=text[:60]),
            code="classlist.email",
            hint=say("Correct it or leave the cell empty."),
        )
    return text


def _student_id(cell: Cell) -> str:
    text = read_text(cell)
    if text.lower().startswith("urn:") and not _ESI.match(text):
        raise SchemaError(
            say("“%(value)s” is not a European Student Identifier.", value=text[:90]),
            code="classlist.esi",
            hint=say("It has the form %(form)s.", form=ESI_PREFIX + "university.example:1234567"),
        )
    return text


def _wallet_key(cell: Cell) -> str:
    """The did:key of a wallet, whichever way its public key was sent: did:key, did:jwk, JWK or Multikey.

    What is sealed names its holder by it, and an attestation is bound to it.
    """
    text = read_text(cell)
    if not text:
        return ""
    try:
        if text.startswith("did:"):
            key = did_key_from_did(text.partition("#")[0])
        elif text.startswith("{"):
            key = PublicKey.from_jwk(loads(text))
        else:
            key = PublicKey.from_multikey(text)
        return key.did_key
    except TessellaError as error:
        raise SchemaError(
            say("This is no public key of a wallet: %(reason)s", reason=error.message),
            code="classlist.wallet-key",
            hint=say(
                "Ask the learner for it again: a did:key, or what “tessella keys export wallet --as did” prints."
            ),
        ) from error


def _language(cell: Cell) -> str:
    text = read_text(cell)
    return code_list("language").require(text).code if text else ""


def _supervision(cell: Cell) -> str:
    text = read_text(cell)
    return code_list("supervision").require(text).code if text else ""


def _result(cell: Cell) -> bool:
    text = cell if isinstance(cell, bool) else read_text(cell).casefold()
    if text is True or text in PASSED:
        return True
    if text is False or text in NOT_PASSED:
        return False
    raise SchemaError(
        say("The result is missing.") if text == "" else say("“%(value)s” is not a result.", value=text),
        code="classlist.result",
        hint=say("Write passed or failed."),
    )


_READERS: Mapping[str, Callable[[Cell], Any]] = {
    "birth_date": read_date,
    "assessed_on": read_date,
    "awarded_on": read_date,
    "email": _email,
    "student_id": _student_id,
    "language": _language,
    "wallet_key": _wallet_key,
    "result": _result,
    "supervision": _supervision,
}
