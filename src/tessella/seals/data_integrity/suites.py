"""The cryptosuites as data, and the bytes each signs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

from tessella.canonical import ContextStore, canonicalize, default_contexts, jcs
from tessella.errors import UnsupportedError
from tessella.text import say

__all__ = [
    "LEGACY_SUITES",
    "SELECTIVE",
    "SUITES",
    "Hashed",
    "Suite",
    "config_hash",
    "hash_data",
    "suite_named",
]

CONFIG_CACHE_ENTRIES = 4096
"""Proof configurations repeat within a batch (same second, same key); an entry is about 1 KB."""


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """A cryptosuite: how the document is transformed, and the hash for each algorithm it takes."""

    name: str
    transformation: Literal["rdfc", "jcs"]
    digests: Mapping[str, Literal["sha256", "sha384"]]
    clause: str

    def digest(self, algorithm: str) -> Literal["sha256", "sha384"]:
        """The hash for keys of this algorithm.

        Raises:
            UnsupportedError: ``seal.algorithm``, the suite does not take them.
        """
        digest = self.digests.get(algorithm)
        if digest is None:
            raise UnsupportedError(
                say(
                    "The cryptosuite %(suite)s does not take %(algorithm)s keys.",
                    suite=self.name,
                    algorithm=algorithm,
                ),
                code="seal.algorithm",
                got=algorithm,
                expected=", ".join(self.digests),
            )
        return digest


SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            name="eddsa-rdfc-2022",
            transformation="rdfc",
            digests={"Ed25519": "sha256"},
            clause="VC-DI-EdDSA 1.0 §3.2",
        ),
        Suite(
            name="eddsa-jcs-2022",
            transformation="jcs",
            digests={"Ed25519": "sha256"},
            clause="VC-DI-EdDSA 1.0 §3.3",
        ),
        Suite(
            name="ecdsa-rdfc-2019",
            transformation="rdfc",
            digests={"ES256": "sha256", "ES384": "sha384"},
            clause="VC-DI-ECDSA 1.0 §3.2",
        ),
        Suite(
            name="ecdsa-jcs-2019",
            transformation="jcs",
            digests={"ES256": "sha256", "ES384": "sha384"},
            clause="VC-DI-ECDSA 1.0 §3.3",
        ),
    )
}
"""The cryptosuites that sign a document as a whole."""

SELECTIVE = Suite(
    name="ecdsa-sd-2023",
    transformation="rdfc",
    digests={"ES256": "sha256"},
    clause="VC-DI-ECDSA 1.0 §3.6",
)
"""The cryptosuite that signs statement by statement; see `tessella.seals.data_integrity.selective`."""

LEGACY_SUITES: Mapping[str, Suite] = {
    "Ed25519Signature2020": Suite(
        name="Ed25519Signature2020",
        transformation="rdfc",
        digests={"Ed25519": "sha256"},
        clause="VC-DI-EdDSA 1.0 §A.2",
    )
}
"""Proof types from before there was one type for all cryptosuites: verified, never made."""


def suite_named(name: object) -> Suite:
    """The suite with this name.

    Raises:
        UnsupportedError: there is none.
    """
    suite = SUITES.get(name) if isinstance(name, str) else None
    if suite is None and name == SELECTIVE.name:
        raise UnsupportedError(
            say("The cryptosuite %(name)s does not seal a document as a whole.", name=SELECTIVE.name),
            code="seal.cryptosuite",
            got=name,
            hint=say("Badges sealed with it are a format of their own: openbadge-sd."),
        )
    if suite is None:
        raise UnsupportedError(
            say("The cryptosuite “%(name)s” is not supported.", name=str(name)[:60]),
            code="seal.cryptosuite",
            got=name,
            expected=", ".join((*SUITES, SELECTIVE.name)),
            hint=say("Supported: %(names)s.", names=", ".join((*SUITES, SELECTIVE.name))),
        )
    return suite


class Hashed(msgspec.Struct, frozen=True):
    """Every intermediate value of hashing, for vectors and for reports that show their work."""

    canonical_document: bytes
    canonical_config: bytes
    document_hash: bytes
    config_hash: bytes

    @property
    def signing_input(self) -> bytes:
        """What is signed: the configuration's hash, then the document's."""
        return self.config_hash + self.document_hash


def hash_data(
    document: Mapping[str, Any],
    config: Mapping[str, Any],
    *,
    algorithm: str,
    suite: Suite | None = None,
    contexts: ContextStore | None = None,
) -> Hashed:
    """Transform and hash an unsecured document and a proof configuration (§§3.x.3–3.x.5 of the suites).

    Args:
        document: without ``proof`` (or with the proofs it depends on, in a chain).
        config: the proof without ``proofValue``.
        algorithm: of the key, ``Ed25519``, ``ES256`` or ``ES384``; decides the hash.
        suite: when the configuration names it differently (a draft's name); else taken from the configuration.

    Raises:
        UnsupportedError: unknown suite, or one that does not take this algorithm.
        CanonicalError, LimitError: the bytes cannot be determined.
    """
    suite = suite or suite_named(config.get("cryptosuite"))
    digest = suite.digest(algorithm)
    contexts = contexts or default_contexts()
    if suite.transformation == "jcs":
        transformed = jcs(document)
    else:
        transformed = canonicalize(dict(document), digest=digest, contexts=contexts)
    canonical_config, config_hash = _config(suite, document.get("@context"), config, digest, contexts)
    return Hashed(
        canonical_document=transformed,
        canonical_config=canonical_config,
        document_hash=_HASHES[digest](transformed).digest(),
        config_hash=config_hash,
    )


def config_hash(
    suite: Suite,
    context: Any,
    config: Mapping[str, Any],
    *,
    algorithm: str,
    contexts: ContextStore | None = None,
) -> bytes:
    """The hash of a proof configuration alone, read in the document's ``@context``.

    Raises:
        UnsupportedError, CanonicalError, LimitError: as `hash_data`.
    """
    return _config(suite, context, config, suite.digest(algorithm), contexts or default_contexts())[1]


_Digest = Literal["sha256", "sha384"]
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


def _config(
    suite: Suite, context: Any, config: Mapping[str, Any], digest: _Digest, contexts: ContextStore
) -> tuple[bytes, bytes]:
    """§3.x.5 "Proof Configuration", canonical and hashed; an RDF suite reads it in the document's own context."""
    whole = config if suite.transformation == "jcs" else {**config, "@context": context}
    try:
        return _cached_config(suite.transformation, msgspec.json.encode(whole), digest, contexts)
    except (TypeError, UnicodeEncodeError, RecursionError):  # not JSON: the canonicaliser says why
        return _canonical_config(suite.transformation, dict(whole), digest, contexts)


@lru_cache(maxsize=CONFIG_CACHE_ENTRIES)
def _cached_config(
    transformation: str, config: bytes, digest: _Digest, contexts: ContextStore
) -> tuple[bytes, bytes]:
    return _canonical_config(transformation, msgspec.json.decode(config), digest, contexts)


def _canonical_config(
    transformation: str, config: dict[str, Any], digest: _Digest, contexts: ContextStore
) -> tuple[bytes, bytes]:
    canonical = (
        jcs(config) if transformation == "jcs" else canonicalize(config, digest=digest, contexts=contexts)
    )
    return canonical, _HASHES[digest](canonical).digest()
