"""Schemes read back as plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from tessella.guidance.funding.facts import FACTS, choice_words
from tessella.guidance.funding.schemes import Benefit, Cap, Condition, Scheme
from tessella.text import pick, say

__all__ = ["benefit_words", "cap_words", "condition_words", "explain", "number_words"]

Languages = Sequence[str]

_ = str  # marks for translators what `say` says later


def explain(scheme: Scheme, languages: Languages = ("en",)) -> tuple[str, ...]:
    """The scheme as sentences: who gets it, what it pays, until when, what is not known, and where that stands."""
    return tuple(_sentences(scheme, languages))


def number_words(number: Decimal) -> str:
    """A number without needless zeros."""
    return f"{Decimal(number).quantize(Decimal('0.01')).normalize():f}"


def condition_words(one: Condition, languages: Languages = ("en",)) -> str:
    """A condition as a sentence."""
    if one.statement is not None:
        return pick(one.statement, languages)
    if one.any_of:
        return say("One of these holds: %(some)s", some=" / ".join(condition_words(part, languages) for part in one.any_of))  # fmt: skip
    return say("%(subject)s: %(limits)s.", subject=say(FACTS[one.fact].subject), limits=_limits(one))


def _limits(one: Condition) -> str:
    said = [
        say(template, value=words(getattr(one, name)))
        for name, (template, words) in _LIMITS.items()
        if getattr(one, name) is not None
    ]
    if one.one_of:
        said.append(say("one of %(values)s", values=", ".join(choice_words(one.fact, value) for value in one.one_of)))  # fmt: skip
    return say(" and ").join(said)


_LIMITS: Mapping[str, tuple[str, Callable[..., str]]] = {
    "at_least": (_("at least %(value)s"), number_words),
    "at_most": (_("at most %(value)s"), number_words),
    "below": (_("less than %(value)s"), number_words),
    "not_before": (_("not before %(value)s"), str),
    "not_after": (_("not after %(value)s"), str),
}


def benefit_words(one: Benefit, languages: Languages = ("en",)) -> str:
    """What a benefit pays, and when."""
    if one.amount is not None:
        paid = say("It pays %(amount)s %(currency)s.", amount=number_words(one.amount), currency=one.currency)
    elif one.percent_most is not None and one.percent is not None:
        paid = say("It pays %(least)s to %(most)s %% of the price.", least=number_words(one.percent), most=number_words(one.percent_most))  # fmt: skip
    else:
        paid = say("It pays %(share)s %% of the price.", share=number_words(one.percent or Decimal(0)))
    conditions = " ".join(condition_words(part, languages) for part in one.when)
    return say("%(paid)s Only if: %(conditions)s", paid=paid, conditions=conditions) if conditions else paid


def cap_words(one: Cap) -> str:
    """The most that is paid."""
    return say(_CAPS[one.per], amount=number_words(one.amount), currency=one.currency)


_CAPS: Mapping[str, str] = {
    "course": _("It pays at most %(amount)s %(currency)s for one course."),
    "learner": _("It pays at most %(amount)s %(currency)s for one learner."),
    "learner-year": _("It pays at most %(amount)s %(currency)s for one learner in a year."),
}

_COMBINES: Mapping[str, str] = {
    "unknown": _("Whether another scheme may pay for the same course is not known."),
    "never": _("No other scheme may pay for the same course."),
    "any": _("Other schemes may pay for the same course too."),
    "listed": _("Of other schemes only these may pay for the same course: %(ids)s."),
}


def _sentences(scheme: Scheme, languages: Languages) -> Iterator[str]:
    for one in scheme.conditions:
        yield condition_words(one, languages)
    for benefit in scheme.pays:
        yield benefit_words(benefit, languages)
    for cap in scheme.caps:
        yield cap_words(cap)
    if scheme.valid_from:
        yield say("It began on %(day)s.", day=scheme.valid_from)
    if scheme.valid_until:
        yield say("It ends on %(day)s.", day=scheme.valid_until)
    yield say(_COMBINES[scheme.combines], ids=", ".join(scheme.combines_with))
    for words in (*scheme.notes, *scheme.not_known):
        yield pick(words, languages)
    yield say("%(decider)s decides.", decider=scheme.decider)
