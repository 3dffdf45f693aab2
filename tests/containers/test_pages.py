"""What pages show: text that can be seen, text that cannot, codes drawn with lines; and pages made to hurt."""

from __future__ import annotations

import io
import time
from typing import Any

import pypdf
import pytest
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

from tessella.containers import PageLine, make_qr, pages_of
from tessella.containers._painting import Painter
from tessella.errors import LimitError, TessellaError


def pdf(*contents: bytes, **objects: bytes) -> bytes:
    """Pages of 400 by 300 points with Helvetica as F1; ``objects`` are drawings (form XObjects)."""
    out = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    forms = DictionaryObject()
    for name, content in objects.items():
        form = DecodedStreamObject()
        form.set_data(content)
        form.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): ArrayObject(FloatObject(one) for one in (0, 0, 400, 300)),
            }
        )
        forms[NameObject(f"/{name}")] = out._add_object(form)
    resources[NameObject("/XObject")] = forms
    resources[NameObject("/ExtGState")] = DictionaryObject(
        {NameObject("/Half"): DictionaryObject({NameObject("/ca"): FloatObject(0.4)})}
    )
    for content in contents:
        page = out.add_blank_page(width=400, height=300)
        stream = DecodedStreamObject()
        stream.set_data(content)
        page[NameObject("/Contents")] = out._add_object(stream)
        page[NameObject("/Resources")] = resources
    buffer = io.BytesIO()
    out.write(buffer)
    return buffer.getvalue()


def text(words: bytes, *, at: bytes = b"40 200", before: bytes = b"", size: bytes = b"12") -> bytes:
    return b"BT /F1 " + size + b" Tf " + before + b" " + at + b" Td (" + words + b") Tj ET "


def lines(*contents: bytes, **objects: bytes) -> tuple[PageLine, ...]:
    return pages_of(pdf(*contents, **objects))[0].lines


def seen(*contents: bytes, **objects: bytes) -> list[tuple[str, str]]:
    return [(line.text, line.hidden) for line in lines(*contents, **objects)]


WHITE = b"q 1 g 30 190 200 30 re f Q "


@pytest.mark.parametrize(
    ("content", "hidden"),
    [
        (text(b"Grade 8"), ""),
        (WHITE + text(b"Grade 8"), ""),
        (text(b"Grade 8") + WHITE, "covered"),
        (text(b"Grade 8") + b"q /Half gs " + WHITE + b" Q", ""),
        (text(b"Grade 8", before=b"3 Tr"), "invisible"),
        (text(b"Grade 8", before=b"1 g"), "pale"),
        (text(b"Grade 8", before=b"0.97 g"), "pale"),
        (b"0 g 30 190 200 30 re f " + text(b"Grade 8", before=b"1 g"), ""),
        (text(b"Grade 8", at=b"500 200"), "outside"),
        (text(b"Grade 8", at=b"40 -50"), "outside"),
        (text(b"Grade 8", size=b"0.5"), "tiny"),
        (b"q 12 0 0 12 40 200 cm " + text(b"Grade 8", at=b"0 0", size=b"1") + b"Q", ""),
    ],
)
def test_text_that_nobody_can_see_is_told(content: bytes, hidden: str) -> None:
    assert seen(content) == [("Grade 8", hidden)]


def test_text_in_a_drawing_is_text_of_the_page() -> None:
    assert seen(b"/One Do", One=text(b"Grade 8")) == [("Grade 8", "")]


def test_text_written_over_other_text_is_told() -> None:
    first, second = lines(text(b"Grade 8") + WHITE + text(b"Grade 9"))
    assert (first.hidden, first.instead, second.hidden) == ("covered", "Grade 9", "")


def test_letters_set_one_by_one_are_words() -> None:
    content = b"BT /F1 12 Tf 40 200 Td [(Gra) -20 (de) -400 (8)] TJ ET"
    assert seen(content) == [("Grade 8", "")]


def test_code_drawn_with_lines_is_read() -> None:
    import segno

    code = segno.make_qr("https://a.example/1", error="m")
    squares = b"".join(
        b"%d %d 4 4 re " % (20 + 4 * x, 280 - 4 * y)
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    assert pages_of(pdf(b"0 g " + squares + b"f"))[0].codes == ("https://a.example/1",)
    assert make_qr("https://a.example/1").startswith(b"<?xml")


# --- pages made to hurt ------------------------------------------------------------------------------


def timed(data: bytes) -> str:
    """The error's code, or nothing, within bounded time."""
    begun = time.perf_counter()
    try:
        pages_of(data)
        code = ""
    except TessellaError as error:
        code = error.code
    assert time.perf_counter() - begun < 20  # on a busy machine
    return code


def test_drawing_that_contains_itself_ends() -> None:
    assert timed(pdf(b"/One Do", One=b"/One Do /One Do /One Do")) == ""


@pytest.mark.parametrize(
    "content",
    [b"q " * 500_000, text(b"A" * 30_000) * 10, b" " * 9_000_000],
    ids=["commands", "characters", "bytes"],
)
def test_page_with_too_much_on_it_is_refused(content: bytes) -> None:
    with pytest.raises(LimitError) as refused:
        pages_of(pdf(content))
    assert refused.value.code == "container.pdf-content"


def test_thousands_of_areas_over_thousands_of_lines_are_refused() -> None:
    content = text(b"Grade") * 5_000 + b"1 g 30 190 200 30 re f " * 5_000
    assert timed(pdf(content)) == "container.pdf-content"


@pytest.mark.parametrize(
    "content",
    [
        b"BT /F9 12 Tf (A) Tj ET",
        b"BT /F1 (x) Tf [1 2 (A)] TJ ET Q Q Q",
        b"1e308 0 0 1e308 0 0 cm 1e308 1e308 1e308 1e308 re f " + text(b"A"),
        b"(",
        b"<< /A [",
        b"/One Do 1 0 0 cm h l m S",
        b"BI /W 9999999 /H 9999999 ID x EI",
    ],
)
def test_nonsense_is_passed_over(content: bytes) -> None:
    timed(pdf(content))


def test_damaged_file_is_a_named_error() -> None:
    with pytest.raises(TessellaError) as refused:
        pages_of(b"%PDF-1.7\nnothing")
    assert refused.value.code == "container.pdf"


def test_pages_made_of_the_same_are_drawn_once_and_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pdf(text(b"Grade 8"), b"/Seal Do", Seal=text(b"Passed"))
    known: dict[bytes, Any] = {}
    before = pages_of(first, seen=known)
    assert before == pages_of(first)
    drawn: list[Any] = []
    original = Painter.page

    def noted(painter: Painter, page: Any, origin: tuple[float, float]) -> Any:
        drawn.append(page.page_number)
        return original(painter, page, origin)

    monkeypatch.setattr(Painter, "page", noted)
    assert pages_of(first, seen=known) == before
    assert drawn == []
    for data, changed in (
        (pdf(text(b"Grade 9"), b"/Seal Do", Seal=text(b"Passed")), {0}),
        (pdf(text(b"Grade 8"), b"/Seal Do", Seal=text(b"Failed")), {0, 1}),  # the pages share their drawings
        (first.replace(b"/WinAnsiEncoding", b"/MacRomanEncoding"[:16]), {0, 1}),
    ):
        drawn.clear()
        assert pages_of(data, seen=dict(known)) == pages_of(data)
        assert set(drawn[: len(changed)]) == changed


def test_the_same_page_again_takes_as_much_of_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tessella.containers._painting.MAX_GLYPHS", 20)
    known: dict[bytes, Any] = {}
    assert len(pages_of(pdf(*[text(b"Grade 8")] * 2), seen=known)) == 2
    with pytest.raises(LimitError):
        pages_of(pdf(*[text(b"Grade 8")] * 3))
    with pytest.raises(LimitError):
        pages_of(pdf(*[text(b"Grade 8")] * 3), seen=known)


def test_an_annotation_that_comes_later_is_seen() -> None:
    out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(text(b"Grade 8"))))
    note = FreeText(text="Grade 9", rect=(40, 190, 120, 220))
    out.add_annotation(0, note)
    buffer = io.BytesIO()
    out.write(buffer)
    known: dict[bytes, Any] = {}
    assert pages_of(pdf(text(b"Grade 8")), seen=known)[0].drawn_over == ()
    assert pages_of(buffer.getvalue(), seen=known) == pages_of(buffer.getvalue())
    assert pages_of(buffer.getvalue(), seen=known)[0].drawn_over == ("FreeText",)
