"""Token Status List (IETF draft-ietf-oauth-status-list-20), for SD-JWT VC and the EUDI wallet.

The bits differ from the Bitstring form in every respect: entries of 1, 2, 4 or 8 bits, the first in the
least significant bits of a byte, ZLIB, and a JWT around it, which ``seals`` makes and verifies. Both forms
are published from the same `StatusList`.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping
from typing import Any

from tessella.errors import DecodeError, InputError, SchemaError
from tessella.keys.multibase import base64url_encode
from tessella.status.bitstring import inflate
from tessella.status.lists import StatusList
from tessella.status.outcome import State, StatusOutcome, outcome, too_old
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["interpret_token_status", "read_token_status", "token_status_claim", "token_status_list_claims"]

_CLAUSE = "Token Status List §8.3"
_STATES = {0: State.ACTIVE, 1: State.REVOKED, 2: State.SUSPENDED}  # §7.1: VALID, INVALID, SUSPENDED
_MAX_INDEX = 2**40

_SPREAD = [sum((byte >> (7 - place) & 1) << 2 * place for place in range(8)) for byte in range(256)]
"""Eight bits, the first most significant, as the low bits of eight entries of two, the first least."""


def token_status_claim(list_url: str, index: int) -> dict[str, Any]:
    """The ``status`` claim of a token (§6.1)."""
    return {"status_list": {"idx": index, "uri": list_url}}


def token_status_list_claims(
    revocation: StatusList,
    suspension: StatusList | None = None,
    *,
    list_url: str,
    issued_at: dt.datetime,
    expires_at: dt.datetime | None = None,
    ttl_s: int | None = None,
) -> dict[str, Any]:
    """The claims of the status list token (§5.1), which the caller seals as a JWT of ``typ`` statuslist+jwt.

    Entries have two bits: revoked is 1; suspended, and not revoked, is 2. A copy must have the same index
    in both lists.

    Args:
        list_url: where it is published; the claim ``sub``.
        ttl_s: seconds after which a verifier should fetch it again.

    Raises:
        SchemaError: ``input.schema.status-list``, the lists are of other purposes or of different length.
    """
    revoked = revocation.bits
    suspended = suspension.bits if suspension else bytes(len(revoked))
    purposes = (revocation.purpose, suspension.purpose if suspension else "suspension")
    if purposes != ("revocation", "suspension") or len(suspended) != len(revoked):
        raise SchemaError(
            say("The two lists do not belong together."),
            code="input.schema.status-list",
            got=" ".join(purposes),
            hint=say("Give a revocation list and a suspension list of the same length."),
        )
    values = b"".join(
        (_SPREAD[dead] | _SPREAD[held & ~dead] << 1).to_bytes(2, "little")
        for dead, held in zip(revoked, suspended, strict=True)
    )
    claims: dict[str, Any] = {
        "sub": list_url,
        "iat": int(issued_at.timestamp()),
        "status_list": {"bits": 2, "lst": base64url_encode(zlib.compress(values, 9))},
    }
    if expires_at is not None:
        claims["exp"] = int(expires_at.timestamp())
    if ttl_s is not None:
        claims["ttl"] = ttl_s
    return claims


def read_token_status(claims: Mapping[str, Any]) -> tuple[str, int] | None:
    """The list address and the index of a token's ``status`` claim (§6.2), or None when it has none.

    Raises:
        SchemaError: ``input.schema.status``, not such a claim.
    """
    status = claims.get("status")
    if status is None or (isinstance(status, Mapping) and "status_list" not in status):
        return None
    entry = status["status_list"] if isinstance(status, Mapping) else None
    if isinstance(entry, Mapping):
        index, url = entry.get("idx"), entry.get("uri")
        if type(index) is int and 0 <= index < _MAX_INDEX and isinstance(url, str) and ":" in url:
            return url, index
    raise SchemaError(
        say("The status claim names no list and index."),
        code="input.schema.status",
        got=str(status)[:200],
        hint=say("Tell the issuer; the status cannot be read as it is."),
    )


def interpret_token_status(
    list_url: str,
    index: int,
    list_claims: Mapping[str, Any],
    *,
    at: dt.datetime,
    fetched_at: dt.datetime | None = None,
    max_age_s: int | None = None,
) -> StatusOutcome:
    """The state of the token at ``index`` by the claims of a status list token (§8.3).

    The caller must have verified the list token's seal and ``typ``, and that its issuer may speak for the
    token's issuer.

    Args:
        at: the time asked about (time-zone aware), compared with ``exp``.
        fetched_at: when this copy was had; with it ``ttl`` and ``max_age_s`` are applied.
        max_age_s: seconds after which a copy is stale, whatever the list's ``ttl`` says (which is how long it may be kept
            before it should be fetched again, §5.1); its own end stays its end.

    Returns:
        As `interpret_status`; a value the draft leaves to the application is ``indeterminate``. A stale
        list leaves everything open here, since this form does not call a revocation final.
    """
    evidence: dict[str, Any] = {"list": list_url, "index": index}
    try:
        bits, size = _bits_of(list_url, list_claims)
        ends, ttl = (_number(list_claims, name) for name in ("exp", "ttl"))
    except InputError as error:
        return _open(error.message, evidence | {"error": error.code})
    if ends is not None and at.timestamp() >= ends:
        return _open(say("The status list has expired."), evidence)
    limit = ttl if max_age_s is None else max_age_s
    if fetched_at is not None and limit is not None and (at - fetched_at).total_seconds() > limit:
        return _open(too_old(fetched_at), evidence)
    place = index * size
    if place // 8 >= len(bits):
        return outcome(
            State.UNKNOWN,
            Verdict.FAILED,
            say("The status index lies outside the list."),
            clause=_CLAUSE,
            evidence=evidence,
        )
    value = bits[place // 8] >> place % 8 & (1 << size) - 1
    evidence["value"] = value
    state = _STATES.get(value)
    if state is State.ACTIVE:
        explanation = say("The status list shows neither revocation nor suspension.")
        return outcome(state, Verdict.PASSED, explanation, clause=_CLAUSE, evidence=evidence)
    if state is None:
        explanation = say(
            "The status list gives the value %(value)s; what follows is not known here.", value=value
        )
        return _open(explanation, evidence)
    explanation = (
        say("The issuer has revoked the credential.")
        if state is State.REVOKED
        else say("The issuer has suspended the credential.")
    )
    return outcome(state, Verdict.FAILED, explanation, clause=_CLAUSE, evidence=evidence)


def _bits_of(list_url: str, claims: Mapping[str, Any]) -> tuple[bytes, int]:
    """The bits and the size of an entry, of a list that names itself ``list_url``."""
    status_list = claims.get("status_list")
    fields = status_list if isinstance(status_list, Mapping) else {}
    size, text = fields.get("bits"), fields.get("lst")
    if claims.get("sub") != list_url or size not in (1, 2, 4, 8) or not isinstance(text, str):
        raise _not_the_list(claims.get("sub"))
    return inflate(text, zlib.MAX_WBITS), int(size)


def _number(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise _not_the_list(value)


def _not_the_list(got: object) -> DecodeError:
    return DecodeError(
        say("What was found is not the status list that was named."),
        code="input.decode.status-list",
        got=str(got)[:200],
        hint=say("Tell the issuer; the status cannot be read as it is."),
    )


def _open(explanation: str, evidence: dict[str, Any]) -> StatusOutcome:
    return outcome(
        State.UNKNOWN,
        Verdict.INDETERMINATE,
        explanation,
        meaning=say("Whether the credential was revoked or suspended is not known."),
        clause=_CLAUSE,
        evidence=evidence,
    )
