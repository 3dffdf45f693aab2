"""The key store: encrypted at rest, rotation and revocation, clear errors."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tessella.adapters.keystore import FileKeyStore
from tessella.errors import KeyMaterialError, StateError
from tessella.keys import KeyStatus, PrivateKey

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def new_key(_: object = None) -> PrivateKey:
    key = PrivateKey.generate("Ed25519")
    return key.with_verification_method(key.public_key.did_key_url)


def test_key_comes_back_and_signs(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "keys")
    record = store.add("badges", new_key(), "secret words", name="Badges", at=AT)
    signature = FileKeyStore(tmp_path / "keys").signer("badges", "secret words").sign(b"x")
    record.public_key.verify(signature, b"x")
    assert store.newest(with_certificate=False) == record
    assert store.newest(with_certificate=True) is None


def test_private_key_is_encrypted_and_private_on_disk(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    key = new_key()
    store.add("badges", key, "secret words", name="Badges", at=AT)
    file = tmp_path / "badges.key"
    assert file.stat().st_mode & 0o077 == 0
    pem = key.to_encrypted_pem("x")
    assert b"PRIVATE" not in file.read_bytes()
    assert pem not in file.read_bytes()
    with pytest.raises(KeyMaterialError):
        store.signer("badges", "wrong words")


def test_rotation_retires_the_old_key_and_keeps_its_record(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    store.add("badges", new_key(), "pw", name="Badges", at=AT)
    store.rotate("badges", "badges-2", new_key, "pw", at=AT + dt.timedelta(days=1))
    assert [(key.id, key.status) for key in store.ring.keys] == [
        ("badges", KeyStatus.RETIRED),
        ("badges-2", KeyStatus.ACTIVE),
    ]
    with pytest.raises(StateError, match="retired"):
        store.signer("badges", "pw")


def test_revocation_is_recorded_with_its_compromise(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    store.add("badges", new_key(), "pw", name="Badges", at=AT)
    record = store.revoke("badges", at=AT, compromised_at=AT - dt.timedelta(days=9), reason="laptop stolen")
    assert (record.status, record.compromised_at) == (KeyStatus.REVOKED, AT - dt.timedelta(days=9))


@pytest.mark.parametrize("id", ["", "../x", "UPPER", "a b", "-x", "x" * 64])
def test_names_that_are_no_file_names_are_refused(tmp_path: Path, id: str) -> None:
    with pytest.raises(KeyMaterialError):
        FileKeyStore(tmp_path).add(id, new_key(), "pw", name="", at=AT)


def test_taken_and_unknown_ids(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    store.add("badges", new_key(), "pw", name="Badges", at=AT)
    with pytest.raises(StateError, match="already"):
        store.add("badges", new_key(), "pw", name="Badges", at=AT)
    with pytest.raises(StateError, match="Known keys: badges"):
        store.signer("other", "pw")
