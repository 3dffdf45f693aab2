"""Reads about plans; each a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from tessella_web.accounts.models import Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.credentials.planning.models import Plan

__all__ = ["offers_now", "plan_of", "plans_of"]


def plans_of(person: Person) -> QuerySet[Plan]:
    """Everything the person has asked, the latest first."""
    return Plan.objects.filter(holder=person).order_by("-made_at", "pk")


def plan_of(person: Person, id: str) -> Plan | None:
    """One plan of the person's own, with the one that it asks “what if” about."""
    return Plan.objects.filter(holder=person, pk=id).select_related("before").first()


def offers_now(ids: Iterable[str]) -> dict[str, Offer]:
    """The offers of a plan as they are now, with version and organisation."""
    found = Offer.objects.filter(pk__in=list(ids)).select_related("version", "organisation")
    return {one.pk: one for one in found}
