"""Offers as staff works on them: make, change, copy, open, close, cancel."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain, queries
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.queries import awardable
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.offers.forms import OfferForm
from tessella_web.pages.offers.words import dates_of, verdict_of

__all__ = ["change", "copy", "crumbs", "listing", "new", "offer_of", "set_state"]


class _Way(NamedTuple):
    """A change of state, as people are asked about it."""

    title: Any
    text: Any
    action: Any
    done: Any
    danger: bool = False


_WAYS = {
    State.OPEN: _Way(
        gettext_lazy("Open this offer?"), gettext_lazy("People can enrol or apply within the days you have set."),
        gettext_lazy("Open"), gettext_lazy("The offer is open."),
    ),
    State.PLANNED: _Way(
        gettext_lazy("Back to planning?"), gettext_lazy("Nobody can enrol until you open it again. Who is in stays in."),
        gettext_lazy("Back to planning"), gettext_lazy("The offer is planned."),
    ),
    State.CLOSED: _Way(
        gettext_lazy("Close this offer?"), gettext_lazy("Nobody enrols any more. Who is in stays in, is assessed and awarded."),
        gettext_lazy("Close"), gettext_lazy("The offer is closed."),
    ),
    State.CANCELLED: _Way(
        gettext_lazy("Cancel this offer?"), gettext_lazy("It does not take place, for good. Its page stays and says why."),
        gettext_lazy("Cancel the offer"), gettext_lazy("The offer is cancelled."), True,
    ),
}  # fmt: skip


class BecauseForm(forms.Form):
    """Why it does not take place."""

    because = forms.CharField(
        label=gettext_lazy("Why?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who comes to its page reads it."),
    )  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """What is offered, and what could be."""
    organisation = workspace(request, slug, "organisation.view")
    may_edit = may(request.user, organisation, "offer.edit")
    page = Paginator(queries.offers_of(organisation), 25).get_page(request.GET.get("page"))
    return render(request, "pages/offers/listing.html", {
        "organisation": organisation,
        "page": page,
        "rows": [(one, dates_of(one), verdict_of(one)) for one in page],
        "versions": awardable(organisation) if may_edit else [],
        "may_edit": may_edit,
        "may_see": may(request.user, organisation, "participant.view"),
        "crumbs": [*crumbs(organisation)[:1], (_("Offers"), "")],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """A new offer of a version."""
    organisation = workspace(request, slug, "offer.edit")
    found = get_object_or_404(
        Version.objects.select_related("organisation"), pk=version, organisation=organisation
    )
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.create_offer(by=person_of(request), version=found, values=form.values())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Open it when people may enrol."))
            return redirect("participants", slug, made.id)
    return _form(request, organisation, form, _("Offer “%(title)s”") % {"title": found.title})


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Say other things of an offer."""
    organisation = workspace(request, slug, "offer.edit")
    offer = offer_of(organisation, id)
    form = OfferForm(request.POST or None, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            domain.change_offer(by=person_of(request), offer=offer, values=form.values())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("participants", slug, id)
    return _form(request, organisation, form, _("Change “%(title)s”") % {"title": offer})


def _form(request: HttpRequest, organisation: Organisation, form: OfferForm, title: str) -> HttpResponse:
    context = {
        "organisation": organisation,
        "form": form,
        "title": title,
        "crumbs": crumbs(organisation, (title, "")),
    }
    return render(request, "pages/offers/form.html", context)  # fmt: skip


@login_required
@require_POST
def copy(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The same again, without its dates."""
    organisation = workspace(request, slug, "offer.edit")
    try:
        made = domain.copy_offer(by=person_of(request), offer=offer_of(organisation, id))
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("offers", slug)
    messages.success(request, _("Copied. Set the dates."))
    return redirect("offer-edit", slug, made.id)


@login_required
@require_http_methods(["GET", "POST"])
def set_state(request: HttpRequest, slug: str, id: str, state: str) -> HttpResponse:
    """Ask once more, then open, close or cancel."""
    if state not in State.values:
        raise Http404
    organisation = workspace(request, slug, "offer.edit")
    offer, to = offer_of(organisation, id), State(state)
    way = _WAYS[to]
    form = BecauseForm(request.POST or None) if to is State.CANCELLED else None
    if request.method == "POST" and (form is None or form.is_valid()):
        because = form.cleaned_data["because"] if form else ""
        try:
            domain.set_state(by=person_of(request), offer=offer, state=to, because=because)
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
        else:
            messages.success(request, way.done)
        return redirect("participants", slug, id)
    return render(request, "ui/confirm.html", {
        "title": way.title, "text": way.text, "action": way.action, "danger": way.danger, "form": form,
        "cancel_url": reverse("participants", args=[slug, id]),
    })  # fmt: skip


def offer_of(organisation: Organisation, id: str) -> Offer:
    """The organisation's offer, or nothing is there."""
    return get_object_or_404(
        Offer.objects.select_related("organisation", "version__organisation"),
        pk=id,
        organisation=organisation,
    )


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Offers"), reverse("offers", args=[organisation.slug])),
        *others,
    ]
