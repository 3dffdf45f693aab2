"""Open Badges 3.0: the record as an OpenBadgeCredential of VCDM 2.0, and any badge (2.0, 1.1) as a record.

::

    write       award → credential, unsealed
    read        credential → award, issuer, facts, notes
    validate    what the data model of the standard finds wrong
    detect      whether a JSON value is such a badge
    FIELD_MAP, losses     what is carried where, and what is lost
    EXTENSION_CONTEXT_URL, extension_context     our JSON-LD context for what the standard has no place for
    Recipient, hash_identity, identity_matches   how a badge says whose it is
"""

from tessella.formats.openbadges3._json import Note
from tessella.formats.openbadges3.extension import EXTENSION_CONTEXT_URL, extension_context
from tessella.formats.openbadges3.fieldmap import FIELD_MAP, losses
from tessella.formats.openbadges3.identity import Recipient, hash_identity, identity_matches
from tessella.formats.openbadges3.reading import BadgeRead, CredentialFacts, detect, read
from tessella.formats.openbadges3.validation import Violation, validate
from tessella.formats.openbadges3.writing import write

__all__ = [
    "EXTENSION_CONTEXT_URL",
    "FIELD_MAP",
    "BadgeRead",
    "CredentialFacts",
    "Note",
    "Recipient",
    "Violation",
    "detect",
    "extension_context",
    "hash_identity",
    "identity_matches",
    "losses",
    "read",
    "validate",
    "write",
]
