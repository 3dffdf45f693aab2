"""JSON-LD → canonical N-Quads in one walk over the document, with compiled contexts.

Gives the same bytes as the general way (`tessella.canonical.jsonld` and `tessella.canonical.rdfc`) or declines;
it never guesses. Comments name the steps of the JSON-LD 1.1 API that are short-cut here.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from tessella.canonical.blanks import blanks_of
from tessella.canonical.compiled import (
    GRAPH,
    JSON,
    KEYWORD,
    LANGUAGE_MAP,
    LIST,
    LITERAL,
    MAX_INNER_NESTING,
    PROPERTY,
    VOCAB,
    ActiveContext,
    Decline,
    Engine,
    Record,
)
from tessella.canonical.jcs import MAX_SAFE_INTEGER
from tessella.canonical.memo import Fragment
from tessella.canonical.nquads import RDF, XSD, Quad, escape, is_language, literal, serialize, to_bytes
from tessella.canonical.rdf import json_literal, number_literal
from tessella.canonical.rdfc import Digest, first_degree_hashes, issue_labels
from tessella.canonical.shape import is_json
from tessella.errors import CanonicalError

__all__ = ["Walk", "canonical_nquads", "is_plain", "walk_document"]

MAX_NODE_DEPTH = 20
"""How deep node objects may nest in one walk. With an array around each and `MAX_INNER_NESTING` for contexts and
JSON literals that stays below what the general way takes."""

_TYPE = f"<{RDF}type>"
_FIRST, _REST, _NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
_CONTAINERS = (dict, list)


def _scalar(value: bool | int | float, datatype: str) -> str:
    """A boolean or a number as a literal (API, Object to RDF Conversion)."""
    if value is True or value is False:
        return literal("true" if value else "false", datatype=datatype or XSD + "boolean")
    if type(value) is int:
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise Decline
    elif type(value) is not float or not math.isfinite(value):
        raise Decline
    return number_literal(value, datatype)


def is_plain(text: str) -> bool:
    """Whether a text stands between quotes as it is (there are plain texts for which this says no)."""
    return text.isprintable() and '"' not in text and "\\" not in text


class Walk:
    """One walk: collects lines without blank nodes, quads with them, and fragments that were known."""

    __slots__ = ("_blank", "_depth", "digest", "fragments", "height", "lines", "memo", "quads")

    def __init__(self, engine: Engine, digest: Digest) -> None:
        self.memo = engine.memo
        self.digest = digest
        self.lines: list[str] = []
        self.quads: list[Quad] = []
        self.fragments: list[Fragment] = []
        self.height = 0
        self._depth = 0
        self._blank = 0

    def blank(self) -> str:
        label = f"_:{self._blank}"
        self._blank += 1
        return label

    def add(self, subject: str, predicate: str, object_: str, graph: str) -> None:
        if graph or subject[0] == "_" or object_[0] == "_":
            self.quads.append((subject, predicate, object_, graph))
        else:
            self.lines.append(f"{subject} {predicate} {object_} .\n")

    def node(self, element: dict[str, Any], active: ActiveContext, graph: str) -> str:
        """Add a node object (API, Expansion Algorithm and Deserialize JSON-LD to RDF); return its subject."""
        self._depth += 1
        if self._depth > self.height:
            self._grow(self._depth)
        if "@context" in element:
            active = active.embedded(element["@context"])
        # types, and the contexts that they bring
        type_key = ""
        for alias in active.type_keys:
            if alias in element:
                if type_key:
                    raise Decline
                type_key = alias
        types: tuple[str, ...] = ()
        if type_key:
            active, types = active.typed(type_key, element[type_key])
            if type_key not in active.type_keys:  # a type-scoped context made it something else
                raise Decline
        # the subject
        subject = ""
        for alias in active.id_keys:
            if alias in element:
                if subject:
                    raise Decline
                subject = active.iri(element[alias])
        if not subject:
            subject = self.blank()
        for name in types:
            self.add(subject, _TYPE, name, graph)
        # the properties
        records, texts = active.records, active.texts
        anonymous = bool(graph) or subject[0] == "_"
        for key, value in element.items():
            if type(value) is str and key in texts:
                predicate, suffix = texts[key]
                quoted = value if is_plain(value) else escape(value)
                if anonymous:
                    self.quads.append((subject, predicate, f'"{quoted}{suffix}', graph))
                else:
                    self.lines.append(f'{subject} {predicate} "{quoted}{suffix} .\n')
                continue
            record = records.get(key) or active.record(key)
            if record.kind == PROPERTY:
                if record.container or record.coercion == JSON:
                    self.special(subject, record, value, active, graph)
                elif type(value) is str:
                    self.add(subject, record.predicate, self.term(record, value, active, graph), graph)
                else:
                    self.values(subject, record, value, active, graph)
            elif record.name == "@type":
                if key != type_key:  # a type-scoped context made it one
                    raise Decline
            elif record.name != "@id" and record.name != "@context":
                raise Decline
        self._depth -= 1
        return subject

    def _grow(self, height: int) -> None:
        if height > MAX_NODE_DEPTH:
            raise Decline
        self.height = max(height, self.height)

    def values(self, subject: str, record: Record, value: Any, active: ActiveContext, graph: str) -> None:
        """Add one value or an array of them."""
        for item in value if type(value) is list else (value,):
            if item is not None:
                self.add(subject, record.predicate, self.term(record, item, active, graph), graph)

    def term(self, record: Record, value: Any, active: ActiveContext, graph: str) -> str:
        """What one value under a property becomes (API, Value Expansion); not null."""
        if type(value) is str:
            if record.coercion == LITERAL:
                if record.datatype == XSD + "double":
                    raise Decline
                return f'"{value if is_plain(value) else escape(value)}{record.suffix}'
            if record.coercion > VOCAB:
                raise Decline
            return active.children(record.name).text.iri(value, vocab=record.coercion == VOCAB)
        if type(value) is dict:
            return self.object(record, value, active, graph)
        if type(value) is list or value is None:
            raise Decline
        if record.coercion > VOCAB:
            raise Decline
        return _scalar(value, record.datatype)

    def object(self, record: Record, item: dict[str, Any], active: ActiveContext, graph: str) -> str:
        """A value object or a node object in a property (which context: API §5.1.2 steps 7 and 8); its term."""
        children = active.children(record.name)
        inside = children.node
        if children.flat is not None and len(item) <= 2 and "@context" not in item:
            text = children.text
            if any(key in item for key in text.value_keys) or (
                len(item) == 1 and any(key in item for key in text.id_keys)
            ):
                inside = children.flat
        for key in inside.value_keys:
            if key in item:
                return self.value_object(item, inside)
        if graph or len(item) < 3 or not any(key in item for key in inside.id_keys):
            return self.node(item, inside, graph)
        return self.part(item, inside)

    def part(self, item: dict[str, Any], active: ActiveContext) -> str:
        """A node object with an id in the default graph: perhaps one that came before."""
        try:
            key = (active, self.digest, orjson.dumps(item))
        except TypeError:
            raise Decline from None
        known = self.memo.get(key)
        if known is None:
            if self.memo.is_new(key):
                return self.node(item, active, "")
            walk = Walk(active.engine, self.digest)
            known = walk.freeze(walk.node(item, active, ""), orjson.loads(key[2]))
            self.memo.put(key, known)
        elif known.source != item:  # the bytes do not tell everything, as NaN from null
            return self.node(item, active, "")
        self._grow(self._depth + known.height)
        self.fragments.append(known)
        return known.subject

    def freeze(self, subject: str, source: dict[str, Any]) -> Fragment:
        """Everything collected, as one fragment."""
        self.unfold()
        return Fragment(
            source,
            self.height,
            subject,
            tuple(sorted(set(self.lines))),
            tuple(self.quads),
            blanks_of(self.quads, self.digest),
        )

    def unfold(self) -> None:
        """Take the fragments' content over, with blank nodes of our own."""
        for known in self.fragments:
            self.lines += known.lines
            own = {term: self.blank() for quad in known.quads for term in quad if term[:2] == "_:"}
            self.quads += [(own.get(s, s), p, own.get(o, o), own.get(g, g)) for s, p, o, g in known.quads]
        self.fragments = []

    def value_object(self, item: dict[str, Any], active: ActiveContext) -> str:
        """A value object (API §5.1.2 step 14) as a literal."""
        found: dict[str, Any] = {}
        for key, value in item.items():
            record = active.records.get(key) or active.record(key)
            if record.kind != KEYWORD or record.name in found:
                raise Decline
            found[record.name] = value
        value = found.pop("@value")
        if not found:
            datatype = ""
        elif len(found) > 1:
            raise Decline
        elif "@language" in found:
            tag = found["@language"]
            if type(tag) is not str or type(value) is not str or not is_language(tag):
                raise Decline
            return literal(value, language=tag.lower())
        elif "@type" in found:
            name = found["@type"]
            datatype = active.iri(name, vocab=True)[1:-1]
            if (active.terms.get(name) or {}).get("@context") is not None:
                raise Decline
        else:
            raise Decline
        if type(value) is str:
            if datatype == XSD + "double":
                raise Decline
            return literal(value, datatype=datatype)
        if value is None or type(value) in _CONTAINERS:
            raise Decline
        return _scalar(value, datatype)

    def special(self, subject: str, record: Record, value: Any, active: ActiveContext, graph: str) -> None:
        """JSON literals, language maps, lists and graph containers (API §5.1.2 step 13)."""
        if record.coercion == JSON:
            if not is_json(value, MAX_INNER_NESTING):
                raise Decline
            try:
                self.add(subject, record.predicate, json_literal(value), graph)
            except CanonicalError as error:
                raise Decline from error
        elif record.container == LANGUAGE_MAP and type(value) is dict:
            self.language_map(subject, record, value, active, graph)
        elif record.container == LIST:
            self.rdf_list(subject, record, value, active, graph)
        elif record.container == GRAPH:
            for item in value if type(value) is list else [value]:
                if item is None:
                    continue
                inside = active.children(record.name)
                if type(item) is not dict or (inside.flat is not None and len(item) <= 2):
                    raise Decline
                name = self.blank()
                self.add(subject, record.predicate, name, graph)
                self.node(item, inside.node, name)
        else:
            self.values(subject, record, value, active, graph)

    def rdf_list(self, subject: str, record: Record, value: Any, active: ActiveContext, graph: str) -> None:
        """An rdf:List (API, List to RDF Conversion)."""
        if value is None:
            return
        terms = [
            self.term(record, item, active, graph)
            for item in (value if type(value) is list else (value,))
            if item is not None
        ]
        cells = [*(self.blank() for _ in terms), _NIL]
        self.add(subject, record.predicate, cells[0], graph)
        for index, term in enumerate(terms):
            self.add(cells[index], _FIRST, term, graph)
            self.add(cells[index], _REST, cells[index + 1], graph)

    def language_map(
        self, subject: str, record: Record, value: dict[str, Any], active: ActiveContext, graph: str
    ) -> None:
        terms = active.children(record.name).text.terms
        for tag, texts in value.items():
            if type(tag) is not str or tag in terms or not (tag == "@none" or is_language(tag)):
                raise Decline
            language = "" if tag == "@none" else tag.lower()
            for text in texts if type(texts) is list else [texts]:
                if type(text) is str:
                    self.add(subject, record.predicate, literal(text, language=language), graph)
                elif text is not None:
                    raise Decline


def canonical_nquads(walk: Walk) -> bytes:
    """The canonical N-Quads of a finished walk (RDFC-1.0 §4.4.3).

    Raises:
        Decline: the document said nothing.
        LimitError: ``canonical.budget``.
        CanonicalError: ``canonical.text``.
    """
    chunks = walk.lines
    groups = [blanks_of(walk.quads, walk.digest)] if walk.quads else []
    groups += [known.blanks for known in walk.fragments]
    hashes = [hashed for group in groups for hashed in group.hashes()]
    if len(set(hashes)) != len(hashes):
        # look-alikes: all quads with blank nodes, and the whole algorithm
        walk.unfold()
        quads = list(dict.fromkeys(walk.quads))
        named = issue_labels(quads, first_degree_hashes(quads, walk.digest), digest=walk.digest)
        chunks += [serialize((named.get(s, s), p, named.get(o, o), named.get(g, g))) for s, p, o, g in quads]
    else:
        # step 4 alone labels all: in the order of the hashes
        hashes.sort()
        labels = {hashed: f"_:c14n{index}" for index, hashed in enumerate(hashes)}
        for group in groups:
            group.write(chunks, labels)
        for known in walk.fragments:
            chunks += known.lines
    if not chunks:
        raise Decline
    # step 7: each line once, in code point order; a chunk of several lines has a label that no other chunk has
    chunks.sort()
    return to_bytes("".join(dict.fromkeys(chunks)))


def walk_document(engine: Engine, document: dict[str, Any], digest: Digest) -> Walk:
    """Walk a whole document.

    Raises:
        Decline: the general way has to do it.
    """
    if type(document) is not dict:
        raise Decline
    walk = Walk(engine, digest)
    walk.node(document, engine.initial, "")
    return walk
