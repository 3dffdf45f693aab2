"""Reads about option lists; each a small constant number of queries."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.catalogue.pathways.models import Pathway, PathwayState
from tessella_web.guidance.options.models import OptionList

__all__ = ["MOST_FOUND", "lists_by", "lists_for", "offers_like", "pathways_like"]

MOST_FOUND = 10
"""Hits of the search for something to suggest."""


def lists_by(counsellor: Person, organisation: Organisation) -> QuerySet[OptionList]:
    """The lists that somebody made there, the last first: nobody else sees them."""
    found = OptionList.objects.filter(counsellor=counsellor, organisation=organisation)
    return found.select_related("organisation").prefetch_related("options__offer", "options__pathway")


def lists_for(client: Person) -> QuerySet[OptionList]:
    """The lists in somebody's wallet, but those that were withdrawn or ended and not kept."""
    now = timezone.now()
    shown = OptionList.objects.filter(client=client, withdrawn_at=None, ends_at__gt=now)
    return (shown | OptionList.objects.filter(client=client, kept_at__isnull=False)).select_related(
        "organisation"
    ).prefetch_related("options__offer__organisation", "options__pathway__organisation")  # fmt: skip


def offers_like(text: str) -> list[Offer]:
    """Offers of any provider that are open or planned, by words of their title or provider, the next to start first."""
    found = Offer.objects.filter(
        state__in=[State.OPEN, State.PLANNED], version__withdrawn_at=None
    ).exclude(ends_on__lt=timezone.now().date())  # fmt: skip
    for word in text.split()[:6]:
        found = found.filter(version__title__icontains=word) | found.filter(
            organisation__name__icontains=word
        )
    return list(found.select_related("version", "organisation").order_by("starts_on", "pk")[:MOST_FOUND])


def pathways_like(text: str) -> list[Pathway]:
    """Published pathways by words of their title."""
    found = Pathway.objects.filter(state=PathwayState.PUBLISHED)
    for word in text.split()[:6]:
        found = found.filter(title__icontains=word)
    return list(found.select_related("organisation").order_by("title", "pk")[:MOST_FOUND])
