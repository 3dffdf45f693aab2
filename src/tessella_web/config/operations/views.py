"""Health and metrics, for programs that watch the installation."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tessella_web.config.operations import health, metrics

__all__ = ["is_direct", "live", "measured", "ready"]


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return _answer({"status": "ok"}, 200)


@require_safe
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    """Every thing by name; 503 when one that requests need is not good."""
    found = health.answers()
    status = 200 if all(one.is_good or not one.is_needed for one in found.values()) else 503
    whole = (
        "ok" if all(one.is_good for one in found.values()) else ("degraded" if status == 200 else "failed")
    )
    return _answer({"status": whole, "checks": {name: one.word for name, one in found.items()}}, status)


@require_safe
def measured(request: HttpRequest) -> HttpResponse:
    """Metrics, for whoever has the token; without a token only for programs on this machine."""
    if not _may_measure(request):
        raise Http404
    response = HttpResponse(metrics.text(), content_type=metrics.MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def is_direct(request: HttpRequest) -> bool:
    """Whether a program on this machine asks, and no proxy in between."""
    try:
        here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return here and "HTTP_X_FORWARDED_FOR" not in request.META and "HTTP_FORWARDED" not in request.META


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if not token:
        return is_direct(request)
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(f"Bearer {token}".encode(), given.encode())


def _answer(content: dict[str, object], status: int) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response
