"""The supplements of a certificate, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tessella.containers import PageLine, PdfPage
from tessella.model import Award
from tessella.rendering import Row, supplement_headings, supplement_rows
from tessella.verification._printed_award import SHOWN_CHARS, PrintedField, is_lossy, languages_of, moved
from tessella.verification._printed_text import (
    Lines,
    Part,
    is_simple,
    is_spelt,
    key_of,
    letters_of,
    lines_as,
    nearest,
    parts_of,
)

__all__ = ["compare_supplements"]

_COMPARED = (
    "learner",
    "title",
    "awarding_body",
    "issued",
    "outcomes",
    "workload",
    "level",
    "assessment",
    "grade",
)
"""Rows of a supplement that are compared: those that every format carries as they are."""

MAX_LINES = 5_000
"""Lines of one supplement; that of a programme with forty outcomes has three hundred."""

_MARGIN = 55.0
"""Points at the foot of a page where its number stands; at the head only a warning does."""


def compare_supplements(
    pages: Sequence[PdfPage], catalogues: Sequence[Mapping[str, str]], award: Award
) -> Iterator[PrintedField]:
    """The rows of the supplements: each is in the language of one of the first pages."""
    spoken = list({id(one): one for one in catalogues}.values())
    headings = {key_of(one) for catalogue in spoken for one in supplement_headings(catalogue)}
    titles = {key_of(supplement_headings(catalogue)[0]) for catalogue in spoken}
    groups: list[list[PdfPage]] = []
    for page in pages:
        if any(key_of(line.text) in titles for line in page.visible):
            groups.append([])
        if groups:
            groups[-1].append(page)
    for group in groups:
        lines = [
            line
            for page in group
            for line in page.visible
            if line.box[1] > _MARGIN and key_of(line.text) not in headings
        ]
        if len(lines) > MAX_LINES:
            continue
        read = [(_labelled(lines, forms[0]), forms) for one in spoken if (forms := list(_rows(award, one)))]
        parts, forms = max(read, key=lambda one: len(one[0]))
        for number, row in enumerate(forms[0]):
            compared = row.element in _COMPARED and not is_lossy(row.element, award)
            if compared and row.stated and row.element in parts:
                yield from _row(parts[row.element], [form[number] for form in forms], group)


def _labelled(lines: Sequence[PageLine], rows: Iterable[Row]) -> dict[str, Part]:
    labels = {key_of(row.label): (row.label, row.element) for row in rows}
    return {part.element: part for part in parts_of(lines, labels)}


def _rows(award: Award, catalogue: Mapping[str, str]) -> Iterator[tuple[Row, ...]]:
    """The rows in each language, with the days that an instant can be."""
    languages = languages_of(award)
    for one, spoken in (
        *((award, language) for language in languages),
        *((shifted, languages[0]) for shifted in moved(award)),
    ):
        yield supplement_rows(one, (spoken,), catalogue)


def _row(part: Part, forms: Sequence[Row], pages: Sequence[PdfPage]) -> Iterator[PrintedField]:
    """A row agrees when each of its values stands in its place in one language."""
    text = lines_as(part.lines)
    if any(
        all(_holds(text, part, value, number, row) for number, value in enumerate(row.values, 1))
        for row in forms
    ):
        return
    first = forms[0]
    missing = [v for n, v in enumerate(first.values, 1) if not _holds(text, part, v, n, first)]
    yield PrintedField(
        element=first.element,
        label=first.label,
        credential="; ".join(missing)[:SHOWN_CHARS],
        shown=nearest([line.text for line in part.lines], missing),
        page=next((page.number for page in pages if part.lines and part.lines[0] in page.lines), 0),
        agrees=False,
    )


def _holds(text: Lines, part: Part, value: str, number: int, row: Row) -> bool:
    numbered = f"{number}" if row.element == "outcomes" and len(row.values) > 1 else ""
    if is_simple(value):
        return text.has(numbered + key_of(value))
    return not is_spelt(value) or letters_of(value) <= letters_of("".join(line.text for line in part.lines))
