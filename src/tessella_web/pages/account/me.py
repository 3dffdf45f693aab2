"""A person's own page: name, addresses, ways to sign in, devices."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.models import EmailAddress
from allauth.mfa.base import views as second
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount.adapter import get_adapter as get_institution_adapter
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts import assurance, domain
from tessella_web.accounts.models import Person
from tessella_web.accounts.recovery.ways import disconnect as disconnect_institution
from tessella_web.accounts.signin.asserting import institutions_of
from tessella_web.accounts.signin.session import signed_in_recently
from tessella_web.common.errors import RefusedError
from tessella_web.pages.account.signin import connect_token, passkeys_work

__all__ = ["disconnect", "me", "profile", "recent_sign_in", "sign_out_device"]

View = Callable[..., HttpResponse]


class ProfileForm(forms.Form):
    """What somebody is called here."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("As the people you work with know you."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, help_text=gettext_lazy("Of mails to you.")
    )


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account."""
    person = _person(request)
    names = {
        one.app.provider_id: one.name for one in get_institution_adapter(request).list_providers(request)
    }
    connected = {one.provider: one for one in SocialAccount.objects.filter(user=person)}
    return render(request, "pages/account/me.html", {
        "person": person,
        "language": dict(settings.LANGUAGES).get(person.language, person.language),
        "addresses": EmailAddress.objects.filter(user=person).order_by("-primary", "email"),
        "factors": _factors(person),
        "asked": assurance.is_required(),
        "institutions": [
            {"name": name, "connected": connected.get(id)} for id, name in names.items()
        ],
        "devices": person.devices.all(),
        "here": request.session.session_key,
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language."""
    person = _person(request)
    form = ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        domain.change_person(person=person, **form.cleaned_data)
        messages.success(request, _("That is changed."))
        return redirect("me")
    return render(
        request,
        "pages/account/form.html",
        {
            "form": form,
            "title": _("Name and language"),
            "action": _("Save"),
            "crumbs": _crumbs(_("Name and language")),
        },
    )


@login_required
@require_POST
def sign_out_device(request: HttpRequest, id: str) -> HttpResponse:
    """End a session elsewhere, or here."""
    person = _person(request)
    found = person.devices.filter(pk=id).first()
    if found is None:
        raise Http404
    here = found.session == request.session.session_key
    domain.sign_out_device(person=person, device=found)
    if here:
        return redirect("home")
    messages.success(request, _("That browser is signed out."))
    return redirect("me")


@login_required
@require_POST
def disconnect(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in at the institution no more; what it attested stays with its date."""
    try:
        if not disconnect_institution(person=_person(request), provider=provider_id):
            raise Http404
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("You do not sign in there any more."))
    return redirect("ways")


def recent_sign_in(view: View) -> View:
    """Who adds the first second factor must have signed in just now: else whoever finds an open session could."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('sign-in')}?next={request.path}")
        has_one = Authenticator.objects.filter(user=_person(request)).exists()
        if not has_one and not signed_in_recently(request):
            messages.warning(request, _("Sign out and in again first: your last sign-in was a while ago."))
            return redirect("me")
        return view(request, *args, **kwargs)

    return wrapped


class Addresses(account.EmailView):  # type: ignore[misc]
    """One's addresses: add, make the first one, remove."""

    template_name = "pages/account/addresses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return {**super().get_context_data(**kwargs), "crumbs": _crumbs(_("Addresses"))}


class SecondFactors(second.IndexView):  # type: ignore[misc]
    """What one has, and what one can add."""

    template_name = "pages/account/second-factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Passkeys, app, recovery codes; and where somebody came from who needs one now."""
        person = _person(self.request)
        return {
            **super().get_context_data(**kwargs), **_factors(person), "asked": assurance.is_required(),
            "passkeys_work": passkeys_work(self.request), "institutions": institutions_of(self.request, person),
            "token": connect_token(self.request), "crumbs": _crumbs(_("Second factor")),
        }  # fmt: skip


class AddPasskey(passkey.AddWebAuthnView):  # type: ignore[misc]
    """A new passkey; it signs in by itself."""

    template_name = "pages/account/passkey-add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back; django-allauth leaves the form that was sent out."""
        found = super().get_context_data(**kwargs)
        return {**found, **kwargs, "crumbs": _crumbs(_("Add a passkey"), factors=True)}


class RemovePasskey(passkey.RemoveWebAuthnView):  # type: ignore[misc]
    """It opens nothing from then on."""

    template_name = "pages/account/passkey-remove.html"
    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return {
            **super().get_context_data(**kwargs),
            "crumbs": _crumbs(_("Remove this passkey?"), factors=True),
        }


class AddApp(app.ActivateTOTPView):  # type: ignore[misc]
    """An app that shows a new code every half minute."""

    template_name = "pages/account/app-add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return {**super().get_context_data(**kwargs), "crumbs": _crumbs(_("Add an app"), factors=True)}


class RemoveApp(app.DeactivateTOTPView):  # type: ignore[misc]
    """Its codes open nothing from then on."""

    template_name = "pages/account/app-remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return {**super().get_context_data(**kwargs), "crumbs": _crumbs(_("Remove the app?"), factors=True)}


class RecoveryCodes(recovery.ViewRecoveryCodesView):  # type: ignore[misc]
    """The codes that are left."""

    template_name = "pages/account/recovery-codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return {**super().get_context_data(**kwargs), "crumbs": _crumbs(_("Recovery codes"), factors=True)}


class NewRecoveryCodes(recovery.GenerateRecoveryCodesView):  # type: ignore[misc]
    """New codes; the old ones open nothing."""

    template_name = "pages/account/recovery-codes-new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return {
            **super().get_context_data(**kwargs),
            "crumbs": _crumbs(_("New recovery codes"), factors=True),
        }


class AgainByCode(second.ReauthenticateView):  # type: ignore[misc]
    """A fresh second factor before something of consequence: by a code."""

    template_name = "pages/account/again-code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How long it counts."""
        return {**super().get_context_data(**kwargs), "minutes": assurance.FRESH_MINUTES}


class AgainByPasskey(passkey.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """The same, by a passkey."""

    template_name = "pages/account/again-passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How long it counts; django-allauth leaves the form that was sent out."""
        found = super().get_context_data(**kwargs)
        return {
            "form": self.get_form(), **found, **kwargs, "minutes": assurance.FRESH_MINUTES,
            "reauthentication_alternatives": self.get_reauthentication_alternatives(),
        }  # fmt: skip


def _factors(person: Person) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    return {
        "passkeys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "app": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "codes": next((one for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None),
    }


def _crumbs(last: str, *, factors: bool = False) -> list[tuple[str, str]]:
    way = [(_("My account"), reverse("me"))]
    if factors:
        way.append((_("Second factor"), reverse("mfa_index")))
    return [*way, (last, "")]
