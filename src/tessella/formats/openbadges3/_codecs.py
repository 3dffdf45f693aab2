"""How values of the record stand in the extension's terms, both ways, and what the context says of such terms."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tessella.formats.openbadges3._json import Reading, iri, is_iri, timestamp
from tessella.vocabulary import Concept, by_uri

__all__ = [
    "BOOLEAN",
    "CONCEPT",
    "DATE",
    "DECIMAL",
    "INSTANT",
    "INTEGER",
    "IRI",
    "STRING",
    "TEXT",
    "URL",
    "Codec",
    "Field",
    "enumeration",
]

_XSD = "http://www.w3.org/2001/XMLSchema#"


class Codec(NamedTuple):
    """How values of one kind are written and read, and what the context says of a term of this kind.

    ``write`` takes the value, the record's language and the place; ``read`` the JSON, the reading and the place, and
    gives None for what it cannot use (with a note).
    """

    write: Callable[[Any, str, str], Any]
    read: Callable[[Any, Reading, str], Any]
    definition: Mapping[str, str]


class Field(NamedTuple):
    """One field of a struct, its term and codec; ``many`` when the field is a list."""

    name: str
    term: str
    codec: Codec
    many: bool = False


def _typed(kind: type, value: Any, reading: Reading, place: str) -> Any:
    if type(value) is kind:
        return value
    reading.unusable(place)
    return None


def enumeration(kind: type[enum.StrEnum]) -> Codec:
    def read(value: Any, reading: Reading, place: str) -> Any:
        if isinstance(value, str) and value in set(kind):
            return kind(value)
        reading.unusable(place)
        return None

    return Codec(lambda value, language, place: str(value), read, {})


def _write_concept(concept: Concept, language: str, place: str) -> dict[str, Any]:
    """A concept of a known list with the labels a reader of this record needs; any other with all it has."""
    known = by_uri(concept.uri) == concept
    labels = {tag: concept.labels[tag] for tag in (language, "en") if tag in concept.labels}
    node: dict[str, Any] = {"id": iri(concept.uri, place)}
    if concept.scheme:
        node["inScheme"] = iri(concept.scheme, place)
    if concept.code:
        node["notation"] = concept.code
    if labels := labels if known else concept.labels:
        node["prefLabel"] = dict(labels)
    if concept.broader and not known:
        node["broader"] = iri(concept.broader, place)
    return node


def _read_concept(value: Any, reading: Reading, place: str) -> Concept | None:
    """The list's own concept when its list is known: its meaning is the list's, whatever label comes along."""
    node = reading.node(value, place)
    uri = node.get("id")
    if not is_iri(uri):
        reading.unusable(place)
        return None
    return by_uri(str(uri)) or Concept(
        uri=str(uri),
        scheme=reading.string(node.get("inScheme"), place),
        code=reading.string(node.get("notation"), place),
        labels=reading.text(node.get("prefLabel", {}), place),
        broader=reading.string(node.get("broader"), place),
    )


TEXT = Codec(
    lambda value, language, place: dict(value),
    lambda value, reading, place: reading.text(value, place) or None,
    {"@container": "@language"},
)
STRING = Codec(
    lambda value, language, place: value,
    lambda value, reading, place: _typed(str, value, reading, place),
    {},
)
URL = STRING._replace(definition={"@type": f"{_XSD}anyURI"})
IRI = Codec(
    lambda value, language, place: iri(value, place),
    lambda value, reading, place: _typed(str, value, reading, place),
    {"@id": "@id"},
)
BOOLEAN = Codec(
    lambda value, language, place: value,
    lambda value, reading, place: _typed(bool, value, reading, place),
    {},
)
INTEGER = Codec(
    lambda value, language, place: value,
    lambda value, reading, place: _typed(int, value, reading, place),
    {"@type": f"{_XSD}integer"},
)
DECIMAL = Codec(
    lambda value, language, place: format(value, "f"),
    lambda value, reading, place: reading.decimal(value, place),
    {"@type": f"{_XSD}decimal"},
)
DATE = Codec(
    lambda value, language, place: value.isoformat(),
    lambda value, reading, place: reading.date(value, place),
    {"@type": f"{_XSD}date"},
)
INSTANT = Codec(
    lambda value, language, place: timestamp(value, place),
    lambda value, reading, place: reading.instant(value, place),
    {"@type": f"{_XSD}dateTime"},
)
CONCEPT = Codec(_write_concept, _read_concept, {"@type": "@id"})
