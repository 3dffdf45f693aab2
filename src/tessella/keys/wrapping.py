"""Private keys at rest under a key-encryption key: for stores that are copied, such as databases and their backups.

The key-encryption key lies elsewhere. What it wraps opens only together with the words it was bound to, so that a wrapped key
moved to another place of the store does not sign there.
"""

from __future__ import annotations

import hashlib
import json
import secrets

import msgspec
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
from tessella.keys.algorithms import Algorithm, algorithm_named
from tessella.keys.multibase import base64url_decode, base64url_encode
from tessella.keys.private import PrivateKey
from tessella.ports import SecretWrapper
from tessella.text import say

__all__ = ["KEK_BYTES", "KeyEncryptionKey", "OutsideKeyEncryptionKey"]

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
        return _sealed(self._secret, key, bound_to, {"kek": self.id})

    def unwrap(self, data: bytes, *, bound_to: str) -> PrivateKey:
        """The key from what `wrap` made.

        Raises:
            KeyMaterialError: ``key.kek``, wrapped by another key, bound to something else, or changed; ``key.wrapped``, not a
                wrapped key.
        """
        return _opened(_Envelope.read(data), self._secret, bound_to)

    def __repr__(self) -> str:
        return f"KeyEncryptionKey({self.id})"

    def __reduce_ex__(self, _protocol: object) -> tuple[object, ...]:
        raise _unusable(say("A key-encryption key is not copied or sent to another process."))


class OutsideKeyEncryptionKey:
    """A key-encryption key that is elsewhere, in a token: it wraps a fresh secret, which wraps the private key as above.

    The wrapped secret stands in the header, which is authenticated: neither it nor the private key is moved or exchanged.
    """

    __slots__ = ("_wrapper", "id")

    def __init__(self, wrapper: SecretWrapper) -> None:
        self._wrapper = wrapper
        self.id = wrapper.id

    def wrap(self, key: PrivateKey, *, bound_to: str) -> bytes:
        """As `KeyEncryptionKey.wrap`.

        Raises:
            AccessError: the token cannot be reached.
        """
        secret = secrets.token_bytes(KEK_BYTES)
        more = {"kek": self.id, "key": base64url_encode(self._wrapper.wrap(secret))}
        return _sealed(secret, key, bound_to, more)

    def unwrap(self, data: bytes, *, bound_to: str) -> PrivateKey:
        """As `KeyEncryptionKey.unwrap`.

        Raises:
            KeyMaterialError: ``key.kek``, ``key.wrapped``.
            AccessError: the token cannot be reached, or it did not wrap this.
        """
        envelope = _Envelope.read(data)
        if envelope.key is None:
            raise _unusable(say("This key-encryption key does not open the wrapped key."))
        return _opened(envelope, self._wrapper.unwrap(envelope.key), bound_to)

    def __repr__(self) -> str:
        return f"OutsideKeyEncryptionKey({self.id})"


class _Envelope(msgspec.Struct, frozen=True):
    """A wrapped key, read but not opened; ``key`` is the wrapped secret where the key-encryption key is elsewhere."""

    protected: str
    algorithm: Algorithm
    method: str
    chain: tuple[bytes, ...]
    nonce: bytes
    sealed: bytes
    key: bytes | None

    @classmethod
    def read(cls, data: bytes) -> _Envelope:
        try:
            envelope = json.loads(data)
            protected = envelope["protected"]
            header = json.loads(base64url_decode(protected))
            if header["format"] != _FORMAT:
                raise ValueError(header["format"])
            return cls(
                protected,
                algorithm_named(header["alg"]),
                str(header["verificationMethod"]),
                tuple(base64url_decode(one) for one in header["x5c"]),
                base64url_decode(header["nonce"]),
                base64url_decode(envelope["ciphertext"]),
                base64url_decode(header["key"]) if "key" in header else None,
            )
        except (ValueError, KeyError, TypeError, DecodeError, RecursionError) as error:
            raise _primitives.bad_key(say("This is not a wrapped key."), code="key.wrapped") from error


def _sealed(secret: bytes, key: PrivateKey, bound_to: str, more: dict[str, str]) -> bytes:
    nonce = secrets.token_bytes(12)
    header = {
        "format": _FORMAT,
        **more,
        "alg": key.algorithm,
        "public": key.public_key.thumbprint,
        "verificationMethod": key.verification_method,
        "x5c": [base64url_encode(der) for der in key.certificate_chain],
        "enc": "A256GCM",
        "nonce": base64url_encode(nonce),
    }
    protected = base64url_encode(json.dumps(header, separators=(",", ":")).encode())
    plain = key._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = AESGCM(secret).encrypt(nonce, plain, _associated(protected, bound_to))
    return json.dumps({"protected": protected, "ciphertext": base64url_encode(sealed)}).encode()


def _opened(envelope: _Envelope, secret: bytes, bound_to: str) -> PrivateKey:
    try:
        plain = AESGCM(secret).decrypt(
            envelope.nonce, envelope.sealed, _associated(envelope.protected, bound_to)
        )
    except (InvalidTag, ValueError) as error:
        raise _unusable(say("This key-encryption key does not open the wrapped key.")) from error
    loaded = load_der_private_key(plain, None)
    return PrivateKey(
        loaded,  # type: ignore[arg-type] # as it was wrapped
        envelope.algorithm,
        verification_method=envelope.method,
        certificates=envelope.chain,
    )


def _associated(protected: str, bound_to: str) -> bytes:
    """The header, which is of base64url letters only, a full stop, and what the key is bound to."""
    return f"{protected}.{bound_to}".encode()


def _unusable(message: str) -> KeyMaterialError:
    return KeyMaterialError(
        message, code="key.kek", hint=say("Use the key-encryption key that the private key was wrapped with.")
    )
