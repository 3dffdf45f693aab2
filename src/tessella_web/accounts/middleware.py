"""Which workspace a request is about, and how surely we know who asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tessella_web.accounts import queries
from tessella_web.accounts.assurance import acting
from tessella_web.accounts.signin.session import second_factor_at, signed_in_at

__all__ = ["AssuranceMiddleware", "WorkspaceMiddleware"]


class WorkspaceMiddleware:
    """``request.workspaces``: the organisations the person works in, read when first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.workspaces = SimpleLazyObject(lambda: queries.workspaces_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)


class AssuranceMiddleware:
    """Says to the domain when whoever asks has last shown who they are; the session is read only if it matters."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(lambda: second_factor_at(request), lambda: signed_in_at(request)):
            return self.get_response(request)
