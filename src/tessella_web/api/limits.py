"""How often, how large, how deep: what a request may ask of the platform."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tessella_web.api.problems import ProblemError

__all__ = [
    "MAX_DEPTH", "MAX_FILE_BYTES", "MAX_JSON_BYTES", "PUBLIC", "TOKEN", "TOKEN_VERIFICATION", "VERIFICATION",
    "Rate", "body_of", "count", "json_of", "tell",
]  # fmt: skip

MAX_JSON_BYTES = 4 * 1024 * 1024  # bytes
"""A batch of 5,000 rows with all columns is about 2 MB."""

MAX_FILE_BYTES = 11 * 1024 * 1024  # bytes
"""As on the pages: credentials with pictures, class lists, registers."""

MAX_DEPTH = 40
"""Levels of a JSON body; a description has about ten."""


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    name: str
    requests: int
    window_s: int


TOKEN = Rate("token", 600, 60)
"""Ten a second: more than a person's program needs, less than what slows others down."""

PUBLIC = Rate("address", 240, 60)
"""Per address without a token: a network with many people behind one address can still read."""

VERIFICATION = Rate("verification", 60, 60)
"""Per address: opening a file costs a second at worst."""

TOKEN_VERIFICATION = Rate("verification", 300, 60)
"""With a token: a program that checks what a whole office is sent."""


def count(request: HttpRequest, who: str, rate: Rate) -> None:
    """One more request in this window; where it stands is told with the answer.

    Counted in Django's cache: by process, or by installation where a shared cache is configured.

    Raises:
        ProblemError: 429.
    """
    now = time.monotonic_ns() // 10**9
    window = now // rate.window_s
    resets = rate.window_s - now % rate.window_s
    key = f"api-rate:{who}:{window}"
    cache.add(key, 0, rate.window_s * 2)
    used = cache.incr(key)
    left = max(0, rate.requests - used)
    request.api_rate = {  # type: ignore[attr-defined] # read by `tell`
        "RateLimit-Policy": f'"{rate.name}";q={rate.requests};w={rate.window_s}',
        "RateLimit": f'"{rate.name}";r={left};t={resets}',
    }
    if used > rate.requests:
        raise ProblemError(
            429, "api.too-many", _("Too many requests."), hint=_("Wait as long as “Retry-After” says."),
            headers={"Retry-After": str(resets)},
        )  # fmt: skip


def tell(request: HttpRequest, response: HttpResponse) -> None:
    """Say in the answer how many requests are left."""
    told: Mapping[str, str] = getattr(request, "api_rate", {})
    for name, value in told.items():
        response[name] = value


def body_of(request: HttpRequest, most: int) -> bytes:
    """The body.

    Raises:
        ProblemError: 413; 400 for a length that is none.
    """
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise ProblemError(400, "api.length", _("“Content-Length” is not a number.")) from error
    if length > most or len(request.body) > most:
        raise ProblemError(
            413, "api.too-large", _("The body is larger than %(most)s MB.") % {"most": most // 1024**2},
            hint=_("Send less at once."),
        )  # fmt: skip
    return request.body


def json_of(data: bytes) -> Any:
    """The JSON value of a body (RFC 8259): UTF-8, no name twice, numbers and letters that exist, `MAX_DEPTH` levels.

    Raises:
        ProblemError: 400.
    """
    try:
        msgspec.json.decode(data)
        value = json.loads(data.decode(), object_pairs_hook=_once, parse_float=_number)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise ProblemError(
            400, "api.json", _("The body is not JSON that can be read."),
            hint=_("Send UTF-8, each name once, and no more than %(most)s levels.") % {"most": MAX_DEPTH},
        ) from error  # fmt: skip
    if _depth(value) > MAX_DEPTH:
        raise ProblemError(
            400, "api.json-depth", _("The body has too many levels."), hint=_("%(most)s are enough.") % {"most": MAX_DEPTH}
        )  # fmt: skip
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _number(text: str) -> float | int:
    """A number without fraction is whole however it is written (JSON Schema 2020-12, 6.1.1): 25.0 is 25."""
    found = float(text)
    return int(found) if found.is_integer() and abs(found) <= 2**53 else found


def _depth(value: Any) -> int:
    """Levels, counted without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, level = waiting.pop()
        deepest = max(deepest, level)
        if level > MAX_DEPTH:
            break
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting += ((each, level + 1) for each in inner)
    return deepest
