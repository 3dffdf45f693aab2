"""One rule and what I have: what fills which place, what is missing, and what would change if."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tessella.errors import TessellaError
from tessella.stacking import Evaluation
from tessella_web.catalogue.pathways import queries as pathways
from tessella_web.credentials.planning.domain import can_plan
from tessella_web.credentials.planning.standing import Standing, options, proof_files, standing
from tessella_web.credentials.wallet.counting import Known, known_rule
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.pathway import Picture, Row
from tessella_web.credentials.wallet.pathway_svg import colour_of, pathway_svg
from tessella_web.pages.access import person_of
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.holding import download
from tessella_web.ui.templatetags.ui import day

__all__ = ["ANSWERS", "known_or_404", "pathway", "pathway_file", "proof"]

ANSWERS: dict[str, tuple[str, Any, Any]] = {
    "met": ("passed", gettext_lazy("Meets the rule"), gettext_lazy("What you have is enough, if the institution decides so.")),
    "unknown": ("indeterminate", gettext_lazy("Not known"), gettext_lazy("Your certificates do not say everything that this rule asks.")),
    "cannot-count": ("not_applicable", gettext_lazy("Something cannot count"), gettext_lazy("It would be enough, but the rule keeps something of it out.")),
    "missing": ("not_applicable", gettext_lazy("Something is missing"), gettext_lazy("Not everything that the rule asks is there.")),
}  # fmt: skip
"""By answer its verdict, its heading, and what it means."""

LATEST = dt.date(2100, 1, 1)
EARLIEST = dt.date(1990, 1, 1)
"""Days that one may ask about: no rule is of another century."""


class AskForm(forms.Form):
    """On which day, without what, with what; all of it in the address, so that it can be kept and sent."""

    on = forms.DateField(
        label=gettext_lazy("On which day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Validity ends and certificates grow old: the answer is for one day."),
    )  # fmt: skip
    without = forms.MultipleChoiceField(
        label=gettext_lazy("Without these"), required=False, widget=forms.CheckboxSelectMultiple
    )
    planned = forms.MultipleChoiceField(
        label=gettext_lazy("And as if I had passed these"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What you take part in, and what your latest plan proposes."),
    )  # fmt: skip

    def clean_on(self) -> dt.date:
        """Today, when nothing is said."""
        found: dt.date = self.cleaned_data["on"] or timezone.localdate()
        if not EARLIEST <= found <= LATEST:
            raise forms.ValidationError(_("Choose a day between %(first)s and %(last)s.") % {"first": EARLIEST.year, "last": LATEST.year})  # fmt: skip
        return found


def known_or_404(rule: str) -> Known:
    """A rule by what its address calls it."""
    found = known_rule(rule)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def pathway(request: HttpRequest, rule: str) -> HttpResponse:
    """The places of the rule with my tiles in them, the empty ones outlined; the same as a table and in words."""
    known = known_or_404(rule)
    person = person_of(request)
    entries = entries_of(person, languages())
    form, on = _asked(request)
    sent = form.cleaned_data if form.is_valid() else {}
    planned = [one for one in request.GET.getlist("planned") if len(one) <= 40][:40]
    try:
        found = standing(person, entries, known, on=on, without=sent.get("without", ()), planned=planned)
    except TessellaError as error:
        return render(request, "pages/wallet/pathway-unread.html", {
            "known": known, "error": error, "title": _title(known), "crumbs": _crumbs(known),
        })  # fmt: skip
    offered = {one.id: one for one in (*options(person, known, on=on), *found.planned)}
    used = {one.item for one in found.now.counted} | {one.key for one in found.without}
    choices = [one for one in entries if one.key in used or any(item.id == one.key for item in found.held)]
    form.fields["without"].choices = [(one.key, one.title) for one in choices]  # type: ignore[attr-defined]
    form.fields["planned"].choices = [(one.id, f"{one.title}, {one.provider}") for one in offered.values()]  # type: ignore[attr-defined]
    for name in ("without", "planned"):
        if not form.fields[name].choices:  # type: ignore[attr-defined]
            del form.fields[name]
    verdict, heading, meaning = ANSWERS[found.answer.outcome.value]
    return render(request, "pages/wallet/pathway.html", {
        "known": known, "standing": found, "answer": found.answer, "picture": found.picture, "title": _title(known),
        "verdict": verdict, "heading": heading, "meaning": meaning, "form": form, "on": on,
        "bars": list(_bars(found.picture)), "rows": list(_table(found)),
        "sentences": list(said(found)), "changes": list(_changes(found)) if found.is_supposed else [],
        "newer": _newer(known, on), "can_plan": can_plan(), "query": urlencode({"on": on.isoformat()}),
        "titles": {one.key: one.title for one in entries}, "crumbs": _crumbs(known),
    })  # fmt: skip


def _asked(request: HttpRequest) -> tuple[AskForm, dt.date]:
    sent = request.GET.copy()
    sent.setdefault("on", timezone.localdate().isoformat())
    form = AskForm(sent)
    keys = [(one, one) for one in request.GET.getlist("without")[:400]]
    form.fields["without"].choices = keys  # type: ignore[attr-defined]
    form.fields["planned"].choices = [(one, one) for one in request.GET.getlist("planned")[:40]]  # type: ignore[attr-defined]
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    return form, on


def _newer(known: Known, on: dt.date) -> Any:
    """The version that decides on the day, where it is another one; None also where none does."""
    if known.version is None:
        return None
    found = pathways.in_force(known.version.pathway, on=on)
    return found if found is not None and found.pk != known.version.pk else None


@login_required
@require_safe
def pathway_file(request: HttpRequest, rule: str) -> HttpResponse:
    """The picture to keep, as SVG."""
    known = known_or_404(rule)
    found = _standing(request, known)
    answer = found.answer
    lines = (
        known.rule.receiver,
        str(ANSWERS[answer.outcome.value][1]),
        _("As of %(day)s") % {"day": answer.on.isoformat()},
    )
    return download(pathway_svg(found.picture, title=_title(known), lines=lines).encode(), "pathway.svg")


@login_required
@require_safe
def proof(request: HttpRequest, rule: str) -> HttpResponse:
    """The answer for others to check without this platform: proof, rule, and the facts about the certificates."""
    known = known_or_404(rule)
    found = _standing(request, known)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in proof_files(known, found.held, found.now).items():
            target.writestr(name, data)
        target.writestr("README.txt", "tessella stack verify-proof proof.json rule.json items.yaml\n")
    return download(made.getvalue(), "proof.zip")


def _standing(request: HttpRequest, known: Known) -> Standing:
    person = person_of(request)
    _form, on = _asked(request)
    try:
        return standing(person, entries_of(person, languages()), known, on=on)
    except TessellaError as error:
        raise Http404 from error


# --- the same in other ways --------------------------------------------------------------------------


def _bars(picture: Picture) -> Iterator[dict[str, Any]]:
    for bar in picture.bars:
        yield {
            "bar": bar, "reached": plain(bar.reached), "needed": plain(bar.needed), "lacking": plain(bar.lacking),
            "segments": [(one, colour_of(one.tile.facts), plain(one.amount)) for one in bar.segments],
        }  # fmt: skip


def _table(found: Standing) -> Iterator[dict[str, Any]]:
    """By place what lies in it and what else could."""
    for row in found.picture.rows:
        for number, place in enumerate(row.places):
            yield {"row": row, "is_first": number == 0, "span": len(row.places), "place": place}


def said(found: Standing) -> Iterator[str]:
    """The picture in sentences, for those who do not see it and for letters."""
    for row in found.picture.rows:
        yield _row_said(row)
    for bar in found.picture.bars:
        values = {
            "what": bar.words,
            "reached": plain(bar.reached),
            "needed": plain(bar.needed),
            "unit": bar.unit,
        }
        yield _("%(what)s: %(reached)s of %(needed)s %(unit)s.") % values
    if found.picture.others:
        yield _("Also counts: %(titles)s.") % {"titles": _titles(found.picture.others)}
    for limit in found.picture.limits:
        yield f"{limit.words}. {limit.problem}".strip()


def _row_said(row: Row) -> str:
    parts = [
        _("“%(place)s” is filled by “%(title)s”") % {"place": one.title, "title": one.tile.title}
        if one.tile
        else _("“%(place)s” is empty") % {"place": one.title}
        for one in row.places
    ]
    values = {"title": row.title, "filled": row.filled, "needed": row.needed, "places": "; ".join(parts)}
    return _("%(title)s (%(filled)s of %(needed)s): %(places)s.") % values


def _titles(tiles: Any) -> str:
    return "; ".join(one.title for one in tiles)


def _changes(found: Standing) -> Iterator[str]:
    """What is different from now: the answer, what is no longer missing, and what is missing then."""
    before, after = found.now, found.answer
    if before.outcome is not after.outcome:
        yield _("Now it is “%(now)s”, then it would be “%(then)s”.") % {
            "now": ANSWERS[before.outcome.value][1], "then": ANSWERS[after.outcome.value][1],
        }  # fmt: skip
    yield from _differ(before, after)
    if after.on != before.on:
        yield _("Not before %(day)s, the last day of what is planned.") % {"day": day(after.on)}


def _differ(before: Evaluation, after: Evaluation) -> Iterator[str]:
    was, is_now = ({one.message for one in each.missing} for each in (before, after))
    for message in sorted(was - is_now):
        yield _("No longer: %(what)s") % {"what": message}
    for message in sorted(is_now - was):
        yield _("Then: %(what)s") % {"what": message}
    if was == is_now and before.outcome is after.outcome:
        yield _("That makes no difference.")


def plain(value: Decimal) -> str:
    """A number as people write it, without needless zeros."""
    short = value.quantize(Decimal("0.01")).normalize()
    digits = max(0, -int(short.as_tuple().exponent))
    return number_format(short, digits, use_l10n=True, force_grouping=True)


def _title(known: Known) -> str:
    award = known.rule.award
    return award[:1].upper() + award[1:]


def _crumbs(known: Known) -> list[tuple[str, str]]:
    return [
        (_("Wallet"), reverse("wallet")),
        (_("What it can count towards"), reverse("wallet-towards")),
        (_title(known), ""),
    ]
