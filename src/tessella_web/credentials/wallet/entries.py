"""The wallet as its holder reads it: awards made here and items brought in or declared, as one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
from django.db.models import Q

from tessella import typed
from tessella.model import MicroCredential, RecordType
from tessella.rendering import TileFacts, tile_facts
from tessella.text import pick
from tessella_web.accounts.models import Person
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.wallet.models import Item, Learning, Source

__all__ = ["LONGEST", "Entry", "entries_of", "entry_of", "facts_of", "forms_of", "tile_of"]

MOST = 2_000
"""Entries of one wallet: more than anybody collects in a life."""

LONGEST = 300
"""Characters of a title or a name in a list."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the wallet. ``key`` names it in addresses and forms: ``a-`` and an award's id, ``i-`` and an item's.

    ``state`` is a verdict word for what is known of it now; ``word`` says it for people where that is not the usual one.
    ``is_assessed``: whether there was an assessment; None when that is not said.
    """

    key: str
    title: str
    issuer: str
    day: dt.date | None
    until: dt.date | None
    learning: str
    source: str
    state: str
    word: str = ""
    is_assessed: bool | None = None
    tile: TileFacts | None = None
    award: Award | None = None
    item: Item | None = None

    @property
    def is_declared(self) -> bool:
        """Whether only its holder says so."""
        return self.source == Source.DECLARED


def entries_of(person: Person, languages: tuple[str, ...] = ("en",)) -> list[Entry]:
    """Everything a person holds, the latest first; what was replaced by a corrected one is left out."""
    awards = (
        Award.objects.filter(holder=person)
        .exclude(state__in=[AwardState.PLANNED, AwardState.SUPERSEDED])
        .select_related("organisation", "version")[:MOST]
    )
    items = Item.objects.filter(holder=person).defer("report").order_by("made_at", "pk")[:MOST]
    first = {one.group or one.id: one for one in reversed(items)}
    found = [*(_of_award(one, languages) for one in awards), *map(_of_item, first.values())]
    return sorted(found, key=lambda one: (one.day or dt.date.min, one.title), reverse=True)


def entry_of(person: Person, key: str, languages: tuple[str, ...] = ("en",)) -> Entry | None:
    """One entry of the person's own; None for anything else."""
    kind, _, id = key.partition("-")
    if kind == "a":
        award = Award.objects.filter(holder=person, pk=id).select_related("organisation", "version").first()
        return _of_award(award, languages) if award else None
    item = Item.objects.filter(holder=person, pk=id).first() if kind == "i" else None
    return _of_item(item) if item else None


def forms_of(entry: Entry) -> list[Item]:
    """The other forms of the same award that were brought in."""
    if entry.item is None or entry.is_declared:
        return []
    group = entry.item.group or entry.item.id
    same = Item.objects.filter(Q(group=group) | Q(pk=group), holder=entry.item.holder_id)
    return list(same.exclude(pk=entry.item.id).defer("report").order_by("made_at"))


def facts_of(record: MicroCredential, languages: Iterable[str]) -> dict[str, Any]:
    """What lists show of a record: title, awarding body, and the facts of its tile."""
    wanted = (*languages, record.language)
    body = next(iter(record.awarding_bodies or record.providers), None)
    return {
        "title": pick(record.title, wanted)[:LONGEST],
        "issuer": pick(body.name, wanted)[:LONGEST] if body else "",
        "tile": msgspec.to_builtins(tile_facts(record)),
    }


def tile_of(facts: dict[str, Any]) -> TileFacts | None:
    """The tile of an item, from the facts that were kept of it."""
    return typed.convert(facts["tile"], TileFacts) if facts.get("tile") else None


_LEARNING = {RecordType.MICRO_CREDENTIAL: Learning.FORMAL}
"""What a record type says about the kind of learning; the others are given outside of formal education."""


def _of_award(award: Award, languages: tuple[str, ...]) -> Entry:
    record = award.version.record()
    facts = facts_of(record, languages)
    state = "passed" if award.state == AwardState.VALID else "failed"
    if state == "passed" and award.is_test:
        state = "indeterminate"
    return Entry(
        key=f"a-{award.id}",
        title=facts["title"],
        issuer=award.organisation.name,
        day=award.awarded_on,
        until=award.valid_until.date() if award.valid_until else None,
        learning=str(_LEARNING.get(record.record_type, Learning.NON_FORMAL)),
        source="awarded",
        state=state,
        word=str(AwardState(award.state).label) if state == "failed" else "",
        is_assessed=_assessed(bool(record.assessments), str(record.record_type)),
        tile=tile_facts(record),
        award=award,
    )


def _assessed(is_stated: bool, kind: str) -> bool | None:
    """No assessment is no only of records that need none."""
    return True if is_stated else None if kind == RecordType.MICRO_CREDENTIAL else False


def _stated(countable: dict[str, Any]) -> tuple[bool, str]:
    return bool(countable.get("assessed")), countable.get("kind", str(RecordType.MICRO_CREDENTIAL))


def _of_item(item: Item) -> Entry:
    facts = item.facts
    return Entry(
        key=f"i-{item.id}",
        title=facts.get("title") or item.name,
        issuer=facts.get("issuer", ""),
        day=item.day,
        until=dt.date.fromisoformat(facts["until"]) if facts.get("until") else None,
        learning=item.learning,
        source=item.source,
        state=item.verdict or "not_applicable",
        is_assessed=_assessed(*_stated(facts.get("countable", {}))),
        tile=tile_of(facts),
        item=item,
    )
