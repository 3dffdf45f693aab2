"""What the pages about activities share."""

from __future__ import annotations

import base64
import io
from typing import Any

import segno
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation
from tessella_web.credentials.activities import queries
from tessella_web.credentials.activities.models import Activity
from tessella_web.pages.access import workspace

__all__ = ["activity_for", "crumbs", "qr_picture"]


def activity_for(request: HttpRequest, slug: str, id: str) -> tuple[Organisation, Activity]:
    """The activity, for those who run it."""
    organisation = workspace(request, slug, "activity.run")
    found = queries.activity_at(id, organisation)
    if found is None:
        raise Http404
    return organisation, found


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Events and tasks"), reverse("activities", args=[organisation.slug])),
        *others,
    ]


def qr_picture(address: str, *, size: int, alt: str) -> SafeString:
    """The address as a QR code, black on white with its quiet zone (ISO/IEC 18004: four modules), whatever the page's colours."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    return format_html(
        '<img class="qr" src="data:image/png;base64,{}" width="{}" height="{}" alt="{}">',
        base64.b64encode(out.getvalue()).decode(), size, size, alt,
    )  # fmt: skip
