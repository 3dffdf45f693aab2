"""What happens when both accounts have something of which an account has only one: a rule for each, registered by whose it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import models

from tessella_web.accounts.models import Person

__all__ = ["Rule", "belongings", "check_first", "checks", "rule_for", "rules"]

Clash = Callable[[Any, Person], None]


class Rule(NamedTuple):
    """``settle`` makes room for a row that cannot just move, or drops it; ``words`` tells the person beforehand; empty: nothing to tell."""

    settle: Clash
    words: Any


Check = Callable[[Person, Person], None]

_CHECKS: list[Check] = []

_RULES: dict[str, Rule] = {}


def rule_for(label: str, words: Any = "") -> Callable[[Clash], Clash]:
    """Register what happens to a row of the model with this label that clashes with one that the remaining account has.

    The function gets the row and the remaining account; afterwards the row is gone or has been moved by it.
    """

    def register(settle: Clash) -> Clash:
        _RULES[label] = Rule(settle, words)
        return settle

    return register


def checks() -> list[Check]:
    """What has to be asked before anything moves."""
    return list(_CHECKS)


def check_first(check: Check) -> Check:
    """Register a question that is asked before anything moves; it gets the account that stays and the one that goes, and raises."""
    _CHECKS.append(check)
    return check


def rules() -> dict[str, Rule]:
    """By label of the model."""
    return dict(_RULES)


def belongings() -> list[models.Field[Any, Any]]:
    """Every field of every app that says whose something is, or who did it."""
    related = Person._meta.get_fields(include_hidden=True)
    return [
        one.field for one in related  # type: ignore[union-attr] # those that others point with have one
        if one.auto_created and (one.one_to_many or one.one_to_one)
    ]  # fmt: skip
