"""Key-encryption keys that stay in a token (PKCS #11): a copy of the data folder, its backups and all, opens no private key.

The token's keys have one label and rising numbers; the highest one wraps. A file from before opens what it wrapped until the next
rotation is through, which deletes it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tessella.adapters.pkcs11wrapping import TokenWrapper, TokenWrappers
from tessella.keys import KeyEncryptionKey, OutsideKeyEncryptionKey
from tessella_web.accounts.keys.keychain import Keychain

__all__ = ["TokenKeychain"]


class TokenKeychain:
    """The AES keys of a label in a token, made with the first use.

    Args:
        uri: ``pkcs11:token=…;object=…`` (RFC 7512).
        file: where the key-encryption keys were before, if there is such a file.

    Raises:
        ConfigError, AccessError, KeyMaterialError: the token cannot be used; also from every member.
    """

    def __init__(self, uri: str, file: Path) -> None:
        self._keys = TokenWrappers(uri)
        self._file = file
        self._known: dict[str, OutsideKeyEncryptionKey] = {}

    @property
    def current(self) -> OutsideKeyEncryptionKey:
        """The one that wraps, as the token says now."""
        found = self._keys.all()
        if found:
            return OutsideKeyEncryptionKey(found[0])
        with self._alone():
            return OutsideKeyEncryptionKey(next(iter(self._keys.all()), None) or self._keys.make())

    @property
    def ids(self) -> tuple[str, ...]:
        """All there are, the one that wraps first; then those of the file."""
        return (*(one.id for one in self._keys.all()), *self._before().ids)

    def find(self, id: str) -> OutsideKeyEncryptionKey | KeyEncryptionKey | None:
        """The one with this id, in the token or in the file from before."""
        if id not in self._known:
            self._known = {one.id: OutsideKeyEncryptionKey(one) for one in self._keys.all()}
        return self._known.get(id) or self._before().find(id)

    def begin_rotation(self) -> OutsideKeyEncryptionKey:
        """A fresh key, made in the token."""
        with self._alone():
            return OutsideKeyEncryptionKey(self._keys.make())

    def end_rotation(self) -> None:
        """Only the newest key stays in the token, and no file: call it when nothing is wrapped by the others any more."""
        former: tuple[TokenWrapper, ...] = self._keys.all()[1:]
        for one in former:
            one.destroy()
        self._known.clear()
        self._file.unlink(missing_ok=True)

    def _before(self) -> Keychain | _Nothing:
        return Keychain(self._file) if self._file.exists() else _Nothing()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes a key: numbers are given once."""
        lock = self._file.with_name(f"{self._file.name}.lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class _Nothing:
    """No file from before."""

    ids: tuple[str, ...] = ()

    def find(self, _id: str) -> None:
        return None
