"""What differs between key types: reading, writing and checking, over ``cryptography``'s key objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from tessella.errors import DecodeError, KeyMaterialError
from tessella.keys.algorithms import MAX_RSA_BITS, MIN_RSA_BITS, Algorithm, algorithm_for_key
from tessella.keys.multibase import base64url_decode, base64url_encode
from tessella.text import say

__all__: list[str] = []

_T = TypeVar("_T")

AnyPublic = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
AnyPrivate = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""JWK members that hold secrets (RFC 7518 §6)."""

_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_CURVE_NAMES = {curve.name: name for name, curve in _CURVES.items()}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}

# Edwards25519, RFC 8032 §5.1.
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826  # root of d·y⁴ + 2y² − 1
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})


def bad_key(
    message: str, *, code: str = "key.format", hint: str = "", got: object = None
) -> KeyMaterialError:
    """The error for key material that cannot be used."""
    return KeyMaterialError(
        message,
        code=code,
        got=got,
        hint=hint or say("Check that the key was copied completely, or export it again."),
    )


# --- public keys: in ---------------------------------------------------------------------------------


def public_from_jwk(jwk: Mapping[str, Any], algorithm: Algorithm) -> AnyPublic:
    """The key object of a public JWK whose ``kty`` and ``crv`` fit ``algorithm``."""
    if algorithm.key_type == "RSA":
        numbers = rsa.RSAPublicNumbers(jwk_integer(jwk, "e"), jwk_integer(jwk, "n"))
        return checked(_built(numbers.public_key))
    size = coordinate_bytes(algorithm)
    x = jwk_bytes(jwk, "x", size)
    if algorithm.key_type == "OKP":
        return public_from_bytes(x, algorithm)
    return public_from_bytes(b"\x04" + x + jwk_bytes(jwk, "y", size), algorithm)


def public_from_multikey_bytes(body: bytes, algorithm: Algorithm) -> AnyPublic:
    """The key object of a Multikey's bytes after the prefix: compressed point, raw key or PKCS #1 DER."""
    if algorithm.key_type == "RSA":
        key = checked(_built(lambda: load_der_public_key(body)))
        if key.public_bytes(Encoding.DER, PublicFormat.PKCS1) != body:
            raise bad_key(say("The RSA key is not in the one DER form that a Multikey has."))
        return key
    if len(body) != algorithm.public_bytes:
        raise bad_key(
            say(
                "A %(name)s Multikey has %(expected)s bytes after its prefix, this one has %(count)s.",
                name=algorithm.name,
                expected=algorithm.public_bytes,
                count=len(body),
            ),
            got=len(body),
        )
    return public_from_bytes(body, algorithm)


def public_from_bytes(data: bytes, algorithm: Algorithm) -> AnyPublic:
    """The key object of a raw Ed25519 key or of an encoded point, which is checked to lie on its curve."""
    if algorithm.key_type == "OKP":
        _check_edwards_point(data)
        return _built(lambda: Ed25519PublicKey.from_public_bytes(data))
    curve = _CURVES[algorithm.curve]
    return _built(lambda: ec.EllipticCurvePublicKey.from_encoded_point(curve, data))


def checked(key: object) -> AnyPublic:
    """The key object when it is of an accepted type, curve and strength."""
    if isinstance(key, Ed25519PublicKey):
        _check_edwards_point(key.public_bytes_raw())
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVE_NAMES:
        return key
    if isinstance(key, rsa.RSAPublicKey):
        if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            raise KeyMaterialError(
                say("The RSA key has %(bits)s bits.", bits=key.key_size),
                code="key.weak",
                got=key.key_size,
                expected=f"{MIN_RSA_BITS}–{MAX_RSA_BITS}",
                hint=say("Use an RSA key of 3072 bits, or an Ed25519 or P-256 key."),
            )
        return key
    raise bad_key(
        say("Keys of this type or curve are not accepted."),
        code="key.algorithm",
        got=type(key).__name__,
        hint=say("Use an Ed25519, P-256, P-384 or RSA key."),
    )


def default_algorithm(key: AnyPublic | AnyPrivate) -> Algorithm:
    """The default algorithm of a key object."""
    if isinstance(key, Ed25519PublicKey | Ed25519PrivateKey):
        return algorithm_for_key("OKP", "Ed25519")
    if isinstance(key, ec.EllipticCurvePublicKey | ec.EllipticCurvePrivateKey):
        return algorithm_for_key("EC", _CURVE_NAMES.get(key.curve.name, key.curve.name))
    return algorithm_for_key("RSA", "")


@lru_cache(maxsize=4_096)  # the check costs as much as a signature, and issuers return; 0.1 kB each
def _check_edwards_point(data: bytes) -> None:
    """RFC 8032 §5.1.3 decoding without the result; also refuses the eight points of small order.

    A key of small order would let anyone make signatures that hold; the primitive does not refuse it.
    """
    y = int.from_bytes(data, "little") & (2**255 - 1)
    # x² = u/v is a square exactly when u·v is one (Euler); v is never 0.
    u, v = y * y - 1, _D * y * y + 1
    on_curve = len(data) == 32 and y < _P and pow(u * v, (_P - 1) // 2, _P) in (0, 1)
    if not on_curve or y in _SMALL_ORDER_Y:
        raise bad_key(say("The Ed25519 key is not a usable point on its curve."), code="key.point")


# --- public keys: out --------------------------------------------------------------------------------


def public_jwk(key: AnyPublic) -> dict[str, str]:
    """The JWK members that identify the key (RFC 7638 §3.2), in lexicographic order."""
    if isinstance(key, Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": base64url_encode(key.public_bytes_raw())}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"e": _integer_text(numbers.e), "kty": "RSA", "n": _integer_text(numbers.n)}
    point = key.public_numbers()
    size = (key.curve.key_size + 7) // 8
    return {
        "crv": _CURVE_NAMES[key.curve.name],
        "kty": "EC",
        "x": base64url_encode(point.x.to_bytes(size)),
        "y": base64url_encode(point.y.to_bytes(size)),
    }


def public_multikey_bytes(key: AnyPublic) -> bytes:
    """The bytes of a Multikey after its prefix."""
    if isinstance(key, Ed25519PublicKey):
        return key.public_bytes_raw()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


# --- signatures --------------------------------------------------------------------------------------


def verifier(key: AnyPublic, algorithm: Algorithm) -> Callable[[bytes, bytes], None]:
    """A function of (signature, data) that returns or raises ``InvalidSignature``."""
    if isinstance(key, Ed25519PublicKey):
        return key.verify
    hash_ = _HASHES[algorithm.hash_name]
    if isinstance(key, rsa.RSAPublicKey):
        pad = _padding(algorithm, hash_)
        return lambda signature, data: key.verify(signature, data, pad, hash_)
    scheme = ec.ECDSA(hash_)
    size, half = algorithm.signature_bytes, algorithm.signature_bytes // 2

    def check(signature: bytes, data: bytes) -> None:
        if len(signature) != size:  # RFC 7518 §3.4: r and s have the length of the curve's order
            raise InvalidSignature
        r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
        key.verify(encode_dss_signature(r, s), data, scheme)

    return check


def signer(key: AnyPrivate, algorithm: Algorithm) -> Callable[[bytes], bytes]:
    """A function from data to the signature in its JOSE form."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign
    hash_ = _HASHES[algorithm.hash_name]
    if isinstance(key, rsa.RSAPrivateKey):
        pad = _padding(algorithm, hash_)
        return lambda data: key.sign(data, pad, hash_)
    scheme = ec.ECDSA(hash_)
    half = algorithm.signature_bytes // 2

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, scheme))
        return r.to_bytes(half) + s.to_bytes(half)

    return sign


def _padding(algorithm: Algorithm, hash_: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if algorithm.name == "PS256":  # RFC 7518 §3.5: MGF1 with the same hash, salt as long as the digest
        return padding.PSS(padding.MGF1(hash_), padding.PSS.DIGEST_LENGTH)
    return padding.PKCS1v15()


# --- private keys ------------------------------------------------------------------------------------


def generated(algorithm: Algorithm, rsa_bits: int) -> AnyPrivate:
    """A fresh private key from the operating system's random source."""
    if algorithm.key_type == "OKP":
        return Ed25519PrivateKey.generate()
    if algorithm.key_type == "EC":
        return ec.generate_private_key(_CURVES[algorithm.curve])
    return rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)


def private_from_jwk(jwk: Mapping[str, Any], algorithm: Algorithm) -> AnyPrivate:
    """The key object of a private JWK; its public members must fit the private ones."""
    public = public_from_jwk(jwk, algorithm)
    if algorithm.key_type == "RSA":
        d = jwk_integer(jwk, "d")
        p, q = jwk_integer(jwk, "p"), jwk_integer(jwk, "q")
        dp, dq, qi = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), _built(lambda: rsa.rsa_crt_iqmp(p, q))
        numbers = cast("rsa.RSAPublicKey", public).public_numbers()
        return _built(rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, numbers).private_key)
    key = private_from_bytes(jwk_bytes(jwk, "d", coordinate_bytes(algorithm)), algorithm)
    if public_jwk(key.public_key()) != public_jwk(public):
        raise bad_key(say("The private and the public part of the key do not fit."), code="key.mismatch")
    return key


def private_from_bytes(data: bytes, algorithm: Algorithm) -> Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    """The key object of an Ed25519 seed or an elliptic-curve secret of exactly the right length."""
    if len(data) != coordinate_bytes(algorithm):
        raise bad_key(say("The private key has the wrong length."))
    if algorithm.key_type == "OKP":
        return Ed25519PrivateKey.from_private_bytes(data)
    return _built(lambda: ec.derive_private_key(int.from_bytes(data), _CURVES[algorithm.curve]))


# --- JWK members -------------------------------------------------------------------------------------


def coordinate_bytes(algorithm: Algorithm) -> int:
    """The length of ``x``, ``y`` and ``d`` of an elliptic key."""
    return algorithm.signature_bytes // 2


def jwk_bytes(jwk: Mapping[str, Any], name: str, size: int = 0) -> bytes:
    """A base64url member of a JWK, of exactly ``size`` bytes where it is given."""
    value = jwk.get(name)
    if not isinstance(value, str) or not value:
        raise bad_key(say("The JWK has no text member %(name)s.", name=repr(name)))
    try:
        data = base64url_decode(value)
    except DecodeError:
        # Not "from error": it quotes the text, and the member may be a private one.
        raise bad_key(say("The JWK member %(name)s is not base64url.", name=repr(name))) from None
    if size and len(data) != size:
        raise bad_key(
            say(
                "The JWK member %(name)s has %(count)s bytes instead of %(expected)s.",
                name=repr(name),
                count=len(data),
                expected=size,
            )
        )
    return data


def jwk_integer(jwk: Mapping[str, Any], name: str) -> int:
    """An RSA number of a JWK; a superfluous leading zero byte, which exists in the wild, is read."""
    data = jwk_bytes(jwk, name)
    if len(data) * 8 > MAX_RSA_BITS + 8:
        raise bad_key(
            say("The JWK member %(name)s is too large.", name=repr(name)), code="key.weak", got=len(data) * 8
        )
    return int.from_bytes(data)


def _integer_text(number: int) -> str:
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8))


def _built(build: Callable[[], _T]) -> _T:
    try:
        return build()
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, ZeroDivisionError) as error:
        raise bad_key(
            say("The key is not valid: its numbers do not make a key."), code="key.point"
        ) from error
