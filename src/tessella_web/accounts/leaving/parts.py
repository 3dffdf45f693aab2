"""What each app knows of a person and does when they leave.

An app that knows something takes part by having a module ``forgetting`` with a `Part` named ``PART``: nothing has to be told about
it elsewhere. Rows that belong to the person's own row (``on_delete=CASCADE``) go with it, and need no part.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import msgspec
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction

from tessella_web.accounts.models import Person

__all__ = ["Leaver", "Part", "Stay", "delete_file", "labels", "parts"]

MODULE = "forgetting"


class Leaver(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who leaves: the person, and all addresses that were confirmed to be theirs."""

    person: Person
    addresses: tuple[str, ...]


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stays, with whom, and until when (None: for as long as it is published)."""

    what: Any
    who: str
    until: dt.date | None = None


def _nothing(leaver: Leaver) -> Sequence[Stay]:
    return ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One app's share. ``forget`` erases within the transaction and counts by kind; ``labels`` say the kinds in words.

    ``stays`` is what is not erased, for the person to read before. ``keeps`` are the fields (``app.Model.field``) in which a name or
    an address may be found afterwards, by what ``stays`` says.
    """

    forget: Callable[[Leaver], Mapping[str, int]]
    labels: Mapping[str, Any]
    stays: Callable[[Leaver], Sequence[Stay]] = _nothing
    keeps: frozenset[str] = frozenset()


@functools.cache
def parts() -> tuple[Part, ...]:
    """Every app's, in the order of the apps."""
    names = [f"{one.name}.{MODULE}" for one in apps.get_app_configs() if one.name.startswith("tessella_web.")]
    return tuple(import_module(name).PART for name in names if find_spec(name) is not None)


def labels() -> Mapping[str, Any]:
    """All kinds in words."""
    return {kind: words for part in parts() for kind, words in part.labels.items()}


def delete_file(path: str) -> None:
    """Delete a stored file once the transaction is through; an empty path is none."""
    if path:
        transaction.on_commit(functools.partial(default_storage.delete, path))
