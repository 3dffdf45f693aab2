"""Open Badges 2.0: the record as assertion, badge class and issuer's profile, hosted or signed, and such badges as a record.

::

    write       award → `Badge`: the three documents; ``embedded()`` is one
    read        assertion (with what it links) → award, issuer, notes
    validate    what the standard finds wrong
    detect, is_assertion            whether a JSON value is such a document, or such an award
    embed, link, key_ids, differences, same_statement       documents that link one another
    in_scope, host_of, is_web       addresses, and who speaks for them
    FIELD_MAP, losses               what is carried where, and what is lost
    hash_identity, recipient_matches        whose badge it is
    key_document, revocation_list   what a signed badge needs published beside it
    UPGRADE, as_related, as_evidence        how it becomes a badge of version 3.0
"""

from tessella.formats.openbadges2._json import CONTEXT, Note
from tessella.formats.openbadges2.addresses import host_of, in_scope, is_web
from tessella.formats.openbadges2.fieldmap import FIELD_MAP, UPGRADE, as_evidence, as_related, losses
from tessella.formats.openbadges2.identity import hash_identity, recipient_matches
from tessella.formats.openbadges2.linking import (
    detect,
    differences,
    embed,
    is_assertion,
    key_ids,
    link,
    same_statement,
)
from tessella.formats.openbadges2.reading import BadgeRead, read
from tessella.formats.openbadges2.validation import Violation, validate
from tessella.formats.openbadges2.writing import Badge, key_document, revocation_list, write

__all__ = [
    "CONTEXT",
    "FIELD_MAP",
    "UPGRADE",
    "Badge",
    "BadgeRead",
    "Note",
    "Violation",
    "as_evidence",
    "as_related",
    "detect",
    "differences",
    "embed",
    "hash_identity",
    "host_of",
    "in_scope",
    "is_assertion",
    "is_web",
    "key_document",
    "key_ids",
    "link",
    "losses",
    "read",
    "recipient_matches",
    "revocation_list",
    "same_statement",
    "validate",
    "write",
]
