"""What a course would cost somebody, and what work is in demand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella.errors import InputError
from tessella.guidance.demand import Demand
from tessella.guidance.funding import (
    Answer as SchemeAnswer,
)
from tessella.guidance.funding import (
    Price,
    Question,
    Scheme,
    assess,
    combinations,
    explain,
    questions,
    read_facts,
)
from tessella.text import pick
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Words
from tessella_web.api.routes.offers import Amount
from tessella_web.catalogue.offers.queries import offer_at
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.demand import domain as demand
from tessella_web.guidance.demand import queries as figures
from tessella_web.guidance.demand.models import DemandTable
from tessella_web.guidance.funding import domain, queries
from tessella_web.registers.queries import is_reviewer

operation = Table("Guidance")

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,120}$")]
"""The id of a funding scheme."""

Region = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}[A-Z0-9]{0,3})?$")]
"""A NUTS code, or a country's two letters; empty: all."""

FactName = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9.-]{1,160}$")]
"""What a scheme asks about: “key” of its questions."""

DeclaredFacts = Annotated[
    dict[FactName, Words],
    Field(max_length=domain.MOST_FACTS, json_schema_extra={"additionalProperties": False}),
]
"""What is declared, as text: numbers with a point, days as 2027-03-31, statements as yes or no."""


class FactAsked(Shape):
    """A fact that schemes ask about."""

    key: str
    text: str
    kind: str = Field(description="number, choice, code, date or yes-no.")
    choices: list[str]


class SchemeShape(Shape):
    """A funding scheme as it is published."""

    id: str
    name: str
    version: str
    countries: list[str]
    funder: str
    confirmed: bool = Field(description="Whether whoever runs it confirmed what stands here.")
    looked_at: dt.date
    sources: list[str]
    sentences: list[str]
    asks: list[FactAsked]


class Schemes(Shape):
    """All that are known here."""

    items: list[SchemeShape]


class AskedGiven(Given):
    """What somebody declares; it is used for the answer and kept nowhere."""

    facts: DeclaredFacts = Field(default_factory=dict)
    offer: Id | None = Field(default=None, description="An offer: its price, and what its record says.")
    price: Amount = Field(default="", description="Without an offer: what the course costs.")
    currency: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")] = "EUR"
    schemes: Annotated[list[Key], Field(max_length=100)] | None = Field(
        default=None, description="Left out: all, or those of the offer's country."
    )


class ReasonShape(Shape):
    """One condition."""

    condition: str
    holds: bool | None = Field(description="null: not declared.")
    message: str
    needs: list[str]


class SchemeAnswered(Shape):
    """What one scheme means for somebody; whoever runs it decides. Money is text; null where it cannot be said."""

    scheme: str
    name: str
    eligibility: str = Field(description="eligible-as-declared, not-eligible-as-declared or unknown.")
    message: str
    reasons: list[ReasonShape]
    pays_least: str | None
    pays_most: str | None
    left_least: str | None
    left_most: str | None
    currency: str
    asked: list[FactAsked]
    cautions: list[str]


class PairShape(Shape):
    """Two schemes for one course."""

    schemes: list[str]
    allowed: bool | None = Field(description="null: their rules do not say.")
    message: str
    left_least: str | None
    left_most: str | None


class Answers(Shape):
    """The answers."""

    items: list[SchemeAnswered]
    combinations: list[PairShape]


class KeptGiven(Given):
    """What to keep in one's wallet, in place of what was kept before."""

    facts: DeclaredFacts


class KeptShape(Shape):
    """What one keeps in one's wallet."""

    facts: dict[str, str]


class FigureShape(Shape):
    """What one source counted; never without source and date."""

    concept: str
    regions: list[str]
    is_whole: bool = Field(description="Whether exactly the region asked for was counted.")
    is_wider: bool = Field(description="Whether a larger region had to do.")
    period_from: dt.date
    period_to: dt.date
    vacancies: int
    source: str
    source_url: str
    published_on: dt.date
    licence: str
    is_stale: bool


class Figures(Shape):
    """Figures of all sources, not added up."""

    items: list[FigureShape]


class DemandQuery(BaseModel):
    """What is asked about."""

    concept: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")] = Field(
        description="The address of a skill or an occupation of ESCO."
    )
    region: Region = ""


class DemandRegionQuery(BaseModel):
    """Where."""

    region: Region = ""


class RankedShape(Shape):
    """A planned offer, by unmet demand for its most wanted skill; null where nobody counted."""

    offer: str
    title: str
    unmet: int | None
    open_places: int | None = Field(description="null: no limit, or nobody counted.")
    figure: FigureShape | None


class RankedOffers(Shape):
    """What the organisation plans, the most wanted first."""

    items: list[RankedShape]


class TableProblem(Shape):
    """A row that was left out."""

    file: str
    row: int
    field: str
    reason: str
    remedy: str


class DemandTableShape(Shape):
    """What was made of a table."""

    id: str
    rows: int
    written: int
    left_out: int
    problems: list[TableProblem]


class TableQuery(BaseModel):
    """What to call the file in its problems."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00/]*$")] = (
        "table.csv"
    )


@operation("GET", "/funding-schemes", {200: Schemes}, is_public=True,
           links={"read_funding_scheme": {"key": "$response.body#/items/0/id"}})  # fmt: skip
def list_funding_schemes(request: HttpRequest) -> Schemes:
    """Funding schemes that are known here, with their sources, and what each asks."""
    return Schemes(items=[_scheme(one) for one in queries.schemes()])


@operation("GET", "/funding-schemes/{key}", {200: SchemeShape}, is_public=True)
def read_funding_scheme(request: HttpRequest, key: Key) -> SchemeShape:
    """One scheme, read back as plain sentences."""
    found = queries.scheme(key)
    if found is None:
        raise Http404
    return _scheme(found)


@operation("POST", "/funding-answers", {200: Answers}, is_public=True, misses=True,
           example={"facts": {"age": "34"}, "price": "400"})  # fmt: skip
def answer_funding(request: HttpRequest, body: AskedGiven) -> Answers:
    """What schemes mean for somebody who declares these facts; nothing of it is kept or logged."""
    offer = offer_at(body.offer) if body.offer else None
    if body.offer and offer is None:
        raise Http404
    known = queries.facts_of(offer) if offer else {}
    chosen = [
        one
        for one in queries.schemes()
        if (
            one.id in body.schemes
            if body.schemes is not None
            else not offer or known.get("country") in one.countries
        )
    ]
    price = queries.price_of(offer) if offer else Price(Decimal(body.price), body.currency) if body.price else None  # fmt: skip
    try:
        facts = {**read_facts(body.facts), **known}
    except InputError as error:
        raise _unusable(error) from error
    found = [
        assess(one, facts, on=timezone.now().date(), price=price, languages=_languages()) for one in chosen
    ]
    return Answers(
        items=[_answered(one) for one in found],
        combinations=[
            PairShape(
                schemes=list(one.schemes), allowed=one.allowed, message=one.message,
                left_least=_text(one.left_least), left_most=_text(one.left_most),
            )
            for one in combinations(chosen, found, price)
        ],
    )  # fmt: skip


@operation("GET", "/funding-facts", {200: KeptShape}, personal="wallet:read")
def read_funding_facts(request: HttpRequest) -> KeptShape:
    """What the caller keeps of what was declared."""
    return KeptShape(facts=dict(queries.kept(caller(request).person)))


@operation("PUT", "/funding-facts", {200: KeptShape}, personal="wallet:write", example={"facts": {"age": "34"}})  # fmt: skip
def keep_funding_facts(request: HttpRequest, body: KeptGiven) -> KeptShape:
    """Keep in one's wallet what one declares; nobody else sees it."""
    by = caller(request).person
    try:
        domain.keep_facts(by=by, facts=body.facts)
    except InputError as error:
        raise _unusable(error) from error
    return KeptShape(facts=dict(queries.kept(by)))


@operation("DELETE", "/funding-facts", {204: None}, personal="wallet:write")
def forget_funding_facts(request: HttpRequest) -> None:
    """Keep nothing of it any more."""
    domain.forget_facts(by=caller(request).person)


@operation("GET", "/demand", {200: Figures}, is_public=True)
def read_demand(request: HttpRequest, query: Query[DemandQuery]) -> Figures:
    """How many vacancies ask for a skill or an occupation, by each source."""
    found = figures.demand_for([query.concept], region=query.region, on=timezone.now().date())
    return Figures(items=[_figure(one) for one in found])


@operation("GET", "/demand/planned-offers", {200: RankedOffers}, capability="offer.edit")
def rank_planned_offers(request: HttpRequest, query: Query[DemandRegionQuery]) -> RankedOffers:
    """What the organisation plans, ranked by the demand that open offers leave unmet."""
    found = figures.planned_by_demand(
        caller(request).organisation, region=query.region, on=timezone.now().date()
    )
    return RankedOffers(
        items=[
            RankedShape(
                offer=one.offer.id, title=one.offer.title, unmet=one.leading.unmet if one.leading else None,
                open_places=one.leading.open_places if one.leading else None,
                figure=_figure(one.leading.demand) if one.leading else None,
            )
            for one in found
        ]
    )  # fmt: skip


@operation(
    "POST",
    "/demand/tables",
    {201: DemandTableShape},
    personal="identity:review",
    takes_file=True,
    repeats=True,
)
def import_demand(request: HttpRequest, query: Query[TableQuery]) -> Answer:
    """Bring in a table of vacancies (CSV): the body is the file. For reviewers of the installation.

    Good rows are taken over, each other is told with its place and remedy; the same file again changes nothing.
    """
    by = caller(request).person
    if not is_reviewer(by):
        raise Http404
    try:
        made = demand.load_as(by=by, name=query.file_name, data=request.body)
    except InputError as error:
        raise _unusable(error) from error
    return Answer(_table(made))


def _unusable(error: InputError) -> RefusedError:
    """An error of the library as the interface answers it."""
    return RefusedError(error.message or _("This cannot be used."), code=error.code, hint=error.hint)


def _scheme(one: Scheme) -> SchemeShape:
    return SchemeShape(
        id=one.id, name=pick(one.names, _languages()), version=one.version, countries=list(one.countries), funder=one.funder,
        confirmed=one.confirmed, looked_at=one.looked_at, sources=[source.url for source in one.sources],
        sentences=list(explain(one, _languages())), asks=[_asked(each) for each in questions([one], _languages())],
    )  # fmt: skip


def _asked(one: Question) -> FactAsked:
    return FactAsked(
        key=one.key, text=one.text, kind=one.kind, choices=[value for value, _words in one.choices]
    )


def _answered(one: SchemeAnswer) -> SchemeAnswered:
    return SchemeAnswered(
        scheme=one.scheme, name=one.name, eligibility=str(one.eligibility), message=one.message,
        reasons=[
            ReasonShape(condition=each.condition, holds=each.holds, message=each.message, needs=list(each.needs))
            for each in one.reasons
        ],
        pays_least=_text(one.pays_least), pays_most=_text(one.pays_most), left_least=_text(one.left_least),
        left_most=_text(one.left_most), currency=one.currency, asked=[_asked(each) for each in one.asked],
        cautions=list(one.cautions),
    )  # fmt: skip


def _figure(one: Demand) -> FigureShape:
    return FigureShape(
        concept=one.concept, regions=list(one.regions), is_whole=one.is_whole, is_wider=one.is_wider, period_from=one.period_from,
        period_to=one.period_to, vacancies=one.vacancies, source=one.source, source_url=one.source_url,
        published_on=one.published_on, licence=one.licence, is_stale=one.is_stale,
    )  # fmt: skip


def _table(one: DemandTable) -> DemandTableShape:
    problems: list[dict[str, Any]] = one.problems
    return DemandTableShape(
        id=one.id, rows=one.rows, written=one.written, left_out=one.left_out,
        problems=[TableProblem(**each) for each in problems],
    )  # fmt: skip


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")
