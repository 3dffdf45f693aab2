"""What is put into cells can be opened by a spreadsheet program, and computes nothing."""

from __future__ import annotations

import io

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.common.cells import MAX_CELL_CHARS, fill


def came_back(value: object) -> object:
    book = openpyxl.Workbook()
    fill(book.worksheets[0]["A1"], value)
    out = io.BytesIO()
    book.save(out)
    cell = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0]["A1"]
    assert cell.data_type != "f"
    return cell.value


@given(st.text(st.characters(), max_size=40))
def test_any_text_can_be_written_and_is_no_formula(text: str) -> None:
    found = came_back(text)
    assert found is None or isinstance(found, str)


def test_what_no_file_can_hold_is_left_out() -> None:
    assert came_back("Ma\x01ria \ufffeo\ud800") == "Maria o"
    assert came_back("a\tb\nc") == "a\tb\nc"
    assert came_back("\x00") is None
    assert len(str(came_back("x" * 40_000))) == MAX_CELL_CHARS


def test_formulas_stay_texts_and_numbers_numbers() -> None:
    assert came_back("=1+1") == "=1+1"
    assert came_back(7) == 7
