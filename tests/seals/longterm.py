"""An invented world for seals that are kept for decades: authorities, revocation data, time-stamping authorities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509 import ocsp

from tessella.keys import PrivateKey
from tests.trust.pki import Authority, TimestampAuthority, seal_certificate

PAYLOAD = '{"id":"urn:credential:1",\n "title": {"nb": "Tarefangst på Ålesund"}}'


def on(year: int, month: int = 6, day: int = 1) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=dt.UTC)


ROOT = Authority("Fjord root", end=on(2090))
SEALER_CA = Authority("Fjord seals", ROOT, end=on(2060))
CLOCK_CA = Authority("Fjord clocks", ROOT, end=on(2080))


def sealer(*, end: dt.datetime | None = None, algorithm: str = "ES256", **options: Any) -> PrivateKey:
    """A key for seals whose certificate ends in 2028, if not told otherwise."""
    key = PrivateKey.generate(algorithm, rsa_bits=2048)
    public = load_der_public_key(key.public_key.to_spki_der())
    certificate = seal_certificate(SEALER_CA, public, end=end or on(2028), **options)
    return key.with_certificates([certificate.public_bytes(Encoding.DER), SEALER_CA.der])


def clock(end: dt.datetime, *, key: Any = None) -> TimestampAuthority:
    return TimestampAuthority(CLOCK_CA, key=key or ec.generate_private_key(ec.SECP256R1()), end=end)


def stamp(time: dt.datetime, *, end: dt.datetime | None = None) -> Callable[[bytes], bytes]:
    """Stamps of an authority whose certificate ends after six years, if not told otherwise."""
    return clock(end or time + dt.timedelta(days=6 * 365)).at(time)


def crl(authority: Authority, issued: dt.datetime, revoked: dict[int, dt.datetime] | None = None) -> bytes:
    """A revocation list; nobody on it unless told so."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.name)
        .last_update(issued)
        .next_update(issued + dt.timedelta(days=30))
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
    )
    for serial, time in (revoked or {}).items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(time).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)


def ocsp_response(authority: Authority, certificate: bytes, issued: dt.datetime) -> bytes:
    """“good”, answered by the authority itself."""
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(certificate),
            issuer=authority.certificate,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=issued,
            next_update=issued + dt.timedelta(days=7),
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificate)
        .sign(authority.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
