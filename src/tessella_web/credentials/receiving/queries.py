"""Reads about what organisations promise."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tessella_web.accounts.models import Organisation
from tessella_web.credentials.receiving.models import Policy

__all__ = ["open_policy", "policy_of", "receivers"]


def policy_of(organisation: Organisation) -> Policy | None:
    """What it says, if it says anything."""
    return Policy.objects.filter(organisation=organisation).first()


def open_policy(slug: str) -> Policy | None:
    """The policy of an organisation that takes credentials now and whose name is not held."""
    return _open().filter(organisation__slug=slug).first()


def receivers(search: str = "") -> QuerySet[Policy]:
    """Organisations that take credentials now, by name."""
    found = _open()
    if words := search.strip():
        found = found.filter(Q(organisation__name__icontains=words) | Q(purposes__icontains=words))
    return found.order_by("organisation__name", "pk")


def _open() -> QuerySet[Policy]:
    return Policy.objects.filter(is_open=True, organisation__is_held=False).select_related("organisation")
