"""What everybody reads: the list of published rules, and the page of each."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella.stacking import explain
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.pathways import queries
from tessella_web.catalogue.pathways.domain import file_of
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.pages.pathways.words import differences, groups_of, period
from tessella_web.pages.pathways.writing import as_json, as_yaml

__all__ = ["changes", "listing", "listing_json", "rule_file", "show", "show_json"]

PAGE = 20
MOST_WORDS = 200


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The rules in force today: by words and by receiver."""
    today = timezone.localdate()
    words, receiver = request.GET.get("q", "")[:MOST_WORDS], request.GET.get("receiver", "")[:60]
    page = Paginator(queries.search(on=today, words=words, receiver=receiver), PAGE).get_page(request.GET.get("page"))  # fmt: skip
    return render(request, "pages/pathways/published.html", {
        "page": page, "total": page.paginator.count, "words": words, "receiver": receiver,
        "receivers": queries.receivers(on=today),
    })  # fmt: skip


@require_safe
def listing_json(request: HttpRequest) -> HttpResponse:
    """The same for programs."""
    words, receiver = request.GET.get("q", "")[:MOST_WORDS], request.GET.get("receiver", "")[:60]
    found = queries.search(on=timezone.localdate(), words=words, receiver=receiver)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    items = [
        {"id": one.pathway_id, "number": one.number, "title": one.title, "award": one.award, "receiver": one.receiver,
         "organisation": one.pathway.organisation.slug, "valid_from": one.valid_from, "last_day": one.last_day,
         "url": request.build_absolute_uri(reverse("pathway-version-json", args=[one.pathway_id, one.number]))}
        for one in page
    ]  # fmt: skip
    return JsonResponse({"total": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages, "items": items})  # fmt: skip


@require_safe
def show(request: HttpRequest, id: str, number: int | None = None) -> HttpResponse:
    """A rule as its organisation published it; without a number the version in force today."""
    found, newest = _found(id, number)
    today = timezone.localdate()
    rule = found.rule
    organisation = found.pathway.organisation
    return render(request, "pages/pathways/public.html", {
        "version": found,
        "rule": rule,
        "organisation": organisation,
        "sentences": explain(rule),
        "groups": groups_of(rule, queries.credentials_named(rule)),
        "period": period(found),
        "is_in_force": newest is not None and newest.pk == found.pk,
        "is_future": found.valid_from > today,
        "newest": newest if newest is not None and newest.pk != found.pk else None,
        "versions": [(one, period(one)) for one in queries.versions(found.pathway)],
        "source_url": rule.source.url if rule.source.url.startswith(("https://", "http://")) else "",
        "may_edit": may(request.user, organisation, "rule.edit"),
    })  # fmt: skip


@require_safe
def show_json(request: HttpRequest, id: str, number: int | None = None) -> HttpResponse:
    """The same for programs: the rule, its period, and how it reads."""
    found, newest = _found(id, number)
    return JsonResponse(_data(request, found) | {"in_force": newest is not None and newest.pk == found.pk})


@require_safe
def rule_file(request: HttpRequest, id: str, number: int, format: str) -> HttpResponse:
    """The rule as a file, as the command line and other software read it."""
    found, _newest = _found(id, number)
    write = {"yaml": as_yaml, "json": as_json}.get(format)
    if write is None:
        raise Http404
    return write(found.data, f"rule-{id[:8]}-v{number}")


@require_safe
def changes(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """What a version says otherwise than the one before."""
    found, _newest = _found(id, number)
    before = queries.version_at(found.pathway, number - 1)
    if before is None:
        raise Http404
    return render(request, "pages/pathways/changes.html", {
        "version": found, "before": before, "changes": differences(before.rule, found.rule),
        "crumbs": [(_("Pathways"), reverse("pathways")), (found.title, reverse("pathway-version", args=[id, number])), (_("What changed"), "")],
    })  # fmt: skip


def _found(id: str, number: int | None) -> tuple[PathwayVersion, PathwayVersion | None]:
    """The version asked for and the one in force today; without a number that one, else the latest."""
    pathway = queries.pathway_at(id)
    if pathway is None:
        raise Http404
    newest = queries.in_force(pathway, on=timezone.localdate())
    found = (
        queries.version_at(pathway, number)
        if number is not None
        else newest or queries.versions(pathway).first()
    )
    if found is None:
        raise Http404
    return found, newest


def _data(request: HttpRequest, found: PathwayVersion) -> dict[str, Any]:
    return {
        "id": found.pathway_id,
        "number": found.number,
        "organisation": found.pathway.organisation.slug,
        "is_established": found.pathway.organisation.is_established,
        "valid_from": found.valid_from,
        "valid_until": found.valid_until,
        "withdrawn_from": found.withdrawn_from,
        "withdrawn_because": found.withdrawn_because,
        "published_at": found.published_at,
        "url": request.build_absolute_uri(reverse("pathway-version", args=[found.pathway_id, found.number])),
        "sentences": list(explain(found.rule)),
        "rule": file_of(found.data),
    }
