"""Finding and comparing."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.search.queries import PAGE, search
from tessella_web.catalogue.search.question import Question
from tessella_web.pages.catalogue.asking import (
    COMPARED,
    ORDER_WORDS,
    Address,
    provider_names,
    read,
    shown_facets,
)
from tessella_web.pages.catalogue.results import label_of, results_of

__all__ = ["catalogue"]


class Chip(NamedTuple):
    """A choice that can be taken back."""

    facet: str
    label: str
    url: str


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Search with facets: a plain form; where scripts run, results follow the choices."""
    address = read(request.GET)
    today = timezone.now().date()
    found = search(address.asked, on=today)
    providers = provider_names(found.facets, *(code for facet, code in address.chosen if facet == "provider"))
    facets = shown_facets(found.facets, providers)
    titles = {one.facet.id: one.facet.title for one in found.facets}
    chips = [
        Chip(str(titles[facet]), providers.get(code, code) if facet == "provider" else label_of(facet, code),
             address.without(facet, code).query)
        for facet, code in address.chosen
    ]  # fmt: skip
    aside = _aside(address)
    context: dict[str, Any] = {
        "address": address,
        "found": found,
        "facets": facets,
        "results": [(one, _toggle(address, one.version_id)) for one in results_of(found.numbers, on=today)],
        "chips": chips,
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
        "orders": [(code, words, code == address.order) for code, words in ORDER_WORDS.items()],
        "aside": aside,
        "compare_url": reverse("catalogue-compare") + Address("", (), "best", 1, address.aside).query
        if aside
        else "",
        "without_words": [
            (
                part.text,
                count,
                address.chosen and not keeps,
                (address if keeps else address._replace(chosen=()))
                ._replace(words=_written(found.question.without(part)))
                .query,
            )
            for part, count, keeps in found.without_words
        ],
        "without_choices_url": address._replace(chosen=()).query,
        "everything_url": address._replace(chosen=(), words="").query,
        "feed_url": reverse("catalogue-feed") + address.question,
    }
    response = render(request, "pages/catalogue/catalogue.html", context)
    if address.chosen or address.page > 1:
        response["X-Robots-Tag"] = "noindex, follow"  # endless combinations of the same results
    return response


def _toggle(address: Address, version: str) -> tuple[bool, str]:
    """Whether it is put aside, and the address that changes that; no address when there is no room."""
    if version in address.aside:
        return True, address._replace(aside=tuple(one for one in address.aside if one != version)).query
    if len(address.aside) >= COMPARED:
        return False, ""
    return False, address._replace(aside=(*address.aside, version)).query


def _aside(address: Address) -> list[tuple[str, str]]:
    """Titles of what is put aside, with the address that takes it back."""
    titles = dict(Version.objects.filter(pk__in=address.aside).values_list("pk", "title"))
    titles |= dict(Offer.objects.filter(pk__in=address.aside).values_list("pk", "version__title"))
    return [(titles[one], _toggle(address, one)[1]) for one in address.aside if one in titles]


def _written(question: Question) -> str:
    """A question as one could have typed it."""
    return " ".join(f'"{one.text}"' if len(one.words) > 1 else one.text for one in question.parts)
