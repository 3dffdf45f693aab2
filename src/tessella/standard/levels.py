"""How each stated level stands: claimed by the issuer, or backed by the country's own referencing."""

from __future__ import annotations

import enum

import msgspec

from tessella.standard._view import View, code, has_content, joined
from tessella.text import say
from tessella.vocabulary import Concept

__all__ = ["LevelStanding", "Standing", "level_standings"]


class Standing(enum.StrEnum):
    """The effective status of a level. Only a country pack can say more than *claimed*."""

    CLAIMED = "claimed"
    REFERENCED = "referenced"
    SELF_CERTIFIED = "self-certified"
    NOT_APPLICABLE = "not-applicable"


class LevelStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One level as it may be shown: the framework, the level, its standing and why."""

    framework: str
    level: str
    standing: Standing
    explanation: str
    code: str = ""


def level_standings(view: View) -> tuple[LevelStanding, ...]:
    """The standing of every stated level; one row *not applicable* when there is none and none is needed."""
    rows = [
        *(_eqf(view, concept) for concept in view.values("levels.eqf")),
        *(_national(view, concept) for concept in view.values("levels.nqf")),
        *(_cycle(view, concept) for concept in view.values("levels.qf_ehea")),
        *(_claimed("SQF", concept, "") for concept in view.values("levels.sectoral")),
        *(
            _claimed("ISCED", concept, code("isced-level", concept))
            for concept in view.values("levels.isced")
        ),
    ]
    if rows or view.first("@level-applies"):
        return tuple(rows)
    levels = view.record.levels
    reason = levels.not_applicable if levels and has_content(levels.not_applicable) else None
    explanation = (
        joined((reason,), view.record.language) if reason else say("Levels do not apply to this learning.")
    )
    return (
        LevelStanding(framework="EQF", level="", standing=Standing.NOT_APPLICABLE, explanation=explanation),
    )


def _claimed(framework: str, concept: Concept, known: str, why: str = "") -> LevelStanding:
    return LevelStanding(
        framework=framework,
        level=concept.label("en"),
        code=known,
        standing=Standing.CLAIMED,
        explanation=why or say("The issuer says so."),
    )


def _eqf(view: View, concept: Concept) -> LevelStanding:
    known = code("eqf", concept)
    backing = next((f for f in view.frameworks if f.referenced.holds(view.on.year)), None)
    if not known or backing is None:
        return _claimed(
            "EQF", concept, known, say("The issuer says so; we have no referencing of the country.")
        )
    if view.values("@nqf-contradicts-eqf"):
        return _claimed("EQF", concept, known, say("The national level stated belongs to another EQF level."))
    return LevelStanding(
        framework="EQF",
        level=concept.label("en"),
        code=known,
        standing=Standing.REFERENCED,
        explanation=say(
            "The national framework %(name)s is referenced to the EQF; whether this micro-credential is included in it is decided nationally.",
            name=backing.name,
        ),
    )


def _national(view: View, concept: Concept) -> LevelStanding:
    known = code("nqf", concept)
    found = next((f for f in view.frameworks if f.eqf_of(known) is not None), None)
    if found is None or not found.referenced.holds(view.on.year):
        return _claimed("NQF", concept, known)
    return LevelStanding(
        framework="NQF",
        level=concept.label("en"),
        code=known,
        standing=Standing.REFERENCED,
        explanation=say(
            "%(name)s is referenced to the EQF; this level is EQF level %(level)s.",
            name=found.name,
            level=found.eqf_of(known),
        ),
    )


def _cycle(view: View, concept: Concept) -> LevelStanding:
    known = code("qf-ehea", concept)
    backing = next((f for f in view.frameworks if f.self_certified.holds(view.on.year)), None)
    if not known or backing is None:
        return _claimed(
            "QF-EHEA",
            concept,
            known,
            say("The issuer says so; we have no self-certification of the country."),
        )
    return LevelStanding(
        framework="QF-EHEA",
        level=concept.label("en"),
        code=known,
        standing=Standing.SELF_CERTIFIED,
        explanation=say("The framework of the country is self-certified against the QF-EHEA."),
    )
