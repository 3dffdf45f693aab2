"""Certificate facts, chains, PKCS #12 and the TEST authority."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from tessella.errors import KeyMaterialError
from tessella.keys import (
    Binding,
    PrivateKey,
    PublicKey,
    base64url_decode,
    base64url_encode,
    certificate_facts,
    key_from_certificates,
    ordered_chain,
)
from tessella.keys.private import MIN_SCRYPT_LOG2_N
from tessella.keys.testca import TestCertificateAuthority
from tests.support import shared_json

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
AUTHORITY = TestCertificateAuthority(NOW, algorithm="ES256")
SEAL = AUTHORITY.issue_seal(
    "Universitas Exempli",
    organization_identifier="VATNL-000000000B00",
    country="NL",
    algorithm="RS256",
    qualified=True,
)


def p12(key: PrivateKey, certificates: list[bytes]) -> bytes:
    end, *others = (x509.load_der_x509_certificate(der) for der in certificates)
    return pkcs12.serialize_key_and_certificates(
        b"seal", key._key, end, others, BestAvailableEncryption(b"open")
    )


def test_seal_certificate_states_its_facts() -> None:
    facts = certificate_facts(SEAL.certificate_chain[0])
    assert facts.organization == "Universitas Exempli (TEST)"
    assert facts.common_name == "Universitas Exempli e-seal (TEST)"
    assert facts.organization_identifier == "VATNL-000000000B00"
    assert facts.country == "NL"
    assert facts.key_usage == ("digitalSignature", "nonRepudiation")
    assert (facts.not_before, facts.not_after) == (NOW, NOW + dt.timedelta(days=730))
    assert (facts.qc_compliance, facts.qc_sscd, facts.qc_types) == (True, True, ("eseal",))
    assert (facts.is_ca, facts.self_issued) == (False, False)
    assert facts.issuer == certificate_facts(SEAL.certificate_chain[1]).subject
    assert facts.valid_at(NOW)
    assert not facts.valid_at(NOW - dt.timedelta(seconds=1))
    assert facts.valid_at(facts.not_after)
    assert not facts.valid_at(facts.not_after + dt.timedelta(seconds=1))


def test_root_certificate_says_test_and_signs_certificates_only() -> None:
    facts = certificate_facts(AUTHORITY.certificate)
    assert facts.common_name == "Tessella TEST root, not for real use"
    assert facts.key_usage == ("keyCertSign", "cRLSign")
    assert (facts.is_ca, facts.self_issued) == (True, True)


def test_unqualified_seal_makes_no_such_statement() -> None:
    facts = certificate_facts(AUTHORITY.issue_seal("NGO Exempli", algorithm="ES256").certificate_chain[0])
    assert (facts.qc_compliance, facts.qc_sscd, facts.qc_types) == (False, False, ())
    assert facts.organization_identifier == "NTRXX-00000000"


def test_seal_signs_and_its_certificate_verifies() -> None:
    found = key_from_certificates(SEAL.certificate_chain)
    assert (found.binding, found.controller) == (
        Binding.X509,
        certificate_facts(SEAL.certificate_chain[0]).subject,
    )
    found.key.verify(SEAL.sign(b"data"), b"data")
    end, root = (x509.load_der_x509_certificate(der) for der in SEAL.certificate_chain)
    end.verify_directly_issued_by(root)


def test_names_that_do_not_fit_are_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        AUTHORITY.issue_seal("X", country="Netherlands")
    assert caught.value.code == "key.certificate"
    with pytest.raises(KeyMaterialError) as caught:
        TestCertificateAuthority(NOW, algorithm="Ed25519")
    assert caught.value.code == "key.algorithm"


def test_long_organization_name_fits() -> None:
    key = AUTHORITY.issue_seal("Universität " * 10, algorithm="ES256")
    organization = certificate_facts(key.certificate_chain[0]).organization
    assert organization.startswith("Universität Universität ")
    assert organization.endswith(" (TEST)")
    assert len(organization.encode()) == 64


def test_ordered_chain_puts_the_end_entity_first() -> None:
    end, root = SEAL.certificate_chain
    stranger = TestCertificateAuthority(NOW, algorithm="ES256").certificate
    assert ordered_chain(end, [stranger, root, end]) == (end, root)
    assert ordered_chain(end, [stranger]) == (end,)


def test_pkcs12_gives_key_and_chain() -> None:
    data = p12(SEAL, list(SEAL.certificate_chain))
    key = PrivateKey.from_pkcs12(data, "open")
    assert key.certificate_chain == SEAL.certificate_chain
    assert (key.algorithm, key.public_key) == ("RS256", SEAL.public_key)
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.from_pkcs12(data, "wrong")
    assert caught.value.code == "key.password"


def test_certificates_of_another_key_are_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.generate("ES256").with_certificates(SEAL.certificate_chain)
    assert caught.value.code == "key.mismatch"


def test_wrap_keeps_the_certificates() -> None:
    again = PrivateKey.unwrap(SEAL.wrap("open", scrypt_log2_n=MIN_SCRYPT_LOG2_N), "open")
    assert again.certificate_chain == SEAL.certificate_chain


@pytest.mark.parametrize(
    "der", [b"", b"0\x00", SEAL.certificate_chain[0][:-1], SEAL.certificate_chain[0] + b"\0"]
)
def test_unreadable_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        certificate_facts(der)
    assert caught.value.code == "key.certificate"


@pytest.mark.parametrize("name", ["Sample-CertOfPart-signed", "Sample-MC-Annex1-signed"])
def test_sealed_europass_sample_states_its_facts(name: str) -> None:
    """The certificate of an official sample: a test twin of a qualified e-seal certificate."""
    document = shared_json(f"edc/official-samples/{name}.jsonld")
    protected = document["signatures"][0]["protected"]
    header = json.loads(base64url_decode(protected))
    der = base64.b64decode(header["x5c"][0])
    facts = certificate_facts(der)
    assert (facts.organization, facts.organization_identifier) == ("ORGANIZACION TEST", "VATES-A00000000")
    assert (facts.qc_compliance, facts.qc_sscd, facts.qc_types) == (True, False, ("eseal",))
    assert base64url_encode(facts.sha256) == header["x5t#S256"]
    payload = document["payload"].encode()
    signature = base64url_decode(document["signatures"][0]["signature"])
    PublicKey.from_certificate_der(der).verify(signature, protected.encode() + b"." + payload)
