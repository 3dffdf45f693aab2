"""A result as the catalogue shows it, in the reader's language as far as there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tessella.model import MicroCredential
from tessella.rendering import TileFacts
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.search.content import Card, read_card
from tessella_web.catalogue.search.facets import FACETS, field_of
from tessella_web.catalogue.search.models import Listing
from tessella_web.catalogue.search.queries import listings_of, standing_of
from tessella_web.pages.registers.words import evidence_rows, state_words
from tessella_web.registers.models import LearningKind
from tessella_web.registers.quality import Scope, quality_assured
from tessella_web.registers.queries import bodies_of

__all__ = ["Result", "Said", "assured_words", "label_of", "price_words", "results_of", "said"]

_FACETS = {one.id: one for one in FACETS}


class Said(NamedTuple):
    """A text, and the language it is in when that is not the page's."""

    text: str
    language: str


class Result(NamedTuple):
    """What is shown of one listing. ``facts`` are short words; ``quality`` a verdict, none where there is no data, and its words."""

    number: int
    version_id: str
    title: Said
    summary: Said
    tile: TileFacts
    url: str
    organisation: Organisation
    kind: str
    facts: tuple[str, ...]
    missing: int | None
    quality: tuple[str, str]
    is_established: bool
    is_self_review: bool
    is_pilot: bool
    is_old: bool
    version: int
    published_at: dt.datetime


def results_of(numbers: Sequence[int], *, on: dt.date) -> list[Result]:
    """The results with these numbers, in their order: two queries whatever their number."""
    standing = standing_of(numbers, on=on)
    return [_result(one, read_card(one.card), standing[one.number]) for one in listings_of(numbers)]


def label_of(facet: str, code: str) -> str:
    """What people call a code of a facet."""
    return _FACETS[facet].label(code)


def said(text: Mapping[str, str], original: str) -> Said:
    """A text in the page's language, else in its own."""
    wanted = get_language() or "en"
    for language in (wanted, original, "en", *text):
        tag = next((one for one in text if one.partition("-")[0] == language.partition("-")[0]), None)
        if tag is not None and text[tag]:
            return Said(text[tag], "" if tag.partition("-")[0] == wanted.partition("-")[0] else tag)
    return Said("", "")


def price_words(price: Decimal | None, currency: str) -> str:
    """A price as people say it; nothing when it is not stated."""
    if price is None:
        return ""
    if not price:
        return _("Free of charge")
    amount = localize(int(price) if price == int(price) else price)
    return _("%(amount)s %(currency)s") % {
        "amount": amount,
        "currency": _("euros") if currency == "EUR" else currency,
    }


def assured_words(
    organisation: Organisation, record: MicroCredential, *, on: dt.date
) -> dict[str, Any] | None:
    """What registers say about whoever provides a record, for its level and subject; None when it is not shown which body that is."""
    body = bodies_of([organisation]).get(organisation.id)
    if body is None:
        return None
    levels = [int(one.code) for one in record.levels.eqf if one.code.isdigit()] if record.levels else []
    kind = LearningKind.MICRO_CREDENTIAL if record.is_micro_credential else LearningKind.NON_FORMAL
    scope = Scope(level=max(levels, default=None), field=field_of(record), kind=kind.value)
    answer = quality_assured(body, scope, on)
    return {**state_words(answer), "body": body, "rows": evidence_rows(answer)}


_QUALITY = {"yes": "passed", "no": "failed", "no-data": ""}


def _result(listing: Listing, card: Card, standing: Mapping[str, str]) -> Result:
    quality = standing.get("quality") or "no-data"
    words = {
        "yes": _("Provider quality-assured, by a register"),
        "no": _("Quality assurance refused or withdrawn"),
        "no-data": _("Quality of the provider: no data in registers"),
    }
    return Result(
        number=listing.number,
        version_id=listing.version_id,
        title=said(card.title, card.language),
        summary=said(card.summary, card.language),
        tile=card.tile,
        url=reverse("version", args=[listing.description_id, card.number]),
        organisation=listing.organisation,
        kind=label_of("type", str(card.tile.record_type)),
        facts=tuple(filter(None, _facts(card, listing))),
        missing=card.missing,
        quality=(_QUALITY[quality], words[quality]),
        is_established=listing.organisation.is_established,
        is_self_review=card.is_self_review,
        is_pilot=card.pilot,
        is_old=standing.get("updated") == "older",
        version=card.number,
        published_at=listing.published_at,
    )


def _facts(card: Card, listing: Listing) -> list[str]:
    hours = card.hours
    return [
        ngettext("%(count)s hour", "%(count)s hours", int(hours))
        % {"count": localize(hours.normalize() if hours % 1 else int(hours))}
        if hours is not None
        else "",
        ", ".join(label_of("level", one) for one in card.levels),
        ", ".join(label_of("mode", one) for one in card.modes),
        ", ".join(label_of("language", one) for one in card.languages[:3]),
        price_words(card.price, card.currency)
        or ", ".join(label_of("price", one) for one in listing.facets.get("price", ())[:1]),
    ]
