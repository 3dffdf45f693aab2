"""Small tiles at addresses of their own: a list of hundreds downloads each kind of tile once."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tessella.model import RecordType
from tessella.rendering import TileFacts, tile_svg

SIZE = 96
"""Pixels up to which a tile shows nothing but its kind, field and level: then one drawing serves all that share them."""

A_YEAR_S = 31_536_000


@require_safe
@cache_control(public=True, max_age=A_YEAR_S, immutable=True)
def tile(request: HttpRequest, kind: str, field: str, level: int) -> HttpResponse:
    """The small tile of such a record. Nothing about anybody's record is in the address."""
    fields = {f"{number:02}" for number in range(11)} | {"none"}
    if kind not in set(RecordType) or field not in fields or level > 8:
        raise Http404
    facts = TileFacts(
        record_type=RecordType(kind), field="" if field == "none" else field, level=level or None
    )
    response = HttpResponse(tile_svg(facts, size=SIZE, label=False), content_type="image/svg+xml")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
