"""Members of an alliance, and the alliances an organisation belongs to, with what waits for its seal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.accounts.models import Organisation, OrganisationKind
from tessella_web.accounts.permissions import may
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries as credentials
from tessella_web.credentials.alliances import domain, queries
from tessella_web.credentials.alliances.models import Membership, MembershipState
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs


class InviteForm(forms.Form):
    """An organisation to be a member."""

    member = forms.CharField(
        label=gettext_lazy("Organisation to invite"), max_length=200,
        help_text=gettext_lazy("Its name as it is written here, or the short name in its address."),
    )  # fmt: skip

    def clean_member(self) -> Organisation:
        """By short name or by name."""
        text = self.cleaned_data["member"].strip()
        found = Organisation.objects.filter(slug=text.lower()).first()
        named = found or Organisation.objects.filter(name__iexact=text).first()
        if named is None:
            raise forms.ValidationError(_("There is no organisation of this name here."))
        return named


_VERBS = {"accept": domain.accept, "leave": domain.leave}


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about alliances in one place."""
    organisation = workspace(request, slug, "organisation.view")
    form = InviteForm(request.POST if request.POST.get("do") == "invite" else None)
    if request.method == "POST":
        answer = _done(request, organisation, form)
        if answer is not None:
            return answer
    members = list(queries.members_of(organisation))
    is_alliance = organisation.kind == OrganisationKind.ALLIANCE or bool(members)
    may_prepare = may(request.user, organisation, "batch.prepare")
    may_see = may(request.user, organisation, "batch.view")
    context: dict[str, Any] = {
        "organisation": organisation,
        "is_alliance": is_alliance,
        "members": [one for one in members if one.state != MembershipState.LEFT],
        "memberships": queries.memberships_of(organisation),
        "waiting": queries.waiting_parts(organisation) if may_see else (),
        "versions": credentials.awardable(organisation) if is_alliance and may_prepare else (),
        "joint": queries.joint_batches(organisation) if is_alliance and may_see else (),
        "form": form if may(request.user, organisation, "organisation.manage") else None,
        "crumbs": [*crumbs(organisation)[:1], (_("Alliances"), "")],
    }
    return render(request, "pages/alliance/overview.html", context)


def _done(request: HttpRequest, organisation: Organisation, form: InviteForm) -> HttpResponse | None:
    """Carry out what was asked; None when the form has to be looked at again."""
    person = person_of(request)
    try:
        if request.POST.get("do") == "invite":
            if not form.is_valid():
                return None
            domain.invite(by=person, alliance=organisation, member=form.cleaned_data["member"])
            messages.success(request, _("Invited. An owner there accepts."))
        else:
            verb = _VERBS.get(request.POST.get("do", ""))
            if verb is None:
                raise Http404
            own = Membership.objects.filter(alliance=organisation) | Membership.objects.filter(
                member=organisation
            )
            found = get_object_or_404(
                own.select_related("alliance", "member"), pk=request.POST.get("membership", "")
            )
            verb(by=person, membership=found)
            messages.success(request, _("Saved."))
    except RefusedError as error:
        if request.POST.get("do") == "invite":
            add_refusal(form, error)
            return None
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("alliances", organisation.slug)
