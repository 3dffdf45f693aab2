"""Asking for a way to a larger credential, and the plans that came out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella.rendering import tile_facts
from tessella_web.catalogue.offers.models import Mode, Offer, Times
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.planning import domain
from tessella_web.credentials.planning.models import Least, Plan
from tessella_web.credentials.planning.queries import offers_now, plan_of, plans_of
from tessella_web.credentials.wallet.pathway_svg import colour_of
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.describe.forms import language_choices
from tessella_web.pages.offers.words import language_names
from tessella_web.pages.wallet.pathway import known_or_404, plain
from tessella_web.ui.forms import ChoiceCards
from tessella_web.ui.templatetags.ui import day

__all__ = ["delete", "listing", "new", "show", "what_if"]

_MEANS: dict[str, Any] = {
    Least.WORKLOAD: gettext_lazy("The fewest hours of learning in all."),
    Least.PRICE: gettext_lazy("The least money in all, from what offers say they cost."),
    Least.TIME: gettext_lazy("The first day on which everything is there."),
    Least.PROVIDERS: gettext_lazy("As much as possible from one place."),
}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class PlanForm(forms.Form):
    """What is to be least, and what one wishes; everything but the first may stay empty."""

    folded = ("modes", "language", "language_2", "places", "budget", "currency", "most_providers", "without")
    folded_title = gettext_lazy("More wishes: language, place, money, providers")

    least = forms.ChoiceField(
        label=gettext_lazy("What matters most"), choices=Least.choices, initial=Least.WORKLOAD, widget=ChoiceCards(explanations=_MEANS)
    )  # fmt: skip
    against = forms.ChoiceField(
        label=gettext_lazy("Show several, weighed against"), required=False, choices=[("", gettext_lazy("No, only the best one")), *Least.choices],
        help_text=gettext_lazy("Up to four plans beside each other, of which none is better in both."),
    )  # fmt: skip
    weekly_hours = forms.DecimalField(
        label=gettext_lazy("At most so many hours a week"), required=False, min_value=1, max_value=100, max_digits=5, decimal_places=1
    )  # fmt: skip
    not_before = _day(gettext_lazy("Nothing before"))
    finish_by = _day(gettext_lazy("Everything finished by"))
    only_times = forms.MultipleChoiceField(
        label=gettext_lazy("Only at these times"), required=False, choices=Times.choices, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    modes = forms.MultipleChoiceField(
        label=gettext_lazy("Only in these ways"), required=False, choices=Mode.choices, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Only in this language"), required=False)
    language_2 = forms.ChoiceField(label=gettext_lazy("Or in this one"), required=False)
    places = forms.CharField(
        label=gettext_lazy("Only at these places"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=gettext_lazy("As offers call them, one in each line. Leave it empty if you also learn online."),
    )  # fmt: skip
    budget = forms.DecimalField(
        label=gettext_lazy("At most so much money"), required=False, min_value=0, max_value=1_000_000, max_digits=9, decimal_places=2
    )  # fmt: skip
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, max_length=3, initial="EUR", help_text=gettext_lazy("Its three letters."))  # fmt: skip
    most_providers = forms.IntegerField(
        label=gettext_lazy("From at most so many providers"), required=False, min_value=1, max_value=50
    )  # fmt: skip
    without = forms.CharField(
        label=gettext_lazy("Without these providers"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=gettext_lazy("One in each line. Single offers can be left out once there is a plan."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("language", "language_2"):
            self.fields[name].choices = language_choices()  # type: ignore[attr-defined]

    def wishes(self) -> dict[str, Any]:
        """By the names of the domain."""
        found = dict(self.cleaned_data)
        for name in ("least", "against"):
            found.pop(name)
        found["languages"] = list(filter(None, (found.pop("language"), found.pop("language_2"))))
        found["places"], found["without"] = found["places"].splitlines(), found["without"].splitlines()
        return found


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, rule: str) -> HttpResponse:
    """What I wish; the answer has a page of its own."""
    known = known_or_404(rule)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.ask(
                by=person_of(request), rule=known.key, wishes=form.wishes(), least=Least(form.cleaned_data["least"]),
                against=Least(form.cleaned_data["against"]) if form.cleaned_data["against"] else None, language=get_language() or "en",
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("plan", made.id)
    award = known.rule.award
    return render(request, "pages/wallet/plan-new.html", {
        "known": known, "form": form, "can_plan": domain.can_plan(), "award": award[:1].upper() + award[1:],
        "crumbs": [*_crumbs(), (_("Plan the way"), "")],
    })  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Everything I asked, the latest first."""
    return render(request, "pages/wallet/plans.html", {
        "plans": plans_of(person_of(request)).defer("answer"), "crumbs": _crumbs(is_last=True),
    })  # fmt: skip


@login_required
@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    """The plans, or how far the work is, or what is in the way."""
    plan = _own(request, id)
    answer = plan.answer or {}
    found = answer.get("plans", [])
    now = offers_now(step["offer"] for one in found for step in one["steps"])
    several = [_shown(one, number, plan, now) for number, one in enumerate(found, 1)]
    return render(request, "pages/wallet/plan.html", {
        "plan": plan, "answer": answer, "plans": several, "title": _title(plan), "wishes": list(_wished(plan)),
        "is_bound": any(not one["is_least"] for one in several),
        "crumbs": [*_crumbs(), (plan.goal[:1].upper() + plan.goal[1:], "")],
    })  # fmt: skip


@login_required
@require_POST
def what_if(request: HttpRequest, id: str) -> HttpResponse:
    """The same question with one thing changed: without an offer or a provider, only at some times, with another aim."""
    plan = _own(request, id)
    changes = {
        name: request.POST.getlist(name)[:20] for name in ("without", "only_times") if name in request.POST
    }
    wanted = request.POST.get("least", "")
    try:
        made = domain.what_if(
            by=person_of(request), plan=plan, changes=changes, language=get_language() or "en",
            least=Least(wanted) if wanted in Least.values else None,
        )  # fmt: skip
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("plan", plan.id)
    return redirect("plan", made.id)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, id: str) -> HttpResponse:
    """Forget a plan, after asking once more."""
    plan = _own(request, id)
    if request.method == "POST":
        domain.remove(by=person_of(request), plan=plan)
        messages.success(request, _("The plan is deleted."))
        return redirect("plans")
    return render(request, "ui/confirm.html", {
        "title": _("Delete this plan?"), "text": _title(plan), "action": _("Delete it"), "danger": True,
        "consequences": [_("What you enrolled in stays as it is.")], "cancel_url": reverse("plan", args=[id]),
    })  # fmt: skip


def _own(request: HttpRequest, id: str) -> Plan:
    found = plan_of(person_of(request), id)
    if found is None:
        raise Http404
    return found


# --- in words ----------------------------------------------------------------------------------------


def _title(plan: Plan) -> str:
    return _("The way to: %(goal)s") % {"goal": plan.goal}


def _shown(one: Mapping[str, Any], number: int, plan: Plan, now: Mapping[str, Offer]) -> dict[str, Any]:
    """One plan: its steps on a line of time, what they come to, and what the solver proved."""
    begin, finish = plan.on, dt.date.fromisoformat(one["finish"])
    steps = [_step(step, now.get(step["offer"]), begin, finish) for step in one["steps"]]
    least = Least(one["objective"])
    return {
        "number": number, "steps": steps, "held": one["held"], "finish": finish, "providers": one["providers"],
        "hours": _amount(one["hours"]), "price": _amount(one["price"]), "currency": one["currency"],
        "is_least": one["is_least"], "least": _comes_to(least, one["least"], one["currency"]),
        "bound": _comes_to(least, one["bound"], one["currency"]), "message": one["evaluation"]["message"],
        "pathway": urlencode([("planned", step["offer"]) for step in one["steps"]]),
    }  # fmt: skip


def _step(step: Mapping[str, Any], offer: Offer | None, begin: dt.date, finish: dt.date) -> dict[str, Any]:
    starts, ends = dt.date.fromisoformat(step["starts_on"]), dt.date.fromisoformat(step["ends_on"])
    span = max(1, (finish - begin).days)
    first = max(0.0, (starts - begin).days / span * 100)
    return {
        **step, "starts_on": starts, "ends_on": ends, "hours": _amount(step["hours"]), "price": _amount(step["price"]),
        "is_free": step["price"] is not None and Decimal(step["price"]) == 0, "offer_now": offer, "id": step["offer"],
        "first": round(first, 2), "width": round(max(1.5, (ends - starts).days / span * 100), 2),
        "colour": colour_of(tile_facts(offer.version.record()) if offer else None),
        "facts": tile_facts(offer.version.record()) if offer else None,
        "takes_people": offer is not None and offer.takes_people(timezone.localdate()),
    }  # fmt: skip


def _amount(value: str | None) -> str:
    return "" if value is None else plain(Decimal(value))


def _comes_to(least: Least, value: str, currency: str) -> str:
    number = plain(Decimal(value))
    return {
        Least.WORKLOAD: _("%(number)s hours") % {"number": number},
        Least.PRICE: f"{number} {currency}",
        Least.TIME: _("%(number)s days from the day you asked") % {"number": number},
        Least.PROVIDERS: _("%(number)s providers") % {"number": number},
    }[least]


def _wished(plan: Plan) -> Iterator[tuple[Any, str]]:
    """What was asked for, as label and words."""
    form, wishes = PlanForm.base_fields, plan.wishes
    yield form["least"].label, str(plan.get_least_display())
    if plan.against:
        yield form["against"].label, str(plan.get_against_display())
    for name in ("not_before", "finish_by"):
        if name in wishes:
            yield form[name].label, day(dt.date.fromisoformat(wishes[name]))
    for name, choices in (("only_times", Times), ("modes", Mode)):
        if name in wishes:
            yield form[name].label, ", ".join(str(choices(one).label) for one in wishes[name])
    if "languages" in wishes:
        yield form["language"].label, ", ".join(language_names(wishes["languages"]))
    for name in ("weekly_hours", "most_providers"):
        if name in wishes:
            yield form[name].label, plain(Decimal(wishes[name]))
    if "budget" in wishes:
        yield form["budget"].label, f"{plain(Decimal(wishes['budget']))} {wishes.get('currency', 'EUR')}"
    if "places" in wishes:
        yield form["places"].label, "; ".join(wishes["places"])
    if "without" in wishes:
        names = offers_now(wishes["without"])
        yield (
            _("Without"),
            "; ".join(str(names[one].version.title) if one in names else one for one in wishes["without"]),
        )


def _crumbs(*, is_last: bool = False) -> list[tuple[str, str]]:
    return [(_("Wallet"), reverse("wallet")), (_("Plans"), "" if is_last else reverse("plans"))]
