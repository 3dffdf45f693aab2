"""The verbs about descriptions and versions: each one transaction, the only code that changes their state."""

from tessella_web.catalogue.domain.drafting import (
    ELEMENTS,
    confirm,
    invite_partner,
    require_to_start,
    save_element,
    save_elements,
    start_description,
)
from tessella_web.catalogue.domain.publishing import (
    REVIEW_SCHEME,
    as_if_reviewed,
    publish,
    require_to_publish,
    withdraw,
)
from tessella_web.catalogue.domain.reviewing import (
    answer,
    answer_section,
    ask_for_changes,
    comment,
    decide,
    may_review,
    reply,
    require_to_review,
    require_to_submit,
    submit_for_review,
    take_back,
)
from tessella_web.catalogue.domain.starting import MAX_FILE_BYTES, start_from_file, start_from_text

__all__ = [
    "ELEMENTS",
    "MAX_FILE_BYTES",
    "REVIEW_SCHEME",
    "answer",
    "answer_section",
    "as_if_reviewed",
    "ask_for_changes",
    "comment",
    "confirm",
    "decide",
    "invite_partner",
    "may_review",
    "publish",
    "reply",
    "require_to_publish",
    "require_to_review",
    "require_to_start",
    "require_to_submit",
    "save_element",
    "save_elements",
    "start_description",
    "start_from_file",
    "start_from_text",
    "submit_for_review",
    "take_back",
    "withdraw",
]
