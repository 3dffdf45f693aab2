"""The key-encryption keys of this installation: outside the database, in a file readable by its owner only, or in a token.

In the file, the first line wraps; the others, while a rotation is under way, open what was wrapped before. Lines are replaced with the whole
file, so that a killed rotation leaves every private key readable.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tessella.errors import KeyMaterialError
from tessella.keys import KeyEncryptionKey, PrivateKey

__all__ = ["AnyKey", "AnyKeychain", "Keychain", "keychain"]

OWNER_ONLY = 0o600


class AnyKey(Protocol):
    """A key-encryption key, wherever it is."""

    id: str

    def wrap(self, key: PrivateKey, *, bound_to: str) -> bytes:
        """See `tessella.keys.KeyEncryptionKey.wrap`."""
        ...

    def unwrap(self, data: bytes, *, bound_to: str) -> PrivateKey:
        """See `tessella.keys.KeyEncryptionKey.unwrap`."""
        ...


class AnyKeychain(Protocol):
    """The key-encryption keys, and their rotation."""

    @property
    def current(self) -> AnyKey:
        """The one that wraps."""
        ...

    @property
    def ids(self) -> tuple[str, ...]:
        """All there are, the one that wraps first."""
        ...

    def find(self, id: str) -> AnyKey | None:
        """The one with this id."""
        ...

    def begin_rotation(self) -> AnyKey:
        """A fresh one that wraps from now on."""
        ...

    def end_rotation(self) -> None:
        """Forget the others."""
        ...


class Keychain:
    """The keys in a file; made with a fresh one when there is none.

    Raises:
        ImproperlyConfigured: the file cannot be read or made, others can read it, or it holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = self._read()

    @property
    def current(self) -> KeyEncryptionKey:
        """The one that wraps, as the file says now: another process may have rotated."""
        self._keys = self._read()
        return self._keys[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """All there are, the one that wraps first."""
        return tuple(one.id for one in self._keys)

    def find(self, id: str) -> KeyEncryptionKey | None:
        """The one with this id; the file is looked at again when it is not known: another process may have rotated."""
        for _attempt in range(2):
            for one in self._keys:
                if one.id == id:
                    return one
            self._keys = self._read()
        return None

    def begin_rotation(self) -> KeyEncryptionKey:
        """A fresh key in front of the others."""
        self._write((KeyEncryptionKey.generate(), *self._read()))
        return self._keys[0]

    def end_rotation(self) -> None:
        """Only the key that wraps stays: call it when nothing is wrapped by the others any more."""
        self._write(self._keys[:1])

    def _read(self) -> tuple[KeyEncryptionKey, ...]:
        try:
            if not self._path.exists():
                self._create()
            if self._path.stat().st_mode & 0o077:
                raise ImproperlyConfigured(
                    f"{self._path} can be read by others: chmod 600 {self._path}. It opens the private keys."
                )
            keys = tuple(map(KeyEncryptionKey.from_text, self._path.read_text().split()))
        except OSError as error:
            raise ImproperlyConfigured(f"{self._path}: {error.strerror}. Set TESSELLA_KEK_FILE.") from error
        except KeyMaterialError as error:
            raise ImproperlyConfigured(
                f"{self._path}: {error.message} Restore it from its backup."
            ) from error
        if not keys:
            raise ImproperlyConfigured(f"{self._path} is empty. Restore it from its backup.")
        return keys

    def _create(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = self._draft((KeyEncryptionKey.generate(),))
        try:
            os.link(made, self._path)  # fails when another process was faster, and never shows half a file
        except FileExistsError:
            pass
        finally:
            made.unlink()

    def _write(self, keys: tuple[KeyEncryptionKey, ...]) -> None:
        self._draft(keys).replace(self._path)
        self._keys = keys

    def _draft(self, keys: tuple[KeyEncryptionKey, ...]) -> Path:
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}-{threading.get_ident()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY), "w") as file:
            file.write("".join(f"{one.to_text()}\n" for one in keys))
            file.flush()
            os.fsync(file.fileno())
        return draft


_keychains: dict[tuple[str, Path], AnyKeychain] = {}


def keychain() -> AnyKeychain:
    """The keychain of this installation: in a token where ``TESSELLA_KEK`` names one, else in the file."""
    from tessella_web.accounts.keys.tokenchain import TokenKeychain  # it needs this module for its file

    where = settings.KEK_TOKEN, Path(settings.KEK_FILE)
    if where not in _keychains:
        _keychains[where] = TokenKeychain(*where) if where[0] else Keychain(where[1])
    return _keychains[where]
