"""What a person's credentials can count towards, by rules that institutions have published. The answer is never their decision."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from tessella.adapters.descriptions import parse_description
from tessella.errors import TessellaError
from tessella.model import Award as Record
from tessella.model import Learner
from tessella.stacking import (
    Evaluation,
    Item,
    Outcome,
    Rule,
    evaluate,
    explain,
    item_of,
    load_rule,
    published_rule,
    published_rules,
)
from tessella.stacking.engine import Missing
from tessella_web.credentials.models import AwardState
from tessella_web.credentials.wallet.entries import Entry

__all__ = ["Part", "Towards", "countable", "part_of", "rules", "towards"]

MOST_ITEMS = 400
"""As many as the library looks at; entries come the latest first."""

_ORDER = {Outcome.MET: 0, Outcome.UNKNOWN: 1, Outcome.CANNOT_COUNT: 2, Outcome.MISSING: 3}
"""What a reader wants to see first."""

Status = Literal["unverified", "valid", "suspended", "revoked", "failed"]


class Towards(NamedTuple):
    """One rule and the answer. ``is_near``: something in the wallet makes a difference to it."""

    name: str
    rule: Rule
    sentences: tuple[str, ...]
    answer: Evaluation
    is_near: bool

    @property
    def outcome(self) -> str:
        """The answer as a word: ``met``, ``missing``, ``cannot-count`` or ``unknown``."""
        return str(self.answer.outcome)

    @property
    def short(self) -> str:
        """What is missing first, in a few words."""
        return self.answer.missing[0].message if self.answer.missing else ""


class Part(NamedTuple):
    """What one entry does in an answer: ``counts``, ``kept-out`` (then ``why``), ``asked`` (then ``why``), ``spare``, or nothing."""

    does: str
    why: str = ""


@functools.lru_cache(maxsize=1)
def rules() -> tuple[tuple[str, Rule, tuple[str, ...]], ...]:
    """The rules that come with the platform: by their name, with each read back as plain sentences."""
    found = []
    for name in published_rules():
        rule = load_rule(parse_description(published_rule(name), name), place=name)
        found.append((name, rule, tuple(explain(rule))))
    return tuple(found)


def countable(entry: Entry) -> Item | None:
    """What rules ask about an entry; None for what is only declared, and for records of several credentials."""
    if entry.award is not None:
        award = entry.award
        record = Record(
            id=award.urn, micro_credential=award.version.record(), learner=Learner(), awarded_on=award.awarded_on,
            issued_at=award.issued_at, valid_until=award.valid_until,
        )  # fmt: skip
        return _with(item_of(record), entry, _AWARDS.get(AwardState(award.state), "unverified"))
    stored = entry.item.facts.get("countable") if entry.item else None
    if not stored:
        return None
    states: dict[str, Status] = {"passed": "valid", "failed": "failed"}
    return _with(msgspec.convert(stored, Item, strict=False), entry, states.get(entry.state, "unverified"))


_AWARDS: dict[AwardState, Status] = {
    AwardState.VALID: "valid", AwardState.SUSPENDED: "suspended", AwardState.REVOKED: "revoked",
}  # fmt: skip


def _with(item: Item, entry: Entry, status: Status) -> Item:
    """Under the entry's key, so that answers lead back to it."""
    return msgspec.structs.replace(item, id=entry.key, title=entry.title, status=status)


def towards(entries: Sequence[Entry], *, on: dt.date) -> list[Towards]:
    """Each rule with its answer for everything in the wallet, the most hopeful first; rules that nothing fits come last."""
    items = [found for entry in entries if (found := countable(entry)) is not None]
    single = _each_once(items)
    answers = []
    for name, rule, sentences in rules():
        try:
            answer = evaluate(rule, (single if rule.repeats == "refused" else items)[:MOST_ITEMS], on=on)
        except (
            TessellaError
        ):  # numbers that cannot be, credentials that contain each other: told where they are shown
            continue
        is_near = answer.outcome is not Outcome.MISSING or answer.missing != _with_nothing(name, on)
        answers.append(Towards(name, rule, sentences, answer, is_near))
    return sorted(answers, key=lambda one: (not one.is_near, _ORDER[one.answer.outcome], one.rule.title))


def _each_once(items: Sequence[Item]) -> list[Item]:
    """Of each micro-credential one award: a valid one, else the first. Rules refuse repeats, and choosing among many takes long."""
    found: dict[tuple[str, ...], Item] = {}
    for item in items:
        key = (
            (item.credential,)
            if item.credential
            else (" ".join(item.title.casefold().split()), *item.issuers)
        )
        held = found.get(key)
        if held is None or (held.status != "valid" and item.status == "valid"):
            found[key] = item
    return list(found.values())


@functools.lru_cache(maxsize=64)
def _with_nothing(name: str, on: dt.date) -> tuple[Missing, ...]:
    """What an empty wallet lacks: a rule that nothing fits gives the same."""
    rule = next(rule for known, rule, _sentences in rules() if known == name)
    return evaluate(rule, [], on=on).missing


def part_of(entry: Entry, one: Towards) -> Part:
    """What an entry does in an answer."""
    answer = one.answer
    if any(counted.item == entry.key for counted in answer.counted):
        return Part("counts")
    kept_out = next((found.reason for found in answer.cannot_count if found.item == entry.key), None)
    if kept_out is not None:
        return Part("kept-out", kept_out)
    asked = next((found.message for found in answer.questions if found.item == entry.key), None)
    if asked is not None:
        return Part("asked", asked)
    return Part("spare") if entry.title in answer.left_over else Part("")
