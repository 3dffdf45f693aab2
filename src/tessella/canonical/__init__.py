"""The bytes to sign.

::

    loads              strict JSON: duplicate keys, NaN, lone surrogates … are errors
    jcs                RFC 8785 canonical JSON
    canonicalize       JSON-LD → canonical N-Quads (RDFC-1.0), in safe mode, with pinned contexts
    to_quads, rdfc10   the two halves of it
    statements         the canonical N-Quads one by one, for selective disclosure
    ContextStore       which contexts may be used
    claims, ELEMENTS   what a record says in normal form, by the elements of the European standard
    Template           many documents that differ in a few texts or IRIs: a fraction of the work each

Everything here is pure: bytes and values in, bytes out, no network, no clock.
"""

from __future__ import annotations

from tessella.canonical.claims import COPY_FACTS, ELEMENTS, Element, claims, element_of, key_of
from tessella.canonical.contexts import ContextStore, PinnedContext, default_contexts, pinned_contexts
from tessella.canonical.document import canonicalize, to_quads
from tessella.canonical.jcs import MAX_SAFE_INTEGER, jcs
from tessella.canonical.nquads import Quad, parse_nquads, serialize_nquads
from tessella.canonical.rdfc import MAX_WORK, Canonical, Digest, rdfc10
from tessella.canonical.shape import MAX_CONTEXTS, MAX_NESTING, MAX_OBJECTS, MAX_VALUES
from tessella.canonical.statements import Statements, no_selection, statements
from tessella.canonical.strictjson import DEFAULT_LIMITS, MAX_BYTES, MAX_DEPTH, Limits, loads, loads_lines
from tessella.canonical.template import Kind, Template

__all__ = [
    "COPY_FACTS",
    "DEFAULT_LIMITS",
    "ELEMENTS",
    "MAX_BYTES",
    "MAX_CONTEXTS",
    "MAX_DEPTH",
    "MAX_NESTING",
    "MAX_OBJECTS",
    "MAX_SAFE_INTEGER",
    "MAX_VALUES",
    "MAX_WORK",
    "Canonical",
    "ContextStore",
    "Digest",
    "Element",
    "Kind",
    "Limits",
    "PinnedContext",
    "Quad",
    "Statements",
    "Template",
    "canonicalize",
    "claims",
    "default_contexts",
    "element_of",
    "jcs",
    "key_of",
    "loads",
    "loads_lines",
    "no_selection",
    "parse_nquads",
    "pinned_contexts",
    "rdfc10",
    "serialize_nquads",
    "statements",
    "to_quads",
]
