"""What a course would cost somebody: schemes, questions, answers. What is declared is used for the answer on the same page, and is neither
logged nor stored unless the person says so: it comes in the body of a request, never in an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella.errors import InputError
from tessella.guidance.funding import (
    FACTS,
    Answer,
    Eligibility,
    Price,
    Question,
    Scheme,
    assess,
    combinations,
    explain,
    questions,
    read_facts,
)
from tessella.guidance.funding.facts import LONGEST_VALUE, read_fact
from tessella.text import pick
from tessella.vocabulary import code_list
from tessella_web.accounts.models import Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.offers.queries import offer_at
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.funding import domain, queries
from tessella_web.pages.access import person_of
from tessella_web.pages.offers.words import facts_of, price_of

__all__ = ["forget", "overview", "scheme", "would_cost"]

_VERDICTS: Mapping[Eligibility, tuple[str, Any]] = {
    Eligibility.ELIGIBLE: ("passed", gettext_lazy("Eligible, as declared")),
    Eligibility.NOT_ELIGIBLE: ("failed", gettext_lazy("Not eligible, as declared")),
    Eligibility.UNKNOWN: ("indeterminate", gettext_lazy("Not known yet")),
}
_MARKS = {True: "passed", False: "failed", None: "indeterminate"}
_HELD = {True: gettext_lazy("Yes"), False: gettext_lazy("No"), None: gettext_lazy("Not declared")}


class MoneyForm(forms.Form):
    """What the course costs without help, where no offer says it."""

    price = forms.DecimalField(
        label=gettext_lazy("What the course costs"), required=False, min_value=0, max_digits=9, decimal_places=2,
        help_text=gettext_lazy("If you know it: then the page says what would be left to pay."),
    )  # fmt: skip
    currency = forms.CharField(
        label=gettext_lazy("Currency"), initial="EUR", max_length=3, required=False, help_text=gettext_lazy("Its three letters.")
    )  # fmt: skip

    def price_given(self) -> Price | None:
        """The price, if there is one."""
        amount = self.cleaned_data.get("price")
        return None if amount is None else Price(amount, (self.cleaned_data.get("currency") or "EUR").upper())


class FactsForm(forms.Form):
    """Questions about facts; everything may be left open. The names of the fields are those of the facts."""

    def __init__(self, asked: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "fact-%s")
        super().__init__(*args, **kwargs)
        self.kinds = {one.key: one.kind for one in asked}
        for one in asked:
            self.fields[one.key] = _field(one)

    def clean(self) -> dict[str, Any]:
        """Each value as its fact takes it."""
        for name in self.fields:
            text = str(self.cleaned_data.get(name) or "").strip()
            if text:
                try:
                    read_fact(name, text)
                except InputError as error:
                    self.add_error(name, error.hint)
        return self.cleaned_data

    def said(self) -> dict[str, str]:
        """What was declared, as text."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")}


def _field(one: Question) -> forms.Field:
    label = one.text
    if one.kind in ("yes-no", "choice"):
        known = list(one.choices) or [("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(label=label, required=False, choices=[("", _("I do not say")), *known])
    if one.key in ("lives-in", "country"):
        reading, listed = get_language() or "en", code_list("country")
        named = sorted((listed.label(entry, reading, "en"), entry.code) for entry in listed)
        return forms.ChoiceField(
            label=label, required=False, choices=[("", _("I do not say")), *((code, name) for name, code in named)]
        )  # fmt: skip
    if one.kind == "date":
        return forms.CharField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))
    return forms.CharField(label=label, required=False, max_length=LONGEST_VALUE)


class _Asked:
    """The forms of a page: facts that schemes share, then each scheme's own statements; and whether to keep them."""

    def __init__(
        self, request: HttpRequest, schemes: Sequence[Scheme], known: Mapping[str, Any], *, with_price: bool
    ) -> None:
        languages = _languages()
        data = request.POST if request.method == "POST" else None
        kept = queries.kept(request.user) if isinstance(request.user, Person) else {}
        self.is_kept = bool(kept)
        every = [one for one in questions(schemes, languages) if one.key not in known]
        shared = [one for one in every if one.key in FACTS]
        self.facts = FactsForm(shared, data, initial=kept)
        self.money = MoneyForm(data) if with_price else None
        self.schemes = [
            (pick(scheme.names, languages), FactsForm(own, data, initial=kept))
            for scheme in schemes
            if (own := [one for one in every if one.key.startswith(f"{scheme.id}.")])
        ]
        self.forms = [self.facts, *(form for _name, form in self.schemes)]

    def is_valid(self) -> bool:
        """Whether all of it can be used."""
        every = [*self.forms, *([self.money] if self.money else [])]
        return all(one.is_valid() for one in every)

    def said(self) -> dict[str, str]:
        """Everything declared, as text."""
        return {name: text for form in self.forms for name, text in form.said().items()}


@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Schemes; and what they mean for whoever answers the questions."""
    every = queries.schemes()
    country = request.GET.get("country", "")[:2].upper()
    chosen = [one for one in every if not country or country in one.countries]
    return _page(request, chosen, {}, None, {
        "every": [(one, pick(one.names, _languages())) for one in every],
        "countries": _countries(every), "country": country,
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def would_cost(request: HttpRequest, id: str) -> HttpResponse:
    """What an offer would cost somebody: its price, its own reductions, and the schemes of its country."""
    offer = offer_at(id)
    if offer is None:
        raise Http404
    known = queries.facts_of(offer)
    here = [one for one in queries.schemes() if known.get("country") in one.countries]
    return _page(request, here, known, offer, {
        "price": price_of(offer),
        "facts": [row for row in facts_of(offer) if row[1] in (price_of(offer), offer.cost_note, "; ".join(offer.funding))],
        "crumbs": [(offer.version.title, reverse("offer", args=[offer.id])), (_("What would it cost me?"), "")],
    })  # fmt: skip


def _page(
    request: HttpRequest,
    schemes: Sequence[Scheme],
    known: Mapping[str, Any],
    offer: Offer | None,
    more: Mapping[str, Any],
) -> HttpResponse:
    asked = _Asked(request, schemes, known, with_price=offer is None)
    answers: list[dict[str, Any]] = []
    together: list[dict[str, Any]] = []
    if request.method == "POST" and asked.is_valid():
        price = queries.price_of(offer) if offer else asked.money.price_given() if asked.money else None
        said = asked.said()
        facts = {**read_facts(said), **known}
        today = timezone.now().date()
        found = [assess(one, facts, on=today, price=price, languages=_languages()) for one in schemes]
        answers = [_told(one, price) for one in found]
        together = [
            {"pair": one, "mark": _MARKS[one.allowed], "left": _left(one.left_least, one.left_most, price)}
            for one in combinations(schemes, found, price)
        ]
        if request.POST.get("keep") and isinstance(request.user, Person):
            _keep(request, said)
            asked.is_kept = True
    response = render(request, "pages/guidance/funding.html", {
        "offer": offer, "asked": asked, "answers": answers, "together": together,
        "may_keep": isinstance(request.user, Person), "has_schemes": bool(schemes), **more,
    })  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


def _keep(request: HttpRequest, said: Mapping[str, str]) -> None:
    try:
        domain.keep_facts(by=person_of(request), facts=said)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("Kept in your wallet. You can delete it at any time."))


def _told(one: Answer, price: Price | None) -> dict[str, Any]:
    verdict, word = _VERDICTS[one.eligibility]
    return {
        "answer": one,
        "verdict": verdict,
        "word": word,
        "reasons": [(_MARKS[reason.holds], _HELD[reason.holds], reason.message) for reason in one.reasons],
        "left": _left(one.left_least, one.left_most, price) if one.benefits else "",
    }


def _left(least: Decimal | None, most: Decimal | None, price: Price | None) -> str:
    if least is None or most is None or price is None:
        return ""
    values = {"least": _money(least), "most": _money(most), "currency": price.currency}
    if least == most:
        return _("If it is granted, %(least)s %(currency)s are left to pay.") % values
    return _("If it is granted, %(least)s to %(most)s %(currency)s are left to pay.") % values


def _money(amount: Decimal) -> str:
    return number_format(amount, 2 if amount % 1 else 0, use_l10n=True, force_grouping=True)


@require_safe
def scheme(request: HttpRequest, key: str) -> HttpResponse:
    """One scheme, read back as plain sentences, with its sources."""
    found = queries.scheme(key)
    if found is None:
        raise Http404
    return render(request, "pages/guidance/scheme.html", {
        "scheme": found,
        "name": pick(found.names, _languages()),
        "sentences": explain(found, _languages()),
        "where": ", ".join(name for code, name in _countries([found])),
        "crumbs": [(_("Funding"), reverse("funding")), (pick(found.names, _languages()), "")],
    })  # fmt: skip


@login_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Delete what somebody keeps of what they declared."""
    domain.forget_facts(by=person_of(request))
    messages.success(request, _("What you kept for funding is deleted."))
    return redirect("funding")


def _countries(schemes: Sequence[Scheme]) -> list[tuple[str, str]]:
    reading, listed = get_language() or "en", code_list("country")
    codes = {code for one in schemes for code in one.countries}
    return sorted(((code, listed.label(listed.require(code), reading, "en")) for code in codes), key=lambda row: row[1])  # fmt: skip


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")
