"""A CSV file into a register: upload, look at what was found, take it over, undo it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.common.errors import DomainError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.registers.keeping import register_crumbs, register_of
from tessella_web.registers.csvfile import MAX_FILE_BYTES
from tessella_web.registers.domain import imports
from tessella_web.registers.models import ImportKind

__all__ = ["run", "upload"]

SHOWN = 200
"""Findings on the page: whoever has more mends these first."""


class UploadForm(forms.Form):
    """A file and what it is."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the rows are"), choices=ImportKind.choices, widget=forms.RadioSelect, initial=ImportKind.ENTRIES
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Saved as “CSV UTF-8”; columns separated by commas, semicolons or tabs."),
    )

    def clean_file(self) -> object:
        """Too large a file is told before it is read."""
        found = self.cleaned_data["file"]
        if found.size > MAX_FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it into several files."))
        return found


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, slug: str, register: str) -> HttpResponse:
    """Choose a file; nothing changes yet."""
    organisation = workspace(request, slug, "register.import")
    found = register_of(organisation, register)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = imports.check_file(
                by=person_of(request), register=found, kind=ImportKind(form.cleaned_data["kind"]),
                filename=file.name, data=file.read(),
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("keeping-run", slug, register, made.id)
    return render(request, "pages/registers/upload.html", {"form": form, "crumbs": register_crumbs(found), "register": found})  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, slug: str, register: str, id: str) -> HttpResponse:
    """What was found; then what was made of it."""
    organisation = workspace(request, slug, "register.import")
    found = register_of(organisation, register)
    one = found.imports.select_related("register__organisation").filter(pk=id).first()
    if one is None:
        raise Http404
    if request.method == "POST":
        try:
            if request.POST.get("action") == "undo":
                left = imports.undo(run=one, by=person_of(request))
                messages.success(request, _("The import is undone."))
                if left:
                    messages.warning(
                        request, _("%(count)s entries were changed since and stay.") % {"count": left}
                    )
            else:
                imports.carry_out(run=one, by=person_of(request))
                messages.success(request, _("The good rows are taken over."))
        except DomainError as error:
            messages.error(request, f"{error.message} {error.hint}")
        return redirect("keeping-run", slug, register, id)
    return render(request, "pages/registers/run.html", {
        "run": one,
        "register": found,
        "organisation": organisation,
        "crumbs": register_crumbs(found),
        "findings": one.findings[:SHOWN],
        "more": max(0, one.counts.get("findings", 0) - SHOWN),
        "good": one.counts["new"] + one.counts["changed"],
    })  # fmt: skip
