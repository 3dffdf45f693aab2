"""Reads about people and workspaces."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from tessella_web.accounts.models import Organisation, Person

__all__ = ["workspaces_of"]


def workspaces_of(person: Person | AnonymousUser) -> list[Organisation]:
    """The organisations somebody has a role in, by name."""
    if not isinstance(person, Person):
        return []
    return list(Organisation.objects.filter(memberships__person=person).distinct().order_by("name"))
