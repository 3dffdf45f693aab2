"""Reads about demand; each a small constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from tessella.guidance.demand import STALE_MONTHS, Demand, Figure, OfferPlaces, Ranked, rank
from tessella.guidance.demand import demand_for as chosen
from tessella.model import MicroCredential
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.guidance.demand.models import DemandFigure, DemandTable

__all__ = ["MOST_OFFERS", "demand_for", "planned_by_demand", "skills_of", "sources", "tables"]

MOST_OFFERS = 20_000
"""Open offers that planned ones are compared with."""

_NAMES = tuple(Figure.__struct_fields__)


def demand_for(
    uris: Iterable[str], *, region: str = "", on: dt.date, stale_months: int = STALE_MONTHS
) -> tuple[Demand, ...]:
    """What each source says about these skills and occupations, those with the most vacancies first; see `tessella.guidance.demand`. One query.

    Args:
        uris: addresses of concepts of ESCO.
        region: a NUTS code, or a country's two letters; empty: all that is covered.
    """
    wanted = sorted(set(uris))
    if not wanted:
        return ()
    rows = DemandFigure.objects.filter(concept__in=wanted).values_list(*_NAMES)
    figures = [Figure(**dict(zip(_NAMES, row, strict=True))) for row in rows]
    return chosen(figures, region=region, on=on, stale_months=stale_months)


def skills_of(record: MicroCredential) -> tuple[str, ...]:
    """The skills of ESCO that a record's outcomes name, each once."""
    return tuple(dict.fromkeys(one.uri for outcome in record.outcomes for one in outcome.esco))


def planned_by_demand(organisation: Organisation, *, region: str = "", on: dt.date) -> tuple[Ranked, ...]:
    """What the organisation plans, ranked by what all open offers of the catalogue leave unmet."""
    planned = list(
        Offer.objects.filter(organisation=organisation, state=State.PLANNED).select_related("version")
    )
    skills = {one.id: skills_of(one.version.record()) for one in planned}
    wanted = {uri for some in skills.values() for uri in some}
    found = demand_for(wanted, region=region, on=on)
    every = [
        OfferPlaces(id=one.id, title=str(one), skills=skills[one.id], places=one.places, planned=True)
        for one in planned
    ]
    return rank([*every, *_open_offers({one.concept for one in found}, on)], found)


def _open_offers(uris: set[str], on: dt.date) -> list[OfferPlaces]:
    """Offers that are open and have one of the skills; how many places each has."""
    if not uris:
        return []
    named = Q()
    for uri in uris:
        named |= Q(version__content__icontains=uri)
    offers = (
        Offer.objects.filter(named, state=State.OPEN, version__withdrawn_at=None)
        .exclude(ends_on__lt=on)
        .select_related("version")
    )
    return [
        OfferPlaces(id=one.id, title=str(one), skills=skills_of(one.version.record()), places=one.places)
        for one in offers[:MOST_OFFERS]
    ]


def sources() -> Sequence[Mapping[str, Any]]:
    """Who counted: how many figures, how new, under which licence."""
    return list(
        DemandFigure.objects.values("source", "licence")
        .annotate(
            figures=Count("pk"), newest=Max("published_on"), until=Max("period_to"), url=Max("source_url")
        )
        .order_by("source")
    )


def tables() -> QuerySet[DemandTable]:
    """Files that were brought in, the last first."""
    return DemandTable.objects.order_by("-made_at")
