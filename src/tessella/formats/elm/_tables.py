"""The constraint table (``constraints.json``), compiled once per profile.

The table names classes and properties by the terms of the ELM context. A cell such as
``1..1 Concept iri in:country`` says: how often, the class (``|`` between alternatives) or datatype (``text`` is a language-tagged
string), the kind of node, the code list the concept must be in, and conditions like ``one-per-language``.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any, NamedTuple

__all__ = ["CONTEXT", "PROFILES", "Profile", "Row", "Term", "Terms", "profile", "terms", "valid_for"]

TEXT, NODE, PLAIN, GRAPH, TYPED = range(5)
"""How a term's value is read: language map, node or IRI, as it is, in a graph of its own, with a datatype."""

_KINDS = {"text": TEXT, "node": NODE, "plain": PLAIN, "graph": GRAPH}


class Term(NamedTuple):
    """A key of the JSON document: the property it stands for and how its value is read."""

    name: str
    property: str
    kind: int
    datatype: str


class Terms(NamedTuple):
    """The context as tables. ``scoped`` holds, per type name, the terms defined inside nodes of that type only."""

    properties: dict[str, Term]
    types: dict[str, str]
    prefixes: dict[str, str]
    scoped: dict[str, dict[str, Term]]
    names: dict[str, str]


class Row:
    """What one property of one class must satisfy. ``simple`` rows limit nothing but number, class and datatype."""

    __slots__ = (
        "at_most", "classes", "datatype", "maximum", "minimum", "name", "node_kind", "one_per_language", "property",
        "scheme", "scheme_name", "shape", "simple",
    )  # fmt: skip

    def __init__(self, name: str, cell: str, table: _Table) -> None:
        bounds, *marks = cell.split(" ")
        low, _, high = bounds.partition("..")
        self.name = name
        self.property = table.property(name)
        self.minimum = int(low)
        self.maximum = None if high == "*" else int(high)
        self.datatype = ""
        self.classes: frozenset[str] = frozenset()
        self.node_kind = ""
        self.scheme = self.scheme_name = ""
        self.shape = ""
        self.one_per_language = False
        self.at_most: int | None = None
        for mark in marks:
            self._read(mark, table)
        self.simple = not (self.node_kind or self.scheme or self.shape or self.at_most)

    def _read(self, mark: str, table: _Table) -> None:
        if mark == "text" or mark.startswith(("xsd:", "rdf:")):
            self.datatype = table.iri("rdf:langString" if mark == "text" else mark)
        elif mark in ("iri", "literal"):
            self.node_kind = mark
        elif mark.startswith("in:"):
            self.scheme_name = mark.removeprefix("in:")
            self.scheme = table.lists[self.scheme_name]
        elif mark.startswith("#"):
            self.shape = mark
        elif mark == "one-per-language":
            self.one_per_language = True
        elif mark.startswith("at-most:"):
            self.at_most = int(mark.removeprefix("at-most:"))
        else:
            self.classes = frozenset(table.type(name) for name in mark.split("|"))


class Profile(NamedTuple):
    """The rows of one profile with those of the profiles it extends: by class IRI or ``#shape``, then property IRI.

    ``required`` holds the rows of each class that demand at least one value.
    """

    rows: dict[str, dict[str, tuple[Row, ...]]]
    required: dict[str, tuple[Row, ...]]
    alternatives: dict[str, tuple[frozenset[str], tuple[str, ...]]]


class _Table:
    """The JSON file with its names resolved."""

    def __init__(self) -> None:
        raw = resources.files(__package__).joinpath("constraints.json").read_bytes()
        self.data: dict[str, Any] = json.loads(raw)
        self.lists: dict[str, str] = self.data["lists"]
        self.types = {name: self.iri(iri) for name, iri in self.data["types"].items()}
        self.terms = self._terms(self.data["terms"])
        self.scoped = {name: self._terms(rows) for name, rows in self.data["scoped"].items()}
        self.every_term = {
            name: term for rows in (*self.scoped.values(), self.terms) for name, term in rows.items()
        }

    def iri(self, compact: str) -> str:
        prefix, _, local = compact.partition(":")
        base = self.data["prefixes"].get(prefix)
        return compact if base is None or local.startswith("//") else base + local

    def _terms(self, rows: dict[str, str]) -> dict[str, Term]:
        made = {}
        for name, cell in rows.items():
            iri, kind = cell.split(" ")
            datatype = "" if kind in _KINDS else self.iri(kind)
            made[name] = Term(name, self.iri(iri), _KINDS.get(kind, TYPED), datatype)
        return made

    def property(self, name: str) -> str:
        term = self.every_term.get(name)
        return term.property if term else self.iri(name)

    def type(self, name: str) -> str:
        return name if name.startswith("#") else self.types.get(name) or self.iri(name)


@functools.cache
def _table() -> _Table:
    return _Table()


@functools.cache
def terms() -> Terms:
    """The context of European Digital Credentials as look-up tables."""
    table = _table()
    as_properties = {name: Term(name, iri, PLAIN, "") for name, iri in table.types.items()}
    names = {term.property: term.name for term in table.every_term.values()}
    return Terms(
        properties={**as_properties, **table.terms},
        types=table.types,
        prefixes=dict(table.data["prefixes"]),
        scoped={name: {**as_properties, **table.terms, **rows} for name, rows in table.scoped.items()},
        names={**{iri: name for name, iri in table.types.items()}, **names},
    )


@functools.cache
def profile(name: str) -> Profile:
    """The compiled rows of a profile; the name must be one of `PROFILES`."""
    table = _table()
    chain = []
    step: str | None = name
    while step:
        chain.append(table.data["profiles"][step])
        step = chain[-1]["extends"]
    rows: dict[str, dict[str, list[Row]]] = {}
    for layer in reversed(chain):
        for class_name, cells in layer["classes"].items():
            target = rows.setdefault(table.type(class_name), {})
            for property_name, cell in cells.items():
                row = Row(property_name, cell, table)
                target.setdefault(row.property, []).append(row)
    alternatives = {
        shape: (
            frozenset(table.type(name) for name in names if not name.startswith("#")),
            tuple(name for name in names if name.startswith("#")),
        )
        for shape, names in table.data["alternatives"].items()
    }
    return Profile(
        rows={iri: {key: tuple(found) for key, found in cells.items()} for iri, cells in rows.items()},
        required={
            iri: tuple(row for found in cells.values() for row in found if row.minimum)
            for iri, cells in rows.items()
        },
        alternatives=alternatives,
    )


def valid_for(class_iri: str) -> dict[str, tuple[Row, ...]]:
    """The properties the generic profile has for a class; empty when it does not know the class."""
    return profile("generic").rows.get(class_iri, {})


CONTEXT: tuple[str, ...] = tuple(_table().data["context"])
"""The ``@context`` of every European Digital Credential, in this order."""

PROFILES: tuple[str, ...] = tuple(_table().data["profiles"])
"""The profiles that `validate` knows."""
