"""Which organisations know somebody: said by the apps that hold what organisations gave to people."""

from __future__ import annotations

from collections.abc import Callable

from tessella_web.accounts.models import Organisation, Person

__all__ = ["is_known", "knows"]

Knows = Callable[[Organisation, Person], bool]

_KNOWS: list[Knows] = []


def knows(question: Knows) -> Knows:
    """Register a question; the module is imported when its app is ready."""
    _KNOWS.append(question)
    return question


def is_known(organisation: Organisation, person: Person) -> bool:
    """Whether the organisation has given the person something, so that it can tell who they are. Nobody says so: no."""
    return any(question(organisation, person) for question in _KNOWS)
