"""A key store in a folder: private keys each in a file of its own, encrypted; public records in ``keys.json``.

A key that is elsewhere, in a token or at a signing service, has a file that says where; it holds no secret.

The password never touches the disk. Writing goes by replacing whole files, so a killed process leaves a usable store.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes, write_bytes
from tessella.adapters.signers import KeyPlace, as_plain, open_signer, place_from
from tessella.errors import KeyMaterialError, StateError
from tessella.keys import (
    KeyRecord,
    KeyRing,
    KeyStatus,
    PrivateKey,
    new_key_record,
    revoke_key,
)
from tessella.ports import Signer
from tessella.text import say

__all__ = ["FileKeyStore"]

MAX_KEY_FILE_BYTES = 256 * 1024  # bytes
"""A wrapped RSA key with its certificate chain is about 12 KB."""

_PLACE = "tessella-key-place/1"

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

    def add_place(self, id: str, place: KeyPlace, *, name: str, at: dt.datetime) -> KeyRecord:
        """Take a key into use that is elsewhere: it is opened once to learn its public half.

        Raises:
            StateError: the id is taken.
            ConfigError, KeyMaterialError, AccessError: as `tessella.adapters.signers.open_signer`.
        """
        self._check_new(id)
        record = new_key_record(open_signer(place), id=id, name=name, created=at)
        ring = self.ring.with_key(record)
        self._write_place(id, place)
        self._write_ring(ring)
        return record

    def rotate_to_place(self, id: str, new_id: str, place: KeyPlace, *, at: dt.datetime) -> KeyRecord:
        """As `rotate`, with a successor that is elsewhere."""
        self._check_new(new_id)
        record = new_key_record(open_signer(place), id=new_id, name=self.record(id).name, created=at)
        ring = self.ring.rotate(id, record, at=at)
        self._write_place(new_id, place)
        self._write_ring(ring)
        return record

    def place(self, id: str) -> KeyPlace | None:
        """Where the key is, when it is not in this store."""
        return self._place(read_bytes(self._key_path(id), max_bytes=MAX_KEY_FILE_BYTES))

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

    def signer(self, id: str, password: str | Callable[[], str]) -> Signer:
        """The private key, for signing; the password is asked for only where the key lies in this store.

        Raises:
            StateError: no such key, or it is retired or revoked.
            KeyMaterialError: wrong password, or a damaged file; ``key.mismatch``, another key is at its place now.
            ConfigError, AccessError: a key that is elsewhere cannot be opened.
        """
        record = self.record(id)
        if record.status is not KeyStatus.ACTIVE:
            raise StateError(
                say("The key “%(id)s” is %(status)s and signs no more.", id=id, status=record.status),
                code="state.key",
                got=str(record.status),
                hint=say("Use the key that took its place."),
            )
        data = read_bytes(self._key_path(id), max_bytes=MAX_KEY_FILE_BYTES)
        place = self._place(data)
        if place is None:
            return PrivateKey.unwrap(data, password if isinstance(password, str) else password())
        signer = open_signer(place)
        if signer.public_key.to_spki_der() != record.public_key.to_spki_der():
            raise KeyMaterialError(
                say("Where the key “%(id)s” should be is another one.", id=id),
                code="key.mismatch",
                hint=say("Take the new key into use under a new name, with: tessella keys rotate"),
            )
        method = record.verification_method
        return signer.with_verification_method(method) if method else signer

    def newest(self, *, with_certificate: bool) -> KeyRecord | None:
        """The active key to use: the newest with (or without) a certificate."""
        return next((key for key in self.ring.active if bool(key.certificates) is with_certificate), None)

    @property
    def _ring_path(self) -> Path:
        return self.folder / "keys.json"

    def _key_path(self, id: str) -> Path:
        return self.folder / f"{id}.key"

    @staticmethod
    def _place(data: bytes) -> KeyPlace | None:
        try:
            found = msgspec.json.decode(data)
        except msgspec.DecodeError:
            return None
        if not isinstance(found, dict) or found.get("format") != _PLACE:
            return None
        return place_from(found.get("place"), "keys")

    def _write_place(self, id: str, place: KeyPlace) -> None:
        data = msgspec.json.encode({"format": _PLACE, "place": as_plain(place)})
        write_bytes(self._key_path(id), data, private=True)

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
