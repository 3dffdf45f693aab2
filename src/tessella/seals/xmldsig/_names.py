"""The names of XML Signature: elements, and which algorithms are written, read or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from tessella.errors import SealError, UnsupportedError
from tessella.text import say

__all__ = [
    "CANONICALISATIONS",
    "DIGESTS",
    "DS",
    "ENVELOPED",
    "EXCLUSIVE",
    "SIGNATURES",
    "SIGNED_PROPERTIES",
    "XADES",
    "Canonicalisation",
    "ds",
    "named",
]

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
ENVELOPED = DS + "enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"

_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"


class Canonicalisation(NamedTuple):
    """One way to canonical form."""

    exclusive: bool
    comments: bool = False


CANONICALISATIONS: Mapping[str, Canonicalisation] = {
    _INCLUSIVE: Canonicalisation(False),
    _INCLUSIVE + "#WithComments": Canonicalisation(False, True),
    _INCLUSIVE_11: Canonicalisation(False),
    _INCLUSIVE_11 + "#WithComments": Canonicalisation(False, True),
    EXCLUSIVE: Canonicalisation(True),
    EXCLUSIVE + "WithComments": Canonicalisation(True, True),
}
"""Versions 1.0 and 1.1 differ in inherited ``xml:`` attributes only, with which nothing is accepted."""

SIGNATURES: Mapping[str, str] = {
    _MORE + "ecdsa-sha256": "ES256",
    _MORE + "ecdsa-sha384": "ES384",
    _MORE + "ecdsa-sha512": "ES512",
    _MORE + "rsa-sha256": "RS256",
    _MORE + "rsa-sha384": "RS384",
    _MORE + "rsa-sha512": "RS512",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": "PS256",
    "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519": "Ed25519",
}
"""Signature algorithms (RFC 9231 §2.3) by their JOSE names; ECDSA is ``r‖s`` in both worlds."""

DIGESTS: Mapping[str, str] = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    _MORE + "sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}

_WEAK = frozenset(
    (
        DS + "sha1",
        DS + "rsa-sha1",
        DS + "dsa-sha1",
        _MORE + "ecdsa-sha1",
        _MORE + "md5",
        _MORE + "rsa-md5",
    )
)


_Meaning = TypeVar("_Meaning")


def ds(name: str) -> str:
    """The tag of an element of XML Signature."""
    return f"{{{DS}}}{name}"


def named(table: Mapping[str, _Meaning], algorithm: str) -> _Meaning:
    """What the table says of an algorithm.

    Raises:
        SealError: ``seal.weak-algorithm``, broken ones; ``seal.algorithm`` what has no place in a seal (HMAC).
        UnsupportedError: ``unsupported.xml-signature``, any other.
    """
    if algorithm in table:
        return table[algorithm]
    if algorithm in _WEAK:
        raise SealError(
            say("The seal uses %(name)s, which is no longer safe.", name=algorithm),
            code="seal.weak-algorithm",
            got=algorithm,
            hint=say("Ask the issuer for a seal with SHA-256 or better."),
        )
    if "hmac" in algorithm.lower():
        raise SealError(
            say("The seal is made with a shared secret, so anybody who can check it can make it."),
            code="seal.algorithm",
            got=algorithm,
            hint=say("Ask the issuer for a seal with a certificate."),
        )
    raise UnsupportedError(
        say("The XML signature uses %(name)s, which is not accepted here.", name=algorithm or "—"),
        code="unsupported.xml-signature",
        got=algorithm,
        hint=say("Ask the issuer for a plain enveloped signature with SHA-256."),
    )
