"""Plan a batch for later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.common.clocks import time_zones
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import scheduling
from tessella_web.credentials.models import AwardingRules, Batch
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs


class ScheduleForm(forms.Form):
    """When, on the clocks of which place."""

    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("On the clocks of"),
        help_text=gettext_lazy("The awards are made at this time there, summer time or not."),
    )

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        zones.choices = time_zones()  # type: ignore[attr-defined]
        zones.initial = time_zone


@login_required
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Ask for day, time and time zone."""
    organisation = workspace(request, slug, "batch.prepare")
    batch = get_object_or_404(
        Batch.objects.select_related("organisation", "version"), pk=id, organisation=organisation
    )
    form = ScheduleForm(request.POST or None, time_zone=AwardingRules.of(organisation).time_zone)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            scheduling.schedule(
                by=person_of(request),
                batch=batch,
                at=dt.datetime.combine(said["day"], said["time"]),
                time_zone=said["time_zone"],
            )
        except RefusedError as error:
            if error.field == "at":
                error.field = "time"
            add_refusal(form, error)
        else:
            return redirect("batch", slug, id)
    context = {
        "title": _("Award at a later time"),
        "text": _("The batch starts by itself. Until then you can take the time back."),
        "form": form,
        "action": _("Plan it"),
        "cancel_url": reverse("batch", args=[slug, id]),
        "crumbs": crumbs(
            organisation, (batch.version.title, reverse("batch", args=[slug, id])), (_("Later"), "")
        ),
    }
    return render(request, "pages/award/form.html", context)
