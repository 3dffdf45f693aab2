"""Data Integrity proofs (W3C VC Data Integrity 1.0): the seal inside the document.

Cryptosuites: ``eddsa-rdfc-2022``, ``eddsa-jcs-2022`` (VC-DI-EdDSA), ``ecdsa-rdfc-2019``, ``ecdsa-jcs-2019``
(VC-DI-ECDSA, P-256 and P-384) and, for selective disclosure, ``ecdsa-sd-2023`` (P-256). Proof sets and chains are
supported. The older ``Ed25519Signature2020`` is verified, and never made.
"""

from tessella.seals.data_integrity._proof_value import shows_part
from tessella.seals.data_integrity.proofs import MAX_PROOFS, ProofResult, add_proof, verify_proofs
from tessella.seals.data_integrity.selective import (
    MAX_STATEMENTS,
    Revealed,
    add_selective_proof,
    base_proof_of,
    derive,
)
from tessella.seals.data_integrity.series import SealedSeries
from tessella.seals.data_integrity.suites import (
    LEGACY_SUITES,
    SELECTIVE,
    SUITES,
    Hashed,
    Suite,
    hash_data,
    suite_named,
)

__all__ = [
    "LEGACY_SUITES",
    "MAX_PROOFS",
    "MAX_STATEMENTS",
    "SELECTIVE",
    "SUITES",
    "Hashed",
    "ProofResult",
    "Revealed",
    "SealedSeries",
    "Suite",
    "add_proof",
    "add_selective_proof",
    "base_proof_of",
    "derive",
    "hash_data",
    "shows_part",
    "suite_named",
    "verify_proofs",
]
