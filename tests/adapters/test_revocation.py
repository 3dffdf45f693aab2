"""Revocation data from where certificates say it is, with an invented network."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from asn1crypto import ocsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from tessella.adapters.http import SafeFetcher
from tessella.adapters.revocation import RevocationSource, read_crl, read_ocsp
from tessella.errors import AccessError, DecodeError
from tessella.keys import PrivateKey
from tessella.ports import Fetched
from tessella.seals import jades
from tests.seals.longterm import PAYLOAD, crl, ocsp_response, on, stamp
from tests.trust.pki import Authority, seal_certificate, usage

ROOT = Authority("Fjord root", end=on(2060))
CA = Authority("Fjord seals", ROOT, end=on(2050))
HOST = "http://pki.fjord.example"


def links(*, answers: bool = True, lists: bool = True, issuer: bool = True) -> list[x509.ExtensionType]:
    """Extensions that say where to look."""
    ways = []
    if answers:
        ways.append(x509.AccessDescription(Access.OCSP, x509.UniformResourceIdentifier(f"{HOST}/ocsp")))
    if issuer:
        ways.append(
            x509.AccessDescription(Access.CA_ISSUERS, x509.UniformResourceIdentifier(f"{HOST}/ca.crt"))
        )
    found: list[x509.ExtensionType] = [usage()]
    if ways:
        found.append(x509.AuthorityInformationAccess(ways))
    if lists:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{HOST}/ca.crl")], None, None, None)
        found.append(x509.CRLDistributionPoints([point]))
    return found


def certified(extensions: list[x509.ExtensionType]) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = seal_certificate(CA, key.public_key(), extensions=extensions, end=on(2028))
    return certificate.public_bytes(Encoding.DER)


class Network:
    """Answers by address; the rest is out of reach. Notes what was asked."""

    def __init__(self, answers: dict[str, bytes | Callable[[str], bytes]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        self.asked.append(url)
        for start, answer in self._answers.items():
            if url.startswith(f"{HOST}/{start}"):
                body = answer if isinstance(answer, bytes) else answer(url)
                assert len(body) <= max_bytes
                return Fetched(url=url, body=body)
        raise AccessError("out of reach", code="access.network")


def answering(certificate: bytes) -> Callable[[str], bytes]:
    """An OCSP responder that reads the question by GET (RFC 6960 appendix A.1)."""

    def answer(url: str) -> bytes:
        question = base64.b64decode(unquote(url.removeprefix(f"{HOST}/ocsp/")), validate=True)
        [asked] = ocsp.OCSPRequest.load(question, strict=True)["tbs_request"]["request_list"]
        response = ocsp_response(CA, certificate, on(2026))
        [given] = ocsp.OCSPResponse.load(response).response_data["responses"]
        assert asked["req_cert"].native == given["cert_id"].native
        return response

    return answer


def test_ocsp_comes_first_and_its_question_fits_the_answer() -> None:
    certificate = certified(links())
    network = Network({"ocsp": answering(certificate), "ca.crl": crl(CA, on(2026))})
    found = RevocationSource(network).about([(certificate, CA.der, ROOT.der)])
    assert (found.certificates, found.crls, len(found.ocsps)) == ((CA.der, ROOT.der), (), 1)
    assert found.notes == ("Nothing was found on whether Common Name: Fjord seals, Country: NO was revoked.",)


def test_list_serves_where_the_responder_does_not() -> None:
    listed = crl(CA, on(2026))
    for answers in ({}, {"ocsp": b"<html>"}, {"ocsp": b"\x30\x03\x0a\x01\x06"}):
        certificate = certified(links())
        found = RevocationSource(Network({**answers, "ca.crl": listed})).about([(certificate, CA.der)])
        assert (found.crls, found.ocsps) == ((listed,), ())


@pytest.mark.parametrize("form", [Encoding.DER, Encoding.PEM])
def test_missing_issuer_is_fetched(form: Encoding) -> None:
    certificate = certified(links())
    network = Network({"ca.crt": CA.certificate.public_bytes(form), "ocsp": answering(certificate)})
    found = RevocationSource(network).about([(certificate,)])
    assert (found.certificates, len(found.ocsps)) == ((CA.der,), 1)


def test_fetched_issuer_of_another_name_is_not_taken() -> None:
    certificate = certified(links(lists=False))
    network = Network({"ca.crt": ROOT.der, "ocsp": answering(certificate)})
    found = RevocationSource(network).about([(certificate,)])
    assert (found.certificates, found.ocsps, len(found.notes)) == ((), (), 1)


def test_each_address_is_asked_once_for_all_seals() -> None:
    first = certified(links(answers=False))
    second = certified(links(answers=False))
    network = Network({"ca.crl": crl(CA, on(2026))})
    source = RevocationSource(network)
    for chain in ((first, CA.der), (second, CA.der)):
        assert len(source.about([chain]).crls) == 1
    assert network.asked == [f"{HOST}/ca.crl"]


@pytest.mark.parametrize("chain", [(), (b"",), (b"\x30\x00",), (ROOT.der,)])
def test_nothing_is_asked_about_what_nobody_issued(chain: tuple[bytes, ...]) -> None:
    network = Network({})
    found = RevocationSource(network).about([chain])
    assert (found.certificates, found.crls, found.notes, network.asked) == ((), (), (), [])


def test_what_is_found_brings_a_seal_to_b_lta() -> None:
    key = PrivateKey.generate("ES256")
    public = load_der_public_key(key.public_key.to_spki_der())
    certificate = seal_certificate(CA, public, extensions=links()).public_bytes(Encoding.DER)
    signer = key.with_certificates([certificate])  # alone: its issuer has to be fetched
    sealed = jades.seal(PAYLOAD, signer, at=on(2026), profile="etsi")
    network = Network({"ocsp": answering(certificate), "ca.crt": CA.der})
    found = RevocationSource(network).about([signer.certificate_chain])
    made = jades.extend(
        sealed, level="B-LTA", timestamp=stamp(on(2026)), certificates=found.certificates, ocsps=found.ocsps
    )
    assert made.added == ("sigTst", "xVals", "rVals", "arcTst")
    assert jades.verify(made.data).signatures[0].baseline == "B-LTA"


def test_files_that_are_none_are_refused() -> None:
    listed = crl(CA, on(2026))
    pem = x509.load_der_x509_crl(listed).public_bytes(Encoding.PEM)
    assert (read_crl(listed), read_crl(pem)) == (listed, listed)
    answer = ocsp_response(CA, certified(links()), on(2026))
    assert read_ocsp(answer) == answer
    for read, data in (
        (read_crl, answer),
        (read_crl, b""),
        (read_ocsp, listed),
        (read_ocsp, b"\x30\x03\x0a\x01\x06"),
    ):
        with pytest.raises(DecodeError) as caught:
            read(data)
        assert caught.value.code == "input.decode.revocation"


class Still:
    def now(self) -> dt.datetime:
        return on(2026)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/ca.crl", "access.private"),
        ("http://169.254.169.254/latest", "access.private"),
        ("ftp://example.org/ca.crl", "access.scheme"),
        ("ldap://example.org/cn=ca", "access.scheme"),
    ],
)
def test_addresses_in_certificates_lead_nowhere_private(url: str, code: str) -> None:
    """Revocation lists come over plain HTTP, but only from public addresses: certificates are written by others."""
    fetcher = SafeFetcher(Still(), allow_http=True, resolve=lambda host, port: [host])
    with pytest.raises(AccessError) as caught:
        fetcher.fetch(url, max_bytes=10)
    assert caught.value.code == code
