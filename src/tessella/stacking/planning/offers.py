"""Offers: chances to earn a credential, with dates, price and what they ask for; and what a learner wishes of a plan."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import InputError, LimitError, SchemaError
from tessella.stacking.items import Item, checked, item_from
from tessella.stacking.language import Rule, Where, Written
from tessella.stacking.loading import in_lists
from tessella.text import say

__all__ = ["MAX_OFFERS", "Objective", "Offer", "Requirement", "Wishes", "load_offers", "promised"]

MAX_OFFERS = 50_000
"""Offers that one plan is looked for in: five times the largest catalogue we measure with."""

MAX_PRICE = 1_000_000
"""Price of one offer, in its currency."""

MAX_WEEKLY_HOURS = 100
"""Hours a week of one offer, and of a learner."""

LONGEST = dt.timedelta(days=20 * 366)
"""From the first day of an offer to its last."""


class Requirement(Written, frozen=True, kw_only=True):
    """What somebody must have before an offer begins: a credential that fits ``where``."""

    where: Where
    title: str = ""


class Offer(Written, frozen=True, kw_only=True):
    """A chance to earn ``award`` between two days.

    ``award`` is the credential as rules see it; its days are those of the offer. ``weekly_hours`` is what it asks for while it runs; without
    it the hours of the award are spread evenly. ``price`` is what the learner pays; 0 is free, absent is not known. ``times`` are words such as
    *daytime*, *evening*, *weekend*, *own-pace*.
    """

    id: str
    award: Item
    starts_on: dt.date
    ends_on: dt.date
    provider: str = ""
    weekly_hours: Decimal | None = None
    price: Decimal | None = None
    currency: str = "EUR"
    times: tuple[str, ...] | None = None
    place: str = ""
    requires: tuple[Requirement, ...] = ()
    is_full: bool = False
    url: str = ""

    @property
    def load(self) -> Decimal | None:
        """Hours a week, or None when nothing says."""
        if self.weekly_hours is not None or self.award.hours is None:
            return self.weekly_hours
        weeks = ((self.ends_on - self.starts_on).days + 7) // 7
        return self.award.hours / weeks


class Objective(enum.StrEnum):
    """What a plan is to have least of."""

    WORKLOAD = "workload"
    PRICE = "price"
    TIME = "time"
    PROVIDERS = "providers"


class Wishes(Written, frozen=True, kw_only=True):
    """What a learner can and wants. What is absent does not bound; an offer that does not say whether it fits is left out, and counted.

    ``without`` and ``only_times`` make what-if questions. ``currency`` is that of ``budget`` and of prices that are compared.
    """

    not_before: dt.date | None = None
    finish_by: dt.date | None = None
    weekly_hours: Decimal | None = None
    budget: Decimal | None = None
    currency: str = "EUR"
    most_providers: int | None = None
    languages: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    only_times: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def promised(offer: Offer, rule: Rule) -> Item:
    """What the learner will hold if all goes well: awarded on the last day, valid, with the best grade of the receiver's scale.

    A plan says that it rests on this.
    """
    award = offer.award
    return msgspec.structs.replace(
        award,
        id=offer.id,
        awarded_on=offer.ends_on,
        status="valid",
        assessed=True if award.assessed is None else award.assessed,
        grade=rule.grades[-1] if rule.grades else "Infinity",
        used_in=(),
        parts=(),
    )


def load_offers(data: object, *, place: str = "") -> tuple[Offer, ...]:
    """Offers written as plain data: a list, or a mapping with ``offers``.

    Raises:
        SchemaError: a field is missing, unknown or of the wrong type, with its place.
        InputError: a number or a day that cannot be (``stacking.offer``), an id that stands twice.
        LimitError: more than `MAX_OFFERS`.
    """
    listed = data.get("offers") if isinstance(data, Mapping) else data
    if not isinstance(listed, list) or not listed:
        raise SchemaError(
            say("A list of offers is expected."), code="stacking.offers", place=place,
            hint=say("Write offers: and below it one entry for each offer."),
        )  # fmt: skip
    if len(listed) > MAX_OFFERS:
        raise LimitError(
            say("There are more than %(limit)s offers.", limit=MAX_OFFERS), code="input.limit.offers", place=place,
            hint=say("Leave out those that are over, or of other fields."),
        )  # fmt: skip
    found: dict[str, Offer] = {}
    for number, one in enumerate(listed):
        here = f"{place}#{number}"
        offer = _offer(one, here)
        if offer.id in found:
            raise _wrong(
                say("Two offers have the id “%(id)s”.", id=offer.id), here, say("Give each an id of its own.")
            )
        found[offer.id] = offer
    return tuple(found.values())


def _offer(data: object, place: str) -> Offer:
    written: Any = data
    if isinstance(data, Mapping):
        written = {**data, "requires": in_lists(data.get("requires") or ())}
        if isinstance(award := item_from(data.get("award")), dict):
            written["award"] = {"id": str(data.get("id", "")), **award}
    try:
        offer = typed.convert(written, Offer, strict=False)
    except msgspec.ValidationError as error:
        raise SchemaError(
            say("An offer cannot be used: %(reason)s.", reason=str(error)), code="stacking.offers", place=place,
            hint=say("Correct it there; the fields are those of the reference of offers."),
        ) from error  # fmt: skip
    checked((offer.award,), place=place)
    hint = say("Correct it, or leave the offer out.")
    if not dt.timedelta() <= offer.ends_on - offer.starts_on <= LONGEST:
        raise _wrong(
            say("The offer “%(id)s” ends before it begins, or after many years.", id=offer.id), place, hint
        )
    bounds = ((offer.price, MAX_PRICE), (offer.weekly_hours, MAX_WEEKLY_HOURS))
    if any(value is not None and not (value.is_finite() and 0 <= value <= most) for value, most in bounds):
        raise _wrong(
            say("The offer “%(id)s” states a price or hours that cannot be.", id=offer.id), place, hint
        )
    return offer


def _wrong(message: str, place: str, hint: str) -> InputError:
    return InputError(message, code="stacking.offer", place=place, hint=hint)
