"""The wallet as a list that can be narrowed down, and as a timeline: by year and by kind of learning."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.vocabulary import code_list
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.models import Learning

__all__ = ["FACETS", "Choice", "Facet", "Year", "field_label", "level_label", "narrowed", "timeline"]

DECLARED = "declared"

STATES: Mapping[str, Any] = {
    "passed": gettext_lazy("Holds"),
    "indeterminate": gettext_lazy("Not everything established"),
    "failed": gettext_lazy("Does not hold"),
    "not_applicable": gettext_lazy("Certified by nobody"),
}
"""How something stands, in words for a list."""


def field_label(code: str, language: str = "en") -> str:
    """A broad field of ISCED-F in words; what is not stated is said to be."""
    found = code_list("isced-f").get(code) if code else None
    return found.label(language) if found else _("Field not stated")


def level_label(level: int | None) -> str:
    """An EQF level in words."""
    return _("Level %(level)s") % {"level": level} if level else _("Level not stated")


def _kind(one: Entry) -> str:
    return DECLARED if one.is_declared else one.learning


def _field(one: Entry) -> str:
    return one.tile.field if one.tile else ""


def _level(one: Entry) -> str:
    return str(one.tile.level or "") if one.tile else ""


class Choice(NamedTuple):
    """One value of a facet, how many entries have it, and whether it is chosen."""

    value: str
    label: str
    total: int
    is_chosen: bool


class Facet(NamedTuple):
    """One way to narrow the list down."""

    name: str
    title: Any
    choices: tuple[Choice, ...]

    @property
    def is_open(self) -> bool:
        """Whether something in it is chosen."""
        return any(one.is_chosen for one in self.choices)


class _Way(NamedTuple):
    title: Any
    value: Callable[[Entry], str]
    label: Callable[[str, str], str]


NOT_STATED = "-"
"""Stands in addresses for what an entry does not say."""

FACETS: Mapping[str, _Way] = {
    "kind": _Way(
        gettext_lazy("Where it was learned"), _kind,
        lambda value, language: str(dict(Learning.choices).get(value) or (_("Said by yourself") if value == DECLARED else _("Record of several"))),
    ),
    "field": _Way(gettext_lazy("Field"), _field, field_label),
    "level": _Way(gettext_lazy("Level"), _level, lambda value, language: level_label(int(value) if value else None)),
    "issuer": _Way(gettext_lazy("From whom"), lambda one: one.issuer, lambda value, language: value or _("Not stated")),
    "state": _Way(gettext_lazy("How it stands"), lambda one: one.state, lambda value, language: str(STATES.get(value, value))),
}  # fmt: skip


def narrowed(
    entries: Sequence[Entry], wanted: Mapping[str, Sequence[str]], language: str
) -> tuple[list[Entry], list[Facet]]:
    """The entries that fit what is chosen, and the facets; each facet counts what its values would leave of the others' choice."""
    chosen = {
        name: {value if value != NOT_STATED else "" for value in wanted.get(name, ())} for name in FACETS
    }

    def fits(one: Entry, but: str = "") -> bool:
        return all(
            not values or name == but or FACETS[name].value(one) in values for name, values in chosen.items()
        )

    facets = []
    for name, way in FACETS.items():
        counted = Counter(way.value(one) for one in entries if fits(one, name))
        values = sorted(
            {*map(way.value, entries)}, key=lambda value: (value == "", way.label(value, language).casefold())
        )
        choices = tuple(
            Choice(value or NOT_STATED, way.label(value, language), counted[value], value in chosen[name]) for value in values
        )  # fmt: skip
        if len(choices) > 1:
            facets.append(Facet(name, way.title, choices))
    return [one for one in entries if fits(one)], facets


class Year(NamedTuple):
    """One year of the timeline: under each kind of learning what was achieved, the latest first."""

    year: int | None
    lanes: tuple[tuple[str, list[Entry]], ...]
    total: int


def timeline(entries: Iterable[Entry]) -> list[Year]:
    """By year, the latest first; under each kind of learning in the order of the European recommendation."""
    ordered = sorted(entries, key=lambda one: one.day or dt.date.min, reverse=True)
    found = []
    for year, several in groupby(ordered, key=lambda one: one.day.year if one.day else None):
        listed = list(several)
        lanes = tuple(
            (kind, [one for one in listed if (one.learning or Learning.FORMAL) == kind])
            for kind in Learning.values
        )
        found.append(Year(year, lanes, len(listed)))
    return found
