"""Whether the pages of a PDF say what the credential in it says (see ADR 0036).

A certificate that Tessella made is known by its labels; there every value has its place, and one that differs was edited. Of other
pages only what they show is told: whether the title and the name of the credential stand on them.
"""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tessella.containers import PageLine, PdfPage
from tessella.model import Award
from tessella.rendering import (
    PrintedValue,
    certificate_labels,
    printed_values,
)
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._printed_award import (
    MOMENTS,
    SHOWN_CHARS,
    PrintedField,
    is_lossy,
    languages_of,
    moved,
)
from tessella.verification._printed_supplement import compare_supplements
from tessella.verification._printed_text import (
    ALIKE,
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

__all__ = ["PrintedField", "PrintedPages", "compare_pages", "stands_on"]

MIN_LABELS = 4
"""Labels of one language by which the first page of a certificate is known; it has eight or more."""

_NEEDED = frozenset(("title", "learner"))
"""Among them these, which no supplement has."""

MAX_LINES = 1_500
"""Lines on one page of a certificate; it has eighty."""

_CERTIFICATE_FONT = re.compile(r"(?:[A-Z]{6}\+)?Noto")
"""Certificates are set in Noto alone; a text in another type was put there later."""


class PrintedPages(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison of a PDF's pages with a credential.

    ``verdict``: ``passed``, everything that could be compared agrees; ``failed``, a certificate was edited; ``indeterminate``, the pages
    are not of a layout known here and lack the credential's title or name, or hold nothing but pictures; ``not_applicable``, there is
    nothing on them. ``is_certificate`` tells that they are laid out as certificates are here; ``added`` is text that was put on
    top of such pages afterwards.
    """

    verdict: Verdict
    fields: tuple[PrintedField, ...] = ()
    added: tuple[str, ...] = ()
    is_certificate: bool = False
    only_pictures: bool = False

    @property
    def differing(self) -> tuple[PrintedField, ...]:
        """The values that differ."""
        return tuple(one for one in self.fields if not one.agrees)


def compare_pages(pages: Sequence[PdfPage], award: Award) -> PrintedPages:
    """Compare what the pages show (`tessella.containers.pages_of`) with what a credential says. Looks at no seal."""
    if all(page.is_empty for page in pages):
        return PrintedPages(verdict=Verdict.NOT_APPLICABLE)
    visible = [line for page in pages for line in page.visible]
    if not visible:
        return PrintedPages(verdict=Verdict.INDETERMINATE, only_pictures=True)
    faces = [face for page in pages if (face := _face(page)) is not None]
    if not faces:
        return _elsewhere(pages, award)
    rest = [page for page in pages if page.number not in {face.page.number for face in faces}]
    fields = tuple(
        itertools.chain(
            *(_compared(face, award) for face in faces),
            compare_supplements(rest, [face.catalogue for face in faces], award),
        )
    )
    told = {one.shown for one in fields if not one.agrees}
    added = tuple(text for text in dict.fromkeys(_added(pages)) if text not in told)
    edited = added or any(not one.agrees for one in fields)
    return PrintedPages(
        verdict=Verdict.FAILED if edited else Verdict.PASSED, fields=fields, added=added, is_certificate=True
    )


# --- first pages of certificates ---------------------------------------------------------------------


class _Face(NamedTuple):
    """A page that is laid out as first pages are, in the language of its labels."""

    page: PdfPage
    catalogue: Mapping[str, str]
    parts: tuple[Part, ...]
    text: Lines


def _face(page: PdfPage) -> _Face | None:
    """The page as first page of a certificate; None when it is another."""
    best: _Face | None = None
    if len(page.lines) > MAX_LINES:
        return None
    for catalogue, labels in certificate_labels():
        parts = tuple(
            parts_of(page.visible, {key_of(label): (label, element) for label, element in labels.items()})
        )
        found = {part.element for part in parts}
        if len(found) >= MIN_LABELS and found >= _NEEDED and (best is None or len(parts) > len(best.parts)):
            best = _Face(page, catalogue, parts, lines_as(page.visible))
    return best


def _compared(face: _Face, award: Award) -> Iterator[PrintedField]:
    """Every value that a first page has a place for, in the first language in which it agrees."""
    forms = list(_forms(award, face.catalogue))
    said = dict.fromkeys((one.element, number) for form in forms for number, one in _numbered(form))
    outcomes = [[one.text for one in form if one.element == "outcomes"] for form in forms]
    for element, number in said:
        if element == "outcomes" or is_lossy(element, award):
            continue
        values = [
            one
            for form in forms
            for place, one in _numbered(form)
            if (one.element, place) == (element, number)
        ]
        yield _field(face, list(dict.fromkeys((one.label, one.text) for one in values)), values[0])
    if any(outcomes):
        yield _outcomes(face, outcomes)


def _numbered(form: Iterable[PrintedValue]) -> Iterator[tuple[int, PrintedValue]]:
    """Values with their number among those of their element; only awarding bodies are several."""
    count = 0
    for one in form:
        count += one.element == "awarding_body"
        yield (count if one.element == "awarding_body" else 0), one


def _forms(award: Award, catalogue: Mapping[str, str]) -> Iterator[tuple[PrintedValue, ...]]:
    """What a page in this translation prints of the award: in each language, with the days that an instant can be."""
    languages = languages_of(award)
    for language in languages:
        yield printed_values(award, (language,), catalogue)
    for shifted in moved(award):
        values = printed_values(shifted, languages[:1], catalogue)
        yield tuple(one for one in values if one.element in MOMENTS)


def _field(face: _Face, forms: Sequence[tuple[str, str]], first: PrintedValue) -> PrintedField:
    """A value and what stands in its place."""
    element = "" if first.element == "awarding_body" else first.element
    part = next((one for one in face.parts if one.element == element), None)
    agrees = any(_stands(face, part, label, text) for label, text in forms)
    hidden = not agrees and any(_is_hidden(face.page, text) for _, text in forms)
    shown = "" if agrees else _instead(face, part, forms)
    text = next((text for label, text in forms if part and key_of(label) == key_of(part.label)), first.text)
    return PrintedField(
        element=first.element,
        label=_label(first),
        credential=text,
        shown=text if agrees else shown,
        page=face.page.number,
        agrees=agrees,
        hidden=hidden,
    )


def _stands(face: _Face, part: Part | None, label: str, text: str) -> bool:
    """Whether the page says this where it belongs."""
    wanted = key_of(text)
    if is_simple(text):
        if face.text.has(key_of(label) + wanted):
            return True
        return part is not None and part.element in _IN_PIECES and _in_pieces(text, part)
    if not is_spelt(text):
        return True
    lines = part.lines if part is not None and label else face.page.visible
    if part is not None and part.element in _IN_PIECES:
        return letters_of(text) <= letters_of("".join(one.text for one in lines))
    return any(
        letters_of("".join(one.text for one in lines[start:end])) == letters_of(text)
        for start in range(1 if part is not None and label else min(len(lines), _TOP_LINES))
        for end in range(start + 1, min(len(lines), start + _VALUE_LINES) + 1)
    )


_IN_PIECES = frozenset(("workload", "level", "assessment", "participation", "grade"))
"""Elements of several values, of which a format may have left some out."""

_TOP_LINES = 60
"""Lines among which a value without a label is looked for; names of bodies stand at the top."""

_VALUE_LINES = 8
"""Lines that a value takes at most."""


def _in_pieces(text: str, part: Part) -> bool:
    """A value of several, of which a format may have left some out: each stands there."""
    pieces = {key_of(one) for one in text.split("; ")}
    there = {key_of(one) for one in " ".join(line.text for line in part.lines).split("; ")}
    return len(pieces) < len(there) and pieces <= there


def _is_hidden(page: PdfPage, text: str) -> bool:
    wanted = key_of(text)
    return bool(wanted) and wanted in lines_as(one for one in page.lines if one.hidden).key


def _instead(face: _Face, part: Part | None, forms: Sequence[tuple[str, str]]) -> str:
    """What the page shows where a value should stand: what was written over it, else what follows the label."""
    wanted = {key_of(text) for _, text in forms}
    over = [
        one.instead
        for one in face.page.lines
        if one.hidden and one.instead and _overlaps(key_of(one.text), wanted)
    ]
    if over:
        return " ".join(over)[:SHOWN_CHARS]
    if part is None:
        return ""
    if not part.label:  # what stands above the title: one line for each name
        lines = [line.text for line in part.lines]
        near = (difflib.get_close_matches(text, lines, n=1) for _, text in forms)
        return next((found[0] for found in near if found), "")[:SHOWN_CHARS]
    return nearest([line.text for line in part.lines], [text for _, text in forms])


def _overlaps(key: str, wanted: Iterable[str]) -> bool:
    return bool(key) and any(key in one or one in key for one in wanted)


def _outcomes(face: _Face, forms: Sequence[Sequence[str]]) -> PrintedField:
    """The numbered outcomes: all of them, or the first and how many more there are."""
    part = next((one for one in face.parts if one.element == "outcomes"), None)
    best, differs, rest = -1, "", ""
    for texts in filter(None, forms):
        agreed, remaining = _agreed(texts, part)
        if not remaining or not is_simple("".join(texts)):
            best, differs, rest = len(texts), "", ""
            break
        if agreed > best:
            best, differs = agreed, texts[agreed] if agreed < len(texts) else ""
            rest = nearest(remaining, [f"{agreed + 1} {differs}"]) or say("nothing")
    return PrintedField(
        element="outcomes",
        label=say("Learning outcomes"),
        credential=differs or "; ".join(next(filter(None, forms)))[:SHOWN_CHARS],
        shown=rest,
        page=face.page.number,
        agrees=best >= 0 and not rest and (part is not None),
    )


def _agreed(texts: Sequence[str], part: Part | None) -> tuple[int, list[str]]:
    """How many outcomes stand on the page in their order, and the lines after them that are none."""
    lines = part.lines if part is not None else ()
    key, at = lines_as(lines).key, 0
    for number, text in enumerate(texts):
        wanted = f"{number + 1}{key_of(text)}"
        if not key.startswith(wanted, at):
            if _MORE.fullmatch(key[at:]) and str(len(texts) - number) in key[at:]:
                return len(texts), []
            return number, _from(lines, at) or [""]
        at += len(wanted)
    return len(texts), _from(lines, at)


_MORE = re.compile(r"\D*\d+\D*")
"""“and 3 more in the supplement”, in any language."""


def _from(lines: Sequence[PageLine], at: int) -> list[str]:
    """The lines from a place in their key on."""
    passed = itertools.accumulate(len(key_of(line.text)) for line in lines)
    return [line.text for line, end in zip(lines, passed, strict=True) if end > at]


def _label(value: PrintedValue) -> str:
    return say(_NAMES.get(value.element, "")) or value.label


_NAMES = {
    "awarding_body": "Awarding body",
    "title": "Title",
    "learner": "Learner",
    "number": "Number",
    "workload": "Notional workload",
    "level": "Level",
    "assessment": "Type of assessment",
    "participation": "Form of participation",
    "quality": "Quality assurance",
    "grade": "Grade achieved",
    "assessed_on": "Assessed",
    "awarded_on": "Awarded",
    "issued_at": "Issued",
    "valid_until": "Valid until",
}
"""What the elements are called, in the words of certificates."""


def _added(pages: Iterable[PdfPage]) -> Iterator[str]:
    """Text on pages of a certificate that was put there afterwards: by an annotation, or in a type that they are not set in."""
    for page in pages:
        for line in page.visible:
            if line.added or not _CERTIFICATE_FONT.match(line.font):
                yield line.text[:SHOWN_CHARS]


# --- other pages -------------------------------------------------------------------------------------


def _elsewhere(pages: Sequence[PdfPage], award: Award) -> PrintedPages:
    """Of pages in a layout that is not known here: whether title and name are to be found on them."""
    text = _loose(" ".join(line.text for page in pages for line in page.visible))
    learner, titles = award.learner, award.micro_credential.title
    wanted = (
        ("title", list(titles.values())),
        ("learner", list(filter(None, (learner.display_name, learner.latin_name)))),
    )
    fields = tuple(
        PrintedField(
            element=element,
            label=say(_NAMES[element]),
            credential=texts[0],
            agrees=any(_occurs(one, text) for one in texts),
        )
        for element, texts in wanted
        if texts
    )
    absent = not fields or any(not one.agrees for one in fields)
    return PrintedPages(verdict=Verdict.INDETERMINATE if absent else Verdict.PASSED, fields=fields)


def stands_on(pages: Sequence[PdfPage], *texts: str) -> bool:
    """Whether one of these texts can be read somewhere on the pages."""
    there = _loose(" ".join(line.text for page in pages for line in page.visible))
    return any(_occurs(one, there) for one in texts)


def _loose(text: str) -> str:
    """Words alone, in the order in which they are drawn."""
    folded = (
        unicodedata.normalize("NFKC", text)
        .translate(ALIKE)
        .casefold()
        .replace("\u00ad", "")
        .replace("- ", "")
    )
    return " ".join(re.findall(r"[^\W_]+", folded))


def _occurs(value: str, text: str) -> bool:
    """Whether a text is there: in its order, or its words beside one another in another (family name first)."""
    wanted = _loose(value)
    if not wanted:
        return False
    if not is_simple(value):
        return letters_of(value) <= letters_of(text)
    if f" {wanted} " in f" {text} ":
        return True
    words, there = frozenset(wanted.split()), text.split()
    span = len(words) + _WORDS_BETWEEN
    starts = (at for at, word in enumerate(there) if word in words)
    return any(words <= frozenset(there[at : at + span]) for at in itertools.islice(starts, _TRIED))


_WORDS_BETWEEN, _TRIED = 1, 5_000
"""Other words between those of a name (a title, an initial), and places where one is looked for."""
