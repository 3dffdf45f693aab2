"""Expanded JSON-LD → quads (JSON-LD 1.1 API §8), in safe mode.

Node map generation (API §7) is not needed: merging the objects that share an identifier is what a set of quads
does by itself.
"""

from __future__ import annotations

import math
import re
from typing import Any

from tessella.canonical.jcs import jcs
from tessella.canonical.nquads import RDF, XSD, Quad, is_iri, is_language, literal
from tessella.errors import CanonicalError
from tessella.text import say

__all__ = ["ToRdf", "direction_error", "dropped_error", "invalid_iri_error", "json_literal", "number_literal"]

_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z").match
_FIRST, _REST, _NIL, _TYPE = (f"<{RDF}{name}>" for name in ("first", "rest", "nil", "type"))


class ToRdf:
    """Collects the quads of expanded node objects; blank nodes become ``_:b0``, ``_:b1``, …"""

    def __init__(self) -> None:
        self.quads: list[Quad] = []
        self._labels: dict[str, str] = {}
        self._issued = 0

    def blank(self, label: str = "") -> str:
        """A blank node; the same one for the same (non-empty) label."""
        if label in self._labels:
            return self._labels[label]
        issued = f"_:b{self._issued}"
        self._issued += 1
        if label:
            self._labels[label] = issued
        return issued

    def identifier(self, iri: str | None) -> str:
        """An ``@id`` as a term; a new blank node where there is none."""
        if iri is None or iri.startswith("_:"):
            return self.blank(iri or "")
        return _iri(iri)

    def node(self, node: dict[str, Any], graph: str = "") -> str:
        """Add a node object and what it contains (Deserialize JSON-LD to RDF); return its term."""
        subject = self.identifier(node.get("@id"))
        for key, items in node.items():
            match key:
                case "@id":
                    pass
                case "@type":
                    self.quads += [(subject, _TYPE, self.identifier(name), graph) for name in items]
                case "@graph":
                    for item in items:
                        self.node(item, subject)
                case "@included":
                    for item in items:
                        self.node(item, graph)
                case "@reverse":
                    for name, values in items.items():
                        self.quads += [
                            (self.node(item, graph), _iri(name), subject, graph) for item in values
                        ]
                case "@index":
                    raise dropped_error()
                case _:
                    self.quads += [(subject, _iri(key), self.object(item, graph), graph) for item in items]
        return subject

    def object(self, item: dict[str, Any], graph: str) -> str:
        """A value object, list object or node object as a term (Object to RDF Conversion, List to RDF Conversion)."""
        if "@value" in item:
            return value_literal(item)
        if "@list" not in item:
            return self.node(item, graph)
        if len(item) > 1:
            raise dropped_error()
        terms = [self.object(entry, graph) for entry in item["@list"]]
        cells = [*(self.blank() for _ in terms), _NIL]
        for index, term in enumerate(terms):
            self.quads.append((cells[index], _FIRST, term, graph))
            self.quads.append((cells[index], _REST, cells[index + 1], graph))
        return cells[0]


def value_literal(item: dict[str, Any]) -> str:
    """An expanded value object as a literal (Object to RDF Conversion)."""
    value, datatype, language = item["@value"], item.get("@type", ""), item.get("@language")
    if isinstance(datatype, list):
        (datatype,) = datatype
    if "@direction" in item:
        raise direction_error()
    if "@index" in item:
        raise dropped_error()
    if datatype == "@json":
        return json_literal(value)
    if datatype and not is_iri(datatype):
        raise invalid_iri_error(datatype)
    if isinstance(value, bool):
        return literal("true" if value else "false", datatype=datatype or XSD + "boolean")
    if isinstance(value, int | float):
        return number_literal(value, datatype)
    if datatype == XSD + "double":
        return number_literal(_decimal(value), datatype)
    if language is not None and not is_language(language):
        raise CanonicalError(
            say('"%(tag)s" is not a language tag.', tag=language), code="canonical.language", got=language
        )
    return literal(value, datatype=datatype, language=language or "")


def number_literal(number: int | float, datatype: str) -> str:
    """A number as a literal (Object to RDF Conversion); without ``datatype`` it is an integer or a double."""
    if datatype == XSD + "double" or abs(number) >= 1e21 or int(number) != number:
        return literal(_double(number), datatype=datatype or XSD + "double")
    return literal(str(int(number)), datatype=datatype or XSD + "integer")


def json_literal(value: Any) -> str:
    """A JSON literal (Object to RDF Conversion), canonicalised by JCS.

    Raises:
        CanonicalError: as `jcs`.
    """
    return literal(jcs(value).decode(), datatype=RDF + "JSON")


def _double(number: float) -> str:
    """The canonical form of an xsd:double (API, Data Round Tripping: ``%1.15E`` without trailing zeros); zero has no sign."""
    mantissa, exponent = f"{number or 0.0:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}0E{int(exponent)}" if mantissa[-1] == "." else f"{mantissa}E{int(exponent)}"


def _decimal(text: str) -> float:
    """A text typed xsd:double as a number: the implementations rewrite it, where the algorithm leaves texts alone."""
    number = float(text) if _DECIMAL(text) else math.inf
    if not math.isfinite(number):
        raise CanonicalError(
            say('"%(value)s" as xsd:double is written differently by different readers.', value=text),
            code="canonical.number",
            got=text,
            hint=say("Write a plain decimal number."),
        )
    return number


def _iri(iri: str) -> str:
    if not is_iri(iri):
        raise invalid_iri_error(iri)
    return f"<{iri}>"


def invalid_iri_error(iri: str, place: str = "") -> CanonicalError:
    """The error for what cannot stand between angle brackets."""
    return CanonicalError(
        say('"%(iri)s" is not a valid IRI.', iri=iri), code="canonical.invalid-iri", got=iri, place=place
    )


def direction_error() -> CanonicalError:
    """The error for a base direction."""
    return CanonicalError(
        say("A base direction (@direction) has no form in RDF and would not be signed."),
        code="canonical.direction",
        hint=say("Remove it."),
    )


def dropped_error(place: str = "") -> CanonicalError:
    """The error for data that JSON-LD drops."""
    return CanonicalError(
        say("Some data has no meaning in JSON-LD and would not be signed."),
        code="canonical.dropped",
        hint=say("Remove it, or give it a property and a value."),
        place=place,
    )
