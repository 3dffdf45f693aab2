"""The header parameters that bind a JAdES signature to its certificate, written and checked.

``kid`` is the base64 DER of IssuerSerial (RFC 5035 §5.4.1.1), as TS 119 182-1 §5.1.4 asks; ``x5t#S256`` the
digest, ``x5c`` the chain (RFC 7515 §4.1.6, §4.1.8).
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from asn1crypto import tsp, x509

from tessella.errors import SealError
from tessella.keys import base64url_encode
from tessella.text import say

__all__ = ["DIGESTS", "MAX_CHAIN", "certificate_parameters", "chain_of", "check_binding"]

MAX_CHAIN = 8
"""Certificates in one ``x5c``. Chains of e-seals have two to four."""

DIGESTS = {  # x5t#o, TS 119 182-1 §5.2.2.2: names of the XML Signature digest algorithms or short ones
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    "S256": "sha256",
    "S384": "sha384",
    "S512": "sha512",
}


@functools.lru_cache(maxsize=16)  # an issuer seals thousands of credentials with one chain
def certificate_parameters(chain: tuple[bytes, ...]) -> Mapping[str, Any]:
    """``kid``, ``x5t#S256`` and ``x5c`` for a chain of DER certificates, end entity first."""
    certificate = x509.Certificate.load(chain[0])
    identifier = tsp.IssuerSerial(
        {
            "issuer": [x509.GeneralName("directory_name", certificate.issuer)],
            "serial_number": certificate.serial_number,
        }
    )
    return {
        "kid": base64.b64encode(identifier.dump()).decode("ascii"),
        "x5t#S256": base64url_encode(hashlib.sha256(chain[0]).digest()),
        "x5c": [base64.b64encode(der).decode("ascii") for der in chain],
    }


def chain_of(header: Mapping[str, Any], certificates: Sequence[bytes]) -> tuple[bytes, ...]:
    """The chain in ``x5c``; without one, the certificate among ``certificates`` that ``x5t#S256`` names.

    Raises:
        SealError: ``seal.certificate``, ``x5c`` is not a list of certificates in base64.
    """
    if "x5c" not in header:
        wanted = header.get("x5t#S256")
        return tuple(der for der in certificates if base64url_encode(hashlib.sha256(der).digest()) == wanted)[
            :1
        ]
    texts = header["x5c"]
    if isinstance(texts, list) and 0 < len(texts) <= MAX_CHAIN:
        try:
            return tuple(base64.b64decode(text, validate=True) for text in texts)
        except (binascii.Error, TypeError, ValueError):
            pass
    raise SealError(
        say("The certificates in the seal cannot be read."),
        code="seal.certificate",
        hint=say("Ask the issuer for the credential again."),
    )


def check_binding(header: Mapping[str, Any], chain: Sequence[bytes]) -> tuple[list[SealError], list[str]]:
    """Whether the header's references name the certificate that heads the chain: problems, and notes."""
    problems, notes = [], []
    der = chain[0]
    if "x5t#S256" in header and header["x5t#S256"] != base64url_encode(hashlib.sha256(der).digest()):
        problems.append(_mismatch("x5t#S256"))
    if "x5t#o" in header and not _other_digest_fits(header["x5t#o"], der):
        problems.append(_mismatch("x5t#o"))
    if "sigX5ts" in header:
        listed = header["sigX5ts"]
        if not isinstance(listed, list) or not any(_other_digest_fits(one, der) for one in listed):
            problems.append(_mismatch("sigX5ts"))
    if not {"x5t#S256", "x5t#o", "sigX5ts"} & header.keys():
        notes.append(say("The seal does not state the digest of its certificate."))
    if "kid" in header:
        fits = _issuer_serial_fits(header["kid"], der)
        if fits is None:
            notes.append(say("“kid” is a name, not the issuer and serial number of the certificate."))
        elif not fits:
            problems.append(_mismatch("kid"))
    return problems, notes


def _other_digest_fits(value: object, der: bytes) -> bool:
    if not isinstance(value, dict) or (name := DIGESTS.get(str(value.get("digAlg")))) is None:
        return False
    return value.get("digVal") == base64url_encode(hashlib.new(name, der).digest())


def _issuer_serial_fits(kid: object, der: bytes) -> bool | None:
    """Whether ``kid`` names the certificate; None when it is no IssuerSerial at all."""
    try:
        identifier = tsp.IssuerSerial.load(base64.b64decode(str(kid), validate=True), strict=True)
        names = [name.chosen for name in identifier["issuer"] if name.name == "directory_name"]
        serial = identifier["serial_number"].native
    except (binascii.Error, ValueError, TypeError):
        return None
    try:
        certificate = x509.Certificate.load(der)
        return bool(serial == certificate.serial_number and names == [certificate.issuer])
    except (ValueError, TypeError):
        return False


def _mismatch(name: str) -> SealError:
    return SealError(
        say("“%(name)s” names another certificate than the one in the seal.", name=name),
        code="seal.certificate-mismatch",
        place=name,
        hint=say("Ask the issuer for the credential again."),
    )
