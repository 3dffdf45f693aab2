"""Class lists: good rows go on, every bad cell is named, nobody is awarded twice."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from tessella.adapters.spreadsheet import read_table
from tessella.errors import DecodeError, LimitError, SchemaError, TessellaError
from tessella.issuing.classlist import (
    ClassListEntry,
    NotPassed,
    RowProblem,
    column_letter,
    columns_of,
    read_class_list,
)
from tessella.issuing.table import Row, Table
from tessella.keys import PrivateKey, did_jwk

TODAY = dt.date(2026, 11, 22)
HEADER = ("Given name", "Family name", "E-mail", "Date of birth", "Result", "European Student Identifier")


def read(*rows: tuple[object, ...], header: tuple[object, ...] = HEADER) -> list[object]:
    cells = [header, *rows]
    table = Table(
        source="list.xlsx", sheet="S", rows=[Row(number=n, cells=tuple(r)) for n, r in enumerate(cells, 1)]
    )  # type: ignore[arg-type]
    return list(read_class_list(table, today=TODAY))


def test_good_row_becomes_a_learner() -> None:
    (entry,) = read(("Ona", "Kazlauskienė", "ona@example.org", dt.date(1990, 5, 1), "passed", None))
    assert isinstance(entry, ClassListEntry)
    assert entry.row == 2
    assert entry.learner.full_name == "Ona Kazlauskienė"
    assert entry.learner.birth_date == dt.date(1990, 5, 1)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (("Ona", "K", "ona@example", None, "passed", None), "classlist.email", "C"),
        (("Ona", "K", None, "31.02.1999", "passed", None), "classlist.date", "D"),
        (("Ona", "K", None, "3/4/1999", "passed", None), "classlist.date", "D"),
        (("Ona", "K", None, dt.date(2999, 1, 1), "passed", None), "classlist.future-date", "D"),
        (("Ona", "K", None, None, None, None), "classlist.result", "E"),
        (("Ona", "K", None, None, "perhaps", None), "classlist.result", "E"),
        ((None, None, "x@example.org", None, "passed", None), "classlist.no-name", "A"),
        (
            ("Ona", "K", None, None, "yes", "urn:schac:personalUniqueCode:int:esi:urn:esid:x:1"),
            "classlist.esi",
            "F",
        ),
        (("O" * 501, "K", None, None, "yes", None), "classlist.too-long-text", "A"),
        (("O\x07na", "K", None, None, "yes", None), "classlist.unprintable", "A"),
    ],
)
def test_bad_cell_is_named_with_reason_and_remedy(row: tuple[object, ...], code: str, column: str) -> None:
    (problem, entry) = read(row, ("Jonas", "Petraitis", None, None, "passed", None))
    assert isinstance(problem, RowProblem)
    assert (problem.code, problem.column.split(",")[0], problem.row) == (code, column, 2)
    assert problem.message
    assert problem.hint
    assert isinstance(entry, ClassListEntry)


def test_same_person_twice_is_a_duplicate_but_one_name_is_not() -> None:
    born = dt.date(1999, 1, 1)
    entries = read(
        ("Anna", "Jansen", "a1@example.org", born, "passed", None),
        ("Anna", "Jansen", "a2@example.org", born, "passed", None),
        ("Anna", "Jansen", "A1@example.org", born, "passed", None),
    )
    assert [type(e) for e in entries] == [ClassListEntry, ClassListEntry, RowProblem]
    assert entries[2].code == "classlist.duplicate"  # type: ignore[attr-defined]
    assert "row 2" in entries[2].message  # type: ignore[attr-defined]


def test_one_name_without_anything_else_twice_is_a_duplicate() -> None:
    entries = read(("Anna", "Jansen", None, None, "yes", None), ("ANNA", "JANSEN ", None, None, "yes", None))
    assert isinstance(entries[1], RowProblem)


def test_not_passed_is_neither_award_nor_problem() -> None:
    (entry,) = read(("Ona", "K", None, None, "failed", None))
    assert entry == NotPassed(row=2)


def test_single_name_and_other_scripts_are_fine() -> None:
    entries = read(
        ("Suharto", None, None, None, "yes", None), ("Ελένη", "Παπαδοπούλου", None, None, "yes", None)
    )
    assert [e.learner.display_name for e in entries] == ["Suharto", "Ελένη Παπαδοπούλου"]  # type: ignore[attr-defined]


def test_header_below_a_title_is_found_and_none_is_an_error() -> None:
    (entry,) = read(
        ("x", None), ("Voornaam", "Achternaam"), ("Anna", "Jansen"), header=("Spring course", None)
    )
    assert isinstance(entry, ClassListEntry)
    with pytest.raises(SchemaError, match="header"):
        read(("Anna", "Jansen"), header=("alpha", "beta"))


def test_column_letters() -> None:
    assert [column_letter(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def save(path: Path, book: Workbook) -> Path:
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    return path


def test_xlsx_formula_without_value_and_merged_cells_are_named(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Given name", "Family name"])
    sheet.append(["=A1", "Jansen"])
    sheet.append(["Anna", "Jansen"])
    sheet.append(["Bert", "Bakker"])
    sheet.append(["Cor", "Smit"])
    sheet.merge_cells("A3:B3")
    table = read_table(save(tmp_path / "list.xlsx", book))
    found = list(read_class_list(table, today=TODAY))
    assert [type(e) for e in found] == [RowProblem, RowProblem, ClassListEntry, ClassListEntry]
    assert "formula" in found[0].message  # type: ignore[union-attr]
    assert "merged" in found[1].message  # type: ignore[union-attr]


def test_csv_with_bom_and_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffGiven name;Family name\nZoë;de Vries\n".encode())
    (entry,) = read_class_list(read_table(path), today=TODAY)
    assert entry.learner.full_name == "Zoë de Vries"  # type: ignore[union-attr]


def test_csv_in_another_encoding_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("Given name;Family name\nZoë;X\n".encode("utf-16"))
    with pytest.raises(DecodeError, match="UTF-8"):
        list(read_table(path).rows)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 broken", b"not a spreadsheet", b"\xd0\xcf\x11\xe0" + b"\0" * 600]
)
def test_broken_spreadsheets_are_clear_errors(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(TessellaError):
        read_table(path)


def test_far_away_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Given name", "Family name"])
    sheet.cell(row=1_000_000, column=16_000, value="x")
    with pytest.raises(LimitError):
        read_table(save(tmp_path / "list.xlsx", book))


WALLET = PrivateKey.generate("ES256").public_key


@pytest.mark.parametrize(
    "sent",
    [
        WALLET.did_key,
        WALLET.did_key_url,
        did_jwk(WALLET),
        json.dumps(WALLET.to_jwk()),
        WALLET.to_multikey(),
    ],
    ids=["did:key", "did:key URL", "did:jwk", "JWK", "Multikey"],
)
def test_wallet_key_in_any_form_is_the_learners_id(sent: str) -> None:
    (entry,) = read(("Ona K", sent), header=("Full name", "Wallet key"))
    assert isinstance(entry, ClassListEntry)
    assert entry.learner.id == WALLET.did_key


@pytest.mark.parametrize(
    "sent",
    [
        "did:key:zzz",
        "did:web:wallet.example",
        "{}",
        "{",
        json.dumps({**WALLET.to_jwk(), "d": WALLET.to_jwk()["x"]}),
        "https://wallet.example",
    ],
)
def test_what_is_no_wallet_key_is_named_with_reason_and_remedy(sent: str) -> None:
    (problem,) = read(("Ona K", sent), header=("Full name", "Wallet key"))
    assert isinstance(problem, RowProblem)
    assert (problem.code, problem.column) == ("classlist.wallet-key", "B, “Wallet key”")


def test_every_bad_cell_of_a_row_is_told_when_asked_for() -> None:
    def table() -> Table:
        return Table(
            source="x.csv",
            sheet="",
            rows=[
                Row(number=1, cells=("Name", "E-mail", "Birth date", "Result")),
                Row(number=2, cells=("Ann", "nobody", "yesterday", "perhaps")),
                Row(number=3, cells=("Ben", "ben@example.org", None, "passed")),
            ],
        )

    today = dt.date(2026, 11, 22)
    found = list(read_class_list(table(), today=today, every_cell=True))
    assert [(one.row, one.column[:1]) for one in found if isinstance(one, RowProblem)] == [
        (2, "B"),
        (2, "C"),
        (2, "D"),
    ]
    assert len(list(read_class_list(table(), today=today))) == 2


def test_supervision_and_assessor_are_read_and_kept_with_the_entry() -> None:
    header = ("Name", "Assessed on", "Assessor", "Supervision and identity check")
    good, bad = read(
        ("Ona K", dt.date(2026, 5, 4), "ada@example.org", "Supervised with ID Verification"),
        ("Jonas P", dt.date(2026, 5, 4), "ada@example.org", "somehow"),
        header=header,
    )
    assert isinstance(good, ClassListEntry) and isinstance(bad, RowProblem)
    assert (good.assessed_by, good.supervision) == ("ada@example.org", "supervised-with-id")
    assert (bad.code, bad.column) == (
        "input.vocabulary",
        "D, “Supervision and identity check”",
    )


def test_columns_are_found_without_using_up_the_rows() -> None:
    rows = [Row(number=1, cells=("Class of May",)), Row(number=2, cells=("Name", "Result"))]
    table = Table(source="list.csv", sheet="", rows=rows)
    assert columns_of(table) == columns_of(table) == {"full_name": (0, "Name"), "result": (1, "Result")}
