"""What a signature dictionary holds, checked strictly: the range of bytes it covers and the CMS SignedData in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from asn1crypto import cms, core, parser, x509
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from tessella.errors import KeyMaterialError, SealError, UnsupportedError
from tessella.keys import PublicKey, ordered_chain
from tessella.seals.pades._revisions import FOREIGN
from tessella.text import say

__all__ = ["Signature", "own_bytes", "read_signature", "strict_range"]

MAX_CERTIFICATES = 32
"""Certificates in one seal; chains have two to four."""

MAX_STAMPS = 8
"""Time stamps of one seal; each costs a public-key operation."""

_HOLE = re.compile(rb"<(?:[0-9A-Fa-f]{2})*>")

_DIGESTS = ("sha256", "sha384", "sha512")
"""Digests accepted in seals (ETSI TS 119 312 §5); SHA-1 is not."""

_FAMILIES: Mapping[str, str] = {"rsassa_pkcs1v15": "RS", "rsassa_pss": "PS", "ecdsa": "ES"}
"""Signature algorithms that are accepted, and how JOSE calls them (RFC 7518 §3.1)."""


def strict_range(data: bytes, numbers: Sequence[int], contents: bytes) -> bytes:
    """The bytes that the signature covers: all from the first byte on but its own value (ISO 32000-2 §12.8.1).

    The hole must be exactly the hexadecimal string of ``contents``: in a wider one, or one that is elsewhere, something
    could be shown that nobody signed.

    Raises:
        SealError: ``seal.pdf-range``.
    """
    if len(numbers) == 4:
        start, before, after, rest = numbers
        if start == 0 and 0 < before < after <= after + rest <= len(data):
            hole = data[before:after]
            if _HOLE.fullmatch(hole) and bytes.fromhex(hole[1:-1].decode("ascii")) == contents:
                return data[:before] + data[after : after + rest]
    raise SealError(
        say("The seal does not cover the file as it must: parts of it are left out."),
        code="seal.pdf-range",
        got=" ".join(str(one) for one in numbers[:8]),
        hint=say("The file was cut off or tampered with. Ask the issuer for the original file."),
    )


def own_bytes(contents: bytes) -> bytes:
    """The signature without the zeros that fill its place.

    Raises:
        SealError: ``seal.pdf-signature``, no DER, or something else than zeros behind it.
    """
    try:
        parts = parser.parse(contents)
    except FOREIGN as error:
        raise _unreadable(str(error)) from error
    length = sum(len(part) for part in parts[3:])
    if contents[length:].strip(b"\0"):
        raise _unreadable("filler")
    return contents[:length]


def read_signature(contents: bytes) -> Signature:
    """The SignedData in a signature dictionary.

    Raises:
        SealError: ``seal.pdf-signature``.
        UnsupportedError: ``seal.no-certificate``, ``seal.algorithm``.
    """
    try:
        content = cms.ContentInfo.load(own_bytes(contents), strict=True)
        if content["content_type"].native != "signed_data":
            raise _unreadable(content["content_type"].native)
        signed = content["content"]
        if isinstance(signed["signer_infos"], core.Void) or len(signed["signer_infos"]) != 1:
            raise _unreadable("signer_infos")
        return Signature(signed)
    except FOREIGN as error:
        raise _unreadable(str(error)) from error


class Signature:
    """A SignedData with its one signer (RFC 5652), read and not verified.

    ``algorithm`` is the JOSE name, ``chain`` the certificates (DER), end entity first, as far as they are in it;
    ``value`` the signature value, which time stamps are about. ``signing_time`` is the attribute, which PAdES does without.
    """

    def __init__(self, signed: Any) -> None:
        self._signer = signed["signer_infos"][0]
        attributes = _by_type(self._signer["signed_attrs"])
        unsigned = _by_type(self._signer["unsigned_attrs"])
        self.value: bytes = self._signer["signature"].native
        self._digest: str = self._signer["digest_algorithm"]["algorithm"].native
        self.algorithm = _algorithm(self._signer)
        stamps = unsigned.get("signature_time_stamp_token", ())
        self.signature_stamps = tuple(one.dump() for one in stamps)[:MAX_STAMPS]
        stamps = attributes.get("content_time_stamp", ())
        self.content_stamps = tuple(one.dump() for one in stamps)[:MAX_STAMPS]
        self.names_certificate = "signing_certificate_v2" in attributes or "signing_certificate" in attributes
        times = attributes.get("signing_time", ())
        self.signing_time: dt.datetime | None = times[0].native if len(times) == 1 else None
        self._certificate = _certificate(signed, self._signer["sid"])
        others = [one.dump() for one in _certificates(signed)]
        try:
            self.chain = ordered_chain(self._certificate.dump(), others)
        except KeyMaterialError:  # one of the others is none; the signature may hold all the same
            self.chain = (self._certificate.dump(),)

    def check(self, covered: bytes) -> None:
        """RFC 5652 §5.4–5.6: the signature holds over ``covered``, by the certificate that it names (RFC 5035).

        Raises:
            SealError: ``seal.digest``, ``seal.signature``, ``seal.pdf-signature``.
            UnsupportedError: ``seal.algorithm``.
            KeyMaterialError: ``key.weak``.
        """
        if self._digest not in _DIGESTS:
            raise _unsupported(self._digest)
        try:
            PublicKey.from_certificate_der(self.chain[0])
        except KeyMaterialError as error:
            if error.code == "key.algorithm":
                raise _unsupported(self.algorithm) from error
            raise
        digest = hashlib.new(self._digest, covered).digest()
        try:
            intact, valid = validate_sig_integrity(self._signer, self._certificate, "data", digest)
        except SignatureValidationError as error:
            raise _unreadable(error.failure_message) from error
        except FOREIGN as error:
            raise _unreadable(str(error)) from error
        if not intact:
            raise SealError(
                say("The PDF was changed after it was sealed."),
                code="seal.digest",
                hint=say("Do not rely on it. Ask the issuer for the original file."),
            )
        if not valid:
            raise SealError(
                say("The signature does not hold."),
                code="seal.signature",
                hint=say("The seal was tampered with. Ask the issuer for the original file."),
            )


def _by_type(attributes: Any) -> dict[str, Any]:
    """Attributes by type; one that stands twice is none (RFC 5652 §5.3)."""
    if isinstance(attributes, core.Void):
        return {}
    names = [one["type"].native for one in attributes]
    if len(set(names)) != len(names):
        raise _unreadable("attributes")
    return {one["type"].native: one["values"] for one in attributes}


def _algorithm(signer: Any) -> str:
    """The JOSE name; ``rsaEncryption`` alone means the signer's digest algorithm (RFC 5754 §3.2)."""
    stated = signer["signature_algorithm"]
    family = _FAMILIES.get(stated.signature_algo)
    digest = signer["digest_algorithm"]["algorithm"].native
    if family is None or digest not in _DIGESTS:
        raise _unsupported(stated["algorithm"].native)
    return f"{family}{digest.removeprefix('sha')}"


def _certificates(signed: Any) -> list[x509.Certificate]:
    found = signed["certificates"]
    if isinstance(found, core.Void):
        return []
    return [one.chosen for one in found if one.name == "certificate"][:MAX_CERTIFICATES]


def _certificate(signed: Any, identifier: Any) -> x509.Certificate:
    """The signer's certificate (RFC 5652 §5.3, ``sid``)."""
    for certificate in _certificates(signed):
        if identifier.name != "issuer_and_serial_number":
            if certificate.key_identifier == identifier.native:
                return certificate
        elif (
            certificate.serial_number == identifier.chosen["serial_number"].native
            and certificate.issuer == identifier.chosen["issuer"]
        ):
            return certificate
    raise UnsupportedError(
        say("The seal does not bring its certificate along."),
        code="seal.no-certificate",
        hint=say("Give the sealer's certificate."),
    )


def _unsupported(name: str) -> UnsupportedError:
    return UnsupportedError(
        say("The seal uses %(name)s, which is not accepted.", name=name),
        code="seal.algorithm",
        got=name,
        expected=" | ".join(_DIGESTS),
        hint=say("Only SHA-256, SHA-384 and SHA-512 with RSA or ECDSA count as proof."),
    )


def _unreadable(got: object) -> SealError:
    return SealError(
        say("The signature in the PDF is damaged."),
        code="seal.pdf-signature",
        got=str(got)[:200],
        hint=say("Ask the issuer for the original file."),
    )
