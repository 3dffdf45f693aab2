"""Asking an organisation whether credentials make a larger award, deciding it, and what happens when a part falls."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.tokens.scopes import scope_of
from tessella_web.api.access import caller
from tessella_web.api.operations import FILE, Answer, Given, Id, Media, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.problems import ProblemError
from tessella_web.catalogue.models import Description
from tessella_web.catalogue.pathways import queries as pathways
from tessella_web.catalogue.pathways.models import Pathway
from tessella_web.recognition.stacking import domain, queries
from tessella_web.recognition.stacking.domain.deciding import Awarding
from tessella_web.recognition.stacking.evaluating import Assessment, assess, kept
from tessella_web.recognition.stacking.models import Cascade, Case, PathwayAward, StackingRules

operation = Table("Decisions on stacks")

Key = Annotated[str, StringConstraints(strict=True, pattern=r"^[ai]-[A-Za-z0-9_-]{22}$")]
"""An entry of the wallet."""

Long = Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")]
"""Reasons, which the learner reads."""

NEEDED = {"replace": "award.correct", "suspend": "award.revoke", "revoke": "award.revoke"}
"""By what is decided on an award the capability whose scope the token needs, too."""

MINE = {name: {"id": "$response.body#/id"} for name in ("read_own_case", "add_to_case", "withdraw_case")}
THEIRS = {"read_case": {"id": "$response.body#/items/0/id"}}


class CaseShape(Shape):
    """A case as it stands in lists."""

    id: str
    organisation: str = Field(description="Short name of whoever decides.")
    pathway: str
    award: str = Field(description="What it is about, in words.")
    state: str = Field(description="asked, waiting (for the learner), granted, declined or withdrawn.")
    by_discretion: bool = Field(description="Granted although the published rule is not met.")
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    has_fallen: bool = Field(
        description="Something that the award stands on has fallen, and nobody has decided yet."
    )


class CasePart(Shape):
    """A credential in a case."""

    id: str
    title: str
    issuer: str
    counts: bool = Field(description="The award stands on it.")


class CaseRequest(Shape):
    """What the organisation asked, and the answer."""

    text: str
    asked_at: dt.datetime
    answer: str
    answered_at: dt.datetime | None


class CascadeShape(Shape):
    """A part of an award that has fallen. Until somebody decides, the award stays what it is."""

    id: str
    case: str
    part: str
    title: str
    cause: str = Field(
        description="revoked, suspended, replaced, ended, failed, or below: something that the part stands on."
    )
    state: str = Field(
        description="open, kept, replaced, suspended, revoked, or passed: the part stands again."
    )
    found_at: dt.datetime
    due_at: dt.datetime = Field(description="From then on the decision is overdue.")
    reason: str


class CaseFull(CaseShape):
    """A case with everything in it. Personal data."""

    name: str = Field(description="As it stands on the award.")
    message: str
    reasons: str
    answer: dict[str, Any] | None = Field(
        description="What the rule said on the day of the decision; before it, when it was asked."
    )
    parts: list[CasePart]
    requests: list[CaseRequest]
    fallen: list[CascadeShape]
    awarded: str | None = Field(description="The award, once it is sealed.")


class PartToday(CasePart):
    """A credential as it stands today."""

    verdict: str
    status: str = Field(description="valid, suspended, revoked, failed or unverified.")
    used_in: list[str] = Field(description="Awards that it counts towards already.")


class ConditionShape(Shape):
    """A condition in words that only the decider can judge."""

    text: str
    is_met: bool | None
    source: str


class Today(Shape):
    """What the rule says today; None of it is a decision."""

    outcome: str = Field(description="met, missing, cannot-count or unknown.")
    message: str
    changes: list[str] = Field(description="What has changed since it was asked.")
    answer: dict[str, Any]
    parts: list[PartToday]
    conditions: list[ConditionShape]


class CaseToDecide(CaseFull):
    """A case for those who decide it: while it is open, with the answer of today."""

    today: Today | None


class AskGiven(Given):
    """What is asked, on what, and how long it is kept."""

    version: Id = Field(description="The published version of the pathway.")
    keys: Annotated[list[Key], Field(min_length=1, max_length=50)] = Field(
        description="Entries of the wallet."
    )
    keep_days: Annotated[int, Field(ge=1, le=10_000)]
    name: Words = Field(description="As it shall stand on the award.")
    message: Text = ""


class AdditionGiven(Given):
    """An answer, further credentials, or both."""

    keys: Annotated[list[Key], Field(max_length=50)] = []
    text: Text = ""


class CaseRequestGiven(Given):
    """What the learner is asked for."""

    text: Text


class StatementGiven(Given):
    """What is established beside what the credentials say; without a part about a condition in words."""

    part: Id | None = None
    field: Annotated[str, StringConstraints(strict=True, max_length=1000, pattern=r"^[^\x00]*$")] = Field(
        description="The data as the engine’s question names it, “verified”, or the condition."
    )
    value: Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]
    source: Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")]


class DecisionOnCase(Given):
    """The decision."""

    decision: Literal["granted", "discretion", "declined"] = Field(
        description="discretion: granted although the rule is not met."
    )
    reasons: Long
    parts: Annotated[list[Id], Field(max_length=200)] = Field(
        default=[], description="With discretion: what the award stands on."
    )
    formats: Annotated[list[Words], Field(max_length=20)] = []
    assessed_by: Words = Field(default="", description="Mail address of the assessor; left out: who decides.")


class DecisionOnCascade(Given):
    """What becomes of the award."""

    action: Literal["keep", "replace", "suspend", "revoke"] = Field(
        description="replace: made anew without the part. The last three need the scopes that correct, suspend and revoke awards."
    )
    reason: Long
    assessed_by: Words = ""


class LedTo(Given):
    """What a pathway leads to; null: nothing yet."""

    pathway: Id
    description: Id | None


class StackRulesGiven(Given):
    """How the organisation decides."""

    grace_days: Annotated[int, Field(ge=1, le=10_000)] = Field(
        description="Days to decide after a part has fallen."
    )
    awards: Annotated[list[LedTo], Field(max_length=200)] = Field(
        default=[], description="Pathways that are not named stay as they are."
    )


class LedToShape(Shape):
    """What a pathway leads to."""

    pathway: str
    description: str


class StackRulesShape(Shape):
    """How the organisation decides."""

    grace_days: int
    awards: list[LedToShape]


@operation(
    "GET",
    "/own-cases",
    {200: Listing[CaseShape]},
    personal="wallet:read",
    links={"read_own_case": {"id": "$response.body#/items/0/id"}},
)
def list_own_cases(request: HttpRequest, query: Query[PageQuery]) -> Listing[CaseShape]:
    """What one asked organisations to decide, the last first."""
    return listed(request, queries.cases_of(caller(request).person), query, _shape)


@operation("POST", "/own-cases", {201: CaseFull}, personal="wallet:write", links=MINE, example={
    "version": "AAAAAAAAAAAAAAAAAAAAAA", "keys": ["a-AAAAAAAAAAAAAAAAAAAAAA"], "keep_days": 90, "name": "Dana Alder",
})  # fmt: skip
def ask_for_decision(request: HttpRequest, body: AskGiven) -> Answer:
    """Ask the organisation of a pathway whether credentials make its larger award; they are frozen and handed in as they are now."""
    version = pathways.version(body.version)
    if version is None:
        raise Http404
    by = caller(request).person
    share = domain.prepare(
        by=by, version=version, keys=body.keys, keep_days=body.keep_days, languages=_languages()
    )
    made = domain.ask(
        by=by, version=version, share=share, name=body.name, message=body.message, languages=_languages()
    )
    return Answer(_full(_own(request, made.id)), {"Location": f"/api/v1/own-cases/{made.id}"})


@operation("GET", "/own-cases/{id}", {200: CaseFull}, personal="wallet:read")
def read_own_case(request: HttpRequest, id: Id) -> CaseFull:
    """One case: how it stands, what was asked and decided."""
    return _full(_own(request, id))


@operation(
    "POST",
    "/own-cases/{id}/additions",
    {200: CaseFull},
    personal="wallet:write",
    example={"text": "It was an 8."},
)
def add_to_case(request: HttpRequest, id: Id, body: AdditionGiven) -> CaseFull:
    """Answer what was asked, or hand in further credentials."""
    domain.add(
        by=caller(request).person,
        case=_own(request, id),
        keys=body.keys,
        text=body.text,
        languages=_languages(),
    )
    return _full(_own(request, id))


@operation("POST", "/own-cases/{id}/withdrawal", {200: CaseFull}, personal="wallet:write")
def withdraw_case(request: HttpRequest, id: Id) -> CaseFull:
    """Ask no more: what was handed in for it is deleted."""
    domain.withdraw(by=caller(request).person, case=_own(request, id))
    return _full(_own(request, id))


@operation(
    "GET",
    "/own-cases/{id}/proof",
    {200: Media((FILE,), "The sealed proof, as JSON.")},
    personal="wallet:read",
    misses=True,
)
def own_case_proof(request: HttpRequest, id: Id) -> HttpResponse:
    """The proof of the decision, sealed by whoever decided."""
    return _proof(_own(request, id))


@operation("GET", "/cases", {200: Listing[CaseShape]}, capability="stack.decide", links=THEIRS)
def list_cases(request: HttpRequest, query: Query[PageQuery]) -> Listing[CaseShape]:
    """The cases of the organisation, the last asked first."""
    return listed(request, queries.inbox(caller(request).organisation).order_by(), query, _shape)


@operation("GET", "/cases/{id}", {200: CaseToDecide}, capability="stack.decide")
def read_case(request: HttpRequest, id: Id) -> CaseToDecide:
    """One case; while it is open, with what the rule says today of every part as it stands now. Personal data."""
    found = _case(request, id)
    today = _today(assess(found, languages=_languages())) if found.is_open else None
    return CaseToDecide(**_full(found).model_dump(), today=today)


@operation(
    "POST",
    "/cases/{id}/requests",
    {200: CaseFull},
    capability="stack.decide",
    example={"text": "Please send the transcript."},
)
def ask_learner(request: HttpRequest, id: Id, body: CaseRequestGiven) -> CaseFull:
    """Ask the learner for something; the case waits for the answer."""
    domain.request(by=caller(request).person, case=_case(request, id), text=body.text)
    return _full(_case(request, id))


@operation("POST", "/cases/{id}/statements", {200: CaseFull}, capability="stack.decide", example={
    "part": "AAAAAAAAAAAAAAAAAAAAAA", "field": "credits", "value": "5", "source": "The transcript of 4 May.",
})  # fmt: skip
def state_in_case(request: HttpRequest, id: Id, body: StatementGiven) -> CaseFull:
    """Establish what a credential does not say, or whether a condition in words is met; kept with its source."""
    found = _case(request, id)
    part = found.parts.filter(pk=body.part).first() if body.part else None
    known = found.version.rule.also
    if (body.part and part is None) or (part is None and body.field not in known):
        raise Http404
    domain.state(
        by=caller(request).person,
        case=found,
        part=part,
        field=body.field,
        value=body.value,
        source=body.source,
    )
    return _full(_case(request, id))


@operation("POST", "/cases/{id}/decision", {200: CaseFull}, capability="stack.decide", example={
    "decision": "declined", "reasons": "The capstone is missing.",
})  # fmt: skip
def decide_case(request: HttpRequest, id: Id, body: DecisionOnCase) -> CaseFull:
    """Decide. Granting prepares and starts the award, with its parts and a sealed proof; a second person approves where the rules say so."""
    domain.decide(
        by=caller(request).person, case=_case(request, id), decision=body.decision, reasons=body.reasons, parts=body.parts,
        awarding=Awarding(formats=body.formats, assessed_by=body.assessed_by), languages=_languages(),
    )  # fmt: skip
    return _full(_case(request, id))


@operation(
    "GET",
    "/cases/{id}/proof",
    {200: Media((FILE,), "The sealed proof, as JSON.")},
    capability="stack.decide",
    misses=True,
)
def case_proof(request: HttpRequest, id: Id) -> HttpResponse:
    """The sealed proof of a decision."""
    return _proof(_case(request, id))


@operation("GET", "/cascades", {200: Listing[CascadeShape]}, capability="stack.decide")
def list_cascades(request: HttpRequest, query: Query[PageQuery]) -> Listing[CascadeShape]:
    """What has fallen that awards of the organisation stand on, decided or not, the last found first."""
    found = Cascade.objects.filter(case__organisation=caller(request).organisation).select_related("part")
    return listed(request, found.order_by(), query, _fallen)


@operation("POST", "/cascades/{id}/decision", {200: CascadeShape}, capability="stack.decide", example={
    "action": "keep", "reason": "The learner has shown the same by a transcript.",
})  # fmt: skip
def decide_cascade(request: HttpRequest, id: Id, body: DecisionOnCascade) -> CascadeShape:
    """Decide what becomes of an award of which a part has fallen."""
    who = caller(request)
    found = (
        Cascade.objects.filter(pk=id, case__organisation=who.organisation)
        .select_related("case", "part")
        .first()
    )
    if found is None:
        raise Http404
    needed = scope_of(NEEDED[body.action]) if body.action in NEEDED else ""
    if needed and needed not in who.token.scopes:
        raise ProblemError(
            403, "api.scope", _("The token has not the scope “%(scope)s”.") % {"scope": needed},
            hint=_("Make a token that has it, if the program is to do this."),
        )  # fmt: skip
    domain.decide_cascade(
        by=who.person,
        cascade=found,
        action=body.action,
        reason=body.reason,
        assessed_by=body.assessed_by,
        languages=_languages(),
    )
    return _fallen(Cascade.objects.select_related("part").get(pk=id))


@operation("GET", "/organisation/stack-rules", {200: StackRulesShape}, capability="organisation.view")
def read_stack_rules(request: HttpRequest) -> StackRulesShape:
    """How the organisation decides, and what its pathways lead to."""
    return _rules(request)


@operation(
    "PUT",
    "/organisation/stack-rules",
    {200: StackRulesShape},
    capability="organisation.manage",
    example={"grace_days": 30},
)
def set_stack_rules(request: HttpRequest, body: StackRulesGiven) -> StackRulesShape:
    """Say how long it takes at most to decide when a part of an award has fallen, and what pathways lead to."""
    who = caller(request)
    named = {
        one.id: one
        for one in Pathway.objects.filter(
            organisation=who.organisation, pk__in=[one.pathway for one in body.awards]
        )
    }
    if any(one.pathway not in named for one in body.awards):
        raise Http404
    domain.set_rules(by=who.person, organisation=who.organisation, grace_days=body.grace_days)
    for one in body.awards:
        chosen = (
            Description.objects.filter(organisation=who.organisation, pk=one.description).first()
            if one.description
            else None
        )
        if one.description and chosen is None:
            raise Http404
        domain.set_award(by=who.person, pathway=named[one.pathway], description=chosen)
    return _rules(request)


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")


def _own(request: HttpRequest, id: str) -> Case:
    found = queries.cases_of(caller(request).person).select_related("pathway", "award").filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _case(request: HttpRequest, id: str) -> Case:
    found = queries.case_of(caller(request).organisation, id)
    if found is None:
        raise Http404
    return found


def _proof(case: Case) -> HttpResponse:
    if not case.proof or case.award_id is None:
        raise Http404
    response = HttpResponse(case.proof.encode(), content_type=FILE)
    response["Content-Disposition"] = "attachment"
    return response


def _shape(case: Case) -> CaseShape:
    return CaseShape(**_facts(case))


def _facts(case: Case) -> dict[str, Any]:
    return {
        "id": case.id, "organisation": case.organisation.slug, "pathway": case.pathway_id, "award": case.version.award, "state": case.state,
        "by_discretion": case.by_discretion, "asked_at": case.made_at, "decided_at": case.decided_at,
        "has_fallen": bool(getattr(case, "has_fallen", False)),
    }  # fmt: skip


def _full(case: Case) -> CaseFull:
    fallen = [_fallen(one) for one in case.cascades.select_related("part")]
    facts = _facts(case) | {"has_fallen": any(one.state == "open" for one in fallen)}
    return CaseFull(
        **facts, name=case.name, message=case.message, reasons=case.reasons, answer=case.decided or case.asked,
        parts=[CasePart(id=one.id, title=one.title, issuer=one.issuer, counts=one.counts and not one.replaced_at) for one in case.parts.all()],
        requests=[
            CaseRequest(text=one.text, asked_at=one.made_at, answer=one.answer, answered_at=one.answered_at) for one in case.requests.all()
        ],
        fallen=fallen, awarded=case.award_id,
    )  # fmt: skip


def _today(found: Assessment) -> Today:
    return Today(
        outcome=found.outcome, message=found.answer.message, changes=list(found.changes), answer=kept(found.answer),
        parts=[
            PartToday(
                id=one.part.id, title=one.part.title, issuer=one.part.issuer, counts=one in found.counted, verdict=one.now.verdict,
                status=one.item.status, used_in=list(one.used_in),
            )
            for one in found.parts
        ],
        conditions=[ConditionShape(text=one.text, is_met=one.is_met, source=one.source) for one in found.conditions],
    )  # fmt: skip


def _fallen(one: Cascade) -> CascadeShape:
    return CascadeShape(
        id=one.id, case=one.case_id, part=one.part_id, title=one.part.title, cause=one.cause, state=one.state, found_at=one.made_at,
        due_at=one.due_at, reason=one.reason,
    )  # fmt: skip


def _rules(request: HttpRequest) -> StackRulesShape:
    organisation = caller(request).organisation
    chosen = PathwayAward.objects.filter(pathway__organisation=organisation).order_by("pathway")
    return StackRulesShape(
        grace_days=StackingRules.of(organisation).grace_days,
        awards=[LedToShape(pathway=one.pathway_id, description=one.description_id) for one in chosen],
    )  # fmt: skip
