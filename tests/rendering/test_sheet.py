"""Sheets of paper: a page each, what is typed stands on it as text, and nothing of it acts as markup."""

from __future__ import annotations

import datetime as dt
import io
import re

import msgspec
import pytest
from pypdf import PdfReader

from tessella.errors import LimitError, SchemaError
from tessella.model import RecordType
from tessella.rendering import MAX_SHEETS, SheetFacts, TileFacts, sheets

AT = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'

ONE = SheetFacts(
    title="Data ethics", awarded_by="University of Twickel", name="Teuta Krasniqi", record_type=RecordType.MICRO_CREDENTIAL,
    awarded_on=dt.date(2026, 5, 4), tile=TileFacts(), address="https://example.org/sheet/", code="7K3M-Q4T2-P9XW", qr=QR,
    claim_address="https://example.org/sheet/take", claim_code="ZX81-00KM-7PQ2",
)  # fmt: skip


def texts(data: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_each_has_a_page_with_its_codes() -> None:
    pages = texts(sheets([ONE, msgspec.structs.replace(ONE, name="Piet van Dam", is_test=True)], made_at=AT))
    assert len(pages) == 2
    for word in (
        "Teuta Krasniqi",
        "Data ethics",
        "7K3M-Q4T2-P9XW",
        "ZX81-00KM-7PQ2",
        "https://example.org/sheet/take",
    ):
        assert word in pages[0]
    assert ("proves nothing" in pages[0], "proves nothing" in pages[1]) == (False, True)


def test_a_code_is_read_whole_whatever_letters_stand_side_by_side() -> None:
    """With kerning, programs that read pages see a space in “EJ”: one sheet in fifty had a code that nobody could copy."""
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    groups = [f"{one}{other}{one}{other}" for at, one in enumerate(letters) for other in letters[at:]]
    codes = ["-".join(groups[at : at + 3]) for at in range(0, len(groups), 3)]
    facts = [
        msgspec.structs.replace(ONE, code=first, claim_code=second)
        for first, second in zip(codes[::2], codes[1::2], strict=True)
    ]
    pages = [
        page
        for at in range(0, len(facts), MAX_SHEETS)
        for page in texts(sheets(facts[at : at + MAX_SHEETS], made_at=AT))
    ]
    assert [re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page) for page in pages] == [
        [one.code, one.claim_code] for one in facts
    ]


def test_equal_facts_give_equal_bytes() -> None:
    assert sheets([ONE], made_at=AT) == sheets([ONE], made_at=AT)


@pytest.mark.parametrize("name", ["*bold* #panic() $x$", "علي حسن", "Ωμέγα", "N" * 400, "a\u202eb"])
def test_a_name_is_a_name_whatever_is_in_it(name: str) -> None:
    assert len(texts(sheets([msgspec.structs.replace(ONE, name=name)], made_at=AT))) == 1


def test_what_cannot_be_printed_is_said() -> None:
    with pytest.raises(SchemaError) as caught:
        sheets([], made_at=AT)
    assert caught.value.code == "rendering.no-sheets"
    with pytest.raises(LimitError) as caught:
        sheets([ONE] * (MAX_SHEETS + 1), made_at=AT)
    assert caught.value.code == "rendering.sheets"
