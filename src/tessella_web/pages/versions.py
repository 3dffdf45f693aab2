"""The public pages of a published version."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tessella_web.accounts.peers.queries import organisation_from_outside
from tessella_web.catalogue import domain, preview, queries
from tessella_web.catalogue.changes import compare, sections_of
from tessella_web.catalogue.missing import missing_of
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.queries import public_offers
from tessella_web.catalogue.pathways.queries import counts_towards
from tessella_web.common.errors import DomainError, NotAllowedError
from tessella_web.guidance.demand.queries import skills_of
from tessella_web.pages.access import person_of
from tessella_web.pages.catalogue import sharing
from tessella_web.pages.catalogue.results import assured_words
from tessella_web.pages.guidance.demand import country_of, told
from tessella_web.pages.offers.words import dates_of, verdict_of

__all__ = ["badge", "changes", "latest", "urlpatterns", "version", "withdraw"]

KEPT_S = 3600
"""A picture of a version never changes; an hour is enough to spare the drawing."""


class WithdrawForm(forms.Form):
    """Why a version is withdrawn."""

    because = forms.CharField(
        label=gettext_lazy("Why?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who comes to the page reads it."),
    )  # fmt: skip


@require_GET
def latest(request: HttpRequest, id: str) -> HttpResponse:
    """To the newest version."""
    found = queries.current_version(id)
    if found is None:
        raise Http404
    return HttpResponseRedirect(reverse("version", args=[id, found.number]))


@require_GET
def version(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """Everything the European standard asks for, in plain words and in its order; who assured the quality; other versions."""
    found = _published(id, number)
    record = found.record()
    versions = queries.versions_of(found.description)
    newest = next((one for one in versions if not one.is_withdrawn), None)
    today = timezone.now().date()
    offers = public_offers(found, on=today)
    return render(request, "pages/versions/version.html", {
        "version": found,
        "record": record,
        "sections": sections_of(found.whole),
        "missing": missing_of(record, on=today),
        "versions": versions,
        "newest": newest if newest and newest.number != found.number else None,
        "review": found.review,
        "offers": [(one, dates_of(one), verdict_of(one)) for one in offers],
        "demand": told(skills_of(record), region=country_of(found.organisation)),
        "towards": counts_towards(found, on=today, addresses=_addresses(request, found)),
        "sharing": sharing.about(found, record, offers),
        "state": assured_words(found.organisation, record, on=today),
        "outside": organisation_from_outside(f"review:{found.review_id}") if found.review_id else None,
    })  # fmt: skip


@require_GET
def badge(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """The tile."""
    return HttpResponse(
        preview.badge_picture(_published(id, number).record()),
        content_type="image/svg+xml",
        headers={"Cache-Control": f"public, max-age={KEPT_S}"},
    )


@require_GET
def changes(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """What differs from the version before."""
    found = _published(id, number)
    before = queries.version_at(id, number - 1)
    if before is None:
        raise Http404
    return render(request, "pages/versions/changes.html", {
        "version": found, "before": before, "changes": compare(before.whole, found.whole),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """Ask once more, then withdraw."""
    found = _published(id, number)
    domain.require_to_publish(by=person_of(request), description=found.description)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.withdraw(version=found, by=person_of(request), because=form.cleaned_data["because"])
            messages.success(request, _("Withdrawn."))
            return redirect("version", id, number)
        except NotAllowedError:
            raise
        except DomainError as error:
            form.add_error(
                error.field if error.field in form.fields else None, f"{error.message} {error.hint}"
            )
    return render(request, "ui/confirm.html", {
        "title": _("Withdraw version %(number)s of “%(title)s”?") % {"number": found.number, "title": found.title},
        "text": _("It is not offered and awarded any more."),
        "consequences": [_("The page stays, and says since when and why."), _("What was awarded stays valid.")],
        "action": _("Withdraw"),
        "cancel_url": reverse("version", args=[id, number]),
        "danger": True,
        "form": form,
    })  # fmt: skip


def _addresses(request: HttpRequest, version: Version) -> list[str]:
    """By which a rule may name it."""
    paths = (reverse("version-latest", args=[version.description_id]), reverse("version", args=[version.description_id, version.number]))  # fmt: skip
    return [request.build_absolute_uri(path) for path in paths]


def _published(id: str, number: int) -> Version:
    found = queries.version_at(id, number)
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("m/<str:id>/", latest, name="version-latest"),
    path("m/<str:id>/v<int:number>", version, name="version"),
    path("m/<str:id>/v<int:number>/badge.svg", badge, name="version-badge"),
    path("m/<str:id>/v<int:number>/changes", changes, name="version-changes"),
    path("m/<str:id>/v<int:number>/withdraw", withdraw, name="version-withdraw"),
]
