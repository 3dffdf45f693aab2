"""The bytes to sign.

::

    loads              strict JSON: duplicate keys, NaN, lone surrogates … are errors
    jcs                RFC 8785 canonical JSON
    canonicalize       JSON-LD → canonical N-Quads (RDFC-1.0), in safe mode, with pinned contexts
    to_quads, rdfc10   the two halves of it, for selective disclosure
    ContextStore       which contexts may be used
    Template           many documents that differ in a few texts or IRIs: a fraction of the work each

Everything here is pure: bytes and values in, bytes out, no network, no clock.
"""

from __future__ import annotations

from tessella.canonical.contexts import ContextStore, PinnedContext, default_contexts, pinned_contexts
from tessella.canonical.document import canonicalize, to_quads
from tessella.canonical.jcs import MAX_SAFE_INTEGER, jcs
from tessella.canonical.nquads import Quad, parse_nquads, serialize_nquads
from tessella.canonical.rdfc import MAX_WORK, Canonical, Digest, rdfc10
from tessella.canonical.shape import MAX_CONTEXTS, MAX_NESTING, MAX_OBJECTS, MAX_VALUES
from tessella.canonical.strictjson import DEFAULT_LIMITS, MAX_BYTES, MAX_DEPTH, Limits, loads
from tessella.canonical.template import Kind, Template

__all__ = [
    "DEFAULT_LIMITS",
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
    "Kind",
    "Limits",
    "PinnedContext",
    "Quad",
    "Template",
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
