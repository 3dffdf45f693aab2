"""What work is in demand: figures on vacancies from tables, never without their source and date, and what offers leave unmet.

Figures of different sources are never added up: they count the same vacancies. Figures of one source are added only over regions that do not overlap.
"""

from __future__ import annotations

from tessella.guidance.demand.figures import (
    STALE_MONTHS,
    Demand,
    OfferPlaces,
    Ranked,
    Unmet,
    demand_for,
    load_offer_places,
    rank,
)
from tessella.guidance.demand.table import COLUMNS, Figure, Read, RowError, parse_period, read_table

__all__ = [
    "COLUMNS",
    "STALE_MONTHS",
    "Demand",
    "Figure",
    "OfferPlaces",
    "Ranked",
    "Read",
    "RowError",
    "Unmet",
    "demand_for",
    "load_offer_places",
    "parse_period",
    "rank",
    "read_table",
]
