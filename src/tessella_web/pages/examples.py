"""Every component of the interface on one page, for those who build pages and those who review them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.model import RecordType
from tessella.rendering import TileFacts
from tessella_web.ui.forms import ChoiceCards, MultipleChoiceCards


class ExampleForm(forms.Form):
    """One field of each kind; shown filled in wrongly, so that errors are seen."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("As learners will read it. No abbreviations."),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours of work"), required=False, min_value=1,
        help_text=gettext_lazy("All of it: lessons, own study, the assessment."),
    )  # fmt: skip
    place = forms.ChoiceField(
        label=gettext_lazy("Where people learn"),
        choices=[("on-site", gettext_lazy("In a room")), ("online", gettext_lazy("Online")), ("blended", gettext_lazy("Both"))],
        widget=ChoiceCards(
            explanations={
                "on-site": gettext_lazy("Everybody comes to one place."),
                "online": gettext_lazy("People take part from wherever they are."),
                "blended": gettext_lazy("Some parts in a room, others online."),
            }
        ),
    )  # fmt: skip
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What it is for"), required=False,
        choices=[("work", gettext_lazy("Work")), ("civic", gettext_lazy("Civic life"))],
        widget=MultipleChoiceCards(explanations={"civic": gettext_lazy("Taking part in the community.")}),
    )  # fmt: skip
    text = forms.CharField(label=gettext_lazy("Description"), required=False, widget=forms.Textarea)
    file = forms.FileField(
        label=gettext_lazy("Class list"), help_text=gettext_lazy("An .xlsx or .csv file of up to 10 MB.")
    )
    sure = forms.BooleanField(label=gettext_lazy("I have checked the names"))


def _tiles() -> list[TileFacts]:
    kinds = [
        RecordType.MICRO_CREDENTIAL,
        *(kind for kind in RecordType if kind is not RecordType.MICRO_CREDENTIAL),
    ]
    return [
        TileFacts(record_type=kind, title=_("Example"), field=f"{place + 1:02}", level=4 + place % 4, hours=Decimal(30 * (place + 1)))
        for place, kind in enumerate(kinds)
    ]  # fmt: skip


def _context(request: HttpRequest) -> dict[str, Any]:
    return {
        "tiles": _tiles(),
        "verdicts": ["passed", "failed", "indeterminate", "not_applicable"],
        "facts": [
            (_("Awarded"), "21 November 2026"),
            (_("Workload"), _("84 hours, 3 ECTS credits")),
            (_("Level"), _("6 of 8: the level of a bachelor's degree")),
        ],
        "crumbs": [(_("University of Twickel"), "/"), (_("Micro-credentials"), "/"), (_("Data ethics in practice"), "")],
        "steps": [
            {"state": "done", "label": _("What people learn"), "url": "#steps"},
            {"state": "wrong", "label": _("How much work it is"), "url": "#steps", "note": _("The hours are missing.")},
            {"state": "current", "label": _("How it is assessed")},
            {"state": "todo", "label": _("Who assures its quality")},
        ],
        "columns": [{"label": _("Learner")}, {"label": _("Result")}, {"label": _("Points"), "number": True}],
        "rows": [
            [_("Ana Example"), _("Passed"), "82"],
            [_("Björn Beispiel"), _("Not passed: one outcome was not shown"), "41"],
            [_("Chiara Esempio"), _("Passed with distinction"), "97"],
        ],
        "tabs": [
            {"label": _("Description"), "url": "?tab=1#tabs", "current": True},
            {"label": _("Quality"), "url": "?tab=2#tabs"},
            {"label": _("Versions"), "url": "?tab=3#tabs"},
        ],
        "page": Paginator(range(95), 10).get_page(request.GET.get("page", 2)),
        "form": ExampleForm({"title": ""}),
    }  # fmt: skip


def components(request: HttpRequest) -> HttpResponse:
    """Shown while developing; an installation for real has no such page."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "pages/examples.html", _context(request))


def confirmation(request: HttpRequest) -> HttpResponse:
    """How something of consequence is asked once more."""
    if not settings.DEBUG:
        raise Http404
    context = {
        "title": _("Revoke this award?"),
        "text": _("Ana Example will be told by mail."),
        "consequences": [
            _("Whoever checks the certificate from now on sees that it is revoked, and the reason."),
            _("It cannot be made valid again; you can award a new one."),
        ],
        "action": _("Revoke the award"),
        "danger": True,
        "cancel_url": "/ui/",
    }
    return render(request, "ui/confirm.html", context)
