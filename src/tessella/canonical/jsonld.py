"""JSON-LD 1.1 → RDF, the general way: PyLD's expansion in safe mode, no network, our N-Quads.

Deserialising JSON-LD drops what no context defines (JSON-LD 1.1 API, Expansion Algorithm and RDF Serialization). For a signature that is a hole:
dropped data can be changed at will. In safe mode everything that would be dropped or guessed is an error.

On top of PyLD's processor: there is no document base, so a relative IRI is an error; reserved and undefined terms
are errors; a null ``@vocab`` where there is none is allowed; nothing is cached across calls. From expanded
JSON-LD to quads it is our own way (`tessella.canonical.rdf`).
"""

from __future__ import annotations

import re
from typing import Any

import orjson
from pyld import jsonld

from tessella.canonical.contexts import ContextStore
from tessella.canonical.nquads import Quad, is_iri
from tessella.canonical.rdf import ToRdf, direction_error, dropped_error, invalid_iri_error
from tessella.canonical.shape import check_json, too_deep, too_large
from tessella.errors import CanonicalError, TessellaError
from tessella.text import say

__all__ = ["MAX_DEFINITIONS", "SafeProcessor", "options_for", "to_quads"]

MAX_DEFINITIONS = 50_000
"""How many term definitions may be processed for one document (about a second); an Open Badge takes 400."""

_NO_BASE = "no-base:/"
"""Stands in for the document base, which a credential does not have; never reaches a result."""

_RESERVED = re.compile(r"@[a-zA-Z]+\Z").match


def to_quads(document: dict[str, Any] | list[Any], contexts: ContextStore) -> list[Quad]:
    """The RDF dataset that the document means; blank nodes are labelled ``_:b0``, ``_:b1``, …

    Raises:
        CanonicalError: see `tessella.canonical.canonicalize`.
        LimitError: too deep or too large.
    """
    if check_json(document):
        document = _plain(document)
    rdf = ToRdf()
    try:
        for node in SafeProcessor().expand(document, options_for(contexts)):
            rdf.node(node)
    except TessellaError:
        raise
    except Exception as error:  # malformed contexts also surface as KeyError, TypeError …
        raise _translated(error) from error
    if not rdf.quads:
        raise CanonicalError(
            say("The document says nothing that could be signed."),
            code="canonical.empty",
            expected="JSON-LD data",
        )
    return rdf.quads


def _plain(document: Any) -> Any:
    """The document with enumeration members as their values."""
    try:
        return orjson.loads(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS))
    except TypeError:  # a lone surrogate, which will be named when the text is written
        return document


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


def _translated(error: Exception) -> TessellaError:
    """The error that tells most: ours where one was raised, else the innermost with a JSON-LD error code."""
    chosen: Exception = error
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TessellaError):
            return cause
        if isinstance(cause, RecursionError):
            return too_deep()
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
    """PyLD's processor with safe mode: nothing is dropped or guessed."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.definitions = 0

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
                raise direction_error()
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
        self.definitions += 1
        if self.definitions > MAX_DEFINITIONS:
            raise too_large()
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
            raise dropped_error(".".join(self.path))
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
            raise invalid_iri_error(iri, ".".join(self.path))
        raise self.unsafe(
            "relative-iri",
            say('"%(value)s" is neither a defined term nor an absolute IRI.', value=value),
            got=value,
            hint=say("Write the whole address, or add a context that defines the term."),
        )
