"""Definitions of micro-credentials in use: which of them does a record meet, and what is it short of?"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import ConfigError
from tessella.model import Award, MicroCredential
from tessella.standard._frameworks import Basis
from tessella.standard._predicates import Test, compile_test
from tessella.standard.checking import make_view
from tessella.standard.rulepack import read_pack_file
from tessella.text import say

__all__ = ["Condition", "Definition", "DefinitionStanding", "all_definitions", "definitions"]


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One condition of a definition as a sentence and as a predicate."""

    text: str
    require: dict[str, Any]


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A definition that somebody published; its conditions are what a record can show of it."""

    id: str
    title: str
    clause: str
    basis: Basis
    conditions: tuple[Condition, ...]


class DefinitionStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a record meets a definition; ``short_of`` are the conditions that it does not show."""

    id: str
    title: str
    clause: str
    met: bool
    short_of: tuple[str, ...] = ()


@functools.cache
def all_definitions() -> tuple[Definition, ...]:
    """The definitions as data.

    Raises:
        ConfigError: the data file is not in order.
    """
    try:
        return typed.convert(read_pack_file("definitions")["definitions"], tuple[Definition, ...])
    except (msgspec.ValidationError, KeyError) as error:
        raise ConfigError(
            say(
                "The rule pack “%(name)s” is not in order: %(reason)s.", name="definitions", reason=str(error)
            ),
            code="config.rule-pack",
            hint=say("Correct the file; its fields are those of the Definition struct."),
        ) from error


@functools.cache
def _tests() -> tuple[tuple[Definition, tuple[tuple[str, Test], ...]], ...]:
    return tuple(
        (definition, tuple((c.text, compile_test(c.require)) for c in definition.conditions))
        for definition in all_definitions()
    )


def definitions(subject: MicroCredential | Award, *, on: dt.date) -> tuple[DefinitionStanding, ...]:
    """The standing of a record under every definition (``EU-2022``, ``UNESCO-2022``, ``CMF`` …).

    It says nothing about completeness: that is the business of `check`.
    """
    view = make_view(subject, on=on, audience=None, facts=None)
    standings = []
    for definition, tests in _tests():
        short_of = tuple(say(text) for text, test in tests if not test(view))
        standings.append(
            DefinitionStanding(
                id=definition.id,
                title=say(definition.title),
                clause=say(definition.clause),
                met=not short_of,
                short_of=short_of,
            )
        )
    return tuple(standings)
