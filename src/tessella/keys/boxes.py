"""Bytes under a secret that somebody else holds: for stores that must not be readable without asking them.

The key is made of the secret (HKDF, RFC 5869, SHA-256); the content is sealed with AES-256-GCM together with the words it is bound
to, so that a box moved to another place does not open there.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tessella.errors import KeyMaterialError
from tessella.text import say

__all__ = ["box", "unbox"]

_NONCE_BYTES = 12
_KEY_BYTES = 32


def box(data: bytes, *, secret: bytes, bound_to: str) -> bytes:
    """The data encrypted and authenticated: a nonce, then what AES-256-GCM made.

    Args:
        secret: at least 128 random bits; a password is none.
        bound_to: where the box belongs; it is not stored, `unbox` needs it again.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(secret).encrypt(nonce, data, bound_to.encode())


def unbox(data: bytes, *, secret: bytes, bound_to: str) -> bytes:
    """The data from what `box` made.

    Raises:
        KeyMaterialError: ``key.box``: another secret, bound to something else, or changed.
    """
    try:
        return _cipher(secret).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyMaterialError(
            say("This secret does not open the box."),
            code="key.box",
            hint=say("Use the secret it was made with."),
        ) from error


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"tessella box").derive(secret))
