"""What a wallet lacks for an occupation, and what words of credentials mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella.guidance.gap import Gap, Stand, Standing
from tessella_web.catalogue.esco import queries as esco
from tessella_web.catalogue.esco.models import Kind
from tessella_web.catalogue.esco.occupations import goal_key, occupation_of
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.guidance.skills import domain
from tessella_web.guidance.skills.queries import gap_of, items_of, wordy
from tessella_web.pages.access import person_of
from tessella_web.pages.guidance.demand import told
from tessella_web.pages.guidance.words import STANDINGS, evidence_words
from tessella_web.pages.wallet.common import languages

__all__ = ["gap", "words"]

MAX_WORDS = 200
"""Characters of a search that are looked at."""

NEAR = 5
"""Occupations that are named without having been asked for."""


@login_required
@require_safe
def gap(request: HttpRequest) -> HttpResponse:
    """Choose an occupation as one types; then what of its skills is held, near or missing, and what brings it."""
    person, tags = person_of(request), languages()
    uri, planned = request.GET.get("occupation", "")[:300], request.GET.getlist("plan")
    occupation = occupation_of(uri, tags)
    if occupation is None:
        return _choose(request, is_unknown=bool(uri))
    found = gap_of(person, occupation, planned=planned, languages=tags, on=timezone.localdate())
    names = {one.need.skill: one.need.name for one in (*found.essential, *found.optional)}
    names |= {key: one.label for key, one in esco.named(_said(found), languages=tags).items()}
    titles = {one.id: one.title for one in found.offers}
    plans = _planned(found)
    title = _("What you lack for: %(occupation)s") % {"occupation": occupation.title}
    return render(request, "pages/guidance/gap.html", {
        "title": title, "found": found, "occupation": occupation, "on": timezone.localdate(),
        "parts": [
            (heading, words, [_row(one, names, titles) for one in stands], sum(one.standing is Standing.HELD for one in stands))
            for heading, words, stands in (
                (_("Essential skills"), _("Nearly everybody with this occupation needs them."), found.essential),
                (_("Optional skills"), _("They depend on the place and the employer."), found.optional),
            )
            if stands
        ],
        "shown": found.count(Standing.HELD),
        "missing": [one.need.name for one in found.essential if one.standing in (Standing.MISSING, Standing.NEAR)],
        "brings": [(one, [names[skill] for skill in one.skills], [names[skill] for skill in one.narrower]) for one in found.offers],
        "goal": goal_key(uri) if found.missing else "", "plans": plans, "wordless": _count_open(request),
        "demand": told([uri, *(one.need.skill for one in found.essential if one.standing in (Standing.MISSING, Standing.NEAR))]),
        "language": occupation.language, "crumbs": _crumbs((_("What you lack"), reverse("wallet-gap")), (occupation.title, "")),
    })  # fmt: skip


def _choose(request: HttpRequest, *, is_unknown: bool) -> HttpResponse:
    typed = request.GET.get("q", "")[:MAX_WORDS]
    tags = languages()
    release = esco.current_release()
    near: list[Any] = []
    if release and not typed:
        items = items_of(entries_of(person_of(request), tags), tags)
        skills = {word for one in items for word in one.outcomes or () if "://" in word}
        near = esco.occupations_with(skills, languages=tags, limit=NEAR) if skills else []
    return render(request, "pages/guidance/gap-choose.html", {
        "typed": typed, "release": release, "is_unknown": is_unknown, "near": near,
        "found": esco.search(typed, languages=tags, kind=Kind.OCCUPATION) if typed else [],
        "crumbs": _crumbs((_("What you lack"), "")),
    })  # fmt: skip


def _row(one: Stand, names: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
    verdict, word = STANDINGS[one.standing]
    return {
        "name": one.need.name, "verdict": verdict, "word": word,
        "proofs": [
            {
                "key": "" if each.strength == "planned" else each.item, "title": each.title,
                "words": evidence_words(each, names, date_format(each.confirmed_on, "DATE_FORMAT") if each.confirmed_on else ""),
            }
            for each in one.evidence
        ],
        "brings": [titles[id] for id in one.offers if id in titles][:3],
    }  # fmt: skip


def _said(found: Gap) -> set[str]:
    """The skills that evidence speaks of, to be called by their names."""
    return {
        each.said
        for one in (*found.essential, *found.optional)
        for each in one.evidence
        if "://" in each.said
    }


def _planned(found: Gap) -> list[tuple[str, str]]:
    """What is counted as if it were passed: ids and titles."""
    return sorted(
        {
            (each.item, each.title)
            for one in (*found.essential, *found.optional)
            for each in one.evidence
            if each.strength == "planned"
        },
        key=lambda pair: pair[1],
    )


def _count_open(request: HttpRequest) -> int:
    return sum(not one.mappings for one in wordy(person_of(request), languages()))


@login_required
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """What words of credentials mean: suggestions that count when their holder confirms them."""
    person, tags = person_of(request), languages()
    problem = ""
    if request.method == "POST":
        if taken := request.POST.get("take-back", ""):
            domain.take_back(by=person, id=taken)
            messages.success(request, _("Taken back."))
            return redirect("wallet-words")
        try:
            made = domain.confirm(
                by=person,
                text=request.POST.get("text", ""),
                skill=request.POST.get("skill", ""),
                languages=tags,
            )
        except RefusedError as error:
            problem = f"{error.message} {error.hint}"
        else:
            messages.success(request, _("Noted for your own use: %(title)s") % {"title": made.title})
            return redirect("wallet-words")
    typed, about = request.GET.get("q", "")[:MAX_WORDS], request.GET.get("text", "")[:300]
    return render(request, "pages/guidance/words.html", {
        "texts": wordy(person, tags), "problem": problem, "typed": typed, "about": about,
        "found": esco.search(typed, languages=tags) if typed and about else [],
        "release": esco.current_release(), "crumbs": _crumbs((_("What their words mean"), "")),
    }, status=409 if problem else 200)  # fmt: skip


def _crumbs(*steps: tuple[str, str]) -> Iterable[tuple[str, str]]:
    return [(_("Wallet"), reverse("wallet")), *steps]
