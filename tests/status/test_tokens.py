"""Token Status List."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import SchemaError
from tessella.keys import base64url_decode, base64url_encode
from tessella.status import (
    MAX_LIST_BYTES,
    MIN_ENTRIES,
    State,
    StatusList,
    interpret_token_status,
    read_token_status,
    token_status_claim,
    token_status_list_claims,
)
from tessella.verdicts import Verdict

URL = "https://uni.example/tokens/1"
NOW = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
PASSED, FAILED, OPEN = Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE


def claims(bits: int = 1, data: bytes = bytes.fromhex("b9a3"), **changes: Any) -> dict[str, Any]:
    lst = base64url_encode(zlib.compress(data, 9))
    return {"sub": URL, "iat": 1, "status_list": {"bits": bits, "lst": lst}} | changes


def state(index: int, listed: dict[str, Any], **options: Any) -> tuple[State, Verdict]:
    found = interpret_token_status(URL, index, listed, at=NOW, **options)
    return found.state, found.check.verdict


def test_one_bit_example_of_the_draft() -> None:
    """§4.1: sixteen statuses, bytes B9 A3; the compressed form is the draft's."""
    assert zlib.compress(bytes.fromhex("b9a3"), 9).hex() == "78dadbb918000217015d"
    values = [state(index, claims())[0] is State.REVOKED for index in range(16)]
    assert values == [bit == "1" for bit in "1001110111000101"]


def test_two_bit_example_of_the_draft() -> None:
    """§4.1: twelve statuses of two bits, bytes C9 44 F9."""
    found = [
        interpret_token_status(URL, index, claims(2, bytes.fromhex("c944f9")), at=NOW).check.evidence["value"]
        for index in range(12)
    ]
    assert found == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, (State.ACTIVE, PASSED)), (1, (State.REVOKED, FAILED)), (2, (State.SUSPENDED, FAILED)), (3, (State.UNKNOWN, OPEN)), (11, (State.UNKNOWN, OPEN))],
)  # fmt: skip
def test_values(value: int, expected: tuple[State, Verdict]) -> None:
    assert state(1, claims(4, bytes([value << 4]))) == expected
    assert state(1, claims(8, bytes([0, value]))) == expected


@settings(max_examples=10)
@given(st.sets(st.integers(0, 99)), st.sets(st.integers(0, 99)), st.integers())
def test_list_made_of_two_lists_says_what_they_say(revoked: set[int], suspended: set[int], seed: int) -> None:
    first, second = (StatusList(purpose, entries=MIN_ENTRIES) for purpose in ("revocation", "suspension"))
    for number in range(100):
        place = (seed + number * 1021) % MIN_ENTRIES
        assert first.allocate(random_below=lambda _, at=place: at) == place
        second.allocate(random_below=lambda _, at=place: at)
        if number in revoked:
            first.set(place)
        if number in suspended:
            second.set(place)
    listed = token_status_list_claims(first, second, list_url=URL, issued_at=NOW)
    for number in range(100):
        place = (seed + number * 1021) % MIN_ENTRIES
        expected = (
            State.REVOKED if number in revoked else State.SUSPENDED if number in suspended else State.ACTIVE
        )
        assert state(place, listed)[0] is expected


def test_claims_have_the_form_of_the_draft() -> None:
    listed = token_status_list_claims(
        StatusList("revocation", entries=MIN_ENTRIES),
        list_url=URL,
        issued_at=NOW,
        expires_at=NOW + dt.timedelta(days=1),
        ttl_s=3600,
    )
    assert zlib.decompress(base64url_decode(listed["status_list"].pop("lst"))) == bytes(MIN_ENTRIES // 4)
    assert listed == {
        "sub": URL,
        "iat": 1772668800,
        "exp": 1772755200,
        "ttl": 3600,
        "status_list": {"bits": 2},
    }
    assert token_status_claim(URL, 7) == {"status_list": {"idx": 7, "uri": URL}}


def test_lists_that_do_not_belong_together_are_refused() -> None:
    one, two = StatusList("revocation"), StatusList("suspension", entries=MIN_ENTRIES)
    for pair in ((one, two), (two, None), (one, one)):
        with pytest.raises(SchemaError):
            token_status_list_claims(*pair, list_url=URL, issued_at=NOW)


def test_expired_or_old_list_leaves_it_open() -> None:
    seconds = int(NOW.timestamp())
    assert state(0, claims(exp=seconds + 1)) == (State.REVOKED, FAILED)
    assert state(0, claims(exp=seconds)) == (State.UNKNOWN, OPEN)
    assert state(0, claims(ttl=60), fetched_at=NOW - dt.timedelta(seconds=60)) == (State.REVOKED, FAILED)
    assert state(0, claims(ttl=60), fetched_at=NOW - dt.timedelta(seconds=61)) == (State.UNKNOWN, OPEN)
    older = {"fetched_at": NOW - dt.timedelta(seconds=600), "max_age_s": 600}
    assert state(0, claims(ttl=60), **older) == (State.REVOKED, FAILED)
    assert state(0, claims(ttl=60, exp=int(NOW.timestamp())), **older) == (State.UNKNOWN, OPEN)


def test_index_outside_the_list_fails() -> None:
    assert state(15, claims())[1] is FAILED
    assert state(16, claims()) == (State.UNKNOWN, FAILED)


BOMB = base64url_encode(zlib.compress(bytes(MAX_LIST_BYTES + 1)))


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "https://uni.example/tokens/2"},
        {"sub": None},
        {"status_list": None},
        {"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ=="}},
        {"status_list": {"bits": 1, "lst": "AAAA"}},
        {"status_list": {"bits": 1, "lst": None}},
        {"status_list": {"bits": 1, "lst": BOMB}},
        {"exp": "tomorrow"},
        {"ttl": True},
    ],
)
def test_list_that_cannot_be_read_leaves_it_open(changes: dict[str, Any]) -> None:
    assert state(0, claims(**changes)) == (State.UNKNOWN, OPEN)


def test_read_token_status() -> None:
    assert read_token_status({"status": token_status_claim(URL, 7)}) == (URL, 7)
    assert read_token_status({}) is None
    assert read_token_status({"status": {"other": 1}}) is None
    flat = {"status_list": {"idx": 7, "uri": URL}, "type": "TokenStatusList", "purpose": "revocation"}
    assert read_token_status({"status": flat}) == (URL, 7)
    for status in ("x", {"status_list": {"idx": -1, "uri": URL}}, {"status_list": {"idx": True, "uri": URL}},
                   {"status_list": {"idx": "7", "uri": URL}}, {"status_list": {"idx": 7}}, {"status_list": []}):  # fmt: skip
        with pytest.raises(SchemaError):
            read_token_status({"status": status})
