"""Rotation, revocation, compromise."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tessella.errors import DecodeError, SchemaError, StateError
from tessella.keys import (
    Binding,
    KeyRecord,
    KeyRing,
    KeyStatus,
    PrivateKey,
    ResolvedKey,
    key_verdict,
    new_key_record,
    published_key_verdict,
    read_did_document,
    resolve_verification_method,
    retire_key,
    revoke_key,
)
from tessella.verdicts import Verdict

DID = "did:web:uni.example"
SIGNERS = {name: PrivateKey.generate(name, rsa_bits=2048) for name in ("Ed25519", "ES256", "RS256")}


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 3, number, 12, tzinfo=dt.UTC)


def record(name: str = "Ed25519", id: str = "key-1", created: int = 1) -> KeyRecord:
    return new_key_record(SIGNERS[name], id=id, name="Registry office", created=day(created))


PASSED, FAILED, OPEN = Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE
RETIRED = retire_key(record(), at=day(10))
REVOKED = revoke_key(record(), at=day(20))
COMPROMISED = revoke_key(record(), at=day(20), compromised_at=day(10))
RETIRED_THEN_COMPROMISED = revoke_key(RETIRED, at=day(20), compromised_at=day(15))


@pytest.mark.parametrize(
    ("key", "signed", "trusted", "verdict"),
    [
        (record(), 5, None, PASSED),
        (record(), None, None, PASSED),
        (RETIRED, 5, None, PASSED),
        (RETIRED, 10, None, PASSED),
        (RETIRED, 11, None, FAILED),
        (RETIRED, 5, 11, FAILED),  # the timestamp decides, not the signature's own word
        (RETIRED, None, 5, PASSED),
        (RETIRED, None, None, OPEN),
        (REVOKED, 5, None, OPEN),
        (REVOKED, None, None, OPEN),
        (REVOKED, 5, 6, PASSED),
        (REVOKED, 20, None, FAILED),
        (REVOKED, 5, 20, FAILED),
        (COMPROMISED, 5, None, FAILED),
        (COMPROMISED, None, None, FAILED),
        (COMPROMISED, 5, 9, PASSED),
        (COMPROMISED, 5, 10, FAILED),
        (COMPROMISED, 5, 15, FAILED),  # before the revocation, after the compromise
        (RETIRED_THEN_COMPROMISED, 5, 9, PASSED),
        (RETIRED_THEN_COMPROMISED, 5, 12, FAILED),
        (RETIRED_THEN_COMPROMISED, 5, None, FAILED),
    ],
)
def test_key_verdict(key: KeyRecord, signed: int | None, trusted: int | None, verdict: Verdict) -> None:
    check = key_verdict(key, day(signed) if signed else None, day(trusted) if trusted else None)
    assert (check.id, check.verdict) == ("key-status", verdict)
    assert check.explanation.endswith(".")


@pytest.mark.parametrize(
    ("revoked", "expires", "signed", "trusted", "verdict"),
    [
        (None, None, 5, None, PASSED),
        (10, None, 5, None, FAILED),
        (10, None, 5, 9, PASSED),
        (None, 10, 5, None, PASSED),
        (None, 10, 11, None, FAILED),
        (None, 10, None, None, OPEN),
    ],
)
def test_published_key_verdict(
    revoked: int | None, expires: int | None, signed: int | None, trusted: int | None, verdict: Verdict
) -> None:
    key = ResolvedKey(
        key=SIGNERS["Ed25519"].public_key,
        controller=DID,
        binding=Binding.DID_WEB,
        revoked=day(revoked) if revoked else None,
        expires=day(expires) if expires else None,
    )
    check = published_key_verdict(key, day(signed) if signed else None, day(trusted) if trusted else None)
    assert check.verdict is verdict


def test_retire_only_active_keys() -> None:
    for key in (RETIRED, REVOKED):
        with pytest.raises(StateError) as caught:
            retire_key(key, at=day(12))
        assert caught.value.code == "state.key"


def test_time_without_zone_is_refused() -> None:
    naive = dt.datetime(2026, 3, 1)
    for act in (retire_key, revoke_key):
        with pytest.raises(SchemaError) as caught:
            act(record(), at=naive)
        assert caught.value.code == "input.schema.time"
    with pytest.raises(SchemaError):
        new_key_record(SIGNERS["Ed25519"], id="x", name="", created=naive)


def test_revoke_again_only_makes_it_worse() -> None:
    worse = revoke_key(REVOKED, at=day(25), compromised_at=day(8), reason="laptop stolen")
    assert (worse.revoked_at, worse.compromised_at, worse.reason) == (day(20), day(8), "laptop stolen")
    assert revoke_key(worse, at=day(26), compromised_at=day(7)).compromised_at == day(7)
    for key, moment in ((REVOKED, None), (worse, None), (worse, day(9))):
        with pytest.raises(StateError):
            revoke_key(key, at=day(27), compromised_at=moment)


# --- key ring ----------------------------------------------------------------------------------------


def ring() -> KeyRing:
    return KeyRing(controller=DID, keys=(record(),))


def test_rotation_keeps_the_old_key_verifiable() -> None:
    after = ring().rotate("key-1", record("ES256", "key-2", 10), at=day(10))
    assert [key.id for key in after.active] == ["key-2"]
    old = after.find_method(f"{DID}#key-1")
    assert old is not None
    assert old.status is KeyStatus.RETIRED
    assert key_verdict(old, day(5), None).verdict is PASSED
    found = resolve_verification_method(
        f"{DID}#key-1", documents={DID: json.dumps(after.did_document()).encode()}
    )
    assert found.key == SIGNERS["Ed25519"].public_key
    assert published_key_verdict(found, day(5), None).verdict is PASSED


def test_rotation_needs_an_existing_key_and_a_new_id() -> None:
    with pytest.raises(StateError):
        ring().rotate("key-9", record("ES256", "key-2"), at=day(10))
    with pytest.raises(StateError):
        ring().rotate("key-1", record("ES256", "key-1"), at=day(10))


def test_ring_ids_and_methods_are_unique() -> None:
    with pytest.raises(StateError):
        KeyRing(controller=DID, keys=(record(), record("ES256")))
    with pytest.raises(StateError):
        ring().with_key(record("ES256"))
    named = new_key_record(
        SIGNERS["ES256"].with_verification_method(f"{DID}#key-1"), id="key-2", name="", created=day(1)
    )
    with pytest.raises(StateError):
        ring().with_key(named)


def test_ring_json_round_trips_and_holds_no_secret() -> None:
    full = KeyRing(
        controller=DID,
        keys=(COMPROMISED, record("RS256", "key-2"), retire_key(record("ES256", "key-3"), at=day(3))),
    )
    text = full.to_json()
    assert KeyRing.from_json(text) == full
    assert KeyRing.from_json(text).keys[1].public_key == SIGNERS["RS256"].public_key
    assert '"d"' not in text.decode()
    assert b"2026-03-10T12:00:00Z" in text


def test_ring_json_of_something_else_is_refused() -> None:
    with pytest.raises(SchemaError):
        KeyRing.from_json(b'{"controller": 5}')
    with pytest.raises(SchemaError):
        KeyRing.from_json(ring().to_json().replace(b"12:00:00Z", b"12:00:00"))
    with pytest.raises(DecodeError):
        KeyRing.from_json(b"{")


def test_did_document_of_a_ring() -> None:
    full = KeyRing(
        controller=DID,
        keys=(
            COMPROMISED,
            record("RS256", "key-2"),
            retire_key(record("ES256", "key-3"), at=day(3)),
            new_key_record(
                PrivateKey.generate().with_verification_method("did:web:other.example#x"),
                id="key-4",
                name="elsewhere",
                created=day(1),
            ),
        ),
    )
    document = full.did_document()
    assert [method["id"] for method in document["verificationMethod"]] == [
        f"{DID}#key-{n}" for n in (1, 2, 3)
    ]
    assert [method["type"] for method in document["verificationMethod"]] == [
        "Multikey",
        "JsonWebKey",
        "Multikey",
    ]
    assert document["verificationMethod"][0]["revoked"] == "2026-03-10T12:00:00Z"
    assert document["assertionMethod"] == [f"{DID}#key-2", f"{DID}#key-3"]
    read = read_did_document(json.dumps(document).encode(), expected_id=DID)
    assert read.unusable == {}
    assert read.method(f"{DID}#key-1").revoked == day(10)
    assert read.method(f"{DID}#key-2").key == SIGNERS["RS256"].public_key
