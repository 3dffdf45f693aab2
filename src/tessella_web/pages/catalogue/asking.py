"""The question of the catalogue as it stands in the address: read, and written again with a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zlib import crc32

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.search.facets import FACETS
from tessella_web.catalogue.search.queries import MAX_CHOSEN, ORDERS, Asked, FacetCounts
from tessella_web.catalogue.search.question import MAX_LENGTH

__all__ = ["COMPARED", "Address", "ShownChoice", "ShownFacet", "read", "shown_facets"]

COMPARED = 3
"""What can be compared side by side: more columns than fit on a page of paper are not compared."""

SHOWN = 7
"""Choices of a facet that are seen at once; the others unfold."""

MAX_CODE = 200
"""Characters of a code: names of skills are the longest."""

ORDER_WORDS = {
    "best": _("Best match"),
    "newest": _("Newest first"),
    "soonest": _("Soonest start"),
    "shortest": _("Least work"),
}


class Address(NamedTuple):
    """What stands in the address: words, chosen codes, order, page, and what is put aside for comparing (version ids)."""

    words: str
    chosen: tuple[tuple[str, str], ...]
    order: str
    page: int
    aside: tuple[str, ...]

    @property
    def asked(self) -> Asked:
        """As the index is asked."""
        chosen: dict[str, tuple[str, ...]] = {}
        for facet, code in self.chosen:
            chosen[facet] = (*chosen.get(facet, ()), code)
        return Asked(words=self.words, chosen=chosen, order=self.order, page=self.page)

    @property
    def query(self) -> str:
        """The address after the question mark, in one order and without what goes without saying; always on its first page."""
        pairs = [("q", self.words)] if self.words else []
        pairs += self.chosen
        pairs += [("order", self.order)] if self.order != ORDERS[0] else []
        return "?" + urlencode([*pairs, *(("with", one) for one in self.aside)])

    @property
    def question(self) -> str:
        """The same without what is put aside: what a feed follows."""
        return self._replace(aside=()).query

    def without(self, facet: str, code: str) -> Address:
        """Without one choice."""
        return self._replace(chosen=tuple(one for one in self.chosen if one != (facet, code)))


class ShownChoice(NamedTuple):
    """A choice with its words."""

    code: str
    label: str
    results: int
    is_chosen: bool
    id: str


class ShownFacet(NamedTuple):
    """A facet with words; ``rest`` unfolds."""

    id: str
    title: Any
    first: Sequence[ShownChoice]
    rest: Sequence[ShownChoice]
    is_open: bool
    more: int


def read(data: QueryDict) -> Address:
    """The question in an address; what nobody can mean is left out."""
    known = {one.id for one in FACETS}
    chosen = [
        (facet, code[:MAX_CODE])
        for facet in data
        if facet in known
        for code in list(dict.fromkeys(data.getlist(facet)))[:MAX_CHOSEN]
        if code
    ]
    order, page = data.get("order", ""), data.get("page", "")
    return Address(
        words=" ".join(data.get("q", "").replace("\0", " ").split())[:MAX_LENGTH],
        chosen=tuple(chosen),
        order=order if order in ORDERS else ORDERS[0],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1,
        aside=tuple(dict.fromkeys(one[:60] for one in data.getlist("with")))[:COMPARED],
    )


def shown_facets(counts: Iterable[FacetCounts], providers: dict[str, str]) -> list[ShownFacet]:
    """The facets that tell anything apart, with words."""
    return [one for one in (_shown(found, providers) for found in counts) if one.first]


def provider_names(counts: Iterable[FacetCounts], *more: str) -> dict[str, str]:
    """By slug the names of the providers that are counted."""
    slugs = {choice.code for one in counts if one.facet.id == "provider" for choice in one.choices} | {*more}
    return dict(Organisation.objects.filter(slug__in=slugs).values_list("slug", "name"))


def _shown(counts: FacetCounts, providers: dict[str, str]) -> ShownFacet:
    facet = counts.facet
    choices = [
        ShownChoice(
            one.code,
            providers.get(one.code, one.code) if facet.id == "provider" else facet.label(one.code),
            one.count,
            one.is_chosen,
            f"{facet.id}-{crc32(one.code.encode()):08x}",  # the same after each change, so that the focus stays
        )
        for one in counts.choices
    ]
    first = SHOWN if len(choices) > SHOWN + 2 else len(choices)
    front = [one for number, one in enumerate(choices) if number < first or one.is_chosen]
    return ShownFacet(
        facet.id,
        facet.title,
        front,
        [one for one in choices if one not in front],
        facet.is_open or any(one.is_chosen for one in choices),
        counts.more,
    )
