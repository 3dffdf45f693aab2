"""Reads about peers."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser

from tessella_web.accounts.models import Membership, Organisation, Person
from tessella_web.accounts.peers.models import Peer, PeerState

__all__ = ["is_peer", "organisation_from_outside", "organisations_to_answer_for", "peer_for", "peers_about"]


def is_peer(person: Person | AnonymousUser, about: str) -> bool:
    """Whether the person has agreed to look at this thing, and still works in another organisation only."""
    if isinstance(person, AnonymousUser):
        return False
    found = Peer.objects.filter(about=about, person=person, state=PeerState.ACCEPTED).first()
    return (
        found is not None
        and not Membership.objects.filter(person=person, organisation=found.organisation_id).exists()
    )


def peers_about(about: str) -> Sequence[Peer]:
    """Everybody who was asked, the last first."""
    return list(Peer.objects.filter(about=about).select_related("works_at", "person"))


def peer_for(id: str, person: Person) -> Peer | None:
    """A request, for the person it was made to."""
    return (
        Peer.objects.filter(pk=id, email=person.email)
        .exclude(state=PeerState.WITHDRAWN)
        .select_related("organisation", "works_at", "asked_by")
        .first()
    )


def organisations_to_answer_for(person: Person, organisation: Organisation) -> Sequence[Organisation]:
    """The other organisations of the person; only established ones where the one that asks is established."""
    standing = Membership.standing(prefix="memberships__")
    found = Organisation.objects.filter(standing, memberships__person=person)
    found = found.exclude(pk=organisation.pk).distinct()
    if organisation.is_established:
        found = found.exclude(established_by="")
    return list(found.order_by("name"))


def organisation_from_outside(about: str) -> Organisation | None:
    """The organisation whose person was the outside view on this thing; None when there was none."""
    found = Peer.objects.filter(about=about, state=PeerState.ACCEPTED).select_related("works_at").first()
    return found.works_at if found else None
