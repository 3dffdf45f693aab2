"""XML signatures: the library of the Node.js world accepts ours, and we accept what it signs."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_der_x509_certificate

from tessella.formats import elmo
from tessella.issuing.sealing import Issuer, seal
from tessella.keys.testca import TestCertificateAuthority
from tessella.seals import xmldsig
from tessella.seals.xmldsig._names import EXCLUSIVE
from tessella.verdicts import Verdict
from tests.independent.support import ask
from tests.issuing.support import AT, award, issuer
from tests.trust.pki import Authority, seal_certificate

pytestmark = pytest.mark.independent
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
XML = '<?xml version="1.0"?><e:a xmlns:e="urn:a" xmlns:f="urn:f" f:x="1"><e:b>å &amp; b</e:b><!-- c --></e:a>'


def pem(certificate: bytes) -> str:
    return load_der_x509_certificate(certificate).public_bytes(Encoding.PEM).decode()


def verified(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return ask({"items": items}, script="xml.mjs")


def test_elmo_files_are_accepted_and_changed_ones_refused() -> None:
    signer = TestCertificateAuthority(AT).issue_seal("Lakeside University")
    issued_by = Issuer(organisation=issuer().organisation, seal_signer=signer, test=True)
    data = seal(award(), issued_by, "elmo", at=AT)
    text, certificate = data.decode(), pem(signer.certificate_chain[0])
    changed = text.replace("<status>passed", "<status>failed")
    assert changed != text
    answers = verified([{"kind": "verify", "xml": one, "pem": certificate} for one in (text, changed)])
    assert [answer["verified"] for answer in answers] == [True, False], answers
    signed = elmo.read(answers[0]["signed"].encode())
    assert signed == elmo.read(xmldsig.verify(data).content)


@pytest.mark.parametrize("c14n", [INCLUSIVE, EXCLUSIVE])
@pytest.mark.parametrize("algorithm", [RSA_SHA256, RSA_SHA512])
def test_what_xml_crypto_signs_is_accepted(algorithm: str, c14n: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    certificate = seal_certificate(Authority("Fjord root"), key.public_key()).public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    item = {"kind": "sign", "xml": XML, "pem": certificate.decode(), "key": secret, "algorithm": algorithm}
    (answer,) = verified([item | {"c14n": c14n}])
    result = xmldsig.verify(answer["xml"].encode())
    assert [one.error for one in result.signatures] == [None]
    assert result.verdict is Verdict.PASSED
    spoilt = xmldsig.verify(answer["xml"].replace("å", "a").encode())
    assert spoilt.verdict is Verdict.FAILED
