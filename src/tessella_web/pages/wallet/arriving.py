"""Bringing in files, text and links, and what became of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.arriving import domain
from tessella_web.credentials.arriving.domain import HandedIn
from tessella_web.credentials.arriving.models import Arrival, Became, Found, Upload
from tessella_web.credentials.arriving.queries import arrival_of, original_of
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.common import entry_or_404
from tessella_web.pages.wallet.holding import download


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files; empty when there is none."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each by itself; an empty one is told with the others' results."""
        return [
            one
            for one in (data if isinstance(data, list | tuple) else [data])
            if isinstance(one, UploadedFile)
        ]


class BringForm(forms.Form):
    """Anything, from anywhere."""

    file = FilesField(
        label=gettext_lazy("Files"), required=False,
        help_text=gettext_lazy("Certificates as PDF, badge pictures, a photo of a page with its code, sealed files, mails, or what another platform exported for you. Several at once; up to 12 MB each."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Or paste its text"), required=False, strip=True, max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )  # fmt: skip
    link = forms.URLField(
        label=gettext_lazy("Or give its link"), required=False, max_length=2_000, assume_scheme="https",
        help_text=gettext_lazy("Of the certificate itself, where another platform gave you one."),
    )  # fmt: skip

    def handed_in(self) -> list[HandedIn]:
        """What was handed in, in the order of the form.

        Raises:
            RefusedError: the link cannot be followed.
        """
        found = [HandedIn(str(one.name), one.read(MAX_UPLOAD_BYTES + 1)) for one in self.cleaned_data["file"]]
        if self.cleaned_data["text"]:
            found.append(HandedIn(_("pasted text"), self.cleaned_data["text"].encode()))
        if self.cleaned_data["link"]:
            found.append(domain.fetch_link(self.cleaned_data["link"]))
        return found


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Hand in anything; what became of it is told on a page of its own."""
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.receive(
                by=person_of(request), files=form.handed_in(), language=get_language() or "en"
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return _onwards(request, made)
    crumbs = [(_("Wallet"), reverse("wallet")), (_("Bring something in"), "")]
    return render(
        request, "pages/wallet/add.html", {"form": form, "move_url": reverse("wallet-move"), "crumbs": crumbs}
    )


def _onwards(request: HttpRequest, made: Arrival) -> HttpResponse:
    """To the page of results; straight to the entry where one file held one certificate."""
    found = list(Found.objects.filter(upload__arrival=made))
    if made.uploads.count() == len(found) == 1 and found[0].key:
        messages.success(request, _MESSAGES[Became(found[0].became)])
        return redirect("wallet-entry", found[0].key)
    return redirect("wallet-arrival", made.id)


_MESSAGES = {
    Became.NEW: gettext_lazy("It is in your wallet."),
    Became.FORM: gettext_lazy("It is in your wallet, as another form of something you have."),
    Became.AGAIN: gettext_lazy("You have this already."),
}


@login_required
@require_safe
def arrival(request: HttpRequest, id: str) -> HttpResponse:
    """How far it is, and what became of each file; the page looks again by itself until all are through."""
    found = arrival_of(person_of(request), id)
    if found is None:
        raise Http404
    uploads = list(found.uploads.all())
    things = [one for upload in uploads for one in upload.found.all()]
    done = sum(one.is_done for one in uploads)
    return render(request, "pages/wallet/arrival.html", {
        "arrival": found,
        "uploads": [(one, list(one.found.all())) for one in uploads],
        "done": done, "total": len(uploads), "is_running": done < len(uploads),
        "new": sum(one.became in (Became.NEW, Became.FORM) for one in things),
        "refused": sum(one.became == Became.REFUSED for one in things),
        "title": _title(done, uploads),
        "crumbs": [(_("Wallet"), reverse("wallet")), (_("Bring something in"), reverse("wallet-add")), (_("What became of it"), "")],
    })  # fmt: skip


def _title(done: int, uploads: list[Upload]) -> str:
    return _("Your files are being looked at") if done < len(uploads) else _("What became of it")


@login_required
@require_safe
def original(request: HttpRequest, key: str) -> HttpResponse:
    """The file that an entry was taken out of, byte for byte."""
    found = entry_or_404(request, key)
    upload = original_of(found.item) if found.item else None
    if upload is None:
        raise Http404
    return download(default_storage.open(upload.file).read(), upload.name)
