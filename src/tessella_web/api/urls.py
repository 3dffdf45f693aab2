"""The addresses of the interface, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import URLPattern, include, path, re_path

from tessella_web.api import document
from tessella_web.api.interface import api, guarded, nothing_here

_patterns, _app, _namespace = api.urls


def _guarded(pattern: URLPattern) -> URLPattern:
    pattern.callback = guarded(pattern.callback)
    return pattern


_own = [
    path("openapi.json", document.openapi, name="openapi"),
    path("docs", document.readable, name="docs"),
    *(_guarded(one) for one in _patterns if isinstance(one, URLPattern) and one.name != "api-root"),
    re_path(r"^(?P<rest>.*)$", nothing_here, name="nothing"),
]

urlpatterns = [path("api/v1/", include((_own, _app), namespace=_namespace))]
