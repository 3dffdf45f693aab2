"""A portfolio as a PDF: accessible whatever stands on it, with the files embedded as they are."""

from __future__ import annotations

import datetime as dt
import io
import itertools

import pytest
from pypdf import PdfReader

from tessella.errors import LimitError, SchemaError
from tessella.rendering import PortfolioEntry, portfolio_pdf
from tessella.rendering.portfolio import MAX_EMBEDDED_BYTES, MAX_ENTRIES
from tessella.verdicts import Verdict

AT = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)

ENTRIES = (
    PortfolioEntry(kind="heading", title="Working with data"),
    PortfolioEntry(kind="text", text="First line.\nSecond line with <b>markup</b> and #typst[code]."),
    PortfolioEntry(
        kind="credential", title="Data ethics", verdict=Verdict.PASSED, word="Holds",
        facts=(("Awarded by", "Nordfjell University"),), attachment="01-badge.json",
    ),
    PortfolioEntry(kind="declared", title="Ran the choir", label="Said by the person", text="Five years."),
    PortfolioEntry(kind="link", title="My article", facts=(("Address", "https://paper.example/" + "a" * 300),)),
)  # fmt: skip


def made(*entries: PortfolioEntry, **more: object) -> bytes:
    values: dict[str, object] = {
        "title": "Shown by Ada",
        "rows": [("For", "Hospital")],
        "made_at": AT,
        **more,
    }
    return portfolio_pdf(entries=entries, **values)  # type: ignore[arg-type]


def test_files_are_embedded_as_they_are() -> None:
    files = {"01-badge.json": b'{"a": 1}\r\n', "02-photo.png": bytes(range(256)) * 10}
    reader = PdfReader(io.BytesIO(made(*ENTRIES, attachments=files)))
    assert {name: content[0] for name, content in reader.attachments.items()} == files


def test_equal_arguments_give_equal_bytes() -> None:
    assert made(*ENTRIES) == made(*ENTRIES)


@pytest.mark.parametrize("kinds", list(itertools.permutations(range(4), 4))[::5])
def test_headings_are_in_order_whatever_stands_first(kinds: tuple[int, ...]) -> None:
    """PDF/UA-1 refuses a level that is left out; the typesetter says so."""
    assert made(*(ENTRIES[number] for number in kinds)).startswith(b"%PDF")


@pytest.mark.parametrize(
    "text",
    ["=HYPERLINK(1)", "\x00\x07", "\u202eevil", "ל" * 50, "漢字", "\U0010ffff", "x" * 20_000, "[[[*_$#{", ""],
)
def test_nothing_that_people_write_breaks_it(text: str) -> None:
    entry = PortfolioEntry(kind="declared", title=text, text=text, facts=((text, text),), label=text)
    assert made(entry, title=text or "x", rows=[(text, text)]).startswith(b"%PDF")


def test_limits_are_said() -> None:
    with pytest.raises(LimitError) as large:
        made(*ENTRIES, attachments={"a": b"x" * (MAX_EMBEDDED_BYTES + 1)})
    with pytest.raises(LimitError) as many:
        made(*ENTRIES[:1] * (MAX_ENTRIES + 1))
    with pytest.raises(SchemaError) as naive:
        made(*ENTRIES, made_at=dt.datetime(2026, 1, 1))
    assert [one.value.code for one in (large, many, naive)] == [
        "rendering.attachments", "rendering.portfolio", "rendering.naive-time",
    ]  # fmt: skip
