"""Checking a sheet, taking an award with it, and printing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tessella.rendering import MAX_SHEETS
from tessella.text import pick
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.common.limits import client_address, is_over
from tessella_web.credentials.models import Award, Batch
from tessella_web.credentials.paper import domain
from tessella_web.credentials.paper.codes import LENGTH, plain
from tessella_web.credentials.queries import public_award
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.public import HELD, after_keeping, standing

TRIES, LOOKS, PER_S = 10, 60, 60
"""Codes that one address may type in a minute, a family with its sheets, not a program; and scan: a class with its own."""

_CODE: dict[str, Any] = {
    "max_length": 40,
    "widget": forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
    ),
}


class CheckForm(forms.Form):
    """The code of a sheet."""

    code = forms.CharField(
        label=gettext_lazy("Code of the sheet"),
        help_text=gettext_lazy(
            "Twelve letters and digits. Hyphens, small letters, O for 0 and I for 1 do not matter."
        ),
        **_CODE,
    )

    def clean_code(self) -> str:
        """As it was meant."""
        code = plain(self.cleaned_data["code"])
        if len(code) != LENGTH:
            raise forms.ValidationError(_("A code has twelve letters and digits."))
        return code


class TakeForm(CheckForm):
    """Both codes."""

    claim_code = forms.CharField(
        label=gettext_lazy("Code under the fold"),
        help_text=gettext_lazy("The one that only its owner sees."),
        **_CODE,
    )


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Type what stands on a sheet."""
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if _is_too_fast(request):
            form.add_error(None, _too_fast())
        elif domain.find(code) is None:
            form.add_error(
                "code",
                _(
                    "There is no sheet with this code. Compare it letter by letter; if it is right, the sheet is not genuine."
                ),
            )
        else:
            return redirect("sheet", code)
    return render(request, "pages/paper/check.html", {"form": form})


@require_http_methods(["GET", "HEAD"])
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """What a sheet must say, for whoever has it in hand: the name, too, for a sheet can be written over."""
    if _is_too_fast(request, LOOKS):
        return _private(
            render(
                request, "pages/paper/check.html", {"form": CheckForm(), "problem": _too_fast()}, status=429
            )
        )
    held = domain.find(code)
    award = public_award(held.id) if held else None
    if award is None:
        problem = _(
            "There is no sheet with this code. Compare it letter by letter; if it is right, the sheet is not genuine."
        )
        return _private(
            render(request, "pages/paper/check.html", {"form": CheckForm(), "problem": problem}, status=404)
        )
    record = award.version.record()
    state, word = standing(award)
    if award.is_test and state == "passed":
        state, word = "indeterminate", _("A test: it proves nothing")
    return _private(render(request, "pages/paper/sheet.html", {
        "award": award, "record": record, "state": state, "word": word,
        "title": pick(record.title, (get_language() or "en", record.language)),
        "may_take": award.claimed_at is None, "code": plain(code),
    }))  # fmt: skip


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Into the wallet of whoever is signed in, or as files, without an account."""
    form = TakeForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        person = request.user if isinstance(request.user, Person) else None
        try:
            if _is_too_fast(request):
                raise RefusedError(_too_fast(), code="paper.too-fast")
            award = domain.claim(person=person, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            request.session[HELD] = [*request.session.get(HELD, []), award.id]
            messages.success(
                request,
                _("It is in your wallet.") if person else _("It is yours. Keep the files somewhere safe."),
            )
            return after_keeping(person, award) if person else redirect("award-files", award.id)
    return _private(render(request, "pages/paper/take.html", {"form": form}))


@login_required
@require_http_methods(["GET", "POST"])
def print_batch(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Who gets a sheet, and the sheets as a PDF."""
    organisation = workspace(request, slug, "batch.prepare")
    batch = get_object_or_404(
        Batch.objects.select_related("organisation", "version"), pk=id, organisation=organisation
    )
    if request.method == "POST":
        part = request.POST.get("part", "1")
        everybody = request.POST.get("who") == "everybody"
        part_number = int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 1
        return _pdf(
            domain.print_batch(
                by=person_of(request), batch=batch, everybody=everybody, part=max(1, part_number)
            )
        )
    awards = domain.without_address(batch)
    standing_awards = Award.objects.filter(row__batch=batch, state__in=domain.STANDING).count()
    context = {
        "organisation": organisation, "batch": batch, "awards": awards[:100], "count": len(awards), "everybody": standing_awards,
        "parts": Paginator(range(len(awards)), MAX_SHEETS).page_range if len(awards) > MAX_SHEETS else (),
        "crumbs": [
            (organisation.name, reverse("workspace", args=[slug])), (_("Awards"), reverse("awarding", args=[slug])),
            (batch.version.title, reverse("batch", args=[slug, id])), (_("Sheets of paper"), ""),
        ],
    }  # fmt: skip
    return render(request, "pages/paper/print.html", context)


@login_required
@require_POST
def print_award(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The sheet of one award; ``lost`` ends the code on the earlier one."""
    organisation = workspace(request, slug, "batch.prepare")
    award = get_object_or_404(Award.objects.select_related("organisation"), pk=id, organisation=organisation)
    return _pdf(domain.print_award(by=person_of(request), award=award, is_lost="lost" in request.POST))


def _pdf(data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="sheets.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _private(response: HttpResponse) -> HttpResponse:
    """The code is in the address: no search engine keeps it, no other site learns it."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_too_fast(request: HttpRequest, most: int = TRIES) -> bool:
    return is_over(f"paper-{most}", client_address(request), most=most, per_s=PER_S)


def _too_fast() -> str:
    return _("That was quick. Wait a minute and try again.")
