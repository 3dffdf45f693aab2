"""The interface as one: its subjects, its errors, and what surrounds every request."""

from __future__ import annotations

import http
import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError

from tessella_web.api import limits
from tessella_web.api.operations import StashParser
from tessella_web.api.problems import ProblemError, not_found, of_domain, of_validation
from tessella_web.api.routes import TABLES
from tessella_web.common.errors import DomainError

__all__ = ["api", "guarded", "nothing_here"]

_log = logging.getLogger(__name__)

api = NinjaAPI(
    title="Tessella",
    version="1",
    urls_namespace="api-v1",
    openapi_url=None,
    docs_url=None,
    parser=StashParser(),
)
for table in TABLES:
    api.add_router("", table.router)


@api.exception_handler(ProblemError)
def _problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return error.response()


@api.exception_handler(DomainError)
def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return of_domain(error).response()


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return of_validation(error.errors).response()


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return not_found().response()


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: told without detail, logged without what was sent."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s at %s:%s", type(error).__name__, place.filename, place.lineno, exc_info=error)
    return ProblemError(
        500,
        "api.fault",
        _("Something went wrong here."),
        hint=_("Try again later; tell the operator if it stays."),
    ).response()


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What every request goes through: its size before it is read, methods that are not there, headers that are always told."""

    @csrf_exempt
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if int(request.META.get("CONTENT_LENGTH") or 0) > limits.MAX_FILE_BYTES:
                limits.body_of(request, limits.MAX_FILE_BYTES)
            if request.method == "HEAD":
                request.method = "GET"
                response = view(request, *args, **kwargs)
                request.method = "HEAD"
            else:
                response = view(request, *args, **kwargs)
        except (ValueError, RequestDataTooBig) as error:
            response = _unreadable(error).response()
        except ProblemError as error:
            response = error.response()
        if isinstance(response, HttpResponseNotAllowed):
            response = _not_allowed(response["Allow"]).response()
        limits.tell(request, response)  # type: ignore[arg-type] # headers are all it touches
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return inner


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Addresses that are none."""
    return not_found().response()


def _not_allowed(allow: str) -> ProblemError:
    names = sorted({one.strip() for one in allow.split(",") if one.strip()})
    return ProblemError(
        405, "api.method", _("This address does not know the method."), hint=_("It knows: %(names)s.") % {"names": ", ".join(names)},
        headers={"Allow": ", ".join(names)},
    )  # fmt: skip


def _unreadable(error: Exception) -> ProblemError:
    if isinstance(error, RequestDataTooBig):
        return ProblemError(413, "api.too-large", _("The body is too large."), hint=_("Send less at once."))
    return ProblemError(400, "api.length", http.HTTPStatus(400).phrase)
