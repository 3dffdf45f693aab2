"""Many documents of one shape, sealed by one key at one time: the constant part is canonicalised once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.canonical import ContextStore, Kind, Template
from tessella.keys import base58btc_encode
from tessella.ports import Signer
from tessella.seals.data_integrity._options import proof_options
from tessella.seals.data_integrity.suites import hash_data, suite_named

__all__ = ["SealedSeries"]


class SealedSeries:
    """Seals documents that differ in some leaf strings only; the bytes are those that `add_proof` would sign.

    Args:
        document: one complete unsecured document.
        variables: JSON pointers of the leaves that vary, and what each holds.
        created: when the proofs are made (time-zone aware).

    Raises:
        CanonicalError: ``canonical.template``, the document cannot be a template: use `add_proof` for each.
        UnsupportedError, SealError: as `add_proof`.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        variables: Mapping[str, Kind],
        signer: Signer,
        *,
        cryptosuite: str,
        created: dt.datetime,
        contexts: ContextStore | None = None,
    ) -> None:
        suite = suite_named(cryptosuite)
        digest = suite.digest(signer.algorithm)
        self._signer = signer
        self._template = Template(dict(document), variables, digest=digest, contexts=contexts)
        config = proof_options(document, signer, suite, created=created)
        hashed = hash_data(document, config, algorithm=signer.algorithm, contexts=contexts)
        self._config_hash = hashed.config_hash
        self._hash = hashlib.sha256 if digest == "sha256" else hashlib.sha384
        self._transform = self._template.jcs if suite.transformation == "jcs" else self._template.canonical
        self._proof = b',"proof":' + msgspec.json.encode(config)[:-1] + b',"proofValue":"z'

    def seal(self, values: Mapping[str, str]) -> bytes:
        """The sealed document with these values at the varying places, as JSON (UTF-8, no spaces).

        Raises:
            CanonicalError: a value is missing or not of its kind.
        """
        signed = self._config_hash + self._hash(self._transform(values)).digest()
        value = base58btc_encode(self._signer.sign(signed))
        return self._template.json(values)[:-1] + self._proof + value.encode() + b'"}}'
