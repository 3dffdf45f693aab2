"""Status lists: encode, allocate, publish and interpret. No cryptography: lists are sealed and verified
elsewhere, like any credential.
"""

from tessella.status.bitstring import MAX_LIST_BYTES, MIN_ENTRIES, compress_bitstring, expand_bitstring
from tessella.status.documents import status_entry, status_list_credential
from tessella.status.interpret import StatusReference, interpret_status, read_status_entry, status_entries
from tessella.status.lists import DEFAULT_ENTRIES, StatusList, StatusPurpose
from tessella.status.outcome import State, StatusOutcome, status_unavailable
from tessella.status.revocation_lists import interpret_revocation_list
from tessella.status.tokens import (
    interpret_token_status,
    read_token_status,
    token_status_claim,
    token_status_list_claims,
)

__all__ = [
    "DEFAULT_ENTRIES",
    "MAX_LIST_BYTES",
    "MIN_ENTRIES",
    "State",
    "StatusList",
    "StatusOutcome",
    "StatusPurpose",
    "StatusReference",
    "compress_bitstring",
    "expand_bitstring",
    "interpret_revocation_list",
    "interpret_status",
    "interpret_token_status",
    "read_status_entry",
    "read_token_status",
    "status_entries",
    "status_entry",
    "status_list_credential",
    "status_unavailable",
    "token_status_claim",
    "token_status_list_claims",
]
