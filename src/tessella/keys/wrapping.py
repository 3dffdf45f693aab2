"""Private keys at rest under a key-encryption key: for stores that are copied, such as databases and their backups.

The key-encryption key lies elsewhere. What it wraps opens only together with the words it was bound to, so that a wrapped key
moved to another place of the store does not sign there.
"""

from __future__ import annotations

import hashlib
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from tessella.errors import DecodeError, KeyMaterialError
from tessella.keys import _primitives
from tessella.keys.algorithms import algorithm_named
from tessella.keys.multibase import base64url_decode, base64url_encode
from tessella.keys.private import PrivateKey
from tessella.text import say

__all__ = ["KEK_BYTES", "KeyEncryptionKey"]

KEK_BYTES = 32
"""AES-256."""

_FORMAT = "tessella-wrapped-key/2"
_ID_CHARACTERS = 16


class KeyEncryptionKey:
    """A secret key that wraps private keys (AES-256-GCM). It shows its ``id`` only, which tells nothing about it.

    Args:
        secret: `KEK_BYTES` bytes of a cryptographically strong source.

    Raises:
        KeyMaterialError: ``key.kek``, of another length.
    """

    __slots__ = ("_secret", "id")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEK_BYTES:
            raise _unusable(say("A key-encryption key has %(count)s bytes.", count=KEK_BYTES))
        self._secret = secret
        self.id = hashlib.sha256(b"tessella-kek-id" + secret).hexdigest()[:_ID_CHARACTERS]

    @classmethod
    def generate(cls) -> KeyEncryptionKey:
        """A fresh one from the operating system's random source."""
        return cls(secrets.token_bytes(KEK_BYTES))

    @classmethod
    def from_text(cls, text: str) -> KeyEncryptionKey:
        """The key from `to_text`.

        Raises:
            KeyMaterialError: ``key.kek``, something else.
        """
        try:
            return cls(base64url_decode(text.strip()))
        except DecodeError:
            # The cause would show a part of the secret.
            raise _unusable(say("The key-encryption key is not base64url text.")) from None

    def to_text(self) -> str:
        """The secret itself (base64url), to be kept where the wrapped keys are not."""
        return base64url_encode(self._secret)

    def wrap(self, key: PrivateKey, *, bound_to: str) -> bytes:
        """The private key with its verification method and certificates (JSON, UTF-8), authenticated together with ``bound_to``.

        ``bound_to`` says where the wrapped key belongs (such as owner and number); it is not stored, `unwrap` needs it again.
        """
        nonce = secrets.token_bytes(12)
        header = {
            "format": _FORMAT,
            "kek": self.id,
            "alg": key.algorithm,
            "public": key.public_key.thumbprint,
            "verificationMethod": key.verification_method,
            "x5c": [base64url_encode(der) for der in key.certificate_chain],
            "enc": "A256GCM",
            "nonce": base64url_encode(nonce),
        }
        protected = base64url_encode(json.dumps(header, separators=(",", ":")).encode())
        plain = key._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        sealed = AESGCM(self._secret).encrypt(nonce, plain, _associated(protected, bound_to))
        return json.dumps({"protected": protected, "ciphertext": base64url_encode(sealed)}).encode()

    def unwrap(self, data: bytes, *, bound_to: str) -> PrivateKey:
        """The key from what `wrap` made.

        Raises:
            KeyMaterialError: ``key.kek``, wrapped by another key, bound to something else, or changed; ``key.wrapped``, not a
                wrapped key.
        """
        try:
            envelope = json.loads(data)
            protected = envelope["protected"]
            header = json.loads(base64url_decode(protected))
            if header["format"] != _FORMAT:
                raise ValueError(header["format"])
            nonce, sealed = base64url_decode(header["nonce"]), base64url_decode(envelope["ciphertext"])
            algorithm = algorithm_named(header["alg"])
            chain = [base64url_decode(one) for one in header["x5c"]]
            method = str(header["verificationMethod"])
        except (ValueError, KeyError, TypeError, DecodeError, RecursionError) as error:
            raise _primitives.bad_key(say("This is not a wrapped key."), code="key.wrapped") from error
        try:
            plain = AESGCM(self._secret).decrypt(nonce, sealed, _associated(protected, bound_to))
        except (InvalidTag, ValueError) as error:
            raise _unusable(say("This key-encryption key does not open the wrapped key.")) from error
        loaded = load_der_private_key(plain, None)
        return PrivateKey(
            loaded,  # type: ignore[arg-type] # as it was wrapped
            algorithm,
            verification_method=method,
            certificates=chain,
        )

    def __repr__(self) -> str:
        return f"KeyEncryptionKey({self.id})"

    def __reduce_ex__(self, _protocol: object) -> tuple[object, ...]:
        raise _unusable(say("A key-encryption key is not copied or sent to another process."))


def _associated(protected: str, bound_to: str) -> bytes:
    """The header, which is of base64url letters only, a full stop, and what the key is bound to."""
    return f"{protected}.{bound_to}".encode()


def _unusable(message: str) -> KeyMaterialError:
    return KeyMaterialError(
        message, code="key.kek", hint=say("Use the key-encryption key that the private key was wrapped with.")
    )
