"""Which address is which route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404

__all__ = ["route_of", "routes"]


def route_of(address: str) -> str:
    """The name of the route that an address leads to; empty when there is none."""
    try:
        return str(resolve(urlsplit(address).path).url_name)
    except Resolver404:
        return ""


def routes() -> Iterator[str]:
    """The names of all addresses of the platform but those of the interface for programs, which has a space of its own."""

    def walk(parts: list[Any]) -> Iterator[str]:
        for part in parts:
            if isinstance(part, URLResolver) and str(part.namespace or "").startswith("api-"):
                continue
            if isinstance(part, URLResolver):
                yield from walk(part.url_patterns)
            elif isinstance(part, URLPattern):
                yield str(part.name)

    yield from walk(get_resolver().url_patterns)
