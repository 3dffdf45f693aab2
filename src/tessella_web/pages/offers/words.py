"""What an offer says, in words."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.vocabulary import code_list
from tessella_web.catalogue.offers.models import Entry, Offer, State, Times
from tessella_web.ui.templatetags.ui import day

__all__ = ["dates_of", "facts_of", "language_names", "price_of", "verdict_of"]


def facts_of(offer: Offer) -> list[tuple[str, str]]:
    """Everything that is stated, as label and words, in the order in which people ask."""
    rows = [
        (_("When"), dates_of(offer)),
        (_("Where"), ", ".join(filter(None, (offer.get_mode_display(), offer.place)))),
        (_("In which language"), ", ".join(language_names(offer.languages))),
        (_("Hours a week"), _hours(offer)),
        (_("At what times"), ", ".join(str(Times(one).label) for one in offer.times)),
        (_("What it costs"), price_of(offer)),
        (_("About the cost"), offer.cost_note),
        (_("Funded by"), "; ".join(offer.funding)),
        (_("For whom"), offer.target_group),
        (_("How to get in"), offer.get_entry_display()),
        (_("What to show"), offer.entry_note if offer.entry == Entry.APPLICATION else ""),
        (_("Enrolment"), window_of(offer)),
        (_("Places"), str(offer.places) if offer.places else ""),
        (_("Support"), offer.accessibility),
        (_("Questions to"), offer.contact),
    ]  # fmt: skip
    return [(label, text) for label, text in rows if text]


def _hours(offer: Offer) -> str:
    hours = offer.hours_per_week
    return number_format(hours, 1 if hours % 1 else 0, use_l10n=True) if hours else ""


def dates_of(offer: Offer) -> str:
    """From when to when it runs."""
    return _span(offer.starts_on, offer.ends_on)


def window_of(offer: Offer) -> str:
    """From when to when one can enrol."""
    return _span(offer.enrol_from, offer.enrol_until)


def _span(begin: dt.date | None, end: dt.date | None) -> str:
    values = {"begin": day(begin), "end": day(end)}
    if begin and end and begin != end:
        return _("%(begin)s to %(end)s") % values
    if begin and end:
        return day(begin)
    if begin:
        return _("from %(begin)s") % values
    return _("until %(end)s") % values if end else ""


def price_of(offer: Offer) -> str:
    """The price and who pays it."""
    if offer.is_free:
        return _("Free")
    if offer.price is None:
        return ""
    amount = number_format(offer.price, 2 if offer.price % 1 else 0, use_l10n=True, force_grouping=True)
    said = f"{amount} {offer.currency}"
    payer = offer.get_payer_display()
    return _("%(price)s, paid by: %(payer)s") % {"price": said, "payer": payer} if payer else said


def language_names(codes: list[str]) -> list[str]:
    """Languages by name, in the language of the reader."""
    reading, listed = get_language() or "en", code_list("language")
    found = [(code, listed.get(code)) for code in codes]
    return [listed.label(one, reading, "en") if one else code for code, one in found]


def verdict_of(offer: Offer) -> str:
    """The verdict's colour for a state: shown with its word."""
    return {State.OPEN: "passed", State.PLANNED: "indeterminate", State.CANCELLED: "failed"}.get(
        State(offer.state), "not_applicable"
    )
