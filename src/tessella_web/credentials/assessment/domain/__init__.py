"""The verbs about who takes part in an offer and what assessors found: each one transaction, the only code that changes it."""

from tessella_web.credentials.assessment.domain._common import is_own
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
from tessella_web.credentials.assessment.domain.sheets import check_people, check_results, give_up, take_over
from tessella_web.credentials.assessment.domain.template import FIELDS, outcome_titles, results_sheet
from tessella_web.credentials.assessment.domain.words import required_of, told
from tessella_web.credentials.domain.assessed import supervision_choices
from tessella_web.credentials.domain.lists import MAX_UPLOAD_BYTES

__all__ = [
    "DETAILS",
    "FIELDS",
    "MAX_EVIDENCE_BYTES",
    "MAX_PIECES",
    "MAX_UPLOAD_BYTES",
    "Finding",
    "accept",
    "add_evidence",
    "award_achieved",
    "change_details",
    "check_people",
    "check_results",
    "decline",
    "enrol",
    "give_up",
    "is_achieved",
    "is_complete",
    "is_own",
    "list_person",
    "note_accommodations",
    "outcome_titles",
    "record",
    "record_many",
    "required_of",
    "results_sheet",
    "supervision_choices",
    "take_over",
    "to_award",
    "told",
    "withdraw",
]
