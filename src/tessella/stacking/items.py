"""Items: what a rule can ask about one credential of a learner, taken from its record.

``None`` means *not stated*: it is never read as no. What an item says are its issuer's claims.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec

from tessella import typed
from tessella.errors import InputError, LimitError, SchemaError, StateError
from tessella.model import Award, Organisation
from tessella.text import pick, say
from tessella.vocabulary import Concept, code_list

__all__ = [
    "MAX_CREDITS",
    "MAX_ITEMS",
    "Item",
    "item_data",
    "item_from",
    "item_of",
    "load_items",
    "without_loops",
]

MAX_ITEMS = 400
"""More credentials than a learner gathers in a life; the search is exact up to here."""

MAX_CREDITS = 600
"""Points of one item: a doctorate has 240 ECTS; US and UK degrees 120 to 480."""

MAX_HOURS = 30_000
"""Hours of one item: `MAX_CREDITS` at 30 hours and a reserve."""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One credential as rules see it.

    ``id`` is the award's, ``credential`` the micro-credential's. ``issuers`` and ``providers`` hold ids and names. ``levels`` has codes by
    framework. ``categories`` are tags somebody gave it (the receiver's own lists stand in the rule). ``status`` is what is
    known of it: *unverified* unless somebody looked. ``used_in`` are awards it already counts towards, ``parts`` the ids of what it is made of.
    """

    id: str
    title: str = ""
    credential: str = ""
    issuers: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    countries: tuple[str, ...] | None = None
    credits: dict[str, Decimal] | None = None
    hours: Decimal | None = None
    levels: dict[str, tuple[str, ...]] = {}
    level_applies: bool = True
    fields: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    outcomes: tuple[str, ...] | None = None
    modes: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    grade: str | None = None
    route: Literal["course", "validation"] | None = None
    kind: str = "micro-credential"
    awarded_on: dt.date | None = None
    valid_until: dt.date | None = None
    assessed: bool | None = None
    supervised: bool | None = None
    quality_assured: bool | None = None
    status: Literal["unverified", "valid", "suspended", "revoked", "failed"] = "unverified"
    used_in: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it is called in answers."""
        return self.title or self.id

    def repeats(self, other: Item) -> bool | None:
        """Whether both are about the same micro-credential: the same id, or, where a format carries none, the title and an issuer in common.

        Copies of one award in two formats have ids of their own; they must not count twice. None: an issuer is not known.
        """
        if self.credential and other.credential:
            return self.credential == other.credential
        title, of_other = (" ".join(one.title.split()).casefold() for one in (self, other))
        if not title or title != of_other:
            return False
        if not self.issuers or not other.issuers:
            return None
        return bool({*self.issuers} & {*other.issuers})


def item_data(item: Item) -> dict[str, Any]:
    """The item as plain data, as `load_items` reads it."""
    made: dict[str, Any] = msgspec.to_builtins(item)
    return made


def item_of(award: Award, *, name: str = "") -> Item:
    """The item for an award. ``name`` stands in for an id when the award has none."""
    course = award.micro_credential
    workload, levels, participation = course.workload, course.levels, course.participation
    stated = award.credits or (workload.credits if workload else ())
    outcomes = tuple(
        word
        for outcome in course.outcomes
        for word in (outcome.id, *(concept.uri for concept in outcome.esco), pick(outcome.title))
        if word
    )
    issuers = course.awarding_bodies or tuple(filter(None, (course.technical_issuer,)))
    supervision = [result.supervision for result in award.results] + [
        a.supervision for a in course.assessments
    ]
    known = [s for s in supervision if s is not None]
    return Item(
        id=award.id or name,
        title=pick(course.title, (course.language,)),
        credential=course.id,
        issuers=_names(issuers),
        providers=_names(course.providers or issuers),
        countries=tuple(_code("country", c) for o in issuers for c in o.countries) or None,
        credits=(
            {_system(c.system): c.points for c in stated} or ({} if course.credit_bearing is False else None)
        ),
        hours=workload.hours if workload else None,
        levels=_levels(award),
        level_applies=not (levels is not None and levels.not_applicable),
        fields=tuple(_code("isced-f", c) for c in course.fields) or None,
        outcomes=outcomes or None,
        modes=_codes("mode", participation.modes if participation else ()),
        languages=_codes("language", participation.languages if participation else ()),
        grade=next((r.grade for r in award.results if r.grade and not r.assessment), None)
        or (award.results[0].grade if len(award.results) == 1 else "")
        or None,
        route=award.route.value,
        kind=course.record_type.value,
        awarded_on=award.awarded_on or (award.issued_at.date() if award.issued_at else None),
        valid_until=award.valid_until.date() if award.valid_until else None,
        assessed=bool(course.assessments or award.results) or None,
        supervised=any(_code("supervision", s).startswith("supervised") for s in known) if known else None,
        quality_assured=bool(course.quality) or None,
        parts=_parts(award),
    )


def _parts(award: Award) -> tuple[str, ...]:
    """What the award is made of: by the ids of the parts and of their micro-credentials, since copies have ids of their own."""
    stack = award.micro_credential.stackability
    listed = [name for part in award.parts for name in (part.id, part.credential, *part.contains)]
    return tuple(dict.fromkeys(filter(None, (*listed, *(stack.parts if stack else ())))))


def load_items(data: object, *, place: str = "") -> tuple[Item, ...]:
    """Items written as plain data: a list, or a mapping with ``items`` (for trying out, and for what no credential says).

    Raises:
        SchemaError: a field is missing, unknown or of the wrong type, with its place.
        InputError: a number is negative or absurd.
    """
    listed = data.get("items") if isinstance(data, Mapping) else data
    if not isinstance(listed, list) or not listed:
        raise SchemaError(
            say("A list of items is expected."),
            code="stacking.items",
            place=place,
            hint=say("Write items: and below it one entry for each credential."),
        )
    try:
        items = typed.convert([item_from(one) for one in listed], tuple[Item, ...], strict=False)
    except msgspec.ValidationError as error:
        raise SchemaError(
            say("An item cannot be used: %(reason)s.", reason=str(error)),
            code="stacking.items",
            place=place,
            hint=say("Correct it there; the fields are those of the rule language's reference."),
        ) from error
    return checked(items, place=place)


def item_from(item: object) -> object:
    """An item as people write it: levels as numbers, one level without a list, grades as numbers."""
    if not isinstance(item, dict):
        return item
    made = dict(item)
    if isinstance(made.get("levels"), dict):
        made["levels"] = {
            name: [str(one) for one in (value if isinstance(value, list) else [value])]
            for name, value in made["levels"].items()
        }
    if isinstance(made.get("grade"), int | float) and not isinstance(made["grade"], bool):
        made["grade"] = str(made["grade"])
    if isinstance(made.get("credits"), dict):
        made["credits"] = {
            name: str(value) if isinstance(value, float) else value for name, value in made["credits"].items()
        }
    return made


def checked(items: Iterable[Item], *, place: str = "") -> tuple[Item, ...]:
    """The items, each award once (the same award in two formats is one item).

    Raises:
        SchemaError: an item has no id (``stacking.items``).
        InputError: a number is negative or absurd (``stacking.number``).
        LimitError: more than `MAX_ITEMS`.
        StateError: an item contains itself (``stacking.loop``).
    """
    found: dict[str, Item] = {}
    for item in items:
        if not item.id:
            raise SchemaError(
                say("“%(title)s” has no id, so it could count twice.", title=item.title),
                code="stacking.items",
                place=place,
                hint=say("Give every credential the id that its issuer gave it."),
            )
        numbers = [*(item.credits or {}).values()]
        if any(not n.is_finite() or not 0 <= n <= MAX_CREDITS for n in numbers) or (
            item.hours is not None and not (item.hours.is_finite() and 0 <= item.hours <= MAX_HOURS)
        ):
            raise InputError(
                say("“%(title)s” states a number of credits or hours that cannot be.", title=item.name),
                code="stacking.number",
                got=", ".join(map(str, (*numbers, item.hours))),
                expected=f"0 … {MAX_CREDITS}",
                place=place,
                hint=say("Ask its issuer for a corrected credential."),
            )
        found.setdefault(item.id, item)
    if len(found) > MAX_ITEMS:
        raise LimitError(
            say("There are more than %(limit)s credentials.", limit=MAX_ITEMS),
            code="input.limit.stacking-items",
            place=place,
            hint=say("Leave out those that are not meant for this rule."),
        )
    return without_loops(tuple(found.values()))


def without_loops(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with ``used_in`` filled from the parts that others name.

    Raises:
        StateError: an item contains itself through others (``stacking.loop``); the cycle is shown.
    """
    by_key = {key: item for item in items for key in (item.id, item.credential) if key}
    for item in items:
        if cycle := cycle_from(
            item.id, lambda key: tuple(by_key[p].id for p in by_key[key].parts if p in by_key)
        ):
            names = " → ".join(by_key[key].name for key in cycle)
            raise StateError(
                say("These credentials contain each other: %(cycle)s.", cycle=names),
                code="stacking.loop",
                got=names,
                hint=say("Ask the issuers which of them is the part and which the whole."),
            )
    used: dict[str, list[str]] = {}
    for item in items:
        for part in item.parts:
            if part in by_key:
                used.setdefault(by_key[part].id, []).append(item.name)
    return tuple(
        msgspec.structs.replace(item, used_in=tuple(dict.fromkeys((*item.used_in, *used.get(item.id, ())))))
        for item in items
    )


def cycle_from(start: str, after: Any) -> tuple[str, ...]:
    """The first cycle through ``start`` in the graph of successors, as the keys passed; empty when there is none."""
    stack: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
    seen: set[str] = set()
    while stack:
        key, path = stack.pop()
        for following in after(key):
            if following == start:
                return (*path, start)
            if following not in seen:
                seen.add(following)
                stack.append((following, (*path, following)))
    return ()


def _names(organisations: Iterable[Organisation]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            word
            for one in organisations
            for word in (one.id, one.legal_id, *(i.value for i in one.identifiers), *one.name.values())
            if word
        )
    )


def _code(name: str, concept: Concept) -> str:
    known = code_list(name).get(concept.uri)
    return known.code if known else concept.uri


def _codes(name: str, concepts: Iterable[Concept]) -> tuple[str, ...] | None:
    return tuple(_code(name, concept) for concept in concepts) or None


def _system(system: Concept | None) -> str:
    return _code("credit-system", system) if system is not None else "unknown"


def _levels(award: Award) -> dict[str, tuple[str, ...]]:
    levels = award.micro_credential.levels
    if levels is None:
        return {}
    found: dict[str, list[str]] = {"eqf": [_code("eqf", c) for c in levels.eqf]}
    for concept in levels.nqf:
        country, _, level = _code("nqf", concept).partition("-")
        if level:
            found.setdefault(f"nqf-{country}", []).append(level)
    if levels.qf_ehea is not None:
        found["qf-ehea"] = [_CYCLES.get(_code("qf-ehea", levels.qf_ehea), "")]
    return {framework: tuple(filter(None, codes)) for framework, codes in found.items() if any(codes)}


_CYCLES = {"short": "0", "first": "1", "second": "2", "third": "3"}
"""The cycles of the QF-EHEA as numbers, so that they can be compared."""
