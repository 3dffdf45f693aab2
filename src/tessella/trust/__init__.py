"""Trust: who stands behind a seal, and how we know.

An intact seal says that nobody changed the file; it does not say who made it. Here the certificate is
followed to an anchor that the operator configured, its holder compared with the issuer that the credential
names, and issuers looked up in the registers that the operator chose to consult. With the EU trusted lists it is
answered whether a seal is qualified. Each answer says which source it rests on. Nothing is fetched, and no anchor or
register is built in.
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
from tessella.trust.trusted_lists import (
    MAX_LIST_BYTES,
    MAX_LISTS,
    Listing,
    ListRow,
    ServiceKind,
    TrustedList,
    TrustedLists,
)

__all__ = [
    "LEVELS",
    "MAX_LISTS",
    "MAX_LIST_BYTES",
    "MAX_REGISTRY_BYTES",
    "MAX_REGISTRY_ENTRIES",
    "Level",
    "ListRow",
    "Listing",
    "Registry",
    "RegistryEntry",
    "RegistryResult",
    "ServiceKind",
    "TrustLevel",
    "TrustResult",
    "TrustedList",
    "TrustedLists",
    "compare_issuer",
    "evaluate_chain",
    "look_up",
    "read_registry",
]
