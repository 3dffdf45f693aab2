"""The door: the first page, signing in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella.rendering import TileFacts
from tessella_web.accounts import domain
from tessella_web.common.errors import DomainError

EXAMPLE = TileFacts(title="Reading water", field="05", level=5, hours=Decimal(60))
"""The tile that the first page explains."""

BACKEND = "django.contrib.auth.backends.ModelBackend"


class EmailForm(forms.Form):
    """Where the link goes."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is; for people who work somewhere, the way to their work."""
    return render(request, "pages/home.html", {"example": EXAMPLE})


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; the answer is the same whether the address has an account or not."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.send_sign_in_link(email=form.cleaned_data["email"], base_url=settings.BASE_URL)
        return render(request, "pages/sign-in-sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "pages/sign-in.html", {"form": form})


@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """Opening the link asks once more: programs that look into mails must not use it up."""
    context: dict[str, Any] = {"key": request.GET.get("key", "")}
    if request.method == "POST":
        try:
            person = domain.use_sign_in_link(secret=request.POST.get("key", ""))
        except DomainError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("sign-in")
        login(request, person, backend=BACKEND)
        messages.success(request, _("You are signed in."))
        return redirect("home")
    return render(request, "pages/sign-in-link.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("home")
