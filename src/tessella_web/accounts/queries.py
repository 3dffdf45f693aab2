"""Reads about people and workspaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tessella_web.accounts.models import Invitation, Membership, Organisation, Person, Role

__all__ = ["Colleague", "memberships_of", "open_invitations", "people_of", "workspaces_of"]

_ORDER = {str(role): place for place, role in enumerate(Role)}


class Colleague(NamedTuple):
    """Somebody who works in an organisation, with their roles in the order in which roles are listed."""

    person: Person
    memberships: Sequence[Membership]


def workspaces_of(person: Person | AnonymousUser) -> list[Organisation]:
    """The organisations somebody has a role in, by name."""
    if not isinstance(person, Person):
        return []
    now = Membership.standing(prefix="memberships__")
    return list(Organisation.objects.filter(now, memberships__person=person).distinct().order_by("name"))


def people_of(organisation: Organisation) -> list[Colleague]:
    """Who works there today, who came first first."""
    people: dict[Person, list[Membership]] = {}
    found = Membership.objects.filter(Membership.standing(), organisation=organisation)
    for one in found.select_related("person", "given_by").order_by("made_at", "pk"):
        people.setdefault(one.person, []).append(one)
    return [Colleague(person, sorted(held, key=_place)) for person, held in people.items()]


def memberships_of(person: Person, organisation: Organisation) -> list[Membership]:
    """Somebody's roles there today."""
    found = Membership.objects.filter(Membership.standing(), person=person, organisation=organisation)
    return sorted(found, key=_place)


def open_invitations(organisation: Organisation) -> list[Invitation]:
    """Invitations that nobody has taken up yet, and that still work."""
    found = organisation.invitations.filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    return list(found.select_related("invited_by"))


def _place(membership: Membership) -> int:
    return _ORDER[membership.role]
