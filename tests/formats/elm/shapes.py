"""The official shapes and context, flattened to the cells of our constraint table, for comparison."""

from __future__ import annotations

from typing import Any

import rdflib
from rdflib import RDF, SH
from rdflib.collection import Collection

from tests.formats.elm.oracle import EDC
from tests.support import shared, shared_json

FILES = {
    "no-cv": "EDC-generic-no-cv.ttl",
    "generic": "EDC-generic-full.ttl",
    "accredited": "EDC-accredited.ttl",
    "converted": "EDC-converted.ttl",
    "issued-by-mandate": "EDC-issuedByMandate.ttl",
    "diploma-supplement": "EDC-diplomaSupplement.ttl",
}
NO_CV = "http://data.europa.eu/snb/model/ap/edc-generic-no-cv/"
NODE_SHAPES = {
    NO_CV + "ClaimNodeShape": "#Claim",
    NO_CV + "ClaimTypeNodeShape": "#TypedClaim",
    NO_CV + "IssuerNodeShape": "#Issuer",
    "http://data.europa.eu/snb/model/ap/edc-accredited/ClaimNodeShape": "LearningAchievement",
}


class Flattened:
    """The rows of one SHACL file in the words of a constraint table with these names."""

    def __init__(self, table: dict[str, Any], profile: str) -> None:
        self.table = table
        self.graph = rdflib.Graph().parse(shared(EDC + FILES[profile]), format="turtle")
        self.types = {self._full(iri): name for name, iri in table["types"].items()}
        cells = {**table["terms"]}
        for scoped in table["scoped"].values():
            cells.update(scoped)
        self.terms = {self._full(cell.split()[0]): name for name, cell in cells.items()}
        self.lists = {uri: name for name, uri in table["lists"].items()}

    def _full(self, compact: str) -> str:
        prefix, _, local = compact.partition(":")
        return self.table["prefixes"].get(prefix, prefix + ":") + local

    def _compact(self, iri: str) -> str:
        for prefix, base in self.table["prefixes"].items():
            if iri.startswith(base):
                return f"{prefix}:{iri.removeprefix(base)}"
        return iri

    def _class(self, iri: rdflib.term.Node) -> str:
        return self.types.get(str(iri)) or self._compact(str(iri))

    def rows(self) -> dict[str, dict[str, str]]:
        graph, found = self.graph, {}
        focus = {shape: self._class(target) for shape, target in graph.subject_objects(SH.targetClass)}
        focus |= {
            shape: NODE_SHAPES[str(shape)]
            for shape in graph.subjects(RDF.type, SH.NodeShape)
            if NODE_SHAPES.get(str(shape), "").startswith("#") and (shape, SH.property, None) in graph
        }
        for shape, name in focus.items():
            if (shape, SH.deactivated, rdflib.Literal(True)) not in graph:
                cells = found.setdefault(name, {})
                for rule in graph.objects(shape, SH.property):
                    path = str(graph.value(rule, SH.path))
                    cells[self.terms.get(path) or self._compact(path)] = self._cell(rule)
        return found

    def _cell(self, rule: rdflib.term.Node) -> str:
        graph = self.graph
        low, high = graph.value(rule, SH.minCount), graph.value(rule, SH.maxCount)
        marks = [f"{low if low is not None else 0}..{high if high is not None else '*'}"]
        if (datatype := graph.value(rule, SH.datatype)) is not None:
            marks.append("text" if datatype == RDF.langString else self._compact(str(datatype)))
        classes = [graph.value(rule, SH["class"])]
        if (choice := graph.value(rule, SH["or"])) is not None:
            classes = [graph.value(item, SH["class"]) for item in Collection(graph, choice)]
        if classes[0] is not None:
            marks.append("|".join(self._class(item) for item in classes))
        node = graph.value(rule, SH.node)
        named = NODE_SHAPES.get(str(node), "")
        if named and not named.startswith("#"):
            marks.append(named)
        if (kind := graph.value(rule, SH.nodeKind)) is not None:
            marks.append(str(kind).rpartition("#")[2].lower())
        if named.startswith("#"):
            marks.append(named)
        elif node is not None and not named:
            (scheme,) = (o for p in graph.objects(node, SH.property) for o in graph.objects(p, SH.hasValue))
            marks.append("in:" + self.lists[str(scheme)])
        if (unique := graph.value(rule, SH.uniqueLang)) is not None and unique.toPython():
            marks.append("one-per-language")
        if (limit := graph.value(rule, SH.maxInclusive)) is not None:
            marks.append(f"at-most:{limit}")
        return " ".join(marks)


def official_terms() -> dict[str, str]:
    """The official context as the cells of our table: term → ``iri kind``; prefixes and classes left out."""
    made = {}
    for name, definition in shared_json(EDC + "edc-ap-context.jsonld")["@context"].items():
        if isinstance(definition, dict):
            kind = "text" if definition.get("@container") == "@language" else definition.get("@type", "plain")
            made[name] = f"{definition['@id']} {'node' if kind == '@id' else kind}"
    return made
