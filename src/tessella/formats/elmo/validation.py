"""Does a file have the form that ELMO 1.x demands?

Works from a table (``data-model.json``): which elements where, in which order, how often, and of which form. Elements that the table
does not know are passed over, as ELMO asks of those who read it: a later version may have added them. Types of nodes and attachments
may grow as well, so an unknown one is no violation. Signatures are not looked at. Files of version 2.x are not compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from importlib import resources

import msgspec
from lxml import etree

from tessella import typed
from tessella.canonical.strictxml import Element
from tessella.formats.elmo._names import NAMESPACE
from tessella.formats.elmo._values import collapsed, local
from tessella.formats.elmo.reading import root_of
from tessella.text import say

__all__ = ["Violation", "validate"]

MAX_VIOLATIONS = 100
"""After so many the file is something else."""

_GROWING = frozenset(("SpecificationType", "AttachmentType"))


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule.

    ``path`` is where (``elmo/report[1]/issuer``); ``constraint`` is one of ``min max order kind attribute content``.
    """

    path: str
    element: str
    constraint: str
    message: str


class _Child(msgspec.Struct, frozen=True):
    name: str
    kind: str
    often: str

    @property
    def least(self) -> int:
        return 1 if self.often in "1+" else 0

    @property
    def is_one(self) -> bool:
        return self.often in "1?"


class _Table(msgspec.Struct, frozen=True):
    classes: dict[str, str]
    attributes: dict[str, str]
    enumerations: dict[str, frozenset[str]]
    patterns: dict[str, str]


@functools.cache
def _table() -> _Table:
    return typed.decode((resources.files(__package__) / "data-model.json").read_bytes(), _Table)


@functools.cache
def _children(kind: str) -> Mapping[str, _Child]:
    cells = (re.split("[: ]", cell) for cell in _table().classes[kind].split("|"))
    return {name: _Child(name, of, often) for name, of, often in cells}


def validate(data: bytes) -> tuple[Violation, ...]:
    """Every rule that the file breaks, up to `MAX_VIOLATIONS`; the empty tuple means that it conforms.

    Raises:
        SchemaError, DecodeError, LimitError: this is no ELMO file (see `tessella.formats.elmo.root_of`).
    """
    return _validate(data)


@functools.lru_cache(maxsize=1)
def _validate(data: bytes) -> tuple[Violation, ...]:
    root = root_of(data)
    if etree.QName(root).namespace != NAMESPACE:
        return ()
    found = _element(root, "Elmo", "elmo")
    return tuple(violation for violation, _ in zip(found, range(MAX_VIOLATIONS), strict=False))


def _element(element: Element, kind: str, path: str) -> Iterator[Violation]:
    table = _table()
    yield from _attributes(element, kind, path)
    if kind in table.classes:
        yield from _complex(element, kind, path)
    elif kind in ("Text", "Identifier", *table.enumerations, *table.patterns):
        if element.find("*") is not None:
            yield _broken(path, element, "content", say("Only text may stand here, no elements."))
        elif not _fits(element.text or "", kind):
            yield _broken(path, element, "kind", say("This is not a %(kind)s.", kind=kind))


def _fits(text: str, kind: str) -> bool:
    table, value = _table(), collapsed(text)
    if kind in table.enumerations:
        return value in table.enumerations[kind] or kind in _GROWING
    return kind not in table.patterns or re.fullmatch(table.patterns[kind], value, re.ASCII) is not None


def _attributes(element: Element, kind: str, path: str) -> Iterator[Violation]:
    for cell in _table().attributes.get(kind, "").split():
        name, _, of = cell.partition(":")
        value = element.get(name)
        if value is None or not _fits(value, of):
            message = say("The attribute “%(name)s” is missing or not a %(kind)s.", name=name, kind=of)
            yield _broken(path, element, "attribute", message)


def _complex(element: Element, kind: str, path: str) -> Iterator[Violation]:
    allowed = _children(kind)
    order = list(allowed)
    reached, counts = 0, dict.fromkeys(order, 0)
    for child in element.iterchildren(f"{{{NAMESPACE}}}*"):
        name = local(child)
        if name not in allowed:
            continue
        counts[name] += 1
        rule = allowed[name]
        at = f"{path}/{name}" if rule.is_one else f"{path}/{name}[{counts[name]}]"
        if order.index(name) < reached:
            later = order[reached]
            yield _broken(at, child, "order", say("This must stand before “%(name)s”.", name=later))
        reached = max(reached, order.index(name))
        if rule.is_one and counts[name] > 1:
            yield _broken(at, child, "max", say("Only one value is allowed here."))
        yield from _element(child, rule.kind, at)
    for name, rule in allowed.items():
        if counts[name] < rule.least:
            yield Violation(
                path=f"{path}/{name}",
                element=name,
                constraint="min",
                message=say("This is required and missing."),
            )


def _broken(path: str, element: Element, constraint: str, message: str) -> Violation:
    return Violation(path=path, element=local(element), constraint=constraint, message=message)
