"""Registers and bodies, for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tessella_web.accounts.models import Person
from tessella_web.pages.registers.words import (
    evidence_rows,
    field_choices,
    level_choices,
    scope_words,
    state_words,
)
from tessella_web.registers import queries
from tessella_web.registers.domain.bodies import may_describe
from tessella_web.registers.models import EntryStatus, LearningKind, Register, Snapshot
from tessella_web.registers.quality import Scope, quality_assured

__all__ = ["body", "entry", "listing", "register", "snapshot"]

PAGE = 25
"""Entries on a page: as many as one looks through."""


class SearchForm(forms.Form):
    """Looking for an entry."""

    q = forms.CharField(
        label=_("Name, identifier or number"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )  # fmt: skip
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("Any")), *EntryStatus.choices]  # type: ignore[attr-defined]


class AsOfForm(forms.Form):
    """Which day, and what is asked about."""

    on = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}))
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        help_text=_("Of the European Qualifications Framework, where you need it for one level."),
    )
    field = forms.ChoiceField(label=_("Field of study"), required=False)
    kind = forms.ChoiceField(label=_("Kind of learning"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = [("", _("Everything the body offers"))]
        for name, choices in (
            ("level", level_choices()),
            ("field", field_choices()),
            ("kind", LearningKind.choices),
        ):
            self.fields[name].choices = [*anything, *choices]  # type: ignore[attr-defined]

    def scope(self) -> Scope:
        """What is asked about."""
        found = self.cleaned_data
        return Scope(
            level=int(found["level"]) if found.get("level") else None,
            field=found.get("field", ""),
            kind=found.get("kind", ""),
        )


def register_or_404(slug: str) -> Register:
    """A register that everybody may read."""
    found = queries.public_registers().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All registers kept here."""
    return render(request, "pages/registers/listing.html", {"registers": queries.public_registers()})


@require_GET
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is, who keeps it, whom it lists, and its snapshots."""
    found = register_or_404(slug)
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "status": ""}
    entries = queries.entries(found, search=asked["q"], status=asked["status"])
    return render(request, "pages/registers/register.html", {
        "register": found,
        "form": form,
        "asked": asked["q"] or asked["status"],
        "page": Paginator(entries, PAGE).get_page(request.GET.get("page")),
        "snapshots": queries.snapshots_of(found)[:10],
    })  # fmt: skip


@require_GET
def entry(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One entry with its history and the reports of this register."""
    register = register_or_404(slug)
    found = queries.entry(register, id)
    if found is None:
        raise Http404
    return render(request, "pages/registers/entry.html", {
        "register": register,
        "entry": found,
        "scope": scope_words(found.levels, found.fields, found.kinds, found.programmes),
        "changes": found.changes.all(),
        "reports": [
            (one, scope_words(one.levels, one.fields, one.kinds, one.programmes))
            for one in queries.reports_about(found.body, register)
        ],
    })  # fmt: skip


@require_GET
def snapshot(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The bytes that were hashed, for good."""
    found = Snapshot.objects.filter(register=register_or_404(slug), number=number).first()
    if found is None:
        raise Http404
    response = HttpResponse(found.content.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{number}.json"'
    response["ETag"] = f'"{found.sha256}"'
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_GET
def body(request: HttpRequest, id: str) -> HttpResponse:
    """Who it is, what it was called when, and whether its quality was assured on a day."""
    found = queries.visible_body(id, request.user)
    if found is None:
        raise Http404
    today = timezone.localdate()
    form = AsOfForm({**request.GET.dict(), "on": request.GET.get("on") or today.isoformat()})
    on: dt.date = form.cleaned_data["on"] if form.is_valid() else today
    scope = form.scope() if form.is_valid() else Scope()
    answer = quality_assured(found, scope, on)
    return render(request, "pages/registers/body.html", {
        "body": found,
        "form": form,
        "may_describe": isinstance(request.user, Person) and may_describe(request.user, found),
        "on": on,
        "is_today": on == today,
        "answer": answer,
        "state": state_words(answer),
        "rows": evidence_rows(answer),
        "names": [(one, one.holds_on(on)) for one in found.names.all()],
        "identifiers": found.identifiers.all(),
        "relations": found.relations.select_related("other"),
        "relations_to": found.relations_to.select_related("body"),
        "entries": found.entries.filter(register__is_public=True).select_related("register__organisation"),
        "claims": queries.established_claims(found),
    })  # fmt: skip
