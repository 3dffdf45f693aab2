"""Lists of revoked identifiers: the 1EdTech Revocation List Status Method 1.0 and Open Badges 2.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tessella.status.outcome import State, StatusOutcome, outcome
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["MAX_REVOKED", "interpret_revocation_list"]

MAX_REVOKED = 1_000_000
"""The longest list searched."""

_MEMBERS = ("revokedCredentials", "revokedCredential", "revokedAssertions")
_CLAUSE = "1EdTech Revocation List Status Method 1.0"


def interpret_revocation_list(credential_id: str, revocation_list: Mapping[str, Any]) -> StatusOutcome:
    """The state of the credential (or Open Badges 2.0 assertion) with this id by a fetched list.

    The list is not sealed: the caller must have fetched it from the address in the credential, over HTTPS.
    A listed credential is revoked unless its entry says ``"revoked": false``.

    Returns:
        ``passed`` not listed · ``failed`` listed · ``indeterminate`` without an id or a readable list.
    """
    lists = [revocation_list[name] for name in _MEMBERS if name in revocation_list]
    readable = len(lists) == 1 and isinstance(lists[0], list) and len(lists[0]) <= MAX_REVOKED
    if not credential_id or not readable:
        return outcome(
            State.UNKNOWN,
            Verdict.INDETERMINATE,
            say("The revocation list cannot be read.")
            if credential_id
            else say("The credential has no id that a revocation list could name."),
            meaning=say("Whether the credential was revoked is not known."),
            clause=_CLAUSE,
        )
    for entry in lists[0]:
        listed = entry if isinstance(entry, Mapping) else {"id": entry}
        if listed.get("id") == credential_id and listed.get("revoked") is not False:
            reason = listed.get("revocationReason", listed.get("revokedReason", ""))
            return outcome(
                State.REVOKED,
                Verdict.FAILED,
                say("The issuer has revoked the credential."),
                meaning=say("It is no longer valid, and a revocation is final."),
                clause=_CLAUSE,
                evidence={"reason": reason} if isinstance(reason, str) and reason else {},
            )
    return outcome(
        State.ACTIVE,
        Verdict.PASSED,
        say("The credential is not on the issuer's revocation list."),
        clause=_CLAUSE,
    )
