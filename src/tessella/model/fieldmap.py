"""Declared field maps: which part of the record a wire format carries, where, and what is lost.

A format publishes its map as data. The same rows are its documentation, its loss report (`losses`) and, with
`uncovered`, the proof that no field of the record was forgotten.

Paths are field names joined by dots; lists are walked into (``micro_credential.outcomes.esco`` is the field of every
outcome). A rule stands for its field and for everything below that has no rule of its own.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from tessella.model._shape import field_shapes
from tessella.model.base import Part
from tessella.text import say

__all__ = ["Carried", "FieldRule", "Loss", "losses", "says_something", "stated", "uncovered"]


class Carried(enum.StrEnum):
    """How much of a field's content a format keeps; only ``full`` survives writing and reading back unchanged."""

    FULL = "full"
    PART = "part"
    NONE = "none"


class FieldRule(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a field map.

    ``record`` is the path in the record, ``wire`` the path or paths in the document (empty when there is none),
    ``element`` the standard's name of what the field is about, ``note`` the reason for anything but ``full`` (or
    a remark). Notes are English templates for ``tessella.text.say``.
    """

    record: str
    wire: tuple[str, ...] = ()
    carried: Carried = Carried.FULL
    note: str = ""
    element: str = ""


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a record that a format does not carry, or not wholly: which, where, and why."""

    element: str
    record: str
    reason: str


def losses(record: Part, field_map: Sequence[FieldRule], *, keeps_hashes: bool = False) -> tuple[Loss, ...]:
    """What writing ``record`` in the format of this map would lose, in the order of the map.

    Only fields with a value of their own count (a default is not a statement). Fields of ``extra`` are always listed: a
    format cannot carry what this version does not know. That an identifier is a hash is known, and lost but where the format
    ``keeps_hashes``. The paths have list indexes (``….results[1].status``).
    """
    found = [
        Loss(element=rule.element, record=path, reason=say(rule.note))
        for rule in field_map
        if rule.carried is not Carried.FULL
        for path, _ in stated(record, rule.record)
    ]
    unknown = say("This field is not known to this version, so no format carries it.")
    hashed = say("Only a hash of it is known; the format has no mark that tells so.")
    for path in _unknown(record, ""):
        mark = next((one for one in _HASH_MARKS if path.endswith(one) and "identifiers[" in path), "")
        if not mark:
            found.append(Loss(element="", record=path, reason=unknown))
        elif mark == _HASH_MARKS[0] and not keeps_hashes:
            found.append(Loss(element="", record=path.removesuffix(mark), reason=hashed))
    return tuple(found)


_HASH_MARKS = (".hashed", ".salt")
"""What readers of badges leave in the ``extra`` of an `Identifier` whose value is a hash."""


def uncovered(struct: type[Part], field_map: Iterable[FieldRule]) -> tuple[str, ...]:
    """The paths of all fields that no rule of the map speaks about; a complete map gives the empty tuple."""
    return tuple(_uncovered(struct, frozenset(rule.record for rule in field_map), ""))


def _uncovered(struct: type[Part], ruled: frozenset[str], prefix: str) -> Iterator[str]:
    for name, shape in field_shapes(struct).items():
        path = prefix + name
        if path in ruled:
            continue
        if shape.is_part and any(rule.startswith(path + ".") for rule in ruled):
            yield from _uncovered(shape.core, ruled, path + ".")
        else:
            yield path


def _items(part: Part, name: str, place: str) -> Iterator[tuple[str, Any]]:
    """The values of one field with their places; nothing when the field says no more than its default."""
    value, at = getattr(part, name), f"{place}.{name}".lstrip(".")
    if isinstance(value, tuple):
        yield from ((f"{at}[{number}]", item) for number, item in enumerate(value))
    elif value is not None:
        yield at, value


def says_something(part: Part, name: str) -> bool:
    """Whether a field has a value of its own: not empty, and not what the field has by default."""
    value = getattr(part, name)
    if value is None or value in ("", (), {}):
        return False
    defaults = _defaults(type(part))
    return name not in defaults or bool(value != defaults[name])


@functools.cache
def _defaults(struct: type[Part]) -> dict[str, Any]:
    return {field.name: field.default for field in msgspec.structs.fields(struct) if not field.required}


def stated(part: Part, path: str, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of its own that a record has at a path: the place with list indexes, and the value.

    The last step of the path is taken whole: a list there is one value.
    """
    name, _, rest = path.partition(".")
    if not says_something(part, name):
        return
    if not rest:
        yield f"{place}.{name}".lstrip("."), getattr(part, name)
        return
    for at, item in _items(part, name, place):
        yield from stated(item, rest, at)


def _unknown(part: Part, place: str) -> Iterator[str]:
    yield from (f"{place}.{name}".lstrip(".") for name in part.extra)
    for name, shape in field_shapes(type(part)).items():
        if shape.is_part:
            for at, item in _items(part, name, place):
                yield from _unknown(item, at)
