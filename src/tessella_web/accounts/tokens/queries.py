"""Reads about access tokens."""

from __future__ import annotations

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may
from tessella_web.accounts.tokens.models import AccessToken

__all__ = ["own_tokens", "tokens_seen_by"]


def tokens_seen_by(person: Person, organisation: Organisation) -> list[AccessToken]:
    """The person's own tokens there; for owners those of everybody, the newest first."""
    found = AccessToken.objects.filter(organisation=organisation).select_related("person")
    if not may(person, organisation, "organisation.manage"):
        found = found.filter(person=person)
    return list(found)


def own_tokens(person: Person) -> list[AccessToken]:
    """The person's tokens that act for nobody but them, the newest first."""
    return list(AccessToken.objects.filter(person=person, organisation=None))
