"""What people see when something cannot be done: in plain words, with the next step."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import FreshSignInError, SecondFactorError
from tessella_web.common.errors import BusyError, DomainError, NotAllowedError

__all__ = ["DomainErrorMiddleware", "csrf_failure"]


WHERE = {"accounts.terms": "organisation-terms", "accounts.held": "organisation-settings"}
"""By code the page of the organisation where it is put right."""


class DomainErrorMiddleware:
    """A rule that said no and that no page has handled: 403 or 409 with the sentence, its remedy and its code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Nothing for other exceptions: they are faults of ours."""
        if not isinstance(error, DomainError):
            return None
        if isinstance(error, SecondFactorError) and request.user.is_authenticated:
            return _second_factor_first(request)
        if isinstance(error, FreshSignInError) and request.user.is_authenticated:
            answer: HttpResponse = suspend_request(request, reverse("again"))
            return answer
        allowed = not isinstance(error, NotAllowedError)
        slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
        context = {
            "title": _("This is not possible now") if allowed else _("You may not do this"),
            "error": error,
            "where": reverse(WHERE[error.code], args=[slug]) if slug and error.code in WHERE else "",
        }
        response = render(request, "pages/refused.html", context, status=409 if allowed else 403)
        if isinstance(error, BusyError):
            response.status_code, response["Retry-After"] = 503, str(error.retry_after_s)
        return response


def _second_factor_first(request: HttpRequest) -> HttpResponse:
    """Lead to the second factor and back: what was sent is kept meanwhile. Who has none is led to adding one."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if methods:
        answer: HttpResponse = suspend_request(request, methods[0]["url"])
        return answer
    messages.warning(
        request,
        _(
            "To seal, to revoke and to manage keys you need a second factor. Add one, then go back and do it again."
        ),
    )
    return redirect("mfa_index")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session, or cookies are off; ``reason`` is for developers only."""
    return render(request, "403_csrf.html", status=403)
