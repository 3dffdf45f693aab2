"""Does a learner record have the form that the CLR Standard 2.0 demands?

Works on the JSON tree from a table (``data-model.json``); single values are accepted where the standard writes arrays. The credentials
inside are only recognised: their own formats have their own rules. Seals, dates as of now, status and the network are not looked at.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

import msgspec

from tessella import typed
from tessella.formats.clr._json import CLR_CONTEXTS, contexts_of, is_iri, items, types
from tessella.text import say

__all__ = ["Violation", "validate"]

_CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
_CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule.

    ``path`` is where (``$.credentialSubject.association[0]``), ``node_class`` and ``property`` name what is constrained in the
    standard's words; ``constraint`` is one of ``context type min max kind class enumeration one-of``.
    """

    path: str
    node_class: str
    property: str
    constraint: str
    message: str
    remedy: str = ""


class _Class(msgspec.Struct, frozen=True):
    properties: dict[str, str]
    type: str = ""
    one_of: tuple[str, ...] = ()


class _Model(msgspec.Struct, frozen=True):
    enumerations: dict[str, frozenset[str]]
    classes: dict[str, _Class]


@functools.cache
def _model() -> _Model:
    return typed.decode((resources.files(__package__) / "data-model.json").read_bytes(), _Model)


def _matches(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


_is_jws = _matches(r"[-_A-Za-z0-9]+\.[-_A-Za-z0-9]*\.[-_A-Za-z0-9]+")

_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "URI": is_iri,
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": _matches(
        r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)"
    ),
    "Credential": lambda value: (
        _is_jws(value)
        or (
            isinstance(value, Mapping)
            and not {"VerifiableCredential", "EnvelopedVerifiableCredential"}.isdisjoint(types(value))
        )
    ),
}


def validate(document: Mapping[str, Any]) -> list[Violation]:
    """Every rule that the record itself breaks; an empty list means it conforms. The credentials inside are not validated."""
    contexts = contexts_of(document)
    found = list(_context(contexts))
    if not {"VerifiableCredential", "ClrCredential"}.issubset(types(document)):
        found.append(
            Violation(
                path="$.type",
                node_class="ClrCredential",
                property="type",
                constraint="type",
                message=say("This is not a Comprehensive Learner Record 2.0."),
                remedy=say("Its “type” must contain VerifiableCredential and ClrCredential."),
            )
        )
    old = contexts[:1] == [_CREDENTIALS_V1]
    return [*found, *_node(document, "ClrCredential 1.1" if old else "ClrCredential", "$")]


def _context(contexts: list[Any]) -> Iterator[Violation]:
    remedy = ""
    if contexts[:1] not in ([_CREDENTIALS_V2], [_CREDENTIALS_V1]):
        remedy = say("The first context must be %(url)s.", url=_CREDENTIALS_V2)
    elif not any(isinstance(one, str) and CLR_CONTEXTS.fullmatch(one) for one in contexts[1:2]):
        remedy = say("The second context must be that of CLR 2.0.")
    elif not any(isinstance(one, str) and one.startswith(_OPEN_BADGES) for one in contexts[2:]):
        remedy = say("The context of Open Badges 3.0 must follow.")
    if remedy:
        yield Violation(
            path="$.@context",
            node_class="ClrCredential",
            property="@context",
            constraint="context",
            message=say("The contexts are not those of a learner record."),
            remedy=remedy,
        )


def _node(node: Mapping[str, Any], name: str, path: str) -> Iterator[Violation]:
    shape = _model().classes[name]
    shown = name.removesuffix(" 1.1")
    if shape.type and shape.type not in types(node):
        yield Violation(
            path=f"{path}.type",
            node_class=shown,
            property="type",
            constraint="class",
            message=say("The type %(type)s is missing.", type=shape.type),
            remedy=say("Add it to “type”."),
        )
    if shape.one_of and not any(items(node.get(member)) for member in shape.one_of):
        yield Violation(
            path=path,
            node_class=shown,
            property=" ".join(shape.one_of),
            constraint="one-of",
            message=say("One of these is needed: %(names)s.", names=", ".join(shape.one_of)),
        )
    for member, cell in shape.properties.items():
        yield from _values(node, shown, member, cell, path)


def _values(node: Mapping[str, Any], name: str, member: str, cell: str, path: str) -> Iterator[Violation]:
    kind, often = cell.split()
    value, at = node.get(member), f"{path}.{member}"
    values = items(value)

    def broken(constraint: str, message: str, place: str = at) -> Violation:
        return Violation(path=place, node_class=name, property=member, constraint=constraint, message=message)

    if often.startswith("1") and not values:
        yield broken("min", say("This is required and missing."))
    if not often.endswith("*") and len(values) > 1:
        yield broken("max", say("Only one value is allowed here."))
    for number, one in enumerate(values):
        place = f"{at}[{number}]" if isinstance(value, list) else at
        if kind in _KINDS:
            if not _KINDS[kind](one):
                yield broken("kind", say("This is not a %(kind)s.", kind=kind), place)
        elif kind in _model().enumerations:
            if not (isinstance(one, str) and one in _model().enumerations[kind]):
                yield broken("enumeration", say("This is not one of the allowed words."), place)
        elif isinstance(one, Mapping):
            yield from _node(one, kind, place)
        elif not (kind == "Profile" and is_iri(one)):  # an issuer may be named by its address
            yield broken("kind", say("This is not a %(kind)s.", kind=kind), place)
