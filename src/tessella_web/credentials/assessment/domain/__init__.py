"""The verbs about who takes part in an offer and what assessors found: each one transaction, the only code that changes it."""

from tessella_web.credentials.assessment.domain.awarding import award_achieved, to_award
from tessella_web.credentials.assessment.domain.enrolling import (
    DETAILS,
    MAX_EVIDENCE_BYTES,
    MAX_PIECES,
    accept,
    add_evidence,
    change_details,
    decline,
    enrol,
    list_person,
    note_accommodations,
    withdraw,
)
from tessella_web.credentials.assessment.domain.recording import (
    Finding,
    is_achieved,
    is_complete,
    record,
    record_many,
)

__all__ = [
    "DETAILS",
    "MAX_EVIDENCE_BYTES",
    "MAX_PIECES",
    "Finding",
    "accept",
    "add_evidence",
    "award_achieved",
    "change_details",
    "decline",
    "enrol",
    "is_achieved",
    "is_complete",
    "list_person",
    "note_accommodations",
    "record",
    "record_many",
    "to_award",
    "withdraw",
]
