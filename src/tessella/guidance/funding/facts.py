"""The facts that schemes ask about: of the person, who declares them, and of the course, whose record says them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from tessella.errors import InputError
from tessella.text import say

__all__ = [
    "FACTS",
    "LONGEST_VALUE",
    "Fact",
    "choice_words",
    "is_known",
    "question_words",
    "read_fact",
    "read_facts",
]

Kind = Literal["number", "choice", "code", "date", "yes-no"]

LONGEST_VALUE = 200
"""Characters of one declared value."""

_ = str  # marks for translators what `say` says later

_HIGHEST = Decimal(10_000_000)
"""No age, amount or number of credits is larger."""


class Fact(NamedTuple):
    """A fact by its name: whose it is, what sort of value it has, how it is asked, and how a condition on it begins."""

    whose: Literal["person", "course"]
    kind: Kind
    question: str
    subject: str
    choices: tuple[str, ...] = ()


EMPLOYMENT: Mapping[str, str] = {
    "employed": _("Employed"),
    "self-employed": _("Self-employed"),
    "unemployed": _("Unemployed and looking for work"),
    "returner": _("Returning to work after caring for others"),
    "not-working": _("Not working and not looking for work"),
    "student": _("In full-time education"),
    "retired": _("Retired"),
}

FACTS: Mapping[str, Fact] = {
    "age": Fact("person", "number", _("How old are you, in years?"), _("Your age")),
    "employment": Fact("person", "choice", _("Do you work?"), _("Your work"), tuple(EMPLOYMENT)),
    "lives-in": Fact("person", "code", _("In which country do you live?"), _("Where you live")),
    "region": Fact("person", "code", _("In which region do you live (NUTS code)?"), _("Your region")),
    "prior-level": Fact("person", "number", _("What is the level (1 to 8) of your highest qualification?"), _("The level of your highest qualification")),
    "level": Fact("course", "number", _("What is the level (1 to 8) of the course?"), _("The level of the course")),
    "ects": Fact("course", "number", _("How many ECTS credits does the course have?"), _("The ECTS credits of the course")),
    "field": Fact("course", "code", _("In which field (ISCED-F) is the course?"), _("The field of the course")),
    "country": Fact("course", "code", _("In which country is the provider?"), _("The provider's country")),
    "provider": Fact("course", "code", _("Who is the provider?"), _("The provider")),
    "starts-on": Fact("course", "date", _("On which day does the course begin?"), _("The first day of the course")),
    "ends-on": Fact("course", "date", _("Which is the last day of the course?"), _("The last day of the course")),
}  # fmt: skip
"""By the name that conditions use. Anything else a scheme asks for as a statement in its own words."""

PREFIXED = frozenset({"field", "region"})
"""Codes of a tree: a code stands for everything below it."""

_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


def question_words(name: str) -> str:
    """How a fact is asked, in the active language."""
    return say(FACTS[name].question)


def choice_words(name: str, value: str) -> str:
    """A value of a fact in words; the value itself where it has none."""
    return say(EMPLOYMENT[value]) if name == "employment" and value in EMPLOYMENT else value


def is_known(name: str) -> bool:
    """Whether this is a fact with a meaning of its own, not a scheme's statement."""
    return name in FACTS


def read_facts(given: Mapping[str, str]) -> dict[str, Any]:
    """Declared facts from text, by name; what is empty was not declared. Names that are not in `FACTS` are statements: yes or no.

    Raises:
        InputError: ``funding.fact``, a value does not fit its fact; the value is not repeated in the message.
    """
    return {name: read_fact(name, text) for name, text in given.items() if str(text).strip()}


def read_fact(name: str, text: str) -> Any:
    """One declared fact.

    Raises:
        InputError: ``funding.fact``.
    """
    text = str(text).strip()
    fact = FACTS.get(name)
    kind = fact.kind if fact else "yes-no"
    try:
        if len(text) > LONGEST_VALUE:
            raise ValueError
        return _READ[kind](text, fact)
    except (ValueError, InvalidOperation) as error:
        raise InputError(
            say("What is declared for “%(name)s” cannot be used.", name=name), code="funding.fact", place=name,
            expected=kind, hint=_hint(kind, fact),
        ) from error  # fmt: skip


def _number(text: str, _fact: Fact | None) -> Decimal:
    found = Decimal(text.replace(",", "."))
    if not found.is_finite() or not 0 <= found <= _HIGHEST:
        raise ValueError
    return found


def _choice(text: str, fact: Fact | None) -> str:
    if fact is None or text not in fact.choices:
        raise ValueError
    return text


def _yes_no(text: str, _fact: Fact | None) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError
    return text.lower() in _YES


_READ: Mapping[str, Any] = {
    "number": _number,
    "choice": _choice,
    "code": lambda text, _fact: text,
    "date": lambda text, _fact: dt.date.fromisoformat(text),
    "yes-no": _yes_no,
}


def _hint(kind: str, fact: Fact | None) -> str:
    if kind == "choice" and fact:
        return say("Choose from: %(choices)s.", choices=", ".join(fact.choices))
    return {
        "number": say("Write a number from 0, such as 34."),
        "date": say("Write the day as 2027-03-31."),
        "yes-no": say("Answer yes or no."),
    }.get(kind, say("Write at most %(most)s characters.", most=LONGEST_VALUE))
