"""What the catalogue offers, as plans see it. Reading 10,000 offers takes a second: what rules ask about a version is worked out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Count, Q, QuerySet

from tessella import typed
from tessella.model import Award as Record
from tessella.model import Learner, MicroCredential
from tessella.stacking import Item, Rule, item_data, item_of
from tessella.stacking.conditions import Context
from tessella.stacking.system import exclusions
from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Entry, Offer, Payer, State
from tessella_web.credentials.assessment.models import TAKING_PART, Enrolment
from tessella_web.credentials.assessment.models import State as Standing
from tessella_web.credentials.planning.models import Sketch
from tessella_web.credentials.wallet.counting import asked, matters

__all__ = ["MOST_OFFERS", "Chance", "chances", "fitting", "passed", "sketch_ahead"]

MOST_OFFERS = 20_000
"""Offers that are read for one plan, those that begin soonest first: twice the largest catalogue we measure with."""

AT_ONCE = 500
"""Versions of which a sketch is made in one go."""

_TAKES_PART = (*TAKING_PART, Standing.APPLIED)


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """One offer as plans see it. ``item`` is what one will hold; ``price`` what the learner pays, None when that is not said.

    ``asks`` are credentials that one must have before it begins. ``is_mine``: the person takes part in it already.
    """

    id: str
    item: Item
    title: str
    provider: str
    starts_on: dt.date
    ends_on: dt.date
    weekly_hours: Decimal | None
    price: Decimal | None
    currency: str
    times: tuple[str, ...]
    place: str
    asks: tuple[str, ...]
    is_full: bool
    is_mine: bool


def chances(person: Person, *, on: dt.date, ids: Iterable[str] | None = None) -> list[Chance]:
    """Offers of published versions that begin on the day or later, that one can still get into, and those that the person takes part in.

    With ``ids`` only those of them. Announced ones are included. Four queries, and one more for each `AT_ONCE` versions seen for the first time.
    """
    mine = set(
        Enrolment.objects.filter(person=person, state__in=_TAKES_PART).values_list("offer_id", flat=True)
    )
    found = _open(on, mine)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    rows = list(found.values(*_FIELDS)[:MOST_OFFERS])
    sketches = _sketches({row["version_id"] for row in rows})
    with_places = [row["id"] for row in rows if row["places"]]
    taken = _taken(with_places) if with_places else {}
    return [
        _chance(row, sketches[row["version_id"]], taken, row["id"] in mine)
        for row in rows
        if row["version_id"] in sketches
    ]


_FIELDS = (
    "id", "version_id", "version__title", "name", "organisation__name", "starts_on", "ends_on", "mode", "languages", "times", "is_free",
    "price", "currency", "payer", "hours_per_week", "place", "places",
)  # fmt: skip


def _open(on: dt.date, mine: set[str]) -> QuerySet[Offer]:
    can_enrol = Q(starts_on__gte=on) & (Q(enrol_until__isnull=True) | Q(enrol_until__gte=on))
    return (
        Offer.objects.filter(
            Q(pk__in=mine, ends_on__gte=on) | can_enrol & ~Q(entry=Entry.LISTED),
            state__in=[State.OPEN, State.PLANNED], starts_on__isnull=False, ends_on__isnull=False,
            version__withdrawn_at__isnull=True,
        ).order_by("starts_on", "pk")
    )  # fmt: skip


def _taken(offers: Sequence[str]) -> Mapping[str, int]:
    """How many people have a place, by offer; counted over all when there are many."""
    found = Enrolment.objects.filter(state__in=TAKING_PART, offer__places__isnull=False)
    if len(offers) <= AT_ONCE:
        found = found.filter(offer__in=offers)
    return dict(found.values_list("offer").annotate(n=Count("pk")).order_by())


def _chance(row: Mapping[str, Any], sketch: Sketch, taken: Mapping[str, int], is_mine: bool) -> Chance:
    item: Item = typed.convert(sketch.item, Item, strict=False)
    said: dict[str, Any] = {"title": row["version__title"]}
    if row["mode"]:
        said["modes"] = (row["mode"],)
    if row["languages"]:
        said["languages"] = tuple(row["languages"])
    is_free = row["is_free"] or row["payer"] in (Payer.PUBLIC, Payer.PROVIDER)
    return Chance(
        id=row["id"], item=msgspec.structs.replace(item, id=row["id"], **said),
        title=f"{row['version__title']} ({row['name']})" if row["name"] else row["version__title"],
        provider=row["organisation__name"], starts_on=row["starts_on"], ends_on=row["ends_on"],
        weekly_hours=row["hours_per_week"], price=Decimal(0) if is_free else row["price"], currency=row["currency"],
        times=tuple(row["times"]), place=row["place"], asks=tuple(sketch.asks), is_mine=is_mine,
        is_full=bool(row["places"]) and taken.get(row["id"], 0) >= row["places"] and not is_mine,
    )  # fmt: skip


def fitting(rule: Rule, offered: Sequence[Chance]) -> list[Chance]:
    """Those that may count, and those that others of them ask for. What the rule keeps out on the last day of an offer is of no use."""
    wanted = tuple(asked(rule))
    kept = {one.id: one for one in offered if _may_count(one, wanted, rule)}
    named: set[str] = set()
    while needed := {name.casefold() for one in kept.values() for name in one.asks} - named:
        named |= needed
        kept |= {one.id: one for one in offered if needed & _names(one)}
    return [one for one in offered if one.id in kept]


def _may_count(one: Chance, wanted: Sequence[Any], rule: Rule) -> bool:
    if not matters(one.item, wanted, rule, one.ends_on):
        return False
    context = Context(rule, one.ends_on)
    passed = msgspec.structs.replace(one.item, awarded_on=one.ends_on, status="valid", grade=None)
    return not any(found.truth is False for found in exclusions(passed, context))


def _names(one: Chance) -> set[str]:
    return {name.casefold() for name in (one.item.credential, one.item.title) if name}


def _sketches(versions: set[str]) -> dict[str, Sketch]:
    listed = sorted(versions)
    found: dict[str, Sketch] = {}
    for start in range(0, len(listed), AT_ONCE):
        found |= {one.pk: one for one in Sketch.objects.filter(pk__in=listed[start : start + AT_ONCE])}
    missing = [one for one in listed if one not in found]
    for start in range(0, len(missing), AT_ONCE):
        found |= {
            one.pk: one for one in _made(Version.objects.filter(pk__in=missing[start : start + AT_ONCE]))
        }
    return found


def _made(versions: Iterable[Version]) -> list[Sketch]:
    made = [_sketch(one) for one in versions]
    Sketch.objects.bulk_create(made, ignore_conflicts=True)
    return made


def _sketch(version: Version) -> Sketch:
    record: MicroCredential = version.record()
    item = item_of(Record(id=version.id, micro_credential=record, learner=Learner()))
    before = record.prerequisites
    return Sketch(
        version=version, item=item_data(msgspec.structs.replace(item, id=version.id)),
        asks=list(before.credentials) if before else [], asks_text=dict(before.text) if before else {},
    )  # fmt: skip


def sketch_ahead() -> bool:
    """Make what is missing of versions that are offered, so that nobody waits for it; whether there was something."""
    missing = Version.objects.filter(
        sketch__isnull=True, withdrawn_at__isnull=True, offers__state__in=[State.OPEN, State.PLANNED]
    ).distinct()
    return bool(_made(missing[:AT_ONCE]))


def passed(one: Chance, rule: Rule) -> Item:
    """What one holds when all goes well: awarded on the last day, with the best grade of the receiver's scale. Whoever shows it says so."""
    item = one.item
    return msgspec.structs.replace(
        item, awarded_on=one.ends_on, status="valid", assessed=True if item.assessed is None else item.assessed,
        grade=rule.grades[-1] if rule.grades else "Infinity",
    )  # fmt: skip
