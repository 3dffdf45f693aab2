"""The keys an organisation seals with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.keys import domain, places, queries
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs
from tessella_web.ui.forms import ChoiceCards


class NewKeyForm(forms.Form):
    """What the key is for."""

    use = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=KeyUse.choices,
        widget=ChoiceCards(
            explanations={
                KeyUse.BADGE: gettext_lazy("Open Badges, and attestations for European wallets. The first key to make."),
                KeyUse.SELECTIVE: gettext_lazy("The holder decides which parts of a badge to show. Needs an established identity."),
                KeyUse.SEAL: gettext_lazy("European Digital Credentials and certificates. For trying out, with a test certificate."),
            }
        ),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=80, help_text=gettext_lazy("For yourselves, such as “2026”.")
    )  # fmt: skip


class UploadForm(forms.Form):
    """An electronic seal from a trust service provider."""

    file = forms.FileField(
        label=gettext_lazy("File with the seal"),
        help_text=gettext_lazy("A .p12 or .pfx file, with the private key and its certificate."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password of the file"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Used once to open the file; it is not kept."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80)


class PlaceForm(forms.Form):
    """A key that the operator assigned."""

    place = forms.ChoiceField(label=gettext_lazy("Key"), widget=ChoiceCards)
    use = forms.ChoiceField(
        label=gettext_lazy("What it is for"), choices=KeyUse.choices, widget=ChoiceCards, initial=KeyUse.SEAL
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = places.assigned(organisation)
        field = self.fields["place"]
        field.choices = [(name, name) for name in found]  # type: ignore[attr-defined]
        field.widget.explanations = {name: places.kind_of(one).label for name, one in found.items()}


class RevokeForm(forms.Form):
    """Why a key is withdrawn, and since when it may have been in other hands."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    compromised_at = forms.DateTimeField(
        label=gettext_lazy("Since when others may have had it"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Leave it empty when nobody else had it."),
    )

    def clean_compromised_at(self) -> Any:
        """Not in the future."""
        found = self.cleaned_data["compromised_at"]
        if found and found > timezone.now():
            raise forms.ValidationError(_("This is in the future."))
        return found


def _shown(key: OrganisationKey) -> dict[str, Any]:
    record = key.public
    now = timezone.now()
    return {
        "ends": key.certificates[0].not_after if key.certificates else None,
        "has_ended": key.ended(now),
        "ends_soon": queries.ending_soon(key, now),
        "may_rotate": key.is_active and not key.is_outside and (key.use != KeyUse.SEAL or key.is_test),
        "key": key,
        "record": record,
        "ended": record.revoked_at or record.retired_at,
        "is_revoked": record.revoked_at is not None,
    }


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """All keys, and what is missing to seal in every format."""
    organisation = workspace(request, slug, "key.manage")
    context = {
        "organisation": organisation,
        "keys": [_shown(key) for key in queries.keys_of(organisation)],
        "did": domain.did_of(organisation),
        "may_place": bool(places.assigned(organisation)),
        "crumbs": crumbs(organisation, (_("Keys"), "")),
    }
    return render(request, "pages/award/keys.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a key."""
    organisation = workspace(request, slug, "key.manage")
    form = NewKeyForm(request.POST or None, initial={"use": KeyUse.BADGE})
    if request.method == "POST" and form.is_valid():
        try:
            domain.create_key(
                by=person_of(request), organisation=organisation,
                use=KeyUse(form.cleaned_data["use"]), name=form.cleaned_data["name"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The key is in use from now on."))
            return redirect("keys", slug)
    return _form(request, organisation, form, _("Make a key"), _("Make the key"))


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an electronic seal."""
    organisation = workspace(request, slug, "key.manage")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            domain.upload_seal(
                by=person_of(request), organisation=organisation,
                data=file.read(domain.MAX_PKCS12_BYTES + 1), password=form.cleaned_data["password"], name=form.cleaned_data["name"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The seal is stored, encrypted."))
            return redirect("keys", slug)
    return _form(request, organisation, form, _("Add an electronic seal"), _("Store the seal"))


@login_required
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a key into use that is in a token or at a signing service."""
    organisation = workspace(request, slug, "key.manage")
    if not places.assigned(organisation):
        raise Http404
    form = PlaceForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            domain.use_place(
                by=person_of(request), organisation=organisation, place=form.cleaned_data["place"],
                use=KeyUse(form.cleaned_data["use"]), name=form.cleaned_data["name"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The key is in use from now on. It stays where it is."))
            return redirect("keys", slug)
    return _form(request, organisation, form, _("Use a key in a token or at a service"), _("Use this key"))


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One key: where it is, whom its certificate names, and who vouches for that."""
    organisation = workspace(request, slug, "key.manage")
    key = get_object_or_404(
        OrganisationKey.objects.select_related("organisation"), pk=id, organisation=organisation
    )
    context = {
        "organisation": organisation,
        **_shown(key),
        "certificates": key.certificates,
        "another": queries.names_another_body(key, organisation),
        "crumbs": crumbs(organisation, (_("Keys"), reverse("keys", args=[slug])), (str(key), "")),
    }
    return render(request, "pages/award/key.html", context)


def _form(
    request: HttpRequest, organisation: Organisation, form: forms.Form, title: str, action: str
) -> HttpResponse:
    back = reverse("keys", args=[organisation.slug])
    context = {
        "title": title, "form": form, "action": action, "cancel_url": back,
        "crumbs": crumbs(organisation, (_("Keys"), back), (title, "")),
    }  # fmt: skip
    return render(request, "pages/award/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rotate(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Replace a key, after asking."""
    organisation = workspace(request, slug, "key.manage")
    key = get_object_or_404(
        OrganisationKey.objects.select_related("organisation"), pk=id, organisation=organisation
    )
    if request.method == "POST":
        domain.rotate(by=person_of(request), key=key)
        messages.success(request, _("A new key is in use. What the old one sealed stays good."))
        return redirect("keys", slug)
    context = {
        "title": _("Replace the key “%(name)s”?") % {"name": key},
        "text": _("A new key takes its place today."),
        "consequences": [_("What the old key sealed stays good."), _("The old key seals no more, but for status lists.")],
        "action": _("Replace the key"),
        "cancel_url": reverse("keys", args=[slug]),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Withdraw a key, after asking."""
    organisation = workspace(request, slug, "key.manage")
    key = get_object_or_404(
        OrganisationKey.objects.select_related("organisation"), pk=id, organisation=organisation
    )
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.revoke(by=person_of(request), key=key, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request,
                _("The key is revoked. Have the operator remove it from its token or service, too.")
                if key.is_outside
                else _("The key is revoked and its private part destroyed."),
            )
            return redirect("keys", slug)
    context = {
        "title": _("Revoke the key “%(name)s”?") % {"name": key},
        "text": _("Do this when others may have had the key. To change keys regularly, replace it instead."),
        "consequences": [
            _("What it sealed is not believed any more, unless a time stamp shows that it is older."),
            _("Everybody concerned needs a new award."),
            _(
                "This cannot be undone: it seals no more here. Its private part stays where it is until the operator removes it."
            )
            if key.is_outside
            else _("This cannot be undone: the private part is destroyed."),
        ],
        "action": _("Revoke the key"),
        "danger": True,
        "cancel_url": reverse("keys", args=[slug]),
        "form": form,
    }
    return render(request, "ui/confirm.html", context)


@require_safe
def issuer_profile(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisation as badge platforms look it up."""
    organisation = Organisation.objects.filter(slug=slug).first()
    return _published(queries.issuer_profile(organisation) if organisation else None, "application/ld+json")


@require_safe
def did_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisation's did:web, for whoever verifies."""
    organisation = Organisation.objects.filter(slug=slug).first()
    return _published(queries.did_document(organisation) if organisation else None, "application/did+ld+json")


def _published(document: dict[str, Any] | None, media_type: str) -> HttpResponse:
    if document is None:
        raise Http404
    response = JsonResponse(document, content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
