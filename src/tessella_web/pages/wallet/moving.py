"""Taking everything along, and arriving with it from elsewhere."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.archive import export, take_in
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.holding import download


class ArchiveForm(forms.Form):
    """An archive from another wallet of this kind."""

    file = forms.FileField(
        label=gettext_lazy("Archive"), help_text=gettext_lazy("The ZIP that another Tessella made for you.")
    )


@login_required
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Both directions on one page: out is a link, in is a form."""
    form = ArchiveForm(request.POST, request.FILES) if request.method == "POST" else ArchiveForm()
    if request.method == "POST" and form.is_valid():
        try:
            count = take_in(by=person_of(request), data=form.cleaned_data["file"].read())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            said = ngettext(
                "%(count)s thing is new in your wallet.", "%(count)s things are new in your wallet.", count
            )
            messages.success(request, said % {"count": count})
            return redirect("wallet")
    crumbs = [(_("Wallet"), reverse("wallet")), (_("Take everything with you"), "")]
    return render(request, "pages/wallet/move.html", {"form": form, "crumbs": crumbs})


@login_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Everything as a ZIP."""
    response = download(export(by=person_of(request), languages=languages()), "wallet.zip")
    response["Content-Type"] = "application/zip"
    return response
