"""Offers of published versions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.versions import Number, own, published
from tessella_web.catalogue.offers import domain, queries
from tessella_web.catalogue.offers.models import Offer, State

operation = Table("Offers")

Amount = Annotated[str, StringConstraints(strict=True, pattern=r"^([0-9]{1,7}(\.[0-9]{1,2})?)?$")]
"""A number with two decimals at most, as text: nothing is lost in floating point. Empty for none."""

Hours = Annotated[str, StringConstraints(strict=True, pattern=r"^([0-9]{1,2}(\.[0-9])?)?$")]

MADE = {
    "read_offer": {"id": "$response.body#/id"}, "change_offer": {"id": "$response.body#/id"},
    "set_offer_state": {"id": "$response.body#/id"}, "copy_offer": {"id": "$response.body#/id"},
    "list_participants": {"id": "$response.body#/id"}, "add_participant": {"id": "$response.body#/id"},
}  # fmt: skip


class OfferShape(Shape):
    """One run of a published version. What is empty or null is not stated."""

    id: str
    micro_credential: str
    number: int
    organisation: str
    name: str
    state: str = Field(description="planned, open, closed or cancelled.")
    state_note: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    enrol_from: dt.date | None
    enrol_until: dt.date | None
    place: str
    mode: str
    languages: list[str]
    times: list[str] = Field(description="daytime, evening, weekend, own-pace.")
    is_free: bool
    price: str
    currency: str
    payer: str
    cost_note: str
    funding: list[str]
    hours_per_week: str
    places: int | None
    target_group: str
    accessibility: str
    contact: str
    entry: str = Field(description="open, application or listed.")
    entry_note: str


class Offers(Shape):
    """What is offered now and later."""

    items: list[OfferShape]


class OfferGiven(Given):
    """What to say of an offer; what is left out stays as it is, or is not stated."""

    name: Words | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    enrol_from: Day | None = None
    enrol_until: Day | None = None
    place: Words | None = None
    mode: (
        Literal["", "on-site", "online", "blended", "hybrid", "work-based", "project-based", "research-lab"]
        | None
    ) = None
    languages: Annotated[list[Words], Field(max_length=20)] | None = Field(
        default=None, description="ISO 639-1 codes."
    )
    times: (
        Annotated[list[Literal["daytime", "evening", "weekend", "own-pace"]], Field(max_length=4)] | None
    ) = Field(default=None, description="When in the week one has to be there.")
    is_free: bool | None = None
    price: Amount | None = None
    currency: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")] | None = None
    payer: Literal["", "learner", "employer", "public", "provider", "shared"] | None = None
    cost_note: Text | None = None
    funding: Annotated[list[Words], Field(max_length=20)] | None = None
    hours_per_week: Hours | None = None
    places: Annotated[int, Field(ge=1, le=100_000)] | None = None
    target_group: Text | None = None
    accessibility: Text | None = None
    contact: Words | None = None
    entry: Literal["open", "application", "listed"] | None = None
    entry_note: Text | None = None


class OfferStateGiven(Given):
    """Where it goes; cancelling is for good and says why."""

    state: Literal["planned", "open", "closed", "cancelled"]
    because: Text = ""


@operation("GET", "/micro-credentials/{id}/versions/{number}/offers", {200: Offers}, is_public=True,
           links={"read_offer": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def version_offers(request: HttpRequest, id: Id, number: Number) -> Offers:
    """What of a version is offered now and later."""
    found = queries.public_offers(published(id, number), on=timezone.now().date())
    return Offers(items=[shape(one) for one in found])


@operation("POST", "/micro-credentials/{id}/versions/{number}/offers", {201: OfferShape}, capability="offer.edit", links=MADE,
           example={"name": "Autumn", "starts_on": "2027-09-01", "ends_on": "2027-12-15", "mode": "online", "price": "249.00"})  # fmt: skip
def create_offer(request: HttpRequest, id: Id, number: Number, body: OfferGiven) -> Answer:
    """Plan an offer of a published version."""
    made = domain.create_offer(
        by=caller(request).person, version=own(request, published(id, number)), values=_values(body)
    )
    return Answer(shape(made), {"Location": f"/api/v1/offers/{made.id}"})


@operation(
    "GET",
    "/offers",
    {200: Listing[OfferShape]},
    capability="offer.edit",
    links={"read_offer": {"id": "$response.body#/items/0/id"}},
)
def list_offers(request: HttpRequest, query: Query[PageQuery]) -> Listing[OfferShape]:
    """Everything the organisation offers and offered, the last made first."""
    found = Offer.objects.filter(organisation=caller(request).organisation)
    return listed(request, found.select_related("version", "organisation"), query, shape)


@operation("GET", "/offers/{id}", {200: OfferShape}, is_public=True)
def read_offer(request: HttpRequest, id: Id) -> OfferShape:
    """An offer."""
    found = queries.offer_at(id)
    if found is None:
        raise Http404
    return shape(found)


@operation("PATCH", "/offers/{id}", {200: OfferShape}, capability="offer.edit", example={"places": 25})
def change_offer(request: HttpRequest, id: Id, body: OfferGiven) -> OfferShape:
    """Say other things of an offer; what is left out stays."""
    return shape(
        domain.change_offer(by=caller(request).person, offer=own_offer(request, id), values=_values(body))
    )


@operation("POST", "/offers/{id}/copies", {201: OfferShape}, capability="offer.edit", links=MADE)
def copy_offer(request: HttpRequest, id: Id) -> Answer:
    """Plan another offer that says the same but for its dates."""
    made = domain.copy_offer(by=caller(request).person, offer=own_offer(request, id))
    return Answer(shape(made), {"Location": f"/api/v1/offers/{made.id}"})


@operation("PUT", "/offers/{id}/state", {200: OfferShape}, capability="offer.edit", example={"state": "open"})
def set_offer_state(request: HttpRequest, id: Id, body: OfferStateGiven) -> OfferShape:
    """Open, close or cancel an offer."""
    return shape(
        domain.set_state(
            by=caller(request).person, offer=own_offer(request, id), state=State(body.state), because=body.because
        )
    )  # fmt: skip


def own_offer(request: HttpRequest, id: str) -> Offer:
    """The offer, if it is the organisation's of the token.

    Raises:
        Http404: it is not.
    """
    found = queries.offer_at(id)
    if found is None or found.organisation_id != caller(request).organisation.id:
        raise Http404
    return found


def shape(one: Offer) -> OfferShape:
    """As it is answered."""
    return OfferShape(
        id=one.id, micro_credential=one.version.description_id, number=one.version.number, organisation=one.organisation.slug,
        name=one.name, state=one.state, state_note=one.state_note, starts_on=one.starts_on, ends_on=one.ends_on,
        enrol_from=one.enrol_from, enrol_until=one.enrol_until, place=one.place, mode=one.mode, languages=one.languages,
        times=one.times, is_free=one.is_free, price=_number(one.price), currency=one.currency, payer=one.payer, cost_note=one.cost_note,
        funding=one.funding, hours_per_week=_number(one.hours_per_week), places=one.places, target_group=one.target_group,
        accessibility=one.accessibility, contact=one.contact, entry=one.entry, entry_note=one.entry_note,
    )  # fmt: skip


def _number(value: Any) -> str:
    return "" if value is None else str(value)


def _values(body: OfferGiven) -> dict[str, Any]:
    """What the request says, null included: it takes something back."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    empty: dict[str, Any] = {
        "entry": "open",
        "currency": "EUR",
        "is_free": False,
        "languages": [],
        "funding": [],
    }
    return {name: empty.get(name, "") if value is None else value for name, value in given.items()}
