"""Driving the path validator: RFC 5280 §6 without network, without an event loop, at one moment."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, TypeVar

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from tessella.errors import KeyMaterialError
from tessella.keys import certificate_facts

__all__ = ["PATH_ERRORS", "Chain", "RevocationData", "find_path", "single_data"]

_T = TypeVar("_T")

Chain = Sequence[x509.Certificate]
RevocationData = tuple[Sequence[bytes], Sequence[bytes]]  # CRLs and OCSP responses, DER

PATH_ERRORS = (PathBuildingError, ValidationError, ValueError, TypeError, KeyError)
"""What the validator raises, on certificates and on bytes that only look like some."""

_REVOCATION_REQUIRED = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
    intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED_SOFT,
)


def find_path(
    chain: Chain, anchors: Chain, moment: dt.datetime, *, revocation: RevocationData | None = None
) -> tuple[str, ...]:
    """The names from the end entity up to an anchor, valid at ``moment``.

    With ``revocation`` the end entity must also be shown not to be revoked, by data issued at any time
    (an entry in it counts from its own date).

    Raises:
        PATH_ERRORS: there is no such path.
    """
    crls, ocsps = revocation or ((), ())
    policy = NO_REVOCATION if revocation is None else _REVOCATION_REQUIRED
    context = ValidationContext(
        trust_roots=list(anchors),
        other_certs=list(chain[1:]),
        moment=moment,
        allow_fetching=False,
        crls=list(crls),
        ocsps=list(ocsps),
        revinfo_policy=CertRevTrustPolicy(policy, retroactive_revinfo=True),
    )
    validator = CertificateValidator(chain[0], list(chain[1:]), validation_context=context)
    path = _run(validator.async_validate_path())
    return tuple(reversed([_name(one) for one in path.iter_certs(include_root=True)]))


def single_data(
    certificate: x509.Certificate, revocation: RevocationData, end: dt.datetime
) -> Iterator[tuple[dt.datetime, RevocationData]]:
    """Each CRL and OCSP response that may speak about the certificate, with the time for which it does, at most ``end``.

    What is not readable is left out.
    """
    crls, ocsps = revocation
    for der in dict.fromkeys(crls):
        with contextlib.suppress(*PATH_ERRORS, AttributeError):
            listed = crl.CertificateList.load(der, strict=True)["tbs_cert_list"]
            if listed["issuer"] == certificate.issuer:
                yield min(listed["this_update"].native, end), ((der,), ())
    for der in dict.fromkeys(ocsps):
        with contextlib.suppress(*PATH_ERRORS, AttributeError):
            answers = ocsp.OCSPResponse.load(der, strict=True).response_data["responses"]
            for one in answers:
                if one["cert_id"]["serial_number"].native == certificate.serial_number:
                    yield min(one["this_update"].native, end), ((), (der,))
                    break


def _name(certificate: x509.Certificate) -> str:
    """Common name and organisation of a certificate's holder, for people."""
    try:
        facts = certificate_facts(certificate.dump())
    except KeyMaterialError:  # of a kind that only the validator reads
        return str(certificate.subject.human_friendly)
    return " / ".join(dict.fromkeys(filter(None, (facts.common_name, facts.organization)))) or facts.subject


def _run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine that never waits: with fetching off the validator awaits only itself.

    No event loop is made, so this also works inside one.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    coroutine.close()
    raise ValueError("the validator asked for the network")
