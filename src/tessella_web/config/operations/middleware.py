"""Around every request: a number that its log lines share, what it took, and how many an address may make."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tessella_web.common.limits import client_address, is_over, is_proxy
from tessella_web.config.operations.logs import request_id
from tessella_web.config.operations.metrics import REQUESTS
from tessella_web.config.operations.views import is_direct

__all__ = ["PublicLimitMiddleware", "RequestMiddleware"]

_log = logging.getLogger("tessella_web.requests")

_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
"""What a proxy may give as number of a request: nothing that could forge a line of the log."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

WINDOW_S = 60

COUNTED_ELSEWHERE = ("api-",)
"""Routes with limits of their own."""

NEVER = frozenset({"health-live", "health-ready", "metrics"})


class RequestMiddleware:
    """Gives the request a number, writes one line when it is answered, counts it. The first of all, to see everything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if _GIVEN_ID.match(given) and is_proxy(request) else secrets.token_hex(8)
        token, began = request_id.set(number), time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            _tell(request, response.status_code, seconds)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = number
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class PublicLimitMiddleware:
    """So many requests a minute from one address, for everybody who is not signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """After the route is known, before the page is made."""
        name = _route(request)
        most = settings.PUBLIC_RATE
        if not most or is_direct(request) or name in NEVER or name.startswith(COUNTED_ELSEWHERE):
            return None
        if not is_over("public", client_address(request), most=most, per_s=WINDOW_S):
            return None
        if request.user.is_authenticated:  # asked last: it reads the session
            return None
        response = render(request, "pages/too-many.html", {"seconds": WINDOW_S}, status=429)
        response["Retry-After"] = str(WINDOW_S)
        return response


def _route(request: HttpRequest) -> str:
    """The name of the route; never the path, which holds secrets and ids."""
    match = request.resolver_match
    if match is None:
        return "-"
    return match.view_name or match.route or "-"


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    route = _route(request)
    method = request.method if request.method in METHODS else "OTHER"
    REQUESTS.count(route, str(method), status, seconds)
    facts = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
    _log.info("answered", extra={"facts": facts})
