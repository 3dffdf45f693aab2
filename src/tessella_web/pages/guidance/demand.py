"""What work is in demand: figures with their source and date, for everybody; what planned offers would meet, for providers; bringing tables in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella.errors import InputError
from tessella.guidance.demand import COLUMNS
from tessella.vocabulary import code_list
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.esco import queries as esco
from tessella_web.catalogue.esco.models import Kind
from tessella_web.guidance.demand import domain, queries
from tessella_web.pages.access import person_of, workspace
from tessella_web.registers.queries import is_reviewer

__all__ = ["bring", "country_of", "overview", "ranking", "told"]

MOST_MB = 25
"""A larger table is brought in by the command."""

TABLES_SHOWN = 20


class TableForm(forms.Form):
    """A table of vacancies."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"), help_text=gettext_lazy("Its first row names the columns.")
    )

    def clean_file(self) -> Any:
        """Too large a file is told before it is read."""
        found = self.cleaned_data["file"]
        if found.size > MOST_MB * 1_000_000:
            raise forms.ValidationError(_("The file is larger than %(most)s MB. Use the command load_demand.") % {"most": MOST_MB})  # fmt: skip
        return found


def told(uris: Sequence[str], *, region: str = "") -> list[dict[str, Any]]:
    """Figures for these concepts, with what they are called; nothing without its source and date."""
    found = queries.demand_for(uris, region=region, on=timezone.now().date())
    names = esco.named({one.concept for one in found}, languages=_languages()) if found else {}
    return [
        {"one": one, "name": names[one.concept].label if one.concept in names else one.concept}
        for one in found
    ]


def country_of(organisation: Organisation) -> str:
    """The two letters of an organisation's country, as regions begin with; Greece is EL there."""
    found = code_list("country").get(organisation.country)
    code = found.code if found else ""
    return {"GR": "EL"}.get(code, code)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Figures for a skill or an occupation, and whose figures there are."""
    text, region = request.GET.get("q", "")[:100], request.GET.get("region", "")[:5].upper()
    uri = request.GET.get("concept", "")[:300]
    hits = []
    if text and not uri:
        for kind in (Kind.SKILL, Kind.OCCUPATION):
            hits += esco.search(text, languages=_languages(), kind=kind, limit=8)
    return render(request, "pages/guidance/demand.html", {
        "text": text, "region": region, "uri": uri, "hits": hits,
        "name": next((one.label for one in esco.named([uri], languages=_languages()).values()), uri) if uri else "",
        "rows": told([uri], region=region) if uri else [],
        "sources": queries.sources(),
        "may_bring": is_reviewer(request.user),
    })  # fmt: skip


@login_required
@require_safe
def ranking(request: HttpRequest, slug: str) -> HttpResponse:
    """Planned offers by the demand that open ones leave unmet."""
    organisation = workspace(request, slug, "offer.edit")
    region = request.GET.get("region", country_of(organisation))[:5].upper()
    found = queries.planned_by_demand(organisation, region=region, on=timezone.now().date())
    uris = {one.demand.concept for row in found for one in (row.leading, *row.others) if one}
    names = esco.named(uris | {uri for row in found for uri in row.without_figures}, languages=_languages())
    labels = {uri: one.label for uri, one in names.items()}
    return render(request, "pages/guidance/ranking.html", {
        "organisation": organisation,
        "region": region,
        "rows": [
            {
                "offer": row.offer,
                "skills": [
                    {"unmet": one, "one": one.demand, "name": labels.get(one.demand.concept, one.demand.concept)}
                    for one in (row.leading, *row.others)
                    if one
                ],
                "uncounted": [labels.get(uri, uri) for uri in row.without_figures],
            }
            for row in found
        ],
        "crumbs": [(organisation.name, reverse("workspace", args=[slug])), (_("Planned offers by demand"), "")],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a table in; for reviewers of the installation, for others nothing is there."""
    if not is_reviewer(request.user):
        raise Http404
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = domain.load_as(by=person_of(request), name=file.name, data=file.read())
        except InputError as error:
            form.add_error("file", f"{error.message} {error.hint}")
        else:
            messages.success(
                request,
                _("%(written)s figures written, %(left)s rows left out.") % {"written": made.written, "left": made.left_out},
            )  # fmt: skip
            return redirect("demand-import")
    return render(request, "pages/guidance/bring.html", {
        "form": form,
        "columns": COLUMNS,
        "tables": queries.tables()[:TABLES_SHOWN],
        "crumbs": [(_("Demand for work"), reverse("demand")), (_("Bring a table in"), "")],
    })  # fmt: skip


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")
