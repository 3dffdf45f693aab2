"""Leaving: what goes and what stays, the archive first, when; then the report on what was erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.assurance import require_fresh_sign_in
from tessella_web.accounts.leaving import domain
from tessella_web.accounts.leaving.models import Departure
from tessella_web.accounts.leaving.parts import labels
from tessella_web.accounts.leaving.reporting import read_report
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of

__all__ = ["leave", "left", "report"]


def _choices() -> list[tuple[str, Any]]:
    later = ngettext_lazy(
        "In %(days)d day; until then I can change my mind",
        "In %(days)d days; until then I can change my mind",
        "days",
    )
    return [(str(one), later % {"days": one} if one else _("Now, at once")) for one in domain.COOLING_DAYS]


class LeaveForm(forms.Form):
    """When, and that it is understood."""

    days = forms.ChoiceField(
        label=gettext_lazy("When?"), choices=_choices, widget=forms.RadioSelect, initial="7"
    )
    is_understood = forms.BooleanField(
        label=gettext_lazy("I have what I want to keep, and I know that nobody can bring the rest back.")
    )


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Everything one has to know on one page, and one form."""
    person = person_of(request)
    require_fresh_sign_in()
    alone = domain.handed_over_first(person)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            departure = domain.ask(by=person, days=int(form.cleaned_data["days"]))
        except RefusedError as error:
            add_refusal(form, error)
        else:
            key = domain.key_of(departure)
            if departure.due_at <= timezone.now():
                domain.erase(person=person, departure=departure)
                logout(request)
            return redirect("left", departure.id, key)
    context = {
        "form": form,
        "alone": alone,
        "stays": domain.stays(person),
        "exported": person.exports.first(),
        "waiting": domain.departure_of(person),
        "crumbs": [(_("My account"), reverse("me")), (_("Leave"), "")],
    }
    return render(request, "pages/account/leave.html", context)


@require_http_methods(["GET", "POST"])
def left(request: HttpRequest, id: str, key: str) -> HttpResponse:
    """Before the day: stay after all. After it: what was erased."""
    departure = _departure(id, key)
    if request.method == "POST":
        domain.cancel(departure=departure)
        messages.success(request, _("You stay. Nothing was erased."))
        return redirect("home")
    if departure.done_at is None:
        return _private(render(request, "pages/account/leaving.html", {"departure": departure}))
    told = read_report(departure.report)
    words = labels()
    checks = told["checks"]
    context = {
        "departure": departure,
        "key": key,
        "left_at": parse_datetime(told["left_at"]),
        "erased": [(words.get(kind, kind), count) for kind, count in told["erased"].items() if count],
        "rows": sum(told["rows"].values()),
        "exported": [{**one, "at": parse_datetime(one["at"])} for one in told["exported"]],
        "checks": checks,
        "left_elsewhere": sum(checks["left_elsewhere"].values()),
        "kept_by_issuers": sum(checks["kept_by_issuers"].values()),
        "days": domain.REPORT_DAYS,
    }
    return _private(render(request, "pages/account/left.html", context))


@require_safe
def report(request: HttpRequest, id: str, key: str, suffix: str) -> HttpResponse:
    """The report to keep: as data, or with its signature."""
    departure = _departure(id, key)
    if departure.done_at is None:
        raise Http404
    response: HttpResponse
    if suffix == "json":
        response = JsonResponse(dict(read_report(departure.report)), json_dumps_params={"indent": 1})
    else:
        response = HttpResponse(departure.report, content_type="application/jwt")
    response["Content-Disposition"] = f'attachment; filename="erasure-report.{suffix}"'
    return _private(response)


def _departure(id: str, key: str) -> Departure:
    found = Departure.objects.filter(pk=id).first()
    if found is None or not domain.is_key(found, key):
        raise Http404
    return found


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
