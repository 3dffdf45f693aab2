"""Reads about offers; each a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import F, QuerySet

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Offer, State

__all__ = ["offer_at", "offers_of", "public_offers"]

SHOWN = (State.OPEN, State.PLANNED, State.CLOSED)


def offers_of(organisation: Organisation) -> QuerySet[Offer]:
    """Everything the organisation offers and offered, the latest first."""
    return (
        Offer.objects.filter(organisation=organisation)
        .select_related("version")
        .order_by(F("starts_on").desc(nulls_first=True), "-made_at")
    )


def public_offers(version: Version, *, on: dt.date) -> Sequence[Offer]:
    """What of a version is offered now and later: neither cancelled nor over."""
    if version.is_withdrawn:
        return []
    found = Offer.objects.filter(version=version, state__in=SHOWN).select_related("version")
    return [
        one
        for one in found.order_by(F("starts_on").asc(nulls_last=True), "made_at")
        if one.ends_on is None or one.ends_on >= on
    ]


def offer_at(id: str) -> Offer | None:
    """An offer by its id with version and organisation."""
    return Offer.objects.select_related("version__organisation", "organisation").filter(pk=id).first()
