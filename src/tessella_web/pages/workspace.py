"""The first page of an organisation's workspace."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tessella_web.accounts.models import Membership, Organisation
from tessella_web.accounts.permissions import CAPABILITIES, roles_of
from tessella_web.accounts.terms import has_accepted
from tessella_web.recognition.stacking.queries import overdue


class Place(NamedTuple):
    """Something to do in a workspace, for those with the capability."""

    route: str
    capability: str
    title: Any
    text: Any


PLACES = (
    Place("descriptions", "description.view", _("Descriptions"),
          _("Say what people learn, see what is missing, publish it.")),
    Place("reviews", "quality.comment", _("Quality reviews"),
          _("Read what others wrote, go through the checklist, decide.")),
    Place("activities", "activity.run", _("Events and tasks"),
          _("Let people scan a code or hand something in, and give them a record of it.")),
    Place("offers", "organisation.view", _("Offers"),
          _("Say when and where, see who takes part, record what they achieved.")),
    Place("entry-rules", "organisation.view", _("Entry requirements"),
          _("Say as data what one must have before one can begin.")),
    Place("demand-ranking", "offer.edit", _("Planned offers by demand"),
          _("Which of what you plan is wanted most, by counted vacancies.")),
    Place("option-lists", "advise", _("Options for clients"),
          _("Put together up to three options for a client, with reasons, and share them.")),
    Place("own-pathways", "organisation.view", _("Rules for larger awards"),
          _("Say what learners must bring so that you award something larger.")),
    Place("awarding", "organisation.view", _("Awards"),
          _("Award to one person or to a class list, correct or revoke.")),
    Place("sealing", "key.manage", _("How you seal"),
          _("What you can issue, who will accept it, and who seals for you.")),
    Place("keys", "key.manage", _("Keys and seals"),
          _("What your awards are sealed with, and who will trust it.")),
    Place("certificates", "organisation.manage", _("Certificates"),
          _("Your logo and colours, who signs, and in which languages.")),
    Place("alliances", "organisation.view", _("Alliances"),
          _("Award together with others; what waits for your seal.")),
    Place("received", "shared.read", _("Handed in"),
          _("What learners handed in to you, and what you promise them.")),
    Place("stacking", "stack.decide", _("Decisions on stacks"),
          _("Learners ask whether what they have makes up a larger award; you decide.")),
    Place("people", "organisation.view", _("People and roles"),
          _("Who works here and as what; invite others, hand on a role.")),
    Place("recovery-requests", "recovery.view", _("Lost accounts"),
          _("Learners who lost their address ask you to confirm who they are.")),
    Place("statistics", "statistics.view", _("Statistics"),
          _("What was awarded, claimed, viewed and verified.")),
    Place("organisation-settings", "organisation.manage", _("Settings"),
          _("Name, country and languages, approval, terms.")),
    Place("programs", "token.make", _("For programs"),
          _("Tokens for your own programs, and where events are sent.")),
    Place("identity", "organisation.view", _("Who we are"),
          _("Whom this organisation acts for, and how that was shown.")),
    Place("history", "audit.view", _("What happened here"),
          _("Every change of consequence, by whom and when.")),
    Place("policies", "organisation.manage", _("What everybody reads about us"),
          _("Who you are, who owns a credential, what it costs, where to complain.")),
    Place("keeping", "organisation.view", _("Registers"),
          _("List others, and keep what was decided about their quality.")),
)  # fmt: skip


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Where to go from here; an organisation that one does not work in looks as if it did not exist."""
    organisation = Organisation.objects.filter(slug=slug).first()
    roles = roles_of(request.user, organisation) if organisation else frozenset()
    if organisation is None or not roles:
        raise Http404
    people: dict[str, list[str]] = {}
    for one in (
        Membership.objects.filter(Membership.standing(), organisation=organisation)
        .select_related("person")
        .order_by("made_at", "pk")
    ):
        people.setdefault(one.person.name, []).append(str(one.get_role_display()))
    return render(request, "pages/workspace.html", {
        "organisation": organisation,
        "accepted": has_accepted(organisation),
        "roles": sorted(str(one.label) for one in roles),
        "overdue": overdue(organisation) if roles & CAPABILITIES["stack.decide"] else 0,
        "places": [
            (place, reverse(place.route, args=[slug])) for place in PLACES if roles & CAPABILITIES[place.capability]
        ],
        "people": [(name, ", ".join(held)) for name, held in people.items()],
    })  # fmt: skip
