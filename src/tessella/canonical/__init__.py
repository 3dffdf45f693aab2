"""The bytes to sign.

::

    loads              strict JSON: duplicate keys, NaN, lone surrogates … are errors
    jcs                RFC 8785 canonical JSON
    canonicalize       JSON-LD → canonical N-Quads (RDFC-1.0), in safe mode, with pinned contexts
    to_quads, rdfc10   the two halves of it, for selective disclosure
    ContextStore       which contexts may be used

Everything here is pure: bytes and values in, bytes out, no network, no clock.
"""

from __future__ import annotations

from typing import Any

from tessella.canonical.compiled import Decline, engine_for
from tessella.canonical.contexts import ContextStore, PinnedContext, default_contexts, pinned_contexts
from tessella.canonical.jcs import MAX_SAFE_INTEGER, jcs
from tessella.canonical.jsonld import MAX_CONTEXTS, MAX_NESTING, MAX_NODES
from tessella.canonical.jsonld import to_quads as _to_quads
from tessella.canonical.nquads import Quad, parse_nquads, serialize_nquads
from tessella.canonical.rdfc import MAX_WORK, Canonical, Digest, hash_function, rdfc10
from tessella.canonical.strictjson import DEFAULT_LIMITS, MAX_BYTES, MAX_DEPTH, Limits, loads
from tessella.canonical.walk import canonical_lines, join_lines, walk_document

__all__ = [
    "DEFAULT_LIMITS",
    "MAX_BYTES",
    "MAX_CONTEXTS",
    "MAX_DEPTH",
    "MAX_NESTING",
    "MAX_NODES",
    "MAX_SAFE_INTEGER",
    "MAX_WORK",
    "Canonical",
    "ContextStore",
    "Digest",
    "Limits",
    "PinnedContext",
    "Quad",
    "canonicalize",
    "default_contexts",
    "jcs",
    "loads",
    "parse_nquads",
    "pinned_contexts",
    "rdfc10",
    "serialize_nquads",
    "to_quads",
]


def canonicalize(
    document: dict[str, Any], *, digest: Digest = "sha256", contexts: ContextStore | None = None
) -> bytes:
    """The canonical N-Quads (UTF-8) of a JSON-LD document: what a Data Integrity ``…-rdfc-…`` suite hashes.

    JSON-LD 1.1 to RDF, then RDFC-1.0 with ``digest``. Safe mode: everything in the document is in the
    result, or there is an error. ``contexts`` defaults to the pinned ones; nothing is fetched.

    Raises:
        CanonicalError: ``canonical.unknown-context``, ``canonical.undefined-term``,
            ``canonical.relative-iri``, ``canonical.invalid-iri``, ``canonical.direction``,
            ``canonical.language``, ``canonical.dropped`` (data without meaning in JSON-LD),
            ``canonical.number``, ``canonical.text``, ``canonical.value`` (not JSON), ``canonical.empty``,
            ``canonical.json-ld`` (``got`` is the error code of the JSON-LD Recommendation).
        LimitError: ``canonical.depth``, ``canonical.size``, ``canonical.budget``.
    """
    hash_function(digest)
    store = contexts or default_contexts()
    try:
        return join_lines(canonical_lines(walk_document(engine_for(store), document, digest)))
    except Decline:
        return rdfc10(_to_quads(document, store), digest=digest).nquads


def to_quads(document: dict[str, Any], *, contexts: ContextStore | None = None) -> list[Quad]:
    """The RDF dataset that a JSON-LD document means, in safe mode; blank nodes are ``_:b0``, ``_:b1``, …

    Raises:
        CanonicalError: as `canonicalize`.
        LimitError: ``canonical.depth``, ``canonical.size``.
    """
    return _to_quads(document, contexts or default_contexts())
