"""Asking an organisation whether credentials make a larger award, deciding it, and what happens when a part falls."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query

from tessella_web.accounts.tokens.scopes import scope_of
from tessella_web.api.access import caller
from tessella_web.api.operations import FILE, Answer, Id, Media, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.problems import ProblemError
from tessella_web.api.routes.stacking_shapes import (
    AdditionGiven,
    AskGiven,
    CascadeShape,
    CaseFull,
    CaseRequestGiven,
    CaseShape,
    CaseToDecide,
    DecisionOnCascade,
    DecisionOnCase,
    LedToShape,
    StackRulesGiven,
    StackRulesShape,
    StatementGiven,
    brief,
    fallen_shape,
    full,
    today,
)
from tessella_web.catalogue.models import Description
from tessella_web.catalogue.pathways import queries as pathways
from tessella_web.catalogue.pathways.models import Pathway
from tessella_web.recognition.stacking import domain, queries
from tessella_web.recognition.stacking.domain.common import is_live
from tessella_web.recognition.stacking.domain.deciding import Awarding
from tessella_web.recognition.stacking.evaluating import assess
from tessella_web.recognition.stacking.models import Cascade, Case, PathwayAward, StackingRules

operation = Table("Decisions on stacks")

NEEDED = {"replace": "award.correct", "suspend": "award.revoke", "revoke": "award.revoke"}
"""By what is decided on an award the capability whose scope the token needs, too."""

MINE = {name: {"id": "$response.body#/id"} for name in ("read_own_case", "add_to_case", "withdraw_case")}
THEIRS = {"read_case": {"id": "$response.body#/items/0/id"}}


@operation(
    "GET",
    "/own-cases",
    {200: Listing[CaseShape]},
    personal="wallet:read",
    links={"read_own_case": {"id": "$response.body#/items/0/id"}},
)
def list_own_cases(request: HttpRequest, query: Query[PageQuery]) -> Listing[CaseShape]:
    """What one asked organisations to decide, the last first."""
    return listed(request, queries.cases_of(caller(request).person), query, brief)


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
    return Answer(full(_own(request, made.id)), {"Location": f"/api/v1/own-cases/{made.id}"})


@operation("GET", "/own-cases/{id}", {200: CaseFull}, personal="wallet:read")
def read_own_case(request: HttpRequest, id: Id) -> CaseFull:
    """One case: how it stands, what was asked and decided."""
    return full(_own(request, id))


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
    return full(_own(request, id))


@operation("POST", "/own-cases/{id}/withdrawal", {200: CaseFull}, personal="wallet:write")
def withdraw_case(request: HttpRequest, id: Id) -> CaseFull:
    """Ask no more: what was handed in for it is deleted."""
    domain.withdraw(by=caller(request).person, case=_own(request, id))
    return full(_own(request, id))


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
    return listed(request, queries.inbox(caller(request).organisation).order_by(), query, brief)


@operation("GET", "/cases/{id}", {200: CaseToDecide}, capability="stack.decide")
def read_case(request: HttpRequest, id: Id) -> CaseToDecide:
    """One case; while it is open, with what the rule says today of every part as it stands now. Personal data."""
    found = _case(request, id)
    answer = today(assess(found, languages=_languages())) if is_live(found) else None
    return CaseToDecide(**full(found).model_dump(), today=answer)


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
    return full(_case(request, id))


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
    return full(_case(request, id))


@operation("POST", "/cases/{id}/decision", {200: CaseFull}, capability="stack.decide", example={
    "decision": "declined", "reasons": "The capstone is missing.",
})  # fmt: skip
def decide_case(request: HttpRequest, id: Id, body: DecisionOnCase) -> CaseFull:
    """Decide. Granting prepares and starts the award, with its parts and a sealed proof; a second person approves where the rules say so."""
    domain.decide(
        by=caller(request).person, case=_case(request, id), decision=body.decision, reasons=body.reasons, parts=body.parts,
        awarding=Awarding(formats=body.formats, assessed_by=body.assessed_by), languages=_languages(),
    )  # fmt: skip
    return full(_case(request, id))


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
    return listed(request, found.order_by(), query, fallen_shape)


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
    return fallen_shape(Cascade.objects.select_related("part").get(pk=id))


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


def _rules(request: HttpRequest) -> StackRulesShape:
    organisation = caller(request).organisation
    chosen = PathwayAward.objects.filter(pathway__organisation=organisation).order_by("pathway")
    return StackRulesShape(
        grace_days=StackingRules.of(organisation).grace_days,
        awards=[LedToShape(pathway=one.pathway_id, description=one.description_id) for one in chosen],
    )  # fmt: skip
