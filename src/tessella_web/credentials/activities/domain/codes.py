"""Codes that show that somebody is there, and keys of the pages of single people.

All are made from the installation's secret: no copy of the database holds one.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac

from django.utils.crypto import salted_hmac

from tessella_web.credentials.activities.models import Activity, Participant, Way

__all__ = ["PASS_S", "REFRESH_S", "is_ticket_key", "is_usable", "paper_code", "screen_code", "ticket_key"]

REFRESH_S = 30
"""So often the screen shows another code: a picture of it that is sent to somebody at home comes late."""

GRACE_STEPS = 3
"""Steps that an earlier code still works: time to open the camera, two minutes in all."""

PASS_S = 20 * 60
"""How long somebody who scanned may take to write name and address."""

CODE_LENGTH = 12
"""60 bits in base32: too many to try within two minutes, few enough to be typed by hand."""


def screen_code(activity: Activity, *, at: dt.datetime) -> str:
    """The code that the organiser's screen shows now."""
    return _screen_code(activity, _step(at))


def paper_code(activity: Activity) -> str:
    """The code on paper; it stays the same until it is replaced."""
    return _short("activities.paper", f"{activity.id} {activity.paper_round}")


def is_usable(activity: Activity, code: str, *, at: dt.datetime) -> Way | None:
    """Which of the codes it is; None when it is none, or too old."""
    step = _step(at)
    if any(_same(_screen_code(activity, step - back), code) for back in range(GRACE_STEPS + 1)):
        return Way.SCREEN
    if activity.is_paper_allowed and _same(paper_code(activity), code):
        return Way.PAPER
    return None


def ticket_key(participant: Participant) -> str:
    """What opens the page of one person on the list."""
    return _short("activities.ticket", participant.id, length=24)


def is_ticket_key(participant: Participant, key: str) -> bool:
    """Whether this opens that person's page."""
    return _same(ticket_key(participant), key)


def _screen_code(activity: Activity, step: int) -> str:
    return _short("activities.screen", f"{activity.id} {step}")


def _step(at: dt.datetime) -> int:
    return int(at.timestamp()) // REFRESH_S


def _short(purpose: str, value: str, *, length: int = CODE_LENGTH) -> str:
    digest = salted_hmac(purpose, value, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:length]


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())
