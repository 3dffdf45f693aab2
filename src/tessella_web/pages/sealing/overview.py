"""What can be issued and why, who accepts it, and who seals: said plainly before anything is issued."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import sealers
from tessella_web.credentials.mandates import domain, queries
from tessella_web.credentials.mandates.acceptance import ACCEPTANCE, MEANS
from tessella_web.credentials.mandates.models import MandateState, Way
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs
from tessella_web.ui.forms import ChoiceCards

NO_REMEDY = ("openbadge2", "openbadge2-signed")
"""Formats that are not made here, whatever keys there are."""


class WayForm(forms.Form):
    """Who seals."""

    way = forms.ChoiceField(
        label=gettext_lazy("Who seals what you award"),
        choices=Way.choices,
        widget=ChoiceCards(
            explanations={
                Way.OWN: gettext_lazy("With your own certificate or key. You answer for it alone."),
                Way.MANDATE: gettext_lazy("A body with an electronic seal seals European Digital Credentials and certificates for you, under a mandate that you gave. Badges stay under your own key."),
                Way.BADGES: gettext_lazy("No certificate is needed. Europass and student systems do not take them."),
            }
        ),
    )  # fmt: skip
    mandate = forms.ChoiceField(
        label=gettext_lazy("Under which mandate"), required=False,
        help_text=gettext_lazy("Only if another body seals for you."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        self.found = {one.id: one for one in queries.given(organisation) if one.holds_on(today)}
        field = self.fields["mandate"]
        field.choices = [("", "–"), *((one.id, one.mandated.name) for one in self.found.values())]  # type: ignore[attr-defined]
        if not self.found:
            del self.fields["mandate"]


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The choice, and what it means."""
    organisation = workspace(request, slug, "key.manage")
    choice = queries.choice_of(organisation)
    form = WayForm(
        request.POST or None,
        organisation=organisation,
        initial={"way": choice.way, "mandate": choice.mandate_id or ""},
    )
    if request.method == "POST" and form.is_valid():
        mandate = form.found.get(form.cleaned_data.get("mandate", ""))
        try:
            domain.choose(
                by=person_of(request), organisation=organisation, way=Way(form.cleaned_data["way"]), mandate=mandate
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. It holds for what is sealed from now on."))
            return redirect("sealing", slug)
    today = timezone.now().date()
    context = {
        "organisation": organisation,
        "form": form,
        "sealing": queries.sealing_of(organisation, today),
        "formats": [_row(organisation, one) for one in sealers.general_choices(organisation)],
        "means": MEANS,
        "acceptance": ACCEPTANCE,
        "given": queries.given(organisation),
        "held": queries.held(organisation),
        "waiting": queries.held(organisation).filter(state=MandateState.ASKED).count(),
        "may_mandate": may(request.user, organisation, "organisation.manage"),
        "crumbs": [*crumbs(organisation)[:1], (_("How you seal"), "")],
    }
    return render(request, "pages/sealing/overview.html", context)


def _row(organisation: Organisation, choice: sealers.FormatChoice) -> dict[str, Any]:
    """A format with what stands against it: for Europass also what the library does not ask, the legal identifier."""
    notes = []
    if choice.name == "edc" and not organisation.legal_id:
        notes.append(
            _("Europass names the issuer by its legal identifier, which stands in the seal’s certificate. It is not established for you yet: have your identity established, and get a certificate with the identifier in it.")
        )  # fmt: skip
    remedy = ("", "")
    if notes:
        remedy = (reverse("identity", args=[organisation.slug]), _("Who we are"))
    elif choice.reason and choice.name not in NO_REMEDY:
        remedy = (reverse("keys", args=[organisation.slug]), _("Keys and seals"))
    return {
        "choice": choice,
        "state": "failed" if choice.reason else "passed",
        "word": _("Not yet") if remedy[0] and choice.reason else _("No") if choice.reason else _("Yes"),
        "notes": notes,
        "remedy": remedy[0],
        "remedy_text": remedy[1],
    }
