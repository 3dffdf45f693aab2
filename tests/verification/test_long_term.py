"""Seals over decades: what a verifier in 2045 can establish about a credential of 2026, and what not."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tessella.issuing.sealing import Issuer, seal
from tessella.keys import base64url_decode, base64url_encode
from tessella.seals import jades
from tessella.verdicts import Report, Verdict
from tests.issuing.support import award, course
from tests.seals.longterm import CLOCK_CA, ROOT, SEALER_CA, clock, crl, on, sealer, stamp
from tests.verification.support import check, found, verdict

START = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
KEY = sealer(end=on(2028))
SERIAL = x509.load_der_x509_certificate(KEY.certificate_chain[0]).serial_number
NOBODY = (crl(SEALER_CA, on(2026, 6, 2)), crl(CLOCK_CA, on(2026, 6, 2)))


@lru_cache(maxsize=1)
def payload() -> str:
    issuer = Issuer(organisation=course().awarding_bodies[0], seal_signer=KEY)
    text: str = json.loads(seal(award(), issuer, "edc", at=START))["payload"]
    return text


def sealed(timestamp: Any = None, key: Any = KEY) -> bytes:
    return jades.seal(payload(), key, at=START, profile="etsi", timestamp=timestamp)


def archived(data: bytes, timestamp: Any, crls: tuple[bytes, ...] = NOBODY) -> bytes:
    return jades.extend(data, level="B-LTA", timestamp=timestamp, crls=crls, certificates=[ROOT.der]).data


@lru_cache(maxsize=1)
def renewed() -> tuple[bytes, bytes, bytes]:
    """Archived in 2026 (until 2032), renewed in 2031 (until 2037) and in 2036 (until 2046)."""
    first = archived(sealed(), stamp(START, end=on(2032)))
    second = archived(first, stamp(on(2031), end=on(2037)), (crl(CLOCK_CA, on(2031)),))
    third = archived(second, stamp(on(2036), end=on(2046)), (crl(CLOCK_CA, on(2036)),))
    return first, second, third


def seen(data: bytes, at: dt.datetime, **around: Any) -> Report:
    return check(data, at=at, anchors=(ROOT.der,), **around)


def trusted(data: bytes, at: dt.datetime, **around: Any) -> str:
    return verdict(seen(data, at, **around), "trust")


# --- time goes by ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("copy", "year", "expected"),
    [
        (0, 2027, "passed"),
        (
            0,
            2029,
            "passed",
        ),  # the sealer's certificate has expired: the time stamp shows that the seal is older
        (0, 2033, "indeterminate"),  # the time stamp has ended too
        (1, 2033, "passed"),
        (1, 2038, "indeterminate"),
        (2, 2038, "passed"),
        (2, 2045, "passed"),
        (2, 2047, "indeterminate"),
    ],
)
def test_seal_lasts_as_long_as_it_is_renewed(copy: int, year: int, expected: str) -> None:
    report = seen(renewed()[copy], on(year))
    assert (verdict(report, "seal"), verdict(report, "timestamp")) == ("passed", "passed")
    assert verdict(report, "trust") == expected
    assert report.verdict is Verdict(expected)


def test_renewed_seal_passes_in_2045_and_says_since_when_it_is_proven() -> None:
    report = seen(renewed()[2], on(2045))
    assert report.verdict is Verdict.PASSED
    facets = found(report, "trust").evidence["facets"]
    assert (facets["trust.validity-now"], facets["trust.revocation"]) == ("passed", "passed")
    stamps = found(report, "timestamp").evidence["timestamps"]
    assert [(one["kind"], one["time"][:4], one["ends"][:4]) for one in stamps] == [
        ("sigTst", "2026", "2032"),
        ("arcTst", "2026", "2032"),
        ("arcTst", "2031", "2037"),
        ("arcTst", "2036", "2046"),
    ]
    assert "a time stamp shows that the seal is older" in str(found(report, "trust"))


def test_seal_without_renewal_is_open_in_2045_and_the_reason_is_told() -> None:
    report = seen(sealed(stamp(START, end=on(2032))), on(2045))
    assert report.verdict is Verdict.INDETERMINATE
    assert "expired on 2028-06-01" in found(report, "trust").explanation
    assert found(report, "timestamp").notes == (
        "It ended on 2032-06-01 (its certificate expired), and no other time stamp covered it before: "
        "it was not renewed in time.",
    )


def test_seal_that_was_never_stamped_is_open_after_its_certificate() -> None:
    assert (trusted(sealed(), on(2027)), trusted(sealed(), on(2029))) == ("passed", "indeterminate")


def test_renewal_after_the_end_does_not_bring_proof_back() -> None:
    late = archived(renewed()[0], stamp(on(2033), end=on(2046)), ())
    report = seen(late, on(2034))
    assert (verdict(report, "timestamp"), verdict(report, "trust")) == ("passed", "indeterminate")


def test_first_time_stamp_after_the_sealers_certificate_proves_nothing() -> None:
    report = seen(sealed(stamp(on(2029), end=on(2035))), on(2030))
    assert verdict(report, "trust") == "indeterminate"
    assert found(report, "timestamp").notes == (
        "The time stamps came after the sealer's certificate had expired.",
    )


def test_algorithm_ages_like_a_certificate() -> None:
    """RSASSA-PKCS1-v1_5 counts until the end of 2028, however long the authority's certificate is valid."""
    old = clock(on(2040), key=rsa.generate_private_key(65537, 2048)).at(START)
    data = archived(sealed(), old)
    assert (trusted(data, on(2028, 12, 30)), trusted(data, on(2029, 1, 2))) == ("passed", "indeterminate")
    in_time = archived(data, stamp(on(2028), end=on(2040)), ())
    assert trusted(in_time, on(2035)) == "passed"
    assert "(RSA)" in str(found(seen(data, on(2030)), "timestamp").notes)


# --- revocation --------------------------------------------------------------------------------------------


def on_list(day: dt.datetime) -> tuple[bytes, ...]:
    """The sealer's certificate revoked on that day, as a later list says."""
    return (crl(SEALER_CA, on(2028), {SERIAL: day}),)


@pytest.mark.parametrize("year", [2027, 2035, 2045])
def test_revocation_after_the_proven_time_harms_nothing(year: int) -> None:
    assert trusted(renewed()[2], on(year), crls=on_list(on(2027))) == "passed"


def test_revocation_before_the_proven_time_fails() -> None:
    revoked = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    assert trusted(renewed()[2], on(2045), crls=on_list(revoked)) == "failed"


def test_revocation_is_found_in_the_seal_itself() -> None:
    revoked = crl(SEALER_CA, on(2026, 6, 2), {SERIAL: dt.datetime(2026, 5, 1, tzinfo=dt.UTC)})
    assert trusted(archived(sealed(), stamp(START, end=on(2032)), (revoked,)), on(2027)) == "failed"


def test_revocation_without_proof_of_time_leaves_doubt() -> None:
    assert trusted(sealed(), on(2027, 12), crls=on_list(on(2027))) == "indeterminate"


def test_time_stamp_of_a_revoked_authority_proves_nothing() -> None:
    authority = clock(on(2040))
    serial = authority.certificate.serial_number
    data = archived(sealed(), authority.at(START))
    assert trusted(data, on(2035)) == "passed"
    before = (crl(CLOCK_CA, on(2028), {serial: dt.datetime(2026, 5, 1, tzinfo=dt.UTC)}),)
    assert trusted(data, on(2035), crls=before) == "indeterminate"
    after = (crl(CLOCK_CA, on(2030), {serial: on(2029)}),)
    assert trusted(data, on(2035), crls=after) == "indeterminate"
    covered = archived(data, stamp(on(2028), end=on(2040)), ())
    assert trusted(covered, on(2035), crls=after) == "passed"


# --- chains that are broken ----------------------------------------------------------------------------------


@pytest.mark.parametrize("index", range(8))
def test_chain_that_misses_a_link_proves_nothing_in_2045(index: int) -> None:
    document = json.loads(renewed()[2])
    etsi = document["signatures"][0]["header"]["etsiU"]
    names = [next(iter(json.loads(base64url_decode(one)))) for one in etsi]
    assert names == ["sigTst", "xVals", "rVals", "tstVD", "arcTst", "tstVD", "arcTst", "tstVD", "arcTst"]
    del etsi[index]
    assert trusted(json.dumps(document).encode(), on(2045)) == "indeterminate"


def test_chain_whose_links_are_exchanged_proves_nothing() -> None:
    document = json.loads(renewed()[2])
    etsi = document["signatures"][0]["header"]["etsiU"]
    etsi[6], etsi[8] = etsi[8], etsi[6]
    assert trusted(json.dumps(document).encode(), on(2045)) == "indeterminate"


def test_chain_with_a_stamp_of_an_unknown_authority_proves_nothing() -> None:
    unknown = type(ROOT)("Nobody's root", end=on(2090))
    forged = type(clock(on(2046)))(unknown, key=clock(on(2046)).key, end=on(2046)).at(on(2031))
    assert trusted(archived(renewed()[0], forged, ()), on(2045)) == "indeterminate"


def test_validation_data_of_another_seal_does_no_harm() -> None:
    document = json.loads(renewed()[2])
    header = document["signatures"][0]["header"]
    header["etsiU"].append(base64url_encode(b'{"xVals":[{"x509Cert":{"val":"MAA="}}]}'))
    assert trusted(json.dumps(document).encode(), on(2045)) == "passed"


def test_seal_apart_from_its_credential_is_told_to_be_so() -> None:
    report = check(jades.seal_detached({"award.json": payload().encode()}, KEY, at=START), at=on(2027))
    told = found(report, "format")
    assert (told.verdict, told.evidence["code"]) == (Verdict.INDETERMINATE, "unsupported.detached")
