"""The CMS SignedData of a PAdES baseline signature (ETSI EN 319 142-1 §6.3, EN 319 122-1, RFC 5652), written as DER.

All that depends on the certificates alone is made once per chain; a signature adds a digest, its value and perhaps a time stamp.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from asn1crypto import algos, cms, core, tsp, x509

from tessella.errors import KeyMaterialError
from tessella.text import say

__all__ = ["ALGORITHMS", "MAX_CHAIN", "Template", "der", "template"]

MAX_CHAIN = 8
"""Certificates in one seal. Chains of e-seals have two to four."""

_SEQUENCE, _SET, _OCTETS, _TAG_0, _TAG_1 = 0x30, 0x31, 0x04, 0xA0, 0xA1


class _Scheme(NamedTuple):
    """How a JOSE algorithm is named in CMS (RFC 5754), and how its signature values are written there."""

    digest: str
    signature: str
    half: int


ALGORITHMS: Mapping[str, _Scheme] = {
    "RS256": _Scheme(digest="sha256", signature="sha256_rsa", half=0),
    "ES256": _Scheme(digest="sha256", signature="sha256_ecdsa", half=32),
    "ES384": _Scheme(digest="sha384", signature="sha384_ecdsa", half=48),
}
"""The algorithms that seal PDFs: those of e-seals (ETSI TS 119 312 §6)."""


def der(tag: int, *parts: bytes) -> bytes:
    """One DER value: tag, length, content (X.690 §8.1, §10.1)."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


class Template(NamedTuple):
    """Everything of a signature but the digest, the value and the time stamp."""

    digest: str
    half: int
    before_digest: bytes
    after_digest: bytes
    head: bytes
    signer: bytes
    algorithm: bytes

    def attributes(self, digest: bytes) -> bytes:
        """The content of the signed attributes."""
        return self.before_digest + digest + self.after_digest

    def sign(self, content_digest: bytes, sign: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
        """The signed attributes (content) and the signature value as CMS has it. RFC 5652 §5.4: signed as SET OF."""
        attributes = self.attributes(content_digest)
        value = sign(der(_SET, attributes))
        return attributes, _ecdsa(value, self.half) if self.half else value

    def signed_data(self, attributes: bytes, value: bytes, timestamp: bytes = b"") -> bytes:
        """The ContentInfo; ``timestamp`` is a time-stamp token over ``value`` (EN 319 122-1 §5.3)."""
        stamp = der(_TAG_1, _attribute("1.2.840.113549.1.9.16.2.14", timestamp)) if timestamp else b""
        signer = der(
            _SEQUENCE, self.signer, der(_TAG_0, attributes), self.algorithm, der(_OCTETS, value), stamp
        )
        signed = der(_SEQUENCE, self.head, der(_SET, signer))
        return der(_SEQUENCE, core.ObjectIdentifier("1.2.840.113549.1.7.2").dump(), der(_TAG_0, signed))


@functools.lru_cache(maxsize=16)  # an issuer seals thousands of certificates with one chain
def template(chain: tuple[bytes, ...], algorithm: str) -> Template:
    """What every signature by this chain (DER, end entity first) has in common.

    Raises:
        KeyMaterialError: ``key.certificate``, a certificate that cannot be read, or too many.
    """
    if len(chain) > MAX_CHAIN:
        raise _unreadable(len(chain))
    scheme = ALGORITHMS[algorithm]
    try:
        certificates = [x509.Certificate.load(one, strict=True) for one in chain]
        identifier = cms.IssuerAndSerialNumber(
            {"issuer": certificates[0].issuer, "serial_number": certificates[0].serial_number}
        ).dump()
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable(str(error)) from error
    digest = algos.DigestAlgorithm({"algorithm": scheme.digest})
    signature = algos.SignedDigestAlgorithm({"algorithm": scheme.signature})
    blank = bytes(hashlib.new(scheme.digest).digest_size)
    attributes = b"".join(
        sorted(  # X.690 §11.6: the members of a SET OF stand in the order of their encodings
            (
                _attribute("1.2.840.113549.1.9.3", core.ObjectIdentifier("1.2.840.113549.1.7.1").dump()),
                _attribute("1.2.840.113549.1.9.4", core.OctetString(blank).dump()),
                _attribute("1.2.840.113549.1.9.16.2.47", _signing_certificate(chain[0])),
                _attribute("1.2.840.113549.1.9.52", _protection(digest, signature)),
            )
        )
    )
    at = attributes.index(core.OctetString(blank).dump()) + 2
    return Template(
        digest=scheme.digest,
        half=scheme.half,
        before_digest=attributes[:at],
        after_digest=attributes[at + len(blank) :],
        head=core.Integer(1).dump()
        + der(_SET, digest.dump())
        + der(_SEQUENCE, core.ObjectIdentifier("1.2.840.113549.1.7.1").dump())
        + der(_TAG_0, *chain),
        signer=core.Integer(1).dump() + identifier + digest.dump(),
        algorithm=signature.dump(),
    )


def _attribute(type_: str, value: bytes) -> bytes:
    return der(_SEQUENCE, core.ObjectIdentifier(type_).dump(), der(_SET, value))


def _signing_certificate(certificate: bytes) -> bytes:
    """ESS signing-certificate-v2 (RFC 5035 §3) with SHA-256, the default, and without issuerSerial (EN 319 142-1 §6.3)."""
    return bytes(
        tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(certificate).digest()}]}).dump()
    )


def _protection(digest: algos.DigestAlgorithm, signature: algos.SignedDigestAlgorithm) -> bytes:
    """CMSAlgorithmProtection (RFC 6211): the algorithms are signed too."""
    protected = {"digest_algorithm": digest, "signature_algorithm": signature}
    return bytes(cms.CMSAlgorithmProtection(protected).dump())


def _ecdsa(value: bytes, half: int) -> bytes:
    """``r‖s`` as the DER of RFC 3279 §2.2.3."""
    r, s = int.from_bytes(value[:half]), int.from_bytes(value[half:])
    return der(_SEQUENCE, core.Integer(r).dump(), core.Integer(s).dump())


def _unreadable(got: object) -> KeyMaterialError:
    return KeyMaterialError(
        say("The certificates of the key cannot be used for a seal."),
        code="key.certificate",
        got=got,
        hint=say(
            "Give the chain in DER, end entity first, of at most %(limit)s certificates.", limit=MAX_CHAIN
        ),
    )
