"""What somebody was told about what they hold, and whether they want mails about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tessella.text import pick
from tessella_web.credentials.noticing import domain
from tessella_web.credentials.noticing.models import Notice
from tessella_web.credentials.noticing.queries import notices_of, wants_mails
from tessella_web.pages.access import person_of

__all__ = ["told"]


@login_required
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first; what is new is marked, and seen once somebody says so."""
    person = person_of(request)
    if request.method == "POST":
        if "seen" in request.POST:
            domain.read_all(by=person)
            messages.success(request, _("Marked as seen."))
        else:
            domain.set_wishes(by=person, mails="mails" in request.POST)
            messages.success(request, _("Saved."))
        return redirect("wallet-notices")
    found = [told(one) for one in notices_of(person)]
    return render(request, "pages/wallet/notices.html", {
        "notices": found,
        "is_new": any(one["notice"].read_at is None for one in found),
        "wants_mails": wants_mails(person),
        "crumbs": [(_("Wallet"), reverse("wallet")), (_("What changed"), "")],
    })  # fmt: skip


def told(notice: Notice) -> dict[str, Any]:
    """A notice with the name of what it is about, and its successor."""
    award = notice.award
    if award is None:
        title = notice.item.facts.get("title") or notice.item.name if notice.item else ""
        return {"notice": notice, "title": title, "successor": ""}
    successor = getattr(award, "replaced_by", None)
    title = pick(award.version.record().title, (get_language() or "en", "en"))
    return {"notice": notice, "title": title, "successor": successor.id if successor else ""}
