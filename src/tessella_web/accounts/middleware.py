"""Which workspace a request is about."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tessella_web.accounts import queries

__all__ = ["WorkspaceMiddleware"]


class WorkspaceMiddleware:
    """``request.workspaces``: the organisations the person works in, read when first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.workspaces = SimpleLazyObject(lambda: queries.workspaces_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)
