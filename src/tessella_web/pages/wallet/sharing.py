"""Showing things to others, as their holder does it: choose, say for whom, leave out what need not be seen, look at it, send it;
then the log, and the end.
"""

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
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.receiving.models import Policy
from tessella_web.credentials.receiving.queries import open_policy, receivers
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.disclosure import Part, parts_of
from tessella_web.credentials.wallet.entries import Entry, entries_of, entry_of
from tessella_web.credentials.wallet.forms import ShownForm, forms_of
from tessella_web.credentials.wallet.models import Share, SharedFile
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.elsewhere import profile_links
from tessella_web.pages.wallet.shown import as_pdf, body, file_of

DEFAULT_DAYS = 90
"""How long something is shown when nobody says otherwise: as long as an application takes."""

MOST_RECEIVERS = 100
"""Organisations on one page; the search finds the others."""


class _What(forms.Form):
    """What is shown, and under which name."""

    keys = forms.MultipleChoiceField(label=gettext_lazy("What you show"), widget=forms.CheckboxSelectMultiple)
    shown_as = forms.CharField(
        label=gettext_lazy("Your name on the page"), max_length=200, required=False,
        help_text=gettext_lazy("Leave it empty to show no name of your own. A certificate that has your name in it shows it all the same, unless you leave it out there."),
    )  # fmt: skip

    def offer(self, entries: list[Entry]) -> None:
        """Have the entries chosen from."""
        self.fields["keys"].choices = [  # type: ignore[attr-defined]
            (
                one.key,
                _("%(title)s (said by yourself)") % {"title": one.title} if one.is_declared else one.title,
            )
            for one in entries
        ]


class RecipientForm(forms.Form):
    """For whom, until when, how often."""

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
        label=gettext_lazy("Until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
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
    may_keep = forms.BooleanField(
        label=gettext_lazy("They may keep the files"), required=False, initial=True,
        help_text=gettext_lazy("With the files they can check everything themselves. What they have kept you cannot take back."),
    )  # fmt: skip

    def details(self) -> dict[str, Any]:
        """What the domain asks for: the day ends at its end."""
        values = {name: self.cleaned_data[name] for name in RecipientForm.base_fields}
        ends = dt.datetime.combine(values.pop("ends_on"), dt.time(23, 59, 59), tzinfo=dt.UTC)
        return {**values, "ends_at": ends}


class ShareForm(_What, RecipientForm):
    """What is shown, to whom, and how long."""

    field_order = ("keys", "recipient", "purpose", "ends_on", "shown_as")


class HandInForm(_What):
    """What an organisation gets, what for, and how long it keeps it."""

    purpose = forms.CharField(
        label=gettext_lazy("What for"), max_length=300,
        help_text=gettext_lazy("Such as: admission to the master's programme. They may use it for nothing else."),
    )  # fmt: skip
    keep_days = forms.IntegerField(
        label=gettext_lazy("Days they keep it"), min_value=1,
        help_text=gettext_lazy("Then it is deleted here by itself."),
    )  # fmt: skip
    field_order = ("keys", "purpose", "keep_days", "shown_as")


def first_values(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What stands in a form before anybody writes into it."""
    first = timezone.localdate() + dt.timedelta(days=DEFAULT_DAYS)
    return {"ends_on": first, "keys": request.GET.getlist("key"), "shown_as": person.name}


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What is shown to whom, who looked when, and how to end it."""
    now = timezone.now()
    found = (
        Share.objects.filter(holder=person_of(request), sent_at__isnull=False)
        .select_related("organisation")
        .prefetch_related("files", "views__organisation")
    )
    shares = [(one, list(one.views.all()), one.is_open(now, len(one.views.all()))) for one in found]
    return render(request, "pages/wallet/shares.html", {
        "shares": shares,
        "news": [one for one, views, _open in shares if views and one.told_at is None],
        "crumbs": crumbs((_("What you show"), "")),
    })  # fmt: skip


@login_required
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """They have read that something was looked at."""
    domain.note_told(by=person_of(request))
    return redirect("wallet-shares")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose, and say for whom; then it is looked at before it is sent."""
    person = person_of(request)
    entries = entries_of(person, languages())
    form = ShareForm(request.POST or None, initial=first_values(request, person))
    form.offer(entries)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = domain.prepare(
                by=person, keys=values["keys"], languages=languages(), shown_as=values["shown_as"], **form.details()
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("wallet-share-draft", made.id)
    return render(request, "pages/wallet/share.html", {
        "form": form, "entries": entries, "crumbs": crumbs((_("Show something"), "")),
    })  # fmt: skip


@login_required
@require_safe
def to_whom(request: HttpRequest) -> HttpResponse:
    """Organisations here that take credentials, and what they say about it."""
    search = request.GET.get("q", "")[:100]
    return render(request, "pages/wallet/receivers.html", {
        "policies": list(receivers(search)[:MOST_RECEIVERS]),
        "search": search,
        "keys": request.GET.getlist("key"),
        "crumbs": crumbs((_("Hand something in"), "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what an organisation here gets; then it is looked at before it is sent."""
    policy = _policy(slug)
    person = person_of(request)
    entries = entries_of(person, languages())
    initial = {**first_values(request, person), "keep_days": policy.most_days}
    form = HandInForm(request.POST or None, initial=initial)
    form.offer(entries)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.prepare(by=person, languages=languages(), policy=policy, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("wallet-share-draft", made.id)
    return render(request, "pages/wallet/hand-in.html", {
        "form": form, "policy": policy, "entries": entries,
        "crumbs": crumbs((_("Hand something in"), reverse("wallet-receivers")), (policy.organisation.name, "")),
    })  # fmt: skip


def _policy(slug: str) -> Policy:
    found = open_policy(slug)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, id: str) -> HttpResponse:
    """This is what they will see: the page itself; sending it gives the link, shown once."""
    found = _draft(request, id)
    error = None
    if request.method == "POST":
        try:
            secret = domain.send(by=person_of(request), share=found, languages=languages())
        except RefusedError as refused:
            error = refused
        else:
            if not secret:
                messages.success(request, _("%(name)s has it.") % {"name": found.recipient})
                return redirect("wallet-shares")
            return _link(request, found, secret)
    context = body(found, lambda number: reverse("wallet-share-file", args=[id, number]))
    context |= {
        "choices": [_told(person_of(request), number, one) for number, one in enumerate(found.files.all(), 1) if one.key],
        "error": error,
        "crumbs": crumbs((_("This is what they will see"), "")),
    }  # fmt: skip
    return _kept_nowhere(render(request, "pages/wallet/draft.html", context))


def _told(person: Person, number: int, one: SharedFile) -> dict[str, Any]:
    """What of a certificate is shown, in one line."""
    entry = entry_of(person, one.key, languages())
    forms = forms_of(entry) if entry else []
    form = next((other for other in forms if other.id == one.form), None)
    return {
        "number": number,
        "title": one.facts.get("title", ""),
        "form": form.title if form else "",
        "withheld": one.withheld,
        "is_whole": bool(one.file) and not one.withheld,
        "has_choice": len(forms) > 1 or one.withheld,
        "carries_more": one.facts.get("carries_more", False),
    }


def _link(request: HttpRequest, share: Share, secret: str) -> HttpResponse:
    address = settings.BASE_URL + reverse("shared", args=[secret])
    return _kept_nowhere(render(request, "pages/wallet/shared-link.html", {
        "share": share,
        "address": address,
        "code": _code(address),
        "profiles": profile_links(share, address),
        "crumbs": crumbs((_("Your link"), "")),
    }))  # fmt: skip


class PartsForm(forms.Form):
    """What of a certificate is shown."""

    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What you can leave out"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is ticked is shown."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def parts(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """Choose the form in which a certificate is shown, and what of it, where the form lets one choose."""
    found = _draft(request, id)
    files = list(found.files.all())
    one = files[number - 1] if 1 <= number <= len(files) else None
    entry = entry_of(person_of(request), one.key, languages()) if one else None
    offered = forms_of(entry) if entry else []
    if one is None or not offered:
        raise Http404
    wanted = request.POST.get("form") or request.GET.get("form") or one.form
    chosen = next((other for other in offered if other.id == wanted), None)
    if chosen is None:
        raise Http404
    said = parts_of(chosen.read())
    form = _parts_form(request, one, chosen, said)
    if request.method == "POST" and form.is_valid():
        try:
            domain.choose(
                by=person_of(request), shown=one, form=chosen.id, languages=languages(),
                parts=form.cleaned_data["parts"] if said else None,
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("wallet-share-draft", id)
    return _kept_nowhere(render(request, "pages/wallet/parts.html", {
        "form": form, "share": found, "chosen": chosen, "offered": offered,
        "title": one.facts.get("title", ""),
        "always": [part for part in said if not part.may_withhold],
        "can_choose": bool(said),
        "crumbs": crumbs((_("This is what they will see"), reverse("wallet-share-draft", args=[id])), (_("Choose what is shown"), "")),
    }))  # fmt: skip


def _parts_form(
    request: HttpRequest, one: SharedFile, chosen: ShownForm, said: tuple[Part, ...]
) -> PartsForm:
    free = [part for part in said if part.may_withhold]
    ticked = (
        one.parts
        if one.form == chosen.id and one.parts is not None
        else [part.name for part in free if not part.is_private]
    )
    form = PartsForm(request.POST if request.method == "POST" else None, initial={"parts": ticked})
    form.fields["parts"].choices = [(part.name, _words(part)) for part in free]  # type: ignore[attr-defined]
    return form


def _words(part: Part) -> str:
    text = f"{part.label}: {part.value}" if part.value else part.label
    return _("%(what)s (a part of it is always shown)") % {"what": text} if part.partly else text


@login_required
@require_safe
def draft_file(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """A file as they get it, for whoever shares it."""
    return file_of(get_object_or_404(Share, pk=id, holder=person_of(request)), number)


@login_required
@require_safe
def document(request: HttpRequest, id: str) -> HttpResponse:
    """Everything of a share as one PDF with its files, to send along with an application."""
    found = get_object_or_404(Share, pk=id, holder=person_of(request))
    if found.erased_at is not None:
        raise Http404
    return _kept_nowhere(as_pdf(found))


@login_required
@require_POST
def discard(request: HttpRequest, id: str) -> HttpResponse:
    """Give up what was not sent."""
    domain.discard(by=person_of(request), share=_draft(request, id))
    messages.success(request, _("Nothing was sent."))
    return redirect("wallet")


@login_required
@require_POST
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """End it at once."""
    found = get_object_or_404(Share, pk=id, holder=person_of(request), sent_at__isnull=False)
    try:
        domain.withdraw(by=person_of(request), share=found)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("It is no longer shown to %(name)s.") % {"name": found.recipient})
    return redirect("wallet-shares")


def _draft(request: HttpRequest, id: str) -> Share:
    found: Share = get_object_or_404(Share, pk=id, holder=person_of(request), sent_at=None)
    return found


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _code(address: str) -> str:
    """The address as a picture to scan, for an ``img``."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=2, scale=6)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()


def crumbs(*others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the wallet."""
    return [(_("Wallet"), reverse("wallet")), *others]
