"""Mandates: given with their document, confirmed by who is to seal, ended by either."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.mandates import domain, queries
from tessella_web.credentials.mandates.models import Mandate, MandateState
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs


class MandateForm(forms.Form):
    """A mandate to seal."""

    mandated = forms.ModelChoiceField(
        label=gettext_lazy("Body that is to seal"), queryset=Organisation.objects.none(), to_field_name="slug",
        help_text=gettext_lazy("Organisations here that have an electronic seal."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("The signed mandate"),
        help_text=gettext_lazy("PDF, PNG or JPEG of at most 1 MB. It travels inside each European Digital Credential, where everybody can read it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    scope = forms.CharField(
        label=gettext_lazy("What it covers"), widget=forms.Textarea(attrs={"rows": 3}), max_length=400,
        help_text=gettext_lazy("As the document says it, in one or two sentences."),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty when the document names no end."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandated"].queryset = queries.possible_sealers(organisation)  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a mandate."""
    organisation = workspace(request, slug, "organisation.manage")
    form = MandateForm(
        request.POST or None,
        request.FILES or None,
        organisation=organisation,
        initial={"valid_from": timezone.now().date()},
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        file = values.pop("file")
        try:
            made = domain.ask_for_mandate(
                by=person_of(request), organisation=organisation, file_name=file.name,
                data=file.read(domain.MAX_DOCUMENT_BYTES + 1), **values,
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("It waits for the other body: an owner there has to confirm it."))
            return redirect("mandate", slug, made.id)
    back = reverse("sealing", args=[slug])
    title = _("Give another body the mandate to seal")
    context = {
        "title": title, "form": form, "action": _("Ask it to confirm"), "cancel_url": back,
        "text": _("What it seals says that your organisation awards it and that the other body issues it on your behalf."),
        "crumbs": [*crumbs(organisation)[:1], (_("How you seal"), back), (title, "")],
    }  # fmt: skip
    return render(request, "pages/award/form.html", context)


def _found(organisation: Organisation, id: str) -> Mandate:
    sides = Q(mandating=organisation) | Q(mandated=organisation)
    return get_object_or_404(
        Mandate.objects.filter(sides).select_related("mandating", "mandated", "decided_by"), pk=id
    )


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One mandate, as both sides see it."""
    organisation = workspace(request, slug, "key.manage")
    mandate = _found(organisation, id)
    if request.method == "POST":
        person = person_of(request)
        try:
            if request.POST.get("do") in ("confirm", "decline"):
                domain.decide(by=person, mandate=mandate, confirm=request.POST["do"] == "confirm")
            elif request.POST.get("do") == "end":
                domain.end(by=person, mandate=mandate)
            else:
                raise Http404
            messages.success(request, _("Saved."))
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("mandate", slug, id)
    manages = may(request.user, organisation, "organisation.manage")
    is_mandated = mandate.mandated_id == organisation.id
    context = {
        "organisation": organisation,
        "mandate": mandate,
        "holds": mandate.holds_on(timezone.now().date()),
        "count": queries.used(mandate),
        "may_decide": manages and is_mandated and mandate.state == MandateState.ASKED,
        "may_end": manages and mandate.state in (MandateState.ASKED, MandateState.CONFIRMED),
        "crumbs": [
            *crumbs(organisation)[:1],
            (_("How you seal"), reverse("sealing", args=[slug])),
            (_("Mandate"), ""),
        ],
    }
    return render(request, "pages/sealing/mandate.html", context)


@login_required
@require_safe
def document(request: HttpRequest, slug: str, id: str) -> FileResponse:
    """The document itself, for both sides; it is never shown inside a page of ours."""
    organisation = workspace(request, slug, "key.manage")
    mandate = _found(organisation, id)
    response = FileResponse(default_storage.open(mandate.file), content_type=mandate.media_type)
    response["Content-Disposition"] = f'attachment; filename="mandate.{mandate.file.rpartition(".")[2]}"'
    response["Cache-Control"] = "private, no-store"
    return response
