"""Private keys that sign without showing themselves, and their protection at rest."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)

from tessella.errors import DecodeError, KeyMaterialError, LimitError
from tessella.keys import _primitives
from tessella.keys.algorithms import (
    MAX_RSA_BITS,
    MIN_RSA_BITS,
    Algorithm,
    algorithm_for_multicodec,
    algorithm_named,
)
from tessella.keys.certificates import ordered_chain
from tessella.keys.multibase import base64url_decode, base64url_encode, multibase_decode
from tessella.keys.public import PublicKey, jwk_algorithm
from tessella.text import say

__all__ = [
    "DEFAULT_RSA_BITS",
    "MAX_SCRYPT_LOG2_N",
    "MIN_SCRYPT_LOG2_N",
    "SCRYPT_LOG2_N",
    "PrivateKey",
]

DEFAULT_RSA_BITS = 3072
"""Modulus of new RSA keys: 128-bit strength (ETSI TS 119 312 §8.4 for use beyond 2029)."""

SCRYPT_LOG2_N = 16
"""Work of new wrappings: scrypt N = 2^16, r = 8, p = 2 (64 MB), of the strength OWASP recommends."""

MIN_SCRYPT_LOG2_N = 15
"""The least work accepted: below it, guessing passwords of a stolen file is too cheap."""

MAX_SCRYPT_LOG2_N = 20
"""The most work accepted (1 GB), so that a forged file cannot exhaust the machine that opens it."""

_SCRYPT_R, _SCRYPT_P = 8, 2
_FORMAT = "tessella-wrapped-key/1"


class PrivateKey:
    """A private key bound to one algorithm (implements `ports.Signer`).

    Immutable: the ``with_…`` methods return another object. It never appears in ``repr``, refuses to be
    pickled or copied into another process, and leaves only encrypted (`wrap`, `to_encrypted_pem`).
    """

    __slots__ = ("_algorithm", "_certificates", "_key", "_method", "_public", "_sign")

    def __init__(
        self,
        key: _primitives.AnyPrivate,
        algorithm: Algorithm,
        *,
        verification_method: str = "",
        certificates: Sequence[bytes] = (),
    ) -> None:
        """For use inside the package; make keys with `generate` and the ``from_…`` methods."""
        if not algorithm.may_sign:
            raise KeyMaterialError(
                say("Keys for %(name)s are read but not used to sign.", name=algorithm.name),
                code="key.algorithm",
                got=algorithm.name,
                hint=say("Sign with Ed25519, ES256, ES384 or RS256."),
            )
        self._key = key
        self._algorithm = algorithm
        self._sign = _primitives.signer(key, algorithm)
        self._public = PublicKey(_primitives.checked(key.public_key()), algorithm)
        self._method = verification_method
        self._certificates = tuple(certificates)

    # --- in ------------------------------------------------------------------------------------------

    @classmethod
    def generate(cls, algorithm: str = "Ed25519", *, rsa_bits: int = DEFAULT_RSA_BITS) -> PrivateKey:
        """A fresh key from the operating system's random source.

        Args:
            algorithm: ``Ed25519``, ``ES256``, ``ES384`` or ``RS256``.
            rsa_bits: the modulus of an RSA key.

        Raises:
            KeyMaterialError: another algorithm, or ``rsa_bits`` out of bounds.
        """
        row = algorithm_named(algorithm)
        if not MIN_RSA_BITS <= rsa_bits <= MAX_RSA_BITS:
            raise KeyMaterialError(
                say("RSA keys of %(bits)s bits are not made.", bits=rsa_bits),
                code="key.weak",
                got=rsa_bits,
                expected=f"{MIN_RSA_BITS}–{MAX_RSA_BITS}",
                hint=say("Use 3072 bits."),
            )
        return cls(_primitives.generated(row, rsa_bits), row)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> PrivateKey:
        """Read a private JWK (RFC 7517); public and private members must fit.

        Raises:
            KeyMaterialError: not such a key.
        """
        algorithm = jwk_algorithm(jwk)
        return cls(_primitives.private_from_jwk(jwk, algorithm), algorithm)

    @classmethod
    def from_multikey(cls, secret: str) -> PrivateKey:
        """Read a secret Multikey (``secretKeyMultibase``, CID 1.0 §2.2.2).

        Raises:
            KeyMaterialError: not such a key.
        """
        try:
            data = multibase_decode(secret)
        except (DecodeError, LimitError):
            # The cause would show a part of the secret.
            raise _primitives.bad_key(say("The secret Multikey is not multibase text.")) from None
        algorithm = algorithm_for_multicodec(data[:2], secret=True)
        return cls(_primitives.private_from_bytes(data[2:], algorithm), algorithm)

    @classmethod
    def from_pem(cls, data: bytes, password: bytes | str | None = None) -> PrivateKey:
        """Read a private key in PEM, encrypted or not.

        Raises:
            KeyMaterialError: ``key.password`` when the password is missing or wrong, otherwise not such a key.
        """
        return cls._loaded(lambda: load_pem_private_key(data, _password(password)), password)

    @classmethod
    def from_pkcs12(cls, data: bytes, password: bytes | str | None = None) -> PrivateKey:
        """Read a PKCS #12 file (``.p12``, ``.pfx``) with the key and the certificate of an e-seal.

        The certificate chain is put in order, end entity first. Says nothing about trust in it.

        Raises:
            KeyMaterialError: ``key.password``, or no key or no certificate inside, or they do not fit.
        """
        try:
            key, certificate, others = pkcs12.load_key_and_certificates(data, _password(password))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _wrong_password(password) from error
        if key is None or certificate is None:
            raise _primitives.bad_key(
                say("The PKCS #12 file does not hold a key with its certificate."),
                hint=say("Export the e-seal again, including its private key."),
            )
        end, *rest = (one.public_bytes(Encoding.DER) for one in (certificate, *others))
        return cls._loaded(lambda: key, None).with_certificates(ordered_chain(end, rest))

    @classmethod
    def _loaded(cls, load: Any, password: bytes | str | None) -> PrivateKey:
        try:
            key = load()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _wrong_password(password) from error
        public = getattr(key, "public_key", lambda: None)()
        return cls(key, _primitives.default_algorithm(_primitives.checked(public)))

    # --- what it is ----------------------------------------------------------------------------------

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm."""
        return self._algorithm.name

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public

    @property
    def public_jwk(self) -> Mapping[str, str]:
        """The public half as a JWK."""
        return self._public.to_jwk()

    @property
    def verification_method(self) -> str:
        """The DID URL under which others find the public half, or the empty string."""
        return self._method

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        """DER certificates, end entity first; empty when the key has none."""
        return self._certificates

    def with_verification_method(self, did_url: str) -> PrivateKey:
        """The same key that names itself ``did_url`` in the seals it makes.

        Raises:
            KeyMaterialError: ``key.did``, not an absolute URL.
        """
        if ":" not in did_url or any(character.isspace() for character in did_url):
            raise KeyMaterialError(
                say("%(url)s is not a DID URL.", url=repr(did_url)),
                code="key.did",
                got=did_url,
                hint=say("Give it as did:web:example.org#key-1 or did:key:z…#z…."),
            )
        return PrivateKey(
            self._key, self._algorithm, verification_method=did_url, certificates=self._certificates
        )

    def with_certificates(self, chain: Sequence[bytes]) -> PrivateKey:
        """The same key with its certificate chain (DER, end entity first).

        Raises:
            KeyMaterialError: ``key.mismatch``, the first certificate is for another key.
        """
        if chain and PublicKey.from_certificate_der(chain[0]).to_spki_der() != self._public.to_spki_der():
            raise KeyMaterialError(
                say("The certificate belongs to another key."),
                code="key.mismatch",
                hint=say("Give the chain of this key's certificate, end entity first."),
            )
        return PrivateKey(self._key, self._algorithm, verification_method=self._method, certificates=chain)

    # --- what it does --------------------------------------------------------------------------------

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data``; ECDSA as ``r‖s`` of fixed length."""
        return self._sign(data)

    # --- at rest -------------------------------------------------------------------------------------

    def to_encrypted_pem(self, password: bytes | str) -> bytes:
        """The key as encrypted PKCS #8 in PEM, for other programs; `wrap` is stronger and authenticated.

        Raises:
            KeyMaterialError: ``key.password``, the password is empty.
        """
        return self._key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_given(password))
        )

    def wrap(self, password: bytes | str, *, scrypt_log2_n: int = SCRYPT_LOG2_N) -> bytes:
        """The key with its verification method and certificates, sealed under ``password`` (JSON, UTF-8).

        scrypt (RFC 7914) makes the key, AES-256-GCM encrypts the PKCS #8 form and authenticates the rest.

        Raises:
            KeyMaterialError: ``key.password``, the password is empty; ``key.wrapped``, work out of bounds.
        """
        _check_work(scrypt_log2_n)
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        header = {
            "format": _FORMAT,
            "alg": self.algorithm,
            "public": self._public.thumbprint,
            "verificationMethod": self._method,
            "x5c": [base64url_encode(der) for der in self._certificates],
            "kdf": {
                "name": "scrypt",
                "log2n": scrypt_log2_n,
                "r": _SCRYPT_R,
                "p": _SCRYPT_P,
                "salt": base64url_encode(salt),
            },
            "enc": "A256GCM",
            "nonce": base64url_encode(nonce),
        }
        protected = base64url_encode(json.dumps(header, separators=(",", ":")).encode())
        plain = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        key = _derived(_given(password), salt, scrypt_log2_n)
        sealed = AESGCM(key).encrypt(nonce, plain, protected.encode())
        return json.dumps({"protected": protected, "ciphertext": base64url_encode(sealed)}).encode()

    @classmethod
    def unwrap(cls, data: bytes, password: bytes | str) -> PrivateKey:
        """The key from what `wrap` made.

        Raises:
            KeyMaterialError: ``key.password``, wrong password or a changed file; ``key.wrapped``, not such
                a file or work out of bounds.
        """
        try:
            envelope = json.loads(data)
            protected = envelope["protected"]
            header = json.loads(base64url_decode(protected))
            if header["format"] != _FORMAT or (header["kdf"]["r"], header["kdf"]["p"]) != (
                _SCRYPT_R,
                _SCRYPT_P,
            ):
                raise ValueError(header["format"])
            salt, nonce = base64url_decode(header["kdf"]["salt"]), base64url_decode(header["nonce"])
            sealed = base64url_decode(envelope["ciphertext"])
            log2_n, algorithm = header["kdf"]["log2n"], algorithm_named(header["alg"])
            chain = [base64url_decode(one) for one in header["x5c"]]
            method = str(header["verificationMethod"])
        except (ValueError, KeyError, TypeError, DecodeError, RecursionError) as error:
            raise _primitives.bad_key(say("This is not a wrapped key."), code="key.wrapped") from error
        _check_work(log2_n)
        try:
            plain = AESGCM(_derived(_given(password), salt, log2_n)).decrypt(
                nonce, sealed, protected.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise _wrong_password(password) from error
        loaded = cls._loaded(lambda: load_der_private_key(plain, None), None)
        return cls(loaded._key, algorithm, verification_method=method, certificates=chain)

    # --- never elsewhere -----------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"PrivateKey({self.algorithm}, {self._public.thumbprint})"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise KeyMaterialError(
            say("A private key is not copied or sent to another process."),
            code="key.private",
            hint=say("Wrap it with a password and unwrap it where it is needed."),
        )


def _derived(password: bytes, salt: bytes, log2_n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << log2_n, r=_SCRYPT_R, p=_SCRYPT_P).derive(password)


def _check_work(log2_n: object) -> None:
    if not isinstance(log2_n, int) or not MIN_SCRYPT_LOG2_N <= log2_n <= MAX_SCRYPT_LOG2_N:
        raise KeyMaterialError(
            say("The scrypt work 2^%(work)s is out of bounds.", work=log2_n),
            code="key.wrapped",
            got=log2_n,
            expected=f"{MIN_SCRYPT_LOG2_N}–{MAX_SCRYPT_LOG2_N}",
            hint=say("Wrap the key again with the default work."),
        )


def _password(password: bytes | str | None) -> bytes | None:
    return password.encode() if isinstance(password, str) else password


def _given(password: bytes | str) -> bytes:
    raw = _password(password)
    if not raw:
        raise KeyMaterialError(
            say("A private key is stored under a password only."),
            code="key.password",
            hint=say("Give a password that is not empty."),
        )
    return raw


def _wrong_password(password: bytes | str | None) -> KeyMaterialError:
    if password:
        message = say("The password does not open this key, or the file is damaged.")
    else:
        message = say("This private key cannot be read without a password, or the file is damaged.")
    return KeyMaterialError(
        message, code="key.password", hint=say("Give the password the key was stored with.")
    )
