"""X.509: the facts a seal's certificate states about its holder, and the order of a chain.

Reading a certificate says nothing about trust in it; that is decided against the EU trusted lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tessella.errors import KeyMaterialError
from tessella.keys import _qc
from tessella.text import say

__all__ = ["CertificateFacts", "certificate_facts", "ordered_chain"]


class CertificateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an X.509 certificate states, in the words of RFC 5280 and ETSI EN 319 412.

    Times are UTC, both ends included. ``qc_types`` are ``esign``, ``eseal``, ``web``. The ``qc_…`` facts
    are the certificate's own claims: only a trusted list makes them true.
    """

    subject: str  # RFC 4514
    issuer: str  # RFC 4514
    serial_number: int
    not_before: dt.datetime
    not_after: dt.datetime
    organization: str = ""
    organization_identifier: str = ""
    country: str = ""
    common_name: str = ""
    key_usage: tuple[str, ...] = ()
    is_ca: bool = False
    self_issued: bool = False
    qc_compliance: bool = False
    qc_sscd: bool = False
    qc_types: tuple[str, ...] = ()
    sha256: bytes = b""

    def valid_at(self, at: dt.datetime) -> bool:
        """Whether ``at`` (time-zone aware) lies in the validity period."""
        return self.not_before <= at <= self.not_after


def certificate_facts(der: bytes) -> CertificateFacts:
    """The facts of the DER certificate.

    Raises:
        KeyMaterialError: ``key.certificate``, not a readable certificate.
    """
    certificate = _load(der)
    try:
        usage = _key_usage(certificate)
        statements = _qc_statements(certificate)
        return CertificateFacts(
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            serial_number=certificate.serial_number,
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            organization=_name(certificate, NameOID.ORGANIZATION_NAME),
            organization_identifier=_name(certificate, NameOID.ORGANIZATION_IDENTIFIER),
            country=_name(certificate, NameOID.COUNTRY_NAME),
            common_name=_name(certificate, NameOID.COMMON_NAME),
            key_usage=usage,
            is_ca=_is_ca(certificate),
            self_issued=certificate.subject == certificate.issuer,
            qc_compliance=_qc.COMPLIANCE in statements,
            qc_sscd=_qc.SSCD in statements,
            qc_types=statements.get(_qc.TYPE, ()),
            sha256=certificate.fingerprint(hashes.SHA256()),
        )
    except (ValueError, TypeError, KeyError, x509.DuplicateExtension) as error:
        raise _unreadable() from error


def ordered_chain(end_entity: bytes, others: Sequence[bytes]) -> tuple[bytes, ...]:
    """The chain from ``end_entity`` up, each certificate followed by the one that signed it.

    Takes what is needed from ``others`` in any order and drops the rest; stops where the next is missing.

    Raises:
        KeyMaterialError: ``key.certificate``, one is not a readable certificate.
    """
    chain = [_load(end_entity)]
    pool = [_load(der) for der in others]
    while chain[-1].subject != chain[-1].issuer:
        issuer = next((one for one in pool if one not in chain and _issued(one, chain[-1])), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def _issued(issuer: x509.Certificate, subject: x509.Certificate) -> bool:
    try:
        subject.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001  # each of its many errors means: not issued by this one
        return False
    return True


def _load(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise _unreadable() from error


def _unreadable() -> KeyMaterialError:
    return KeyMaterialError(
        say("This is not a readable X.509 certificate."),
        code="key.certificate",
        hint=say("Give the certificate in DER, end entity first."),
    )


def _name(certificate: x509.Certificate, oid: ObjectIdentifier) -> str:
    attributes = certificate.subject.get_attributes_for_oid(oid)
    return str(attributes[0].value) if attributes else ""


def _key_usage(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ()
    names = {
        "digital_signature": "digitalSignature",
        "content_commitment": "nonRepudiation",
        "key_encipherment": "keyEncipherment",
        "key_cert_sign": "keyCertSign",
        "crl_sign": "cRLSign",
    }
    return tuple(name for field, name in names.items() if getattr(usage, field))


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _qc_statements(certificate: x509.Certificate) -> dict[str, tuple[str, ...]]:
    """The ids of the QcStatements; for QcType with the types stated."""
    try:
        extension = certificate.extensions.get_extension_for_oid(ObjectIdentifier(_qc.EXTENSION)).value
    except x509.ExtensionNotFound:
        return {}
    raw = extension.value if isinstance(extension, x509.UnrecognizedExtension) else extension.public_bytes()
    return _qc.read_statements(raw)
