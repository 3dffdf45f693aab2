"""The algorithm registry: what may sign, what may be verified, and nothing else.

One row per JOSE algorithm (RFC 7518 §3.1, RFC 9864 §2). An algorithm that has no row does not exist for
this library: there is no ``none``, no HMAC and no way to add one at run time.
"""

from __future__ import annotations

import msgspec

from tessella.errors import KeyMaterialError
from tessella.text import say

__all__ = ["ALGORITHMS", "MAX_RSA_BITS", "MIN_RSA_BITS", "Algorithm", "algorithm_named"]

MIN_RSA_BITS = 2048
"""The least RSA modulus accepted (RFC 7518 §3.3; ETSI TS 119 312 accepts 2048 only for a transition)."""

MAX_RSA_BITS = 8192
"""The largest RSA modulus accepted: larger ones cost a verifier time and protect nothing more."""


class Algorithm(msgspec.Struct, frozen=True, kw_only=True):
    """One signature algorithm.

    ``name`` is the JOSE name; ``key_type`` and ``curve`` the JWK ``kty`` and ``crv``; ``hash_name`` the
    digest the primitive uses. Byte counts are 0 where they depend on the key (RSA). ``may_sign`` is False
    for algorithms kept to read others' seals.
    """

    name: str
    key_type: str
    curve: str = ""
    hash_name: str
    multicodec: bytes  # prefix of the public key in a Multikey (CID 1.0 §2.2.2, did:key)
    secret_multicodec: bytes = b""
    public_bytes: int  # the public key after the prefix
    signature_bytes: int
    may_sign: bool
    recommended: bool
    aliases: tuple[str, ...] = ()


ALGORITHMS: tuple[Algorithm, ...] = (
    Algorithm(
        name="Ed25519",
        key_type="OKP",
        curve="Ed25519",
        hash_name="SHA-512",
        multicodec=b"\xed\x01",
        secret_multicodec=b"\x80\x26",
        public_bytes=32,
        signature_bytes=64,
        may_sign=True,
        recommended=True,
        aliases=("EdDSA",),
    ),
    Algorithm(
        name="ES256",
        key_type="EC",
        curve="P-256",
        hash_name="SHA-256",
        multicodec=b"\x80\x24",
        secret_multicodec=b"\x86\x26",
        public_bytes=33,
        signature_bytes=64,
        may_sign=True,
        recommended=True,
    ),
    Algorithm(
        name="ES384",
        key_type="EC",
        curve="P-384",
        hash_name="SHA-384",
        multicodec=b"\x81\x24",
        secret_multicodec=b"\x87\x26",
        public_bytes=49,
        signature_bytes=96,
        may_sign=True,
        recommended=True,
    ),
    Algorithm(
        name="ES512",
        key_type="EC",
        curve="P-521",
        hash_name="SHA-512",
        multicodec=b"\x82\x24",
        public_bytes=67,
        signature_bytes=132,
        may_sign=False,
        recommended=False,
    ),
    Algorithm(
        name="RS256",
        key_type="RSA",
        hash_name="SHA-256",
        multicodec=b"\x85\x24",
        public_bytes=0,
        signature_bytes=0,
        may_sign=True,
        recommended=False,
    ),
    Algorithm(
        name="PS256",
        key_type="RSA",
        hash_name="SHA-256",
        multicodec=b"\x85\x24",
        public_bytes=0,
        signature_bytes=0,
        may_sign=False,
        recommended=False,
    ),
)
"""All algorithms, the preferred ones first; of several for one key type the first is the default."""

_BY_NAME = {name: row for row in ALGORITHMS for name in (row.name, *row.aliases)}
_BY_KEY = {(row.key_type, row.curve): row for row in reversed(ALGORITHMS)}
_BY_MULTICODEC = {row.multicodec: row for row in reversed(ALGORITHMS)}
_BY_SECRET_MULTICODEC = {row.secret_multicodec: row for row in ALGORITHMS if row.secret_multicodec}


def algorithm_named(name: object) -> Algorithm:
    """The algorithm with this JOSE name (``EdDSA`` is read as ``Ed25519``, RFC 9864 §4).

    Raises:
        KeyMaterialError: ``key.algorithm``, no such algorithm here.
    """
    row = _BY_NAME.get(name) if isinstance(name, str) else None
    if row is None:
        raise KeyMaterialError(
            say("The signature algorithm %(name)s is not accepted.", name=repr(name)),
            code="key.algorithm",
            got=name,
            expected=" | ".join(row.name for row in ALGORITHMS),
            hint=say("Use a key for one of the accepted algorithms."),
        )
    return row


def algorithm_for_key(key_type: object, curve: object) -> Algorithm:
    """The default algorithm for a JWK ``kty`` and ``crv`` (``crv`` is empty for RSA)."""
    row = _BY_KEY.get((key_type, curve)) if isinstance(key_type, str) and isinstance(curve, str) else None
    if row is None:
        raise KeyMaterialError(
            say(
                "Keys of type %(type)s with curve %(curve)s are not accepted.",
                type=repr(key_type),
                curve=repr(curve),
            ),
            code="key.algorithm",
            got=f"{key_type} {curve}",
            expected=" | ".join(f"{row.key_type} {row.curve}".strip() for row in _BY_KEY.values()),
            hint=say("Use an Ed25519, P-256, P-384 or RSA key."),
        )
    return row


def algorithm_for_multicodec(prefix: bytes, *, secret: bool = False) -> Algorithm:
    """The default algorithm for the two-byte multicodec prefix of a Multikey."""
    row = (_BY_SECRET_MULTICODEC if secret else _BY_MULTICODEC).get(prefix)
    if row is None:
        raise KeyMaterialError(
            say("The key type with multicodec prefix %(prefix)s is not accepted.", prefix=prefix.hex()),
            code="key.algorithm",
            got=prefix.hex(),
            hint=say("Use a Multikey of an Ed25519, P-256 or P-384 key (z6Mk…, zDn…, z82…)."),
        )
    return row
