"""Tokens: what lets a person's own programs use the interface."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import CAPABILITIES, may, roles_of
from tessella_web.accounts.tokens import domain, queries
from tessella_web.accounts.tokens.models import AccessToken
from tessella_web.accounts.tokens.scopes import SCOPES
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.programs.common import crumbs, own_crumbs
from tessella_web.registers.queries import is_reviewer
from tessella_web.ui.forms import MultipleChoiceCards

DAYS = (("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")), ("366", gettext_lazy("One year")))


class TokenForm(forms.Form):
    """What the token is for, and what it may do."""

    name = forms.CharField(
        label=gettext_lazy("Which program will use it?"), max_length=80,
        help_text=gettext_lazy("For yourself, such as “Student system, nightly”."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        help_text=gettext_lazy(
            "Choose as little as the program needs. It never does more than you may yourself."
        ),
        widget=MultipleChoiceCards,
    )
    days = forms.ChoiceField(label=gettext_lazy("How long does it work?"), choices=DAYS, initial="90")

    def __init__(self, *args: Any, scopes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        field.choices = [(name, SCOPES[name].title) for name in scopes]
        field.widget.explanations = {name: SCOPES[name].text for name in scopes}


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The tokens there are."""
    organisation = workspace(request, slug, "token.make")
    context = {
        "organisation": organisation,
        "tokens": queries.tokens_seen_by(person_of(request), organisation),
        "now": timezone.now(),
        "new_url": reverse("token-new", args=[slug]),
        "may_webhooks": may(request.user, organisation, "webhook.manage"),
        "crumbs": [*crumbs(organisation)[:1], (_("For programs"), "")],
    }
    return render(request, "pages/programs/tokens.html", context)


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The tokens that act for the person alone."""
    context = {
        "tokens": queries.own_tokens(person_of(request)),
        "now": timezone.now(),
        "new_url": reverse("own-token-new"),
        "crumbs": [*own_crumbs()[:1], (_("For programs"), "")],
    }
    return render(request, "pages/programs/tokens.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a token for one's work in an organisation."""
    organisation = workspace(request, slug, "token.make")
    roles = roles_of(request.user, organisation)
    possible = [
        name for name, one in SCOPES.items() if any(roles & CAPABILITIES[each] for each in one.capabilities)
    ]
    way = crumbs(organisation, (_("Make a token"), ""))
    return _new(request, organisation, possible, reverse("programs", args=[slug]), way)


@login_required
@require_http_methods(["GET", "POST"])
def own_new(request: HttpRequest) -> HttpResponse:
    """Make a token for one's own things."""
    reviews = is_reviewer(request.user)
    possible = [
        name for name, one in SCOPES.items() if one.is_personal and (reviews or name != "identity:review")
    ]
    return _new(request, None, possible, reverse("own-programs"), own_crumbs((_("Make a token"), "")))


def _new(
    request: HttpRequest, organisation: Organisation | None, possible: list[str], back: str, way: list[Any]
) -> HttpResponse:
    """The form; the page after it shows the token, this once."""
    form = TokenForm(request.POST or None, scopes=possible)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            token, secret = domain.make_token(
                by=person_of(request), organisation=organisation, name=values["name"], scopes=values["scopes"],
                days=int(values["days"]),
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            shown = {
                "title": _("Your token"),
                "text": _(
                    "Copy it now: it is not shown again. Whoever has it can do what you chose, in your name."
                ),
                "secret": secret,
                "label": _("Token"),
                "name": token.name,
                "back_url": back,
                "crumbs": [*way[:-1], (_("Your token"), "")],
            }
            return _never_kept(render(request, "pages/programs/secret.html", shown))
    context = {
        "title": _("Make a token"), "form": form, "action": _("Make the token"), "cancel_url": back, "crumbs": way,
    }  # fmt: skip
    return render(request, "pages/programs/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Revoke a token, after asking."""
    organisation = workspace(request, slug, "token.make")
    seen = queries.tokens_seen_by(person_of(request), organisation)
    return _revoke(request, seen, id, reverse("programs", args=[slug]))


@login_required
@require_http_methods(["GET", "POST"])
def own_revoke(request: HttpRequest, id: str) -> HttpResponse:
    """Revoke a token of one's own, after asking."""
    return _revoke(request, queries.own_tokens(person_of(request)), id, reverse("own-programs"))


def _revoke(request: HttpRequest, seen: list[AccessToken], id: str, back: str) -> HttpResponse:
    token = next((one for one in seen if one.id == id), None)
    if token is None:
        raise Http404
    if request.method == "POST":
        domain.revoke_token(by=person_of(request), token=token)
        messages.success(request, _("The token lets nobody in any more."))
        return redirect(back)
    context = {
        "title": _("Revoke the token “%(name)s”?") % {"name": token},
        "text": _("Programs that use it stop working at once."),
        "action": _("Revoke"),
        "danger": True,
        "cancel_url": back,
    }
    return render(request, "ui/confirm.html", context)


def _never_kept(response: HttpResponse) -> HttpResponse:
    """No cache, no history keeps a page with a secret."""
    response["Cache-Control"] = "no-store"
    return response
