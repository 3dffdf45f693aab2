"""Showing things to others: choose, for whom, until when; the log; and the page that the others see."""

from __future__ import annotations

import base64
import datetime as dt
import io
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import AwardState
from tessella_web.credentials.verifying.answers import answer
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.entries import entries_of, tile_of
from tessella_web.credentials.wallet.models import Share, SharedFile, Source
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.verify.views import shown as answered
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.holding import download

DEFAULT_DAYS = 90
"""How long something is shown when nobody says otherwise: as long as an application takes."""

OPENED = "shares-opened"
"""The session's list of what was opened in it (digests): turning a page is not another look."""


class ShareForm(forms.Form):
    """What is shown, to whom, and how long."""

    keys = forms.MultipleChoiceField(label=gettext_lazy("What you show"), widget=forms.CheckboxSelectMultiple)
    recipient = forms.CharField(
        label=gettext_lazy("For whom"), max_length=200,
        help_text=gettext_lazy("A person or an organisation. It stands in your log and on the page they see."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Such as: application as a nurse."),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("After this day the link shows nothing. You can withdraw it at any time before."),
    )  # fmt: skip
    most_views = forms.IntegerField(
        label=gettext_lazy("How often it can be opened"), required=False, min_value=1, max_value=10_000,
        help_text=gettext_lazy("Leave it empty for as often as wanted."),
    )  # fmt: skip
    pin = forms.CharField(
        label=gettext_lazy("PIN"), required=False, min_length=4, max_length=20,
        help_text=gettext_lazy("If you want one: tell it to them by another way than the link."),
    )  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What is shown to whom, who looked when, and how to end it."""
    now = timezone.now()
    found = Share.objects.filter(holder=person_of(request)).prefetch_related("files", "views")
    shares = [(one, list(one.views.all()), one.is_open(now, len(one.views.all()))) for one in found]
    return render(
        request, "pages/wallet/shares.html", {"shares": shares, "crumbs": _crumbs((_("What you show"), ""))}
    )


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose; the answer is the link, shown once."""
    person = person_of(request)
    entries = entries_of(person, languages())
    first = timezone.localdate() + dt.timedelta(days=DEFAULT_DAYS)
    form = ShareForm(request.POST or None, initial={"ends_on": first, "keys": request.GET.getlist("key")})
    form.fields["keys"].choices = [  # type: ignore[attr-defined]
        (one.key, _("%(title)s (said by yourself)") % {"title": one.title} if one.is_declared else one.title)
        for one in entries
    ]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        ends = dt.datetime.combine(values.pop("ends_on"), dt.time(23, 59, 59), tzinfo=dt.UTC)
        try:
            made, secret = domain.share(by=person, ends_at=ends, languages=languages(), **values)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            address = settings.BASE_URL + reverse("shared", args=[secret])
            context = {
                "share": made,
                "address": address,
                "code": _code(address),
                "crumbs": _crumbs((_("Your link"), "")),
            }
            response = render(request, "pages/wallet/shared-link.html", context)
            response["Cache-Control"] = "no-store"
            return response
    crumbs = _crumbs((_("Show something"), ""))
    return render(request, "pages/wallet/share.html", {"form": form, "entries": entries, "crumbs": crumbs})


@login_required
@require_POST
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """End it at once."""
    found = get_object_or_404(Share, pk=id, holder=person_of(request))
    domain.withdraw(by=person_of(request), share=found)
    messages.success(request, _("It is no longer shown to %(name)s.") % {"name": found.recipient})
    return redirect("wallet-shares")


class DoorForm(forms.Form):
    """What opens a share."""

    pin = forms.CharField(
        label=gettext_lazy("PIN"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("The person who sent you the link has it."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def shown(request: HttpRequest, secret: str) -> HttpResponse:
    """What somebody was sent. A button opens it first: programs that look into mails must not use it up."""
    is_open = _was_opened(request, secret)
    try:
        found = domain.standing_share(secret=secret, is_open=is_open)
        if not is_open:
            return _door(request, secret, found)
    except RefusedError as error:
        return _private(render(request, "pages/wallet/closed.html", {"error": error}, status=404))
    files = [(one, tile_of(one.facts), _now(one)) for one in found.files.select_related("award__replaced_by")]
    return _private(render(request, "pages/wallet/shown.html", {
        "share": found, "secret": secret, "declared": str(Source.DECLARED), "files": files,
    }))  # fmt: skip


def _door(request: HttpRequest, secret: str, found: Share) -> HttpResponse:
    form = DoorForm(request.POST or None) if found.pin else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            domain.open_share(secret=secret, pin=form.cleaned_data["pin"] if form else "")
        except RefusedError as error:
            if form is None or error.code != "wallet.pin":
                raise
            add_refusal(form, error)
        else:
            request.session[OPENED] = [*request.session.get(OPENED, []), found.digest]
            return _private(redirect("shared", secret))
    return _private(render(request, "pages/wallet/door.html", {"form": form}))


@require_safe
def shown_file(request: HttpRequest, secret: str, number: int) -> HttpResponse:
    """One of the files, counted from 1, for whoever has opened the page."""
    if not _was_opened(request, secret):
        raise Http404
    try:
        found = domain.standing_share(secret=secret, is_open=True)
    except RefusedError as error:
        return _private(render(request, "pages/wallet/closed.html", {"error": error}, status=404))
    files = list(found.files.all())
    if not 1 <= number <= len(files) or not files[number - 1].file:
        raise Http404
    one = files[number - 1]
    return _private(download(default_storage.open(one.file).read(), one.name))


def _was_opened(request: HttpRequest, secret: str) -> bool:
    return domain.digest_of(secret) in request.session.get(OPENED, [])


def _private(response: HttpResponse) -> HttpResponse:
    """No search engine keeps it, no other site learns its address."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = (
        "same-origin"  # none at all would make the browser hide where our own form comes from
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _now(one: SharedFile) -> dict[str, Any]:
    """How it stands today: verified again, and what the issuer here has said since."""
    award = one.award
    successor = getattr(award, "replaced_by", None) if award else None
    told = ""
    if award is not None and award.state in (AwardState.REVOKED, AwardState.SUSPENDED, AwardState.SUPERSEDED):
        told = str(AwardState(award.state).label)
    found = (
        answer(default_storage.open(one.file).read(), name=one.name, languages=languages())
        if one.file
        else None
    )
    return {
        "verdict": str(found.report.verdict) if found else "not_applicable",
        "credentials": [answered(credential) for credential in found.credentials[:1]] if found else [],
        "told": told,
        "successor": successor.id if successor else "",
    }


def _code(address: str) -> str:
    """The address as a picture to scan, for an ``img``."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=2, scale=6)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()


def _crumbs(*others: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Wallet"), reverse("wallet")), *others]
