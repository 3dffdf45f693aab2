"""What a person holds: the list and the mosaic, one entry in plain words, bringing in, declaring, taking out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
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

from tessella_web.accounts.recovery.ways import standing_of
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.arriving.queries import original_of
from tessella_web.credentials.domain.claiming import waiting_for
from tessella_web.credentials.models import Copy
from tessella_web.credentials.noticing.queries import notices_of
from tessella_web.credentials.queries import format_facts
from tessella_web.credentials.verifying.answers import Credential, answer
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.counting import part_of, towards
from tessella_web.credentials.wallet.domain.presenting import key_for
from tessella_web.credentials.wallet.entries import Entry, entries_of, forms_of
from tessella_web.credentials.wallet.lists import FACETS, narrowed
from tessella_web.credentials.wallet.models import Learning, Source
from tessella_web.credentials.wallet.queries import first_looks
from tessella_web.credentials.wallet.skills import skills_in
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.verify.views import shown
from tessella_web.pages.wallet.common import entry_or_404, languages
from tessella_web.pages.wallet.notices import told
from tessella_web.pages.wallet.words import level_meaning, workload_meaning

SOON_DAYS = 90
"""An entry that ends within a quarter of a year is said to end soon."""


MOST_RULES = 6
"""Shown with one entry; all of them have a page."""

_FIRST = ("counts", "asked", "kept-out", "spare")
"""What an entry does in an answer, the most telling first."""


class DeclareForm(forms.Form):
    """Something nobody has certified."""

    title = forms.CharField(label=gettext_lazy("What you did or learned"), max_length=200)
    learning = forms.ChoiceField(
        label=gettext_lazy("Where"),
        choices=Learning.choices,
        initial=Learning.INFORMAL,
        widget=forms.RadioSelect,
    )
    issuer = forms.CharField(
        label=gettext_lazy("With whom"), max_length=200, required=False,
        help_text=gettext_lazy("A group, a company, a place."),
    )  # fmt: skip
    day = forms.DateField(
        label=gettext_lazy("When it ended"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    hours = forms.IntegerField(
        label=gettext_lazy("About how many hours"), required=False, min_value=1, max_value=100_000
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=gettext_lazy("What you can do now that you could not do before."),
    )  # fmt: skip


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Everything, as a mosaic and as a list by year."""
    person = person_of(request)
    found = entries_of(person, languages())
    wanted = {name: request.GET.getlist(name) for name in FACETS}
    shown, facets = narrowed(found, wanted, get_language() or "en")
    by_year = groupby(shown, key=lambda one: one.day.year if one.day else None)
    return render(request, "pages/wallet/overview.html", {
        "entries": found,
        "shown": shown,
        "facets": facets,
        "is_narrowed": any(wanted.values()),
        "years": [(year, list(several)) for year, several in by_year],
        "news": [told(one) for one in notices_of(person_of(request)) if one.read_at is None],
        "soon": [one for one in found if _ends_soon(one)],
        "kinds": dict(Learning.choices),
        "waiting": waiting_for(person),
        "standing": standing_of(person),
        "looked": list(first_looks(person)),
    })  # fmt: skip


def _ends_soon(entry: Entry) -> bool:
    return entry.until is not None and 0 <= (entry.until - timezone.localdate()).days <= SOON_DAYS


@login_required
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Write down what nobody has certified."""
    form = DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            item = domain.declare(by=person_of(request), values=form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("It is in your wallet, marked as said by yourself."))
            return redirect("wallet-entry", f"i-{item.id}")
    crumbs = _crumbs((_("Write something down"), ""))
    return render(request, "pages/wallet/declare.html", {"form": form, "crumbs": crumbs})


@login_required
@require_safe
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """What one thing means, how it stands now, and its files."""
    found = entry_or_404(request, key)
    data, name, _format = domain.read_file(found)
    result = answer(data, name=name, languages=languages()) if data else None
    copies = Copy.objects.filter(award=found.award).exclude(file="") if found.award else ()
    answers = towards(entries_of(person_of(request), languages()), on=timezone.localdate())
    parts = [(one, part) for one in answers if one.is_near and (part := part_of(found, one)).does]
    parts.sort(key=lambda pair: _FIRST.index(pair[1].does))
    return render(request, "pages/wallet/entry.html", {
        "entry": found,
        "learning": dict(Learning.choices).get(found.learning, ""),
        "meanings": [one for one in (level_meaning(found.tile), workload_meaning(found.tile)) if one],
        "skills": skills_in(found, languages()),
        "towards": parts[:MOST_RULES],
        "more_towards": max(0, len(parts) - MOST_RULES),
        "credentials": [shown(one) for one in _of_entry(found, result.credentials)] if result else [],
        "copies": [(one, format_facts(one)) for one in copies],
        "forms": forms_of(found),
        "has_key": found.item is not None and key_for(found.item) is not None,
        "original": original_of(found.item) if found.item else None,
        "crumbs": _crumbs((found.title, "")),
    })  # fmt: skip


def _of_entry(entry: Entry, found: Sequence[Credential]) -> Sequence[Credential]:
    """Of a file with several credentials that cannot be taken apart only the one that the entry is."""
    where = entry.item.where if entry.item else ""
    return [one for one in found if one.where == where] or found if where else found


@login_required
@require_safe
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The file, byte for byte, never shown inside a page."""
    found = entry_or_404(request, key)
    data, name, _format = domain.read_file(found, request.GET.get("format", ""))
    if not data:
        raise Http404
    return download(data, name)


def download(data: bytes, name: str) -> HttpResponse:
    """Bytes to keep: whatever they are, no browser opens them as a page of ours."""
    response = HttpResponse(data, content_type="application/octet-stream")
    plain = (
        "".join(one if one.isascii() and (one.isalnum() or one in ".-_") else "-" for one in name) or "file"
    )
    response["Content-Disposition"] = f'attachment; filename="{plain}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take something out, after asking once more."""
    found = entry_or_404(request, key)
    if found.item is None:
        raise Http404
    if request.method == "POST":
        domain.remove(by=person_of(request), item=found.item)
        messages.success(request, _("It is no longer in your wallet."))
        return redirect("wallet")
    return render(request, "ui/confirm.html", {
        "title": _("Take it out of your wallet?"),
        "text": found.title,
        "consequences": [_("The file is deleted here. Keep a copy first if you have none.")] if found.source == Source.BROUGHT else [],
        "action": _("Take it out"), "danger": True, "cancel_url": reverse("wallet-entry", args=[key]),
    })  # fmt: skip


def _crumbs(*others: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Wallet"), reverse("wallet")), *others]
