"""The JSON tree of a credential as the graph it stands for (JSON-LD 1.1 with the ELM context, compiled).

What RDF does happens here too: nodes with the same id are one node, equal values are one value, keys the context does
not define vanish with everything below them, relative ids vanish, a node without an id is a node of its own. Every node
remembers where in the tree it was first met. What this reader does not support (nested contexts, keywords other than
``@id @type @value @language``) is reported, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from tessella.errors import LimitError
from tessella.formats.elm._tables import GRAPH, NODE, PLAIN, TEXT, Term, terms
from tessella.text import say

__all__ = ["MAX_DEPTH", "Graph", "Node", "Place", "Trouble", "Value", "build", "path_of"]

MAX_DEPTH = 100
"""Nesting of objects and arrays. Real transcripts stay under 30; deeper input is an attack on the reader."""

XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_STRING = XSD + "string"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+,\-.]*|_):[^\s]*\Z").match
_NOT_IN_IRI = re.compile(r'[<>"{}|\\^`\x00-\x20]').search
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\Z").match

Place: TypeAlias = "tuple[Place, str | int] | None"
"""Where in the tree, as a chain from the leaf to the root; None is the root."""

Literal: TypeAlias = tuple[str, str, str]
"""Text, datatype IRI, language."""


class Node:
    """One node of the graph: its id (empty for a blank node), classes, and values by property."""

    __slots__ = ("id", "place", "props", "seen", "types")

    def __init__(self, id: str, place: Place) -> None:
        self.id = id
        self.place = place
        self.types: set[str] = set()
        self.props: dict[str, dict[Value, Place]] = {}
        self.seen = 0

    @property
    def is_iri(self) -> bool:
        return self.id != "" and self.id[:2] != "_:"


Value: TypeAlias = "Node | Literal"


class Trouble(NamedTuple):
    """Something JSON-LD refuses, or this reader does not support: where, and a code of `_TROUBLES`."""

    place: Place
    code: str
    got: str


class Graph(NamedTuple):
    nodes: list[Node]
    troubles: list[Trouble]


def path_of(place: Place, *more: str) -> str:
    """A place as a path: ``credentialSubject.hasClaim[1].title``."""
    steps: list[str] = list(reversed(more))
    while place is not None:
        place, step = place
        steps.append(f"[{step}]" if isinstance(step, int) else step)
    return ".".join(reversed(steps)).replace(".[", "[")


def build(document: Mapping[str, Any]) -> Graph:
    """The graph of a credential. The top-level ``@context`` is the caller's business.

    Raises:
        LimitError: nested deeper than `MAX_DEPTH`.
    """
    builder = _Builder()
    builder.node(document, None, 0)
    return Graph(builder.nodes, builder.troubles)


class _Builder:
    def __init__(self) -> None:
        self.table = terms()
        self.nodes: list[Node] = []
        self.by_id: dict[str, Node] = {}
        self.troubles: list[Trouble] = []
        self.plain: dict[str, tuple[Mapping[str, Any], Node]] = {}
        """Objects by id that need no second look: whoever is equal adds nothing."""
        self.particular = 0
        """Counts what makes a second look necessary: blank nodes (each is another one), values that Python takes for equal
        and RDF does not (1, true), unread parts (whose depth nobody has limited)."""

    def trouble(self, place: Place, code: str, got: object = "") -> None:
        self.troubles.append(Trouble(place, code, str(got)))

    def expand(self, compact: str) -> str:
        prefix, colon, local = compact.partition(":")
        if colon and local[:2] != "//":
            base = self.table.prefixes.get(prefix)
            if base is not None:
                return base + local
        return compact

    def reference(self, iri: str, place: Place) -> Node | None:
        """The node with this id, made when it is new; None for a relative id."""
        found = self.by_id.get(iri)
        if found is not None:
            return found
        absolute = self.expand(iri)
        if not _ABSOLUTE(absolute):
            return None
        if _NOT_IN_IRI(absolute):
            self.trouble(place, "iri", iri)
        found = self.by_id.get(absolute)
        if found is None:
            found = Node(absolute, place)
            self.nodes.append(found)
            self.by_id[absolute] = found
        self.by_id[iri] = found
        return found

    def fresh(self, place: Place) -> Node:
        node = Node("", place)
        self.nodes.append(node)
        self.particular += 1
        return node

    def node(self, source: Mapping[str, Any], place: Place, depth: int) -> Node | None:
        """A node object; None when its id is relative (what is below it stays)."""
        if depth > MAX_DEPTH:
            raise _too_deep(place)
        given = source.get("id", source.get("@id", self))
        if isinstance(given, str):
            known = self.plain.get(given)
            if known is not None and known[0] == source:
                return known[1]
            node = self.reference(given, place)
        elif given is self:
            node = self.fresh(place)
        else:
            self.trouble(place, "id", given)
            node = None
        before = self.particular
        self.fill(node or Node("", place), source, place, depth)
        if node is not None and isinstance(given, str) and self.particular == before:
            self.plain.setdefault(given, (source, node))
        return node

    def fill(self, node: Node, source: Mapping[str, Any], place: Place, depth: int) -> None:
        """Add an object's classes and values to its node."""
        properties = self.table.properties
        if node.seen == 0:
            node.place = place
        if len(source) > 1:
            node.seen += 1
        if "type" in source or "@type" in source:
            properties = self.types(source.get("type", source.get("@type")), node, place)
        for key, value in source.items():
            if key == "id" or key == "type":
                continue
            term = properties.get(key) or self.other_key(key, place)
            if term is None:
                self.particular += isinstance(value, dict | list)
            elif value is not None:
                self.values(term, value, node, (place, key), depth + 1)

    def types(self, given: Any, node: Node, place: Place) -> dict[str, Term]:
        """Record the node's classes; the terms that hold inside a node of these types."""
        table = self.table
        properties = table.properties
        for name in given if isinstance(given, list) else (given,):
            if not isinstance(name, str):
                self.trouble(place, "type", name)
                continue
            iri = table.types.get(name)
            if iri is None:
                iri = self.expand(name)
                if not _ABSOLUTE(iri):
                    continue
            node.types.add(iri)
            if name in table.scoped:
                properties = table.scoped[name]
        return properties

    def other_key(self, key: str, place: Place) -> Term | None:
        """A key that is no term: an IRI or compact IRI counts, a keyword may be unsupported, anything else vanishes."""
        if key in ("@id", "@type") or (key == "@context" and place is None):
            return None
        if key.startswith("@"):
            self.trouble((place, key), "context" if key == "@context" else "keyword", key)
            return None
        if ":" in key:
            iri = self.expand(key)
            if _ABSOLUTE(iri) and not iri.startswith("_:"):
                return Term(key, iri, PLAIN, "")
        return None

    def values(self, term: Term, value: Any, node: Node, place: Place, depth: int) -> None:
        """All values of one key, added to the node."""
        kind = term.kind
        found = node.props.get(term.property)
        if found is None:
            found = node.props[term.property] = {}
        if kind == TEXT and isinstance(value, dict):
            self.language_map(value, found, place)
            return
        if isinstance(value, list):
            self.items(term, value, found, place, depth)
        else:
            self.item(term, value, found, place, depth)

    def items(
        self, term: Term, values: list[Any], found: dict[Value, Place], place: Place, depth: int
    ) -> None:
        if depth > MAX_DEPTH:
            raise _too_deep(place)
        for number, item in enumerate(values):
            self.item(term, item, found, (place, number), depth)

    def item(self, term: Term, value: Any, found: dict[Value, Place], place: Place, depth: int) -> None:
        made: Value | None
        if isinstance(value, str):
            if term.kind == NODE:
                made = self.reference(value, place)
            elif term.kind == GRAPH:
                made = self.fresh(place)
            else:
                made = (value, term.datatype or XSD_STRING, "")
        elif value is None:
            return
        elif isinstance(value, list):
            self.items(term, value, found, place, depth + 1)
            return
        elif term.kind == GRAPH:
            made = self.fresh(place)
        elif isinstance(value, dict):
            made = self.value_object(value, place) if "@value" in value else self.node(value, place, depth)
        else:
            self.particular += 1
            made = _scalar(value, term.datatype)
        if made is not None:
            found.setdefault(made, place)

    def language_map(self, source: Mapping[str, Any], found: dict[Value, Place], place: Place) -> None:
        for language, texts in source.items():
            if language != "@none" and not _LANGUAGE(language):
                self.trouble((place, language), "language", language)
                continue
            for text in texts if isinstance(texts, list) else (texts,):
                if isinstance(text, str):
                    literal = (
                        (text, XSD_STRING, "")
                        if language == "@none"
                        else (text, LANG_STRING, language.lower())
                    )
                    found.setdefault(literal, place)
                elif text is not None:
                    self.trouble((place, language), "text", text)

    def value_object(self, source: Mapping[str, Any], place: Place) -> Literal | None:
        self.particular += 1
        value, language = source["@value"], source.get("@language")
        datatype = source.get("@type", source.get("type"))
        if (
            set(source) - {"@value", "@type", "type", "@language"}
            or isinstance(value, dict | list)
            or (
                language is not None
                and (datatype is not None or not isinstance(language, str) or not isinstance(value, str))
            )
            or not isinstance(datatype, str | None)
            or (language is not None and not _LANGUAGE(language))
        ):
            self.trouble(place, "value", source)
            return None
        if value is None:
            return None
        if language is not None:
            return (value, LANG_STRING, language.lower())
        iri = self.expand(datatype) if datatype else ""
        return (value, iri or XSD_STRING, "") if isinstance(value, str) else _scalar(value, iri)


def _too_deep(place: Place) -> LimitError:
    return LimitError(say("The credential is nested too deeply."), place=path_of(place), expected=MAX_DEPTH)


def _scalar(value: object, datatype: str) -> Literal:
    """A number or truth value as RDF writes it."""
    if isinstance(value, bool):
        return ("true" if value else "false", datatype or XSD + "boolean", "")
    if isinstance(value, float):
        mantissa, _, exponent = f"{value:.15E}".partition("E")
        mantissa = mantissa.rstrip("0")
        return (
            f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}",
            datatype or XSD + "double",
            "",
        )
    return (str(value), datatype or XSD + "integer", "")
