"""Keys: public keys and signers, the algorithm registry, DIDs, key records and X.509 facts.

Pure: keys and documents come in as bytes, network access as a function, time as an argument.
Only this package and ``seals`` touch cryptographic primitives.
"""

from tessella.keys.algorithms import ALGORITHMS, MAX_RSA_BITS, MIN_RSA_BITS, Algorithm, algorithm_named
from tessella.keys.certificates import CertificateFacts, certificate_facts, ordered_chain
from tessella.keys.multibase import (
    base58btc_decode,
    base58btc_encode,
    base64url_decode,
    base64url_encode,
    multibase_decode,
    multibase_encode,
)
from tessella.keys.private import DEFAULT_RSA_BITS, PrivateKey
from tessella.keys.public import KEY_CACHE_ENTRIES, PublicKey

__all__ = [
    "ALGORITHMS",
    "DEFAULT_RSA_BITS",
    "KEY_CACHE_ENTRIES",
    "MAX_RSA_BITS",
    "MIN_RSA_BITS",
    "Algorithm",
    "CertificateFacts",
    "PrivateKey",
    "PublicKey",
    "algorithm_named",
    "base58btc_decode",
    "base58btc_encode",
    "base64url_decode",
    "base64url_encode",
    "certificate_facts",
    "multibase_decode",
    "multibase_encode",
    "ordered_chain",
]
