"""Does a document have the form that Open Badges 2.0 demands?

Works on the JSON tree from a table (``data-model.json``). Objects that are only linked are not looked at: embed them first
(`tessella.formats.openbadges2.embed`). Signatures, scope, status, dates as of now and the network are not looked at.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import LimitError
from tessella.formats.openbadges2._json import is_iri, items, speaks_badges, types
from tessella.text import say

__all__ = ["Violation", "validate"]

MAX_DEPTH = 40
"""Nesting of a badge: endorsements of endorsements; plain ones nest 5 deep."""

_TOP_CLASSES = ("Assertion", "BadgeClass", "Profile", "Endorsement", "CryptographicKey", "AlignmentObject")
"""What a document of its own can be."""

_EXTENSIONS = ("ExampleExtension", "ApplyLink")
"""Extensions whose members are known here; of any other only the form is checked."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule.

    ``path`` is where (``$.badge.issuer``), ``node_class`` and ``property`` name what is constrained in the standard's words;
    ``constraint`` is one of ``context type class min max kind one-of dates``.
    """

    path: str
    node_class: str
    property: str
    constraint: str
    message: str
    remedy: str = ""


class _Class(msgspec.Struct, frozen=True):
    properties: dict[str, str]
    types: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()


class _Model(msgspec.Struct, frozen=True):
    enumerations: dict[str, frozenset[str]]
    classes: dict[str, _Class]
    vocabulary: frozenset[str]


@functools.cache
def _model() -> _Model:
    return typed.decode((resources.files(__package__) / "data-model.json").read_bytes(), _Model)


def _matches(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


_DATE_TIME = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"
_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "URI": is_iri,
    "Node": lambda value: is_iri(value) or (isinstance(value, str) and value.startswith("_:")),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": _matches(_DATE_TIME),
    "Language": _matches(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "IdentityHash": _matches(r"(sha256\$[0-9a-fA-F]{64}|md5\$[0-9a-fA-F]{32})"),
}


def validate(document: Mapping[str, Any]) -> list[Violation]:
    """Every rule that the assertion, badge class, profile, endorsement or key breaks; an empty list means it conforms.

    Raises:
        LimitError: ``openbadges2.depth`` nested deeper than 40 levels.
    """
    return list(_document(document))


def _document(document: Mapping[str, Any]) -> Iterator[Violation]:
    if not speaks_badges(document, strictly=True):
        yield Violation(
            path="$.@context",
            node_class="Assertion",
            property="@context",
            constraint="context",
            message=say("The context is not that of Open Badges 2.0."),
            remedy=say("It must be https://w3id.org/openbadges/v2."),
        )
    named = types(document)
    found = next((name for name in _TOP_CLASSES if set(_types_of(name)).intersection(named)), "")
    if found:
        revoked = found == "Assertion" and document.get("revoked") is True
        yield from _node(document, "RevokedAssertion" if revoked else found, "$", 0)
    else:
        yield from _classes(document, "Assertion", "$")


def _types_of(name: str) -> tuple[str, ...]:
    return _model().classes[name].types or (name,)


def _classes(node: Mapping[str, Any], name: str, path: str) -> Iterator[Violation]:
    """The types are classes of the vocabulary, or written as IRIs, which others define."""
    named = types(node)
    unknown = [one for one in named if ":" not in one and one not in _model().vocabulary]
    if unknown or not named:
        yield Violation(
            path=f"{path}.type",
            node_class=name,
            property="type",
            constraint="type",
            message=say("The type is not a class of Open Badges 2.0."),
            remedy=say("Give one of its classes, or the whole IRI of another."),
        )


def _node(node: Mapping[str, Any], name: str, path: str, depth: int) -> Iterator[Violation]:
    if depth > MAX_DEPTH:
        raise LimitError(
            say("The badge nests deeper than %(limit)s levels.", limit=MAX_DEPTH),
            code="openbadges2.depth",
            expected=MAX_DEPTH,
        )
    shape = _model().classes[name]
    if shape.types:
        yield from _classes(node, name, path)
        if not set(shape.types).intersection(types(node)):
            yield Violation(
                path=f"{path}.type",
                node_class=name,
                property="type",
                constraint="class",
                message=say("The type %(type)s is missing.", type=shape.types[0]),
                remedy=say("Add it to “type”."),
            )
    if shape.one_of and not any(items(node.get(member)) for member in shape.one_of):
        yield Violation(
            path=path,
            node_class=name,
            property=" ".join(shape.one_of),
            constraint="one-of",
            message=say("One of these is needed: %(names)s.", names=", ".join(shape.one_of)),
        )
    for member, cell in shape.properties.items():
        yield from _values(node, name, member, cell, path, depth)
    yield from _beyond_the_table(node, name, path, depth)


def _beyond_the_table(node: Mapping[str, Any], name: str, path: str, depth: int) -> Iterator[Violation]:
    """Rules between members: hashed identities, the order of dates, extensions."""

    def broken(member: str, constraint: str, message: str) -> Violation:
        return Violation(
            path=f"{path}.{member}", node_class=name, property=member, constraint=constraint, message=message
        )

    if (
        name == "IdentityObject"
        and node.get("hashed") is True
        and not _KINDS["IdentityHash"](node.get("identity"))
    ):
        yield broken("identity", "kind", say("This is not a %(kind)s.", kind="IdentityHash"))
    if name == "Assertion" and _too_early(node.get("issuedOn"), node.get("expires")):
        yield broken("expires", "dates", say("It expires before it was issued."))
    for member, value in node.items():
        if isinstance(value, Mapping) and "Extension" in types(value):
            yield from _extension(value, f"{path}.{member}", depth + 1)


def _too_early(issued: Any, expires: Any) -> bool:
    if not (_KINDS["DateTime"](issued) and _KINDS["DateTime"](expires)):
        return False
    try:
        return dt.datetime.fromisoformat(expires) < dt.datetime.fromisoformat(issued)
    except ValueError:  # the 31st of June, a leap second
        return False


def _extension(node: Mapping[str, Any], path: str, depth: int) -> Iterator[Violation]:
    kinds = {re.split(r"[#:/]", one)[-1] for one in types(node)}
    yield from _node(node, "Extension", path, depth)
    for name in _EXTENSIONS:
        if name in kinds:
            yield from _node(node, name, path, depth)


def _values(
    node: Mapping[str, Any], name: str, member: str, cell: str, path: str, depth: int
) -> Iterator[Violation]:
    kind, often = cell.split()
    value, at = node.get(member), f"{path}.{member}"
    values = items(value)

    def broken(constraint: str, message: str, place: str = at) -> Violation:
        return Violation(path=place, node_class=name, property=member, constraint=constraint, message=message)

    if often.startswith("1") and not values:
        yield broken("min", say("This is required and missing."))
    if not often.endswith("*") and len(values) > 1:
        yield broken("max", say("Only one value is allowed here."))
    for n, one in enumerate(values):
        place = f"{at}[{n}]" if isinstance(value, list) else at
        target = kind.removesuffix("Ref")
        if isinstance(one, Mapping) and target in _model().classes and target != kind:
            yield from _node(one, target, place, depth + 1)
        elif not _is_of(one, kind):
            yield broken("kind", say("This is not a %(kind)s.", kind=target), place)
        elif isinstance(one, Mapping):
            yield from _node(one, kind, place, depth + 1)


def _is_of(value: Any, kind: str) -> bool:
    """Whether a value has this kind; ``…Ref`` are objects or their addresses, a picture of an assertion is on the web."""
    if kind in _KINDS:
        return _KINDS[kind](value)
    if kind in _model().enumerations:
        allowed = _model().enumerations[kind]
        return isinstance(value, str) and value.removeprefix("obi:") in allowed
    if kind == "WebImageRef":
        address = value.get("id") if isinstance(value, Mapping) else value
        return is_iri(address) and not str(address).startswith("data:")
    if kind.endswith("Ref"):
        return is_iri(value)
    return isinstance(value, Mapping)
