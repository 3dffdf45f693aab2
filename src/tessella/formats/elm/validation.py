"""Does a credential have the form ELM 3.2 demands? The verdict of the official SHACL, without SHACL.

Works on the JSON tree in one pass over compiled rows (``constraints.json``). Two things are stricter than SHACL, where SHACL
says nothing: a document without a ``EuropeanDigitalCredential``, and a ``@context`` other than the official pair (its
terms would mean something else), do not pass.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tessella.errors import InputError
from tessella.formats.elm._graph import LANG_STRING, XSD, Graph, Node, Place, Trouble, Value, build, path_of
from tessella.formats.elm._tables import CONTEXT, PROFILES, Profile, Row, profile, terms
from tessella.text import say

__all__ = ["Violation", "validate"]

_CREDENTIAL = "http://data.europa.eu/snb/model/elm/EuropeanDigitalCredential"
_IN_SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken constraint.

    ``path`` is where the node stands in the document (``""`` is the credential itself), ``node_class`` and ``property`` name what is
    constrained in the terms of the ELM context, ``constraint`` is one of ``min max datatype class node-kind
    one-per-language scheme range claim issuer json-ld context``.
    """

    path: str
    node_class: str
    property: str
    constraint: str
    message: str
    remedy: str = ""


def validate(document: Mapping[str, Any], *, profile: str = "generic") -> list[Violation]:
    """Every constraint of the profile that the credential breaks; an empty list means it conforms.

    ``document`` is the credential itself, not an envelope or upload wrapper. ``profile`` is one of `PROFILES`.

    Raises:
        InputError: an unknown profile.
        LimitError: nested deeper than 100 levels.
    """
    if profile not in PROFILES:
        raise InputError(
            say("There is no profile “%(name)s”.", name=profile),
            got=profile,
            expected=PROFILES,
            hint=say("Use one of: %(names)s.", names=", ".join(PROFILES)),
        )
    graph = build(document)
    found = [_trouble(trouble) for trouble in graph.troubles]
    found += _context(document.get("@context"))
    found += _Checker(_compiled(profile)).check(graph)
    if not any(_CREDENTIAL in node.types for node in graph.nodes):
        found.append(
            Violation(
                path="",
                node_class="EuropeanDigitalCredential",
                property="type",
                constraint="class",
                message=say("This is not a European Digital Credential."),
                remedy=say("Its “type” must contain VerifiableCredential and EuropeanDigitalCredential."),
            )
        )
    return found


_compiled = profile


def _context(given: Any) -> Iterator[Violation]:
    if given != list(CONTEXT):
        yield Violation(
            path="@context",
            node_class="",
            property="@context",
            constraint="context",
            message=say("The @context is not the one of European Digital Credentials."),
            remedy=say("Write exactly: %(urls)s.", urls=", ".join(CONTEXT)),
        )


class _Checker:
    def __init__(self, table: Profile) -> None:
        self.table = table
        self.found: list[Violation] = []

    def check(self, graph: Graph) -> list[Violation]:
        rows_of, required = self.table.rows, self.table.required
        for node in graph.nodes:
            for iri in node.types:
                rows = rows_of.get(iri)
                if rows is None:
                    continue
                props = node.props
                for row in required[iri]:
                    if row.property not in props:
                        self.found.append(_too_few(node, iri, row, 0))
                for name, values in props.items():
                    for row in rows.get(name, ()):
                        if not (row.simple and _holds(row, values)):
                            self.found.extend(self.broken(node, iri, row, values))
        return self.found

    def conforms(self, node: Node, shape: str) -> bool:
        """Whether a node meets a shape that is not tied to a class (``#TypedClaim``, ``#Issuer``)."""
        if shape in self.table.alternatives:
            classes, shapes = self.table.alternatives[shape]
            return not classes.isdisjoint(node.types) or any(self.conforms(node, other) for other in shapes)
        rows = self.table.rows[shape]
        return all(row.property in node.props for row in self.table.required[shape]) and not any(
            True
            for name, values in node.props.items()
            for row in rows.get(name, ())
            for _ in self.broken(node, shape, row, values)
        )

    def broken(self, node: Node, iri: str, row: Row, values: dict[Value, Place]) -> Iterator[Violation]:
        """The violations of one row. Written flat because every value of every credential passes here."""
        count = len(values)
        if count < row.minimum:
            yield _too_few(node, iri, row, count)
        if row.maximum is not None and count > row.maximum:
            yield _too_many(node, iri, row, count)
        datatype, classes = row.datatype, row.classes
        for value, place in values.items():
            if isinstance(value, tuple):
                if classes:
                    yield _wrong_class(place, iri, row)
                elif datatype and (value[1] != datatype or not _well_formed(value)):
                    yield _wrong_datatype(place, iri, row, value)
                if row.node_kind == "iri":
                    yield _wrong_kind(place, iri, row)
                if row.at_most is not None and not _at_most(value, row.at_most):
                    yield _too_large(place, iri, row)
                if row.shape or row.scheme:
                    yield _unfit(place, iri, row)
                continue
            if classes and classes.isdisjoint(value.types):
                yield _wrong_class(place, iri, row)
            if datatype:
                yield _wrong_datatype(place, iri, row, None)
            if row.node_kind and (row.node_kind == "literal" or not value.is_iri):
                yield _wrong_kind(place, iri, row)
            if row.at_most is not None:
                yield _too_large(place, iri, row)
            if (row.scheme and not _in_scheme(value, row.scheme)) or (
                row.shape and not self.conforms(value, row.shape)
            ):
                yield _unfit(place, iri, row)
        if row.one_per_language and count > 1:
            yield from _repeated_language(node, iri, row, values)


def _holds(row: Row, values: dict[Value, Place]) -> bool:
    """Whether a simple row is met, for the many that are."""
    count = len(values)
    if count < row.minimum or (row.maximum is not None and count > row.maximum):
        return False
    datatype, classes = row.datatype, row.classes
    for value in values:
        if isinstance(value, tuple):
            if classes or (datatype and (value[1] != datatype or not _well_formed(value))):
                return False
        elif datatype or (classes and classes.isdisjoint(value.types)):
            return False
    return count == 1 or not row.one_per_language


def _in_scheme(concept: Node, scheme: str) -> bool:
    schemes = concept.props.get(_IN_SCHEME)
    if not schemes:
        return False
    ids = [value.id for value in schemes if isinstance(value, Node) and value.is_iri]
    return scheme in ids and len(ids) == len(schemes)


# --- lexical forms (XML Schema 1.1 part 2) -----------------------------------------------------------------------------

_DATE_TIME = re.compile(
    r"(-?(?:[1-9][0-9]{3,}|0[0-9]{3}))-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T(?:([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
    r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
).fullmatch
_DURATION = re.compile(
    r"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
).fullmatch
_INTEGER = re.compile(r"[+-]?[0-9]+").fullmatch
_POSITIVE = re.compile(r"\+?0*[1-9][0-9]*").fullmatch
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)").fullmatch


def _date_time(text: str) -> bool:
    match = _DATE_TIME(text)
    if match is None:
        return False
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    return day <= calendar.monthrange(2000 + year % 400, month)[1]


_LEXICAL: Mapping[str, Callable[[str], object]] = {
    XSD + "dateTime": _date_time,
    XSD + "duration": _DURATION,
    XSD + "integer": _INTEGER,
    XSD + "positiveInteger": _POSITIVE,
    XSD + "decimal": _DECIMAL,
    XSD + "boolean": frozenset(("true", "false", "1", "0")).__contains__,
}
"""The datatypes with lexical forms of their own; any text is a string, a language-tagged string or a URI."""


def _well_formed(literal: tuple[str, str, str]) -> bool:
    check = _LEXICAL.get(literal[1])
    return check is None or bool(check(literal[0]))


def _at_most(literal: tuple[str, str, str], limit: int) -> bool:
    return bool(_INTEGER(literal[0])) and len(literal[0]) < 20 and int(literal[0]) <= limit


# --- violations in words -----------------------------------------------------------------------------------------------


def _name(iri: str) -> str:
    return terms().names.get(iri, iri)


def _names(iris: Iterable[str]) -> str:
    return " / ".join(sorted(map(_name, iris)))


def _violation(
    place: Place, iri: str, row: Row, constraint: str, message: str, remedy: str, *more: str
) -> Violation:
    return Violation(
        path=path_of(place, *more),
        node_class=_name(iri),
        property=row.name,
        constraint=constraint,
        message=message,
        remedy=remedy,
    )


def _too_few(node: Node, iri: str, row: Row, count: int) -> Violation:
    message = say("%(owner)s has no “%(property)s”.", owner=_name(iri), property=row.name)
    return _violation(node.place, iri, row, "min", message, say("Add it: %(what)s.", what=_wanted(row)))


def _too_many(node: Node, iri: str, row: Row, count: int) -> Violation:
    message = say(
        "%(owner)s has %(count)s different values of “%(property)s”; %(max)s is allowed.",
        owner=_name(iri), count=count, property=row.name, max=row.maximum,
    )  # fmt: skip
    if node.seen > 1:
        remedy = say("The id “%(id)s” is used for different things; give each its own.", id=node.id)
    else:
        remedy = say("Keep one.")
    return _violation(node.place, iri, row, "max", message, remedy)


def _wrong_class(place: Place, iri: str, row: Row) -> Violation:
    wanted = _names(row.classes)
    message = say("“%(property)s” must be a %(wanted)s.", property=row.name, wanted=wanted)
    return _violation(
        place,
        iri,
        row,
        "class",
        message,
        say("Write it as an object with “type”: %(wanted)s.", wanted=wanted),
    )


def _wrong_datatype(place: Place, iri: str, row: Row, value: tuple[str, str, str] | None) -> Violation:
    message = say("“%(property)s” is not %(wanted)s.", property=row.name, wanted=_wanted(row))
    return _violation(
        place, iri, row, "datatype", message, say("Write it as %(wanted)s.", wanted=_wanted(row))
    )


def _wrong_kind(place: Place, iri: str, row: Row) -> Violation:
    if row.node_kind == "iri":
        message = say("“%(property)s” has no id of its own.", property=row.name)
        return _violation(place, iri, row, "node-kind", message, say("Give it an absolute URI as “id”."))
    message = say("“%(property)s” must be a plain value.", property=row.name)
    return _violation(place, iri, row, "node-kind", message, say("Write a text or a number, not an object."))


def _too_large(place: Place, iri: str, row: Row) -> Violation:
    message = say("“%(property)s” may be at most %(limit)s.", property=row.name, limit=row.at_most)
    return _violation(place, iri, row, "range", message, say("Correct the number."))


def _unfit(place: Place, iri: str, row: Row) -> Violation:
    """A value outside its code list, or one that is not the kind of claim or issuer demanded."""
    if row.scheme:
        message = say(
            "“%(property)s” is not from the list %(list)s.", property=row.name, list=row.scheme_name
        )
        remedy = say("Its concept needs “inScheme”: %(scheme)s.", scheme=row.scheme)
        return _violation(place, iri, row, "scheme", message, remedy)
    if row.shape == "#Issuer":
        message = say("The issuer has no eIDAS identifier.")
        remedy = say("Sealing adds it from the certificate (organizationIdentifier).")
        return _violation(place, iri, row, "issuer", message, remedy)
    message = say(
        "“%(property)s” is neither an achievement, activity, assessment nor entitlement.", property=row.name
    )
    return _violation(place, iri, row, "claim", message, say("Give it the “type” of the claim."))


def _repeated_language(node: Node, iri: str, row: Row, values: Iterable[Value]) -> Iterator[Violation]:
    seen: set[str] = set()
    reported: set[str] = set()
    for value in values:
        language = value[2] if isinstance(value, tuple) else ""
        if language and language in seen and language not in reported:
            reported.add(language)
            message = say(
                "“%(property)s” has several texts in “%(language)s”.", property=row.name, language=language
            )
            remedy = (
                say("The id “%(id)s” is used for different things; give each its own.", id=node.id)
                if node.seen > 1
                else say("Keep one text in each language.")
            )
            yield _violation(node.place, iri, row, "one-per-language", message, remedy, row.name)
        seen.add(language)


def _wanted(row: Row) -> str:
    """What a property must be, in a few words."""
    if row.datatype == LANG_STRING:
        return say("a text with its language")
    if row.datatype:
        return row.datatype.rpartition("#")[2]
    return _names(row.classes) or say("a value")


_TROUBLES: Mapping[str, tuple[str, str]] = {
    "id": ("An “id” is not a text.", "Write a URI."),
    "iri": ("An id has characters that a URI cannot have.", "Percent-encode them."),
    "type": ("A “type” is not a text.", "Write the name of a class."),
    "language": ("“%(got)s” is not a language tag.", "Write BCP 47 tags such as “en” or “sr-Latn”."),
    "text": ("A text in a language is not a text.", "Write one string for each language."),
    "value": ("A value object is malformed.", "Write a plain value."),
    "keyword": (
        "The keyword %(got)s is not used in European Digital Credentials.",
        "Write the object in full.",
    ),
    "context": ("An object has a context of its own.", "Leave @context at the top only."),
}


def _trouble(trouble: Trouble) -> Violation:
    message, remedy = _TROUBLES[trouble.code]
    return Violation(
        path=path_of(trouble.place),
        node_class="",
        property="",
        constraint="context" if trouble.code == "context" else "json-ld",
        message=say(message, got=trouble.got),
        remedy=say(remedy),
    )
