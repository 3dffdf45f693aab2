"""What a wallet opens; and how providers say what is needed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella.guidance.entry import Judgement, Opened, requirement_sentence
from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.guidance.catalogue import shelf
from tessella_web.guidance.entry import domain
from tessella_web.guidance.entry.models import EntryRule
from tessella_web.guidance.entry.queries import opened, rules_of
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.guidance.forms import EntryForm
from tessella_web.pages.guidance.words import ANSWERS
from tessella_web.pages.wallet.common import languages

__all__ = ["listing", "new", "one", "opens", "remove"]

PAGE = 20
"""Programmes on a page."""


@login_required
@require_safe
def opens(request: HttpRequest) -> HttpResponse:
    """Everything that has entry requirements, tested against one's own credentials, the nearest first."""
    found, entries = opened(person_of(request), languages=languages(), on=timezone.localdate())
    listed = shelf().listed
    counts = Counter(str(one.answer) for one in found)
    near = [one for one in found if one.is_touched]
    asked = request.GET.get("show", "")
    choices = [
        ("", _("What your certificates help with"), len(near)),
        *((str(answer), word, counts[str(answer)]) for answer, (_verdict, word) in ANSWERS.items()),
        ("all", _("Everything"), len(found)),
    ]
    shown = near if not asked else [one for one in found if asked in ("all", str(one.answer))]
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/guidance/opens.html", {
        "page": page, "rows": [_row(each, entries, each.rule.id in listed) for each in page], "choices": choices, "asked": asked,
        "crumbs": [(_("Wallet"), reverse("wallet")), (_("What it opens"), "")],
    })  # fmt: skip


def _row(one: Opened, entries: dict[str, Entry], is_listed: bool) -> dict[str, Any]:
    verdict, word = ANSWERS[one.answer]
    return {
        "rule": one.rule, "message": one.message, "verdict": verdict, "word": word,
        "address": reverse("version-latest", args=[one.rule.id]) if is_listed else one.rule.url,
        "judgements": [_judged(each, entries) for each in one.judgements],
    }  # fmt: skip


def _judged(one: Judgement, entries: dict[str, Entry]) -> dict[str, Any]:
    verdict, word = ANSWERS[one.answer]
    return {
        "sentence": one.sentence, "why": one.why, "is_met": verdict == "passed", "verdict": verdict, "word": word,
        "entries": [entries[key] for key in one.items if key in entries],
    }  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """What an organisation says is needed for what."""
    organisation = workspace(request, slug, "organisation.view")
    page = Paginator(rules_of(organisation), 25).get_page(request.GET.get("page"))
    stated = EntryRule.objects.filter(organisation=organisation, description__isnull=False).values(
        "description"
    )
    return render(request, "pages/guidance/entry-rules.html", {
        "organisation": organisation, "page": page, "may_edit": may(request.user, organisation, "offer.edit"),
        "rows": [(each, [requirement_sentence(one) for one in each.rule().requirements]) for each in page],
        "others": Description.objects.filter(organisation=organisation, listing__isnull=False).exclude(pk__in=stated).order_by("title")[:50],
        "crumbs": _crumbs(organisation),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what is needed: for a micro-credential (``description``), or for another programme."""
    organisation = workspace(request, slug, "offer.edit")
    wanted = request.GET.get("description", "")
    description = get_object_or_404(Description, pk=wanted, organisation=organisation) if wanted else None
    form = EntryForm(request.POST or None, initial={"title": description.title if description else ""})
    if request.method == "POST" and form.is_valid():
        try:
            domain.create(
                by=person_of(request), organisation=organisation, description=description, **form.values()
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. It is public now."))
            return redirect("entry-rules", slug)
    return _form(request, organisation, form, _("Say what is needed"))


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Change what is needed."""
    organisation = workspace(request, slug, "offer.edit")
    rule = _own(organisation, id)
    initial = {"title": rule.title, "url": rule.url, "source": rule.source}
    form = EntryForm(request.POST or None, initial=initial, requirements=rule.rule().requirements)
    if request.method == "POST" and form.is_valid():
        try:
            domain.change(by=person_of(request), rule=rule, values=form.values())
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. It is public now."))
            return redirect("entry-rules", slug)
    return _form(
        request, organisation, form, _("What is needed for: %(title)s") % {"title": rule.title}, rule
    )


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Say nothing any more, after asking."""
    organisation = workspace(request, slug, "offer.edit")
    rule = _own(organisation, id)
    if request.method == "POST":
        domain.remove(by=person_of(request), rule=rule)
        messages.success(request, _("Taken away."))
        return redirect("entry-rules", slug)
    return render(request, "ui/confirm.html", {
        "title": _("Take these entry requirements away?"), "text": rule.title,
        "consequences": [_("Nobody is told any more what is needed; for a micro-credential its description counts again.")],
        "action": _("Take them away"), "danger": True, "cancel_url": reverse("entry-rules", args=[slug]),
    })  # fmt: skip


def _form(
    request: HttpRequest,
    organisation: Organisation,
    form: EntryForm,
    title: str,
    rule: EntryRule | None = None,
) -> HttpResponse:
    return render(request, "pages/guidance/entry-form.html", {
        "organisation": organisation, "form": form, "title": title, "rule": rule,
        "crumbs": [*_crumbs(organisation, reverse("entry-rules", args=[organisation.slug])), (title, "")],
    })  # fmt: skip


def _own(organisation: Organisation, id: str) -> EntryRule:
    found = rules_of(organisation).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _crumbs(organisation: Organisation, here: str = "") -> list[tuple[str, str]]:
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Entry requirements"), here),
    ]
