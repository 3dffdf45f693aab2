"""Keys that the platform keeps for a learner, and answering a verifier with one."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.accounts.holderkeys import domain
from tessella_web.accounts.holderkeys.models import HolderKey
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.domain.presenting import choosable, key_for, present
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.common import entry_or_404


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, required=False,
        help_text=gettext_lazy("For yourself, to tell keys apart."),
    )  # fmt: skip


class PresentForm(forms.Form):
    """What a verifier asked for, and what is shown."""

    audience = forms.CharField(
        label=gettext_lazy("Who asks"), max_length=400,
        help_text=gettext_lazy("The verifier's address, exactly as their request names it."),
    )  # fmt: skip
    nonce = forms.CharField(
        label=gettext_lazy("Their number for this request"), max_length=400,
        help_text=gettext_lazy("Verifiers call it nonce or challenge. It is good for one answer."),
    )  # fmt: skip
    claims = forms.MultipleChoiceField(
        label=gettext_lazy("What you show"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What you leave out is not in the answer. The rest is always there."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The keys, how to have something bound to one, and a new one."""
    person = person_of(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.make(by=person, name=form.cleaned_data["name"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("The key is made. Give its public part to whoever awards you something.")
            )
            return redirect("wallet-keys")
    return render(request, "pages/wallet/keys.html", {
        "form": form,
        "keys": [_shown(one) for one in HolderKey.objects.filter(holder=person)],
        "crumbs": [(_("Wallet"), reverse("wallet")), (_("Keys kept for you"), "")],
    })  # fmt: skip


def _shown(key: HolderKey) -> dict[str, Any]:
    public = key.public.public_key
    return {"key": key, "did": public.did_key, "jwk": json.dumps(public.to_jwk(), sort_keys=True)}


@login_required
@require_http_methods(["GET", "POST"])
def destroy(request: HttpRequest, id: str) -> HttpResponse:
    """Destroy a key, after asking once more."""
    key = get_object_or_404(HolderKey, pk=id, holder=person_of(request))
    if request.method == "POST":
        domain.destroy(by=person_of(request), key=key)
        messages.success(request, _("The key is destroyed."))
        return redirect("wallet-keys")
    return render(request, "ui/confirm.html", {
        "title": _("Destroy this key?"),
        "text": str(key),
        "consequences": [
            _("What is bound to it stays in your wallet and can be read and shared."),
            _("Nobody can present it as its holder any more: for that you need it issued anew."),
        ],
        "action": _("Destroy it"), "danger": True, "cancel_url": reverse("wallet-keys"),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a verifier: for them, for this request, with what the person chooses."""
    entry = entry_or_404(request, key)
    if entry.item is None or key_for(entry.item) is None:
        raise Http404
    form = _form(request, entry)
    made = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = present(
                by=person_of(request), item=entry.item, claims=values["claims"], audience=values["audience"], nonce=values["nonce"]
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
    response = render(request, "pages/wallet/present.html", {
        "entry": entry, "form": form, "made": made,
        "crumbs": [(_("Wallet"), reverse("wallet")), (entry.title, reverse("wallet-entry", args=[key])), (_("Answer a verifier"), "")],
    })  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


def _form(request: HttpRequest, entry: Entry) -> PresentForm:
    form = PresentForm(request.POST or None)
    claims = choosable(entry.item) if entry.item else []
    form.fields["claims"].choices = [(one.name, f"{one.name}: {one.says}") for one in claims]  # type: ignore[attr-defined]
    return form
