"""Which description a page is about, for whom: what somebody may not see looks as if it did not exist."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue.models import Description

__all__ = ["may_edit", "place_of", "require_edit", "visible_description"]


def visible_description(request: HttpRequest, id: str) -> Description:
    """The description, for people of its organisation and of its partners."""
    found = (
        Description.objects.select_related("organisation", "started_by")
        .prefetch_related("partners")
        .filter(pk=id)
        .first()
    )
    if found is None:
        raise Http404
    if not any(
        may(request.user, one, "description.view", found.id)
        for one in (found.organisation, *found.partners.all())
    ):
        raise Http404
    return found


def place_of(request: HttpRequest, description: Description) -> Organisation:
    """The organisation through which the person sees it: its own, or a partner where the person works.

    Links back lead there: the other's pages would not exist for them.
    """
    places = (description.organisation, *description.partners.all())
    return next(
        (one for one in places if may(request.user, one, "description.view", description.id)),
        description.organisation,
    )


def may_edit(request: HttpRequest, description: Description) -> bool:
    """Whether the person edits it, here or through a partner."""
    places = (description.organisation, *description.partners.all())
    return any(may(request.user, one, "description.edit", description.id) for one in places)


def require_edit(request: HttpRequest, description: Description) -> None:
    """Go on only for those who edit it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    if not may_edit(request, description):
        require(request.user, description.organisation, "description.edit", description.id)
