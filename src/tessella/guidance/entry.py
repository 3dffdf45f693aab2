"""Entry requirements tested against a wallet: which further studies do these credentials open?

A provider publishes an `EntryRule`: a list of `Requirement`, each a `Where` of the rule language with a number to be reached, or words that nobody can
compute. The answer is never the admission: *met* is met as published, and the provider decides.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import InputError, LimitError, SchemaError
from tessella.model import Prerequisites
from tessella.stacking.conditions import Context, Judged, Quantity, ask_whom, judge, quantity
from tessella.stacking.explaining import field_words, number_words, where_words
from tessella.stacking.items import Item
from tessella.stacking.language import Conversion, Decider, LevelRange, Measure, Rule, Source, Where, Written
from tessella.stacking.loading import in_lists
from tessella.text import pick, say
from tessella.vocabulary import code_list

__all__ = [
    "MAX_REQUIREMENTS",
    "MAX_RULES",
    "Answer",
    "EntryRule",
    "Judgement",
    "Opened",
    "Requirement",
    "entry_rule_data",
    "from_prerequisites",
    "load_entry_rules",
    "opens",
    "requirement_sentence",
]

MAX_REQUIREMENTS = 20
"""Requirements of one programme; published admission rules have up to a dozen."""

MAX_RULES = 50_000
"""Programmes tested at once: five times the largest catalogue we measure with."""

MAX_AMOUNT = Decimal(10_000)
"""What one requirement may ask for, in credits, hours or credentials."""


class Requirement(Written, frozen=True, kw_only=True):
    """One thing that somebody must have: credentials that fit ``where``, ``at_least`` so much of them; or ``words`` that only people can judge.

    Without an amount, one credential is enough. ``of`` says what is counted; credits are those of ``unit`` of the rule.
    """

    title: str = ""
    where: Where | None = None
    of: Measure = Measure.COUNT
    at_least: Decimal = Decimal(1)
    words: str = ""


class EntryRule(Written, frozen=True, kw_only=True):
    """What is needed to enter something: all ``requirements``. None of them: nothing is needed. ``is_stated`` is false when nothing is said.

    ``provider`` decides and is asked. ``source`` is where the requirements are published.
    """

    id: str
    title: str
    provider: str
    requirements: tuple[Requirement, ...] = ()
    unit: str = "ects"
    conversions: tuple[Conversion, ...] = ()
    grades: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    is_stated: bool = True


class Answer(enum.StrEnum):
    """What is answered, for a requirement and for the whole, the most hopeful first."""

    MET = "met"
    IN_WORDS = "in-words"
    UNKNOWN = "unknown"
    MISSING = "missing"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one requirement. ``sentence`` says the requirement, ``why`` the answer; ``items`` are the ids that meet it (or may).

    ``ask`` names who can say what is not known or in words only. ``progress`` is how much of what is asked is there, 0 to 1.
    """

    answer: Answer
    sentence: str
    why: str
    items: tuple[str, ...] = ()
    ask: str = ""
    progress: Decimal = Decimal(0)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and its answer. ``is_touched``: a credential of the wallet meets or may meet a part of it."""

    rule: EntryRule
    answer: Answer
    judgements: tuple[Judgement, ...]
    message: str
    is_touched: bool

    @property
    def lacking(self) -> int:
        """How many requirements are not met for sure."""
        return sum(one.answer is not Answer.MET for one in self.judgements)


_DEAD = frozenset({"revoked", "suspended", "failed"})
_RANK = {one: number for number, one in enumerate(Answer)}


def opens(items: Sequence[Item], rules: Iterable[EntryRule], *, on: dt.date) -> tuple[Opened, ...]:
    """Every rule with its answer, the nearest first: met by something in the wallet, then nearly, and last what nothing fits.

    Credentials that are revoked, suspended, failed or past their validity do not count; a micro-credential that is held twice counts once.
    What a credential does not state is *unknown*, never no. The same condition in many rules is judged once, and credentials that are
    named are looked up: the cost grows with the rules, hardly with the wallet.

    Raises:
        LimitError: more than `MAX_RULES`.
    """
    wallet = _Wallet(items, on)
    found = []
    for number, rule in enumerate(rules):
        if number >= MAX_RULES:
            raise LimitError(
                say("There are more than %(limit)s entry requirements.", limit=MAX_RULES),
                code="input.limit.entry-rules", hint=say("Narrow them down first."),
            )  # fmt: skip
        found.append(_opened(rule, wallet))
    return tuple(sorted(found, key=_nearness))


def requirement_sentence(one: Requirement, unit: str = "ects") -> str:
    """A requirement in plain words."""
    if one.where is None:
        return one.words or one.title
    what = where_words(one.where)
    if one.of is Measure.COUNT:
        head = (
            say("a credential")
            if one.at_least == 1
            else say("%(count)s credentials", count=number_words(one.at_least))
        )
    else:
        head = number_words(one.at_least, unit if one.of is Measure.CREDITS else say("hours"))
    text = f"{head} {what}".strip()
    return say("%(title)s: %(what)s", title=one.title, what=text) if one.title else text


def from_prerequisites(
    needed: Prerequisites | None, *, id: str, title: str, provider: str, url: str = "", language: str = "en"
) -> EntryRule:
    """The rule that a description's prerequisites make: level and credentials can be tested, language level and text are words.

    No prerequisites at all is not “nothing is needed”: the rule says that it is not stated.
    """
    rule = EntryRule(id=id, title=title, provider=provider, url=url)
    if needed is None or needed == Prerequisites():
        return msgspec.structs.replace(rule, is_stated=False)
    made: list[Requirement] = []
    if needed.level is not None:
        code = code_list("eqf").get(needed.level.uri)
        level = Decimal(code.code) if code else None
        made.append(Requirement(where=Where(level=LevelRange(at_least=level))))
    made += [Requirement(where=Where(credential=(one,))) for one in needed.credentials if one.strip()]
    if needed.language_level is not None:
        known = code_list("cefr").get(needed.language_level.uri)
        label = known.code if known else needed.language_level.uri
        made.append(Requirement(words=say("Language level %(level)s", level=label)))
    if words := pick(needed.text, (language,)).strip():
        made.append(Requirement(words=words))
    return msgspec.structs.replace(rule, requirements=tuple(made))


def entry_rule_data(rule: EntryRule) -> dict[str, Any]:
    """The rule as plain data; `load_entry_rules` gives an equal rule back."""
    made: dict[str, Any] = msgspec.to_builtins(rule)
    return made


def load_entry_rules(data: object, *, place: str = "") -> tuple[EntryRule, ...]:
    """Rules from plain data: a list, or a mapping with ``programmes``.

    Raises:
        SchemaError: ``guidance.entry``: a field is missing, unknown or of the wrong type, with its place.
        InputError: ``guidance.entry``: an amount that cannot be, a requirement that says nothing, an id that stands twice.
        LimitError: more than `MAX_RULES`, or than `MAX_REQUIREMENTS` in one.
    """
    listed = data.get("programmes") if isinstance(data, Mapping) else data
    if not isinstance(listed, list) or not listed:
        raise SchemaError(
            say("A list of programmes is expected."), code="guidance.entry", place=place,
            hint=say("Write programmes: and below it one entry for each."),
        )  # fmt: skip
    if len(listed) > MAX_RULES:
        raise LimitError(
            say("There are more than %(limit)s entry requirements.", limit=MAX_RULES), code="input.limit.entry-rules",
            place=place, hint=say("Narrow them down first."),
        )  # fmt: skip
    found: dict[str, EntryRule] = {}
    for number, one in enumerate(listed):
        here = f"{place}#{number}"
        rule = _rule(one, here)
        if rule.id in found:
            raise _wrong(say("Two programmes have the id “%(id)s”.", id=rule.id), here)
        found[rule.id] = rule
    return tuple(found.values())


def _rule(data: object, place: str) -> EntryRule:
    written = (
        {**data, "requirements": in_lists(data.get("requirements") or [])}
        if isinstance(data, Mapping)
        else data
    )
    try:
        rule = typed.convert(written, EntryRule, strict=False)
    except (msgspec.ValidationError, ArithmeticError) as error:
        raise SchemaError(
            say("The entry requirements cannot be used: %(reason)s.", reason=str(error)), code="guidance.entry", place=place,
            hint=say("The fields are those of the rule language's reference; check the spelling."),
        ) from error  # fmt: skip
    if len(rule.requirements) > MAX_REQUIREMENTS:
        raise LimitError(
            say("A programme has more than %(limit)s requirements.", limit=MAX_REQUIREMENTS),
            code="input.limit.requirements", place=place, hint=say("Say the rest in words."),
        )  # fmt: skip
    for one in rule.requirements:
        if (one.where is None) is not bool(one.words.strip()):
            raise _wrong(say("A requirement has either a condition (where) or words, not both."), place)
        if one.where == Where():
            raise _wrong(say("A requirement that every credential fits asks for nothing."), place)
        if not (one.at_least.is_finite() and 0 < one.at_least <= MAX_AMOUNT):
            raise _wrong(say("An amount is negative or absurd."), place)
        if one.where is not None and one.where.category:
            raise _wrong(say("Categories are lists of a stacking rule; here there are none."), place)
    return rule


def _wrong(message: str, place: str) -> InputError:
    return InputError(message, code="guidance.entry", place=place, hint=say("Correct it there."))


class _Wallet:
    """The credentials that can count, what is judged already, and which of them have which name."""

    def __init__(self, items: Iterable[Item], on: dt.date) -> None:
        self.on = on
        living: list[Item] = []
        for item in items:
            ended = item.valid_until is not None and item.valid_until < on
            if item.status not in _DEAD and not ended and not any(item.repeats(one) for one in living):
                living.append(item)
        self.items = tuple(living)
        self._judged: dict[tuple[Where, tuple[str, ...]], tuple[tuple[Item, Judged], ...]] = {}
        self._named = _by_word(self.items, lambda item: (item.id, item.credential, item.title))
        self._taught = _by_word(self.items, lambda item: item.outcomes or ())
        self._silent = tuple(item for item in self.items if not item.outcomes)

    def fitting(self, where: Where, context: Context) -> tuple[tuple[Item, Judged], ...]:
        """The items that fit or may fit."""
        key = (where, context.rule.grades)
        found = self._judged.get(key)
        if found is None:
            every = ((item, judge(where, item, context)) for item in self._candidates(where))
            found = tuple((item, judged) for item, judged in every if judged.truth is not False)
            if not where.credential:  # named ones differ from rule to rule, and cost nothing
                self._judged[key] = found
        return found

    def _candidates(self, where: Where) -> Iterable[Item]:
        """The items that may fit: by name or outcome where one is asked for, else all."""
        if where.credential:
            return _found(self._named, where.credential)
        if where.outcome:
            return (*_found(self._taught, where.outcome), *self._silent)
        return self.items


def _by_word(items: Iterable[Item], words: Callable[[Item], Iterable[str]]) -> dict[str, list[Item]]:
    made: dict[str, list[Item]] = {}
    for item in items:
        for word in {_folded(one) for one in words(item)}:
            made.setdefault(word, []).append(item)
    return made


def _found(index: Mapping[str, Sequence[Item]], words: Iterable[str]) -> Iterable[Item]:
    return {item.id: item for one in words for item in index.get(_folded(one), ())}.values()


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _carrier(rule: EntryRule) -> Rule:
    """What conditions and quantities are judged against: the units, conversions and grades of the provider."""
    return Rule(
        id=rule.id, version="", title=rule.title, receiver=rule.provider, award=rule.title, decider=Decider(name=rule.provider),
        source=Source(text=rule.source), unit=rule.unit, conversions=rule.conversions, grades=rule.grades,
    )  # fmt: skip


def _opened(rule: EntryRule, wallet: _Wallet) -> Opened:
    context = Context(_carrier(rule), wallet.on)
    judged = tuple(_judgement(one, rule, wallet, context) for one in rule.requirements)
    if not rule.is_stated:
        answer = Answer.UNKNOWN
        message = say("What is needed is not said. Ask %(provider)s.", provider=rule.provider)
    else:
        answer = max((one.answer for one in judged), key=_RANK.__getitem__, default=Answer.MET)
        message = _message(rule, answer, judged)
    return Opened(
        rule=rule, answer=answer, judgements=judged, message=message,
        is_touched=any(one.items for one in judged),
    )  # fmt: skip


def _message(rule: EntryRule, answer: Answer, judged: Sequence[Judgement]) -> str:
    if not judged:
        return say("Nothing is needed; %(provider)s decides.", provider=rule.provider)
    if answer is Answer.MET:
        return say("Met as published; %(provider)s decides.", provider=rule.provider)
    if answer is Answer.IN_WORDS:
        tested = any(one.answer is Answer.MET for one in judged)
        said = (
            say("What can be tested is met; the rest is in words.")
            if tested
            else say("It is said in words only.")
        )
        return f"{said} {say('Ask %(whom)s.', whom=rule.provider)}"
    if answer is Answer.UNKNOWN:
        asked = sorted({one.ask for one in judged if one.answer is Answer.UNKNOWN})
        return say("Not known. Ask %(whom)s.", whom=", ".join(asked))
    return say(
        "%(missing)s of %(count)s requirements missing.",
        missing=sum(one.answer is Answer.MISSING for one in judged),
        count=len(judged),
    )


def _judgement(one: Requirement, rule: EntryRule, wallet: _Wallet, context: Context) -> Judgement:
    sentence = requirement_sentence(one, rule.unit)
    if one.where is None:
        return Judgement(
            answer=Answer.IN_WORDS, sentence=sentence, ask=rule.provider,
            why=say("Only people can judge this. Ask %(whom)s.", whom=rule.provider),
        )  # fmt: skip
    fitting = wallet.fitting(one.where, context)
    amounts = {item.id: quantity(one.of, item, context.rule) for item, _judged in fitting}
    low = sum((amounts[item.id].low for item, judged in fitting if judged.truth), Decimal(0))
    high = sum((amounts[item.id].high for item, _judged in fitting), Decimal(0))
    names = {item.id: item.name for item, _judged in fitting}
    progress = min(low / one.at_least, Decimal(1))
    if low >= one.at_least:
        sure = [item.id for item, judged in fitting if judged.truth and amounts[item.id].low > 0]
        why = say("By: %(titles)s", titles=", ".join(names[id] for id in sure))
        return Judgement(answer=Answer.MET, sentence=sentence, why=why, items=tuple(sure), progress=progress)
    if high >= one.at_least:
        why, ask = _question(fitting, amounts, one, context)
        return Judgement(
            answer=Answer.UNKNOWN, sentence=sentence, why=why, ask=ask, items=tuple(names), progress=progress
        )
    return Judgement(
        answer=Answer.MISSING, sentence=sentence, why=_lack(one, low, rule.unit), items=tuple(names), progress=progress,
    )  # fmt: skip


def _question(
    fitting: Sequence[tuple[Item, Judged]],
    amounts: Mapping[str, Quantity],
    one: Requirement,
    context: Context,
) -> tuple[str, str]:
    """What is not known of which credential, and who can say."""
    item, judged = next(
        (item, judged) for item, judged in fitting if judged.truth is None or not amounts[item.id].known
    )
    field = judged.fields[0] if judged.truth is None else one.of.value
    data = field_words(field, context.rule)
    return (
        say("“%(title)s” does not say: %(data)s", title=item.name, data=data),
        ask_whom(field, item, context.rule),
    )


def _lack(one: Requirement, low: Decimal, unit: str) -> str:
    if one.of is Measure.COUNT and one.at_least == 1:
        return say("Nothing in the wallet fits.")
    unit_of = {Measure.COUNT: say("credentials"), Measure.CREDITS: unit, Measure.HOURS: say("hours")}[one.of]
    return say(
        "%(lack)s missing of %(all)s.",
        lack=number_words(one.at_least - low, unit_of),
        all=number_words(one.at_least),
    )


def _nearness(one: Opened) -> tuple[Any, ...]:
    """What the wallet does something for comes first; among those the least lacking."""
    missing = sum(
        (Decimal(1) - each.progress for each in one.judgements if each.answer is Answer.MISSING), Decimal(0)
    )
    return (
        not one.is_touched,
        _RANK[one.answer],
        missing,
        one.lacking,
        one.rule.title.casefold(),
        one.rule.id,
    )
