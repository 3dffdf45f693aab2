"""Enveloped XML signatures: ours, another library's, and every way to spoil or wrap one."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509 import load_der_x509_certificate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml import SignatureConstructionMethod, XMLSigner, XMLVerifier

from tessella.canonical.strictxml import canonical_xml, parse_xml, serialise_xml
from tessella.errors import DecodeError, LimitError, SealError, TessellaError, UnsupportedError
from tessella.keys import PrivateKey
from tessella.seals import xmldsig
from tessella.seals.xmldsig._names import CANONICALISATIONS, DS, EXCLUSIVE, XADES
from tessella.verdicts import Verdict
from tests.trust.pki import Authority, TimestampAuthority, seal_certificate

ROOT = Authority("Fjord root")
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<e:elmo xmlns:e="urn:example:elmo" xmlns:x="urn:example:more" xmlns:unused="urn:example:unused">
  <e:name x:note="&lt;1&gt;">Tarefangst på Ålesund <!-- by boat -->ø</e:name>
  <e:grade>4</e:grade>
</e:elmo>
""".encode()


def certified(algorithm: str) -> PrivateKey:
    key = PrivateKey.generate(algorithm, rsa_bits=2048)
    public = load_der_public_key(key.public_key.to_spki_der())
    certificate = seal_certificate(ROOT, public).public_bytes(Encoding.DER)
    return key.with_certificates([certificate, ROOT.der])


KEYS = {algorithm: certified(algorithm) for algorithm in ("RS256", "ES256", "ES384")}
KEY = KEYS["ES256"]
SEALED = xmldsig.seal(DOCUMENT, KEY)


def verdict(data: bytes) -> tuple[Verdict, str]:
    result = xmldsig.verify(data)
    (one,) = result.signatures
    return result.verdict, one.error.code if one.error else ""


def changed(change: Callable[[Any], None], data: bytes = SEALED) -> bytes:
    """The sealed document with its tree changed."""
    root = etree.fromstring(data)
    change(root)
    return serialise_xml(root)


def ds(path: str) -> str:
    return "/".join(f"{{{DS}}}{name}" for name in path.split("/"))


def resigned(change: Callable[[Any], None], data: bytes = SEALED) -> bytes:
    """A signature whose SignedInfo was changed before it was signed."""
    root = etree.fromstring(data)
    change(root)
    signed = root.find(ds("Signature/SignedInfo"))
    method = CANONICALISATIONS[signed[0].get("Algorithm")]
    octets = canonical_xml(signed, exclusive=method.exclusive, comments=method.comments)
    root.find(ds("Signature/SignatureValue")).text = base64.b64encode(KEY.sign(octets)).decode()
    return serialise_xml(root)


# --- ours and another's ------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", sorted(KEYS))
def test_sealed_document_verifies_here_and_with_signxml(algorithm: str) -> None:
    key = KEYS[algorithm]
    sealed = xmldsig.seal(DOCUMENT, key)
    result = xmldsig.verify(sealed)
    assert (result.verdict, result.signatures[0].certificate_chain) == (Verdict.PASSED, key.certificate_chain)
    pem = load_der_x509_certificate(key.certificate_chain[0]).public_bytes(Encoding.PEM)
    found: Any = XMLVerifier().verify(sealed, x509_cert=pem.decode())
    assert found.signed_xml.tag == "{urn:example:elmo}elmo"


@pytest.mark.parametrize("c14n", ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", EXCLUSIVE])
@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha384", "rsa-sha512", "sha256-rsa-MGF1"])
def test_signature_by_signxml_verifies_here(algorithm: str, c14n: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    certificate = seal_certificate(ROOT, key.public_key()).public_bytes(Encoding.PEM)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped, signature_algorithm=algorithm, c14n_algorithm=c14n
    )
    root = signer.sign(etree.fromstring(DOCUMENT), key=key, cert=[certificate.decode()])
    assert verdict(etree.tostring(root)) == (Verdict.PASSED, "")


def test_seal_changes_nothing_of_the_document() -> None:
    assert xmldsig.parse(SEALED).content == xmldsig.parse(DOCUMENT).content
    assert b"by boat" in SEALED


def test_content_is_read_as_signed_and_not_split_by_comments() -> None:
    content = xmldsig.verify(SEALED).content
    assert parse_xml(content).findtext("{urn:example:elmo}name") == "Tarefangst på Ålesund ø"
    assert b"Signature" not in content


def test_comment_put_in_afterwards_changes_neither_seal_nor_content() -> None:
    """XML Signature §4.4.3.3: same-document references do not cover comments."""
    data = SEALED.replace(b"<e:grade>4", b"<e:grade><!-- 1 -->4")
    assert data != SEALED
    assert xmldsig.verify(data).content == xmldsig.verify(SEALED).content


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_of_the_content_is_found(data: st.DataObject) -> None:
    end = SEALED.index(b"<Signature")
    at = data.draw(st.integers(SEALED.index(b"<e:elmo"), end - 1))
    bit = data.draw(st.integers(0, 7))
    spoilt = SEALED[:at] + bytes([SEALED[at] ^ 1 << bit]) + SEALED[at + 1 :]
    try:
        result = xmldsig.verify(spoilt)
    except TessellaError:
        return
    assert result.verdict is Verdict.FAILED or result.content == xmldsig.verify(SEALED).content


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_changed_signature_never_raises_anything_else(data: st.DataObject) -> None:
    at = data.draw(st.integers(SEALED.index(b"<Signature"), len(SEALED) - 1))
    spoilt = SEALED[:at] + bytes([data.draw(st.integers(0, 255))]) + SEALED[at + 1 :]
    try:
        result = xmldsig.verify(spoilt)
    except TessellaError:
        return
    assert result.verdict is not Verdict.PASSED or result.content == xmldsig.verify(SEALED).content


# --- spoilt and wrapped ------------------------------------------------------------------------------


def test_changed_content_fails() -> None:
    assert verdict(SEALED.replace(b"grade>4", b"grade>5")) == (Verdict.FAILED, "seal.digest")


def test_other_certificate_fails() -> None:
    other = base64.b64encode(certified("ES256").certificate_chain[0]).decode()

    def change(root: Any) -> None:
        root.find(ds("Signature/KeyInfo/X509Data/X509Certificate")).text = other

    assert verdict(changed(change)) == (Verdict.FAILED, "seal.signature")


def test_wrapped_document_is_not_signed() -> None:
    """The signed document moved into another one, its signature too: the reference covers the whole new document."""
    root = etree.fromstring(SEALED)
    outer = etree.Element("{urn:example:elmo}elmo")
    signature = root.find(ds("Signature"))
    outer.append(root)
    outer.append(signature)
    assert verdict(etree.tostring(outer)) == (Verdict.FAILED, "seal.digest")


def test_signature_deeper_inside_does_not_count() -> None:
    def change(root: Any) -> None:
        etree.SubElement(root, "{urn:example:elmo}part").append(root.find(ds("Signature")))

    with pytest.raises(SealError) as caught:
        xmldsig.verify(changed(change))
    assert caught.value.code == "seal.none"


def reference(name: str, value: str) -> Callable[[Any], None]:
    return lambda root: root.find(ds("Signature/SignedInfo/Reference")).set(name, value)


def algorithm(path: str, value: str) -> Callable[[Any], None]:
    return lambda root: root.find(ds(f"Signature/SignedInfo/{path}")).set("Algorithm", value)


def transform(value: str, at: int = 1) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        root.find(ds("Signature/SignedInfo/Reference/Transforms"))[at].set("Algorithm", value)

    return change


def more(path: str) -> Callable[[Any], None]:
    """One element of SignedInfo twice."""

    def change(root: Any) -> None:
        found = root.find(ds(f"Signature/SignedInfo/{path}"))
        found.addnext(etree.fromstring(etree.tostring(found)))

    return change


XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
REFUSED: dict[str, tuple[Callable[[Any], None], Verdict, str]] = {
    "part": (reference("URI", "#grade"), Verdict.FAILED, "seal.xml-signature"),
    "elsewhere": (reference("URI", "https://example.org/x"), Verdict.FAILED, "seal.xml-signature"),
    "no URI": (
        lambda root: root.find(ds("Signature/SignedInfo/Reference")).attrib.pop("URI"),
        Verdict.FAILED,
        "seal.xml-signature",
    ),
    "two references": (more("Reference"), Verdict.FAILED, "seal.xml-signature"),
    "xpath": (transform(XPATH), Verdict.INDETERMINATE, "unsupported.xml-signature"),
    "xslt": (transform(XSLT), Verdict.INDETERMINATE, "unsupported.xml-signature"),
    "not enveloped": (transform(EXCLUSIVE, 0), Verdict.INDETERMINATE, "unsupported.xml-signature"),
    "three transforms": (
        more("Reference/Transforms/Transform"),
        Verdict.INDETERMINATE,
        "unsupported.xml-signature",
    ),
    "sha1": (algorithm("Reference/DigestMethod", DS + "sha1"), Verdict.FAILED, "seal.weak-algorithm"),
    "rsa-sha1": (algorithm("SignatureMethod", DS + "rsa-sha1"), Verdict.FAILED, "seal.weak-algorithm"),
    "hmac": (
        algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        Verdict.FAILED,
        "seal.algorithm",
    ),
    "other key type": (
        algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        Verdict.FAILED,
        "key.algorithm",
    ),
    "no algorithm": (algorithm("SignatureMethod", ""), Verdict.INDETERMINATE, "unsupported.xml-signature"),
    "two methods": (more("SignatureMethod"), Verdict.FAILED, "seal.xml-signature"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_form_is_refused_even_when_it_was_signed_so(name: str) -> None:
    change, expected, code = REFUSED[name]
    assert verdict(resigned(change)) == (expected, code)


def test_no_certificate_is_not_a_failure() -> None:
    def change(root: Any) -> None:
        signature = root.find(ds("Signature"))
        signature.remove(signature.find(ds("KeyInfo")))

    assert verdict(changed(change)) == (Verdict.INDETERMINATE, "seal.no-certificate")


def test_inclusive_form_below_inherited_attributes_is_not_judged() -> None:
    """Canonical XML 1.0 inherits xml:lang into SignedInfo, version 1.1 does not: nothing is guessed."""

    def change(root: Any) -> None:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
        root.find(ds("Signature/SignedInfo"))[0].set("Algorithm", next(iter(CANONICALISATIONS)))

    assert verdict(resigned(change)) == (Verdict.INDETERMINATE, "unsupported.xml-signature")


def test_second_signature_fails_the_first() -> None:
    root = etree.fromstring(SEALED)
    second = etree.fromstring(xmldsig.seal(DOCUMENT, KEYS["RS256"])).find(ds("Signature"))
    root.append(second)
    result = xmldsig.verify(etree.tostring(root))
    assert [one.verdict for one in result.signatures] == [Verdict.FAILED, Verdict.FAILED]
    with pytest.raises(SealError):
        result.require()


def test_sealed_document_is_not_sealed_again() -> None:
    with pytest.raises(SealError) as caught:
        xmldsig.seal(SEALED, KEY)
    assert caught.value.code == "seal.present"


def test_key_without_certificate_or_of_another_kind_does_not_seal() -> None:
    with pytest.raises(SealError) as caught:
        xmldsig.seal(DOCUMENT, PrivateKey.generate("ES256"))
    assert caught.value.code == "seal.no-certificate"
    with pytest.raises(UnsupportedError) as other:
        xmldsig.seal(DOCUMENT, PrivateKey.generate("Ed25519"))
    assert other.value.code == "unsupported.xml-signature"


# --- XAdES -------------------------------------------------------------------------------------------


def xades(certificate: bytes = KEY.certificate_chain[0]) -> bytes:
    """Our document with the properties of XAdES signed along."""

    def change(root: Any) -> None:
        signature = root.find(ds("Signature"))
        digest = base64.b64encode(hashlib.sha256(certificate).digest()).decode()
        signature.append(
            etree.fromstring(
                f'<Object xmlns="{DS}"><x:QualifyingProperties xmlns:x="{XADES}"><x:SignedProperties Id="p">'
                "<x:SignedSignatureProperties><x:SigningTime>2026-05-04T10:20:30+02:00</x:SigningTime>"
                "<x:SigningCertificateV2><x:Cert><x:CertDigest>"
                '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
                f"<DigestValue>{digest}</DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2>"
                "</x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></Object>"
            )
        )
        properties = root.find(f".//{{{XADES}}}SignedProperties")
        value = base64.b64encode(hashlib.sha256(canonical_xml(properties, exclusive=True)).digest()).decode()
        root.find(ds("Signature/SignedInfo")).append(
            etree.fromstring(
                f'<Reference xmlns="{DS}" Type="http://uri.etsi.org/01903#SignedProperties" URI="#p"><Transforms>'
                f'<Transform Algorithm="{EXCLUSIVE}"/></Transforms>'
                '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
                f"<DigestValue>{value}</DigestValue></Reference>"
            )
        )

    return resigned(change)


def test_xades_signing_time_is_read() -> None:
    result = xmldsig.verify(xades())
    assert result.verdict is Verdict.PASSED
    assert result.signatures[0].signing_time == dt.datetime(2026, 5, 4, 8, 20, 30, tzinfo=dt.UTC)


def test_xades_with_another_certificate_fails() -> None:
    assert verdict(xades(ROOT.der)) == (Verdict.FAILED, "seal.certificate-mismatch")


def test_xades_properties_that_are_not_signed_say_nothing() -> None:
    def change(root: Any) -> None:
        signed = root.find(ds("Signature/SignedInfo"))
        signed.remove(signed[-1])

    result = xmldsig.verify(resigned(change, xades()))
    assert (result.verdict, result.signatures[0].signing_time) == (Verdict.PASSED, None)


def test_changed_xades_time_fails() -> None:
    assert verdict(xades().replace(b"2026-05-04", b"2026-05-03")) == (Verdict.FAILED, "seal.digest")


def test_id_that_stands_twice_is_refused() -> None:
    data = xades().replace(b"<e:grade>", b'<e:grade Id="p">')
    assert verdict(data)[1] == "seal.xml-signature"


def test_signature_time_stamp_is_checked() -> None:
    at = dt.datetime(2026, 5, 4, 8, 20, 33, tzinfo=dt.UTC)

    def change(root: Any, octets: bytes | None = None) -> None:
        value = root.find(ds("Signature/SignatureValue"))
        token = TimestampAuthority(ROOT).at(at)(octets or canonical_xml(value))
        stamp = etree.fromstring(
            f'<Object xmlns="{DS}"><x:QualifyingProperties xmlns:x="{XADES}"><x:UnsignedProperties>'
            "<x:UnsignedSignatureProperties><x:SignatureTimeStamp><x:EncapsulatedTimeStamp>"
            f"{base64.b64encode(token).decode()}</x:EncapsulatedTimeStamp></x:SignatureTimeStamp>"
            "</x:UnsignedSignatureProperties></x:UnsignedProperties></x:QualifyingProperties></Object>"
        )
        root.find(ds("Signature")).append(stamp)

    (one,) = xmldsig.verify(changed(change)).signatures
    assert [(stamp.verdict, stamp.time) for stamp in one.timestamps] == [(Verdict.PASSED, at)]
    (other,) = xmldsig.verify(changed(lambda root: change(root, b"other"))).signatures
    assert [stamp.verdict for stamp in other.timestamps] == [Verdict.FAILED]
    assert other.verdict is Verdict.PASSED


# --- hostile XML -------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><e>&b;</e>'
HOSTILE = {
    "entities": (BOMB, "input.xml-doctype"),
    "external": (b'<!DOCTYPE e SYSTEM "file:///etc/passwd"><e/>', "input.xml-doctype"),
    "utf-16 entities": (
        ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB.decode()).encode("utf-16"),
        "input.xml-doctype",
    ),
    "unknown encoding": (b'<?xml version="1.0" encoding="UTF-7"?><e/>', "input.decode.xml"),
    "cut off": (b"<e><f>", "input.decode.xml"),
    "no XML": (b"hello", "input.decode.xml"),
    "empty": (b"", "input.decode.xml"),
    "undeclared prefix": (b"<x:e/>", "input.decode.xml"),
    "relative namespace": (b'<e xmlns="../x"/>', "input.decode.xml"),
    "deep": (b"<e>" * 10_000 + b"</e>" * 10_000, "input.xml-cost"),
    "wide": (b"<e>" + b"<f/>" * 100_001 + b"</e>", "input.xml-cost"),
    "namespaces": (
        b"<e " + b" ".join(b'xmlns:n%d="urn:%d"' % (n, n) for n in range(100)) + b"/>",
        "input.xml-cost",
    ),
    "namespaces in force": (
        b"".join(b'<e xmlns:n%d="urn:n">' % n for n in range(40)) + b"<f/>" + b"</e>" * 40,
        "input.xml-cost",
    ),
    "large": (b"<e>" + b" " * 10_000_001 + b"</e>", "input.size"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_xml_is_refused(name: str) -> None:
    data, code = HOSTILE[name]
    with pytest.raises((DecodeError, LimitError)) as caught:
        _ = xmldsig.parse(data).content
    assert caught.value.code == code


def test_text_of_ten_megabytes_without_spaces_is_refused_or_read() -> None:
    data = b"<e>" + b"a" * 9_900_000 + b"</e>"
    assert xmldsig.parse(data).content == data


def test_rsa_with_long_digest_that_does_not_fit_fails() -> None:
    key = rsa.generate_private_key(65537, 2048)
    certificate = seal_certificate(ROOT, key.public_key()).public_bytes(Encoding.PEM)
    signer = XMLSigner(method=SignatureConstructionMethod.enveloped, signature_algorithm="rsa-sha512")
    root = signer.sign(etree.fromstring(DOCUMENT), key=key, cert=[certificate.decode()])
    value = root.find(ds("Signature/SignatureValue"))
    wrong = key.sign(b"another text", padding.PKCS1v15(), hashes.SHA512())
    value.text = base64.b64encode(wrong).decode()
    assert verdict(etree.tostring(root)) == (Verdict.FAILED, "seal.signature")
