"""Certificates, revocation lists and time stamps for tests, from an invented authority."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from asn1crypto import algos, cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
END = START + 730 * DAY


class Authority:
    """One certificate authority: a root, or one below ``parent``."""

    def __init__(
        self,
        name: str,
        parent: Authority | None = None,
        *,
        start: dt.datetime = START,
        end: dt.datetime = END + 365 * DAY,
    ) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.parent = parent
        extensions = [x509.BasicConstraints(ca=True, path_length=None), usage(certificates=True)]
        signer = parent or self
        self.certificate = signer.certify(
            self.name, self.key.public_key(), extensions=extensions, start=start, end=end
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def certify(
        self,
        subject: x509.Name,
        public_key: Any,
        *,
        extensions: Sequence[x509.ExtensionType] = (),
        start: dt.datetime = START,
        end: dt.datetime = END,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def crl(self, revoked: x509.Certificate, at: dt.datetime, *, issued: dt.datetime) -> bytes:
        """A revocation list that names one certificate as revoked at ``at``."""
        entry = (
            x509.RevokedCertificateBuilder().serial_number(revoked.serial_number).revocation_date(at).build()
        )
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(issued)
            .next_update(issued + 365 * DAY)
            .add_revoked_certificate(entry)
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _name(common: str, organization: str = "", identifier: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "NO")]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    if identifier:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, identifier))
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def usage(*, certificates: bool = False, encipher: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates and not encipher,
        content_commitment=False,
        key_encipherment=encipher,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def seal_certificate(
    authority: Authority,
    public_key: Any,
    *,
    organization: str = "Fjordakademiet",
    identifier: str = "NTRNO-987654321",
    extensions: Sequence[x509.ExtensionType] | None = None,
    start: dt.datetime = START,
    end: dt.datetime = END,
) -> x509.Certificate:
    """A certificate for seals."""
    chosen = [usage()] if extensions is None else extensions
    subject = _name(f"{organization} seal", organization, identifier)
    return authority.certify(subject, public_key, extensions=chosen, start=start, end=end)


class _EllipticStamper(DummyTimeStamper):  # type: ignore[misc]  # pyHanko's own signs with RSA only
    """Signs with ECDSA, and names its certificate by SHA-256 (RFC 5816)."""

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: dt.datetime) -> tuple[bytes, Any]:
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("message_digest", hashlib.new(md_algorithm, tst_info_data).digest()),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(self.tsa_cert)),
            ]
        )
        key = load_der_private_key(self.tsa_key.dump(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[
            md_algorithm
        ]
        return key.sign(attributes.dump(), ec.ECDSA(algorithm)), attributes

    def _build_signed_data(self, tst_info_data: bytes, md_algorithm: str, *rest: Any) -> dict[str, Any]:
        built: dict[str, Any] = super()._build_signed_data(tst_info_data, md_algorithm, *rest)
        algorithm = algos.SignedDigestAlgorithm({"algorithm": f"{md_algorithm}_ecdsa"})
        built["signer_infos"][0]["signature_algorithm"] = algorithm
        return built


class TimestampAuthority:
    """Makes RFC 3161 tokens with pyHanko, which is independent of what the library checks them with."""

    def __init__(
        self,
        authority: Authority,
        *,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
        purposes: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,),
        start: dt.datetime = START,
        end: dt.datetime = END,
    ) -> None:
        self.key = key or rsa.generate_private_key(65537, 2048)
        extensions = [usage(), x509.ExtendedKeyUsage(list(purposes))]
        self.certificate = authority.certify(
            _name("Fjord clock"), self.key.public_key(), extensions=extensions, start=start, end=end
        )
        self.authority = authority

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def stamper(self, time: dt.datetime, *, algorithm: str = "sha256") -> DummyTimeStamper:
        """pyHanko's time stamper, which also answers requests."""
        private = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        kind = DummyTimeStamper if isinstance(self.key, rsa.RSAPrivateKey) else _EllipticStamper
        return kind(
            tsa_cert=asn1_x509.Certificate.load(self.der),
            tsa_key=asn1_keys.PrivateKeyInfo.load(private),
            certs_to_embed=[asn1_x509.Certificate.load(self.authority.der)],
            fixed_dt=time,
            override_md=algorithm or None,
        )

    def at(self, time: dt.datetime, *, algorithm: str = "sha256") -> Callable[[bytes], bytes]:
        """A function that stamps bytes at ``time``."""
        stamper = self.stamper(time, algorithm=algorithm)

        def stamp(message: bytes) -> bytes:
            digest = hashlib.new(algorithm, message).digest()
            token = asyncio.run(stamper.async_timestamp(digest, algorithm))
            return bytes(token.dump())

        return stamp
