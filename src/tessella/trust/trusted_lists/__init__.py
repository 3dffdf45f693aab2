"""EU trusted lists (ETSI TS 119 612): which trust services are granted, in which territory, since when.

The list of the lists is verified against pinned certificates, each list of a territory against the certificates that it
names; then a certificate is qualified or not at a moment by the rules of ETSI TS 119 615. Pure: the lists come in as bytes.
"""

from tessella.trust.trusted_lists._reading import MAX_POINTERS, MAX_SERVICES
from tessella.trust.trusted_lists._xml import MAX_LIST_BYTES
from tessella.trust.trusted_lists.lists import (
    LIST_OF_LISTS,
    MAX_LISTS,
    ListRow,
    TrustedList,
    TrustedLists,
    count,
    pivots_of,
)
from tessella.trust.trusted_lists.model import ListedService, ListFacts, Pointer, ServiceKind, ServiceState
from tessella.trust.trusted_lists.qualification import EIDAS_START, Listing, look_up_certificate

__all__ = [
    "EIDAS_START",
    "LIST_OF_LISTS",
    "MAX_LISTS",
    "MAX_LIST_BYTES",
    "MAX_POINTERS",
    "MAX_SERVICES",
    "ListFacts",
    "ListRow",
    "ListedService",
    "Listing",
    "Pointer",
    "ServiceKind",
    "ServiceState",
    "TrustedList",
    "TrustedLists",
    "count",
    "look_up_certificate",
    "pivots_of",
]
