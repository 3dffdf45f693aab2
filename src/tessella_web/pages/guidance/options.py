"""Lists of options as a counsellor makes them: for whom, which, why; then shared by a link or into an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

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

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.offers.queries import offer_at
from tessella_web.catalogue.pathways.models import Pathway, PathwayState
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.options import domain, queries
from tessella_web.guidance.options.models import Option, OptionList
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.offers.words import dates_of, price_of

__all__ = ["add", "change_option", "discard", "edit", "listing", "new", "remove", "send", "show", "withdraw"]

DEFAULT_DAYS = 90
"""How long a list is there when nobody says otherwise: a season of enrolment."""


class ListForm(forms.Form):
    """For whom, what about, until when."""

    client_name = forms.CharField(
        label=gettext_lazy("For whom"), max_length=200, help_text=gettext_lazy("Only you see this name."),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=200,
        help_text=gettext_lazy("It stands above the list. Such as: Three ways into bookkeeping."),
    )  # fmt: skip
    message = forms.CharField(
        label=gettext_lazy("A few words to the client"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "short"}),
    )  # fmt: skip
    ends_on = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("After this day it is erased. What the client keeps in the wallet stays with the client."),
    )  # fmt: skip
    tells_opening = forms.BooleanField(
        label=gettext_lazy("Let me see whether it was opened"), required=False,
        help_text=gettext_lazy("The client is told so before opening it."),
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """As the verbs take it: the day ends at its end."""
        said = dict(self.cleaned_data)
        said["ends_at"] = dt.datetime.combine(said.pop("ends_on"), dt.time(23, 59, 59), tzinfo=dt.UTC)
        return said


def _line(label: Any, most: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, help_text=help_text)


class OptionForm(forms.Form):
    """One option in the counsellor's words."""

    title = forms.CharField(label=gettext_lazy("What it is"), max_length=300)
    url = _line(gettext_lazy("Address of its page"), 500, gettext_lazy("With https://"))
    why = forms.CharField(
        label=gettext_lazy("Why it fits"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "class": "short"}),
        help_text=gettext_lazy("What speaks for it, and what against it, for this client."),
    )  # fmt: skip
    cost = _line(
        gettext_lazy("What it costs"), 500, gettext_lazy("After funding, if you know it; and who would pay.")
    )
    start = _line(gettext_lazy("When it begins"), 200)
    workload = _line(gettext_lazy("Hours a week"), 200)
    entry = _line(gettext_lazy("How to get in"), 500)
    is_own = forms.BooleanField(label=gettext_lazy("It is offered by our own organisation"), required=False)

    def __init__(self, *args: Any, here: Offer | Pathway | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if here is not None:  # it is known where it is and whose it is
            del self.fields["url"], self.fields["is_own"]


class SendForm(forms.Form):
    """How it reaches the client."""

    way = forms.ChoiceField(
        label=gettext_lazy("How it reaches the client"), widget=forms.RadioSelect, initial="link",
        choices=[("link", gettext_lazy("By a link that I pass on")), ("account", gettext_lazy("Into the client’s account here, by e-mail"))],
    )  # fmt: skip
    email = forms.CharField(
        label=gettext_lazy("The client’s e-mail address"), required=False, max_length=254,
        help_text=gettext_lazy("Only whoever signs in with this address finds the list. You are not told whether there is an account."),
    )  # fmt: skip
    pin = forms.CharField(
        label=gettext_lazy("PIN for the link"), required=False, min_length=4, max_length=20,
        help_text=gettext_lazy("If you want one: tell it to the client by another way than the link."),
    )  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The lists that one has made."""
    organisation = workspace(request, slug, "advise")
    now = timezone.now()
    return render(request, "pages/guidance/option-lists.html", {
        "organisation": organisation,
        "rows": [(one, standing(one, now), len(_answers(one))) for one in queries.lists_by(person_of(request), organisation)],
        "crumbs": [*_crumbs(organisation)[:1], (_("Options for clients"), "")],
    })  # fmt: skip


def standing(one: OptionList, now: dt.datetime) -> tuple[str, str]:
    """Verdict colour and word for where a list is."""
    if one.is_draft:
        return "indeterminate", _("Not sent yet")
    if one.withdrawn_at is not None:
        return "not_applicable", _("Withdrawn")
    return ("passed", _("Sent")) if one.is_open(now) else ("not_applicable", _("Ended"))


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a list."""
    organisation = workspace(request, slug, "advise")
    first = {"ends_on": timezone.localdate() + dt.timedelta(days=DEFAULT_DAYS)}
    form = ListForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.start(by=person_of(request), organisation=organisation, **form.values())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("option-list", slug, made.id)
    return _form(request, organisation, form, _("Put together options"), reverse("option-lists", args=[slug]))


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Say other things of a list that was not sent."""
    organisation, found = _own(request, slug, id)
    first = {name: getattr(found, name) for name in ("client_name", "title", "message", "tells_opening")}
    form = ListForm(request.POST or None, initial={**first, "ends_on": found.ends_at.date()})
    if request.method == "POST" and form.is_valid():
        try:
            domain.change(by=person_of(request), option_list=found, **form.values())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("option-list", slug, id)
    return _form(request, organisation, form, _("Change “%(title)s”") % {"title": found.title}, _at(found))


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """A list as its counsellor sees it: the options, and what the client answered."""
    organisation, found = _own(request, slug, id)
    return render(request, "pages/guidance/option-list.html", {
        "organisation": organisation,
        "found": found,
        "options": list(found.options.select_related("offer", "pathway")),
        "standing": standing(found, timezone.now()),
        "most": domain.MOST_OPTIONS,
        "crumbs": _crumbs(organisation, (found.title, "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Look for an offer or a pathway, or name a page elsewhere; then say why."""
    organisation, found = _own(request, slug, id)
    here = _here(request.GET.get("offer", ""), request.GET.get("pathway", ""))
    if here is None and not request.GET.get("link"):
        text = request.GET.get("q", "")[:100].strip()
        return render(request, "pages/guidance/option-look.html", {
            "organisation": organisation, "found": found, "text": text,
            "offers": [(one, dates_of(one)) for one in queries.offers_like(text)] if text else [],
            "pathways": queries.pathways_like(text) if text else [],
            "crumbs": _crumbs(organisation, (found.title, _at(found)), (_("Add an option"), "")),
        })  # fmt: skip
    form = OptionForm(request.POST or None, here=here, initial=_said_by(here))
    if request.method == "POST" and form.is_valid():
        named = {"offer": here} if isinstance(here, Offer) else {"pathway": here}
        if _put(request, found, form, None, named):
            return redirect("option-list", slug, id)
    return _form(request, organisation, form, _("Add an option"), _at(found))


@login_required
@require_http_methods(["GET", "POST"])
def change_option(request: HttpRequest, slug: str, id: str, option: str) -> HttpResponse:
    """Say other things of an option."""
    organisation, found = _own(request, slug, id)
    one = get_object_or_404(found.options.select_related("offer", "pathway"), pk=option)
    here = one.offer or one.pathway
    first = {name: getattr(one, name) for name in OptionForm.base_fields}
    form = OptionForm(request.POST or None, here=here, initial=first)
    if request.method == "POST" and form.is_valid() and _put(request, found, form, one, {}):
        return redirect("option-list", slug, id)
    return _form(request, organisation, form, _("Change “%(title)s”") % {"title": one.title}, _at(found))


def _put(
    request: HttpRequest, found: OptionList, form: OptionForm, one: Option | None, named: Mapping[str, Any]
) -> bool:
    try:
        domain.put_option(
            by=person_of(request), option_list=found, option=one, values={**form.cleaned_data, **named}
        )
    except RefusedError as error:
        add_refusal(form, error)
        return False
    return True


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, id: str, option: str) -> HttpResponse:
    """Take an option out."""
    _organisation, found = _own(request, slug, id)
    one = get_object_or_404(found.options.select_related("list"), pk=option)
    return _done(request, found, lambda: domain.remove_option(by=person_of(request), option=one), _("Taken out."))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Share it: the link is shown once, or a mail leaves."""
    organisation, found = _own(request, slug, id)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, by = form.cleaned_data, person_of(request)
        try:
            if said["way"] == "link":
                secret = domain.send_link(by=by, option_list=found, pin=said["pin"])
                return _link(request, organisation, found, secret)
            domain.send_to(by=by, option_list=found, email=said["email"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Sent. Whoever signs in with this address finds it."))
            return redirect("option-list", slug, id)
    return _form(request, organisation, form, _("Share “%(title)s”") % {"title": found.title}, _at(found), _("Share it"))  # fmt: skip


def _link(request: HttpRequest, organisation: Organisation, found: OptionList, secret: str) -> HttpResponse:
    response = render(request, "pages/guidance/option-link.html", {
        "found": found,
        "address": settings.BASE_URL + reverse("options-shown", args=[secret]),
        "organisation": organisation,
        "crumbs": _crumbs(organisation, (found.title, _at(found)), (_("The link"), "")),
    })  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Ask once more, then show it no more."""
    _organisation, found = _own(request, slug, id)
    if request.method == "POST":
        return _done(request, found, lambda: domain.withdraw(by=person_of(request), option_list=found), _("It is not shown any more."))  # fmt: skip
    return render(request, "ui/confirm.html", {
        "title": _("Withdraw “%(title)s”?") % {"title": found.title},
        "text": _("The link shows nothing any more."),
        "consequences": [_("What the client kept in the wallet stays there.")],
        "action": _("Withdraw"), "cancel_url": _at(found), "danger": True,
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Ask once more, then delete what was not sent."""
    _organisation, found = _own(request, slug, id)
    if request.method == "POST":
        try:
            domain.discard(by=person_of(request), option_list=found)
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("option-list", slug, id)
        messages.success(request, _("Deleted."))
        return redirect("option-lists", slug)
    return render(request, "ui/confirm.html", {
        "title": _("Delete “%(title)s”?") % {"title": found.title}, "text": _("It was not sent; nobody else has it."),
        "action": _("Delete"), "cancel_url": _at(found), "danger": True,
    })  # fmt: skip


def _done(request: HttpRequest, found: OptionList, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, said)
    return redirect(_at(found))


def _own(request: HttpRequest, slug: str, id: str) -> tuple[Organisation, OptionList]:
    """A list that whoever asks has made: of the others nothing is seen, in the same organisation either."""
    organisation = workspace(request, slug, "advise")
    found = queries.lists_by(person_of(request), organisation).filter(pk=id).first()
    if found is None:
        raise Http404
    return organisation, found


def _here(offer: str, pathway: str) -> Offer | Pathway | None:
    if offer:
        found = offer_at(offer[:40])
        if found is None:
            raise Http404
        return found
    if pathway:
        return get_object_or_404(
            Pathway.objects.select_related("organisation"), pk=pathway[:40], state=PathwayState.PUBLISHED
        )
    return None


def _said_by(here: Offer | Pathway | None) -> dict[str, str]:
    """What an offer says already: the counsellor looks at it and changes it."""
    if isinstance(here, Offer):
        hours = here.hours_per_week
        return {
            "title": f"{here.version.title}, {here.organisation.name}",
            "cost": price_of(here),
            "start": dates_of(here),
            "workload": f"{hours.normalize():f}" if hours else "",
            "entry": here.entry_note or here.get_entry_display(),
        }
    return {"title": f"{here.title}, {here.organisation.name}"} if here else {}


def _form(
    request: HttpRequest,
    organisation: Organisation,
    form: forms.Form,
    title: str,
    back: str,
    action: str = "",
) -> HttpResponse:
    return render(request, "pages/guidance/option-form.html", {
        "organisation": organisation, "form": form, "title": title, "back": back, "action": action or _("Save"),
        "crumbs": _crumbs(organisation, (title, "")),
    })  # fmt: skip


def _answers(one: OptionList) -> list[Option]:
    return [option for option in one.options.all() if option.reply]


def _at(found: OptionList) -> str:
    return reverse("option-list", args=[found.organisation.slug, found.id])


def _crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Options for clients"), reverse("option-lists", args=[organisation.slug])),
        *others,
    ]
