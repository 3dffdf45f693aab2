"""Taking everything along, and arriving with it from elsewhere."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.carrying.arriving import Taken, take_in
from tessella_web.credentials.carrying.exporting import export
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.holding import download


class ArchiveForm(forms.Form):
    """An archive from another wallet of this kind."""

    file = forms.FileField(
        label=gettext_lazy("Archive"), help_text=gettext_lazy("The ZIP that another Tessella made for you.")
    )


@csrf_exempt
def overview(request: HttpRequest) -> HttpResponse:
    """Both directions on one page. An archive may be larger than what fits in memory: it goes through a file that is gone at the end.

    How files arrive has to be said before anything of the request is read, so before its token is checked, too; `_overview` does that.
    """
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    answer: HttpResponse = _overview(request)
    return answer


@csrf_protect
@login_required
@require_http_methods(["GET", "POST"])
def _overview(request: HttpRequest) -> HttpResponse:
    """Out is a link, in is a form. What was refused is named, beside what was taken in."""
    form = ArchiveForm(request.POST, request.FILES) if request.method == "POST" else ArchiveForm()
    person = person_of(request)
    taken: Taken | None = None
    if request.method == "POST" and form.is_valid():
        try:
            taken = take_in(by=person, data=form.cleaned_data["file"].file, languages=languages())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            if not taken.refused:
                messages.success(request, _words(taken))
                return redirect("wallet")
    return render(request, "pages/wallet/move.html", {
        "form": form,
        "taken": taken,
        "words": _words(taken) if taken else "",
        "carried": person.carried.count(),
        "crumbs": [(_("Wallet"), reverse("wallet")), (_("Take everything with you"), "")],
    })  # fmt: skip


def _words(taken: Taken) -> str:
    new = ngettext(
        "%(count)s thing is new in your wallet.", "%(count)s things are new in your wallet.", taken.new
    ) % {"count": taken.new}
    if not taken.again:
        return new
    again = ngettext("%(count)s was there already.", "%(count)s were there already.", taken.again)
    return f"{new} {again % {'count': taken.again}}"


@login_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Everything as a ZIP."""
    response = download(export(by=person_of(request), languages=languages()), "wallet.zip")
    response["Content-Type"] = "application/zip"
    return response
