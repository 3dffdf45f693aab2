"""Outside views: asking somebody of another organisation to look, and answering."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.peers import domain, queries
from tessella_web.accounts.peers.models import Peer, PeerState
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes import reviews
from tessella_web.api.routes.batches import own_batch
from tessella_web.api.routes.shared import address
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.models import QualityReview, Standing
from tessella_web.catalogue.queries import review_with_everything
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries as credentials
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import Batch, Stage

operation = Table("Outside views")

REVIEW = {"read_review_for_peer": {"id": "$response.body#/id"}}


class PeerShape(Shape):
    """Somebody who was asked. Personal data."""

    id: str
    email: str
    state: str = Field(description="asked, accepted, declined or withdrawn.")
    works_at: str = Field(
        description="Short name of the organisation that they answer for; empty until they do."
    )
    asked_at: dt.datetime
    answered_at: dt.datetime | None


class Peers(Shape):
    """Everybody who was asked, the last first."""

    items: list[PeerShape]


class PeerGiven(Given):
    """Who is asked: somebody who works in another organisation."""

    email: Words


class RequestShape(Shape):
    """What the caller is asked to look at, for whom."""

    id: str
    organisation: str = Field(description="Short name of the organisation that asks.")
    organisation_name: str
    about: str = Field(description="batch or review.")
    state: str
    asked_at: dt.datetime


class BatchFacts(Shape):
    """What can be judged without knowing who the people are."""

    title: str
    learners: int
    source: str
    stage: str
    waits: bool = Field(description="Whether it waits for a yes.")


class RequestFull(RequestShape):
    """A request with the organisations the caller can answer for, and the batch once it was accepted."""

    may_answer_for: list[str] = Field(description="Short names.")
    batch: BatchFacts | None


class AcceptGiven(Given):
    """For which organisation the caller looks."""

    organisation: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = (
        Field(description="Its short name.")
    )


@operation("GET", "/batches/{id}/peers", {200: Peers}, capability="batch.view")
def batch_peers(request: HttpRequest, id: Id) -> Peers:
    """Who outside was asked to approve a batch."""
    return _peers(f"batch:{own_batch(request, id).id}")


@operation("POST", "/batches/{id}/peers", {201: PeerShape}, capability="peer.ask",
           example={"email": "eva@academy.example"}, links={"withdraw_peer": {"id": "$response.body#/id"}})  # fmt: skip
def ask_peer_about_batch(request: HttpRequest, id: Id, body: PeerGiven) -> Answer:
    """Ask somebody outside to approve a batch that waits for a second person. They see how many records go out, and no names."""
    found = own_batch(request, id)
    if found.stage != Stage.APPROVAL:
        raise _over(_("This batch does not wait for anybody."))
    return _asked(request, f"batch:{found.id}", found.version.title, body)


@operation("GET", "/reviews/{id}/peers", {200: Peers}, capability="description.view")
def review_peers(request: HttpRequest, id: Id) -> Peers:
    """Who outside was asked to review a description."""
    return _peers(f"review:{reviews.visible_review(request, id).id}")


@operation("POST", "/reviews/{id}/peers", {201: PeerShape}, capability="peer.ask",
           example={"email": "eva@academy.example"}, links={"withdraw_peer": {"id": "$response.body#/id"}})  # fmt: skip
def ask_peer_about_review(request: HttpRequest, id: Id, body: PeerGiven) -> Answer:
    """Ask somebody outside to go through the checklist and decide. The published page says for which organisation."""
    found = reviews.visible_review(request, id)
    if found.description.organisation_id != caller(request).organisation.id:
        raise Http404
    if not found.is_open:
        raise _over(_("This review is closed."))
    return _asked(request, f"review:{found.id}", found.description.title, body)


@operation("DELETE", "/peers/{id}", {204: None}, capability="peer.ask")
def withdraw_peer(request: HttpRequest, id: Id) -> Answer:
    """Ask somebody no more; what they have decided stays."""
    who = caller(request)
    found = Peer.objects.filter(pk=id, organisation=who.organisation).select_related("organisation").first()
    if found is None:
        raise Http404
    domain.withdraw(by=who.person, peer=found)
    return Answer()


@operation("GET", "/peer-requests", {200: Listing[RequestShape]}, personal="peers:answer",
           links={name: {"id": "$response.body#/items/0/id"} for name in ("read_peer_request", "accept_peer_request")})  # fmt: skip
def list_peer_requests(request: HttpRequest, query: Query[PageQuery]) -> Listing[RequestShape]:
    """What the caller is or was asked to look at, the last first."""
    found = Peer.objects.filter(email=caller(request).person.email).exclude(state=PeerState.WITHDRAWN)
    return listed(request, found.select_related("organisation"), query, _request)


@operation("GET", "/peer-requests/{id}", {200: RequestFull}, personal="peers:answer")
def read_peer_request(request: HttpRequest, id: Id) -> RequestFull:
    """What the caller is asked for; after accepting, what there is to judge."""
    return _full(request, _own(request, id))


@operation("POST", "/peer-requests/{id}/acceptance", {200: RequestFull}, personal="peers:answer", links=REVIEW,
           example={"organisation": "harbour"})  # fmt: skip
def accept_peer_request(request: HttpRequest, id: Id, body: AcceptGiven) -> RequestFull:
    """Agree to look, for an organisation in which the caller works."""
    found, by = _own(request, id), caller(request).person
    choices = queries.organisations_to_answer_for(by, found.organisation)
    chosen = next((one for one in choices if one.slug == body.organisation), None)
    if chosen is None:
        raise Http404
    return _full(request, domain.accept(by=by, peer=found, works_at=chosen))


@operation("POST", "/peer-requests/{id}/refusal", {200: RequestFull}, personal="peers:answer")
def decline_peer_request(request: HttpRequest, id: Id) -> RequestFull:
    """Say that there is no time."""
    return _full(request, domain.decline(by=caller(request).person, peer=_own(request, id)))


@operation("POST", "/peer-requests/{id}/approval", {200: RequestFull}, personal="peers:answer")
def approve_as_peer(request: HttpRequest, id: Id) -> RequestFull:
    """Approve the batch that one has agreed to look at: the records are made."""
    found = _own(request, id)
    batch = _batch(found)
    if batch is None:
        raise Http404
    batches.approve(by=caller(request).person, batch=batch)
    return _full(request, found)


@operation("GET", "/peer-requests/{id}/review", {200: reviews.ReviewFull}, personal="peers:answer")
def read_review_for_peer(request: HttpRequest, id: Id) -> reviews.ReviewFull:
    """The review that one has agreed to do, with everything that was said."""
    return reviews.full(_review(request, id))


@operation("PUT", "/peer-requests/{id}/review/answers/{question}", {200: reviews.ReviewFull}, personal="peers:answer",
           example={"standing": "met", "remark": ""})  # fmt: skip
def answer_question_as_peer(
    request: HttpRequest, id: Id, question: reviews.QuestionId, body: reviews.AnswerGiven
) -> reviews.ReviewFull:
    """Answer a question of the checklist; answering again replaces the earlier answer."""
    catalogue.answer(
        review=_review(request, id), by=caller(request).person, question=question, standing=Standing(body.standing),
        remark=body.remark,
    )  # fmt: skip
    return reviews.full(_review(request, id))


@operation("POST", "/peer-requests/{id}/review/comments", {201: reviews.CommentShape}, personal="peers:answer",
           example={"text": "Say who the learners are.", "element": "description"})  # fmt: skip
def comment_as_peer(request: HttpRequest, id: Id, body: reviews.CommentGiven) -> Answer:
    """Say something about an element, or about the whole."""
    found, by = _review(request, id), caller(request).person
    return Answer(
        reviews.comment_shape(catalogue.comment(review=found, by=by, text=body.text, element=body.element))
    )


@operation("POST", "/peer-requests/{id}/review/decision", {200: reviews.ReviewFull}, personal="peers:answer",
           example={"decision": "approve", "evidence": "Read it all.", "without_learner": "They have none yet."})  # fmt: skip
def decide_review_as_peer(request: HttpRequest, id: Id, body: reviews.DecisionGiven) -> reviews.ReviewFull:
    """Approve exactly this content, refuse it, or ask for changes."""
    reviews.decided(_review(request, id), caller(request).person, body)
    return reviews.full(_review(request, id))


def _asked(request: HttpRequest, about: str, what: str, body: PeerGiven) -> Answer:
    who = caller(request)
    made = domain.ask(
        by=who.person, organisation=who.organisation, about=about, email=address(body.email), what=what
    )
    return Answer(_peer(made))


def _over(message: str) -> RefusedError:
    return RefusedError(message, code="peers.over", hint=_("Nobody needs to be asked any more."))


def _peers(about: str) -> Peers:
    return Peers(items=[_peer(one) for one in queries.peers_about(about)])


def _own(request: HttpRequest, id: str) -> Peer:
    found = queries.peer_for(id, caller(request).person)
    if found is None:
        raise Http404
    return found


def _batch(peer: Peer) -> Batch | None:
    kind, _colon, id = peer.about.partition(":")
    return (
        Batch.objects.select_related("version", "organisation").filter(pk=id).first()
        if kind == "batch"
        else None
    )


def _review(request: HttpRequest, id: str) -> QualityReview:
    kind, _colon, about = _own(request, id).about.partition(":")
    if kind != "review" or not queries.is_peer(caller(request).person, f"review:{about}"):
        raise Http404
    found = review_with_everything(about)
    if found is None:
        raise Http404
    return found


def _peer(one: Peer) -> PeerShape:
    return PeerShape(
        id=one.id, email=one.email, state=one.state, works_at=one.works_at.slug if one.works_at else "",
        asked_at=one.made_at, answered_at=one.answered_at,
    )  # fmt: skip


def _request(one: Peer) -> RequestShape:
    return RequestShape(
        id=one.id, organisation=one.organisation.slug, organisation_name=one.organisation.name,
        about=one.about.partition(":")[0], state=one.state, asked_at=one.made_at,
    )  # fmt: skip


def _full(request: HttpRequest, one: Peer) -> RequestFull:
    batch = _batch(one) if one.state == PeerState.ACCEPTED else None
    facts = None
    if batch is not None:
        facts = BatchFacts(
            title=batch.version.title, learners=credentials.counts(batch)["good"], source=batch.source, stage=batch.stage,
            waits=batch.stage == Stage.APPROVAL,
        )  # fmt: skip
    choices = queries.organisations_to_answer_for(caller(request).person, one.organisation)
    return RequestFull(
        **_request(one).model_dump(), may_answer_for=[each.slug for each in choices], batch=facts
    )
