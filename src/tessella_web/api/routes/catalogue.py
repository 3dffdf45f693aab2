"""Searching what is published."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella.text import pick
from tessella_web.api.operations import Shape, Table
from tessella_web.api.paging import whole
from tessella_web.catalogue.search import queries
from tessella_web.catalogue.search.content import read_card
from tessella_web.catalogue.search.models import Listing as Listed

operation = Table("Catalogue")


class ResultShape(Shape):
    """A published micro-credential that was found."""

    micro_credential: str
    number: int
    organisation: str = Field(description="Short name of the organisation.")
    title: str
    summary: str
    hours: float | None
    published_at: dt.datetime


class FacetChoice(Shape):
    """A code, and how many results there would be with it."""

    code: str
    count: int


class FacetShape(Shape):
    """One way to narrow the results down."""

    facet: str
    title: str
    choices: list[FacetChoice]


class SearchShape(Shape):
    """What was found on a page, and how to narrow it down."""

    total: int
    page: int
    pages: int
    items: list[ResultShape]
    facets: list[FacetShape]


class SearchQuery(BaseModel):
    """What to look for."""

    words: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = Field(
        default="", description="All of these words."
    )
    choose: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,30}:[A-Za-z0-9.-]{1,60}$")]],
        Field(max_length=50),
    ] = Field(
        default=[], description="A facet and one of its codes, such as “level:6”; may stand several times."
    )
    order: Literal["best", "newest", "soonest", "shortest"] = "best"
    page: Annotated[int, Field(ge=1, le=100_000), whole] = Field(default=1, description="Counted from 1.")


@operation("GET", "/catalogue", {200: SearchShape}, is_public=True, links={
    "read_version": {"id": "$response.body#/items/0/micro_credential", "number": "$response.body#/items/0/number"},
})  # fmt: skip
def search_catalogue(request: HttpRequest, query: Query[SearchQuery]) -> SearchShape:
    """Published micro-credentials with all the words and, of each facet, one of the chosen codes; with counts for narrowing down."""
    chosen: dict[str, tuple[str, ...]] = {}
    for one in query.choose:
        facet, _colon, code = one.partition(":")
        chosen[facet] = (*chosen.get(facet, ()), code)
    asked = queries.Asked(words=query.words, chosen=chosen, order=query.order, page=query.page)
    found = queries.search(asked, on=timezone.now().date())
    return SearchShape(
        total=found.total,
        page=found.page,
        pages=found.pages,
        items=[_result(one) for one in queries.listings_of(found.numbers)],
        facets=[
            FacetShape(
                facet=one.facet.id, title=str(one.facet.title),
                choices=[FacetChoice(code=each.code, count=each.count) for each in one.choices],
            )
            for one in found.facets
        ],
    )  # fmt: skip


def _result(one: Listed) -> ResultShape:
    card = read_card(one.card)
    languages = (card.language,)
    return ResultShape(
        micro_credential=one.description_id, number=card.number, organisation=one.organisation.slug,
        title=pick(card.title, languages), summary=pick(card.summary, languages), hours=one.hours,
        published_at=one.published_at,
    )  # fmt: skip
