"""JSON-LD 1.1 → RDF, the general way: PyLD's expansion in safe mode, no network, our N-Quads.

Deserialising JSON-LD drops what no context defines (JSON-LD 1.1 API §5.5, §8). For a signature that is a hole:
dropped data can be changed at will. In safe mode everything that would be dropped or guessed is an error.

PyLD is corrected where it departs from the Recommendations: relative IRIs are not resolved against an
invented base, reserved and undefined terms are not ignored, ``@json`` values are written by our JCS, a
null ``@vocab`` where there is none is allowed, nothing is cached across calls.
"""

from __future__ import annotations

import math
import re
from typing import Any

from pyld import jsonld

from tessella.canonical.contexts import ContextStore
from tessella.canonical.jcs import MAX_SAFE_INTEGER, jcs
from tessella.canonical.nquads import RDF, XSD, Quad, is_iri, is_language, literal
from tessella.errors import CanonicalError, LimitError, TessellaError
from tessella.text import say

__all__ = [
    "MAX_CONTEXTS",
    "MAX_NESTING",
    "MAX_NODES",
    "SafeProcessor",
    "check_json",
    "double",
    "options_for",
    "to_quads",
    "translated",
]

MAX_NESTING = 64
"""How deep arrays and objects may nest; as in strict JSON reading."""

MAX_NODES = 100_000
"""How many values a document may have: a European Digital Credential has about 1,000."""

MAX_CONTEXTS = 250
"""How many objects of a document may bring a ``@context`` of their own: each costs milliseconds to process."""

_NO_BASE = "no-base:/"
"""Stands in for the document base, which a credential does not have; never reaches a result."""

_RESERVED = re.compile(r"@[a-zA-Z]+\Z").match
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z").match


def to_quads(document: dict[str, Any] | list[Any], contexts: ContextStore) -> list[Quad]:
    """The RDF dataset that the document means; blank nodes are labelled ``_:b0``, ``_:b1``, …

    Raises:
        CanonicalError: see `tessella.canonical.canonicalize`.
        LimitError: too deep or too large.
    """
    check_json(document)
    try:
        dataset = SafeProcessor().to_rdf(document, options_for(contexts))
    except TessellaError:
        raise
    except Exception as error:  # PyLD lets KeyError, TypeError … out for malformed contexts
        raise translated(error) from error
    quads = [
        (_node(triple["subject"]), _node(triple["predicate"]), _object(triple["object"]), _graph(name))
        for name, triples in dataset.items()
        for triple in triples
    ]
    if not quads:
        raise CanonicalError(
            say("The document says nothing that could be signed."),
            code="canonical.empty",
            expected="JSON-LD data",
        )
    return quads


def options_for(contexts: ContextStore) -> dict[str, Any]:
    """Options for PyLD: load from the store only, no document base, a cache for one call."""

    def load(url: str, _: object) -> dict[str, Any]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": contexts.document(url.removeprefix(_NO_BASE)),
            "tag": "static",
        }

    return {
        "base": _NO_BASE,
        "processingMode": "json-ld-1.1",
        "documentLoader": load,
        "contextResolver": jsonld.ContextResolver({}, load),
    }


def check_json(document: object) -> None:
    """Refuse what JSON does not have or what readers take differently, and what is too deep or too large.

    Raises:
        CanonicalError: ``canonical.value`` (not JSON), ``canonical.number`` (NaN, infinity, an integer beyond
            ±(2⁵³−1)).
        LimitError: ``canonical.depth``, ``canonical.size``.
    """
    level = [document]
    depth = count = embedded = 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_NESTING + 1:
            raise _too_deep()
        if count > MAX_NODES or embedded > MAX_CONTEXTS:
            raise LimitError(
                say(
                    "The document has more than %(values)s values or %(contexts)s contexts.",
                    values=MAX_NODES,
                    contexts=MAX_CONTEXTS,
                ),
                code="canonical.size",
                got=f"{count}, {embedded}",
                expected=f"{MAX_NODES}, {MAX_CONTEXTS}",
            )
        following: list[object] = []
        for value in level:
            kind = type(value)
            if kind not in (str, bool, type(None), dict, list, int, float):
                raise _not_json(kind.__name__)
            if isinstance(value, dict):
                if not all(type(key) is str for key in value):
                    raise _not_json("object with a key that is not text")
                embedded += "@context" in value
                following.extend(value.values())
            elif isinstance(value, list):
                following.extend(value)
            elif isinstance(value, int | float):
                _check_number(value)
        level = following


def _check_number(value: int | float) -> None:
    if isinstance(value, int):
        if abs(value) <= MAX_SAFE_INTEGER:
            return
        reason = say("The integer %(value)s is too large to be read the same everywhere.", value=value)
    elif not math.isfinite(value):
        reason = say("The number %(value)s does not exist in JSON.", value=value)
    else:
        return
    raise CanonicalError(reason, code="canonical.number", got=value, hint=say("Write it as text."))


def _not_json(kind: str) -> CanonicalError:
    return CanonicalError(
        say("The document is not JSON: it holds a value of type %(kind)s.", kind=kind), code="canonical.value"
    )


def _too_deep() -> LimitError:
    return LimitError(
        say("The document nests deeper than %(limit)s levels.", limit=MAX_NESTING),
        code="canonical.depth",
        expected=MAX_NESTING,
    )


def translated(error: Exception) -> TessellaError:
    """The error that tells most: ours where one was raised, else the innermost with a JSON-LD error code."""
    chosen: Exception = error
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TessellaError):
            return cause
        if isinstance(cause, RecursionError):
            return _too_deep()
        if isinstance(cause, jsonld.JsonLdError) and cause.code:
            chosen = cause
        cause = cause.__cause__
    code = getattr(chosen, "code", None) or type(chosen).__name__
    term = (getattr(chosen, "details", None) or {}).get("term")
    return CanonicalError(
        say("The JSON-LD is not valid (%(code)s).", code=code),
        code="canonical.json-ld",
        got=code,
        place=str(term or ""),
        hint=say("See the error code in the JSON-LD 1.1 Recommendation."),
    )


class _Context(dict[str, Any]):
    """An active context in the making; setting ``@vocab`` to null where none is set is no error."""

    def __delitem__(self, key: str) -> None:
        self.pop(key, None)


class SafeProcessor(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD is not typed
    """PyLD's processor with safe mode: refuses wherever the original drops or guesses."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []

    def unsafe(self, code: str, message: str, *, got: object = None, hint: str = "") -> CanonicalError:
        place = ".".join(self.path)
        return CanonicalError(message, code=f"canonical.{code}", got=got, hint=hint, place=place)

    # Context processing

    def _clone_active_context(self, active_ctx: Any) -> Any:
        return _Context(super()._clone_active_context(active_ctx))

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **kw: Any) -> Any:
        parts = local_ctx if isinstance(local_ctx, list) else [local_ctx]
        for part in parts:
            if isinstance(part, dict) and part.get("@direction") is not None:
                raise self._direction()
        first = parts[0] if parts and isinstance(parts[0], dict) else {}
        if not first.get("@propagate", kw.get("propagate", True)) and (None in parts or False in parts):
            raise self._null_type_scoped()
        return super()._process_context(active_ctx, local_ctx, options, **kw)

    def _prepare_nested_context(self, active_ctx: Any, element: Any, options: Any) -> Any:
        prepared = super()._prepare_nested_context(active_ctx, element, options)
        for key, value in element.items():
            if self._expand_iri(prepared[0], key, vocab=True) == "@type":
                for name in value if isinstance(value, list) else [value]:
                    if (
                        isinstance(name, str)
                        and self.get_context_value(prepared[2], name, "@context") is False
                    ):
                        raise self._null_type_scoped()
        return prepared

    def _null_type_scoped(self) -> CanonicalError:
        return self.unsafe(
            "json-ld",
            say("A context that is null for a type is read differently by different readers."),
            got="null type-scoped context",
        )

    def _create_term_definition(
        self, active_ctx: Any, local_ctx: Any, term: str, defined: Any, options: Any, **kw: Any
    ) -> None:
        value = local_ctx.get(term)
        target = value.get("@id", value.get("@reverse")) if isinstance(value, dict) else value
        for name in (term, target):
            if isinstance(name, str) and _RESERVED(name) and name not in jsonld.KEYWORDS:
                raise self.unsafe(
                    "undefined-term", say("The context uses the reserved word %(name)s.", name=name), got=name
                )
        super()._create_term_definition(active_ctx, local_ctx, term, defined, options, **kw)

    # Expansion

    def _expand(self, active_ctx: Any, active_property: Any, element: Any, options: Any, **kw: Any) -> Any:
        named = isinstance(element, dict) and active_property is not None
        if named:
            self.path.append(active_property)
        result = super()._expand(active_ctx, active_property, element, options, **kw)
        if result is None and element is not None:
            raise self.unsafe(
                "dropped",
                say("Some data has no meaning in JSON-LD and would not be signed."),
                hint=say("Remove it, or give it a property and a value."),
            )
        if named:
            self.path.pop()
        return result

    def _expand_object(
        self, active_ctx: Any, active_property: Any, expanded: Any, element: Any, *args: Any, **kw: Any
    ) -> None:
        for key in element:
            if key == "@context":
                continue
            iri = self._expand_iri(active_ctx, key, vocab=True)
            if iri is None or not (iri in jsonld.KEYWORDS or is_iri(iri)):
                raise self.unsafe(
                    "undefined-term",
                    say('No context defines the term "%(term)s"; it would not be signed.', term=key),
                    got=key,
                    hint=say("Add a context that defines it, or remove it."),
                )
        super()._expand_object(active_ctx, active_property, expanded, element, *args, **kw)

    def _expand_iri(
        self,
        active_ctx: Any,
        value: Any,
        base: Any = None,
        vocab: Any = False,
        local_ctx: Any = None,
        defined: Any = None,
    ) -> Any:
        if base is None or local_ctx is not None or not isinstance(value, str):
            return super()._expand_iri(
                active_ctx, value, base=None, vocab=vocab, local_ctx=local_ctx, defined=defined
            )
        # the value becomes an IRI of the data: it must come out absolute without an invented base
        given = active_ctx.get("@base")
        iri = super()._expand_iri(
            active_ctx, value, base=given if given and is_iri(given) else None, vocab=vocab
        )
        if iri is not None and (iri.startswith("_:") or is_iri(iri) or (vocab and iri in jsonld.KEYWORDS)):
            return iri
        if iri is not None and ":" in iri:
            raise self._invalid_iri(iri)
        raise self.unsafe(
            "relative-iri",
            say('"%(value)s" is neither a defined term nor an absolute IRI.', value=value),
            got=value,
            hint=say("Write the whole address, or add a context that defines the term."),
        )

    def _invalid_iri(self, iri: str) -> CanonicalError:
        return self.unsafe("invalid-iri", say('"%(iri)s" is not a valid IRI.', iri=iri), got=iri)

    def _direction(self) -> CanonicalError:
        return self.unsafe(
            "direction",
            say("A base direction (@direction) has no form in RDF and would not be signed."),
            hint=say("Remove it."),
        )

    # To RDF

    def _graph_to_rdf(self, graph: Any, issuer: Any, options: Any) -> Any:
        for identifier, node in graph.items():
            for key in (identifier, *node):
                if key not in jsonld.KEYWORDS and not (
                    is_iri(key) or (key is identifier and key[:2] == "_:")
                ):
                    raise self._invalid_iri(key)
        return super()._graph_to_rdf(graph, issuer, options)

    def _object_to_rdf(self, item: Any, issuer: Any, triples: Any, options: Any) -> Any:
        if isinstance(item, str):  # a type
            item = {"@id": item}
        if "@direction" in item:
            raise self._direction()
        kind, value = item.get("@type"), item.get("@value")
        if kind == "@json":
            return {"type": "literal", "value": jcs(value).decode(), "datatype": RDF + "JSON"}
        if kind == XSD + "double" and not isinstance(value, bool):
            if isinstance(value, str) and not (_DECIMAL(value) and math.isfinite(float(value))):
                raise self.unsafe(
                    "number",
                    say(
                        '"%(value)s" as xsd:double is written differently by different readers.', value=value
                    ),
                    got=value,
                    hint=say("Write a plain decimal number."),
                )
            return {"type": "literal", "value": double(float(value)), "datatype": kind}
        language = item.get("@language")
        if language is not None and not is_language(language):
            raise self.unsafe("language", say('"%(tag)s" is not a language tag.', tag=language), got=language)
        result = super()._object_to_rdf(item, issuer, triples, options)
        if result is None:
            raise self._invalid_iri(str(item.get("@id")))
        for iri in (result.get("datatype"), result["value"] if result["type"] == "IRI" else None):
            if iri is not None and not is_iri(iri):
                raise self._invalid_iri(iri)
        return result


def double(number: float) -> str:
    """The canonical form of an xsd:double (API §8.6: ``%1.15E`` without trailing zeros); zero has no sign."""
    mantissa, exponent = f"{number or 0.0:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}0E{int(exponent)}" if mantissa[-1] == "." else f"{mantissa}E{int(exponent)}"


def _node(term: dict[str, str]) -> str:
    return term["value"] if term["type"] == "blank node" else f"<{term['value']}>"


def _object(term: dict[str, str]) -> str:
    if term["type"] != "literal":
        return _node(term)
    return literal(term["value"], datatype=term["datatype"], language=term.get("language", ""))


def _graph(name: str) -> str:
    return "" if name == "@default" else name if name.startswith("_:") else f"<{name}>"
