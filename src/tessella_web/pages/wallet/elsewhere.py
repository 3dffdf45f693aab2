"""Using a credential in other places: a profile on LinkedIn, the European wallet Europass. Nothing is sent from here: links and files
for the person to use.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella_web.credentials.models import AwardState
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.forms import forms_of
from tessella_web.credentials.wallet.models import Share, ShownKind
from tessella_web.pages.wallet.common import entry_or_404, languages

__all__ = ["profile_links", "show"]

_PROFILE = "https://www.linkedin.com/profile/add"

_EUROPASS = ".jsonld"
"""What files are called that Europass takes as they are."""


def profile_link(
    *, title: str, issuer: str, day: dt.date | None, until: dt.date | None, address: str, id: str = ""
) -> str:
    """LinkedIn's own form, filled in; nothing happens before the person sends it there."""
    fields: dict[str, Any] = {"startTask": "CERTIFICATION_NAME", "name": title, "organizationName": issuer}
    if day:
        fields |= {"issueYear": day.year, "issueMonth": day.month}
    if until:
        fields |= {"expirationYear": until.year, "expirationMonth": until.month}
    fields["certUrl"] = address
    if id:
        fields["certId"] = id
    return f"{_PROFILE}?{urlencode(fields)}"


def profile_links(share: Share, address: str) -> list[tuple[str, str]]:
    """By title the links for what a share shows, each leading to the share; none where a PIN would be asked for."""
    if share.pin:
        return []
    return [
        (
            one.facts["title"],
            profile_link(
                title=one.facts["title"], issuer=one.facts.get("issuer", ""), day=_day(one.facts.get("day")),
                until=one.award.valid_until.date() if one.award and one.award.valid_until and not one.withheld else None,
                address=address,
            ),
        )
        for one in share.files.select_related("award")
        if one.kind == ShownKind.CREDENTIAL and one.file
    ]  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@login_required
@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """What can be done with one credential elsewhere."""
    entry = entry_or_404(request, key)
    public = _public_page(entry)
    forms = forms_of(entry)
    return render(request, "pages/wallet/elsewhere.html", {
        "entry": entry,
        "europass": next((one for one in forms if one.name.endswith(_EUROPASS)), None),
        "others": [one for one in forms if not one.name.endswith(_EUROPASS)],
        "public": public,
        "profile": profile_link(
            title=entry.title, issuer=entry.issuer, day=entry.day, until=entry.until, address=public,
            id=entry.award.id if entry.award else "",
        ) if public else "",
        "crumbs": [(_("Wallet"), reverse("wallet")), (entry.title, reverse("wallet-entry", args=[key])), (_("Use it elsewhere"), "")],
        "language": languages()[0],
    })  # fmt: skip


def _public_page(entry: Entry) -> str:
    """The page of an award made here that everybody may read; it names nobody."""
    award = entry.award
    if award is None or award.state != AwardState.VALID or award.is_test:
        return ""
    return settings.BASE_URL + reverse("award", args=[award.id])
