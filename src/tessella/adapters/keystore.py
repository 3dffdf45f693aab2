"""A key store in a folder: private keys each in a file of its own, encrypted; public records in ``keys.json``.

The password never touches the disk. Writing goes by replacing whole files, so a killed process leaves a usable store.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes, write_bytes
from tessella.errors import KeyMaterialError, StateError
from tessella.keys import (
    KeyRecord,
    KeyRing,
    KeyStatus,
    PrivateKey,
    new_key_record,
    revoke_key,
)
from tessella.text import say

__all__ = ["FileKeyStore"]

MAX_KEY_FILE_BYTES = 256 * 1024  # bytes
"""A wrapped RSA key with its certificate chain is about 12 KB."""

_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


class FileKeyStore:
    """Keys in a folder. Creating the object reads nothing; the folder is made with the first key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def ring(self) -> KeyRing:
        """The public records; an empty ring when there is no store yet.

        Raises:
            DecodeError, SchemaError: the file is damaged.
        """
        path = self._ring_path
        return KeyRing.from_json(read_bytes(path)) if path.exists() else KeyRing(controller="")

    def add(self, id: str, key: PrivateKey, password: str, *, name: str, at: dt.datetime) -> KeyRecord:
        """Store a new key under ``id`` (lower-case letters, digits and hyphens).

        Raises:
            StateError: the id is taken.
            KeyMaterialError: the id or the password is unusable.
        """
        self._check_new(id)
        record = new_key_record(key, id=id, name=name, created=at)
        ring = self.ring.with_key(record)
        write_bytes(self._key_path(id), key.wrap(password), private=True)
        self._write_ring(ring)
        return record

    def rotate(
        self, id: str, new_id: str, make: Callable[[KeyRecord], PrivateKey], password: str, *, at: dt.datetime
    ) -> KeyRecord:
        """Retire the key ``id`` and put a new one in its place; what the old one signed stays verifiable."""
        self._check_new(new_id)
        old = self.record(id)
        key = make(old)
        record = new_key_record(key, id=new_id, name=old.name, created=at)
        ring = self.ring.rotate(id, record, at=at)
        write_bytes(self._key_path(new_id), key.wrap(password), private=True)
        self._write_ring(ring)
        return record

    def revoke(
        self, id: str, *, at: dt.datetime, compromised_at: dt.datetime | None = None, reason: str = ""
    ) -> KeyRecord:
        """Withdraw a key; see `tessella.keys.revoke_key`."""
        record = revoke_key(self.record(id), at=at, compromised_at=compromised_at, reason=reason)
        self._write_ring(self.ring.with_key(record))
        return record

    def record(self, id: str) -> KeyRecord:
        """The public record of a key.

        Raises:
            StateError: there is none with this id.
        """
        record = self.ring.find(id)
        if record is None:
            known = ", ".join(key.id for key in self.ring.keys)
            raise StateError(
                say("There is no key “%(id)s”.", id=id),
                code="state.no-key",
                got=id,
                hint=say("Known keys: %(keys)s.", keys=known)
                if known
                else say("Create one with: tessella keys create"),
            )
        return record

    def signer(self, id: str, password: str) -> PrivateKey:
        """The private key, for signing.

        Raises:
            StateError: no such key, or it is retired or revoked.
            KeyMaterialError: wrong password, or a damaged file.
        """
        record = self.record(id)
        if record.status is not KeyStatus.ACTIVE:
            raise StateError(
                say("The key “%(id)s” is %(status)s and signs no more.", id=id, status=record.status),
                code="state.key",
                got=str(record.status),
                hint=say("Use the key that took its place."),
            )
        return PrivateKey.unwrap(read_bytes(self._key_path(id), max_bytes=MAX_KEY_FILE_BYTES), password)

    def newest(self, *, with_certificate: bool) -> KeyRecord | None:
        """The active key to use: the newest with (or without) a certificate."""
        return next((key for key in self.ring.active if bool(key.certificates) is with_certificate), None)

    @property
    def _ring_path(self) -> Path:
        return self.folder / "keys.json"

    def _key_path(self, id: str) -> Path:
        return self.folder / f"{id}.key"

    def _check_new(self, id: str) -> None:
        if not _KEY_ID.match(id):
            raise KeyMaterialError(
                say("“%(id)s” cannot be the name of a key.", id=id[:60]),
                code="key.id",
                hint=say("Use lower-case letters, digits and hyphens."),
            )
        if self.ring.find(id) is not None:
            raise StateError(
                say("There is already a key “%(id)s”.", id=id),
                code="state.key-exists",
                hint=say("Choose another name, or rotate the key."),
            )

    def _write_ring(self, ring: KeyRing) -> None:
        write_bytes(self._ring_path, msgspec.json.format(ring.to_json(), indent=2))
