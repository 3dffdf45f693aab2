"""The door: the first page, the operator's link, signing out. Codes, passkeys and institutions are in `pages.account`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella.rendering import TileFacts
from tessella_web.accounts import domain
from tessella_web.common.errors import DomainError

EXAMPLE = TileFacts(title="Reading water", field="05", level=5, hours=Decimal(60))
"""The tile that the first page explains."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is; for people who work somewhere, the way to their work."""
    return render(request, "pages/home.html", {"example": EXAMPLE})


@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """Opening the link asks once more: programs that look into mails must not use it up. A second factor is still asked for."""
    context: dict[str, Any] = {"key": request.GET.get("key", "")}
    if request.method == "POST":
        try:
            person = domain.use_sign_in_link(secret=request.POST.get("key", ""))
        except DomainError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("sign-in")
        if request.user.is_authenticated:
            logout(request)
        record_authentication(request, person, method="link")
        answer: HttpResponse = perform_login(request, Login(user=person, email_verification="none"))
        return answer
    return render(request, "pages/sign-in-link.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("home")
