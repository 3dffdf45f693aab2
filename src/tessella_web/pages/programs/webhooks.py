"""Webhooks: where events are sent, and what was delivered."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.webhooks import domain
from tessella_web.accounts.webhooks.models import Delivery, Endpoint, Event
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.programs.common import crumbs

EVENTS = [(one.value, one.label) for one in Event if one is not Event.TEST]


class EndpointForm(forms.Form):
    """Where to send what."""

    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=500,
        help_text=gettext_lazy("Of your own system; it begins with https://"),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What should be told?"), choices=EVENTS, widget=forms.CheckboxSelectMultiple
    )


class ChangeForm(EndpointForm):
    """The same, and whether it is told at all."""

    is_active = forms.BooleanField(label=gettext_lazy("Send events"), required=False)


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The webhooks there are."""
    organisation = workspace(request, slug, "webhook.manage")
    context = {
        "organisation": organisation,
        "webhooks": [
            (one, [Event(each).label for each in one.events]) for one in organisation.webhooks.all()
        ],
        "crumbs": crumbs(organisation, (_("Webhooks"), "")),
    }
    return render(request, "pages/programs/webhooks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a webhook; the page after it shows its secret, this once."""
    organisation = workspace(request, slug, "webhook.manage")
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = domain.make_endpoint(
                by=person_of(request), organisation=organisation, **form.cleaned_data
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return _secret(request, organisation, made, secret)
    return _form(request, organisation, form, _("Make a webhook"), _("Make the webhook"))


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """A webhook with what was delivered."""
    organisation = workspace(request, slug, "webhook.manage")
    endpoint = _own(organisation, id)
    context = {
        "organisation": organisation,
        "webhook": endpoint,
        "events": [Event(one).label for one in endpoint.events],
        "page": Paginator(endpoint.deliveries.all(), 25).get_page(request.GET.get("page")),
        "crumbs": _crumbs(organisation, endpoint.url),
    }
    return render(request, "pages/programs/webhook.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Change the address, the events, or whether it is told at all."""
    organisation = workspace(request, slug, "webhook.manage")
    endpoint = _own(organisation, id)
    initial = {"url": endpoint.url, "events": endpoint.events, "is_active": endpoint.is_active}
    form = ChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            domain.change_endpoint(by=person_of(request), endpoint=endpoint, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook", slug, id)
    return _form(request, organisation, form, _("Change the webhook"), _("Save"))


@login_required
@require_http_methods(["GET", "POST"])
def rotate(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """A new secret, after asking."""
    organisation = workspace(request, slug, "webhook.manage")
    endpoint = _own(organisation, id)
    if request.method == "POST":
        made, secret = domain.rotate_secret(by=person_of(request), endpoint=endpoint)
        return _secret(request, organisation, made, secret)
    context = {
        "title": _("Make a new secret?"),
        "text": _("Messages are signed with it from now on."),
        "consequences": [_("For 24 hours the secret before signs too, so that you can change your system.")],
        "action": _("Make a new secret"),
        "cancel_url": reverse("webhook", args=[slug, id]),
    }
    return render(request, "ui/confirm.html", context)


@login_required
@require_POST
def test(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Send a test."""
    organisation = workspace(request, slug, "webhook.manage")
    domain.send_test(by=person_of(request), endpoint=_own(organisation, id))
    messages.success(request, _("The test is on its way. Look below in a moment."))
    return redirect("webhook", slug, id)


@login_required
@require_POST
def again(request: HttpRequest, slug: str, id: str, delivery: str) -> HttpResponse:
    """Send a message once more."""
    organisation = workspace(request, slug, "webhook.manage")
    found = get_object_or_404(
        Delivery.objects.select_related("endpoint__organisation"),
        pk=delivery,
        endpoint=_own(organisation, id),
    )
    domain.send_again(by=person_of(request), delivery=found)
    messages.success(request, _("It is sent once more."))
    return redirect("webhook", slug, id)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Remove a webhook, after asking."""
    organisation = workspace(request, slug, "webhook.manage")
    endpoint = _own(organisation, id)
    if request.method == "POST":
        domain.remove_endpoint(by=person_of(request), endpoint=endpoint)
        messages.success(request, _("It is told nothing any more."))
        return redirect("webhooks", slug)
    context = {
        "title": _("Remove this webhook?"),
        "text": endpoint.url,
        "consequences": [_("Nothing is sent there any more."), _("What was delivered is forgotten.")],
        "action": _("Remove"),
        "danger": True,
        "cancel_url": reverse("webhook", args=[slug, id]),
    }
    return render(request, "ui/confirm.html", context)


def _own(organisation: Organisation, id: str) -> Endpoint:
    return get_object_or_404(
        Endpoint.objects.select_related("organisation"), pk=id, organisation=organisation
    )


def _crumbs(organisation: Organisation, title: str) -> list[tuple[object, str]]:
    return crumbs(organisation, (_("Webhooks"), reverse("webhooks", args=[organisation.slug])), (title, ""))


def _form(
    request: HttpRequest, organisation: Organisation, form: forms.Form, title: str, action: str
) -> HttpResponse:
    context = {
        "title": title, "form": form, "action": action, "cancel_url": reverse("webhooks", args=[organisation.slug]),
        "crumbs": _crumbs(organisation, title),
    }  # fmt: skip
    return render(request, "pages/programs/form.html", context)


def _secret(
    request: HttpRequest, organisation: Organisation, endpoint: Endpoint, secret: str
) -> HttpResponse:
    context = {
        "title": _("The secret of your webhook"),
        "text": _(
            "Copy it now: it is not shown again. With it your system sees that a message is from here."
        ),
        "secret": secret,
        "label": _("Secret"),
        "name": endpoint.url,
        "back_url": reverse("webhook", args=[organisation.slug, endpoint.id]),
        "crumbs": _crumbs(organisation, _("Secret")),
    }
    response = render(request, "pages/programs/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
