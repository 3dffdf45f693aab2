"""Lists of options as the client sees them: behind a link, or in the own account; answering, keeping, deleting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.catalogue.offers.models import State
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.domain import digest_of
from tessella_web.guidance.options import domain, queries
from tessella_web.guidance.options.models import Option, OptionList, Reply
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.shown import private

__all__ = ["answer", "drop", "keep", "listing", "own", "own_answer", "shown"]

OPENED = "options-opened"
"""The session's list of what was opened in it (digests)."""


class DoorForm(forms.Form):
    """What opens a list."""

    pin = forms.CharField(
        label=gettext_lazy("PIN"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("Your counsellor has it."),
    )  # fmt: skip


def body(found: OptionList, address: Callable[[Option], str]) -> dict[str, Any]:
    """What the page shows: each option with where it stands today.

    Args:
        address: where the answer to an option is sent.
    """
    options = found.options.select_related("offer__organisation", "pathway__organisation")
    return {
        "found": found,
        "options": [_option(one, address(one)) for one in options],
        "replies": Reply.choices,
        "may_answer": found.is_open(timezone.now()) and found.counsellor_id is not None,
    }


def _option(one: Option, address: str) -> dict[str, Any]:
    page = one.url
    if one.offer:
        page = reverse("offer", args=[one.offer.id])
    elif one.pathway:
        page = reverse("pathway", args=[one.pathway.id])
    rows = [
        (_("What it costs"), one.cost),
        (_("When it begins"), one.start),
        (_("Hours a week"), one.workload),
        (_("How to get in"), one.entry),
    ]
    return {
        "one": one,
        "page": page,
        "is_elsewhere": page == one.url,
        "facts": [row for row in rows if row[1]],
        "is_cancelled": bool(one.offer and one.offer.state == State.CANCELLED),
        "answer_at": address,
    }


@require_http_methods(["GET", "POST"])
def shown(request: HttpRequest, secret: str) -> HttpResponse:
    """What somebody was sent. A button opens it first: programs that look into mails must not use it up."""
    try:
        found = domain.standing_list(secret=secret)
        if not _was_opened(request, secret):
            return _door(request, secret, found)
    except RefusedError as error:
        return _closed(request, error)
    context = body(found, lambda one: reverse("options-answer", args=[secret, one.id]))
    context |= {"secret": secret, "is_kept": found.client_id is not None}
    return private(render(request, "pages/guidance/options-shown.html", context))


def _door(request: HttpRequest, secret: str, found: OptionList) -> HttpResponse:
    form = DoorForm(request.POST if request.method == "POST" else None)
    if not found.pin:
        del form.fields["pin"]
    if request.method == "POST" and form.is_valid():
        try:
            domain.open_list(secret=secret, pin=form.cleaned_data.get("pin", ""))
        except RefusedError as error:
            if error.code != "options.pin":
                raise
            add_refusal(form, error)
        else:
            request.session[OPENED] = [*request.session.get(OPENED, []), found.digest]
            return private(redirect("options-shown", secret))
    return private(render(request, "pages/guidance/options-door.html", {"form": form, "found": found}))


@require_POST
def answer(request: HttpRequest, secret: str, option: str) -> HttpResponse:
    """What the client says to an option, by whoever has opened the link."""
    try:
        found = _opened(request, secret)
    except RefusedError as error:
        return _closed(request, error)
    one = get_object_or_404(found.options.select_related("list"), pk=option)
    _take(request, one)
    return private(redirect("options-shown", secret))


@login_required
@require_POST
def keep(request: HttpRequest, secret: str) -> HttpResponse:
    """Into the own wallet."""
    try:
        found = _opened(request, secret)
        domain.keep(by=person_of(request), option_list=found)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return private(redirect("options-shown", secret))
    messages.success(request, _("It is in your wallet."))
    return redirect("my-option-list", found.id)


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What counsellors have put together for whoever is signed in."""
    person = person_of(request)
    domain.adopt(by=person)
    return render(request, "pages/guidance/my-options.html", {
        "lists": list(queries.lists_for(person)), "crumbs": [*_crumbs()[:1], (_("Options put together for you"), "")],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, id: str) -> HttpResponse:
    """One of them; POST keeps it beyond its end."""
    found = _mine(request, id)
    if request.method == "POST":
        domain.keep(by=person_of(request), option_list=found)
        messages.success(request, _("It stays in your wallet until you delete it."))
        return redirect("my-option-list", id)
    domain.note_reading(by=person_of(request), option_list=found)
    context = body(found, lambda one: reverse("my-option-answer", args=[id, one.id]))
    return private(render(request, "pages/guidance/my-option-list.html", {
        **context, "crumbs": _crumbs((found.title, "")),
    }))  # fmt: skip


@login_required
@require_POST
def own_answer(request: HttpRequest, id: str, option: str) -> HttpResponse:
    """What the client says to an option, in the own account."""
    found = _mine(request, id)
    one = get_object_or_404(found.options.select_related("list"), pk=option)
    _take(request, one, by=person_of(request))
    return redirect("my-option-list", id)


@login_required
@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, id: str) -> HttpResponse:
    """Ask once more, then delete it, for the counsellor, too."""
    found = _mine(request, id)
    if request.method == "POST":
        domain.drop(by=person_of(request), option_list=found)
        messages.success(request, _("Deleted."))
        return redirect("my-options")
    return render(request, "ui/confirm.html", {
        "title": _("Delete “%(title)s”?") % {"title": found.title},
        "text": _("It is deleted for you and for the counsellor, with your answers."),
        "action": _("Delete"), "cancel_url": reverse("my-option-list", args=[id]), "danger": True,
    })  # fmt: skip


def _take(request: HttpRequest, one: Option, **by: Any) -> None:
    reply, text = request.POST.get("reply", "")[:20], request.POST.get("text", "")[:2000]
    try:
        domain.answer(option=one, reply=reply, text=text, **by)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("Your counsellor sees your answer."))


def _mine(request: HttpRequest, id: str) -> OptionList:
    found = queries.lists_for(person_of(request)).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _opened(request: HttpRequest, secret: str) -> OptionList:
    if not _was_opened(request, secret):
        raise Http404
    return domain.standing_list(secret=secret)


def _was_opened(request: HttpRequest, secret: str) -> bool:
    return digest_of(secret) in request.session.get(OPENED, [])


def _closed(request: HttpRequest, error: RefusedError) -> HttpResponse:
    return private(render(request, "pages/wallet/closed.html", {"error": error}, status=404))


def _crumbs(*others: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [
        (_("Wallet"), reverse("wallet")),
        (_("Options put together for you"), reverse("my-options")),
        *others,
    ]
