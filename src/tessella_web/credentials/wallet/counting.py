"""What a person's credentials can count towards, by rules that organisations here have published and by examples of others' rules.
The answer is never their decision."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
from django.utils.translation import get_language

from tessella import typed
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
from tessella.stacking.conditions import Context, judge
from tessella.stacking.language import Measure, Selection, Where
from tessella_web.catalogue.esco.occupations import goal_of
from tessella_web.catalogue.pathways import queries as pathways
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.credentials.models import AwardState
from tessella_web.credentials.wallet.entries import Entry

__all__ = [
    "Known",
    "Part",
    "Towards",
    "answered",
    "asked",
    "countable",
    "countables",
    "known",
    "known_rule",
    "matters",
    "part_of",
    "rules",
    "towards",
]

MOST_ITEMS = 400
"""As many as the library looks at; entries come the latest first."""

MOST_RULES = 1_000
"""Published rules that one wallet is held against; an installation with more is searched first."""

_ORDER = {Outcome.MET: 0, Outcome.UNKNOWN: 1, Outcome.CANNOT_COUNT: 2, Outcome.MISSING: 3}
"""What a reader wants to see first."""

Status = Literal["unverified", "valid", "suspended", "revoked", "failed"]


class Known(NamedTuple):
    """A rule and how it is called in addresses: by the version in which an organisation published it here; without one, by the name of
    the example that comes with the platform. ``is_goal``: the skills of an occupation, which nobody decides about."""

    key: str
    rule: Rule
    version: PathwayVersion | None = None
    is_goal: bool = False

    @property
    def is_example(self) -> bool:
        """Whether it was written down from public accounts, and nobody here stands by it."""
        return self.version is None and not self.is_goal

    @property
    def sentences(self) -> tuple[str, ...]:
        """The rule, read back."""
        return explain(self.rule)


class Towards(NamedTuple):
    """One rule and the answer. ``is_near``: something in the wallet makes a difference to it."""

    known: Known
    answer: Evaluation
    is_near: bool

    @property
    def name(self) -> str:
        """How addresses call the rule."""
        return self.known.key

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.known.rule

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
def rules() -> tuple[Known, ...]:
    """The examples that come with the platform."""
    return tuple(
        Known(name, load_rule(parse_description(published_rule(name), name), place=name))
        for name in published_rules()
    )


def known(on: dt.date) -> list[Known]:
    """Every rule in force here on a day, those published here first; one query."""
    own = [Known(one.id, one.rule, one) for one in pathways.published(on=on)[:MOST_RULES]]
    return [*own, *rules()]


def known_rule(key: str) -> Known | None:
    """One rule by what addresses call it, in force or not; an occupation's skills are one, too."""
    shipped = next((one for one in rules() if one.key == key), None)
    if shipped is not None:
        return shipped
    version = pathways.version(key)
    if version is not None:
        return Known(version.id, version.rule, version)
    goal = goal_of(key, (get_language() or "en", "en"))
    return Known(key, goal, is_goal=True) if goal else None


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
    return _with(typed.convert(stored, Item, strict=False), entry, states.get(entry.state, "unverified"))


_AWARDS: dict[AwardState, Status] = {
    AwardState.VALID: "valid", AwardState.SUSPENDED: "suspended", AwardState.REVOKED: "revoked",
}  # fmt: skip


def _with(item: Item, entry: Entry, status: Status) -> Item:
    """Under the entry's key, so that answers lead back to it."""
    return msgspec.structs.replace(item, id=entry.key, title=entry.title, status=status)


def countables(entries: Sequence[Entry], rule: Rule) -> list[Item]:
    """What a rule looks at of a wallet: of each micro-credential one award where it refuses repeats."""
    items = [found for entry in entries if (found := countable(entry)) is not None]
    return _held(items, rule)


def _held(items: Sequence[Item], rule: Rule) -> list[Item]:
    named = frozenset(_named(rule))
    pieces = any(one.of is not Measure.CREDITS for one in rule.amounts)
    others = [
        one
        for one in items
        if not _is_what_it_leads_to(one, rule)
        and (pieces or one.kind == "micro-credential" or named & _names(one))
    ]
    return (_each_once(others) if rule.repeats == "refused" else others)[:MOST_ITEMS]


def _named(rule: Rule) -> Iterator[str]:
    """The kinds of records, credentials and outcomes that a rule speaks of: a rule about credits means a record of having taken part only
    if it says so."""
    waiting = [*asked(rule), *rule.categories.values()]
    while waiting:
        where = waiting.pop()
        yield from (
            word.casefold() for word in (*where.kind, *where.credential, *where.outcome, *where.category)
        )
        waiting += [*where.any_of, *([where.not_] if where.not_ else [])]


def _names(item: Item) -> set[str]:
    words = (item.kind, item.title, item.credential, *(item.outcomes or ()), *(item.categories or ()))
    return {word.casefold() for word in words if word}


def _is_what_it_leads_to(item: Item, rule: Rule) -> bool:
    """Whether somebody has this award already: it would stand on itself."""
    return item.title.casefold() == rule.award.casefold() and rule.receiver in item.issuers


def towards(entries: Sequence[Entry], *, on: dt.date, among: Iterable[Known] | None = None) -> list[Towards]:
    """Each rule with its answer for everything in the wallet: what is published here before examples, the most hopeful first; rules that
    nothing fits come last."""
    items = [found for entry in entries if (found := countable(entry)) is not None]
    answers = []
    for one in known(on) if among is None else among:
        try:
            answer = answered(one, _held(items, one.rule), on)
        except (
            TessellaError
        ):  # numbers that cannot be, credentials that contain each other: told where they are shown
            continue
        is_near = answer.outcome is not Outcome.MISSING or _lacks(answer) != _lacks(_with_nothing(one, on))
        answers.append(Towards(one, answer, is_near))
    return sorted(
        answers,
        key=lambda one: (not one.is_near, one.known.is_example, _ORDER[one.answer.outcome], one.rule.title),
    )


def answered(one: Known, items: Sequence[Item], on: dt.date) -> Evaluation:
    """The library's answer; where nothing can make a difference that of an empty wallet, which is known already."""
    wanted = tuple(asked(one.rule))
    if not any(matters(item, wanted, one.rule, on) for item in items):
        return _with_nothing(one, on)
    return evaluate(one.rule, items, on=on)


def asked(rule: Rule) -> Iterator[Where]:
    """What the rule asks for, as against what it forbids: what fits none of it changes no answer, unless a composition counts as a whole."""
    if rule.selection is Selection.WHOLE:
        yield Where()
    for amount in rule.amounts:
        if amount.at_least is not None or amount.at_least_share is not None:
            yield amount.where
    for group in rule.all_groups:
        yield from (slot.where for slot in group.slots)
    for listed in rule.outcomes:
        yield Where(outcome=listed.outcomes)


def matters(item: Item, wanted: Iterable[Where], rule: Rule, on: dt.date) -> bool:
    """Whether the item may fit something of that, whatever may keep it out."""
    context = Context(rule, on)
    return any(judge(where, item, context).truth is not False for where in wanted)


def _each_once(items: Sequence[Item]) -> list[Item]:
    """Of each micro-credential one award: a valid one, else the first. Choosing among many takes long."""
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


_NOTHING: dict[tuple[str, dt.date, str], Evaluation] = {}
"""By rule, day and language what an empty wallet lacks; the language is that of the words in it."""


def _with_nothing(one: Known, on: dt.date) -> Evaluation:
    key = (one.key, on, get_language() or "")
    if key not in _NOTHING:
        if len(_NOTHING) >= 4 * MOST_RULES:
            _NOTHING.clear()
        _NOTHING[key] = evaluate(one.rule, [], on=on)
    return _NOTHING[key]


def _lacks(answer: Evaluation) -> set[tuple[str, str]]:
    return {(one.rule, one.amount) for one in answer.missing}


def part_of(entry: Entry, one: Towards) -> Part:
    """What an entry does in an answer."""
    answer = one.answer
    if any(counted.item == entry.key for counted in answer.counted):
        return Part("counts")
    kept_out = next((found.reason for found in answer.cannot_count if found.item == entry.key), None)
    if kept_out is not None:
        return Part("kept-out", kept_out)
    question = next((found.message for found in answer.questions if found.item == entry.key), None)
    if question is not None:
        return Part("asked", question)
    return Part("spare") if entry.title in answer.left_over else Part("")
