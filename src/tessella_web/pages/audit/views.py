"""What happened here, for those who answer for an organisation; signed heads, for everybody who wants to keep one."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella_web.accounts.merging.models import Merged
from tessella_web.accounts.models import Membership, Organisation, Person
from tessella_web.common import audit
from tessella_web.common.models import AuditEntry, SignedHead
from tessella_web.pages.access import workspace
from tessella_web.pages.audit.words import KINDS, said

__all__ = ["heads", "history"]

ENTRIES_A_PAGE = 50

OPEN_TO_ALL = frozenset({"activity.handed-in", "activity.joined", "award.claimed"})
"""What people do without an account."""

HEADS_SHOWN = 100
"""Of the last days: whoever keeps copies comes more often."""


class Told(NamedTuple):
    """An entry in words."""

    entry: AuditEntry
    words: str
    who: str
    kind: str


@login_required
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """The trail of one organisation, the newest first; people are named while they work here."""
    organisation = workspace(request, slug, "audit.view")
    entries = AuditEntry.objects.filter(organisation=organisation.id).order_by("-number")
    page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    names = _names(organisation)
    return render(request, "pages/audit/history.html", {
        "organisation": organisation, "page": page,
        "told": [_told(entry, names) for entry in page],
        "head": SignedHead.objects.first(),
        "crumbs": [(organisation.name, reverse("workspace", args=[slug])), (_("What happened here"), "")],
    })  # fmt: skip


@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """The last signed heads, one in a line: they name nobody and nothing, and a copy proves later what was rewritten."""
    tokens = SignedHead.objects.values_list("token", flat=True)[:HEADS_SHOWN]
    response = HttpResponse("".join(f"{one}\n" for one in tokens), content_type="application/jose")
    response["Cache-Control"] = "public, max-age=300"
    return response


def _names(organisation: Organisation) -> dict[str, str]:
    """By pseudonym the names of those who have or had a role here."""
    ids = set(Membership.objects.filter(organisation=organisation).values_list("person", flat=True))
    former = dict(Merged.objects.filter(person__in=ids).values_list("former", "person"))
    found = audit.people_behind(ids | former.keys(), organisation.id)
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    whose = {reference: former.get(id, id) for reference, id in found.items()}
    return {reference: names[id] for reference, id in whose.items() if id in names}


def _told(entry: AuditEntry, names: dict[str, str]) -> Told:
    kind, _colon, id = entry.about.partition(":")
    who = names.get(entry.actor, _("Somebody else")) if entry.actor else _nobody(entry.verb)
    about: Any = KINDS.get(kind, kind)
    if kind == "person":
        about = names.get(id, _("Somebody who has left"))
    return Told(entry, said(entry.verb), who, str(about))


def _nobody(verb: str) -> str:
    """Who did what nobody signed in did: the person it is for, or the platform."""
    return _("The person it is for") if verb in OPEN_TO_ALL else _("The platform")
