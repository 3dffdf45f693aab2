"""The verbs about descriptions and versions: each one transaction, the only code that changes their state."""

from tessella_web.catalogue.domain.drafting import (
    ELEMENTS,
    confirm,
    invite_partner,
    keep_workings,
    save_element,
    save_elements,
    start_description,
)
from tessella_web.catalogue.domain.publishing import REVIEW_SCHEME, publish, withdraw
from tessella_web.catalogue.domain.reviewing import (
    answer,
    ask_for_changes,
    comment,
    decide,
    reply,
    submit_for_review,
    take_back,
)
from tessella_web.catalogue.domain.starting import start_from_file, start_from_text

__all__ = [
    "ELEMENTS",
    "REVIEW_SCHEME",
    "answer",
    "ask_for_changes",
    "comment",
    "confirm",
    "decide",
    "invite_partner",
    "keep_workings",
    "publish",
    "reply",
    "save_element",
    "save_elements",
    "start_description",
    "start_from_file",
    "start_from_text",
    "submit_for_review",
    "take_back",
    "withdraw",
]
