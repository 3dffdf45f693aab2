"""Chains: to an anchor or not, then and now, revoked, self-made, for tests."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tessella.errors import ConfigError
from tessella.keys import base64url_decode
from tessella.trust import LEVELS, TrustLevel, TrustResult, evaluate_chain
from tessella.verdicts import Verdict
from tests.support import shared_json
from tests.trust.pki import DAY, END, START, Authority, seal_certificate, usage

ROOT = Authority("Fjord root")
MIDDLE = Authority("Fjord seals CA", ROOT)
KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
LEAF = seal_certificate(MIDDLE, KEY)
CHAIN = (LEAF.public_bytes(Encoding.DER), MIDDLE.der)
AT = START + 100 * DAY
NOW = AT + 30 * DAY
LATE = END + 10 * DAY

NO_LIST = "No trusted list was consulted, so nothing outside the file says who sealed it."
NO_WAY = "The certificate does not lead to an authority that this service was set up to trust."


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def verdicts(result: TrustResult) -> dict[str, str]:
    return {check.id.removeprefix("trust."): str(check.verdict) for check in result.checks}


def test_chain_to_a_configured_anchor_passes() -> None:
    result = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW)
    assert (result.verdict, result.level) == (Verdict.PASSED, TrustLevel.ADVANCED_SEAL)
    assert result.path == ("Fjordakademiet seal / Fjordakademiet", "Fjord seals CA", "Fjord root")
    assert verdicts(result) == {
        "anchor": "passed",
        "validity": "passed",
        "validity-now": "passed",
        "key-usage": "passed",
        "algorithm": "not_applicable",
        "revocation": "indeterminate",
        "self-issued": "passed",
        "test-certificate": "not_applicable",
    }
    assert result.explanation == (
        "The certificate leads to Fjord root, which this service was set up to trust. "
        "The certificate was valid when the seal was made. The certificate is valid today. "
        "The certificate may be used for seals."
    )
    assert result.certificate is not None
    assert result.certificate.organization_identifier == "NTRNO-987654321"


def test_any_certificate_of_the_chain_can_be_the_anchor() -> None:
    for anchor in (MIDDLE.der, CHAIN[0]):
        assert evaluate_chain(CHAIN, [anchor], at=AT, now=NOW).verdict is Verdict.PASSED


def test_no_anchor_is_indeterminate_and_says_so() -> None:
    result = evaluate_chain(CHAIN, at=AT, now=NOW)
    assert (result.verdict, result.level, result.path) == (Verdict.INDETERMINATE, TrustLevel.KEY_ONLY, ())
    assert result.explanation == NO_LIST


def test_anchor_of_somebody_else_is_indeterminate() -> None:
    result = evaluate_chain(CHAIN, [Authority("Other root").der], at=AT, now=NOW)
    assert (result.verdict, result.explanation) == (Verdict.INDETERMINATE, NO_WAY)


def test_chain_with_a_gap_is_indeterminate() -> None:
    result = evaluate_chain(CHAIN[:1], [ROOT.der], at=AT, now=NOW)
    assert (result.verdict, result.explanation) == (Verdict.INDETERMINATE, NO_WAY)


def test_issuer_with_the_right_name_and_another_key_fails() -> None:
    impostor = Authority("Fjord seals CA", Authority("Fjord root"))
    result = evaluate_chain((der(seal_certificate(impostor, KEY)), impostor.der), [ROOT.der], at=AT, now=NOW)
    assert result.verdict is not Verdict.PASSED
    assert result.level is TrustLevel.KEY_ONLY


def test_end_entity_that_signs_certificates_gives_no_path() -> None:
    """RFC 5280 §6.1.4 (k): only a CA certificate may stand above another."""
    owner = Authority("Fjord owner", ROOT)
    owner.certificate = seal_certificate(ROOT, owner.key.public_key(), extensions=[usage()])
    owner.name = owner.certificate.subject
    result = evaluate_chain((der(seal_certificate(owner, KEY)), owner.der), [ROOT.der], at=AT, now=NOW)
    assert (result.verdict, result.level) == (Verdict.FAILED, TrustLevel.KEY_ONLY)
    assert result.checks[0].explanation == "The chain of certificates breaks its own rules."


@pytest.mark.parametrize("at", [START - DAY, END + DAY])
def test_sealing_outside_the_validity_fails(at: dt.datetime) -> None:
    result = evaluate_chain(CHAIN, [ROOT.der], at=at, now=LATE)
    assert result.verdict is Verdict.FAILED
    assert result.explanation == (
        "A certificate in the chain was not valid at the time of sealing. The certificate was valid from 2026-01-01 "
        f"to 2028-01-01, but the seal says it was made on {at.date()}."
    )


@pytest.mark.parametrize(
    ("proven", "verdict", "told"),
    [
        (
            False,
            Verdict.INDETERMINATE,
            "The certificate expired on 2028-01-01, and that the seal is older rests on its own word.",
        ),
        (
            True,
            Verdict.PASSED,
            "The certificate expired on 2028-01-01; a time stamp shows that the seal is older.",
        ),
    ],
)
def test_expired_since_needs_a_proof_of_time(proven: bool, verdict: Verdict, told: str) -> None:
    result = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=LATE, at_proven=proven)
    assert result.verdict is verdict
    check = result.check("trust.validity-now")
    assert check is not None
    assert (check.verdict, check.explanation) == (verdict, told)


def test_expired_issuer_fails() -> None:
    short = Authority("Fjord short CA", ROOT, end=AT - DAY)
    result = evaluate_chain((der(seal_certificate(short, KEY)), short.der), [ROOT.der], at=AT, now=NOW)
    assert (result.verdict, result.explanation) == (
        Verdict.FAILED,
        "A certificate in the chain was not valid at the time of sealing.",
    )


def test_revoked_before_sealing_fails() -> None:
    crl = MIDDLE.crl(LEAF, AT - DAY, issued=AT)
    result = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW, crls=[crl])
    assert (result.verdict, result.level) == (Verdict.FAILED, TrustLevel.KEY_ONLY)
    assert result.explanation == f"The certificate was revoked on {(AT - DAY).date()}."


@pytest.mark.parametrize(("proven", "verdict"), [(False, Verdict.INDETERMINATE), (True, Verdict.PASSED)])
def test_revoked_after_sealing_needs_a_proof_of_time(proven: bool, verdict: Verdict) -> None:
    crl = MIDDLE.crl(LEAF, AT + DAY, issued=AT + 2 * DAY)
    result = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW, at_proven=proven, crls=[crl])
    check = result.check("trust.revocation")
    assert check is not None
    assert (result.verdict, check.verdict, check.required) == (verdict, Verdict.INDETERMINATE, not proven)
    assert check.explanation == f"The certificate was revoked on {(AT + DAY).date()}."


def test_list_without_the_certificate_clears_it() -> None:
    other = seal_certificate(MIDDLE, KEY)
    crl = MIDDLE.crl(other, AT - DAY, issued=AT)
    result = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW, crls=[crl])
    check = result.check("trust.revocation")
    assert check is not None
    assert (result.verdict, check.verdict) == (Verdict.PASSED, Verdict.PASSED)
    assert check.explanation == "The certificate was not revoked when the seal was made."


@pytest.mark.parametrize("issuer", [Authority("Fjord seals CA"), ROOT])
def test_list_of_another_authority_tells_nothing(issuer: Authority) -> None:
    crl = issuer.crl(LEAF, AT - DAY, issued=AT)
    check = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW, crls=[crl]).check("trust.revocation")
    assert check is not None
    assert (check.verdict, check.required, check.explanation) == (
        Verdict.INDETERMINATE,
        False,
        "The revocation data at hand does not tell whether the certificate was revoked.",
    )


def test_certificate_for_encryption_fails() -> None:
    leaf = seal_certificate(MIDDLE, KEY, extensions=[usage(encipher=True)])
    result = evaluate_chain((der(leaf), MIDDLE.der), [ROOT.der], at=AT, now=NOW)
    assert (result.verdict, result.explanation) == (
        Verdict.FAILED,
        "The certificate is not meant for signatures or seals.",
    )


def test_certificate_without_stated_use_is_accepted() -> None:
    leaf = seal_certificate(MIDDLE, KEY, extensions=[])
    assert evaluate_chain((der(leaf), MIDDLE.der), [ROOT.der], at=AT, now=NOW).verdict is Verdict.PASSED


def test_self_issued_certificate_is_named_so() -> None:
    alone = Authority("Fjordakademiet")
    alone.certificate = alone.certify(alone.name, alone.key.public_key(), extensions=[usage()])
    result = evaluate_chain([alone.der], at=AT, now=NOW)
    check = result.check("trust.self-issued")
    assert check is not None
    assert (result.verdict, check.verdict) == (Verdict.INDETERMINATE, Verdict.INDETERMINATE)
    assert check.explanation == "The sealer wrote this certificate itself: nobody else vouches for its name."


@pytest.mark.parametrize(
    ("organization", "identifier", "marked"),
    [
        ("ORGANIZACION TEST", "VATES-B12345678", True),
        ("Fjordakademiet (TEST)", "NTRNO-987654321", True),
        ("Fjordakademiet", "VATES-A00000000", True),
        ("Fjordakademiet", "NTRXX-00000000", True),
        ("Testament Institutt", "NTRNO-987654321", False),
        ("Kontest og Attest AS", "NTRNO-100000001", False),
    ],
)
def test_test_certificate_is_plainly_named(organization: str, identifier: str, marked: bool) -> None:
    leaf = seal_certificate(MIDDLE, KEY, organization=organization, identifier=identifier)
    result = evaluate_chain((der(leaf), MIDDLE.der), [ROOT.der], at=AT, now=NOW)
    check = result.check("trust.test-certificate")
    assert check is not None
    assert (check.verdict is Verdict.INDETERMINATE) == marked
    assert ("By its own words this is a test certificate" in result.explanation) == marked
    assert result.verdict is Verdict.PASSED  # the operator configured this anchor


@pytest.mark.parametrize("chain", [(), (b"no certificate",), (CHAIN[0], b"no certificate")])
def test_no_readable_certificate_is_indeterminate(chain: tuple[bytes, ...]) -> None:
    result = evaluate_chain(chain, [ROOT.der], at=AT, now=NOW)
    assert (result.verdict, result.certificate, result.level) == (
        Verdict.INDETERMINATE,
        None,
        TrustLevel.KEY_ONLY,
    )


@pytest.mark.parametrize("anchor", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----"])
def test_anchor_that_is_no_certificate_is_a_wrong_configuration(anchor: bytes) -> None:
    with pytest.raises(ConfigError) as caught:
        evaluate_chain(CHAIN, [anchor], at=AT, now=NOW)
    assert caught.value.code == "config.anchor"


def test_evaluation_works_inside_an_event_loop() -> None:
    async def inside() -> TrustResult:
        return evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW)

    assert asyncio.run(inside()).verdict is Verdict.PASSED


def test_every_level_has_its_words() -> None:
    assert set(LEVELS) == set(TrustLevel)
    assert all(one.title and one.meaning for one in LEVELS.values())


@pytest.mark.parametrize("name", ["MC-Annex1", "CertOfPart"])
@pytest.mark.parametrize("proven", [False, True])
def test_official_sample_is_indeterminate_and_for_tests(name: str, proven: bool) -> None:
    document: Any = shared_json(f"edc/official-samples/Sample-{name}-signed.jsonld")
    header = json.loads(base64url_decode(document["signatures"][0]["protected"]))
    result = evaluate_chain(
        [base64.b64decode(header["x5c"][0])],
        at=dt.datetime(2023, 9, 27, 12, tzinfo=dt.UTC),
        now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        at_proven=proven,
    )
    assert (result.verdict, result.level) == (Verdict.INDETERMINATE, TrustLevel.KEY_ONLY)
    expired = (
        ""
        if proven
        else " The certificate expired on 2025-05-10, and that the seal is older rests on its own word."
    )
    assert result.explanation == (
        NO_LIST
        + expired
        + " By its own words this is a test certificate: ORGANIZACION TEST, TEST SEAL, VATES-A00000000."
    )


def test_revocation_in_a_list_that_is_out_of_date_still_counts() -> None:
    """A list of long ago cannot say that a certificate is good today, but what it names stays revoked."""
    issued, later = AT + 3 * DAY, AT + 400 * DAY
    crl = MIDDLE.crl(LEAF, AT + 2 * DAY, issued=issued)
    assert later > issued + 365 * DAY
    for proven, verdict in ((False, Verdict.INDETERMINATE), (True, Verdict.PASSED)):
        result = evaluate_chain(CHAIN, [ROOT.der], at=AT, now=later, at_proven=proven, crls=[crl])
        check = result.check("trust.revocation")
        assert check is not None
        assert (result.verdict, check.required) == (verdict, not proven)
        assert check.explanation == f"The certificate was revoked on {(AT + 2 * DAY).date()}."


def test_newer_list_does_not_hide_an_older_one() -> None:
    other = seal_certificate(MIDDLE, KEY)
    old = MIDDLE.crl(LEAF, AT - DAY, issued=AT)
    new = MIDDLE.crl(other, AT - DAY, issued=AT + 5 * DAY)
    for crls in ([old, new], [new, old]):
        assert evaluate_chain(CHAIN, [ROOT.der], at=AT, now=NOW, crls=crls).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("year", "proven", "expected"),
    [
        (2028, False, Verdict.NOT_APPLICABLE),
        (2029, False, Verdict.INDETERMINATE),
        (2029, True, Verdict.NOT_APPLICABLE),
    ],
)
def test_key_that_has_become_too_weak_needs_a_proof_of_time(
    year: int, proven: bool, expected: Verdict
) -> None:
    key = rsa.generate_private_key(65537, 2048).public_key()
    leaf = seal_certificate(MIDDLE, key, end=START + 4 * 365 * DAY)
    chain = [leaf.public_bytes(Encoding.DER), MIDDLE.der]
    now = START.replace(year=year, month=1, day=2)
    result = evaluate_chain(chain, [ROOT.der], at=AT, now=now, at_proven=proven)
    check = result.check("trust.algorithm")
    assert check is not None
    assert (check.verdict, check.required) == (expected, True)
    if expected is Verdict.INDETERMINATE:
        assert result.verdict is expected
        assert "Keys of this kind (RSA, 2048 bits) count until 2028-12-31" in result.explanation
