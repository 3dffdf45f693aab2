"""What a description still misses: for the European standard, for the country's rules, for each format it may be sealed in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.errors import TessellaError
from tessella.model import MicroCredential
from tessella.rendering import require_glyphs
from tessella.standard import CheckResult, check, country_packs, pack
from tessella.text import pick
from tessella.verdicts import Severity

__all__ = ["FORMATS", "Format", "Gap", "Missing", "missing_of"]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do: what is missing, what to do about it, and the element (field of the record) it is about."""

    message: str
    remedy: str
    element: str
    is_error: bool = True
    rule: str = ""


class Format(NamedTuple):
    """A format awards can be sealed in, what it is called for people (translated when shown), and what a description needs for it."""

    id: str
    title: object
    needs: tuple[str, ...]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """The gaps by who asks: the standard, the country, each format by its name."""

    standard: tuple[Gap, ...] = ()
    country: tuple[Gap, ...] = ()
    country_name: str = ""
    formats: tuple[tuple[str, tuple[Gap, ...]], ...] = ()
    complete: bool = False

    @property
    def errors(self) -> tuple[Gap, ...]:
        """What keeps from publishing."""
        return tuple(gap for gap in (*self.standard, *self.country) if gap.is_error)

    @property
    def advice(self) -> tuple[Gap, ...]:
        """What would make it better."""
        return tuple(gap for gap in (*self.standard, *self.country) if not gap.is_error)

    @property
    def ready_formats(self) -> tuple[str, ...]:
        """The formats that nothing is missing for."""
        return tuple(name for name, gaps in self.formats if not gaps)


class _Need(NamedTuple):
    element: str
    is_met: Callable[[MicroCredential], bool]
    message: object
    remedy: object


def _has_text(text: dict[str, str]) -> bool:
    return any(value.strip() for value in text.values())


def _can_be_set(record: MicroCredential) -> bool:
    try:
        require_glyphs(pick(record.title, (record.language,)))
    except TessellaError:
        return False
    return True


_NEEDS: dict[str, _Need] = {
    "title": _Need(
        "title", lambda r: _has_text(r.title),
        gettext_lazy("It has no title."), gettext_lazy("Give it one."),
    ),
    "body": _Need(
        "awarding_bodies", lambda r: any(_has_text(one.name) for one in r.awarding_bodies[:1]),
        gettext_lazy("Nobody is named who awards it."), gettext_lazy("Name the organisation."),
    ),
    "country": _Need(
        "awarding_bodies", lambda r: any(one.countries for one in r.awarding_bodies[:1]),
        gettext_lazy("The country of the organisation is missing."), gettext_lazy("Choose it."),
    ),
    "legal-id": _Need(
        "awarding_bodies", lambda r: any(one.legal_id for one in r.awarding_bodies[:1]),
        gettext_lazy("The legal identifier of the organisation is missing."),
        gettext_lazy("It stands in the certificate you seal with. Without it, use another format."),
    ),
    "languages": _Need(
        "participation", lambda r: bool(r.participation and r.participation.languages),
        gettext_lazy("The language of the learning is missing."), gettext_lazy("Choose it."),
    ),
    "workload": _Need(
        "workload", lambda r: bool(r.workload and (r.workload.hours or r.workload.credits)),
        gettext_lazy("The workload is missing."), gettext_lazy("Give the hours."),
    ),
    "level": _Need(
        "levels", lambda r: bool(r.levels and r.levels.eqf),
        gettext_lazy("A European level is missing."),
        gettext_lazy("This format cannot do without. Where levels do not apply, use another format."),
    ),
    "quality": _Need(
        "quality", lambda r: bool(r.quality),
        gettext_lazy("It is not said how quality is assured."), gettext_lazy("Say who looks after it."),
    ),
    "glyphs": _Need(
        "title", _can_be_set,
        gettext_lazy("The title has signs that no font here can show."), gettext_lazy("Write it in other signs."),
    ),
}  # fmt: skip

FORMATS = (
    Format("edc", gettext_lazy("European Digital Credential"), ("title", "body", "country", "legal-id")),
    Format("openbadge", gettext_lazy("Open Badge"), ("title", "body")),
    Format(
        "attestation", gettext_lazy("Attestation for the European wallet"),
        ("title", "body", "country", "languages", "workload", "level", "quality"),
    ),
    Format("certificate", gettext_lazy("Certificate as PDF"), ("title", "body", "glyphs")),
)  # fmt: skip
"""What a description can be sealed as, with what each cannot do without whoever the learner is."""

_FOR_PEOPLE = {
    "ECTS credits": gettext_lazy("European study credits"),
    "ECTS": gettext_lazy("European study credits"),
    "QF-EHEA": gettext_lazy("European higher education"),
    "EQF": gettext_lazy("European"),
    "ISCED-F": gettext_lazy("subject"),
    "ISCED": gettext_lazy("subject"),
}
"""What the standard abbreviates, in words: not everybody who describes something works at a university."""

_ABBREVIATED = re.compile("|".join(rf"\b{re.escape(short)}\b" for short in _FOR_PEOPLE))

_ELEMENT_OF = {
    "title": "title",
    "country": "awarding_bodies",
    "awarding-body": "awarding_bodies",
    "outcomes": "outcomes",
    "workload": "workload",
    "level": "levels",
    "assessment": "assessments",
    "supervision": "assessments",
    "participation": "participation",
    "quality": "quality",
    "prerequisites": "prerequisites",
    "stackability": "stackability",
    "further-information": "further_information",
}
"""By element of the standard the field of the record, for findings that name no place."""


def missing_of(record: MicroCredential, *, on: dt.date) -> Missing:
    """Everything that is still missing on this day; errors first in each list."""
    result = check(record, on=on)
    own = check(record, on=on, country="")
    countries = [name for name in result.packs if name in country_packs()]
    everywhere = {gap.rule for gap in _gaps(own)}
    found = _gaps(result)
    return Missing(
        standard=tuple(gap for gap in found if gap.rule in everywhere),
        country=tuple(gap for gap in found if gap.rule not in everywhere),
        country_name=", ".join(_(pack(name).title) for name in countries),
        formats=tuple((str(one.title), _format_gaps(one, record)) for one in FORMATS),
        complete=result.complete,
    )


def _gaps(result: CheckResult) -> list[Gap]:
    ids = {state.name: state.id for state in result.elements}
    found = [
        Gap(
            message=_in_words(one.message), remedy=_in_words(one.remedy), rule=one.rule, is_error=one.severity is Severity.ERROR,
            element=_element(one.place, ids.get(one.element, "")),
        )
        for one in result.findings
        if one.severity is not Severity.INFO
    ]  # fmt: skip
    return sorted(found, key=lambda gap: not gap.is_error)


def _in_words(message: str) -> str:
    return _ABBREVIATED.sub(lambda found: str(_FOR_PEOPLE[found.group()]), message)


def _element(place: str, standard_id: str) -> str:
    field = place.partition(".")[0].partition("[")[0]
    return field if field in MicroCredential.__struct_fields__ else _ELEMENT_OF.get(standard_id, "")


def _format_gaps(one: Format, record: MicroCredential) -> tuple[Gap, ...]:
    needs = (_NEEDS[name] for name in one.needs)
    return tuple(
        Gap(message=str(need.message), remedy=str(need.remedy), element=need.element)
        for need in needs
        if not need.is_met(record)
    )
