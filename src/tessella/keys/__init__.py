"""Keys: public keys and signers, the algorithm registry, DIDs, key records and X.509 facts.

Pure: keys and documents come in as bytes, network access as a function, time as an argument.
Only this package and ``seals`` touch cryptographic primitives. ``tessella.keys.testca`` makes plainly
marked TEST certificates for tests and first steps.
"""

from tessella.keys.algorithms import ALGORITHMS, MAX_RSA_BITS, MIN_RSA_BITS, Algorithm, algorithm_named
from tessella.keys.certificates import CertificateFacts, certificate_facts, ordered_chain
from tessella.keys.did import (
    PURPOSES,
    DidDocument,
    Purpose,
    VerificationMethod,
    did_document,
    did_jwk,
    did_key_from_did,
    did_web,
    did_web_url,
    read_did_document,
)
from tessella.keys.ecdsa import ecdsa_joined
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
from tessella.keys.records import (
    KeyRecord,
    KeyRing,
    KeyStatus,
    key_verdict,
    new_key_record,
    published_key_verdict,
    retire_key,
    revoke_key,
)
from tessella.keys.resolution import (
    Binding,
    ResolvedKey,
    key_from_certificates,
    key_from_jwk,
    resolve_verification_method,
)
from tessella.keys.wrapping import KEK_BYTES, KeyEncryptionKey, OutsideKeyEncryptionKey

__all__ = [
    "ALGORITHMS",
    "DEFAULT_RSA_BITS",
    "KEK_BYTES",
    "KEY_CACHE_ENTRIES",
    "MAX_RSA_BITS",
    "MIN_RSA_BITS",
    "PURPOSES",
    "Algorithm",
    "Binding",
    "CertificateFacts",
    "DidDocument",
    "KeyEncryptionKey",
    "KeyRecord",
    "KeyRing",
    "KeyStatus",
    "OutsideKeyEncryptionKey",
    "PrivateKey",
    "PublicKey",
    "Purpose",
    "ResolvedKey",
    "VerificationMethod",
    "algorithm_named",
    "base58btc_decode",
    "base58btc_encode",
    "base64url_decode",
    "base64url_encode",
    "certificate_facts",
    "did_document",
    "did_jwk",
    "did_key_from_did",
    "did_web",
    "did_web_url",
    "ecdsa_joined",
    "key_from_certificates",
    "key_from_jwk",
    "key_verdict",
    "multibase_decode",
    "multibase_encode",
    "new_key_record",
    "ordered_chain",
    "published_key_verdict",
    "read_did_document",
    "resolve_verification_method",
    "retire_key",
    "revoke_key",
]
