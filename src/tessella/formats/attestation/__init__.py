"""The European micro-credential attestation: claims for an SD-JWT VC in the EU digital identity wallet.

::

    write        award → claims, which of them the holder may withhold, and decoys
    status_claim     the claim that says where the status is published
    read         processed claims → award, issuer, facts, notes
    detect       whether claims are such an attestation, by their type
    validate     what the rules of the profile find wrong (MC-IR-01 … MC-IR-09)
    FIELD_MAP, field_map, losses     what is carried where, and what is lost
    type_metadata, integrity, check_integrity     the document that describes the type, byte-stable

Two profiles, both flat renderings of Annex I of Council Recommendation 2022/C 243/02: ``EUDI``, the type of the European
Commission's reference issuers (the default), and ``RULEBOOK``, that of the WE BUILD attestation rulebook.
"""

from tessella.formats.attestation.fieldmap import FIELD_MAP, field_map, losses
from tessella.formats.attestation.metadata import check_integrity, integrity, type_metadata
from tessella.formats.attestation.profile import ClaimRule, Profile
from tessella.formats.attestation.profiles import EUDI, PROFILES, RULEBOOK, detect, profile_of
from tessella.formats.attestation.reading import AttestationFacts, AttestationRead, Note, read
from tessella.formats.attestation.validation import validate
from tessella.formats.attestation.writing import Attestation, ClaimPath, status_claim, write

__all__ = [
    "EUDI",
    "FIELD_MAP",
    "PROFILES",
    "RULEBOOK",
    "Attestation",
    "AttestationFacts",
    "AttestationRead",
    "ClaimPath",
    "ClaimRule",
    "Note",
    "Profile",
    "check_integrity",
    "detect",
    "field_map",
    "integrity",
    "losses",
    "profile_of",
    "read",
    "status_claim",
    "type_metadata",
    "validate",
    "write",
]
