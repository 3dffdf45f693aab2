"""Does a document have the form that the Open Badges 3.0 data model demands?

Works on the JSON tree from a table (``data-model.json``). Single values are accepted where the standard writes arrays and the other
way round, as its JSON-LD schemas do. Signatures, status, dates as of now and the network are not looked at.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import LimitError
from tessella.formats.openbadges3._json import is_iri, items
from tessella.formats.openbadges3._names import (
    CREDENTIAL_TYPES,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    EXT_NAME,
    LANGUAGE_TAG,
    OB_CONTEXTS,
    OB_EXTENSIONS,
    TYPES_OF_EXTENSIONS,
    context_urls,
    credential_types,
)
from tessella.text import say

__all__ = ["Violation", "validate"]

MAX_DEPTH = 60
"""Nesting of a badge: endorsements of endorsements; the plain ones nest 6 deep."""

_PROBES = {"credentialSubject": "CredentialSubject", "evidence": "Evidence", "issuer": "Issuer"}
"""Which check of the 1EdTech validator looks at the types below a member of the credential."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule of the data model.

    ``path`` is where (``$.credentialSubject.achievement``), ``node_class`` and ``property`` name what is constrained in the
    standard's words; ``constraint`` is one of ``context type min max kind class enumeration one-of closed``; ``probe`` names
    the check of the 1EdTech validator that finds the same.
    """

    path: str
    node_class: str
    property: str
    constraint: str
    message: str
    probe: str = "JsonSchema"
    remedy: str = ""


class _Property(msgspec.Struct, frozen=True):
    kind: str
    required: bool
    many: bool


class _Class(msgspec.Struct, frozen=True, dict=True):  # dict: room for the cached table
    properties: dict[str, str]
    type: str = ""
    one_of: tuple[str, ...] = ()
    closed: bool = False

    @functools.cached_property
    def table(self) -> Mapping[str, _Property]:
        cells = {name: cell.split() for name, cell in self.properties.items()}
        return {
            n: _Property(kind, often.startswith("1"), often.endswith("*"))
            for n, (kind, often) in cells.items()
        }


class _Model(msgspec.Struct, frozen=True):
    enumerations: dict[str, frozenset[str]]
    classes: dict[str, _Class]


@functools.cache
def _model() -> _Model:
    data = (resources.files(__package__) / "data-model.json").read_bytes()
    return typed.decode(data, _Model)


_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-]\d\d:\d\d)"


def _matches(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "URI": is_iri,
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Date": _matches(_DATE),
    "DateTime": _matches(f"{_DATE}T{_TIME}{_ZONE}?"),
    "DateTimeZ": _matches(f"{_DATE}T{_TIME}{_ZONE}"),
    "LanguageCode": _matches(LANGUAGE_TAG.pattern),
    "CountryCode": _matches(r"[A-Za-z]{2}"),
    "CompactJws": _matches(r"[-_A-Za-z0-9]+\.[-_A-Za-z0-9]*\.[-_A-Za-z0-9]+"),
}


def validate(document: Mapping[str, Any]) -> list[Violation]:
    """Every rule of the data model that the badge (or endorsement) breaks; an empty list means it conforms.

    Which version of the W3C data model applies is told from the first context.

    Raises:
        LimitError: ``openbadges3.depth`` nested deeper than 60 levels.
    """
    inherited = OB_EXTENSIONS in context_urls(document)
    return list(_credential(document, "$", inherited, 0))


def _credential(document: Mapping[str, Any], path: str, inherited: bool, depth: int) -> Iterator[Violation]:
    contexts = context_urls(document)
    old = bool(contexts) and contexts[0] == CREDENTIALS_V1
    yield from _context(document, contexts, inherited, path)
    types = credential_types(document)
    kinds = {"AchievementCredential"} if CREDENTIAL_TYPES.intersection(types) else set()
    if "EndorsementCredential" in types:
        kinds.add("EndorsementCredential")
    if "VerifiableCredential" not in types or len(kinds) != 1:
        yield Violation(
            path=f"{path}.type",
            node_class="AchievementCredential",
            property="type",
            constraint="type",
            probe="TypeProperty",
            message=say("This is not an Open Badges 3.0 credential."),
            remedy=say("Its “type” must contain VerifiableCredential and OpenBadgeCredential."),
        )
    if len(kinds) == 1:
        yield from _node(
            document, kinds.pop() + (" 1.1" if old else ""), path, "JsonSchema", inherited, depth
        )


def _context(
    document: Mapping[str, Any], contexts: tuple[Any, ...], inherited: bool, path: str
) -> Iterator[Violation]:
    """The order of contexts, and the one that some types need (an embedded credential inherits it)."""
    remedy = ""
    if not contexts or contexts[0] not in (CREDENTIALS_V2, CREDENTIALS_V1):
        remedy = say("The first context must be %(url)s.", url=CREDENTIALS_V2)
    elif not any(isinstance(url, str) and OB_CONTEXTS.fullmatch(url) for url in contexts[1:2]):
        remedy = say("The second context must be that of Open Badges 3.0.")
    else:
        members = ("credentialSchema", "credentialStatus", "refreshService")
        nodes = [node for member in members for node in items(document.get(member)) if isinstance(node, dict)]
        used = {name for node in nodes for name in credential_types(node)}
        if used & TYPES_OF_EXTENSIONS and not inherited:
            remedy = say("The types of 1EdTech need the context %(url)s.", url=OB_EXTENSIONS)
    if remedy:
        yield Violation(
            path=f"{path}.@context",
            node_class="AchievementCredential",
            property="@context",
            constraint="context",
            probe="ContextProperty",
            message=say("The contexts are not those of an Open Badge."),
            remedy=remedy,
        )


def _node(
    node: Mapping[str, Any], name: str, path: str, probe: str, inherited: bool, depth: int
) -> Iterator[Violation]:
    if depth > MAX_DEPTH:
        raise LimitError(
            say("The badge nests deeper than %(limit)s levels.", limit=MAX_DEPTH),
            code="openbadges3.depth",
            expected=MAX_DEPTH,
        )
    shape = _model().classes[name]
    shown = name.removesuffix(" 1.1")
    if shape.type and not _has_type(node, shape.type):
        yield Violation(
            path=f"{path}.type",
            node_class=shown,
            property="type",
            constraint="class",
            probe=probe,
            message=say("The type %(type)s is missing.", type=shown),
            remedy=say("Add it to “type”."),
        )
    if shape.one_of and not any(items(node.get(member)) for member in shape.one_of):
        yield Violation(
            path=path,
            node_class=shown,
            property=" ".join(shape.one_of),
            constraint="one-of",
            probe=probe,
            message=say("One of these is needed: %(names)s.", names=", ".join(shape.one_of)),
        )
    for member, prop in shape.table.items():
        yield from _values(node, member, prop, shown, path, _PROBES.get(member, probe), inherited, depth)
    for member in node.keys() - shape.table.keys() - {"type"} if shape.closed else ():
        yield Violation(
            path=f"{path}.{member}",
            node_class=shown,
            property=member,
            constraint="closed",
            message=say("%(class)s has no such member.", **{"class": shown}),
        )


def _has_type(node: Mapping[str, Any], wanted: str) -> bool:
    types = [t for t in items(node.get("type")) if isinstance(t, str)]
    return bool(types) if wanted == "*" else wanted in credential_types({"type": types})


def _values(
    node: Mapping[str, Any],
    member: str,
    prop: _Property,
    name: str,
    path: str,
    probe: str,
    inherited: bool,
    depth: int,
) -> Iterator[Violation]:
    values = items(node.get(member))
    at = f"{path}.{member}"

    def broken(constraint: str, message: str, place: str = at) -> Violation:
        return Violation(path=place, node_class=name, property=member, constraint=constraint, message=message)

    if prop.required and not values:
        yield broken("min", say("This is required and missing."))
    if not prop.many and len(values) > 1:
        yield broken("max", say("Only one value is allowed here."))
    many = isinstance(node.get(member), list)
    for n, value in enumerate(values):
        place = f"{at}[{n}]" if many else at
        if prop.kind in _KINDS:
            if not _KINDS[prop.kind](value):
                yield broken("kind", say("This is not a %(kind)s.", kind=prop.kind), place)
        elif prop.kind in _model().enumerations:
            if not _in_enumeration(value, _model().enumerations[prop.kind]):
                yield broken("enumeration", say("This is not one of the allowed words."), place)
        elif prop.kind == "ProfileRef" and isinstance(value, str):
            if not is_iri(value):
                yield broken("kind", say("This is not a %(kind)s.", kind="URI"), place)
        elif not isinstance(value, dict):
            yield broken("kind", say("This is not a %(kind)s.", kind=prop.kind), place)
        elif prop.kind == "EndorsementCredential":
            yield from _credential(value, place, inherited, depth + 1)
        else:
            yield from _node(value, prop.kind.removesuffix("Ref"), place, probe, inherited, depth + 1)


def _in_enumeration(value: Any, allowed: frozenset[str]) -> bool:
    if not isinstance(value, str):
        return False
    return value in allowed or ("ext:" in allowed and EXT_NAME.fullmatch(value) is not None)
