"""What everybody sees of an offer."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tessella_web.accounts.models import Person
from tessella_web.catalogue.offers import queries
from tessella_web.catalogue.offers.models import Entry
from tessella_web.credentials.assessment import queries as assessment
from tessella_web.pages.offers.words import facts_of, verdict_of

__all__ = ["show"]


@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    """Everything to decide by, and the way in."""
    offer = queries.offer_at(id)
    if offer is None:
        raise Http404
    taken = assessment.taken(offer)
    is_full = offer.places is not None and taken >= offer.places
    own = assessment.own_in(offer, request.user) if isinstance(request.user, Person) else None
    return render(request, "pages/offers/public.html", {
        "offer": offer,
        "record": offer.version.record(),
        "facts": facts_of(offer),
        "verdict": verdict_of(offer),
        "own": own,
        "is_full": is_full,
        "left": max(offer.places - taken, 0) if offer.places is not None else None,
        "takes_people": offer.takes_people(timezone.now().date()) and own is None,
        "is_application": offer.entry == Entry.APPLICATION,
    })  # fmt: skip
