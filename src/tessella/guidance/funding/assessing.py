"""Whether somebody could get a scheme's money, by what they declare, and what would be left to pay: three answers, never a decision."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from tessella.guidance.funding.facts import FACTS, PREFIXED, choice_words, question_words
from tessella.guidance.funding.schemes import Benefit, Cap, Condition, Scheme
from tessella.guidance.funding.words import benefit_words, condition_words
from tessella.text import pick, say

__all__ = [
    "Answer",
    "Combination",
    "Eligibility",
    "Price",
    "Question",
    "Reason",
    "assess",
    "combinations",
    "questions",
]

_CENT = Decimal("0.01")
_NOTHING = Decimal(0)


class Eligibility(enum.StrEnum):
    """What follows from what is declared; whoever runs the scheme decides."""

    ELIGIBLE = "eligible-as-declared"
    NOT_ELIGIBLE = "not-eligible-as-declared"
    UNKNOWN = "unknown"


class Price(msgspec.Struct, frozen=True):
    """What a course costs somebody without help."""

    amount: Decimal
    currency: str = "EUR"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A fact to declare under the name ``key``; ``choices`` are values with their words. ``whose`` is ``person`` or ``course``."""

    key: str
    text: str
    kind: str
    whose: str
    choices: tuple[tuple[str, str], ...] = ()


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One condition: ``holds`` is True, False or None (not declared); ``needs`` are the keys of the facts that would tell."""

    condition: str
    holds: bool | None
    message: str
    needs: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one scheme means for somebody. Money is None where it cannot be said; least and most differ where something is open.

    ``pays_least`` and ``pays_most`` are what the scheme pays if it is granted, ``left_least`` and ``left_most`` what is left to pay. ``asked``
    are the facts still to be declared. ``cautions`` must be shown beside the answer.
    """

    scheme: str
    name: str
    eligibility: Eligibility
    message: str
    reasons: tuple[Reason, ...]
    benefits: tuple[str, ...]
    pays_least: Decimal | None
    pays_most: Decimal | None
    left_least: Decimal | None
    left_most: Decimal | None
    currency: str
    asked: tuple[Question, ...]
    cautions: tuple[str, ...]
    decider: str


class Combination(msgspec.Struct, frozen=True, kw_only=True):
    """Two schemes for one course: ``allowed`` is None where their rules do not say. Money as in `Answer`, if both are granted."""

    schemes: tuple[str, str]
    allowed: bool | None
    message: str
    left_least: Decimal | None
    left_most: Decimal | None


def assess(
    scheme: Scheme,
    facts: Mapping[str, Any],
    *,
    on: dt.date,
    price: Price | None = None,
    received: Decimal | None = None,
    languages: Sequence[str] = ("en",),
) -> Answer:
    """What a scheme means for somebody who declares these facts, on a day.

    Args:
        facts: by name, as `read_facts` gives them; a fact that is not there is not known, never assumed.
        price: of the course, without help.
        received: what the scheme has paid to this person before (in this year, where its cap is for a year).
        languages: of the scheme's own texts, the best first.
    """
    reasons = [_in_force(scheme, on), *(_reason(scheme, one, facts, languages) for one in scheme.conditions)]
    benefits, is_sure = _possible(scheme, facts)
    if scheme.pays and not benefits:
        reasons += [_reason(scheme, one, facts, languages) for benefit in scheme.pays for one in benefit.when]
    holds = [one.holds for one in reasons]
    eligibility = (
        Eligibility.NOT_ELIGIBLE if False in holds
        else Eligibility.UNKNOWN if None in holds or not is_sure
        else Eligibility.ELIGIBLE
    )  # fmt: skip
    least, most = _paid(scheme, benefits, price, received, is_sure)
    if eligibility is Eligibility.NOT_ELIGIBLE:
        least, most = _NOTHING, _NOTHING
    cautions = _cautions(scheme, price, received)
    return Answer(
        scheme=scheme.id,
        name=pick(scheme.names, languages),
        eligibility=eligibility,
        message=say(_MESSAGES[eligibility], decider=scheme.decider),
        reasons=tuple(reasons),
        benefits=() if eligibility is Eligibility.NOT_ELIGIBLE
        else tuple(benefit_words(one, languages) for one in benefits),
        pays_least=least,
        pays_most=most,
        left_least=_left(price, most),
        left_most=_left(price, least),
        currency=price.currency if price else scheme.pays[0].currency,
        asked=() if eligibility is Eligibility.NOT_ELIGIBLE else _asked(scheme, facts, reasons, languages),
        cautions=cautions,
        decider=scheme.decider,
    )  # fmt: skip


_ = str  # marks for translators what `say` says later

_MESSAGES: Mapping[Eligibility, str] = {
    Eligibility.ELIGIBLE: _("By what is declared the conditions are met. %(decider)s decides."),
    Eligibility.NOT_ELIGIBLE: _("By what is declared a condition is not met. %(decider)s decides."),
    Eligibility.UNKNOWN: _("It cannot be said yet: something is not declared. %(decider)s decides."),
}


def questions(schemes: Iterable[Scheme], languages: Sequence[str] = ("en",)) -> tuple[Question, ...]:
    """Every fact that these schemes ask about, each once: first the facts they share, then their own statements."""
    found: dict[str, Question] = {}
    for scheme in schemes:
        for one in _tests([*scheme.conditions, *(part for benefit in scheme.pays for part in benefit.when)]):
            key = scheme.key(one)
            found.setdefault(key, _question(key, one, languages))
    return tuple(sorted(found.values(), key=lambda one: (one.key not in FACTS, _ORDER.get(one.key, 0))))


_ORDER = {name: number for number, name in enumerate(FACTS)}


def combinations(
    schemes: Iterable[Scheme], answers: Iterable[Answer], price: Price | None = None
) -> tuple[Combination, ...]:
    """Every two schemes that are not ruled out, whether both may pay for the course, and what would be left."""
    by_id = {one.id: one for one in schemes}
    found = {one.scheme: one for one in answers if one.eligibility is not Eligibility.NOT_ELIGIBLE}
    made = []
    for first, second in itertools.combinations(found, 2):
        allowed = _both(_lets(by_id[first], second), _lets(by_id[second], first))
        one, other = found[first], found[second]
        made.append(
            Combination(
                schemes=(first, second),
                allowed=allowed,
                message=say(_TOGETHER[allowed], first=one.name, second=other.name),
                left_least=None if allowed is False else _left(price, _sum(one.pays_most, other.pays_most)),
                left_most=None if allowed is False else _left(price, _sum(one.pays_least, other.pays_least)),
            )
        )
    return tuple(made)


_TOGETHER: Mapping[bool | None, str] = {
    True: _("“%(first)s” and “%(second)s” may both pay for the same course."),
    False: _("“%(first)s” and “%(second)s” do not pay for the same course."),
    None: _("Whether “%(first)s” and “%(second)s” may both pay for the same course is not known: ask those who decide."),
}  # fmt: skip


def _lets(scheme: Scheme, other: str) -> bool | None:
    return {"unknown": None, "never": False, "any": True}.get(scheme.combines, other in scheme.combines_with)


def _both(first: bool | None, second: bool | None) -> bool | None:
    if False in (first, second):
        return False
    return None if None in (first, second) else True


def _any(some: Iterable[bool | None]) -> bool | None:
    found = list(some)
    if True in found:
        return True
    return None if None in found else False


def _in_force(scheme: Scheme, on: dt.date) -> Reason:
    if scheme.valid_from and on < scheme.valid_from:
        return Reason(condition="validity", holds=False, message=say("It begins on %(day)s.", day=scheme.valid_from))  # fmt: skip
    if scheme.valid_until and scheme.valid_until < on:
        return Reason(condition="validity", holds=False, message=say("It ended on %(day)s.", day=scheme.valid_until))  # fmt: skip
    return Reason(condition="validity", holds=True, message=say("Nothing says that it has ended."))


def _reason(scheme: Scheme, one: Condition, facts: Mapping[str, Any], languages: Sequence[str]) -> Reason:
    holds = _holds(scheme, one, facts)
    needs = tuple(
        key for part in _tests([one]) if (key := scheme.key(part)) not in facts
    ) if holds is None else ()  # fmt: skip
    return Reason(condition=one.id, holds=holds, message=condition_words(one, languages), needs=needs)


def _tests(conditions: Iterable[Condition]) -> Iterable[Condition]:
    for one in conditions:
        yield from _tests(one.any_of) if one.any_of else (one,)


def _holds(scheme: Scheme, one: Condition, facts: Mapping[str, Any]) -> bool | None:
    if one.any_of:
        return _any(_holds(scheme, part, facts) for part in one.any_of)
    value = facts.get(scheme.key(one))
    if value is None or one.statement is not None:
        return value
    return all(
        (
            one.at_least is None or value >= one.at_least,
            one.at_most is None or value <= one.at_most,
            one.below is None or value < one.below,
            one.not_before is None or value >= one.not_before,
            one.not_after is None or value <= one.not_after,
            not one.one_of or _is_one_of(one, value),
        )
    )


def _is_one_of(one: Condition, value: str) -> bool:
    folded = value.casefold()
    wanted = [code.casefold() for code in one.one_of]
    return any(folded.startswith(code) if one.fact in PREFIXED else folded == code for code in wanted)


def _possible(scheme: Scheme, facts: Mapping[str, Any]) -> tuple[list[Benefit], bool]:
    """The benefits that may be the one that is paid, and whether it is sure that one is."""
    found: list[Benefit] = []
    for benefit in scheme.pays:
        holds = [_holds(scheme, one, facts) for one in benefit.when]
        if False in holds:
            continue
        found.append(benefit)
        if None not in holds:
            return found, True
    return found, False


def _paid(
    scheme: Scheme, benefits: Sequence[Benefit], price: Price | None, received: Decimal | None, is_sure: bool
) -> tuple[Decimal | None, Decimal | None]:
    amounts = [_amounts(one, price) for one in benefits]
    if price is None or price.currency != scheme.pays[0].currency or not amounts:
        return None, None
    least = min(low for low, _high in amounts) if is_sure else _NOTHING
    most = max(high for _low, high in amounts)
    for cap in scheme.caps:
        rest = _rest(cap, received)
        most = min(most, rest[1])
        least = min(least, rest[0])
    return min(least, price.amount), min(most, price.amount)


def _amounts(one: Benefit, price: Price | None) -> tuple[Decimal, Decimal]:
    if one.amount is not None:
        return one.amount, one.amount
    base = price.amount if price else _NOTHING
    least, most = one.percent or _NOTHING, one.percent_most or one.percent or _NOTHING
    return _rounded(base * least / 100), _rounded(base * most / 100)


def _rest(cap: Cap, received: Decimal | None) -> tuple[Decimal, Decimal]:
    """What of a cap is left, at least and at most."""
    if cap.per == "course":
        return cap.amount, cap.amount
    if received is None:
        return _NOTHING, cap.amount
    rest = max(cap.amount - received, _NOTHING)
    return rest, rest


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def _left(price: Price | None, paid: Decimal | None) -> Decimal | None:
    return None if price is None or paid is None else _rounded(max(price.amount - paid, _NOTHING))


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return None if first is None or second is None else first + second


def _asked(
    scheme: Scheme, facts: Mapping[str, Any], reasons: Iterable[Reason], languages: Sequence[str]
) -> tuple[Question, ...]:
    """What would tell: the facts of conditions that are open, and of benefits."""
    open_ones = {key for one in reasons if one.holds is None for key in one.needs}
    for benefit in scheme.pays:
        holds = [_holds(scheme, one, facts) for one in benefit.when]
        if False not in holds:
            open_ones |= {scheme.key(part) for part in _tests(benefit.when) if scheme.key(part) not in facts}
        if False not in holds and None not in holds:
            break
    return tuple(one for one in questions([scheme], languages) if one.key in open_ones)


def _question(key: str, one: Condition, languages: Sequence[str]) -> Question:
    if one.statement is not None:
        return Question(key=key, text=pick(one.statement, languages), kind="yes-no", whose="person")
    fact = FACTS[one.fact]
    choices = tuple((value, choice_words(key, value)) for value in fact.choices)
    return Question(key=key, text=question_words(key), kind=fact.kind, whose=fact.whose, choices=choices)


def _cautions(scheme: Scheme, price: Price | None, received: Decimal | None) -> tuple[str, ...]:
    said = []
    if not scheme.confirmed:
        said.append(say("Read on %(day)s on pages of others, not confirmed by whoever runs it: ask before you rely on it.", day=scheme.looked_at))  # fmt: skip
    if scheme.valid_until is None:
        said.append(say("Until when it runs is not known."))
    if price is not None and price.currency != scheme.pays[0].currency:
        said.append(say("The price is in %(price)s and the scheme pays in %(scheme)s: nothing is converted.", price=price.currency, scheme=scheme.pays[0].currency))  # fmt: skip
    if received is None and any(cap.per != "course" for cap in scheme.caps):
        said.append(say("How much is left depends on what the scheme has paid you before."))
    return tuple(said)
