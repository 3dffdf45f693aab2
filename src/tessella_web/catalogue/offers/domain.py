"""The verbs about offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tessella.vocabulary import code_list
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Entry, Mode, Offer, Payer, State, Times
from tessella_web.catalogue.search.domain import index
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["FIELDS", "change_offer", "copy_offer", "create_offer", "set_state"]

FIELDS = (
    "name", "starts_on", "ends_on", "enrol_from", "enrol_until", "place", "mode", "languages", "times", "is_free", "price", "currency",
    "payer", "cost_note", "funding", "hours_per_week", "places", "target_group", "accessibility", "contact", "entry",
    "entry_note",
)  # fmt: skip
"""What can be said of an offer."""

NEXT: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.OPEN, State.CANCELLED}),
    State.OPEN: frozenset({State.PLANNED, State.CLOSED, State.CANCELLED}),
    State.CLOSED: frozenset({State.OPEN, State.CANCELLED}),
    State.CANCELLED: frozenset(),
}
"""Where an offer can go from where it is; a cancelled one stays cancelled, and can be copied."""

MAX_HOURS_A_WEEK = 80
MAX_PLACES = 100_000
MAX_TEXT = 2000
"""Characters of a note: what is longer belongs on the provider's own page."""

_CHOICES: Mapping[str, Any] = {"mode": Mode, "payer": Payer, "entry": Entry}
_DATES = ("starts_on", "ends_on", "enrol_from", "enrol_until")


@transaction.atomic
def create_offer(*, by: Person, version: Version, values: Mapping[str, Any]) -> Offer:
    """A planned offer of a published version; ``values`` by the names of `FIELDS`, what is left out is not stated.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``offer.withdrawn``; ``offer.value`` and others at the field that is wrong.
    """
    require(by, version.organisation, "offer.edit")
    _require_offered(version)
    offer = Offer(organisation=version.organisation, version=version, made_by=by)
    _write(offer, values)
    offer.save()
    _tell("offer.created", offer, by, version=version.id)
    index(version.description)
    return offer


@transaction.atomic
def change_offer(*, by: Person, offer: Offer, values: Mapping[str, Any]) -> Offer:
    """Say other things of it; what ``values`` leaves out stays.

    Raises:
        RefusedError: ``offer.cancelled``, it is over; ``offer.value`` and others at the field that is wrong.
    """
    require(by, offer.organisation, "offer.edit")
    found = _locked(offer)
    if found.state == State.CANCELLED:
        raise RefusedError(
            _("This offer was cancelled."), code="offer.cancelled", hint=_("Copy it to offer it again.")
        )
    before = {name: getattr(found, name) for name in FIELDS}
    _write(found, values)
    changed = [name for name in FIELDS if getattr(found, name) != before[name]]
    if changed:
        found.save()
        _tell("offer.changed", found, by, fields=changed)
        index(found.version.description)
    return found


@transaction.atomic
def copy_offer(*, by: Person, offer: Offer, version: Version | None = None) -> Offer:
    """A planned offer that says the same but for its dates; of another version of the same description if one is given."""
    require(by, offer.organisation, "offer.edit")
    target = version or offer.version
    if target.description_id != offer.version.description_id:
        raise RefusedError(
            _("This version is of another description."),
            code="offer.other-description", field="version", hint=_("Choose a version of the same description."),
        )  # fmt: skip
    _require_offered(target)
    values = {name: getattr(offer, name) for name in FIELDS if name not in _DATES}
    made = Offer.objects.create(organisation=offer.organisation, version=target, made_by=by, **values)
    _tell("offer.created", made, by, version=target.id, copied=offer.id)
    index(target.description)
    return made


@transaction.atomic
def set_state(*, by: Person, offer: Offer, state: State, because: str = "") -> Offer:
    """Open, close, or cancel it; cancelling is for good and says why.

    Raises:
        RefusedError: ``offer.state``, there is no way from where it is; ``offer.no-reason``; ``offer.withdrawn``.
    """
    require(by, offer.organisation, "offer.edit")
    found = _locked(offer)
    if state not in NEXT[State(found.state)]:
        raise RefusedError(
            _("The offer is: %(state)s.") % {"state": found.get_state_display()},
            code="offer.state", hint=_("Load the page again."),
        )  # fmt: skip
    if state is State.OPEN:
        _require_offered(found.version)
    if state is State.CANCELLED and not because.strip():
        raise RefusedError(
            _("Say why it is cancelled."),
            code="offer.no-reason", field="because", hint=_("Everybody who comes to its page reads it."),
        )  # fmt: skip
    found.state, found.state_note = state, because.strip()[:MAX_TEXT]
    found.save(update_fields=["state", "state_note", "changed_at"])
    _tell(f"offer.{state.value}", found, by)
    index(found.version.description)
    return found


def _require_offered(version: Version) -> None:
    if version.is_withdrawn:
        raise RefusedError(
            _("This version was withdrawn; it is not offered any more."),
            code="offer.withdrawn", field="version", hint=_("Offer the version that took its place."),
        )  # fmt: skip


def _locked(offer: Offer) -> Offer:
    found = Offer.objects.select_for_update(of=("self",)).select_related("organisation", "version")
    return found.get(pk=offer.pk)


def _write(offer: Offer, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(offer, name, _value(name, values[name]))
    _check(offer)


def _value(name: str, value: Any) -> Any:
    if name in _CHOICES:
        if value not in ("", *_CHOICES[name].values) or (name == "entry" and not value):
            raise _wrong(
                name, _("This is not one of the choices."), _("Choose one of those that are offered.")
            )
        return value
    if name in ("languages", "funding", "times"):
        return _listed(name, value)
    if name in ("price", "hours_per_week"):
        return _number(name, value)
    if name in _DATES:
        return value or None
    if name == "is_free":
        return bool(value)
    if name == "places":
        return _places(value)
    if name == "currency":
        return _currency(value)
    return _text(name, value)


def _text(name: str, value: Any) -> str:
    text, field = str(value or "").strip(), Offer._meta.get_field(name)
    limit = getattr(field, "max_length", None) or MAX_TEXT
    if len(text) > limit:
        raise _wrong(
            name, _("This is longer than %(limit)s characters.") % {"limit": limit}, _("Say it shorter.")
        )
    return text


def _listed(name: str, value: Any) -> list[str]:
    found = list(dict.fromkeys(str(one).strip() for one in value or () if str(one).strip()))
    if len(found) > 20 or any(len(one) > 200 for one in found):
        raise _wrong(
            name, _("These are too many, or too long."), _("Name up to twenty, each in a few words.")
        )
    if name == "times" and not set(found) <= set(Times.values):
        raise _wrong(name, _("This is not one of the choices."), _("Choose one of those that are offered."))
    if name == "languages":
        unknown = [one for one in found if code_list("language").get(one) is None]
        if unknown:
            raise _wrong(
                name,
                _("“%(value)s” is no language.") % {"value": unknown[0][:40]},
                _("Choose it from the list."),
            )
    return found


def _number(name: str, value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    limit = Decimal(MAX_HOURS_A_WEEK) if name == "hours_per_week" else Decimal(10_000_000)
    digits = Decimal("0.1") if name == "hours_per_week" else Decimal("0.01")
    if not found.is_finite() or not 0 <= found < limit or found != found.quantize(digits):
        raise _wrong(name, _("This number cannot be right."), _("Write a number such as 249 or 4.5."))
    return found.quantize(digits)


def _places(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not isinstance(value, int) or not 1 <= value <= MAX_PLACES:
        raise _wrong(
            "places", _("This number cannot be right."), _("Leave it empty when nobody is turned away.")
        )
    return value


def _currency(value: Any) -> str:
    found = code_list("currency").get(str(value or "EUR"))
    if found is None:
        raise _wrong("currency", _("This currency is not known."), _("Write its three letters, such as EUR."))
    return found.code


def _check(offer: Offer) -> None:
    for first, second in (("starts_on", "ends_on"), ("enrol_from", "enrol_until"), ("enrol_from", "ends_on")):
        begin, end = getattr(offer, first), getattr(offer, second)
        if any(one is not None and not isinstance(one, dt.date) for one in (begin, end)):
            raise _wrong(second, _("This is no date."), _("Write it as year-month-day."))
        if begin and end and end < begin:
            raise _wrong(
                second, _("This day lies before the day it begins."), _("Correct one of the two days.")
            )
    if offer.is_free and offer.price:
        raise _wrong("price", _("It is free and has a price."), _("Take one of the two away."))
    if offer.is_free:
        offer.price = None


def _wrong(field: str, message: str, hint: str) -> RefusedError:
    return RefusedError(message, code="offer.value", field=field, hint=hint)


def _tell(verb: str, offer: Offer, by: Person, **facts: object) -> None:
    audit.record(
        verb, f"offer:{offer.id}", actor_id=by.id, organisation=offer.organisation_id, facts=facts
    )  # fmt: skip
