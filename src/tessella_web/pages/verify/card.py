"""A small card that other sites show in a frame: what was awarded and whether it stands now. And where they find it (oEmbed 1.0)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from tessella.text import pick
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.verifying.signing import platform
from tessella_web.credentials.wallet.domain import standing_share
from tessella_web.credentials.wallet.models import SharedFile, ShownKind
from tessella_web.pages.award.public import standing

__all__ = ["award", "oembed", "platform_did", "shared"]

WIDTH, HEIGHT = 420, 190
"""Pixels of a card with one award."""

LEAST_WIDTH, LEAST_HEIGHT = 240, 150
"""Smaller ones cannot be read: then there is none."""

ROW_HEIGHT = 64
"""More for each further line."""

MOST_ROWS = 4

CACHE_S = 300
"""How long a card may be shown without asking again: so long may a revocation take to be seen."""

THEMES = ("light", "dark")


class Row(NamedTuple):
    """One line of a card: what, by whom, the verdict and its word, since when, and where to read more."""

    title: str
    issuer: str
    verdict: str
    word: str
    since: Any
    url: str
    record: Any = None


class Card(NamedTuple):
    """A card: its lines, where it leads, and how many lines it leaves out."""

    rows: list[Row]
    url: str
    more: int = 0

    @property
    def height(self) -> int:
        """Pixels."""
        return HEIGHT + ROW_HEIGHT * (len(self.rows) - 1)


def _framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Other sites may show this one route in a frame; no cookie is read or set, so there is nothing to click away from anybody."""

    @xframe_options_exempt
    @csp_replace({"frame-ancestors": ["*"], "form-action": ["'none'"], "script-src": ["'none'"]})
    @require_safe
    @wraps(view)
    def framed(request: HttpRequest, **values: Any) -> HttpResponse:
        response = view(request, **values)
        response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex", "no-referrer"
        response["Cache-Control"] = f"public, max-age={CACHE_S}"
        return response

    return framed


@_framed
def award(request: HttpRequest, id: str) -> HttpResponse:
    """The card of an award: nothing about the person."""
    return _rendered(request, _of_award(id))


@_framed
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """The card of something that its holder shows to everybody who has the link. Looking at it counts as no look."""
    return _rendered(request, _of_share(secret))


def _rendered(request: HttpRequest, card: Card | None) -> HttpResponse:
    theme = request.GET.get("theme", "")
    context = {"card": card, "theme": theme if theme in THEMES else ""}
    return render(request, "pages/verify/card.html", context, status=200 if card else 404)


def _of_award(id: str) -> Card | None:
    found = queries.public_award(id)
    return Card([_row(found)], settings.BASE_URL + reverse("award", args=[id])) if found else None


def _row(found: Award) -> Row:
    record = found.version.record()
    verdict, word = standing(found)
    if found.is_test and verdict == "passed":
        verdict, word = "indeterminate", _("A test: it proves nothing")
    since = max((one.at for one in found.changes.all() if one.state == found.state), default=None)
    return Row(
        title=pick(record.title, (get_language() or "en", record.language)), issuer=found.organisation.name,
        verdict=verdict, word=word, since=since if found.state != AwardState.VALID else None,
        url=settings.BASE_URL + reverse("award", args=[found.id]), record=record,
    )  # fmt: skip


def _of_share(secret: str) -> Card | None:
    """Nothing that is for one person only: with a PIN, or with a number of looks."""
    try:
        share = standing_share(secret=secret)
    except RefusedError:
        return None
    if not share.is_for_everybody:
        return None
    url = settings.BASE_URL + reverse("shared", args=[secret])
    files = list(
        share.files.filter(kind__in=(ShownKind.CREDENTIAL, ShownKind.DECLARED))
        .select_related("award__organisation", "award__version")
        .prefetch_related("award__changes")
    )
    rows = [_shared_row(one, url) for one in files[:MOST_ROWS]]
    return Card(rows, url, len(files) - len(rows)) if rows else None


def _shared_row(one: SharedFile, url: str) -> Row:
    if one.award is not None:
        return _row(one.award)._replace(url=url)
    facts = one.facts
    verdict = one.verdict or "not_applicable"
    word = _("Said by the person alone") if not one.file else ""
    return Row(str(facts.get("title", "")), str(facts.get("issuer", "")), verdict, word, None, url)


# --- oEmbed -------------------------------------------------------------------------------------------


@require_safe
def oembed(request: HttpRequest, suffix: str) -> HttpResponse:
    """How a page of ours is shown elsewhere (oEmbed 1.0, type *rich*)."""
    if request.GET.get("format", suffix) != suffix:
        return _open(
            HttpResponse(_("Only the format in the address is given."), status=501, content_type="text/plain")
        )
    found = _card_at(request.GET.get("url", ""))
    if found is None:
        raise Http404
    card, source = found
    width, height = _limit(request, "maxwidth", WIDTH), _limit(request, "maxheight", card.height)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        raise Http404
    theme = request.GET.get("theme", "")
    source += f"?theme={theme}" if theme in THEMES else ""
    title = ", ".join(one.title for one in card.rows)
    html = format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" frameborder="0" referrerpolicy="no-referrer" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>',
        source, width, height, title,
    )  # fmt: skip
    answer = {
        "version": "1.0", "type": "rich", "title": title, "author_name": card.rows[0].issuer,
        "provider_name": urlsplit(settings.BASE_URL).netloc, "provider_url": settings.BASE_URL,
        "cache_age": CACHE_S, "html": str(html), "width": width, "height": height,
    }  # fmt: skip
    return _open(JsonResponse(answer) if suffix == "json" else _xml(answer))


def _card_at(address: str) -> tuple[Card, str] | None:
    """The card of one of our addresses, and the address of the card."""
    parts = urlsplit(address)
    if parts[:2] != urlsplit(settings.BASE_URL)[:2]:
        return None
    try:
        route = resolve(parts.path)
    except Resolver404:
        return None
    if route.url_name not in ("award", "shared"):
        return None
    name, make = {"award": ("award-card", _of_award), "shared": ("shared-card", _of_share)}[route.url_name]
    (value,) = route.kwargs.values()
    card = make(value)
    return (card, settings.BASE_URL + reverse(name, args=[value])) if card else None


def _limit(request: HttpRequest, name: str, usual: int) -> int:
    given = request.GET.get(name, "")
    return min(usual, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else usual


def _xml(answer: dict[str, Any]) -> HttpResponse:
    root = ElementTree.Element("oembed")
    for name, value in answer.items():
        ElementTree.SubElement(root, name).text = str(value)
    body = b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + ElementTree.tostring(
        root, encoding="utf-8"
    )
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={CACHE_S}"
    return response


# --- who signs reports --------------------------------------------------------------------------------


@require_safe
def platform_did(request: HttpRequest) -> HttpResponse:
    """The keys with which this installation signs verification reports, at its did:web."""
    document = platform().did_document()
    if document is None:
        raise Http404
    return _open(JsonResponse(document, content_type="application/did+ld+json"))
