"""Asking a peer, and the peer's answer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Membership, Organisation, Person
from tessella_web.accounts.peers.models import Peer, PeerState
from tessella_web.accounts.peers.queries import organisations_to_answer_for
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError

__all__ = ["accept", "ask", "decline", "withdraw"]

MAX_PEERS = 5
"""Requests about one thing: asking for a favour is not advertising."""


@transaction.atomic
def ask(*, by: Person, organisation: Organisation, about: str, email: str, what: str) -> Peer:
    """Ask somebody of another organisation by mail; ``what`` says in a line what to look at, without personal data.

    Raises:
        RefusedError: ``peers.colleague``, the address is one of the own organisation; ``peers.asked``; ``peers.many``.
    """
    require(by, organisation, "peer.ask")
    email = email.strip().lower()
    if Membership.objects.filter(organisation=organisation, person__email=email).exists():
        raise RefusedError(
            _("This person works in your own organisation."),
            code="peers.colleague", field="email", hint=_("Ask somebody from another one: that is what an outside view is."),
        )  # fmt: skip
    found = Peer.objects.select_for_update().filter(about=about)
    if found.filter(email=email).exists():
        raise RefusedError(
            _("This person was asked already."),
            code="peers.asked", field="email", hint=_("Wait for the answer, or ask somebody else."),
        )  # fmt: skip
    if found.count() >= MAX_PEERS:
        raise RefusedError(
            _("You have asked %(count)s people already.") % {"count": MAX_PEERS},
            code="peers.many", field="email", hint=_("Wait for an answer."),
        )  # fmt: skip
    made = Peer.objects.create(organisation=organisation, about=about, email=email, asked_by=by)
    audit.record("peer.asked", about, actor_id=by.id, organisation=organisation.id, facts={"peer": made.id})
    letters.queue("peer", about=made.id, facts={"what": what})
    return made


@transaction.atomic
def accept(*, by: Person, peer: Peer, works_at: Organisation) -> Peer:
    """The peer looks at it, and says for which organisation.

    Raises:
        NotAllowedError: ``peers.not-you``; ``peers.no-organisation``: they work in no other (established) organisation.
    """
    found = _own(peer, by)
    if works_at not in organisations_to_answer_for(by, found.organisation):
        raise NotAllowedError(
            _("An outside view comes from somebody who works in another organisation here."),
            code="peers.no-organisation",
            hint=_("Ask your organisation to give you a role, then come back."),
        )
    found.person, found.works_at, found.state = by, works_at, PeerState.ACCEPTED
    return _answered(found, by)


@transaction.atomic
def decline(*, by: Person, peer: Peer) -> Peer:
    """The peer has no time."""
    found = _own(peer, by)
    found.state = PeerState.DECLINED
    return _answered(found, by)


@transaction.atomic
def withdraw(*, by: Person, peer: Peer) -> None:
    """Not asked any more; what the peer had decided stays."""
    require(by, peer.organisation, "peer.ask")
    Peer.objects.filter(pk=peer.pk).update(state=PeerState.WITHDRAWN)
    audit.record("peer.withdrawn", peer.about, actor_id=by.id, organisation=peer.organisation_id)


def _own(peer: Peer, by: Person) -> Peer:
    found = Peer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=peer.pk)
    colleague = Membership.objects.filter(person=by, organisation=found.organisation_id).exists()
    if found.email != by.email or colleague or found.state == PeerState.WITHDRAWN:
        raise NotAllowedError(
            _("This request is not for you."),
            code="peers.not-you", hint=_("Sign in with the address that the mail came to."),
        )  # fmt: skip
    return found


def _answered(peer: Peer, by: Person) -> Peer:
    peer.answered_at = timezone.now()
    peer.save(update_fields=["person", "works_at", "state", "answered_at"])
    audit.record(
        f"peer.{peer.state}", peer.about, actor_id=by.id, organisation=peer.organisation_id,
        facts={"peer": peer.id, "works_at": peer.works_at_id or ""},
    )  # fmt: skip
    return peer
