"""From a seal's certificate to a configured anchor or a listed service (RFC 5280 §6, ETSI TS 119 615), offline.

The outcome follows ETSI EN 319 102-1 §5.2.6: no way to an anchor is *indeterminate*, not failed, since
another verifier may know an anchor that leads there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import msgspec
from asn1crypto import x509
from pyhanko_certvalidator.errors import ExpiredError, NotYetValidError, PathBuildingError, RevokedError

from tessella.errors import ConfigError, KeyMaterialError
from tessella.keys import CertificateFacts, certificate_facts
from tessella.keys.lifetimes import SOURCE, end_of_life
from tessella.text import say
from tessella.trust._path import PATH_ERRORS, Chain, RevocationData, find_path, single_data
from tessella.trust.levels import TrustLevel
from tessella.trust.trusted_lists import Listing, ServiceKind, TrustedLists, look_up_certificate
from tessella.verdicts import Check, Verdict, combine

__all__ = ["TrustResult", "evaluate_chain"]

_TEST_MARKERS = re.compile(
    r"\b(test|tests|testing|demo|dummy|prueba|pruebas|prova|essai|muster)\b|\b[A-Z]{5}-[A-Z]?0{6,}\b",
    re.IGNORECASE,
)
"""Words and the all-zero organisation number by which providers mark certificates that prove nothing."""

_ALWAYS_SPOKEN = ("trust.test-certificate", "trust.qualified")
"""Facets that are told whatever decided; beside what the lists say, also what is not known of revocation."""


LONG_RSA_BITS = 3000
"""From here on only the padding decides how long an RSA key counts, which a certificate does not tell."""


class TrustResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a seal's certificate.

    ``checks`` are the facets, each with its own verdict; the required ones decide ``verdict``.
    ``level`` is the strongest level the evidence supports. ``path`` are the subjects from the sealer up to the
    anchor, empty when none was reached. ``certificate`` is None when there was none to read. ``listing`` is what the
    trusted lists say; None when none were consulted.
    """

    verdict: Verdict
    level: TrustLevel
    explanation: str
    checks: tuple[Check, ...] = ()
    certificate: CertificateFacts | None = None
    path: tuple[str, ...] = ()
    listing: Listing | None = None

    def check(self, id: str) -> Check | None:
        """The facet with this id, or None."""
        return next((check for check in self.checks if check.id == id), None)


def evaluate_chain(
    chain_der: Sequence[bytes],
    anchors_der: Sequence[bytes] = (),
    *,
    at: dt.datetime,
    now: dt.datetime,
    at_proven: bool = False,
    crls: Sequence[bytes] = (),
    ocsps: Sequence[bytes] = (),
    trusted_lists: TrustedLists | None = None,
    kind: ServiceKind = ServiceKind.CERTIFICATES,
    lists_at: dt.datetime | None = None,
) -> TrustResult:
    """Whether the chain (DER, end entity first) leads to one of the anchors (DER), at the sealing time.

    A service that the trusted lists name as granted at that time is an anchor too, and only then.

    Args:
        at, now: the time of sealing and the present (time-zone aware). ``at_proven`` says that a
            trusted time stamp shows the former. Without proof, a certificate that has expired or was
            revoked since gives no certainty: its key may have been used later.
        crls, ocsps: revocation data in DER, from the seal or from a cache. Nothing is fetched.
        kind: the service to look for in the lists: the certificate of a seal, or of a time stamp.
        lists_at: when the lists must be current, where that is not ``now``.

    Raises:
        ConfigError: ``config.anchor``, an anchor is not a readable certificate.
    """
    anchors = [_anchor(der) for der in anchors_der]
    try:
        if not chain_der:
            raise KeyMaterialError(say("The seal names no certificate."), code="key.certificate")
        facts = certificate_facts(chain_der[0])
        chain = [x509.Certificate.load(der, strict=True) for der in chain_der]
    except (KeyMaterialError, ValueError) as error:
        return _without_certificate(error)
    listing = None
    if trusted_lists is not None:
        listing = look_up_certificate(
            trusted_lists, chain, facts, at=at, now=lists_at or now, at_proven=at_proven, kind=kind
        )
        anchors += [_anchor(der) for der in listing.anchors]
    anchor, path = _check_path(chain, anchors, at, listing)
    checks = (
        anchor,
        _check_validity(facts, at),
        _check_validity_now(facts, at, now, at_proven),
        _check_usage(facts),
        _check_algorithm(chain[0], at if at_proven else now),
        _check_revocation(chain, anchors, facts, (at, now, at_proven), (crls, ocsps)),
        _check_self_issued(facts),
        _check_markers(facts),
        *([] if listing is None else [_check_listing(listing)]),
    )
    verdict = combine(check.verdict for check in checks if check.required)
    known = bool(path) and verdict is not Verdict.FAILED
    decisive = [one for one in checks if one.required and one.verdict is verdict] or [anchor]
    always = _ALWAYS_SPOKEN if listing is None else (*_ALWAYS_SPOKEN, "trust.revocation")
    spoken = [*decisive, *(one for one in checks if one.id in always)]
    told = [one.explanation for one in spoken if one.verdict is not Verdict.NOT_APPLICABLE]
    return TrustResult(
        verdict=verdict,
        level=_level(known, listing),
        explanation=" ".join(dict.fromkeys(told)),
        checks=checks,
        certificate=facts,
        path=path,
        listing=listing,
    )


def _level(known: bool, listing: Listing | None) -> TrustLevel:
    if not known:
        return TrustLevel.KEY_ONLY
    if listing is None or listing.verdict is not Verdict.PASSED:
        return TrustLevel.ADVANCED_SEAL
    return TrustLevel.QUALIFIED_SEAL if listing.on_device else TrustLevel.QUALIFIED_CERTIFICATE


def _without_certificate(error: Exception) -> TrustResult:
    told = say("There is no certificate that can be read, so nobody is named as the sealer.")
    check = Check(
        id="trust.anchor",
        verdict=Verdict.INDETERMINATE,
        explanation=told,
        required=True,
        evidence={"error": str(error)},
    )
    return TrustResult(
        verdict=Verdict.INDETERMINATE, level=TrustLevel.KEY_ONLY, explanation=told, checks=(check,)
    )


def _anchor(der: bytes) -> x509.Certificate:
    try:
        certificate = x509.Certificate.load(der, strict=True)
        certificate.issuer_serial  # noqa: B018  # asn1crypto parses on access
    except (ValueError, TypeError) as error:
        raise ConfigError(
            say("A configured trust anchor is not a certificate in DER."),
            code="config.anchor",
            hint=say("Give anchors as DER files (or convert them from PEM)."),
        ) from error
    return certificate


def _check_path(
    chain: Chain, anchors: Chain, at: dt.datetime, listing: Listing | None
) -> tuple[Check, tuple[str, ...]]:
    """The facet *anchor*, and the names along the path."""
    verdict, error = Verdict.INDETERMINATE, ""
    path: tuple[str, ...] = ()
    if not anchors and listing is None:
        told = say("No trusted list was consulted, so nothing outside the file says who sealed it.")
    elif not anchors:
        told = say("The trusted lists do not make certain who sealed it.")
    else:
        try:
            path = find_path(chain, anchors, at)
            verdict = Verdict.PASSED
            told = (
                say("The certificate leads to %(name)s, a service on a trusted list.", name=path[-1])
                if listing is not None and listing.anchors
                else say(
                    "The certificate leads to %(name)s, which this service was set up to trust.",
                    name=path[-1],
                )
            )
        except PathBuildingError as caught:
            error = str(caught)
            told = say("The certificate does not lead to an authority that this service was set up to trust.")
        except (ExpiredError, NotYetValidError) as caught:
            verdict, error = Verdict.FAILED, str(caught)
            told = say("A certificate in the chain was not valid at the time of sealing.")
        except PATH_ERRORS as caught:
            verdict, error = Verdict.FAILED, str(caught)
            told = say("The chain of certificates breaks its own rules.")
    check = Check(
        id="trust.anchor",
        title=say("leads to a trusted authority"),
        clause="RFC 5280 §6",
        verdict=verdict,
        explanation=told,
        required=True,
        evidence={"error": error} if error else {"path": list(path)},
    )
    return check, path


def _check_revocation(
    chain: Chain,
    anchors: Chain,
    facts: CertificateFacts,
    times: tuple[dt.datetime, dt.datetime, bool],
    revocation: RevocationData,
) -> Check:
    """Revoked before sealing fails; revoked since leaves doubt unless the time is proven (EN 319 102-1 §5.5)."""
    at, now, at_proven = times
    verdict, required = Verdict.INDETERMINATE, False
    if not any(revocation):
        told = say("Whether the certificate was revoked is not known: no revocation data was at hand.")
    else:
        end = min(now, facts.not_after)
        known, revoked = _revocation_at(chain, anchors, at, revocation)
        for moment, single in [(end, revocation), *single_data(chain[0], revocation, end)]:
            revoked += _revocation_at(chain, anchors, moment, single)[1]
        if revoked:  # also by a list that is out of date now: a revocation is for ever
            first = min(revoked)
            required = first <= at or not at_proven
            verdict = Verdict.FAILED if first <= at else Verdict.INDETERMINATE
            told = say("The certificate was revoked on %(day)s.", day=first.date())
        elif known:
            verdict, told = Verdict.PASSED, say("The certificate was not revoked when the seal was made.")
        else:
            told = say("The revocation data at hand does not tell whether the certificate was revoked.")
    return Check(
        id="trust.revocation",
        title=say("not revoked"),
        clause="ETSI EN 319 102-1 §5.5",
        verdict=verdict,
        explanation=told,
        required=required,
    )


def _revocation_at(
    chain: Chain, anchors: Chain, moment: dt.datetime, revocation: RevocationData
) -> tuple[bool, list[dt.datetime]]:
    """Whether the data says something about that moment, and the time of a revocation that it knows."""
    try:
        find_path(chain, anchors, moment, revocation=revocation)
    except RevokedError as error:
        return True, [error.revocation_dt]
    except PATH_ERRORS:
        return False, []
    return True, []


def _check_validity(facts: CertificateFacts, at: dt.datetime) -> Check:
    valid = facts.valid_at(at)
    told = (
        say("The certificate was valid when the seal was made.")
        if valid
        else say(
            "The certificate was valid from %(start)s to %(end)s, but the seal says it was made on %(day)s.",
            start=facts.not_before.date(),
            end=facts.not_after.date(),
            day=at.date(),
        )
    )
    return Check(
        id="trust.validity",
        title=say("certificate valid at sealing"),
        clause="RFC 5280 §4.1.2.5",
        verdict=Verdict.PASSED if valid else Verdict.FAILED,
        explanation=told,
        required=True,
        evidence={"not_before": facts.not_before.isoformat(), "not_after": facts.not_after.isoformat()},
    )


def _check_validity_now(facts: CertificateFacts, at: dt.datetime, now: dt.datetime, at_proven: bool) -> Check:
    """An expired certificate is no flaw where the time of sealing is proven (EN 319 102-1 §5.5)."""
    if facts.valid_at(now):
        verdict, told = Verdict.PASSED, say("The certificate is valid today.")
    elif not facts.valid_at(at):
        verdict, told = Verdict.NOT_APPLICABLE, say("The certificate was not valid at sealing either.")
    elif at_proven:
        verdict = Verdict.PASSED
        told = say(
            "The certificate expired on %(day)s; a time stamp shows that the seal is older.",
            day=facts.not_after.date(),
        )
    else:
        verdict = Verdict.INDETERMINATE
        told = say(
            "The certificate expired on %(day)s, and that the seal is older rests on its own word.",
            day=facts.not_after.date(),
        )
    return Check(
        id="trust.validity-now",
        title=say("certificate valid today, or the seal provably older"),
        clause="ETSI EN 319 102-1 §5.5",
        verdict=verdict,
        explanation=told,
        required=True,
    )


def _check_usage(facts: CertificateFacts) -> Check:
    """RFC 5280 §4.2.1.3: a certificate that states its uses must state signing."""
    allowed = not facts.key_usage or {"digitalSignature", "nonRepudiation"} & set(facts.key_usage)
    return Check(
        id="trust.key-usage",
        title=say("certificate meant for sealing"),
        clause="RFC 5280 §4.2.1.3",
        verdict=Verdict.PASSED if allowed else Verdict.FAILED,
        explanation=(
            say("The certificate may be used for seals.")
            if allowed
            else say("The certificate is not meant for signatures or seals.")
        ),
        required=True,
    )


def _check_algorithm(certificate: x509.Certificate, at: dt.datetime) -> Check:
    """A key that had become too weak by the time for which there is proof may have been broken (EN 319 102-1 §5.2.5)."""
    key = certificate.public_key
    bits = int(key.bit_size) if key.algorithm in ("rsa", "ec") else 0
    name = {"rsa": "RSA-PSS" if bits >= LONG_RSA_BITS else "RSA", "ec": "ECDSA"}.get(key.algorithm, "")
    end = end_of_life(name, bits)
    aged = end is not None and at >= end
    told = (
        say(
            "Keys of this kind (%(name)s, %(bits)s bits) count until %(day)s, and that the seal is older rests on its own word.",
            name=key.algorithm.upper(),
            bits=bits,
            day=(end - dt.timedelta(days=1)).date(),
        )
        if aged and end is not None
        else say("Nothing speaks against the strength of the key.")
    )
    return Check(
        id="trust.algorithm",
        title=say("key still strong, or the seal provably older"),
        clause=f"{SOURCE}; ETSI EN 319 102-1 §5.2.5",
        verdict=Verdict.INDETERMINATE if aged else Verdict.NOT_APPLICABLE,
        explanation=told,
        required=True,
    )


def _check_self_issued(facts: CertificateFacts) -> Check:
    return Check(
        id="trust.self-issued",
        title=say("issued by somebody else"),
        verdict=Verdict.INDETERMINATE if facts.self_issued else Verdict.PASSED,
        explanation=(
            say("The sealer wrote this certificate itself: nobody else vouches for its name.")
            if facts.self_issued
            else say("The certificate names %(name)s as its issuer.", name=facts.issuer)
        ),
    )


def _check_listing(listing: Listing) -> Check:
    """Informs only: a seal that is not qualified may be good all the same."""
    return Check(
        id="trust.qualified",
        title=say("qualified by the EU trusted lists"),
        clause="Regulation (EU) No 910/2014, Articles 22, 35 and 38; ETSI TS 119 615 §4",
        verdict=listing.verdict,
        explanation=listing.explanation,
        evidence=listing.evidence(),
    )


def _check_markers(facts: CertificateFacts) -> Check:
    """Informs only: a name can hold the word by chance, and a test set-up may configure a test anchor."""
    fields = (facts.organization, facts.common_name, facts.organization_identifier)
    found = [field for field in fields if _TEST_MARKERS.search(field)]
    return Check(
        id="trust.test-certificate",
        title=say("no test certificate"),
        verdict=Verdict.INDETERMINATE if found else Verdict.NOT_APPLICABLE,
        explanation=(
            say("By its own words this is a test certificate: %(names)s.", names=", ".join(found))
            if found
            else say("Nothing in the certificate marks it as made for tests.")
        ),
        evidence={"markers": found},
    )
