"""Signing in and making an account: django-allauth's views with our pages around them."""

from __future__ import annotations

import ipaddress
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as second
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount import views as institution
from allauth.socialaccount.adapter import get_adapter as get_institution_adapter
from allauth.socialaccount.helpers import render_authentication_error
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tessella_web.accounts.signin.oidc import (
    UNREACHABLE,
    Callback,
    InstitutionOAuth2Adapter,
    InstitutionProvider,
    provider_named,
)

__all__ = [
    "MORE_TIME",
    "at_institution",
    "back_from_institution",
    "connect_token",
    "passkeys_work",
    "stopped",
]

MORE_TIME = 12
"""How often the time to enter a code can be extended (WCAG 2.2, success criterion 2.2.1: at least ten times)."""

CONNECT_S = 3600
"""How long the page that offers to connect an institution stays good."""

CONNECT = "tessella.connect"


def passkeys_work(request: HttpRequest) -> bool:
    """Browsers make passkeys for names only, not for addresses in numbers such as 127.0.0.1."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


class SignIn(account.RequestLoginCodeView):  # type: ignore[misc]
    """An address for a code, a passkey, or an institution. The answer is the same whether the address has an account or not."""

    template_name = "pages/account/sign-in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where else one can sign in."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **found,
            "institutions": get_institution_adapter(self.request).list_providers(self.request),
            "next": self.get_next_url() or "",
            "passkeys": passkeys_work(self.request),
            "may_sign_up": get_adapter(self.request).is_open_for_signup(self.request),
        }


class MoreTime:
    """A page with a code: how long it works, and more time when somebody needs it."""

    request: HttpRequest
    _process: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """``more-time`` starts the time anew; everything else as django-allauth does."""
        if request.POST.get("action") == "more-time":
            state = self._process.state
            if state.get("more_time", 0) < MORE_TIME:
                state["more_time"] = state.get("more_time", 0) + 1
                state["at"] = timezone.now().timestamp()
                self._process.persist()
                messages.success(request, _("You have the full time again."))
            return redirect(request.get_full_path())
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Minutes that are left."""
        left = self._process.state["at"] + self._process.timeout - timezone.now().timestamp()
        found: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**found, "minutes": max(1, round(left / 60))}


class SignInCode(MoreTime, account.ConfirmLoginCodeView):  # type: ignore[misc]
    """The code from the mail."""

    template_name = "pages/account/code.html"


class AddressCode(MoreTime, account.ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """The code that shows that an address is one's own: when making an account, or when adding an address."""

    template_name = "pages/account/address-code.html"


class SignUp(account.SignupView):  # type: ignore[misc]
    """An account: a name and an address."""

    template_name = "pages/account/sign-up.html"
    template_name_signup_closed = "pages/account/sign-up-closed.html"


class SecondFactor(second.AuthenticateView):  # type: ignore[misc]
    """After the first step: a passkey, a code of the app, or a recovery code."""

    template_name = "pages/account/second-factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which of them this person has."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        types = set(self.stage.login.user.authenticator_set.values_list("type", flat=True))
        return {**found, "has_passkey": "webauthn" in types, "has_code": types & {"totp", "recovery_codes"}}


class Passkey(passkey.LoginWebAuthnView):  # type: ignore[misc]
    """Signing in with a passkey alone: something one has, and a finger, face or PIN."""

    template_name = "pages/account/sign-in.html"


class InstitutionSignUp(institution.SignupView):  # type: ignore[misc]
    """Where an institution does not say an address: ask for it."""

    template_name = "pages/account/institution-sign-up.html"
    template_name_signup_closed = "pages/account/sign-up-closed.html"


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Somebody changed their mind at the institution; nothing was changed."""
    return render(request, "socialaccount/authentication_error.html")


@never_cache
@require_safe
def at_institution(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the institution. Connecting it to one's account takes a token that only one's own page has."""
    provider = provider_named(request, provider_id)
    next_url = get_next_redirect_url(request)
    process = "login"
    if request.user.is_authenticated:
        try:
            whose = signing.loads(request.GET.get("token", ""), salt=CONNECT, max_age=CONNECT_S)
        except signing.BadSignature:
            whose = ""
        if whose != request.user.pk:
            messages.error(request, _("Please start from this page again."))
            return redirect("me")
        process, next_url = "connect", next_url or reverse("me")
    try:
        return provider.redirect(request, process, next_url=next_url)
    except UNREACHABLE as error:
        return _stopped(request, provider, error)


def connect_token(request: HttpRequest) -> str:
    """What lets the person's own page start connecting an institution."""
    return signing.dumps(request.user.pk, salt=CONNECT)


@never_cache
@require_safe
def back_from_institution(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the institution sends people back to."""
    provider = provider_named(request, provider_id)
    try:
        answer: HttpResponse = Callback.adapter_view(InstitutionOAuth2Adapter(request, provider_id))(request)
    except UNREACHABLE as error:
        return _stopped(request, provider, error)
    return answer


def _stopped(request: HttpRequest, provider: InstitutionProvider, error: Exception) -> HttpResponse:
    answer: HttpResponse = render_authentication_error(request, provider, exception=error)
    return answer
