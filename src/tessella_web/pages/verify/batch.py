"""Many at once: hand in a ZIP, files or a spreadsheet, watch, read, take the result along. Held for an hour under the reader's own key."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying import batch, results
from tessella_web.credentials.verifying.intake import MAX_BYTES, MAX_ITEMS, taken_in, too_large
from tessella_web.credentials.verifying.models import Pile
from tessella_web.credentials.verifying.reports import signed_report
from tessella_web.pages.verify.report import as_file
from tessella_web.pages.verify.views import shown

COOKIE = "pile"
"""Holds the secret of one pile, for the addresses of that pile only."""

SLICE_S = 0.8
"""How long one look at the page verifies: the page answers within a second, and others get their turn."""

LOOK_AGAIN_S = 2

VERDICTS = ("failed", "indeterminate", "passed")
"""In the order in which somebody reads them: first what needs a decision."""

_RANK = {name: place for place, name in enumerate((*VERDICTS, "not_applicable"))}

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_END_OF_DAY = dt.time(23, 59, 59, tzinfo=dt.UTC)


class _Files(forms.ClearableFileInput):
    """Takes several files."""

    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """A list of files, each cleaned as one."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All of them; none is an empty list."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(_FilesField, self).clean(one, initial) for one in given if one]


class ManyForm(forms.Form):
    """What is to be verified, and as of when."""

    uploads = _FilesField(
        label=gettext_lazy("Files"), required=False,
        help_text=gettext_lazy("A ZIP, several files at once, or a spreadsheet (XLSX, ODS, CSV) with a link or a credential in each row; up to 32 MB and 500 files."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Or paste links, one on each line"), required=False, strip=True, max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )  # fmt: skip
    on = forms.DateField(
        label=gettext_lazy("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty for today. The day of the award is looked at in any case."),
    )  # fmt: skip

    def clean_on(self) -> dt.date | None:
        """Refuses days to come: nobody knows what will be revoked until then."""
        day: dt.date | None = self.cleaned_data.get("on")
        if day and day > timezone.now().date():
            raise forms.ValidationError(_("This day is yet to come. Choose today or an earlier one."))
        return day

    def at(self) -> dt.datetime | None:
        """The end of the day asked for, but not later than now."""
        day = self.cleaned_data.get("on")
        return min(timezone.now(), dt.datetime.combine(day, _END_OF_DAY)) if day else None


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; what is handed in begins a pile, whose address and key the reader's browser gets."""
    form = ManyForm(request.POST, request.FILES) if request.method == "POST" else ManyForm()
    if request.method == "POST" and form.is_valid():
        try:
            return _begun(request, form)
        except RefusedError as error:
            form.add_error(
                error.field if error.field in form.fields else None, f"{error.message} {error.hint}".strip()
            )
    context = {"form": form, "megabytes": MAX_BYTES // 1_000_000, "most": MAX_ITEMS}
    return render(request, "pages/verify/many.html", context)


def _begun(request: HttpRequest, form: ManyForm) -> HttpResponse:
    files = [(str(one.name), one.read()) for one in form.cleaned_data["uploads"]]
    if not files and int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        raise too_large()
    intake = taken_in(files, form.cleaned_data["text"])
    pile, secret = batch.begin(intake=intake, at=form.at(), language=get_language() or "en")
    response = redirect("verify-pile", pile.id)
    response.set_cookie(
        COOKIE, secret, max_age=batch.KEPT, path=reverse("verify-pile", args=[pile.id]), httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Strict",
    )  # fmt: skip
    return response


def _opened(request: HttpRequest, id: str) -> tuple[Pile, str]:
    secret = request.COOKIES.get(COOKIE, "")
    pile = batch.opened(id, secret)
    if pile is None:
        raise Http404
    return pile, secret


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", "noindex"
    return response


@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    """How far it is, and the list so far; while something is left, each look verifies some more."""
    pile, secret = _opened(request, id)
    left = batch.verify_some(pile, secret, seconds=SLICE_S)
    total = pile.items.count()
    found = batch.lines(pile, secret)
    counts = Counter(str(line.verdict) for line in found)
    chosen = request.GET.get("verdict", "")
    chosen = chosen if chosen in VERDICTS else ""
    context = {
        "pile": pile, "left": left, "total": total, "done": total - left, "again": LOOK_AGAIN_S,
        "lines": sorted(
            (line for line in found if not chosen or line.verdict == chosen), key=lambda line: _RANK[str(line.verdict)]
        ),
        "chosen": chosen, "all": len(found),
        "counts": [(name, counts[name]) for name in VERDICTS],
        "title": _headline(counts, left),
    }  # fmt: skip
    return _private(render(request, "pages/verify/pile.html", context))


def _headline(counts: Counter[str], left: int) -> str:
    if left:
        return _("Checking")
    if counts["failed"]:
        return _("Some of these you should not rely on")
    return _("Not everything could be established") if counts["indeterminate"] else _("All of these hold")


@require_safe
def item(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """The whole answer about one file."""
    pile, one = _answered(request, id, number)
    found = one.found
    context = {
        "pile": pile, "one": one, "number": number, "title": one.item.name, "found": found,
        "crumbs": [(_("All that was handed in"), reverse("verify-pile", args=[id])), (one.item.name, "")],
        "credentials": [shown(each) for each in found.credentials] if found else [],
    }  # fmt: skip
    return _private(render(request, "pages/verify/item.html", context))


@require_safe
def report(request: HttpRequest, id: str, number: int, suffix: str) -> HttpResponse:
    """The signed report on one file."""
    _pile, one = _answered(request, id, number)
    if one.found is None:
        raise Http404
    made = signed_report(one.found.report, name=one.item.name, sha256=one.sha256, size=one.size)
    return as_file(made, suffix)


def _answered(request: HttpRequest, id: str, number: int) -> tuple[Pile, batch.Answered]:
    pile, secret = _opened(request, id)
    found = batch.answered(pile, secret, number)
    if not found:
        raise Http404
    return pile, found[0][1]


@require_safe
def result(request: HttpRequest, id: str, suffix: str) -> HttpResponse:
    """The list as a spreadsheet, or as JSON with the signed reports."""
    pile, secret = _opened(request, id)
    make, media_type = {
        "xlsx": (results.xlsx_of, _XLSX), "json": (results.json_of, "application/json"),
    }[suffix]  # fmt: skip
    response = HttpResponse(make(pile, secret), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="verification.{suffix}"'
    return _private(response)


@require_POST
def erase(request: HttpRequest, id: str) -> HttpResponseRedirect:
    """Delete everything now."""
    pile, _secret = _opened(request, id)
    batch.erase(pile)
    response = HttpResponseRedirect(reverse("verify-many"))
    response.delete_cookie(COOKIE, path=reverse("verify-pile", args=[id]), samesite="Strict")
    return response
