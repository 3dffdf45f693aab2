"""Public keys: read from JWK, Multikey, PEM or certificate, written as JWK or Multikey, and verifying."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tessella.errors import DecodeError, LimitError, SealError
from tessella.keys import _primitives
from tessella.keys.algorithms import (
    Algorithm,
    algorithm_for_key,
    algorithm_for_multicodec,
    algorithm_named,
)
from tessella.keys.multibase import base64url_encode, multibase_decode, multibase_encode
from tessella.text import say

__all__ = ["KEY_CACHE_ENTRIES", "PublicKey"]

KEY_CACHE_ENTRIES = 4_096
"""Multikeys kept parsed, oldest out first: a verifier meets few issuers often; about 2 kB each."""


class PublicKey:
    """An immutable public key bound to one signature algorithm (implements `ports.VerifyingKey`).

    Whatever it was read from, its point or modulus has been validated and its algorithm is in the
    registry. Two keys are equal when key and algorithm are equal.
    """

    __slots__ = ("_algorithm", "_check", "_jwk", "_key", "_multikey", "_thumbprint")

    def __init__(self, key: _primitives.AnyPublic, algorithm: Algorithm) -> None:
        """For use inside the package; read keys with the ``from_…`` methods."""
        self._key = key
        self._algorithm = algorithm
        self._check = _primitives.verifier(key, algorithm)
        self._jwk = _primitives.public_jwk(key)
        self._multikey = ""
        self._thumbprint = ""

    # --- in ------------------------------------------------------------------------------------------

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> PublicKey:
        """Read a public JWK (RFC 7517, RFC 7518 §6, RFC 8037).

        Its ``alg``, when given, decides the algorithm and must fit the key; ``use`` and ``key_ops``,
        when given, must allow signatures.

        Raises:
            KeyMaterialError: private members present, unknown algorithm, or an invalid key.
        """
        for name in _primitives.PRIVATE_MEMBERS:
            if name in jwk:
                raise _primitives.bad_key(
                    say("This JWK holds a private key where a public one belongs."),
                    code="key.private",
                    hint=say("Publish only the public members, and replace this key: it is known now."),
                )
        algorithm = jwk_algorithm(jwk)
        return cls(_primitives.public_from_jwk(jwk, algorithm), algorithm)

    @classmethod
    def from_multikey(cls, text: str) -> PublicKey:
        """Read a Multikey (``publicKeyMultibase``, CID 1.0 §2.2.2): ``z6Mk…``, ``zDn…``, ``z82…``.

        Only base58btc is accepted, with the right multicodec prefix and length and a valid point.
        Results are cached (`KEY_CACHE_ENTRIES`).

        Raises:
            KeyMaterialError: not such a key.
        """
        return _public_from_multikey(text)

    @classmethod
    def from_pem(cls, data: bytes | str) -> PublicKey:
        """Read a PEM ``PUBLIC KEY``.

        Raises:
            KeyMaterialError: not such a key.
        """
        raw = data.encode() if isinstance(data, str) else data
        try:
            key = load_pem_public_key(raw)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _primitives.bad_key(say("This is not a public key in PEM form.")) from error
        return cls._of(key)

    @classmethod
    def from_certificate_der(cls, der: bytes) -> PublicKey:
        """Read the key of an X.509 certificate in DER. Says nothing about trust in the certificate.

        Raises:
            KeyMaterialError: not a certificate, or its key is not accepted.
        """
        try:
            key = x509.load_der_x509_certificate(der).public_key()
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
            raise _primitives.bad_key(
                say("This is not a readable X.509 certificate."), code="key.certificate"
            ) from error
        return cls._of(key)

    @classmethod
    def _of(cls, key: object) -> PublicKey:
        accepted = _primitives.checked(key)
        return cls(accepted, _primitives.default_algorithm(accepted))

    # --- what it is ----------------------------------------------------------------------------------

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm."""
        return self._algorithm.name

    def for_algorithm(self, name: str) -> PublicKey:
        """The same key bound to another algorithm of its type (RSA: ``RS256`` or ``PS256``).

        Raises:
            KeyMaterialError: the algorithm is unknown or does not fit the key.
        """
        algorithm = algorithm_named(name)
        if algorithm is self._algorithm:
            return self
        _require_fit(algorithm, self._algorithm.key_type, self._algorithm.curve)
        return PublicKey(self._key, algorithm)

    def to_jwk(self) -> dict[str, str]:
        """The key as a JWK with its identifying members and ``alg``."""
        return {**self._jwk, "alg": self._algorithm.name}

    def to_multikey(self) -> str:
        """The key as a Multikey in base58btc."""
        if not self._multikey:
            body = _primitives.public_multikey_bytes(self._key)
            self._multikey = multibase_encode(self._algorithm.multicodec + body)
        return self._multikey

    def to_spki_der(self) -> bytes:
        """The key as SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7)."""
        return self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def thumbprint(self) -> str:
        """The JWK thumbprint (RFC 7638) with SHA-256, base64url."""
        if not self._thumbprint:
            canonical = json.dumps(self._jwk, separators=(",", ":"), sort_keys=True)
            self._thumbprint = base64url_encode(hashlib.sha256(canonical.encode()).digest())
        return self._thumbprint

    @property
    def did_key(self) -> str:
        """The key's own DID, ``did:key:z…``."""
        return f"did:key:{self.to_multikey()}"

    @property
    def did_key_url(self) -> str:
        """The DID URL of the key in its own DID document, ``did:key:z…#z…``."""
        return f"{self.did_key}#{self.to_multikey()}"

    # --- what it does --------------------------------------------------------------------------------

    def verify(self, signature: bytes, data: bytes) -> None:
        """Return None when ``signature`` over ``data`` holds.

        ECDSA signatures are ``r‖s`` of fixed length (RFC 7518 §3.4); DER and other lengths fail.

        Raises:
            SealError: ``seal.signature``, it does not hold.
        """
        try:
            self._check(signature, data)
        except InvalidSignature:
            raise SealError(
                say("The signature does not fit the content and the key."),
                code="seal.signature",
                hint=say("The content was changed after sealing, or another key sealed it."),
            ) from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublicKey):
            return NotImplemented
        return self._algorithm is other._algorithm and self._jwk == other._jwk

    def __hash__(self) -> int:
        return hash((self._algorithm.name, *self._jwk.values()))

    def __repr__(self) -> str:
        return f"PublicKey({self.algorithm}, {self.thumbprint})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (PublicKey.from_jwk, (self.to_jwk(),))


def jwk_algorithm(jwk: Mapping[str, Any]) -> Algorithm:
    """The algorithm of a JWK: its ``alg`` when that fits, otherwise the default of its key type."""
    default = algorithm_for_key(jwk.get("kty"), "" if jwk.get("kty") == "RSA" else jwk.get("crv"))
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not (
        isinstance(operations, list) and {"verify", "sign"}.intersection(map(str, operations))
    ):
        raise _primitives.bad_key(
            say("This JWK is meant for another use than signatures."),
            code="key.use",
            hint=say("Name a key whose use is sig."),
        )
    if jwk.get("alg") is None:
        return default
    algorithm = algorithm_named(jwk["alg"])
    _require_fit(algorithm, default.key_type, default.curve)
    return algorithm


def _require_fit(algorithm: Algorithm, key_type: str, curve: str) -> None:
    if (algorithm.key_type, algorithm.curve) != (key_type, curve):
        raise _primitives.bad_key(
            say("The algorithm %(name)s does not fit the key.", name=algorithm.name),
            code="key.algorithm",
            got=algorithm.name,
            hint=say("Take the algorithm from the key."),
        )


@lru_cache(maxsize=KEY_CACHE_ENTRIES)
def _public_from_multikey(text: str) -> PublicKey:
    if not text.startswith("z"):
        raise _primitives.bad_key(
            say("A Multikey begins with z (base58btc)."),
            got=text[:20],
            hint=say("Give the key as z6Mk…, zDn… or z82…."),
        )
    try:
        data = multibase_decode(text)
    except (DecodeError, LimitError) as error:
        raise _primitives.bad_key(say("The Multikey is not base58btc text.")) from error
    algorithm = algorithm_for_multicodec(data[:2])
    return PublicKey(_primitives.public_from_multikey_bytes(data[2:], algorithm), algorithm)
