"""What depends on the day, and on what registers say now: start, freshness, quality assurance, identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.search.bits import bits_of
from tessella_web.registers.models import LearningKind
from tessella_web.registers.quality import Scope, answer, quality_assured_many
from tessella_web.registers.queries import bodies_of

__all__ = ["Place", "Sets", "of_day", "of_registers", "sets_of"]

MONTH, QUARTER = dt.timedelta(days=31), dt.timedelta(days=92)
YEAR = dt.timedelta(days=365)

Sets = Mapping[str, Mapping[str, int]]
"""By facet and code the set of listings, as bits."""


class Place(NamedTuple):
    """What of a listing the answers depend on. The first four say what registers are asked."""

    organisation: str
    level: int | None
    field: str
    is_micro_credential: bool
    published: dt.date
    starts: tuple[dt.date, ...]
    hours: float

    @property
    def scope(self) -> Scope:
        """What is asked of registers about whoever provides it."""
        kind = LearningKind.MICRO_CREDENTIAL if self.is_micro_credential else LearningKind.NON_FORMAL
        return Scope(level=self.level, field=self.field, kind=kind.value)


def sets_of(codes: Mapping[int, Iterable[str]], size: int) -> dict[str, int]:
    """By code the numbers that have it."""
    numbers: dict[str, list[int]] = {}
    for number, found in codes.items():
        for code in found:
            numbers.setdefault(code, []).append(number)
    return {code: bits_of(found, size) for code, found in numbers.items()}


def of_day(places: Mapping[int, Place], on: dt.date, size: int) -> Sets:
    """When one can begin, and how long ago it was published."""
    return {
        "start": sets_of({number: starts(one.starts, on) for number, one in places.items()}, size),
        "updated": sets_of({number: (_age(one.published, on),) for number, one in places.items()}, size),
    }


def of_registers(places: Mapping[int, Place], on: dt.date, size: int) -> Sets:
    """What is known on a day about those who stand behind the listings, with a constant number of queries."""
    wanted = {one.organisation for one in places.values()}
    organisations = list(Organisation.objects.filter(id__in=wanted)) if wanted else []
    established = {one.id for one in organisations if one.is_established}
    bodies = bodies_of(organisations)
    answers = quality_assured_many(list({one.id: one for one in bodies.values()}.values()), Scope(), on)
    states: dict[tuple[object, ...], str] = {}
    quality: dict[int, tuple[str]] = {}
    for number, one in places.items():
        asked = one[:4]
        if asked not in states:
            body = bodies.get(one.organisation)
            evidence = answers[body.id].evidence if body else ()
            states[asked] = answer(evidence, one.scope, on).state.value
        quality[number] = (states[asked],)
    identity = {
        number: ("yes" if one.organisation in established else "no",) for number, one in places.items()
    }
    return {"quality": sets_of(quality, size), "established": sets_of(identity, size)}


def starts(days: Iterable[dt.date], on: dt.date) -> set[str]:
    """The codes of `facets.STARTS` for days on which one can begin; who asks for three months gets one month too."""
    coming = [one - on for one in days if one >= on]
    if not coming:
        return {"open"}
    near = [code for code, most in (("month", MONTH), ("quarter", QUARTER)) if min(coming) <= most]
    return {*near, *(["later"] if max(coming) > QUARTER else [])}


def _age(published: dt.date, on: dt.date) -> str:
    age = on - published
    return "year" if age < YEAR else "three-years" if age < 3 * YEAR else "older"
