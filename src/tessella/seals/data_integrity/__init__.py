"""Data Integrity proofs (W3C VC Data Integrity 1.0): the seal inside the document.

Cryptosuites: ``eddsa-rdfc-2022``, ``eddsa-jcs-2022`` (VC-DI-EdDSA) and ``ecdsa-rdfc-2019``,
``ecdsa-jcs-2019`` (VC-DI-ECDSA, P-256 and P-384). Proof sets and chains are supported.
"""

from tessella.seals.data_integrity.proofs import MAX_PROOFS, ProofResult, add_proof, verify_proofs
from tessella.seals.data_integrity.series import SealedSeries
from tessella.seals.data_integrity.suites import SUITES, Hashed, Suite, hash_data, suite_named

__all__ = [
    "MAX_PROOFS",
    "SUITES",
    "Hashed",
    "ProofResult",
    "SealedSeries",
    "Suite",
    "add_proof",
    "hash_data",
    "suite_named",
    "verify_proofs",
]
