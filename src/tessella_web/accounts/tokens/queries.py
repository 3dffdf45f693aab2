"""Reads about access tokens."""

from __future__ import annotations

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may
from tessella_web.accounts.tokens.models import AccessToken

__all__ = ["tokens_seen_by"]


def tokens_seen_by(person: Person, organisation: Organisation) -> list[AccessToken]:
    """The person's own tokens there; for owners those of everybody, the newest first."""
    found = AccessToken.objects.filter(organisation=organisation).select_related("person")
    if not may(person, organisation, "organisation.manage"):
        found = found.filter(person=person)
    return list(found)
