"""For staff: who asks to get back into an account, and whether it is really them; and the domains of addresses that end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.accounts.recovery import domain, domains
from tessella_web.accounts.recovery.models import How, Recovery, Stage
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import Award, AwardState
from tessella_web.pages.access import add_refusal, person_of, workspace

__all__ = ["mail_domains", "request_page", "requests"]

SHOWN = 50


class CheckForm(forms.Form):
    """How it was made sure."""

    how = forms.ChoiceField(
        label=gettext_lazy("How did you make sure?"), choices=How.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("What you looked at"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence: who met whom, when. No numbers and no copies of documents. Kept for whoever asks later."),
    )  # fmt: skip


class DomainsForm(forms.Form):
    """One domain in a line."""

    domains = forms.CharField(
        label=gettext_lazy("Domains, one in a line"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("What stands behind the @, such as student.example.org. Each stands for all below it."),
    )  # fmt: skip


@login_required
@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that was asked, what is open first."""
    organisation = workspace(request, slug, "recovery.view")
    found = list(Recovery.objects.filter(organisation=organisation).select_related("decided_by")[:SHOWN])
    return render(request, "pages/recovery/requests.html", {
        "organisation": organisation,
        "open": [one for one in found if one.stage == Stage.ASKED],
        "others": [one for one in found if one.stage != Stage.ASKED],
        "crumbs": _crumbs(organisation),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def request_page(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One request: read by those who award, decided by whoever may confirm who somebody is."""
    organisation = workspace(request, slug, "recovery.check" if request.method == "POST" else "recovery.view")
    found = (
        Recovery.objects.filter(organisation=organisation, pk=id)
        .select_related("person", "decided_by")
        .first()
    )
    if found is None:
        raise Http404
    action = request.POST.get("action", "")
    form = CheckForm(request.POST if action == "confirm" else None)
    if request.method == "POST" and (action == "decline" or form.is_valid()):
        try:
            if action == "decline":
                domain.decline(by=person_of(request), recovery=found, note=request.POST.get("note", ""))
                messages.success(request, _("Declined. The person is told."))
            else:
                values = form.cleaned_data
                domain.confirm(
                    by=person_of(request), recovery=found, how=How(values["how"]), note=values["note"]
                )
                messages.success(
                    request, _("Noted. Everybody known to the account is told, and can refuse meanwhile.")
                )
        except RefusedError as error:
            add_refusal(form, error) if form.is_bound else messages.error(
                request, f"{error.message} {error.hint}"
            )
        else:
            return redirect("recovery-requests", slug)
    held = Award.objects.filter(organisation=organisation, holder=found.person, is_test=False)
    return render(request, "pages/recovery/request.html", {
        "organisation": organisation, "recovery": found, "form": form,
        "awards": held.exclude(state=AwardState.PLANNED).select_related("version")[:SHOWN],
        "may_decide": found.stage == Stage.ASKED and may(request.user, organisation, "recovery.check"),
        "crumbs": _crumbs(organisation, found.name),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def mail_domains(request: HttpRequest, slug: str) -> HttpResponse:
    """In which domains people get addresses here that they lose when they leave."""
    organisation = workspace(request, slug, "organisation.manage")
    listed = "\n".join(organisation.mail_domains.values_list("domain", flat=True))
    form = DomainsForm(request.POST or None, initial={"domains": listed})
    if request.method == "POST" and form.is_valid():
        try:
            domains.set_mail_domains(
                by=person_of(request), organisation=organisation, domains=form.cleaned_data["domains"].split()
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("That is changed."))
            return redirect("organisation-settings", slug)
    crumbs = [
        (organisation.name, reverse("workspace", args=[slug])),
        (_("Settings"), reverse("organisation-settings", args=[slug])), (_("Addresses that end"), ""),
    ]  # fmt: skip
    return render(
        request,
        "pages/recovery/mail-domains.html",
        {"form": form, "organisation": organisation, "crumbs": crumbs},
    )


def _crumbs(organisation: Organisation, last: str = "") -> list[tuple[Any, str]]:
    listing = reverse("recovery-requests", args=[organisation.slug]) if last else ""
    way = [(organisation.name, reverse("workspace", args=[organisation.slug])), (_("Lost accounts"), listing)]
    return [*way, (last, "")] if last else way
