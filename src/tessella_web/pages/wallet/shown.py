"""What others see of what was shared: the page behind a link, its files, all of it as one PDF. The same page is shown to its
holder before it is sent, and to an organisation it was handed in to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying.answers import Credential, answer
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.collected import collected, standing
from tessella_web.credentials.wallet.entries import tile_of
from tessella_web.credentials.wallet.models import Share, SharedFile, ShownKind
from tessella_web.pages.access import add_refusal
from tessella_web.pages.verify.views import shown as answered
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.holding import download

__all__ = ["as_pdf", "body", "file_of", "private", "shown", "shown_file", "shown_pdf"]

OPENED = "shares-opened"
"""The session's list of what was opened in it (digests): turning a page is not another look."""


SAID = (
    "description",
    "outcomes",
    "workload",
    "level",
    "assessment",
    "supervision",
    "grade",
    "participation",
    "prerequisites",
    "quality",
)
"""Of the plain words those that stand open on the page, in this order; the others are folded in with how it is known."""


class DoorForm(forms.Form):
    """What opens a share."""

    pin = forms.CharField(
        label=gettext_lazy("PIN"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("The person who sent you the link has it."),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Who you are"), max_length=200, required=False,
        help_text=gettext_lazy("If you want the person to know who looked. Nothing else about you is kept."),
    )  # fmt: skip


def body(share: Share, address: Callable[[int], str]) -> dict[str, Any]:
    """What the page shows, each thing as it stands today.

    Args:
        address: of the file of the thing with this number, counted from 1.
    """
    files = share.files.select_related("award__replaced_by").prefetch_related("award__changes")
    return {
        "share": share,
        "pieces": [_piece(one, address(number), share) for number, one in enumerate(files, 1)],
    }


def _piece(one: SharedFile, address: str, share: Share) -> dict[str, Any]:
    is_credential = one.kind == ShownKind.CREDENTIAL
    found = answer(_bytes(one), name=one.name, languages=languages()) if one.file and is_credential else None
    told = [answered(credential) for credential in found.credentials[:1]] if found else []
    facts = [fact for credential in told for fact in credential["facts"]]
    return {
        "one": one,
        "kind": str(one.kind),
        "tile": tile_of(one.facts),
        "verdict": str(found.report.verdict) if found else "not_applicable",
        "facts": [*facts, *_says(found.credentials[0])] if found and told else facts,
        "credentials": [{**credential, "facts": []} for credential in told],
        "now": standing(one.award),
        "file": address if one.file and share.may_keep else "",
    }


def _says(one: Credential) -> list[tuple[str, str]]:
    """What it says of the learning itself; what its holder left out or nobody stated is not listed."""
    rows = [row for section in one.sections for row in section.rows if row.stated and row.element in SAID]
    return [
        (row.label, "; ".join(row.values)) for row in sorted(rows, key=lambda row: SAID.index(row.element))
    ]


def _bytes(one: SharedFile) -> bytes:
    with default_storage.open(one.file) as file:
        data: bytes = file.read()
    return data


@require_http_methods(["GET", "POST"])
def shown(request: HttpRequest, secret: str) -> HttpResponse:
    """What somebody was sent. A button opens it first: programs that look into mails must not use it up."""
    is_open = _was_opened(request, secret)
    try:
        found = domain.standing_share(secret=secret, is_open=is_open)
        if not is_open:
            return _door(request, secret, found)
    except RefusedError as error:
        return private(render(request, "pages/wallet/closed.html", {"error": error}, status=404))
    context = body(found, lambda number: reverse("shared-file", args=[secret, number]))
    context["embedded"] = _embedded(found, secret)
    context["pdf"] = reverse("shared-pdf", args=[secret]) if found.may_keep else ""
    return private(render(request, "pages/wallet/shown.html", context))


def _door(request: HttpRequest, secret: str, found: Share) -> HttpResponse:
    form = DoorForm(request.POST if request.method == "POST" else None)
    if not found.pin:
        del form.fields["pin"]
    if request.method == "POST" and form.is_valid():
        try:
            domain.open_share(
                secret=secret, pin=form.cleaned_data.get("pin", ""), name=form.cleaned_data["name"]
            )
        except RefusedError as error:
            if error.code != "wallet.pin":
                raise
            add_refusal(form, error)
        else:
            request.session[OPENED] = [*request.session.get(OPENED, []), found.digest]
            return private(redirect("shared", secret))
    context = {"form": form, "embedded": _embedded(found, secret)}
    return private(render(request, "pages/wallet/door.html", context))


def _embedded(share: Share, secret: str) -> str:
    """The address that other sites may show as a card; empty where its holder did not show it to everybody."""
    return settings.BASE_URL + reverse("shared", args=[secret]) if share.is_for_everybody else ""


@require_safe
def shown_file(request: HttpRequest, secret: str, number: int) -> HttpResponse:
    """One of the files, counted from 1, for whoever has opened the page, where its holder allows that it is kept."""
    found = _opened(request, secret)
    if isinstance(found, HttpResponse):
        return found
    return private(file_of(found, number))


@require_safe
def shown_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """All of it as one document, where its holder allows that it is kept."""
    found = _opened(request, secret)
    if isinstance(found, HttpResponse):
        return found
    return private(as_pdf(found))


def _opened(request: HttpRequest, secret: str) -> Share | HttpResponse:
    if not _was_opened(request, secret):
        raise Http404
    try:
        found = domain.standing_share(secret=secret, is_open=True)
    except RefusedError as error:
        return private(render(request, "pages/wallet/closed.html", {"error": error}, status=404))
    if not found.may_keep:
        raise Http404
    return found


def file_of(share: Share, number: int) -> HttpResponse:
    """A file of a share to keep, counted from 1."""
    files = list(share.files.all())
    if not 1 <= number <= len(files) or not files[number - 1].file:
        raise Http404
    return download(_bytes(files[number - 1]), files[number - 1].name)


def as_pdf(share: Share) -> HttpResponse:
    """A share as one document to keep."""
    response = download(collected(share, languages()), _("portfolio") + ".pdf")
    response["Content-Type"] = "application/pdf"
    return response


def _was_opened(request: HttpRequest, secret: str) -> bool:
    return domain.digest_of(secret) in request.session.get(OPENED, [])


def private(response: HttpResponse) -> HttpResponse:
    """No search engine keeps it, no other site learns its address."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = (
        "same-origin"  # none at all would make the browser hide where our own form comes from
    )
    response["Cache-Control"] = "private, no-store"
    return response
