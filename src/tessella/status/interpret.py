"""Reading a status: Bitstring Status List 1.0, and StatusList2021 before it.

An entry of the credential that is wrong in itself, or does not fit its list, fails the check. A list that
cannot be used (stale, not decodable, too short) leaves it indeterminate: the issuer can still repair that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella.errors import InputError, SchemaError, UnsupportedError
from tessella.status.bitstring import MIN_ENTRIES, expand_bitstring, value_at
from tessella.status.outcome import State, StatusOutcome, outcome, too_old
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["MAX_STATUS_SIZE", "StatusReference", "interpret_status", "read_status_entry", "status_entries"]

MAX_STATUS_SIZE = 8
"""The most bits per entry that are read: 256 different messages."""

_CLAUSE = "Bitstring Status List 1.0 §3.2"
_MAX_INDEX_DIGITS = 12  # beyond any list that MAX_LIST_BYTES admits


class _Kind(msgspec.Struct, frozen=True):
    credential_type: str
    list_type: str
    multibase: bool


_KINDS = {
    "BitstringStatusListEntry": _Kind("BitstringStatusListCredential", "BitstringStatusList", True),
    "StatusList2021Entry": _Kind("StatusList2021Credential", "StatusList2021", False),
}

_STATES = {"revocation": State.REVOKED, "suspension": State.SUSPENDED}


class StatusReference(msgspec.Struct, frozen=True, kw_only=True):
    """A status entry, read: which list, which place, for what purpose.

    ``messages`` maps values to the issuer's texts (for developers, not for end users). ``notes`` name
    tolerated quirks.
    """

    type: str
    url: str
    purpose: str
    index: int
    size: int = 1
    messages: dict[int, str] = {}
    notes: tuple[str, ...] = ()


def status_entries(credential: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The entries under ``credentialStatus``, of whatever type; empty when there are none.

    Raises:
        SchemaError: ``input.schema.status``, an entry that is not an object.
    """
    value = credential.get("credentialStatus")
    entries = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise _malformed(say("The credential status is not an object."), value)
    return tuple(entries)


def read_status_entry(entry: Mapping[str, Any]) -> StatusReference:
    """Read a ``BitstringStatusListEntry`` or ``StatusList2021Entry`` (also beside other types, as in ELM).

    Raises:
        UnsupportedError: ``unsupported.status``, another type.
        SchemaError: ``input.schema.status``, not such an entry.
    """
    types = _strings(entry.get("type"))
    known = [name for name in types if name in _KINDS]
    if not known:
        raise UnsupportedError(
            say("The status type %(types)s is not read here.", types=", ".join(types) or "?"),
            code="unsupported.status",
            got=" ".join(types),
            expected=" | ".join(_KINDS),
            hint=say("Ask the issuer about the credential's status."),
        )
    url, purpose, index = (
        entry.get(name) for name in ("statusListCredential", "statusPurpose", "statusListIndex")
    )
    if not isinstance(url, str) or ":" not in url:
        raise _malformed(say("The status entry names no list."), url)
    if not isinstance(purpose, str) or not purpose:
        raise _malformed(say("The status entry names no purpose."), purpose)
    notes: tuple[str, ...] = ()
    if isinstance(index, int) and not isinstance(index, bool):
        index, notes = str(index), (say("The status index is a number where text belongs."),)
    if not (
        isinstance(index, str) and index.isascii() and index.isdigit() and len(index) <= _MAX_INDEX_DIGITS
    ):
        raise _malformed(say("The status entry's index is not a number."), index)
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_STATUS_SIZE:
        raise _malformed(say("The status entry's size is not a number of bits."), size)
    return StatusReference(
        type=known[0],
        url=url,
        purpose=purpose,
        index=int(index),
        size=size,
        messages=_messages(entry, size),
        notes=notes,
    )


def interpret_status(
    entry: Mapping[str, Any],
    list_credential: Mapping[str, Any],
    *,
    at: dt.datetime,
    fetched_from: str = "",
    fetched_at: dt.datetime | None = None,
    max_age_s: int | None = None,
    min_entries: int = MIN_ENTRIES,
) -> StatusOutcome:
    """The state by one status entry and its list (§3.2, steps 5 to 13).

    The caller must have verified the list credential's seal, and that its issuer may speak for the
    credential's issuer.

    Args:
        at: the time asked about (time-zone aware), compared with the list's validity.
        fetched_from: the address this copy was had from, empty when the holder brought it; a list whose own
            ``id`` is not the one in the entry is accepted only from the address in the entry.
        fetched_at: when this copy of the list was had; with it ``ttl`` and ``max_age_s`` are applied.
        max_age_s: seconds after which a copy is stale, whatever the list's ``ttl`` says (which is how long to wait before
            asking again, §2.2); its own end stays its end.
        min_entries: the least length accepted.

    Returns:
        ``passed`` active · ``failed`` revoked, suspended, or an entry that is wrong · ``indeterminate`` a
        list that is stale or unusable. A stale list that shows a revocation is believed: it is final.
    """
    try:
        reference = read_status_entry(entry)
    except SchemaError as error:
        return _entry_wrong(error.message, "MALFORMED_VALUE_ERROR", {})
    except UnsupportedError as error:
        return outcome(State.UNKNOWN, Verdict.INDETERMINATE, error.message, evidence={"error": error.code})
    evidence: dict[str, Any] = {
        "list": reference.url,
        "purpose": reference.purpose,
        "index": reference.index,
    }
    try:
        subject, notes = _list_of(reference, list_credential, fetched_from)
        begins, stale = _staleness(list_credential, subject, at, fetched_at, max_age_s)
        # Step 5: the purpose is one of the list's.
        if reference.purpose not in _strings(subject.get("statusPurpose")):
            return _entry_wrong(
                say("The status list is for another purpose than %(purpose)s.", purpose=reference.purpose),
                "STATUS_VERIFICATION_ERROR",
                evidence,
            )
        # Steps 6 to 8: expand.
        bits, quirk = _expanded(reference, subject)
    except InputError as error:
        return _list_unusable(error.message, error.code, evidence)
    # Step 10 before 9: a list that is stale, or too short for the herd, still tells of a revocation.
    value = value_at(bits, reference.index, reference.size)
    if value is None:
        return _entry_wrong(say("The status index lies outside the list."), "RANGE_ERROR", evidence)
    evidence["value"] = value
    notes = (*reference.notes, *notes, *quirk)
    if value and reference.purpose == "revocation" and (begins is None or begins <= at):
        return _judged(reference, value, evidence, notes)
    # Step 9.
    if len(bits) * 8 // reference.size < min_entries:
        return _list_unusable(
            say("The status list is too short to protect holders."), "STATUS_LIST_LENGTH_ERROR", evidence
        )
    if stale:
        return _list_unusable(stale, "STATUS_RETRIEVAL_ERROR", evidence)
    # Steps 11 to 13.
    return _judged(reference, value, evidence, notes)


def _list_of(
    reference: StatusReference, credential: Mapping[str, Any], fetched_from: str
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The subject of the list credential when it is of the right types and the list that was named."""
    kind = _KINDS[reference.type]
    subjects = credential.get("credentialSubject")
    subject = subjects[0] if isinstance(subjects, list) and len(subjects) == 1 else subjects
    if (
        kind.credential_type not in _strings(credential.get("type"))
        or not isinstance(subject, Mapping)
        or kind.list_type not in _strings(subject.get("type"))
    ):
        raise _malformed(
            say("What was found is not a status list of the expected type."), credential.get("type")
        )
    if credential.get("id", reference.url) == reference.url:
        return subject, ()
    if fetched_from != reference.url:
        raise _malformed(say("Another status list than the one named was found."), credential.get("id"))
    return subject, (say("The status list names itself otherwise than its address."),)


def _staleness(
    credential: Mapping[str, Any],
    subject: Mapping[str, Any],
    at: dt.datetime,
    fetched_at: dt.datetime | None,
    max_age_s: int | None,
) -> tuple[dt.datetime | None, str]:
    """The beginning of the list's validity, and why it is stale (empty when it is not)."""
    begins = _instant(credential.get("validFrom", credential.get("issuanceDate")))
    ends = _instant(credential.get("validUntil", credential.get("expirationDate")))
    ttl = subject.get("ttl")
    if ttl is not None and (not isinstance(ttl, int) or isinstance(ttl, bool) or ttl < 0):
        raise _malformed(say("The list's time to live is not a number of milliseconds."), ttl)
    if begins is not None and at < begins:
        return begins, say("The status list is valid only from %(time)s.", time=_text(begins))
    if ends is not None and at > ends:
        return begins, say("The status list was valid until %(time)s.", time=_text(ends))
    limit = ttl and ttl / 1000 if max_age_s is None else max_age_s
    if fetched_at is not None and limit is not None and (at - fetched_at).total_seconds() > limit:
        return begins, too_old(fetched_at)
    return begins, ""


def _expanded(reference: StatusReference, subject: Mapping[str, Any]) -> tuple[bytes, tuple[str, ...]]:
    """The bits, with a note where the list lacks the multibase prefix."""
    text = subject.get("encodedList")
    if not isinstance(text, str):
        raise _malformed(say("The status list has no bits."), text)
    if text.startswith("u"):
        return expand_bitstring(text), ()
    # StatusList2021 has plain base64 (either alphabet is in use); some Bitstring lists kept that.
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    note = (say("The status list lacks the prefix u of its encoding."),)
    return expand_bitstring("u" + plain), note if _KINDS[reference.type].multibase else ()


def _judged(
    reference: StatusReference, value: int, evidence: dict[str, Any], notes: tuple[str, ...]
) -> StatusOutcome:
    if message := reference.messages.get(value):
        evidence = evidence | {"message": message}
    state = _STATES.get(reference.purpose, State.ACTIVE) if value else State.ACTIVE
    verdict, meaning = Verdict.PASSED, ""
    if state is State.REVOKED:
        verdict, explanation = Verdict.FAILED, say("The issuer has revoked the credential.")
        meaning = say("It is no longer valid, and a revocation is final.")
    elif state is State.SUSPENDED:
        verdict, explanation = Verdict.FAILED, say("The issuer has suspended the credential.")
        meaning = say(
            "It is not to be accepted for now. The suspension may be lifted; this is no revocation."
        )
    elif not value:
        explanation = say("The status list shows no %(purpose)s.", purpose=reference.purpose)
    elif reference.purpose == "refresh":
        explanation = say("The issuer offers an updated credential; this one stays valid.")
    else:
        state, verdict = State.UNKNOWN, Verdict.INDETERMINATE
        explanation = say(
            "The status list gives the value %(value)s for %(purpose)s; what follows from it is not known here.",
            value=value,
            purpose=reference.purpose,
        )
    return outcome(
        state, verdict, explanation, meaning=meaning, clause=_CLAUSE, evidence=evidence, notes=notes
    )


def _entry_wrong(explanation: str, error: str, evidence: dict[str, Any]) -> StatusOutcome:
    return outcome(
        State.UNKNOWN,
        Verdict.FAILED,
        explanation,
        meaning=say("The credential's status entry is wrong, so its status cannot be relied on."),
        clause=_CLAUSE,
        evidence=evidence | {"error": error},
    )


def _list_unusable(explanation: str, error: str, evidence: dict[str, Any]) -> StatusOutcome:
    return outcome(
        State.UNKNOWN,
        Verdict.INDETERMINATE,
        explanation,
        meaning=say("Whether the credential was revoked or suspended is not known."),
        clause=_CLAUSE,
        evidence=evidence | {"error": error},
    )


def _messages(entry: Mapping[str, Any], size: int) -> dict[int, str]:
    """``statusMessage`` (§2.1): one for each possible value, required when there are more than two."""
    listed = entry.get("statusMessage", [])
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise _malformed(say("The status messages are not a list."), listed)
    messages: dict[int, str] = {}
    for one in listed:
        try:
            messages[int(one["status"], 16)] = str(one["message"])
        except (TypeError, KeyError, ValueError) as error:
            raise _malformed(say("A status message lacks its value or text."), one) from error
    if size > 1 and not messages:
        raise _malformed(say("The status messages do not cover the possible values."), listed)
    return messages


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _instant(value: object) -> dt.datetime | None:
    if value is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _malformed(say("The list's validity is not a time with its zone."), value)
    return moment


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def _malformed(message: str, got: object) -> SchemaError:
    return SchemaError(
        message,
        code="input.schema.status",
        got=str(got)[:200],
        hint=say("Tell the issuer; the status cannot be read as it is."),
    )
