"""Asking an address as somebody, and what the answer means for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.matrix.world import World

__all__ = ["METHODS", "Route", "answer", "routes"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OTHERS = ("api-",)
"""Address spaces that have a matrix of their own: the REST interface asks per operation and scope (tests/api)."""


@dataclass(frozen=True)
class Route:
    """A named address with the names of its arguments."""

    name: str
    arguments: tuple[str, ...]

    def address(self, world: World) -> str:
        """Where it is in this installation."""
        return reverse(self.name, kwargs=world.arguments(self.name, list(self.arguments)))


def routes() -> Iterator[Route]:
    """Every named address of the platform."""

    def walk(parts: list[Any], space: str, before: tuple[str, ...]) -> Iterator[Route]:
        for part in parts:
            own = (*before, *(part.pattern.converters or re.compile(part.pattern.regex).groupindex))
            if isinstance(part, URLResolver):
                inner = f"{space}{part.namespace}:" if part.namespace else space
                yield from walk(part.url_patterns, inner, own)
            elif isinstance(part, URLPattern) and not space.startswith(OTHERS):
                yield Route(f"{space}{part.name}", own)

    yield from walk(get_resolver().url_patterns, "", ())


def answer(world: World, route: Route, method: str, who: str) -> str:
    """``yes``, ``sign-in``, ``not-found``, ``forbidden``, ``no-method`` or the status of anything else; nothing of it stays."""
    client = Client(raise_request_exception=True)
    client.handler = world.handler
    cookies = world.signed_in(who)
    with transaction.atomic():
        client.cookies.load(cookies)
        response = client.generic(
            method, route.address(world), urlencode(world.sent.get(route.name, {})) if method == "POST" else "",
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        transaction.set_rollback(True)
    status = response.status_code
    if status in (301, 302, 303) and response["Location"].startswith("/sign-in?"):
        return "sign-in"
    if 200 <= status < 400 or status in (400, 409, 422):
        return "yes"
    return {403: "forbidden", 404: "not-found", 405: "no-method"}.get(status, str(status))
