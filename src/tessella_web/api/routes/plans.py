"""What a wallet can count towards, and plans for the way there."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella.errors import TessellaError
from tessella.stacking import proof_of
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed, listed_in_order
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.offers import Amount, Hours
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.planning import domain
from tessella_web.credentials.planning.models import Least, Plan
from tessella_web.credentials.planning.queries import plan_of
from tessella_web.credentials.planning.standing import Standing, standing
from tessella_web.credentials.wallet.counting import Towards, known_rule, towards
from tessella_web.credentials.wallet.entries import entries_of

operation = Table("Own wallet")

RuleKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
"""What names a rule: the id of the version of a pathway that an organisation published here, or the name of an example."""

Name = Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]
LeastGiven = Literal["workload", "price", "time", "providers"]

PROOF = Media(("application/json",), "The proof, as `tessella stack verify-proof` reads it.")
MADE = {name: {"id": "$response.body#/id"} for name in ("read_plan", "ask_what_if", "delete_plan")}
NEAR = {name: {"rule": "$response.body#/items/0/rule"} for name in ("read_standing", "prove_standing")}


class TowardsShape(Shape):
    """One rule, and what it says of the wallet. It is no decision: that is the decider's."""

    rule: str
    award: str
    receiver: str
    decider: str
    is_example: bool = Field(description="Written down from public accounts; nobody here stands by it.")
    is_near: bool = Field(description="Whether something in the wallet makes a difference to it.")
    outcome: str = Field(description="met, missing, cannot-count or unknown.")
    message: str


class StandingShape(TowardsShape):
    """The answer with its grounds, in the words of the library."""

    on: dt.date
    counted: list[dict[str, Any]]
    filled: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    cannot_count: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    left_over: list[str]
    remarks: list[str]
    also: list[str]


class StandingQuery(BaseModel):
    """The day, and what to suppose."""

    on: Day | None = Field(default=None, description="Today if absent.")
    without: list[Annotated[str, StringConstraints(pattern=r"^[ai]-[A-Za-z0-9_-]{22}$")]] = Field(
        default=[], max_length=400, description="Entries of the wallet to leave out."
    )
    planned: list[Id] = Field(default=[], max_length=40, description="Offers to suppose passed.")


class ProofQuery(BaseModel):
    """The day."""

    on: Day | None = Field(default=None, description="Today if absent.")


class PlanWishes(Given):
    """What one can and wants; what is absent does not bound."""

    not_before: Day | None = None
    finish_by: Day | None = None
    weekly_hours: Hours = ""
    budget: Amount = ""
    currency: Annotated[str, StringConstraints(strict=True, pattern=r"^([A-Z]{3})?$")] = ""
    most_providers: Annotated[int, Field(ge=1, le=50)] | None = None
    languages: Annotated[list[Name], Field(max_length=20)] = []
    modes: Annotated[list[Literal["on-site", "online", "blended", "hybrid", "work-based", "project-based", "research-lab"]], Field(max_length=7)] = []  # fmt: skip
    places: Annotated[list[Name], Field(max_length=20)] = []
    only_times: Annotated[list[Literal["daytime", "evening", "weekend", "own-pace"]], Field(max_length=4)] = []  # fmt: skip
    without: Annotated[list[Name], Field(max_length=20)] = Field(
        default=[], description="Ids of offers, ids of micro-credentials, or names of providers."
    )


class PlanGiven(Given):
    """Where to, what is to be least, and wishes."""

    rule: RuleKey
    least: LeastGiven = "workload"
    against: LeastGiven | None = Field(
        default=None, description="Several plans, of which none is better in both."
    )
    wishes: PlanWishes = PlanWishes()


class WhatIfGiven(Given):
    """What is different from the plan before; the rest stays."""

    without: Annotated[list[Name], Field(max_length=20)] = Field(
        default=[], description="In addition to what was left out."
    )
    only_times: Annotated[list[Literal["daytime", "evening", "weekend", "own-pace"]], Field(max_length=4)] | None = None  # fmt: skip
    least: LeastGiven | None = None


class PlanShape(Shape):
    """A question, and where its answer is."""

    id: str
    rule: str
    goal: str
    receiver: str
    on: dt.date
    least: str
    against: str
    wishes: dict[str, Any]
    before: str | None = Field(description="The plan that this one asks “what if” about.")
    state: str = Field(description="waiting, done or failed.")
    made_at: dt.datetime


class PlanFull(PlanShape):
    """The answer, once it is there: the library's, with plans, what was left out, and what is in the way."""

    answer: dict[str, Any] | None
    offers: int = Field(description="Offers that were looked at.")
    seconds: float
    message: str
    hint: str


@operation("GET", "/wallet-towards", {200: Listing[TowardsShape]}, personal="wallet:read", links=NEAR)
def list_towards(request: HttpRequest, query: Query[PageQuery]) -> Listing[TowardsShape]:
    """What the wallet can count towards today, by every rule in force here, the most hopeful first."""
    found = towards(entries_of(caller(request).person, _languages()), on=timezone.localdate())
    return listed_in_order(request, found, query, _towards, at=_hopeful)


@operation("GET", "/wallet-towards/{rule}", {200: StandingShape}, personal="wallet:read")
def read_standing(request: HttpRequest, rule: RuleKey, query: Query[StandingQuery]) -> StandingShape:
    """What one rule says of the wallet on a day, or what it would say without this and with that."""
    found = _standing(request, rule, query.on, query.without, query.planned)
    grounds = msgspec.to_builtins(found.answer)
    names = (
        "on",
        "counted",
        "filled",
        "missing",
        "cannot_count",
        "questions",
        "left_over",
        "remarks",
        "also",
    )
    return StandingShape(
        **_about(Towards(found.known, found.answer, True)), **{name: grounds.get(name, []) for name in names}
    )


@operation("GET", "/wallet-towards/{rule}/proof", {200: PROOF}, personal="wallet:read")
def prove_standing(request: HttpRequest, rule: RuleKey, query: Query[ProofQuery]) -> HttpResponse:
    """The proof of the answer: digests of the rule and of what one holds, and the grounds."""
    found = _standing(request, rule, query.on, (), ())
    return HttpResponse(
        msgspec.json.encode(proof_of(found.now, found.known.rule, found.held)),
        content_type="application/json",
    )


@operation("GET", "/plans", {200: Listing[PlanShape]}, personal="wallet:read", links={"read_plan": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_plans(request: HttpRequest, query: Query[PageQuery]) -> Listing[PlanShape]:
    """One's own plans, the last asked first."""
    return listed(request, Plan.objects.filter(holder=caller(request).person).defer("answer"), query, _shape)


@operation("POST", "/plans", {201: PlanFull}, personal="wallet:write", links=MADE,
           example={"rule": "malta-pg-certificate", "least": "price", "wishes": {"weekly_hours": "12", "only_times": ["evening"]}})  # fmt: skip
def ask_for_plan(request: HttpRequest, body: PlanGiven) -> Answer:
    """Have a way worked out. It takes some seconds: ask for the plan again until it is done."""
    made = domain.ask(
        by=caller(request).person, rule=body.rule, wishes=body.wishes.model_dump(), least=Least(body.least),
        against=Least(body.against) if body.against else None, language=get_language() or "en",
    )  # fmt: skip
    return Answer(_full(made), {"Location": f"/api/v1/plans/{made.id}"})


@operation("GET", "/plans/{id}", {200: PlanFull}, personal="wallet:read")
def read_plan(request: HttpRequest, id: Id) -> PlanFull:
    """A plan, or how far it is."""
    return _full(_own(request, id))


@operation("POST", "/plans/{id}/what-ifs", {201: PlanFull}, personal="wallet:write", example={"only_times": ["evening"]})  # fmt: skip
def ask_what_if(request: HttpRequest, id: Id, body: WhatIfGiven) -> Answer:
    """The same question with something different: another plan, which says what that changes."""
    changes = body.model_dump(exclude={"least"}, exclude_none=True, exclude_defaults=True)
    made = domain.what_if(
        by=caller(request).person, plan=_own(request, id), changes=changes, least=Least(body.least) if body.least else None,
        language=get_language() or "en",
    )  # fmt: skip
    return Answer(_full(made), {"Location": f"/api/v1/plans/{made.id}"})


@operation("DELETE", "/plans/{id}", {204: None}, personal="wallet:write")
def delete_plan(request: HttpRequest, id: Id) -> Answer:
    """Forget a plan."""
    domain.remove(by=caller(request).person, plan=_own(request, id))
    return Answer()


_HOPEFUL = {"met": "4", "unknown": "3", "cannot-count": "2", "missing": "1"}
"""The most hopeful first."""


def _hopeful(one: Towards) -> tuple[str, ...]:
    return str(int(one.is_near)), _HOPEFUL[one.outcome], one.name


def _standing(request: HttpRequest, rule: str, on: dt.date | None, without: Any, planned: Any) -> Standing:
    known = known_rule(rule)
    if known is None:
        raise Http404
    person = caller(request).person
    entries = entries_of(person, _languages())
    try:
        return standing(
            person, entries, known, on=on or timezone.localdate(), without=without, planned=planned
        )
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint or "") from error


def _own(request: HttpRequest, id: str) -> Plan:
    found = plan_of(caller(request).person, id)
    if found is None:
        raise Http404
    return found


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")


def _about(one: Towards) -> dict[str, Any]:
    return {
        "rule": one.name, "award": one.rule.award, "receiver": one.rule.receiver, "decider": one.answer.decider,
        "is_example": one.known.is_example, "is_near": one.is_near, "outcome": one.outcome, "message": one.answer.message,
    }  # fmt: skip


def _towards(one: Towards) -> TowardsShape:
    return TowardsShape(**_about(one))


def _shape(one: Plan) -> PlanShape:
    return PlanShape(**_said(one))


def _said(one: Plan) -> dict[str, Any]:
    return {
        "id": one.id, "rule": one.rule, "goal": one.goal, "receiver": one.receiver, "on": one.on, "least": one.least,
        "against": one.against, "wishes": one.wishes, "before": one.before_id, "state": one.state, "made_at": one.made_at,
    }  # fmt: skip


def _full(one: Plan) -> PlanFull:
    return PlanFull(
        **_said(one),
        answer=one.answer,
        offers=one.offers,
        seconds=one.seconds,
        message=one.message,
        hint=one.hint,
    )
