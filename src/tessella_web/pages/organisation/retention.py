"""How long an organisation keeps what it knows of those it awarded: published for everybody, said by its owners."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.retention import domain
from tessella_web.credentials.retention.models import RetentionPolicy
from tessella_web.pages.access import add_refusal, person_of, workspace

__all__ = ["change", "show"]


class PolicyForm(forms.Form):
    """The rule."""

    award_years = forms.IntegerField(
        label=gettext_lazy("Years that the file of an award is kept"), min_value=1, max_value=domain.LONGEST_YEARS,
        help_text=gettext_lazy("Name, result and sealed copies. Afterwards the award still verifies, and nobody here knows whose it was."),
    )  # fmt: skip
    evidence_months = forms.IntegerField(
        label=gettext_lazy("Months that evidence and assessments without an award are kept"), min_value=1,
        max_value=domain.LONGEST_MONTHS, help_text=gettext_lazy("Counted from the decision."),
    )  # fmt: skip
    why = forms.CharField(
        label=gettext_lazy("By what rule"), max_length=300, required=False,
        help_text=gettext_lazy("Such as the law or the regulations that ask for it."),
    )  # fmt: skip


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """For everybody: no account is needed to read what happens with one's data."""
    organisation = get_object_or_404(Organisation, slug=slug)
    policy = RetentionPolicy.of(organisation.id)
    context = {"organisation": organisation, "policy": policy, "is_default": policy._state.adding}
    return render(request, "pages/organisation/retention.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Say it anew."""
    organisation = workspace(request, slug, "organisation.manage")
    form = PolicyForm(request.POST or None, initial=model_to_dict(RetentionPolicy.of(organisation.id)))
    if request.method == "POST" and form.is_valid():
        try:
            domain.set_policy(by=person_of(request), organisation=organisation, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Published."))
            return redirect("retention", slug)
    title = _("How long you keep things")
    return render(request, "pages/organisation/form.html", {
        "form": form, "title": title, "action": _("Publish"), "cancel_url": reverse("organisation-settings", args=[slug]),
        "crumbs": [(organisation.name, reverse("workspace", args=[slug])), (title, "")],
    })  # fmt: skip
