"""Skills and outcomes across everything a person holds, each with what proves it and of what kind that proof is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from tessella import typed
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.facts import Skill, skills_of

__all__ = ["Held", "Proof", "skills_held", "skills_in"]


class Proof(NamedTuple):
    """An entry that a skill stands in, and what kind of evidence it is, in words."""

    entry: Entry
    kind: str


class Held(NamedTuple):
    """A skill with its proofs. ``skill.uri`` is that of ESCO where it is one of ESCO's."""

    skill: Skill
    proofs: tuple[Proof, ...]


def skills_in(entry: Entry, languages: tuple[str, ...]) -> list[Skill]:
    """What an entry says was learned; nothing for what is only declared."""
    if entry.award is not None:
        return skills_of(entry.award.version.record(), languages)
    stored = entry.item.facts.get("skills", []) if entry.item else []
    return typed.convert(stored, list[Skill])


def skills_held(entries: Sequence[Entry], languages: tuple[str, ...]) -> tuple[list[Held], list[Held]]:
    """The skills of ESCO, and the other outcomes in the words of those who awarded them; most often proved first."""
    found: dict[str, list[tuple[Skill, Proof]]] = {}
    for entry in entries:
        for skill in skills_in(entry, languages):
            key = skill.uri or " ".join(skill.title.casefold().split())
            found.setdefault(key, []).append((skill, Proof(entry, _evidence(entry))))
    held = [Held(several[0][0], _once(proof for _skill, proof in several)) for several in found.values()]
    held.sort(key=lambda one: (-len(one.proofs), one.skill.title.casefold()))
    return [one for one in held if one.skill.uri], [one for one in held if not one.skill.uri]


def _once(proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    return tuple({proof.entry.key: proof for proof in proofs}.values())


def _evidence(entry: Entry) -> str:
    """What stands behind it: an assessment that the awarding body vouches for, or less."""
    if entry.state == "failed":
        return _("The certificate does not hold any more")
    assessed = entry.is_assessed
    if assessed is None:
        said = _("Certified; how it was assessed is not said")
    else:
        said = _("Assessed and certified") if assessed else _("Certified without an assessment")
    return (
        said
        if entry.state == "passed"
        else _("%(said)s; not everything about it is established") % {"said": said}
    )
