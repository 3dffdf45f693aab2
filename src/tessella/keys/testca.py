"""A certificate authority for tests and first steps. Nothing it issues is, or looks, real.

Every name it writes says TEST. Its seals are technically like those of a qualified e-seal and can be
verified against its own root, which no trusted list contains.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tessella.errors import KeyMaterialError
from tessella.keys import _qc
from tessella.keys.private import PrivateKey
from tessella.text import say

__all__ = ["TEST_RSA_BITS", "TestCertificateAuthority"]

TEST_RSA_BITS = 2048
"""Signs 2.7 times as fast as 3072 bits; a TEST certificate needs no strength beyond its year."""

_ROOT_DAYS, _SEAL_DAYS = 3650, 730
_HASHES: dict[str, hashes.SHA256 | hashes.SHA384] = {
    "RS256": hashes.SHA256(),
    "ES256": hashes.SHA256(),
    "ES384": hashes.SHA384(),
}


class TestCertificateAuthority:
    """A TEST root that issues TEST e-seal certificates.

    Args:
        now: the beginning of validity (time-zone aware).
        algorithm: ``RS256`` (as Europass seals use), ``ES256`` or ``ES384``.

    Raises:
        KeyMaterialError: another algorithm.
    """

    __test__ = False  # not a test class, whatever its name says to pytest

    def __init__(self, now: dt.datetime, *, algorithm: str = "RS256") -> None:
        self._now = now.astimezone(dt.UTC)
        self._key = _new_key(algorithm)
        self._name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tessella (TEST)"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Tessella TEST root, not for real use"),
            ]
        )
        builder = (
            self._builder(self._name, self._key, _ROOT_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
        )
        self._certificate = self._signed(builder)

    @property
    def certificate(self) -> bytes:
        """The root certificate in DER."""
        return self._certificate.public_bytes(Encoding.DER)

    def issue_seal(
        self,
        organization: str,
        *,
        organization_identifier: str = "NTRXX-00000000",
        country: str = "XX",
        algorithm: str = "RS256",
        qualified: bool = False,
        valid_days: int = _SEAL_DAYS,
    ) -> PrivateKey:
        """A new key with a TEST e-seal certificate for ``organization`` and the chain to the root.

        Args:
            organization: legal name, cut to 57 bytes (X.520 has room for 64); " (TEST)" is added.
            organization_identifier: ETSI EN 319 412-1 §5.1.4, as ``VATNL-…`` or ``NTRXX-…``.
            country: two letters; XX is reserved for no country.
            algorithm: of the new key: ``RS256``, ``ES256`` or ``ES384``.
            qualified: state QcCompliance, QcSSCD and QcType eseal, to test how such statements are read. They stay
                untrue: no trusted list contains the root.
            valid_days: validity from the authority's ``now``.

        Raises:
            KeyMaterialError: another algorithm, or a name that does not fit a certificate.
        """
        key = _new_key(algorithm)
        try:
            name = x509.Name(
                [
                    x509.NameAttribute(NameOID.COUNTRY_NAME, country),
                    x509.NameAttribute(NameOID.ORGANIZATION_NAME, _fitted(organization, " (TEST)")),
                    x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, organization_identifier),
                    x509.NameAttribute(NameOID.COMMON_NAME, _fitted(organization, " e-seal (TEST)")),
                ]
            )
        except (ValueError, TypeError) as error:
            raise KeyMaterialError(
                say("The names do not fit a certificate."),
                code="key.certificate",
                got=f"{country} {organization_identifier}",
                hint=say("Use a two-letter country and names of at most 64 characters."),
            ) from error
        builder = (
            self._builder(name, key, valid_days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(certificates=False), critical=True)
        )
        if qualified:
            statements = _qc.write_statements(compliance=True, sscd=True, types=("eseal",))
            extension = x509.UnrecognizedExtension(ObjectIdentifier(_qc.EXTENSION), statements)
            builder = builder.add_extension(extension, critical=False)
        end_entity = self._signed(builder).public_bytes(Encoding.DER)
        return key.with_certificates([end_entity, self.certificate])

    def _builder(self, subject: x509.Name, key: PrivateKey, days: int) -> x509.CertificateBuilder:
        public = key._key.public_key()
        authority = self._key._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now)
            .not_valid_after(self._now + dt.timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
        )

    def _signed(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self._key._key, _HASHES[self._key.algorithm])


def _fitted(name: str, suffix: str) -> str:
    """``name`` with ``suffix`` in the 64 bytes that a name attribute may have."""
    return name.encode()[: 64 - len(suffix)].decode(errors="ignore") + suffix


def _new_key(algorithm: str) -> PrivateKey:
    if algorithm not in _HASHES:
        raise KeyMaterialError(
            say("TEST certificates are not made for %(name)s.", name=algorithm),
            code="key.algorithm",
            got=algorithm,
            expected=" | ".join(_HASHES),
            hint=say("Use RS256, ES256 or ES384."),
        )
    return PrivateKey.generate(algorithm, rsa_bits=TEST_RSA_BITS)


def _usage(*, certificates: bool) -> x509.KeyUsage:
    """For the root: certificates and CRLs; for a seal: signatures with non-repudiation (EN 319 412-2 §4.3.2)."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
