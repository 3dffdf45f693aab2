"""What a wallet lacks for an occupation: the wallet, the classification and the catalogue brought together."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tessella.guidance.gap import Confirmed, Gap, Occupation, Offered, Relations, gap
from tessella.guidance.suggesting import Suggestion
from tessella.stacking import Item
from tessella_web.accounts.models import Person
from tessella_web.catalogue.esco import queries as esco
from tessella_web.catalogue.esco.models import Kind, Link, LinkKind, Release
from tessella_web.catalogue.esco.occupations import occupation_of
from tessella_web.credentials.wallet.counting import countable
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.credentials.wallet.skills import skills_in
from tessella_web.guidance.catalogue import shelf
from tessella_web.guidance.skills.models import SkillMapping
from tessella_web.guidance.skills.suggesting import suggested

__all__ = ["MOST_OFFERS", "Wordy", "gap_of", "items_of", "mappings_of", "occupation_of", "words_of", "wordy"]

MOST_OFFERS = 40
"""Micro-credentials that are shown as bringing what is missing, those that bring most: nobody compares more."""

MOST_PLANNED = 20
"""What-if: as many as one can plan at once."""

MOST_TEXTS = 200
"""Texts for which suggestions are worked out at once."""


class Wordy(NamedTuple):
    """Words of own credentials that name no skill: in which entries, what they may mean, and what the holder said that they mean."""

    text: str
    entries: tuple[Entry, ...]
    suggestions: tuple[Suggestion, ...]
    mappings: tuple[SkillMapping, ...]


def gap_of(
    person: Person,
    occupation: Occupation,
    *,
    planned: Iterable[str] = (),
    languages: tuple[str, ...],
    on: dt.date,
) -> Gap:
    """What the person lacks, and what of the catalogue brings it. ``planned`` are ids of descriptions, counted as if they were passed.

    The number of queries depends neither on the wallet nor on the catalogue.
    """
    stock, relations = shelf(), relations_of(esco.current_release())
    wanted = {need.skill for need in occupation.needs}
    near = wanted | {skill for skill in stock.by_skill if relations.above(skill) & wanted}
    bringing = {id for skill in near for id in stock.by_skill.get(skill, ())}
    chosen = [id for id in dict.fromkeys(planned) if id in stock.listed][:MOST_PLANNED]
    offers = {
        id: Offered(id=id, title=one.called(languages), provider=one.provider, outcomes=one.skills)
        for id in {*bringing, *chosen}
        for one in [stock.listed[id]]
    }
    found = gap(
        items_of(entries_of(person, languages), languages), occupation, relations, on=on,
        confirmed=[_statement(one) for one in mappings_of(person)],
        offers=[offers[id] for id in bringing if id not in chosen], planned=[offers[id] for id in chosen],
    )  # fmt: skip
    return msgspec.structs.replace(found, offers=found.offers[:MOST_OFFERS])


def items_of(entries: Sequence[Entry], languages: tuple[str, ...]) -> list[Item]:
    """What rules ask about each entry; with the outcomes in the words that the wallet shows, so that statements about them are found."""
    made = []
    for entry in entries:
        item = countable(entry)
        if item is not None:
            said = [
                word for skill in skills_in(entry, languages) for word in (skill.uri, skill.title) if word
            ]
            made.append(
                msgspec.structs.replace(
                    item, outcomes=tuple(dict.fromkeys((*(item.outcomes or ()), *said))) or None,
                    issuers=(*item.issuers, entry.issuer) if entry.issuer else item.issuers,
                )
            )  # fmt: skip
    return made


def mappings_of(person: Person) -> list[SkillMapping]:
    """What the person said that words mean."""
    return list(SkillMapping.objects.filter(holder=person).select_related("holder"))


def words_of(person: Person, languages: tuple[str, ...]) -> dict[str, list[Entry]]:
    """The words of credentials that name no skill of a classification, with the entries that say them."""
    found: dict[str, list[Entry]] = {}
    for entry in entries_of(person, languages):
        skills = skills_in(entry, languages)
        if entry.state == "failed" or any(one.uri for one in skills):
            continue
        for one in skills:
            found.setdefault(" ".join(one.title.split()), []).append(entry)
    return found


def wordy(person: Person, languages: tuple[str, ...]) -> list[Wordy]:
    """The words with suggestions and statements; those that nobody has said anything about come first."""
    found = list(words_of(person, languages).items())[:MOST_TEXTS]
    said: dict[str, list[SkillMapping]] = {}
    for one in mappings_of(person):
        said.setdefault(one.text, []).append(one)
    proposed = suggested([text for text, _entries in found], languages)
    made = [
        Wordy(text, tuple(entries), tuple(one for one in several if one.skill not in {m.skill for m in said.get(text, ())}), tuple(said.get(text, ())))
        for (text, entries), several in zip(found, proposed, strict=True)
    ]  # fmt: skip
    return sorted(made, key=lambda one: (bool(one.mappings), not one.suggestions, one.text.casefold()))


def relations_of(release: Release | None) -> Relations:
    """The hierarchy of skills of a release."""
    return _relations(release.pk, len(release.files)) if release else Relations()


@functools.lru_cache(maxsize=1)
def _relations(release: int, files: int) -> Relations:
    """Once in each process; ``files`` changes when more of a release is loaded."""
    rows = Link.objects.filter(
        release=release, kind=LinkKind.BROADER, source__kind__in=[Kind.SKILL, Kind.SKILL_GROUP]
    )
    broader: dict[str, list[str]] = {}
    for source, target in rows.values_list("source__uri", "target__uri"):
        broader.setdefault(source, []).append(target)
    return Relations(broader)


def _statement(one: SkillMapping) -> Confirmed:
    return Confirmed(
        text=one.text, skill=one.skill, by=one.holder.name, on=one.made_at.date(), score=one.score,
        suggested="" if one.method == "chosen" else one.method,
    )  # fmt: skip
