"""What a page takes for granted in its folder: things that a reader has from somewhere else."""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from tessella.keys.testca import TestCertificateAuthority
from tests.cli import test_helpdesk as inbox
from tests.trust import lists as make
from tests.trust.pki import DAY, Authority, TimestampAuthority
from tests.tsa import serving, stamping
from tests.verification import test_trusted_lists as listed

__all__ = ["GIVEN", "eseal_p12"]

NOW = dt.datetime.now(dt.UTC)


def eseal_p12(password: str, *, at: dt.datetime, authority: TestCertificateAuthority | None = None) -> bytes:
    """An e-seal with its certificates in a .p12 file, as a trust service provider hands it over."""
    made_by = authority or TestCertificateAuthority(at)
    seal = made_by.issue_seal(
        "University of Twickel", organization_identifier="NTRNL-99999990", country="NL", qualified=True
    )
    certificates = [x509.load_der_x509_certificate(der) for der in seal.certificate_chain]
    return pkcs12.serialize_key_and_certificates(
        b"e-seal", seal._key, certificates[0], certificates[1:], BestAvailableEncryption(password.encode())
    )


PROVIDER = TestCertificateAuthority(NOW)
_UNTIL_THE_END = contextlib.ExitStack()
atexit.register(_UNTIL_THE_END.close)


def _real_e_seal(folder: Path) -> None:
    authority = PROVIDER
    (folder / "eseal.p12").write_bytes(eseal_p12("from the provider", at=NOW, authority=authority))
    root = x509.load_der_x509_certificate(authority.certificate)
    (folder / "provider-root.pem").write_bytes(root.public_bytes(Encoding.PEM))


def _trusted_lists(folder: Path) -> None:
    dates = {"issued": listed.AWARDED - DAY, "next_update": listed.AWARDED + 90 * DAY}
    services = (make.service(listed.CA.der), make.service(listed.CLOCK.der, kind=make.QTST))
    (folder / "lists").mkdir()
    (folder / "lists" / "eu-lotl.xml").write_bytes(make.top({"NO": [listed.NO.der]}, **dates))
    norway = listed.NO.sign(make.listing("NO", make.provider(*services), **dates))
    (folder / "lists" / "NO.xml").write_bytes(norway)
    (folder / "office.pem").write_bytes(listed.UNION.certificate.public_bytes(Encoding.PEM))
    (folder / "authority.pem").write_bytes(listed.CA.certificate.public_bytes(Encoding.PEM))
    (folder / "award.jsonld").write_bytes(listed.edc(stamped=True))


def _time_stamps(folder: Path) -> None:
    """An e-seal, its provider's revocation list, and a time-stamping authority that answers until the tests end."""
    _real_e_seal(folder)
    root = x509.load_pem_x509_certificate((folder / "provider-root.pem").read_bytes())
    listed_by = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(NOW)
        .next_update(NOW + 30 * DAY)
    )
    crl = listed_by.sign(PROVIDER._key._key, hashes.SHA256())
    (folder / "provider.crl").write_bytes(crl.public_bytes(Encoding.DER))
    start = NOW - DAY
    authority = Authority("Fjord clocks", start=start, end=start + 9000 * DAY)
    key = ec.generate_private_key(ec.SECP256R1())
    clock = TimestampAuthority(authority, key=key, start=start, end=start + 2200 * DAY)
    (folder / "tsa-root.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    answer = stamping(clock, lambda: dt.datetime.now(dt.UTC).replace(microsecond=0))
    address = _UNTIL_THE_END.enter_context(serving(answer))
    (folder / "tsa-address.txt").write_text(address + "\n")


def _inbox(folder: Path) -> None:
    (folder / "inbox").mkdir()
    for name, data in inbox.sent().items():
        (folder / "inbox" / name).write_bytes(data)


GIVEN: Mapping[str, Callable[[Path], None]] = {
    "how-to/keep-seals.md": _time_stamps,
    "how-to/mails.md": _inbox,
    "how-to/qualified.md": _trusted_lists,
    "how-to/real-e-seal.md": _real_e_seal,
}
"""By page: a function that puts the things into the folder."""
