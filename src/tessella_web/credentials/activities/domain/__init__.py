"""The verbs about activities: each one transaction, the only code that changes their state."""

from tessella_web.credentials.activities.domain.codes import (
    PASS_S,
    REFRESH_S,
    is_ticket_key,
    is_usable,
    paper_code,
    screen_code,
    ticket_key,
)
from tessella_web.credentials.activities.domain.joining import add, join, make_slips, use_slip
from tessella_web.credentials.activities.domain.listing import award, claim, confirm, decline, rename
from tessella_web.credentials.activities.domain.running import (
    close,
    forget,
    make_activity,
    reopen,
    replace_paper_code,
    usual_formats,
    usual_time_zone,
)
from tessella_web.credentials.activities.domain.tasks import (
    MAX_FILE_BYTES,
    accept,
    add_task,
    ask_for_more,
    hand_in,
    not_accept,
    remove_task,
)

__all__ = [
    "MAX_FILE_BYTES",
    "PASS_S",
    "REFRESH_S",
    "accept",
    "add",
    "add_task",
    "ask_for_more",
    "award",
    "claim",
    "close",
    "confirm",
    "decline",
    "forget",
    "hand_in",
    "is_ticket_key",
    "is_usable",
    "join",
    "make_activity",
    "make_slips",
    "not_accept",
    "paper_code",
    "remove_task",
    "rename",
    "reopen",
    "replace_paper_code",
    "screen_code",
    "ticket_key",
    "use_slip",
    "usual_formats",
    "usual_time_zone",
]
