"""Revocation data from where certificates say it is: OCSP responses, else revocation lists (RFC 6960, RFC 5280).

Nothing is verified: what is fetched is signed, and is judged when the seal is verified.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from urllib.parse import quote

import msgspec
from asn1crypto import crl, ocsp, pem, x509

from tessella.errors import AccessError, DecodeError
from tessella.ports import Fetcher
from tessella.text import say

__all__ = ["MAX_CRL_BYTES", "RevocationData", "RevocationSource", "read_crl", "read_ocsp"]

MAX_CRL_BYTES = 4_000_000
"""A revocation list: those of large authorities have 1 to 2 MB, and what is fetched goes into every seal."""

MAX_OCSP_BYTES = 100_000
"""An OCSP response with its responder's certificates takes 2,000 to 10,000."""

MAX_CERTIFICATE_BYTES = 20_000
"""An issuer certificate: one takes 1,000 to 3,000, with RSA-4096 and many policies."""

MAX_CHAIN = 8
"""Certificates followed upwards from one; chains of e-seals have two to four."""

_UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError, OverflowError)


class RevocationData(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, all DER, and what was not."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()


class RevocationSource:
    """Fetches what speaks about certificates; each address is asked once, however many seals there are."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._held: dict[str, bytes | AccessError] = {}

    def about(self, chains: Sequence[Sequence[bytes]]) -> RevocationData:
        """The certificates above the first of each chain, and what tells whether they were revoked.

        Args:
            chains: DER; for each chain the certificate in question first, then others that may have issued it.
        """
        certificates: dict[bytes, None] = {}
        found: dict[str, dict[bytes, None]] = {"crl": {}, "ocsp": {}}
        notes: dict[str, None] = {}
        for chain in chains:
            pool = [one for der in chain if (one := _certificate(der)) is not None]
            current = pool[0] if pool else None
            for _ in range(MAX_CHAIN):
                if current is None or current.issuer == current.subject:
                    break
                issuer = self._issuer(current, pool)
                if issuer is not None:
                    certificates[issuer.dump()] = None
                kind, der = self._revocation(current, issuer)
                if der:
                    found[kind][der] = None
                else:
                    told = say("Nothing was found on whether %(name)s was revoked.", name=_name(current))
                    notes[told] = None
                current = issuer
        return RevocationData(
            certificates=tuple(certificates),
            crls=tuple(found["crl"]),
            ocsps=tuple(found["ocsp"]),
            notes=tuple(notes),
        )

    def _issuer(
        self, certificate: x509.Certificate, pool: Sequence[x509.Certificate]
    ) -> x509.Certificate | None:
        known = next((one for one in pool if one.subject == certificate.issuer), None)
        if known is not None:
            return known
        for url in _authority_urls(certificate, "ca_issuers"):
            found = _certificate(self._fetched(url, MAX_CERTIFICATE_BYTES))
            if found is not None and found.subject == certificate.issuer:
                return found
        return None

    def _revocation(
        self, certificate: x509.Certificate, issuer: x509.Certificate | None
    ) -> tuple[str, bytes]:
        """An OCSP response, else a revocation list; empty when there is neither."""
        if issuer is not None:
            question = quote(base64.b64encode(_question(certificate, issuer)).decode("ascii"), safe="")
            for url in _authority_urls(certificate, "ocsp"):  # RFC 6960 appendix A.1: by GET
                der = self._fetched(f"{url.rstrip('/')}/{question}", MAX_OCSP_BYTES)
                if _is_answer(der):
                    return "ocsp", der
        for url in _list_urls(certificate):
            der = _plain(self._fetched(url, MAX_CRL_BYTES))
            if _is_list(der):
                return "crl", der
        return "", b""

    def _fetched(self, url: str, max_bytes: int) -> bytes:
        """The document, or nothing."""
        if url not in self._held:
            try:
                self._held[url] = self._fetcher.fetch(url, max_bytes=max_bytes).body
            except AccessError as error:
                self._held[url] = error
        held = self._held[url]
        return held if isinstance(held, bytes) else b""


def read_crl(data: bytes) -> bytes:
    """A revocation list as DER, from DER or PEM.

    Raises:
        DecodeError: ``input.decode.revocation``, it is none.
    """
    return _checked(_plain(data), is_right=_is_list, what=say("a revocation list (CRL)"))


def read_ocsp(data: bytes) -> bytes:
    """An OCSP response as DER.

    Raises:
        DecodeError: ``input.decode.revocation``, it is none, or says only that something went wrong.
    """
    return _checked(data, is_right=_is_answer, what=say("an OCSP response"))


def _checked(der: bytes, *, is_right: Callable[[bytes], bool], what: str) -> bytes:
    if is_right(der):
        return der
    raise DecodeError(
        say("This is not %(what)s.", what=what),
        code="input.decode.revocation",
        hint=say("Fetch it again from the authority, in DER."),
    )


def _certificate(der: bytes) -> x509.Certificate | None:
    try:
        certificate = x509.Certificate.load(_plain(der), strict=True)
        certificate.issuer.dump(), certificate.subject.dump(), certificate.serial_number
    except _UNREADABLE:
        return None
    return certificate


def _plain(data: bytes) -> bytes:
    """DER, also from PEM."""
    try:
        return pem.unarmor(data)[2] if pem.detect(data) else data
    except _UNREADABLE:
        return data


def _name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.human_friendly)[:100]


def _authority_urls(certificate: x509.Certificate, method: str) -> list[str]:
    """The addresses in authorityInfoAccess (RFC 5280 §4.2.2.1) for ``ocsp`` or ``ca_issuers``."""
    try:
        described = certificate.authority_information_access_value or ()
        return [
            one["access_location"].native
            for one in described
            if one["access_method"].native == method
            and one["access_location"].name == "uniform_resource_identifier"
        ]
    except _UNREADABLE:
        return []


def _list_urls(certificate: x509.Certificate) -> list[str]:
    try:
        return [point.url for point in certificate.crl_distribution_points if point.url]
    except _UNREADABLE:
        return []


def _question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """An OCSPRequest (RFC 6960 §4.1.1) about one certificate; SHA-1 identifies and protects nothing (RFC 5019 §2.1.1)."""
    single = {
        "hash_algorithm": {"algorithm": "sha1"},
        "issuer_name_hash": hashlib.sha1(certificate.issuer.dump(), usedforsecurity=False).digest(),
        "issuer_key_hash": issuer.public_key.sha1,
        "serial_number": certificate.serial_number,
    }
    request = {"tbs_request": {"request_list": [{"req_cert": single}]}}
    return bytes(ocsp.OCSPRequest(request).dump())


def _is_answer(der: bytes) -> bool:
    try:
        response = ocsp.OCSPResponse.load(der, strict=True)
        return (
            response["response_status"].native == "successful"
            and len(response.response_data["responses"]) > 0
        )
    except _UNREADABLE:
        return False


def _is_list(der: bytes) -> bool:
    try:
        return crl.CertificateList.load(der, strict=True)["tbs_cert_list"]["this_update"].native is not None
    except _UNREADABLE:
        return False
