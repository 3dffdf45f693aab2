"""The whole wallet at once: as a mosaic, along the years, by skills, and by what it can count towards."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella_web.credentials.wallet.counting import Known, Towards, known, towards
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.lists import timeline as by_year
from tessella_web.credentials.wallet.models import Learning
from tessella_web.credentials.wallet.mosaic import mosaic_rows, mosaic_svg
from tessella_web.credentials.wallet.skills import skills_held
from tessella_web.pages.access import person_of
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.holding import download
from tessella_web.pages.wallet.pathway import ANSWERS


@login_required
@require_safe
def mosaic(request: HttpRequest) -> HttpResponse:
    """A picture of everything, by field and level, and a table that says the same."""
    entries = entries_of(person_of(request), languages())
    rows = mosaic_rows(entries, get_language() or "en")
    return render(request, "pages/wallet/mosaic.html", {
        "picture": mosaic_svg(rows, label=_alternative(len(entries), len(rows))),
        "rows": rows,
        "others": [one for one in entries if one.tile is None],
        "crumbs": _crumbs(_("Your mosaic")),
    })  # fmt: skip


def _alternative(entries: int, fields: int) -> str:
    things = ngettext("%(n)s tile", "%(n)s tiles", entries) % {"n": entries}
    return ngettext(
        "A mosaic of %(things)s in %(n)s field, by level. The table says the same.",
        "A mosaic of %(things)s in %(n)s fields, by level. The table says the same.", fields,
    ) % {"things": things, "n": fields}  # fmt: skip


@login_required
@require_safe
def mosaic_file(request: HttpRequest) -> HttpResponse:
    """The picture to keep, as SVG."""
    rows = mosaic_rows(entries_of(person_of(request), languages()), get_language() or "en")
    return download(mosaic_svg(rows, label=_("Mosaic")).encode(), "mosaic.svg")


@login_required
@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """The years, and in each what was learned at a school, elsewhere, and in life."""
    return render(request, "pages/wallet/timeline.html", {
        "years": by_year(entries_of(person_of(request), languages())),
        "lanes": Learning.choices,
        "crumbs": _crumbs(_("Along the years")),
    })  # fmt: skip


@login_required
@require_safe
def skills(request: HttpRequest) -> HttpResponse:
    """What one can do, and what proves it."""
    entries = entries_of(person_of(request), languages())
    known, others = skills_held(entries, languages())
    return render(request, "pages/wallet/skills.html", {
        "known": known, "others": others, "declared": [one for one in entries if one.is_declared],
        "crumbs": _crumbs(_("Your skills")),
    })  # fmt: skip


@login_required
@require_safe
def counts_towards(request: HttpRequest) -> HttpResponse:
    """By published rules: met, missing, cannot count, or not known."""
    entries = entries_of(person_of(request), languages())
    on = timezone.localdate()
    words = request.GET.get("words", "")[:100]
    every = known(on)
    among = [one for one in every if _is_about(one, words)] if words else every
    found = towards(entries, on=on, among=among)
    near = [one for one in found if one.is_near]
    far = [one for one in found if not one.is_near]
    return render(request, "pages/wallet/towards.html", {
        "groups": _by_answer([one for one in near if not one.known.is_example]),
        "examples": _by_answer([one for one in near if one.known.is_example]), "far": far[:MOST_FAR], "more": max(0, len(far) - MOST_FAR), "words": words,
        "many": len(every) > MOST_FAR, "crumbs": _crumbs(_("What it can count towards")),
    })  # fmt: skip


def _by_answer(several: list[Towards]) -> list[tuple[Any, ...]]:
    """Rules under their answers, each with its words."""
    return [
        (outcome, *said, found)
        for outcome, said in ANSWERS.items()
        if (found := [one for one in several if one.outcome == outcome])
    ]


MOST_FAR = 20
"""Rules that nothing fits: a screen of them; for the others there is a search."""


def _is_about(one: Known, words: str) -> bool:
    text = f"{one.rule.title} {one.rule.award} {one.rule.receiver}".casefold()
    return all(word in text for word in words.casefold().split())


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Wallet"), reverse("wallet")), (title, "")]
