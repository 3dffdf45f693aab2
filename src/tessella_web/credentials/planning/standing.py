"""How a wallet stands to one rule on a day, and how it would stand without this and with that."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from tessella.model import RecordType
from tessella.rendering import TileFacts
from tessella.stacking import Evaluation, Item, evaluate, item_data, proof_of, rule_data
from tessella_web.accounts.models import Person
from tessella_web.credentials.planning.catalogue import Chance, chances, passed
from tessella_web.credentials.planning.models import Plan, PlanState
from tessella_web.credentials.wallet.counting import Known, countables
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.pathway import Picture, Tile, picture

__all__ = ["Standing", "options", "proof_files", "standing"]

MOST_PLANNED = 40
"""Offers that one supposes to have passed; a plan has fewer."""


class Standing(NamedTuple):
    """The answer of today's wallet (``now``), and the one that is shown: the same, or what it would be if (``answer``).

    ``held`` are the wallet's items, ``items`` what the shown answer is about; ``planned`` the offers that are supposed to be passed.
    """

    known: Known
    now: Evaluation
    answer: Evaluation
    held: tuple[Item, ...]
    items: tuple[Item, ...]
    planned: tuple[Chance, ...]
    without: tuple[Entry, ...]
    picture: Picture

    @property
    def is_supposed(self) -> bool:
        """Whether something else is shown than what is."""
        return bool(self.planned or self.without)


def standing(
    person: Person,
    entries: Sequence[Entry],
    known: Known,
    *,
    on: dt.date,
    without: Collection[str] = (),
    planned: Collection[str] = (),
) -> Standing:
    """How things stand on a day. ``without`` are keys of entries to leave out, ``planned`` ids of offers to suppose passed; then the day
    of the answer is the last day of these, if it is later.

    Raises:
        TessellaError: the items cannot be used, as `tessella.stacking.evaluate`.
    """
    rule = known.rule
    held = countables(entries, rule)
    now = evaluate(rule, held, on=on)
    supposed = chances(person, on=on, ids=list(planned)[:MOST_PLANNED]) if planned else []
    left_out = [one for one in entries if one.key in set(without)]
    gone = {one.key for one in left_out}
    known_credentials = {item.credential for item in held if item.credential and item.id not in gone}
    taken = [one for one in supposed if one.item.credential not in known_credentials]
    items = [item for item in held if item.id not in gone]
    items += [passed(one, rule) for one in taken]
    day = max([on, *(one.ends_on for one in taken)])
    answer = evaluate(rule, items, on=day) if gone or taken else now
    tiles = {one.key: Tile(one.key, one.title, one.tile) for one in entries}
    tiles |= {one.id: Tile(one.id, one.title, _facts(one.item), is_planned=True) for one in taken}
    asked = {one.item for one in answer.questions}
    tiles = {key: one._replace(is_asked=key in asked) for key, one in tiles.items()}
    return Standing(
        known=known, now=now, answer=answer, held=tuple(held), items=tuple(items), planned=tuple(supposed), without=tuple(left_out),
        picture=picture(rule, items, answer, tiles),
    )  # fmt: skip


def _facts(item: Item) -> TileFacts:
    """Of a tile that is only planned, as far as the item says it."""
    levels = [int(one) for one in item.levels.get("eqf", ()) if one.isdigit()]
    kinds = {one.value for one in RecordType}
    return TileFacts(
        record_type=RecordType(item.kind) if item.kind in kinds else RecordType.MICRO_CREDENTIAL, title=item.title,
        field=(item.fields or ("",))[0][:2], level=max(levels, default=None), hours=item.hours,
        credits=(item.credits or {}).get("ects", None if item.hours is None else Decimal(0)) or None,
    )  # fmt: skip


def options(person: Person, known: Known, *, on: dt.date) -> list[Chance]:
    """What one may suppose to have passed: where the person takes part, and what the latest plan for this rule proposes."""
    latest = Plan.objects.filter(holder=person, rule=known.key, state=PlanState.DONE).first()
    steps = [
        step["offer"]
        for one in ((latest.answer or {}).get("plans", [])[:1] if latest else [])
        for step in one["steps"]
    ]
    mine = chances(person, on=on, ids=[*steps, *_mine(person)])
    return mine[:MOST_PLANNED]


def _mine(person: Person) -> list[str]:
    return list(person.enrolments.values_list("offer_id", flat=True)[:MOST_PLANNED])


def proof_files(known: Known, held: Sequence[Item], answer: Evaluation) -> dict[str, bytes]:
    """What somebody needs to check the answer without this platform: the proof, the rule, and the items that it is about."""
    return {
        "proof.json": _json(proof_of(answer, known.rule, held)),
        "rule.json": _json(rule_data(known.rule)),
        "items.yaml": _json({"items": [item_data(item) for item in held]}),
    }


def _json(value: object) -> bytes:
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=1, sort_keys=True).encode()
