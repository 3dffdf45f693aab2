"""Is a seal qualified at its time? Invented lists, and pyHanko's assessor as a second opinion."""

from __future__ import annotations

import asyncio
import datetime as dt
import pickle
from functools import lru_cache
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from pyhanko.sign.validation.qualified.assess import QualificationAssessor
from pyhanko.sign.validation.qualified.eutl_parse import trust_list_to_registry
from pyhanko.sign.validation.qualified.tsp import TSPTrustManager
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from tessella.trust import ServiceKind, TrustedLists, TrustLevel, TrustResult, evaluate_chain
from tessella.verdicts import Verdict
from tests.trust import lists as make
from tests.trust.lists import DAY, ISSUED, LONG_AGO, NEXT, NOW
from tests.trust.pki import START, Authority, TimestampAuthority, seal_certificate, usage

ROOT = Authority("Fjord Trust root")
CA = Authority("Fjord Trust seals CA", ROOT)
ROGUE = Authority("Fjord Trust seals CA")  # the same name, another key
KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
SEALED = START + 60 * DAY
AFTER = ISSUED + 5 * DAY
NO = make.operator("NO")
UNION = make.operator("Union")


@lru_cache
def leaf(*extensions: x509.ExtensionType, ca: Authority = CA) -> bytes:
    made = seal_certificate(ca, KEY, extensions=[usage(), *extensions])
    return made.public_bytes(Encoding.DER)


QUALIFIED = make.qc()
SEAL = (leaf(QUALIFIED), CA.der)


def lists(*services: str, signers: tuple[bytes, ...] = (UNION.der,), **facts: Any) -> TrustedLists:
    """A list of the lists and the list of one territory with one provider."""
    chosen = services or (make.service(CA.der),)
    documents = {
        "top.xml": make.top({"NO": [NO.der]}),
        "no.xml": NO.sign(make.listing("NO", make.provider(*chosen), **facts)),
    }
    return TrustedLists(documents, signers)


def judged(
    chain: tuple[bytes, ...], known: TrustedLists, *, at: dt.datetime = SEALED, **more: Any
) -> TrustResult:
    return evaluate_chain(chain, at=at, now=more.pop("now", NOW), trusted_lists=known, **more)


def outcome(result: TrustResult) -> tuple[str, str, str]:
    facet = result.check("trust.qualified")
    assert facet is not None
    return str(result.verdict), str(result.level), str(facet.verdict)


GOOD = ("passed", "qualified-seal", "passed")
NOT = ("passed", "advanced-seal", "failed")
OPEN = ("passed", "advanced-seal", "indeterminate")
NOBODY = ("indeterminate", "key-only", "indeterminate")
WITHDRAWN = ("indeterminate", "key-only", "failed")


# --- what the certificate says, and the list ---------------------------------------------------------

ESIGN = make.qc(types=("esign",))
BOTH = make.qc(types=("esign", "eseal"))
OLD = make.qc(types=())
NO_DEVICE = make.qc(sscd=False)
POLICY = x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier("1.2.752.1.2"), None)])
PURPOSE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
SIGNS = make.by_usage(digitalSignature=True, keyCertSign=False)
ENCRYPTS = make.by_usage(keyEncipherment=True)
STRANGE = '<s:CriteriaList assert="all"><s:Wish>x</s:Wish></s:CriteriaList>'
EITHER = f'<s:CriteriaList assert="atLeastOne">{SIGNS}{STRANGE}</s:CriteriaList>'
NESTED = f'<s:CriteriaList assert="none">{ENCRYPTS}</s:CriteriaList>'
OTHER = (
    '<s:CriteriaList assert="all"><s:otherCriteriaList xmlns:m="http://uri.etsi.org/02231/v2/additionaltypes#" '
    'xmlns:x="http://uri.etsi.org/01903/v1.3.2#"><m:{name}><m:{inner}><x:Identifier>{oid}</x:Identifier></m:{inner}>'
    "</m:{name}></s:otherCriteriaList></s:CriteriaList>"
)
HAS_ORGANISATION_ID = OTHER.format(
    name="CertSubjectDNAttribute", inner="AttributeOID", oid="urn:oid:2.5.4.97"
)
HAS_TITLE = OTHER.format(name="CertSubjectDNAttribute", inner="AttributeOID", oid="2.5.4.12")
FOR_CLIENTS = OTHER.format(name="ExtendedKeyUsage", inner="KeyPurposeId", oid="1.3.6.1.5.5.7.3.2")


def says(*qualifiers: str, criteria: str = SIGNS, hints: tuple[str, ...] = ("ForeSeals",)) -> str:
    extensions = [make.hint(one) for one in hints]
    return make.service(CA.der, extensions=[*extensions, make.qualifications(*qualifiers, criteria=criteria)])


CASES: dict[str, tuple[tuple[x509.ExtensionType, ...], str, tuple[str, str, str]]] = {
    "qualified, on a device": ((QUALIFIED,), make.service(CA.der), GOOD),
    "no QcStatements": ((), make.service(CA.der), NOT),
    "a device, but not qualified": ((make.qc(compliance=False),), make.service(CA.der), NOT),
    "no device": ((NO_DEVICE,), make.service(CA.der), ("passed", "qualified-certificate", "passed")),
    "for signatures": ((ESIGN,), make.service(CA.der, extensions=[make.hint("ForeSignatures")]), NOT),
    "without type, that is for signatures": (
        (OLD,),
        make.service(CA.der, extensions=[make.hint("ForeSignatures")]),
        NOT,
    ),
    "two types": ((BOTH,), make.service(CA.der), GOOD),
    "two types, both covered": (
        (BOTH,),
        make.service(CA.der, extensions=[make.hint("ForeSeals"), make.hint("ForeSignatures")]),
        GOOD,
    ),
    "service for signatures only": (
        (QUALIFIED,),
        make.service(CA.der, extensions=[make.hint("ForeSignatures")]),
        NOT,
    ),
    "service without hint": ((QUALIFIED,), make.service(CA.der, extensions=[]), OPEN),
    "list: not qualified": ((QUALIFIED,), says("NotQualified"), NOT),
    "list: not qualified, for others": ((QUALIFIED,), says("NotQualified", criteria=ENCRYPTS), GOOD),
    "list: qualified without statement": (
        (),
        says("QCStatement", "QCForESeal"),
        ("passed", "qualified-certificate", "passed"),
    ),
    "list: with device": ((NO_DEVICE,), says("QCWithQSCD"), GOOD),
    "list: with device (old name)": ((NO_DEVICE,), says("QCWithSSCD"), GOOD),
    "list: device kept for the holder": ((NO_DEVICE,), says("QCQSCDManagedOnBehalf"), GOOD),
    "list: device as in the certificate": ((QUALIFIED,), says("QCQSCDStatusAsInCert"), GOOD),
    "list: no device": ((QUALIFIED,), says("QCNoQSCD"), ("passed", "qualified-certificate", "passed")),
    "list: for seals": ((ESIGN,), says("QCForESeal"), GOOD),
    "list: for signatures": ((QUALIFIED,), says("QCForESig", hints=("ForeSignatures",)), NOT),
    "list: for a legal person": (
        (OLD,),
        says("QCForLegalPerson", hints=("ForeSignatures",)),
        NOT,
    ),
    "list: two types at once": ((QUALIFIED,), says("QCForESig", "QCForESeal"), OPEN),
    "list: with and without device": ((QUALIFIED,), says("QCWithQSCD", "QCNoQSCD"), OPEN),
    "list: qualified and not": ((QUALIFIED,), says("QCStatement", "NotQualified"), OPEN),
    "by policy": ((NO_DEVICE, POLICY), says("QCWithQSCD", criteria=make.by_policy("1.2.752.1.2")), GOOD),
    "by policy, one of two": (
        (NO_DEVICE, POLICY),
        says("QCWithQSCD", criteria=make.by_policy("1.2.752.1.2", "1.2.3")),
        ("passed", "qualified-certificate", "passed"),
    ),
    "by another policy": (
        (NO_DEVICE, POLICY),
        says("QCWithQSCD", criteria=make.by_policy("1.2.752.1")),
        ("passed", "qualified-certificate", "passed"),
    ),
    "by none of": ((NO_DEVICE,), says("QCWithQSCD", criteria=NESTED), GOOD),
    "by subject": ((NO_DEVICE,), says("QCWithQSCD", criteria=HAS_ORGANISATION_ID), GOOD),
    "by a subject it has not": ((QUALIFIED,), says("NotQualified", criteria=HAS_TITLE), GOOD),
    "by purpose": ((NO_DEVICE, PURPOSE), says("QCWithQSCD", criteria=FOR_CLIENTS), GOOD),
    "by a purpose it has not": ((QUALIFIED,), says("NotQualified", criteria=FOR_CLIENTS), GOOD),
    "by something unknown": ((QUALIFIED,), says("NotQualified", criteria=STRANGE), OPEN),
    "by something unknown that does not matter": ((NO_DEVICE,), says("QCWithQSCD", criteria=EITHER), GOOD),
    "by nothing": ((NO_DEVICE,), says("QCWithQSCD", criteria='<s:CriteriaList assert="all"/>'),
                   ("passed", "qualified-certificate", "passed")),
    "an unknown critical extension": (
        (QUALIFIED,),
        make.service(CA.der, extensions=[make.hint("ForeSeals"), '<Extension Critical="true"><New/></Extension>']),
        NOBODY,
    ),
    "an unknown extension": (
        (QUALIFIED,),
        make.service(CA.der, extensions=[make.hint("ForeSeals"), '<Extension Critical="false"><New/></Extension>']),
        GOOD,
    ),
    "listed by its root": ((QUALIFIED,), make.service(ROOT.der), GOOD),
    "listed by its root, itself withdrawn": (
        (QUALIFIED,),
        make.service(ROOT.der) + make.service(CA.der, status="withdrawn"),
        WITHDRAWN,
    ),
    "not listed": ((QUALIFIED,), make.service(Authority("Elsewhere").der), NOBODY),
    "listed for time stamps only": ((QUALIFIED,), make.service(CA.der, kind=make.QTST), NOBODY),
    "two entries, one granted": (
        (QUALIFIED,),
        make.service(CA.der, status="withdrawn", since=START) + make.service(CA.der),
        GOOD,
    ),
    "two entries that contradict": (
        (NO_DEVICE,),
        says("QCWithQSCD") + says("QCNoQSCD"),
        OPEN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_certificate_and_list(name: str) -> None:
    extensions, services, expected = CASES[name]
    chain = (leaf(*extensions), CA.der, ROOT.der)
    assert outcome(judged(chain, lists(services))) == expected


def test_rogue_authority_of_the_same_name_finds_no_path() -> None:
    chain = (leaf(QUALIFIED, ca=ROGUE), ROGUE.der)
    assert outcome(judged(chain, lists())) == NOBODY
    assert outcome(judged((leaf(QUALIFIED, ca=ROGUE), CA.der), lists())) == NOBODY


def test_explanation_names_provider_service_list_and_age() -> None:
    result = judged(SEAL, lists())
    assert result.explanation == (
        "The certificate leads to Fjord Trust seals CA, a service on a trusted list. The certificate was valid when "
        "the seal was made. The certificate is valid today. The certificate may be used for seals. "
        "Whether the certificate was revoked is not known: no revocation data was at hand. "
        "On 2026-03-02 (by its own word) it was a qualified electronic seal. Provider: Fjord Trust AS, service “Fjord "
        "Trust seals”, granted since 2020-01-01; trusted list of NO, number 7 of 2026-06-01, 14 days old."
    )
    facet = result.check("trust.qualified")
    assert facet is not None
    assert facet.evidence == {
        "verdict": "passed",
        "at": "2026-03-02T00:00:00+00:00",
        "provider": "Fjord Trust AS",
        "service": "Fjord Trust seals",
        "service_type": make.CA_QC,
        "status": "granted",
        "status_since": "2020-01-01T00:00:00+00:00",
        "qualified": True,
        "certificate_type": "eseal",
        "on_qualified_device": True,
        "list": {
            "territory": "NO",
            "operator": "Operator of NO",
            "sequence_number": 7,
            "issued_at": "2026-06-01T10:00:00+00:00",
            "next_update": "2026-11-30T10:00:00+00:00",
            "age_days": 14,
            "expired": False,
            "fetched_at": None,
        },
    }


# --- when --------------------------------------------------------------------------------------------

HISTORY = {
    "withdrawn after sealing": make.service(
        CA.der, status="withdrawn", since=SEALED + DAY, history=[("granted", LONG_AGO)]
    ),
    "withdrawn before sealing": make.service(
        CA.der, status="withdrawn", since=SEALED - DAY, history=[("granted", LONG_AGO)]
    ),
    "granted after sealing": make.service(CA.der, since=SEALED + DAY),
    "granted after the certificate was issued": make.service(CA.der, since=START + DAY),
    "granted again after a gap": make.service(
        CA.der, since=SEALED + DAY, history=[("withdrawn", SEALED - DAY), ("granted", LONG_AGO)]
    ),
}


@pytest.mark.parametrize(
    ("name", "proven", "stated"),
    [
        ("withdrawn after sealing", GOOD, NOBODY),
        ("withdrawn before sealing", WITHDRAWN, WITHDRAWN),
        ("granted after sealing", WITHDRAWN, WITHDRAWN),
        ("granted after the certificate was issued", NOT, NOT),
        ("granted again after a gap", WITHDRAWN, WITHDRAWN),
    ],
)
def test_history_counts_at_the_time_of_sealing(
    name: str, proven: tuple[str, ...], stated: tuple[str, ...]
) -> None:
    known = lists(HISTORY[name])
    assert outcome(judged(SEAL, known, at_proven=True)) == proven
    assert outcome(judged(SEAL, known)) == stated


def test_stated_time_of_a_service_withdrawn_since_is_said_to_be_its_own_word() -> None:
    listing = judged(SEAL, lists(HISTORY["withdrawn after sealing"])).listing
    assert listing is not None
    assert (listing.verdict, listing.qualified) == (Verdict.INDETERMINATE, True)
    assert listing.explanation.startswith(
        "It is otherwise today, and the time of sealing rests on its own word: On 2026-03-02 (by its own word) it was"
    )


@pytest.mark.parametrize(
    ("at", "proven", "expected"),
    [(SEALED, True, GOOD), (SEALED, False, NOBODY), (AFTER, True, NOBODY), (AFTER, False, NOBODY)],
)
def test_expired_list_is_certain_about_proven_times_before_it_only(
    at: dt.datetime, proven: bool, expected: tuple[str, ...]
) -> None:
    later = ISSUED + 20 * DAY
    result = judged(SEAL, lists(next_update=ISSUED + 10 * DAY), at=at, at_proven=proven, now=later)
    assert outcome(result) == expected
    assert result.listing is not None
    assert (result.listing.expired, result.listing.qualified) == (True, True)
    assert result.listing.evidence()["list"]["expired"] is True
    if expected == NOBODY:
        assert result.listing.explanation.startswith(
            "The list had to be renewed by 2026-06-11, so it says nothing certain any more; it said: On 2026-0"
        )


def test_expired_list_of_the_lists_makes_the_others_uncertain() -> None:
    documents = {
        "top.xml": make.top({"NO": [NO.der]}, next_update=ISSUED + DAY),
        "no.xml": NO.sign(make.listing("NO", make.provider(make.service(CA.der)))),
    }
    assert outcome(judged(SEAL, TrustedLists(documents, [UNION.der]))) == NOBODY


def test_closed_list_does_not_expire() -> None:
    assert outcome(judged(SEAL, lists(next_update=None))) == GOOD


def test_no_stated_time_is_judged_today() -> None:
    result = judged(SEAL, lists(), at=NOW)
    assert outcome(result) == GOOD
    assert "On 2026-06-15 (now; no time of sealing is stated) it was a qualified" in result.explanation


def test_service_under_supervision_counts_before_the_regulation_only() -> None:
    old = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    issuer = Authority("Old seals")
    made = seal_certificate(
        issuer, KEY, extensions=[usage(), QUALIFIED], start=old, end=old + 3650 * DAY
    ).public_bytes(Encoding.DER)
    entry = make.service(issuer.der, status="undersupervision", since=old - 300 * DAY, extensions=[])
    known = lists(entry)
    before = judged((made, issuer.der), known, at=dt.datetime(2016, 6, 1, tzinfo=dt.UTC), at_proven=True)
    after = judged((made, issuer.der), known, at=dt.datetime(2016, 8, 1, tzinfo=dt.UTC), at_proven=True)
    assert before.listing is not None and after.listing is not None
    assert (before.listing.verdict, after.listing.verdict) == (Verdict.PASSED, Verdict.FAILED)


def test_anchor_of_ones_own_still_counts_beside_lists_that_know_nothing() -> None:
    known = lists(make.service(Authority("Elsewhere").der))
    result = evaluate_chain(SEAL, [CA.der], at=SEALED, now=NOW, trusted_lists=known)
    assert outcome(result) == ("passed", "advanced-seal", "indeterminate")


# --- time stamps -------------------------------------------------------------------------------------

CLOCK = TimestampAuthority(CA)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (make.service(CLOCK.der, kind=make.QTST), "passed"),
        (make.service(CA.der, kind=make.QTST), "passed"),
        (make.service(CLOCK.der, kind=make.QTST, status="withdrawn"), "failed"),
        (make.service(CA.der), "indeterminate"),
    ],
)
def test_time_stamp_by_a_listed_unit_or_authority(entry: str, expected: str) -> None:
    result = judged((CLOCK.der, CA.der), lists(entry), at_proven=True, kind=ServiceKind.TIMESTAMPS)
    assert (outcome(result)[0], outcome(result)[2]) == (
        "passed" if expected == "passed" else "indeterminate",
        expected,
    )


def test_expired_list_vouches_for_time_stamps_before_it_only() -> None:
    known = lists(make.service(CLOCK.der, kind=make.QTST), next_update=AFTER)

    def at(moment: dt.datetime, lists_at: dt.datetime) -> str:
        chain = (CLOCK.der, CA.der)
        kind = ServiceKind.TIMESTAMPS
        result = evaluate_chain(
            chain, at=moment, now=moment, trusted_lists=known, kind=kind, lists_at=lists_at
        )
        return str(result.verdict)

    assert at(SEALED, NOW) == "passed"
    assert at(ISSUED + DAY, ISSUED + 2 * DAY) == "passed"
    assert at(ISSUED + DAY, NOW) == "indeterminate"


# --- a second opinion --------------------------------------------------------------------------------

_COMPARED = [
    name
    for name, (extensions, services, _) in CASES.items()
    # where it raises, has no answer for a contradiction, or takes a list without a hint as one for all types
    if BOTH not in extensions
    and name != "by purpose"  # it compares the identifier with a name
    and not any(
        word in name
        for word in ("at once", "and not", "and without", "without hint", "unknown", "nothing", "contradict", "two entries")
    )
    and "urn:oid:" not in services  # it takes the URN for the identifier
    and "withdrawn" not in services  # it looks for another authority above the withdrawn one
]  # fmt: skip


@pytest.mark.parametrize("name", _COMPARED)
def test_second_opinion_by_pyhanko(name: str) -> None:
    extensions, services, _ = CASES[name]
    xml = NO.sign(make.listing("NO", make.provider(services))).decode()
    registry, _errors = trust_list_to_registry(xml, [asn1_x509.Certificate.load(NO.der)])
    others = [asn1_x509.Certificate.load(der) for der in (CA.der, ROOT.der)]
    certificate = asn1_x509.Certificate.load(leaf(*extensions))
    context = ValidationContext(
        trust_manager=TSPTrustManager(registry), allow_fetching=False, other_certs=others, moment=SEALED
    )
    validator = CertificateValidator(certificate, others, validation_context=context)
    result = judged((leaf(*extensions), CA.der, ROOT.der), lists(services))
    try:
        path = asyncio.run(validator.async_validate_path())
    except Exception:
        assert result.listing is not None and not result.listing.anchors
        return
    status = QualificationAssessor(registry).check_entity_cert_qualified(path, SEALED).status
    theirs = status.qualified and status.qc_type.name == "QC_ESEAL"
    assert result.listing is not None
    assert (result.listing.verdict is Verdict.PASSED) is theirs
    if theirs:
        assert (result.level is TrustLevel.QUALIFIED_SEAL) is status.qc_key_security.is_qscd


def test_lists_travel_to_another_process() -> None:
    known = lists()
    assert outcome(judged(SEAL, known)) == GOOD
    assert outcome(judged(SEAL, pickle.loads(pickle.dumps(known)))) == GOOD
    assert NEXT > NOW
