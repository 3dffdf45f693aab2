"""What a decider can establish about a credential where it does not say so itself: by the name of the data that the engine asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.stacking import Item, Rule, rule_data
from tessella_web.common.errors import RefusedError

__all__ = ["FIELDS", "VERIFIED", "YES", "applied", "checked_value"]

VERIFIED = "verified"
"""Not data of the credential: whoever decides has made sure in another way that it is genuine."""

YES, NO = "yes", "no"

Values = Mapping[str, Any]


class Field(NamedTuple):
    """Data that can be stated: what it is called, an example, and the item's values that it changes."""

    title: Any
    example: str
    read: Callable[[str, Item, Rule], Values]


def _several(name: str) -> Callable[[str, Item, Rule], Values]:
    def read(text: str, item: Item, rule: Rule) -> Values:
        added = tuple(one.strip() for one in text.split(";") if one.strip())
        if not added:
            raise ValueError(text)
        return {name: tuple(dict.fromkeys((*(getattr(item, name) or ()), *added)))}

    return read


def _yes(name: str) -> Callable[[str, Item, Rule], Values]:
    def read(text: str, item: Item, rule: Rule) -> Values:
        return {name: {YES: True, NO: False}[text.strip().casefold()]}

    return read


def _number(text: str) -> Decimal:
    found = Decimal(text.strip().replace(",", "."))
    if not found.is_finite() or found < 0:
        raise ValueError(text)
    return found


def _credits(text: str, item: Item, rule: Rule) -> Values:
    return {"credits": {**(item.credits or {}), rule.unit: _number(text)}}


def _level(text: str, item: Item, rule: Rule) -> Values:
    frameworks = sorted(_frameworks(rule_data(rule))) or ["eqf"]
    framework, _sign, level = text.rpartition(":")
    levels = {framework.strip() or frameworks[0]: (str(_number(level)),)}
    return {"levels": {**item.levels, **levels}, "level_applies": True}


def _frameworks(data: object) -> Iterable[str]:
    """The frameworks in which a rule speaks of levels."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "level" and isinstance(value, dict):
                yield str(value.get("framework", "eqf"))
            else:
                yield from _frameworks(value)
    elif isinstance(data, list | tuple):
        for one in data:
            yield from _frameworks(one)


def _route(text: str, item: Item, rule: Rule) -> Values:
    if text not in ("course", "validation"):
        raise ValueError(text)
    return {"route": text}


FIELDS: Mapping[str, Field] = {
    VERIFIED: Field(gettext_lazy("that it is genuine"), YES, _yes("level_applies")),
    "credits": Field(gettext_lazy("credits, in the unit of the rule"), "5", _credits),
    "hours": Field(gettext_lazy("hours of work"), "125", lambda text, item, rule: {"hours": _number(text)}),
    "level": Field(gettext_lazy("the level"), "6", _level),
    "field": Field(gettext_lazy("the field of study (ISCED-F code)"), "0613", _several("fields")),
    "category": Field(gettext_lazy("the category of your list"), "core", _several("categories")),
    "outcome": Field(gettext_lazy("a learning outcome that it covers"), "Can explain bias", _several("outcomes")),
    "grade_at_least": Field(gettext_lazy("the grade"), "7", lambda text, item, rule: {"grade": text.strip()}),
    "awarded_from": Field(
        gettext_lazy("the day of the award"), "2026-05-04",
        lambda text, item, rule: {"awarded_on": dt.date.fromisoformat(text.strip())},
    ),
    "issuer": Field(gettext_lazy("who awarded it"), "Hive Academy", _several("issuers")),
    "provider": Field(gettext_lazy("who taught it"), "Hive Academy", _several("providers")),
    "country": Field(gettext_lazy("the country"), "NLD", _several("countries")),
    "mode": Field(gettext_lazy("how it was taught (code)"), "online", _several("modes")),
    "language": Field(gettext_lazy("the language of teaching"), "nld", _several("languages")),
    "route": Field(gettext_lazy("course or validation"), "course", _route),
    "assessed": Field(gettext_lazy("whether it was assessed"), YES, _yes("assessed")),
    "supervised": Field(gettext_lazy("whether the assessment was supervised"), YES, _yes("supervised")),
    "quality_assured": Field(gettext_lazy("whether it is quality-assured"), YES, _yes("quality_assured")),
}  # fmt: skip
"""By the names that the engine's questions use."""

SAME = {
    "conversion": "credits", "hours-to-credits": "credits", "max_age_months": "awarded_from", "awarded_until": "awarded_from",
}  # fmt: skip
"""Questions that ask for the same data."""


def applied(item: Item, stated: Iterable[tuple[str, str]], rule: Rule) -> Item:
    """The item with what was stated, in the order in which it was."""
    for field, value in stated:
        if field != VERIFIED:
            item = msgspec.structs.replace(item, **FIELDS[field].read(value, item, rule))
    return item


def checked_value(field: str, value: str, item: Item, rule: Rule) -> tuple[str, str]:
    """Field and value as they are kept.

    Raises:
        RefusedError: ``stacking.statement``: there is no such data, or this is none.
    """
    field = SAME.get(field, field)
    known = FIELDS.get(field)
    try:
        if known is None:
            raise ValueError(field)
        known.read(value, item, rule)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise RefusedError(
            _("This cannot be stated so."), code="stacking.statement", field="value",
            hint=_("Such as: %(example)s") % {"example": known.example if known else "–"},
        ) from error  # fmt: skip
    return field, value.strip()
