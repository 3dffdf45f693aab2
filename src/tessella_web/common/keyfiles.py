"""Signing keys of the installation itself: files outside the database, readable by their owner only."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tessella.errors import TessellaError
from tessella.keys import PrivateKey

__all__ = ["read_key_file", "signing_key"]

_PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 secret bytes in PKCS#8 (RFC 8410 §7)."""

OWNER_ONLY = 0o600


def signing_key(path: Path, *, variable: str) -> PrivateKey:
    """The private key in a file in PEM: made at the first need.

    Args:
        variable: the setting that names the file, for who reads the error.

    Raises:
        ImproperlyConfigured: the file cannot be read or made, others can read it, or it holds no key.
    """
    try:
        return PrivateKey.from_pem(read_key_file(path, variable=variable))
    except TessellaError as error:
        raise ImproperlyConfigured(f"{path}: {error.message}") from error


def read_key_file(path: Path, *, variable: str) -> bytes:
    """The whole file, which may hold more than a key; made with a fresh Ed25519 key when there is none.

    Raises:
        ImproperlyConfigured: it cannot be read or made, or others can read it.
    """
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise ImproperlyConfigured(f"{path} can be read by others: chmod 600 {path}.")
        return path.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{path}: {error.strerror}. Set {variable}.") from error


def _make(path: Path) -> None:
    """An Ed25519 key in PEM, made under another name and given this one only if nobody was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    der = base64.b64encode(_PKCS8_ED25519 + secrets.token_bytes(32)).decode()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    with os.fdopen(handle, "w") as file:
        file.write(f"-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
