"""What a tile shows of a record, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from tessella.model import Levels, MicroCredential, RecordType
from tessella.rendering._palette import UNKNOWN_FIELD
from tessella.rendering._wording import code_of, number, type_name
from tessella.text import pick, say
from tessella.vocabulary import Concept, code_list

__all__ = ["TileFacts", "tile_alt", "tile_facts"]

HOURS_PER_ECTS = Decimal(25)
"""ECTS Users' Guide 2015: one credit stands for 25 to 30 hours; the lower bound, so that no tile shows too much."""

_CYCLES = {"short": 5, "first": 6, "second": 7, "third": 8}
"""QF-EHEA cycles as EQF levels, as the register of the agencies maps them."""

_BROAD_FIELDS = tuple(f"{number:02}" for number in range(11))


class TileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a tile is made from: equal facts give equal pictures, anywhere.

    ``field`` is the two-digit ISCED-F 2013 broad field or empty, ``level`` an EQF level (1–8) or None,
    ``hours`` the notional workload or None; ``title`` and ``organisation`` are in the record's own language.
    """

    record_type: RecordType = RecordType.MICRO_CREDENTIAL
    title: str = ""
    organisation: str = ""
    field: str = UNKNOWN_FIELD
    level: int | None = None
    hours: Decimal | None = None
    credits: Decimal | None = None


def _broad_field(fields: Sequence[Concept]) -> str:
    for concept in fields:
        known = code_list("isced-f").get(concept.code or concept.uri)
        if known and known.code[:2] in _BROAD_FIELDS:
            return known.code[:2]
    return UNKNOWN_FIELD


def _level(levels: Levels | None) -> int | None:
    """The highest EQF level stated, else the one that goes with the cycle."""
    if levels is None:
        return None
    eqf = [int(code) for concept in levels.eqf if (code := code_of("eqf", concept)).isdigit()]
    if eqf:
        return max(eqf)
    return _CYCLES.get(code_of("qf-ehea", levels.qf_ehea)) if levels.qf_ehea else None


def tile_facts(micro_credential: MicroCredential) -> TileFacts:
    """The facts of a record that its tile shows. Guarantees: no personal data is among them."""
    mc = micro_credential
    workload = mc.workload
    ects = None
    if workload:
        ects = next(
            (c.points for c in workload.credits if c.system and code_of("credit-system", c.system) == "ects"),
            None,
        )
    hours = workload.hours if workload else None
    if hours is None and ects is not None:
        hours = ects * HOURS_PER_ECTS
    bodies = mc.awarding_bodies or mc.providers
    return TileFacts(
        record_type=mc.record_type,
        title=pick(mc.title, (mc.language,)),
        organisation=pick(bodies[0].name, (mc.language,)) if bodies else "",
        field=_broad_field(mc.fields),
        level=_level(mc.levels),
        hours=hours,
        credits=ects,
    )


def tile_alt(facts: TileFacts) -> str:
    """The alternative text of a tile: what it shows, in one sentence or two."""
    named = say("%(type)s “%(title)s”", type=type_name(facts.record_type), title=facts.title)
    if facts.organisation:
        named = say("%(named)s, %(organisation)s", named=named, organisation=facts.organisation)
    field = code_list("isced-f").get(facts.field) if facts.field else None
    shown = [
        say("field: %(field)s", field=field.label()) if field else say("field not stated"),
        say("level: EQF %(level)s", level=facts.level) if facts.level else say("level not stated"),
        say("workload: %(hours)s hours", hours=number(facts.hours))
        if facts.hours is not None
        else say("workload not stated"),
    ]
    return say("%(named)s. A mosaic tile: %(shown)s.", named=named, shown="; ".join(shown))
