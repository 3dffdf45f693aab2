"""Occupations as goals: with the skills that they need, and as rules that plans can lead to."""

from __future__ import annotations

from collections.abc import Sequence

from tessella.guidance.gap import Need, Occupation, goal_rule
from tessella.stacking import Rule
from tessella_web.catalogue.esco import queries
from tessella_web.catalogue.esco.models import Concept, Kind, LinkKind

__all__ = ["goal_key", "goal_of", "occupation_of"]

_PREFIX = "occupation-"


def occupation_of(uri: str, languages: Sequence[str]) -> Occupation | None:
    """The occupation with its skills, as the current release has them; None when it has no such occupation."""
    release = queries.current_release()
    known = Concept.objects.filter(uri=uri, kind=Kind.OCCUPATION).exists() if release and uri else False
    if release is None or not known:
        return None
    found = queries.named([uri], languages=languages)[uri]
    skills = queries.skills_of(uri, languages=languages)
    needs = tuple(
        Need(skill=one.uri, title=one.label, is_essential=kind == LinkKind.ESSENTIAL)
        for kind, several in skills.items()
        for one in several
    )
    return Occupation(
        id=uri, title=found.label, needs=needs, version=release.version, language=found.language,
        classification="" if release.is_fictitious else "ESCO",
    )  # fmt: skip


def goal_key(uri: str) -> str:
    """How addresses call the rule of an occupation; empty when there is none."""
    key = Concept.objects.filter(uri=uri, kind=Kind.OCCUPATION).values_list("pk", flat=True).first()
    return f"{_PREFIX}{key}" if key is not None else ""


def goal_of(key: str, languages: Sequence[str]) -> Rule | None:
    """The essential skills of an occupation as a rule; None for any other key, and for an occupation without essential skills."""
    number = key.removeprefix(_PREFIX)
    if number == key or not (number.isascii() and number.isdecimal() and len(number) < 12):
        return None
    uri = Concept.objects.filter(pk=int(number), kind=Kind.OCCUPATION).values_list("uri", flat=True).first()
    occupation = occupation_of(uri or "", languages)
    if occupation is None or not any(need.is_essential for need in occupation.needs):
        return None
    return goal_rule(occupation)
