"""Making an enveloped XML signature."""

from __future__ import annotations

import base64
import hashlib

from lxml import etree

from tessella.canonical.strictxml import canonical_xml, parse_xml, serialise_xml
from tessella.errors import SealError, UnsupportedError
from tessella.ports import Signer
from tessella.seals.xmldsig._names import DIGESTS, DS, ENVELOPED, EXCLUSIVE, SIGNATURES, ds
from tessella.text import say

__all__ = ["seal"]

_SIGNATURE_NAMES = {name: uri for uri, name in SIGNATURES.items() if name != "Ed25519"}
"""What is written. Ed25519 (RFC 9231 §2.3.12) is only read: few others know it."""

_DIGEST_URI = next(iter(DIGESTS))


def seal(data: bytes, signer: Signer) -> bytes:
    """The XML document with an enveloped signature over all of it, as the last child of its root.

    One reference with an empty URI, transforms *enveloped* and Exclusive Canonical XML, SHA-256, the certificate chain in
    ``KeyInfo`` (XML Signature 1.1; ELMO asks for exactly this form). The document's own content is not changed.

    Raises:
        SealError: ``seal.no-certificate``; ``seal.present``, the document has a signature already.
        UnsupportedError: ``unsupported.xml-signature``, the signer's algorithm is not used in XML signatures.
        DecodeError, LimitError: not an XML document (see `tessella.canonical.strictxml.parse_xml`).
    """
    algorithm = _SIGNATURE_NAMES.get(signer.algorithm)
    if algorithm is None:
        raise UnsupportedError(
            say("XML signatures are not made with %(name)s.", name=signer.algorithm),
            code="unsupported.xml-signature",
            got=signer.algorithm,
            hint=say("Use a certificate with an RSA, P-256 or P-384 key."),
        )
    if not signer.certificate_chain:
        raise SealError(
            say("An XML signature needs a certificate."),
            code="seal.no-certificate",
            hint=say("Give a key with its certificate."),
        )
    root = parse_xml(data)
    if root.find(ds("Signature")) is not None:
        raise SealError(
            say("The document has a signature already; a second one would break it."),
            code="seal.present",
            hint=say("Seal the document as it was before."),
        )
    digest = hashlib.sha256(canonical_xml(root, exclusive=True)).digest()
    signature = etree.SubElement(root, ds("Signature"), nsmap={None: DS})
    signed = _signed_info(signature, algorithm, digest)
    value = etree.SubElement(signature, ds("SignatureValue"))
    value.text = _base64(signer.sign(canonical_xml(signed, exclusive=True)))
    x509 = etree.SubElement(etree.SubElement(signature, ds("KeyInfo")), ds("X509Data"))
    for der in signer.certificate_chain:
        etree.SubElement(x509, ds("X509Certificate")).text = _base64(der)
    return serialise_xml(root)


def _signed_info(signature: etree._Element, algorithm: str, digest: bytes) -> etree._Element:
    signed = etree.SubElement(signature, ds("SignedInfo"))
    etree.SubElement(signed, ds("CanonicalizationMethod"), Algorithm=EXCLUSIVE)
    etree.SubElement(signed, ds("SignatureMethod"), Algorithm=algorithm)
    reference = etree.SubElement(signed, ds("Reference"), URI="")
    transforms = etree.SubElement(reference, ds("Transforms"))
    for one in (ENVELOPED, EXCLUSIVE):
        etree.SubElement(transforms, ds("Transform"), Algorithm=one)
    etree.SubElement(reference, ds("DigestMethod"), Algorithm=_DIGEST_URI)
    etree.SubElement(reference, ds("DigestValue")).text = _base64(digest)
    return signed


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
