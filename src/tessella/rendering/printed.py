"""What a certificate prints of a record, value by value: for comparing a page with the credential in it.

Made by the same functions as the certificate itself, so that the two cannot drift apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from tessella.model import Award, RecordType
from tessella.rendering._wording import date_words, type_name
from tessella.rendering.certificate import (
    _LEADS,
    _NAME_CHARS,
    _TITLE_CHARS,
    _cell,
    _close,
    _face_rows,
    _head,
    _learner,
    _outcomes,
    _shortened,
)
from tessella.rendering.fonts import clean
from tessella.rendering.style import face_catalogues
from tessella.rendering.words import Row, plain_words
from tessella.text import pick, say, speak

__all__ = [
    "PrintedValue",
    "certificate_labels",
    "printed_dates",
    "printed_values",
    "supplement_headings",
    "supplement_rows",
]


class PrintedValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value on a first page: which element it is, the label that stands before it (as printed), and the text."""

    element: str
    label: str
    text: str


def certificate_labels() -> tuple[tuple[Mapping[str, str], Mapping[str, str]], ...]:
    """For each translation in which first pages are printed: the translation, and its labels with the element after each.

    English is first. The label before the title is the kind of record, the one before the name is ``learner``.
    """
    found = []
    for catalogue in ({}, *face_catalogues()):
        with speak(catalogue):
            labels = {type_name(kind): "title" for kind in RecordType}
            labels |= {say(lead): "learner" for lead in _LEADS.values()}
            labels |= {say(label): element for label, element in _LABELS.items()}
        found.append((catalogue, labels))
    return tuple(found)


_LABELS = {
    "Learning outcomes achieved": "outcomes",
    "Notional workload": "workload",
    "Level": "level",
    "Type of assessment": "assessment",
    "Form of participation": "participation",
    "Quality assurance": "quality",
    "Grade achieved": "grade",
    "Assessed": "assessed_on",
    "Awarded": "awarded_on",
    "Issued": "issued_at",
    "Valid until": "valid_until",
    "Verify this certificate": "verify",
}


def printed_values(
    award: Award, languages: Sequence[str], catalogue: Mapping[str, str]
) -> tuple[PrintedValue, ...]:
    """What the first page of a certificate prints of the award in these languages, with labels from the translation.

    Only what the record states; names that it withholds have no value. Texts are as long as the page has them.
    """
    with speak(catalogue):
        return tuple(one for one in _values(award, tuple(languages)) if one.text)


def _values(award: Award, languages: tuple[str, ...]) -> list[PrintedValue]:
    record = award.micro_credential
    sections = plain_words(award, languages)
    kind, learner = type_name(record.record_type), _learner(award)
    stated = award.learner.display_name or award.learner.latin_name
    close = _close(award, sections)
    moments = {
        "assessed_on": award.assessed_on,
        "awarded_on": award.awarded_on,
        "issued_at": award.issued_at,
        "valid_until": award.valid_until,
    }
    dates = zip((name for name, moment in moments.items() if moment), close["dates"], strict=True)
    return [
        *(
            PrintedValue(element="awarding_body", label="", text=name)
            for name in _head(record, languages)["bodies"]
        ),
        PrintedValue(
            element="title", label=kind, text=_shortened(pick(record.title, languages), _TITLE_CHARS)
        ),
        PrintedValue(element="learner", label=learner["lead"], text=_shortened(stated or "", _NAME_CHARS)),
        *(PrintedValue(element="outcomes", label="", text=clean(one)) for one in _outcomes(sections)),
        *(
            PrintedValue(element=row.element, label=cell["label"], text=clean(cell["text"]))
            for row, cell in ((row, _cell(row)) for row in _face_rows(sections))
        ),
        *(PrintedValue(element=name, label=one["label"], text=one["text"]) for name, one in dates),
        PrintedValue(element="number", label="", text=close["number"]),
    ]


def supplement_rows(award: Award, languages: Sequence[str], catalogue: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows of a supplement in this translation; those that state nothing are among them."""
    with speak(catalogue):
        return tuple(row for section in plain_words(award, tuple(languages)) for row in section.rows)


def supplement_headings(catalogue: Mapping[str, str]) -> tuple[str, ...]:
    """What stands above the rows of a supplement, its title first."""
    with speak(catalogue):
        return say("Supplement"), say("Element"), say("What the record says")


def printed_dates(date: dt.date | dt.datetime) -> tuple[str, ...]:
    """A date as certificates print it, in every translation of theirs."""
    found = []
    for catalogue in ({}, *face_catalogues()):
        with speak(catalogue):
            found.append(date_words(date))
    return tuple(dict.fromkeys(found))
