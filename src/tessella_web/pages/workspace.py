"""The first page of an organisation's workspace."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import roles_of


@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Who works here; an organisation that one does not work in looks as if it did not exist."""
    organisation = Organisation.objects.filter(slug=slug).first()
    roles = roles_of(request.user, organisation) if organisation else frozenset()
    if organisation is None or not roles:
        raise Http404
    return render(
        request,
        "pages/workspace.html",
        {"organisation": organisation, "roles": sorted(str(one.label) for one in roles)},
    )
