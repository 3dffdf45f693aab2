"""Choosing the figures that answer a question, and comparing them with the places that are offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import SchemaError
from tessella.guidance.demand.table import Figure
from tessella.text import say

__all__ = [
    "STALE_MONTHS",
    "Demand",
    "OfferPlaces",
    "Ranked",
    "Unmet",
    "demand_for",
    "load_offer_places",
    "rank",
]

STALE_MONTHS = 12
"""Figures on a period that ended longer ago are marked as old: a year has all seasons once."""

MAX_OFFERS = 50_000
"""Offers that are ranked at once."""


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says about one concept: ``vacancies`` within a period, in ``regions``; added up where there are several.

    ``is_whole`` is False where only parts of the region asked for are covered, or where a larger one had to do (``is_wider``).
    """

    concept: str
    asked: str
    regions: tuple[str, ...]
    is_whole: bool
    is_wider: bool
    period_from: dt.date
    period_to: dt.date
    vacancies: int
    source: str
    source_url: str
    published_on: dt.date
    licence: str
    is_stale: bool


def demand_for(
    figures: Iterable[Figure],
    *,
    region: str = "",
    on: dt.date,
    stale_months: int = STALE_MONTHS,
) -> tuple[Demand, ...]:
    """The newest figure of each source for each concept, those with the most vacancies first; sources are never added up.

    Args:
        figures: of any concepts, regions and periods.
        region: a NUTS code, or a country's; empty: all that a source covers. Where a source has no figure for it, its parts are added up,
            and where it has none of these, the next larger region is taken; both are said.
        on: the day from which figures are old or not.
    """
    grouped: dict[tuple[str, str], list[Figure]] = {}
    for one in figures:
        grouped.setdefault((one.concept, one.source), []).append(one)
    found = [_newest(some, region.upper(), on, stale_months) for some in grouped.values()]
    return tuple(
        sorted(
            (one for one in found if one is not None),
            key=lambda one: (one.is_stale, -one.vacancies, one.concept, one.source),
        )
    )


def _newest(some: Sequence[Figure], region: str, on: dt.date, stale_months: int) -> Demand | None:
    near = [(one, nearness) for one in some if (nearness := _nearness(one.region, region)) is not None]
    if not near:
        return None
    best = min(nearness for _one, nearness in near)
    usable = [one for one, nearness in near if nearness == best]
    last = max((one.period_to, one.period_from) for one in usable)
    of_period = [one for one in usable if (one.period_to, one.period_from) == last]
    chosen = _disjoint(of_period)
    sample = max(chosen, key=lambda one: one.published_on)
    return Demand(
        concept=sample.concept,
        asked=region,
        regions=tuple(sorted(one.region for one in chosen)),
        is_whole=best == _SAME,
        is_wider=best > _PART,
        period_from=sample.period_from,
        period_to=sample.period_to,
        vacancies=sum(one.vacancies for one in chosen),
        source=sample.source,
        source_url=sample.source_url,
        published_on=sample.published_on,
        licence=sample.licence,
        is_stale=months_between(sample.period_to, on) > stale_months,
    )


_SAME, _PART = 0, 1


def _nearness(region: str, asked: str) -> int | None:
    """0: the region itself; 1: a part of it; more: a larger one, the larger the more; None: another one."""
    if region == asked:
        return _SAME
    if not asked or asked == "EU" or region.startswith(asked):
        return _PART
    if region == "EU":
        return 10
    return 2 + len(asked) - len(region) if asked.startswith(region) else None


def _disjoint(some: Iterable[Figure]) -> list[Figure]:
    """The largest regions, without those that lie in one of them."""
    by_region: dict[str, Figure] = {}
    for one in some:
        known = by_region.get(one.region)
        if known is None or known.published_on < one.published_on:
            by_region[one.region] = one
    if "EU" in by_region:
        return [by_region["EU"]]
    return [
        one
        for code, one in by_region.items()
        if not any(code != other and code.startswith(other) for other in by_region)
    ]


def months_between(first: dt.date, last: dt.date) -> int:
    """Whole months from one day to another."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


class OfferPlaces(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer as it is compared with demand: its skills (addresses of ESCO concepts) and places; None: nobody is turned away."""

    id: str
    title: str
    skills: tuple[str, ...]
    places: int | None = None
    planned: bool = False


class Unmet(msgspec.Struct, frozen=True, kw_only=True):
    """One skill: what a source counts, the places that are open for it (None: no limit), and what is left (never below 0)."""

    demand: Demand
    open_places: int | None
    unmet: int


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A planned offer with the skill it stands at its place for (None: no figure for any of its skills), and the others."""

    offer: OfferPlaces
    leading: Unmet | None
    others: tuple[Unmet, ...]
    without_figures: tuple[str, ...]


def rank(offers: Iterable[OfferPlaces], demand: Iterable[Demand]) -> tuple[Ranked, ...]:
    """Planned offers by the unmet demand for their most wanted skill: vacancies less open places of all other offers with that skill.

    Skills of one offer are not added up: one vacancy asks for several. Of several sources the newest figure that is not old counts. Offers
    without any figure come last: that nobody counted says nothing.
    """
    every = list(offers)
    open_places: dict[str, int | None] = {}
    for one in every:
        if not one.planned:
            for skill in set(one.skills):
                so_far = open_places.get(skill, 0)
                open_places[skill] = None if so_far is None or one.places is None else so_far + one.places
    best: dict[str, Demand] = {}
    for figure in demand:
        known = best.get(figure.concept)
        if known is None or _rank_key(figure) > _rank_key(known):
            best[figure.concept] = figure
    made = [_ranked(one, best, open_places) for one in every if one.planned]
    return tuple(
        sorted(
            made,
            key=lambda one: (
                one.leading is None,
                -(one.leading.unmet if one.leading else 0),
                one.offer.title,
                one.offer.id,
            ),
        )
    )


def _rank_key(one: Demand) -> tuple[bool, dt.date, dt.date, int]:
    return not one.is_stale, one.period_to, one.published_on, one.vacancies


def _ranked(offer: OfferPlaces, best: Mapping[str, Demand], open_places: Mapping[str, int | None]) -> Ranked:
    skills = list(dict.fromkeys(offer.skills))
    found = []
    for skill in skills:
        if skill in best:
            places = open_places.get(skill, 0)
            left = 0 if places is None else max(best[skill].vacancies - places, 0)
            found.append(Unmet(demand=best[skill], open_places=places, unmet=left))
    found.sort(key=lambda one: (-one.unmet, -one.demand.vacancies, one.demand.concept))
    return Ranked(
        offer=offer,
        leading=found[0] if found else None,
        others=tuple(found[1:]),
        without_figures=tuple(skill for skill in skills if skill not in best),
    )


def load_offer_places(data: Any, *, place: str = "") -> tuple[OfferPlaces, ...]:
    """Offers from plain data (of a YAML or JSON file): a list, or a mapping with ``offers``.

    Raises:
        SchemaError: ``demand.offers``, with the place.
    """
    plain = data.get("offers") if isinstance(data, Mapping) else data
    try:
        found = typed.convert(plain, tuple[OfferPlaces, ...], strict=False)
    except msgspec.ValidationError as error:
        raise _offers(place, str(error)) from error
    if len(found) > MAX_OFFERS or any(one.places is not None and one.places < 0 for one in found):
        raise _offers(place, say("too many offers, or places below 0"))
    return found


def _offers(place: str, reason: str) -> SchemaError:
    return SchemaError(
        say("The offers cannot be used: %(reason)s.", reason=reason), code="demand.offers", place=place,
        hint=say("Each offer has id, title and skills (addresses of ESCO); places and planned where they are known."),
    )  # fmt: skip
