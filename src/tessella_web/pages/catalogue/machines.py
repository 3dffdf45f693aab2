"""What programs follow: a feed of each search, the list of all pages, and what they may read."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.search.models import Listing
from tessella_web.catalogue.search.queries import newest
from tessella_web.pages.catalogue.asking import read
from tessella_web.pages.catalogue.results import results_of

__all__ = ["feed", "robots", "sitemap", "sitemap_part"]

ENTRIES = 50
"""What a feed holds: readers ask every hour or day."""

SITEMAP_URLS = 20_000
"""Addresses in one file; the protocol allows 50,000 and 50 MB."""

KEPT_S = 900


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """What was published last of a search, or of everything, as Atom (RFC 4287)."""
    address = read(request.GET)
    found = results_of(
        newest(address.asked, on=timezone.now().date(), count=ENTRIES), on=timezone.now().date()
    )
    base = settings.BASE_URL
    made = Atom1Feed(
        title=_("Catalogue: %(words)s") % {"words": address.words}
        if address.words
        else _("New in the catalogue"),
        link=base + reverse("catalogue") + address.question,
        description=_("Micro-credentials as they are published"),
        language=get_language(),
        feed_url=base + request.get_full_path(),
        feed_guid=base + reverse("catalogue-feed") + address.question,
    )
    for one in found:
        made.add_item(
            title=one.title.text,
            link=base + one.url,
            description=one.summary.text,
            unique_id=base + one.url,
            pubdate=one.published_at,
            updateddate=one.published_at,
            author_name=one.organisation.name,
            categories=one.facts[:1],
        )
    response = HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The list of lists (sitemaps.org)."""
    count = Listing.objects.count()
    parts = [
        reverse("sitemap-part", args=[number + 1]) for number in range(max(1, -(-count // SITEMAP_URLS)))
    ]
    return _xml(request, "pages/catalogue/sitemap-index.xml", {"parts": parts})


@require_safe
def sitemap_part(request: HttpRequest, number: int) -> HttpResponse:
    """Pages of versions with the day of publication; the first part names providers and the catalogue, too."""
    start = (number - 1) * SITEMAP_URLS
    rows = Listing.objects.order_by("number").values_list("description_id", "version__number", "published_at")
    listed = list(rows[start : start + SITEMAP_URLS])
    if number < 1 or (number > 1 and not listed):
        raise Http404
    pages: list[tuple[str, dt.date | None]] = []
    if number == 1:
        pages = [(reverse("catalogue"), None), (reverse("registers"), None)]
        providers = Organisation.objects.filter(listings__isnull=False).annotate(
            last=Max("listings__published_at")
        )
        pages += [
            (reverse("provider", args=[one.slug]), one.last.date()) for one in providers.order_by("slug")
        ]
    pages += [(reverse("version", args=[id, version]), at.date()) for id, version, at in listed]
    return _xml(request, "pages/catalogue/sitemap.xml", {"pages": pages})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Workspaces and accounts are nobody's to index; awards say so on their own pages, which must be readable for that."""
    closed = [reverse("sign-in"), "/o/", reverse("catalogue-compare")]
    lines = [
        "User-agent: *",
        *(f"Disallow: {one}" for one in closed),
        "",
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _xml(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = render(
        request,
        template,
        {**context, "base": settings.BASE_URL},
        content_type="application/xml; charset=utf-8",
    )
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response
