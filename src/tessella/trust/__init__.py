"""Trust: who stands behind a seal, and how we know.

An intact seal says that nobody changed the file; it does not say who made it. Here the certificate is
followed to an anchor that the operator configured, its holder compared with the issuer that the credential
names, and issuers looked up in the registers that the operator chose to consult. Each answer says which
source it rests on. Nothing is fetched, and no anchor or register is built in.
"""

from tessella.trust.chain import TrustResult, evaluate_chain
from tessella.trust.identity import compare_issuer
from tessella.trust.levels import LEVELS, Level, TrustLevel
from tessella.trust.registries import (
    MAX_REGISTRY_BYTES,
    MAX_REGISTRY_ENTRIES,
    Registry,
    RegistryEntry,
    RegistryResult,
    look_up,
    read_registry,
)

__all__ = [
    "LEVELS",
    "MAX_REGISTRY_BYTES",
    "MAX_REGISTRY_ENTRIES",
    "Level",
    "Registry",
    "RegistryEntry",
    "RegistryResult",
    "TrustLevel",
    "TrustResult",
    "compare_issuer",
    "evaluate_chain",
    "look_up",
    "read_registry",
]
