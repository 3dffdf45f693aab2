"""Compiled contexts: each active context of JSON-LD once, as tables that a walk can read.

PyLD processes the contexts (the same processor as on the general way, so protected terms, ``@import``, scoped and
null contexts mean the same); this module remembers the outcome per active context and turns each key into a
record of what its values become. What the walk does not handle is *declined*: ``Decline`` sends the document
the general way, which also finds the words for what is wrong with it.
"""

from __future__ import annotations

import copy
from typing import Any, Final, NamedTuple

import orjson
from pyld import jsonld

from tessella.canonical.contexts import ContextStore
from tessella.canonical.jsonld import SafeProcessor, options_for
from tessella.canonical.memo import Memo
from tessella.canonical.nquads import XSD, is_iri, is_language
from tessella.canonical.shape import is_json

__all__ = [
    "GRAPH",
    "IRI",
    "JSON",
    "KEYWORD",
    "LANGUAGE_MAP",
    "LIST",
    "LITERAL",
    "MAX_COMPILED",
    "MAX_INNER_NESTING",
    "PROPERTY",
    "REFUSED",
    "VOCAB",
    "ActiveContext",
    "Decline",
    "Engine",
    "Record",
    "engine_for",
]

MAX_COMPILED = 500
"""How many active contexts one engine keeps; an issuer needs about twenty. When full, the next document gets a new
engine, and one document cannot add more than that again: who sends ever new contexts pays the general way's
price and cannot fill the memory."""

MAX_CONTEXT_BYTES = 100_000
"""The largest ``@context`` inside a document that is compiled; the largest of the pinned ones has 15,000."""

MAX_INNER_NESTING = 20
"""How deep an embedded ``@context`` or a JSON literal may nest to be handled here."""

MAX_RECORDS = 5_000
"""How many keys one active context remembers (a context defines some hundred terms)."""


class Decline(Exception):  # noqa: N818  not an error: the general way takes over
    """The walk does not handle this document."""


# What a key is
PROPERTY, KEYWORD = range(2)
# What a text under a property becomes
LITERAL, IRI, VOCAB, JSON, REFUSED = range(5)
# What the property's value is made of
PLAIN, LANGUAGE_MAP, GRAPH, LIST = range(4)

_SCALAR_COERCIONS = {"@id": IRI, "@vocab": VOCAB, "@json": JSON}
_CONTAINERS = {
    frozenset[str](): PLAIN,
    frozenset({"@set"}): PLAIN,
    frozenset({"@language"}): LANGUAGE_MAP,
    frozenset({"@language", "@set"}): LANGUAGE_MAP,
    frozenset({"@list"}): LIST,
    frozenset({"@graph"}): GRAPH,
    frozenset({"@graph", "@set"}): GRAPH,
}


class Record(NamedTuple):
    """What a key means in an active context.

    ``predicate`` is the IRI in angle brackets; ``suffix`` closes a plain text literal (quote, language or
    datatype); ``datatype`` is the IRI that typed numbers and booleans get instead of their own (or ``""``).
    """

    kind: int
    name: str = ""
    predicate: str = ""
    coercion: int = LITERAL
    container: int = PLAIN
    suffix: str = '"'
    datatype: str = ""

    @property
    def is_text(self) -> bool:
        """Whether a text under it simply becomes a literal (an xsd:double in text form is rewritten)."""
        return (self.kind, self.container, self.coercion) == (
            PROPERTY,
            PLAIN,
            LITERAL,
        ) and self.datatype != XSD + "double"


_SKIP: Final = Record(KEYWORD, "@context")


class Children(NamedTuple):
    """The active contexts for the values of one property.

    ``text`` for strings; ``node`` for node objects; ``flat`` for value objects and references, where a
    type-scoped context is in force (then it is not reverted for them), else None.
    """

    text: ActiveContext
    node: ActiveContext
    flat: ActiveContext | None


class ActiveContext:
    """One active context (JSON-LD 1.1 API §4.1) with what has been worked out about it."""

    __slots__ = (
        "_children",
        "_embedded",
        "_typed",
        "engine",
        "id_keys",
        "raw",
        "records",
        "terms",
        "texts",
        "type_keys",
        "value_keys",
    )

    def __init__(self, engine: Engine, raw: Any) -> None:
        self.engine = engine
        self.raw = raw
        self.terms: dict[str, Any] = raw["mappings"]
        self.records: dict[str, Record] = {"@context": _SKIP}
        self.texts: dict[str, tuple[str, str]] = {}  # key → predicate and suffix, for the commonest case
        self.type_keys = self._aliases("@type")
        self.id_keys = self._aliases("@id")
        self.value_keys = self._aliases("@value")
        self._typed: dict[Any, tuple[ActiveContext, tuple[str, ...]]] = {}
        self._embedded: dict[bytes, ActiveContext] = {}
        self._children: dict[str, Children] = {}

    def _aliases(self, keyword: str) -> tuple[str, ...]:
        return (
            keyword,
            *(term for term, mapping in self.terms.items() if mapping and mapping["@id"] == keyword),
        )

    # Keys

    def record(self, key: str) -> Record:
        """The record of a key (compute and remember).

        Raises:
            Decline: the key is undefined or its definition is not handled.
        """
        if type(key) is not str:
            raise Decline
        record = self._make_record(key)
        if len(self.records) < MAX_RECORDS:
            self.records[key] = record
            if record.is_text:
                self.texts[key] = (record.predicate, record.suffix)
        return record

    def _make_record(self, key: str) -> Record:
        processor = self.engine.processor
        iri = processor._expand_iri(self.raw, key, vocab=True)
        if iri in jsonld.KEYWORDS:
            return Record(KEYWORD, iri)
        if iri is None or not is_iri(iri):
            raise Decline
        here = self.terms.get(key) or {}
        if here.get("reverse") or here.get("@direction"):
            raise Decline
        container = _CONTAINERS.get(frozenset(here.get("@container", ())))
        if container is None:
            raise Decline
        # texts are read in the property-scoped context, which may define the key anew
        scoped = self.children(key).text
        there = scoped.terms.get(key) or {}
        coercion = there.get("@type")
        if (here.get("@type") == "@json") != (coercion == "@json") or (
            coercion == "@json" and container != PLAIN
        ):
            raise Decline
        predicate = f"<{iri}>"
        if processor._expand_iri(scoped.raw, key, vocab=True) != iri:
            return Record(PROPERTY, key, predicate, REFUSED, container)
        if coercion in _SCALAR_COERCIONS:
            return Record(PROPERTY, key, predicate, _SCALAR_COERCIONS[coercion], container)
        if coercion not in (None, "@none"):
            if not is_iri(coercion):
                raise Decline
            suffix = '"' if coercion == XSD + "string" else f'"^^<{coercion}>'
            return Record(PROPERTY, key, predicate, LITERAL, container, suffix, coercion)
        language = processor.get_context_value(scoped.raw, key, "@language")
        if language is not None and not is_language(language):
            raise Decline
        return Record(PROPERTY, key, predicate, LITERAL, container, f'"@{language}' if language else '"')

    # Other active contexts

    def children(self, key: str) -> Children:
        """The contexts in force inside the values of ``key`` (API §5.1.2 steps 3, 7 and 8)."""
        found = self._children.get(key)
        if found is None:
            engine = self.engine
            text = self._scoped(key)
            reverted = engine.active(text.raw["previousContext"]) if "previousContext" in text.raw else text
            node = reverted._scoped(key, text)
            flat = text._scoped(key, text) if reverted is not text else None
            found = Children(text, node, flat)
            if len(self._children) < MAX_RECORDS:
                self._children[key] = found
        return found

    def _scoped(self, key: str, definer: ActiveContext | None = None) -> ActiveContext:
        """This context with the property-scoped context of ``key`` (as ``definer`` defines it) applied."""
        context = self.engine.processor.get_context_value((definer or self).raw, key, "@context")
        if context is None:
            return self
        return self.engine.process(self.raw, context)

    def embedded(self, context: Any) -> ActiveContext:
        """This context with the ``@context`` of a node object applied."""
        try:
            key = orjson.dumps(context)
        except TypeError:
            raise Decline from None
        if len(key) > MAX_CONTEXT_BYTES:
            raise Decline
        found = self._embedded.get(key)
        if found is None:
            if not is_json(context, MAX_INNER_NESTING):
                raise Decline
            found = self.engine.prepare(self.raw, {"@context": context})
            self._embedded[key] = found
        return found

    def typed(self, key: str, types: Any) -> tuple[ActiveContext, tuple[str, ...]]:
        """The context for a node with these types, and the types as terms.

        Raises:
            Decline: a type is no text, relative, blank or reserved.
        """
        wanted = tuple(types) if type(types) is list else types
        try:
            found = self._typed.get(wanted)
        except TypeError:
            raise Decline from None
        if found is None:
            names = wanted if type(wanted) is tuple else (wanted,)
            if not names:
                raise Decline
            terms = tuple(self.iri(name, vocab=True) for name in names)
            found = (self.engine.prepare(self.raw, {key: list(names)}), terms)
            if len(self._typed) < MAX_RECORDS:
                self._typed[wanted] = found
        return found

    # IRIs

    def iri(self, value: Any, *, vocab: bool = False) -> str:
        """The value as an absolute IRI in angle brackets (API §5.2).

        Raises:
            Decline: not text, relative, blank, reserved or not an IRI.
        """
        if type(value) is not str:
            raise Decline
        prefix, colon, _ = value.partition(":")
        if colon and prefix not in self.terms and value not in self.terms and is_iri(value):
            return f"<{value}>"
        iri = self.engine.processor._expand_iri(self.raw, value, vocab=vocab)
        if iri is None or not is_iri(iri):
            raise Decline
        return f"<{iri}>"


class Engine:
    """The compiled contexts of one store."""

    def __init__(self, store: ContextStore) -> None:
        self.store = store
        self.processor = SafeProcessor()
        self._by_identity: dict[int, ActiveContext] = {}
        self.memo = Memo()
        self.initial = self.active(self.processor._get_initial_context(options_for(store)))

    def active(self, raw: Any) -> ActiveContext:
        """The compiled form of PyLD's active context (one object per object)."""
        found = self._by_identity.get(id(raw))
        if found is None:  # it keeps ``raw`` alive, so the identity stays taken
            if len(self._by_identity) > 2 * MAX_COMPILED:
                raise Decline
            found = self._by_identity[id(raw)] = ActiveContext(self, raw)
        return found

    @property
    def is_full(self) -> bool:
        """Whether it is time for a new engine."""
        return len(self._by_identity) > MAX_COMPILED

    def process(self, raw: Any, context: Any) -> ActiveContext:
        """Apply a property-scoped context (API, Context Processing Algorithm; it may redefine protected terms)."""
        try:
            return self.active(
                SafeProcessor()._process_context(
                    raw, context, options_for(self.store), override_protected=True
                )
            )
        except Exception as error:
            raise Decline from error

    def prepare(self, raw: Any, element: dict[str, Any]) -> ActiveContext:
        """Apply what a node object brings: its ``@context``, and the contexts of its types (API §5.1.2 steps 9-11)."""
        try:
            return self.active(
                SafeProcessor()._prepare_nested_context(raw, copy.deepcopy(element), options_for(self.store))[
                    0
                ]
            )
        except Exception as error:
            raise Decline from error


def engine_for(store: ContextStore) -> Engine:
    """The store's engine; made at the first use and again when it is full."""
    engine = store.compiled
    if not isinstance(engine, Engine) or engine.is_full:
        engine = store.compiled = Engine(store)
    return engine
