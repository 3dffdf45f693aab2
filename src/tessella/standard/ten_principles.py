"""The ten principles of Annex II: what the data show, what somebody declared, what is still to be said.

Ten words, never one grade. Software sees only part of each principle; the rest is stated by people, with or
without evidence that a named person accepted.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import ConfigError
from tessella.model import Award, MicroCredential
from tessella.standard._frameworks import Basis
from tessella.standard._predicates import compile_test
from tessella.standard._view import SealFacts, View
from tessella.standard.checking import country_names, make_view
from tessella.standard.rulepack import compiled, read_pack_file
from tessella.text import say

__all__ = [
    "Principle",
    "PrincipleItem",
    "PrincipleStanding",
    "PrincipleStatus",
    "Question",
    "Statement",
    "principle_questions",
    "principles",
]

_DAYS_PER_MONTH = 30.4375


class PrincipleStatus(enum.StrEnum):
    """The words for one principle or one question of it, weakest first."""

    NOT_MET = "not-met"
    STALE = "stale"
    TO_BE_DECLARED = "to-be-declared"
    DECLARED = "declared"
    MET_EVIDENCE = "met-evidence"
    MET_CHECKED = "met-checked"
    NOT_APPLICABLE = "not-applicable"

    @property
    def words(self) -> str:
        """The status in words for people."""
        return say(_WORDS[self])


_WORDS = {
    PrincipleStatus.NOT_MET: "not met",
    PrincipleStatus.STALE: "stale: the evidence is older than its limit",
    PrincipleStatus.TO_BE_DECLARED: "to be declared",
    PrincipleStatus.DECLARED: "declared",
    PrincipleStatus.MET_EVIDENCE: "met (evidence)",
    PrincipleStatus.MET_CHECKED: "met (checked)",
    PrincipleStatus.NOT_APPLICABLE: "not applicable",
}


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says about one question: on which day, with which document, accepted by whom.

    Without ``accepted_by`` it is a declaration; with it, evidence that this person accepted.
    """

    on: dt.date
    text: str = ""
    link: str = ""
    accepted_by: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of a principle: ``require`` lets the data answer, otherwise somebody states it.

    ``max_age_months`` is how long a statement counts; 0 means without limit.
    """

    id: str
    text: str
    basis: Basis
    require: dict[str, Any] | None = None
    applies: dict[str, Any] | None = None
    why_not: str = ""
    max_age_months: int = 0


class Principle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the ten principles with its questions."""

    number: int
    title: str
    clause: str
    about: str
    basis: Basis
    questions: tuple[Question, ...]


class PrincipleItem(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one question."""

    id: str
    question: str
    status: PrincipleStatus
    explanation: str = ""
    on: dt.date | None = None


class PrincipleStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One principle: its status is the weakest of its questions that apply."""

    number: int
    title: str
    clause: str
    status: PrincipleStatus
    items: tuple[PrincipleItem, ...]


@functools.cache
def principle_questions() -> tuple[Principle, ...]:
    """The ten principles and their questions.

    Raises:
        ConfigError: the data file is not in order.
    """
    try:
        return typed.convert(read_pack_file("principles")["principles"], tuple[Principle, ...])
    except (msgspec.ValidationError, KeyError) as error:
        raise ConfigError(
            say(
                "The rule pack “%(name)s” is not in order: %(reason)s.", name="principles", reason=str(error)
            ),
            code="config.rule-pack",
            hint=say("Correct the file; its fields are those of the Principle struct."),
        ) from error


def principles(
    subject: MicroCredential | Award,
    *,
    on: dt.date,
    country: str | None = None,
    facts: SealFacts | None = None,
    statements: Mapping[str, Statement] | None = None,
) -> tuple[PrincipleStanding, ...]:
    """The standing of the ten principles on a day.

    ``statements`` answers questions by their id; what the data show wins over what is stated. ``country`` and
    ``facts`` are as in `check`.
    """
    view = make_view(subject, on=on, audience=None, facts=facts)
    view.frameworks = compiled("eu-2022", country_names(view, country)).frameworks
    said = statements or {}
    return tuple(
        _standing(
            principle, [_answer(question, view, said.get(question.id)) for question in principle.questions]
        )
        for principle in principle_questions()
    )


def _standing(principle: Principle, items: list[PrincipleItem]) -> PrincipleStanding:
    return PrincipleStanding(
        number=principle.number,
        title=say(principle.title),
        clause=say(principle.clause),
        status=_weakest(item.status for item in items),
        items=tuple(items),
    )


def _weakest(statuses: Iterable[PrincipleStatus]) -> PrincipleStatus:
    order = list(PrincipleStatus)
    return min(statuses, key=order.index, default=PrincipleStatus.TO_BE_DECLARED)


@functools.cache
def _tests(id: str) -> tuple[Any, Any]:
    question = next(q for p in principle_questions() for q in p.questions if q.id == id)
    return (
        compile_test(question.require) if question.require else None,
        compile_test(question.applies) if question.applies else None,
    )


def _answer(question: Question, view: View, statement: Statement | None) -> PrincipleItem:
    require, applies = _tests(question.id)
    status, explanation = PrincipleStatus.TO_BE_DECLARED, ""
    if applies is not None and not applies(view):
        status, explanation = PrincipleStatus.NOT_APPLICABLE, say(question.why_not)
    elif require is not None and require(view):
        status, explanation = PrincipleStatus.MET_CHECKED, say("The record shows it.")
    elif statement is not None:
        status, explanation = _stated(question, view.on, statement)
    elif require is not None:
        status, explanation = PrincipleStatus.NOT_MET, say("The record does not show it.")
    return PrincipleItem(
        id=question.id,
        question=say(question.text),
        status=status,
        explanation=explanation,
        on=statement.on if statement else None,
    )


def _stated(question: Question, on: dt.date, statement: Statement) -> tuple[PrincipleStatus, str]:
    if question.max_age_months and (on - statement.on).days > question.max_age_months * _DAYS_PER_MONTH:
        months = question.max_age_months
        return PrincipleStatus.STALE, say("The statement is older than %(months)s months.", months=months)
    if statement.accepted_by:
        return PrincipleStatus.MET_EVIDENCE, say("Evidence accepted by %(name)s.", name=statement.accepted_by)
    return PrincipleStatus.DECLARED, statement.text
