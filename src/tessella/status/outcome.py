"""The result of looking a status up: a state and the check that explains it."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import msgspec

from tessella.errors import TessellaError
from tessella.text import say
from tessella.verdicts import Check, Verdict

__all__ = ["State", "StatusOutcome", "status_unavailable"]


class State(enum.StrEnum):
    """What is known about the credential's status."""

    ACTIVE = "active"
    """Neither revoked nor suspended, as far as this entry tells."""

    REVOKED = "revoked"
    """Cancelled by the issuer, for good."""

    SUSPENDED = "suspended"
    """Not to be accepted for now; the issuer may lift it."""

    UNKNOWN = "unknown"
    """Could not be established."""


class StatusOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The state by one status entry, with the check for the report (id ``status``)."""

    state: State
    check: Check


def outcome(
    state: State,
    verdict: Verdict,
    explanation: str,
    *,
    meaning: str = "",
    clause: str = "",
    evidence: dict[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> StatusOutcome:
    """An outcome with its check."""
    check = Check(
        id="status",
        verdict=verdict,
        title=say("Revocation and suspension"),
        explanation=explanation,
        meaning=meaning,
        clause=clause,
        evidence={"state": str(state)} | (evidence or {}),
        notes=notes,
    )
    return StatusOutcome(state=state, check=check)


def status_unavailable(url: str, error: TessellaError) -> StatusOutcome:
    """The outcome when the list could not be had or its seal could not be established: indeterminate."""
    return outcome(
        State.UNKNOWN,
        Verdict.INDETERMINATE,
        say("The status list at %(url)s could not be had: %(reason)s", url=url, reason=error.message),
        meaning=say("Whether the credential was revoked is not known. Try again later."),
        clause="Bitstring Status List 1.0 §3.5 STATUS_RETRIEVAL_ERROR",
        evidence={"list": url, "error": error.code},
    )


def too_old(fetched_at: dt.datetime) -> str:
    """That a copy of a list was had too long ago, in words with the remedy."""
    return say(
        "The copy of the status list is from %(time)s and too old. Fetch it again, or verify by a policy that accepts older "
        "copies (max_status_age_s).",
        time=fetched_at.astimezone(dt.UTC).isoformat(timespec="minutes").replace("+00:00", "Z"),
    )
