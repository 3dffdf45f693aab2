"""The form of an offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tessella_web.catalogue.offers.models import Entry, Mode, Offer, Payer, Times
from tessella_web.pages.describe.forms import language_choices
from tessella_web.ui.forms import ChoiceCards

__all__ = ["OfferForm"]

_ENTRY_MEANS: dict[str, Any] = {
    Entry.OPEN: _("Whoever comes first, as long as there are places."),
    Entry.APPLICATION: _("You look at what people hand in and decide, with a reason."),
    Entry.LISTED: _("Nobody enrols here: you write down who takes part, or upload a list."),
}


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), **more
    )


def _note(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=2000, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )  # fmt: skip


class OfferForm(forms.Form):
    """Everything can be left open and said later, but for how people get in."""

    name = forms.CharField(
        label=_("What to call it"), required=False, max_length=120,
        help_text=_("To tell it from others of the same micro-credential: Spring 2027, Evenings."),
    )  # fmt: skip
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    mode = forms.ChoiceField(
        label=_("Where people learn"), required=False, choices=[("", "–"), *Mode.choices]
    )
    place = forms.CharField(
        label=_("Place"), required=False, max_length=300, help_text=_("Address or town. Leave it empty when it is online.")
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), required=False)
    language_2 = forms.ChoiceField(label=_("Another language"), required=False)
    hours_per_week = forms.DecimalField(
        label=_("Hours a week"), required=False, min_value=0, max_value=79, max_digits=4, decimal_places=1,
        help_text=_("All of it: lessons, reading, practice."),
    )  # fmt: skip
    times = forms.MultipleChoiceField(
        label=_("When one has to be there"), required=False, choices=Times.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever works by day looks for evenings."),
    )  # fmt: skip
    entry = forms.ChoiceField(
        label=_("How people get in"), choices=Entry.choices, initial=Entry.OPEN,
        widget=ChoiceCards(explanations=_ENTRY_MEANS),
    )  # fmt: skip
    entry_note = _note(
        _("What do those who apply show?"),
        _("For example a diploma, two years at work, a letter of one page."),
    )
    enrol_from = _day(_("One can enrol or apply from"))
    enrol_until = _day(_("One can enrol or apply until"))
    places = forms.IntegerField(
        label=_("Places"), required=False, min_value=1, max_value=100_000,
        help_text=_("Leave it empty when nobody is turned away."),
    )  # fmt: skip
    is_free = forms.BooleanField(label=_("It is free for whoever takes part"), required=False)
    price = forms.DecimalField(
        label=_("Price"), required=False, min_value=0, max_digits=9, decimal_places=2, help_text=_("All taxes and fees included.")
    )  # fmt: skip
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, initial="EUR", help_text=_("Its three letters.")
    )  # fmt: skip
    payer = forms.ChoiceField(label=_("Who pays"), required=False, choices=[("", "–"), *Payer.choices])
    cost_note = _note(
        _("What else to know about the cost"), _("What is included, what comes on top, who pays less.")
    )
    funding = _note(_("Funding"), _("Programmes that pay for it or lower the price, one in each line."))
    target_group = _note(_("For whom"))
    accessibility = _note(
        _("Support for people with disabilities"), _("Step-free rooms, captions, sign language, extra time. Say whom to ask.")
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Who answers questions"), required=False, max_length=300, help_text=_("A name with an address or a telephone number.")
    )  # fmt: skip

    def __init__(self, *args: Any, offer: Offer | None = None, **kwargs: Any) -> None:
        if offer is not None:
            kwargs.setdefault("initial", self._read(offer))
        super().__init__(*args, **kwargs)
        present = (kwargs.get("initial") or {}).get("languages", ())
        for name in ("language", "language_2"):
            self.fields[name].choices = language_choices(*present)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """By the names of the domain's fields; further languages than the form shows are kept."""
        found = dict(self.cleaned_data)
        chosen = [found.pop("language"), found.pop("language_2")]
        found["languages"] = [*filter(None, chosen), *self.initial.get("languages", [])[2:]]
        found["funding"] = found["funding"].splitlines()
        return found

    def _read(self, offer: Offer) -> dict[str, Any]:
        spoken = [*offer.languages, "", ""]
        found = {name: getattr(offer, name) for name in self.base_fields if hasattr(offer, name)}
        return found | {
            "language": spoken[0],
            "language_2": spoken[1],
            "languages": offer.languages,
            "funding": "\n".join(offer.funding),
        }
