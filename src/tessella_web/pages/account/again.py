"""Showing once more who one is, before something that cannot be taken back: a code by mail, or the second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from django import forms
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.accounts import assurance
from tessella_web.accounts.models import Person
from tessella_web.accounts.recovery.ways import verified_addresses
from tessella_web.accounts.signin import codes
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of

__all__ = ["CodeForm", "again"]

PURPOSE = "again"


class WhereForm(forms.Form):
    """To which of one's addresses the code goes."""

    email = forms.ChoiceField(
        label=gettext_lazy("Where shall the code go?"), widget=forms.RadioSelect, choices=()
    )

    def __init__(self, *args: Any, addresses: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].choices = [(one, one) for one in addresses]  # type: ignore[attr-defined]
        self.fields["email"].initial = addresses[0] if addresses else None


class CodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """First the address, then the code, then back to what was asked for. Who has a second factor shows that instead."""
    person, next_url = person_of(request), _next(request)
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if methods:
        return redirect(f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: next_url})}")
    waiting = codes.pending_code(request, PURPOSE)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action == "again":
        codes.drop_code(request, PURPOSE)
        return _here(next_url)
    if action == "more-time":
        codes.give_time(request, PURPOSE)
        messages.success(request, _("You have the full time again."))
        return _here(next_url)
    if waiting and waiting.email in verified_addresses(person):
        return _code(request, person, waiting, next_url)
    return _where(request, person, next_url)


def _where(request: HttpRequest, person: Person, next_url: str) -> HttpResponse:
    posted = request.POST if request.POST.get("action") == "send" else None
    form = WhereForm(posted, addresses=verified_addresses(person))
    if posted is not None and form.is_valid():
        try:
            codes.send_code(request, PURPOSE, form.cleaned_data["email"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return _here(next_url)
    return render(request, "pages/account/again.html", {"form": form, "next": next_url})


def _code(request: HttpRequest, person: Person, waiting: codes.PendingCode, next_url: str) -> HttpResponse:
    posted = request.POST if request.POST.get("action") == "check" else None
    form = CodeForm(posted)
    if posted is not None and form.is_valid():
        try:
            email = codes.check_code(request, PURPOSE, form.cleaned_data["code"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            record_authentication(request, person, method="code", email=email, reauthenticated=True)
            return resume_request(request) or redirect(next_url)
    return render(
        request,
        "pages/account/again.html",
        {"form": form, "waiting": waiting, "next": next_url, "fresh": assurance.FRESH_MINUTES},
    )


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("me")


def _here(next_url: str) -> HttpResponse:
    return redirect(f"{reverse('again')}?{urlencode({REDIRECT_FIELD_NAME: next_url})}")
