"""JSON-LD documents to canonical N-Quads: the fast way where it applies, the general way where not."""

from __future__ import annotations

from typing import Any

from tessella.canonical import jsonld
from tessella.canonical.compiled import Decline, engine_for
from tessella.canonical.contexts import ContextStore, default_contexts
from tessella.canonical.nquads import Quad
from tessella.canonical.rdfc import Digest, hash_function, rdfc10
from tessella.canonical.walk import canonical_nquads, walk_document

__all__ = ["canonicalize", "to_quads"]


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
        return canonical_nquads(walk_document(engine_for(store), document, digest))
    except Decline:
        return rdfc10(jsonld.to_quads(document, store), digest=digest).nquads


def to_quads(document: dict[str, Any], *, contexts: ContextStore | None = None) -> list[Quad]:
    """The RDF dataset that a JSON-LD document means, in safe mode; blank nodes are ``_:b0``, ``_:b1``, …

    Raises:
        CanonicalError: as `canonicalize`.
        LimitError: ``canonical.depth``, ``canonical.size``.
    """
    return jsonld.to_quads(document, contexts or default_contexts())
