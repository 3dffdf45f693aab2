"""The verifier's side: every outcome of reading a status."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
from typing import Any

import pytest

from tessella.errors import AccessError, SchemaError, UnsupportedError
from tessella.status import (
    MIN_ENTRIES,
    State,
    StatusList,
    compress_bitstring,
    interpret_revocation_list,
    interpret_status,
    read_status_entry,
    status_entries,
    status_entry,
    status_list_credential,
    status_unavailable,
)
from tessella.verdicts import Verdict
from tests.support import shared_json

URL = "https://uni.example/status/1"
START, NOW, END = (dt.datetime(2026, 3, day, tzinfo=dt.UTC) for day in (1, 5, 10))
PASSED, FAILED, OPEN = Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE


def published(purpose: Any = "revocation", *, value: bool = False, **changes: Any) -> dict[str, Any]:
    status = StatusList(purpose, entries=MIN_ENTRIES)
    index = status.allocate(random_below=lambda _: 42)
    if value:
        status.set(index)
    credential = status_list_credential(
        status,
        list_url=URL,
        issuer="did:web:uni.example",
        valid_from=START,
        valid_until=END,
        ttl_ms=3_600_000,
    )
    subject = credential["credentialSubject"] | changes.pop("subject", {})
    return credential | {"credentialSubject": subject} | changes


def entry(purpose: Any = "revocation", **changes: Any) -> dict[str, Any]:
    return status_entry(URL, 42, purpose) | changes


def result(*arguments: Any, at: dt.datetime = NOW, **options: Any) -> tuple[State, Verdict, str]:
    found = interpret_status(*arguments, at=at, **options)
    assert found.check.id == "status"
    assert found.check.evidence["state"] == found.state
    return found.state, found.check.verdict, found.check.evidence.get("error", "")


def test_entry_and_list_have_the_form_of_the_recommendation() -> None:
    assert entry() == {
        "id": f"{URL}#42",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "42",
        "statusListCredential": URL,
    }
    credential = published()
    assert credential["credentialSubject"].pop("encodedList")[:4] == "uH4s"
    assert credential == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:uni.example",
        "validFrom": "2026-03-01T00:00:00Z",
        "validUntil": "2026-03-10T00:00:00Z",
        "credentialSubject": {
            "id": f"{URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": 3_600_000,
        },
    }


def test_entry_in_the_form_of_elm_is_read_the_same() -> None:
    elm = status_entry(URL, 42, "revocation", elm=True)
    assert elm["type"] == ["CredentialStatus", "BitstringStatusListEntry"]
    assert read_status_entry(elm) == read_status_entry(entry())
    assert result(elm, published(value=True)) == (State.REVOKED, FAILED, "")


@pytest.mark.parametrize(
    ("purpose", "value", "state", "verdict"),
    [
        ("revocation", False, State.ACTIVE, PASSED),
        ("revocation", True, State.REVOKED, FAILED),
        ("suspension", False, State.ACTIVE, PASSED),
        ("suspension", True, State.SUSPENDED, FAILED),
    ],
)
def test_states(purpose: str, value: bool, state: State, verdict: Verdict) -> None:
    assert result(entry(purpose), published(purpose, value=value)) == (state, verdict, "")


def test_revoked_and_suspended_are_worded_apart() -> None:
    revoked = interpret_status(entry(), published(value=True), at=NOW).check
    suspended = interpret_status(entry("suspension"), published("suspension", value=True), at=NOW).check
    assert revoked.explanation == "The issuer has revoked the credential."
    assert revoked.meaning == "It is no longer valid, and a revocation is final."
    assert suspended.explanation == "The issuer has suspended the credential."
    assert suspended.meaning == (
        "It is not to be accepted for now. The suspension may be lifted; this is no revocation."
    )


# --- stale lists -------------------------------------------------------------------------------------

LATE = END + dt.timedelta(seconds=1)
EARLY = START - dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("purpose", "value", "at", "state", "verdict"),
    [
        ("revocation", False, END, State.ACTIVE, PASSED),
        ("revocation", False, START, State.ACTIVE, PASSED),
        ("revocation", False, LATE, State.UNKNOWN, OPEN),
        ("revocation", True, LATE, State.REVOKED, FAILED),  # a revocation is final
        ("suspension", True, LATE, State.UNKNOWN, OPEN),  # a suspension may have been lifted
        ("revocation", False, EARLY, State.UNKNOWN, OPEN),
        ("revocation", True, EARLY, State.UNKNOWN, OPEN),  # revoked later, perhaps not yet then
    ],
)
def test_stale_list(purpose: str, value: bool, at: dt.datetime, state: State, verdict: Verdict) -> None:
    assert result(entry(purpose), published(purpose, value=value), at=at)[:2] == (state, verdict)


@pytest.mark.parametrize(
    ("age_s", "options", "verdict"),
    [
        (3600, {}, PASSED),
        (3601, {}, OPEN),
        (600, {"max_age_s": 600}, PASSED),
        (601, {"max_age_s": 600}, OPEN),
        (3601, {"max_age_s": 90_000}, PASSED),
        (90_001, {"max_age_s": 90_000}, OPEN),
    ],
)
def test_copy_older_than_its_time_to_live_is_stale(
    age_s: int, options: dict[str, int], verdict: Verdict
) -> None:
    fetched = NOW - dt.timedelta(seconds=age_s)
    assert result(entry(), published(), fetched_at=fetched, **options)[1] is verdict


def test_list_without_any_end_is_current() -> None:
    credential = published()
    del credential["validUntil"], credential["validFrom"]
    assert result(entry(), credential)[:2] == (State.ACTIVE, PASSED)


# --- entries and lists that are wrong ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"statusListIndex": 42.0}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": True}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": -42}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": "-1"}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": "4 2"}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": "٤٢"}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": "1" * 5000}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": None}, "MALFORMED_VALUE_ERROR"),
        ({"statusPurpose": None}, "MALFORMED_VALUE_ERROR"),
        ({"statusPurpose": ["revocation"]}, "MALFORMED_VALUE_ERROR"),
        ({"statusListCredential": None}, "MALFORMED_VALUE_ERROR"),
        ({"statusListCredential": {}}, "MALFORMED_VALUE_ERROR"),
        ({"statusSize": 0}, "MALFORMED_VALUE_ERROR"),
        ({"statusSize": True}, "MALFORMED_VALUE_ERROR"),
        ({"statusSize": 64}, "MALFORMED_VALUE_ERROR"),
        ({"statusSize": 2}, "MALFORMED_VALUE_ERROR"),  # without messages
        ({"statusMessage": "x"}, "MALFORMED_VALUE_ERROR"),
        ({"statusMessage": [{"status": "x", "message": "y"}]}, "MALFORMED_VALUE_ERROR"),
        ({"statusPurpose": "suspension"}, "STATUS_VERIFICATION_ERROR"),
        ({"statusListIndex": str(MIN_ENTRIES)}, "RANGE_ERROR"),
    ],
)
def test_entry_that_is_wrong_fails(changes: dict[str, Any], error: str) -> None:
    assert result(entry(**changes), published()) == (State.UNKNOWN, FAILED, error)


SHORT = compress_bitstring(bytes(MIN_ENTRIES // 8 - 1))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": ["VerifiableCredential"]}, "input.schema.status"),
        ({"type": ["VerifiableCredential", "StatusList2021Credential"]}, "input.schema.status"),
        ({"credentialSubject": None}, "input.schema.status"),
        ({"credentialSubject": []}, "input.schema.status"),
        ({"subject": {"type": "StatusList2021"}}, "input.schema.status"),
        ({"id": "https://uni.example/status/2"}, "input.schema.status"),
        ({"validUntil": "soon"}, "input.schema.status"),
        ({"validUntil": "2026-03-10T00:00:00"}, "input.schema.status"),
        ({"subject": {"ttl": "3600"}}, "input.schema.status"),
        ({"subject": {"encodedList": None}}, "input.schema.status"),
        ({"subject": {"encodedList": "uAAAA"}}, "input.decode.status-list"),
        ({"subject": {"encodedList": SHORT}}, "STATUS_LIST_LENGTH_ERROR"),
    ],
)
def test_list_that_is_unusable_leaves_it_open(changes: dict[str, Any], error: str) -> None:
    assert result(entry(), published(**changes)) == (State.UNKNOWN, OPEN, error)


def test_list_too_short_still_tells_of_a_revocation() -> None:
    bits = bytes(5) + b"\x20" + bytes(10)
    credential = published(subject={"encodedList": compress_bitstring(bits)})
    assert result(entry(), credential) == (State.REVOKED, FAILED, "")
    clear = published(subject={"encodedList": compress_bitstring(bytes(16))})
    assert result(entry(), clear)[1] is OPEN
    assert result(entry(), clear, min_entries=100)[1] is PASSED


def test_list_of_another_purpose_among_several_is_found() -> None:
    credential = published(value=True, subject={"statusPurpose": ["refresh", "revocation"]})
    assert result(entry(), credential)[:2] == (State.REVOKED, FAILED)
    assert result(entry("refresh"), credential)[:2] == (State.ACTIVE, PASSED)


def test_list_without_multibase_prefix_is_read_with_a_note() -> None:
    plain = base64.b64encode(gzip.compress(bytes(MIN_ENTRIES // 8))).decode()
    found = interpret_status(entry(), published(subject={"encodedList": plain}), at=NOW)
    assert found.state is State.ACTIVE
    assert found.check.notes == ("The status list lacks the prefix u of its encoding.",)


def test_open_badges_sample_with_its_two_quirks() -> None:
    """1EdTech's own revoked sample has the index as a number, and a list that names itself otherwise."""
    quirky = entry(statusListIndex=23)
    encoded = "uH4sIAAAAAAAA_-3BMQEAAAzDoMy_6cnoA9QFAAAAAAAAAAAAAAAAAAAAbD3uPa2cAEAAAA"
    credential = published(id="https://example.com/credentials/status/3", subject={"encodedList": encoded})
    found = interpret_status(quirky, credential, at=NOW, fetched_from=URL)
    assert (found.state, found.check.verdict) == (State.REVOKED, FAILED)
    assert found.check.notes == (
        "The status index is a number where text belongs.",
        "The status list names itself otherwise than its address.",
    )
    assert result(quirky, credential) == (State.UNKNOWN, OPEN, "input.schema.status")


def test_other_purposes() -> None:
    """§2.1: refresh does not invalidate; what a message means is between issuer and verifier."""
    refresh = published(value=True, subject={"statusPurpose": "refresh"})
    assert result(entry("refresh"), refresh)[:2] == (State.ACTIVE, PASSED)
    messages = [{"status": f"0x{n}", "message": f"stage {n}"} for n in range(4)]
    # Entry 21 of two bits is bits 42 and 43: 0b10.
    credential = published(value=True, subject={"statusPurpose": "message"})
    sized = entry("message", statusListIndex="21", statusSize=2, statusMessage=messages)
    found = interpret_status(sized, credential, at=NOW, min_entries=MIN_ENTRIES // 2)
    assert (found.state, found.check.verdict) == (State.UNKNOWN, OPEN)
    assert (found.check.evidence["value"], found.check.evidence["message"]) == (2, "stage 2")


# --- StatusList2021 ----------------------------------------------------------------------------------


def list_2021(bits: bytes) -> dict[str, Any]:
    return {
        "id": URL,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuanceDate": "2026-03-01T00:00:00Z",
        "expirationDate": "2026-03-10T00:00:00Z",
        "credentialSubject": {
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": base64.urlsafe_b64encode(gzip.compress(bits)).decode().rstrip("="),
        },
    }


def test_status_list_2021_is_read() -> None:
    size = MIN_ENTRIES // 8
    revoked = bytes(5) + b"\x20" + bytes(size - 6)
    old = entry(type="StatusList2021Entry")
    assert result(old, list_2021(bytes(size))) == (State.ACTIVE, PASSED, "")
    assert result(old | {"statusListIndex": 42}, list_2021(revoked)) == (State.REVOKED, FAILED, "")
    assert result(old, list_2021(bytes(size)), at=LATE)[1] is OPEN
    assert result(old, published())[1] is OPEN
    assert (
        result(old | {"type": ["CredentialStatus", "StatusList2021Entry"]}, list_2021(revoked))[1] is FAILED
    )


# --- around it ---------------------------------------------------------------------------------------


def test_status_entries_of_a_credential() -> None:
    assert status_entries({}) == ()
    assert status_entries({"credentialStatus": entry()}) == (entry(),)
    assert status_entries({"credentialStatus": [entry(), entry("suspension")]}) == (
        entry(),
        entry("suspension"),
    )
    with pytest.raises(SchemaError):
        status_entries({"credentialStatus": [URL]})


def test_unknown_entry_type_is_named_and_left_open() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_status_entry({"type": "OtherStatus2030"})
    assert caught.value.code == "unsupported.status"
    assert result({"type": "OtherStatus2030"}, {}) == (State.UNKNOWN, OPEN, "unsupported.status")


def test_unreachable_list_leaves_it_open() -> None:
    found = status_unavailable(URL, AccessError("Timed out.", code="access.timeout"))
    assert (found.state, found.check.verdict) == (State.UNKNOWN, OPEN)
    assert found.check.evidence == {"state": "unknown", "list": URL, "error": "access.timeout"}


@pytest.mark.parametrize("options", [{"valid_until": START}, {"ttl_ms": 0}])
def test_list_that_is_never_valid_is_not_made(options: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        status_list_credential(
            StatusList("revocation"), list_url=URL, issuer="did:web:uni.example", valid_from=START, **options
        )


# --- lists of identifiers ----------------------------------------------------------------------------


def test_open_badges_2_revocation_list() -> None:
    official = shared_json("vc/1edtech/ob20/assets/revocation-list.json")
    with_reason = interpret_revocation_list("https://example.org/beths-robotics-badge-revoked.json", official)
    assert (with_reason.state, with_reason.check.verdict) == (State.REVOKED, FAILED)
    assert with_reason.check.evidence["reason"] == "A good reason, for sure"
    for listed in (
        "urn:uuid:52e4c6b3-8c13-4fa8-8482-a5cf34ef37a9",
        "urn:uuid:6deb4a00-ebce-4b28-8cc2-afa705ef7be4",
    ):
        assert interpret_revocation_list(listed, official).state is State.REVOKED
    other = interpret_revocation_list("https://example.org/beths-robotics-badge.json", official)
    assert (other.state, other.check.verdict) == (State.ACTIVE, PASSED)


def test_1edtech_revocation_list() -> None:
    listed = {
        "id": URL,
        "issuer": "did:web:uni.example",
        "revokedCredentials": [
            {"id": "urn:uuid:1", "revocationReason": "Awarded by mistake"},
            {"id": "urn:uuid:2", "revoked": True},
            {"id": "urn:uuid:3", "revoked": False},
        ],
    }
    states = [interpret_revocation_list(f"urn:uuid:{n}", listed).state for n in (1, 2, 3, 4)]
    assert states == [State.REVOKED, State.REVOKED, State.ACTIVE, State.ACTIVE]


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"revokedCredentials": "x"},
        {"revokedCredentials": None},
        {"revokedCredentials": [], "revokedAssertions": []},
    ],
)
def test_revocation_list_that_cannot_be_read_leaves_it_open(listed: dict[str, Any]) -> None:
    found = interpret_revocation_list("urn:uuid:1", listed)
    assert (found.state, found.check.verdict) == (State.UNKNOWN, OPEN)


def test_credential_without_id_leaves_it_open() -> None:
    assert interpret_revocation_list("", {"revokedCredentials": []}).check.verdict is OPEN
