"""Which CRLs and OCSP responses speak about which certificate. Nothing is verified: that is for ``trust``."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Iterable

from asn1crypto import crl, ocsp, x509

__all__ = ["is_self_issued", "speaks_about"]

_UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError, OverflowError)
_CACHED = 32  # one list speaks about a whole batch


def speaks_about(
    certificate: bytes, crls: Iterable[bytes], ocsps: Iterable[bytes]
) -> dict[bytes, dt.datetime]:
    """Those that speak about the certificate, with the time (UTC) for which they do.

    A CRL does by its issuer (RFC 5280 §5.1.2.3), an OCSP response by serial number and the issuer's name
    (RFC 6960 §4.1.1). What is not readable speaks about nothing.
    """
    try:
        parsed = x509.Certificate.load(certificate, strict=True)
        issuer, serial = parsed.issuer.dump(), parsed.serial_number
    except _UNREADABLE:
        return {}
    found = {}
    for der in crls:
        if (listed := _crl(der)) is not None and listed[0] == issuer:
            found[der] = listed[1]
    for der in ocsps:
        for number, algorithm, name_hash, time in _responses(der):
            if number == serial and hashlib.new(algorithm, issuer).digest() == name_hash:
                found[der] = time
    return found


def is_self_issued(certificate: bytes) -> bool:
    """Whether the certificate names itself as its issuer; then nobody else can revoke it."""
    try:
        parsed = x509.Certificate.load(certificate, strict=True)
        return bool(parsed.issuer.dump() == parsed.subject.dump())
    except _UNREADABLE:
        return False


@functools.lru_cache(maxsize=_CACHED)
def _crl(der: bytes) -> tuple[bytes, dt.datetime] | None:
    """The issuer's name in DER and ``thisUpdate``."""
    try:
        listed = crl.CertificateList.load(der, strict=True)["tbs_cert_list"]
        return listed["issuer"].dump(), listed["this_update"].native
    except _UNREADABLE:
        return None


@functools.lru_cache(maxsize=_CACHED)
def _responses(der: bytes) -> tuple[tuple[int, str, bytes, dt.datetime], ...]:
    """Serial number, hash algorithm, hash of the issuer's name and ``thisUpdate`` of each answer."""
    try:
        response = ocsp.OCSPResponse.load(der, strict=True)
        if response["response_status"].native != "successful":
            return ()
        return tuple(
            (
                one["cert_id"]["serial_number"].native,
                one["cert_id"]["hash_algorithm"]["algorithm"].native,
                one["cert_id"]["issuer_name_hash"].native,
                one["this_update"].native,
            )
            for one in response.response_data["responses"]
            if one["cert_id"]["hash_algorithm"]["algorithm"].native in hashlib.algorithms_available
        )
    except _UNREADABLE:
        return ()
