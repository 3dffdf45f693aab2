"""Trusted lists in ``verify``: whichever way it is sealed, whose certificate it is and whether it was qualified then."""

from __future__ import annotations

import base64
import datetime as dt
import json
from functools import lru_cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from tessella.errors import ConfigError
from tessella.issuing.sealing import Issuer, seal
from tessella.keys import PrivateKey
from tessella.seals import jades, sd_jwt
from tessella.trust import TrustedLists
from tessella.verdicts import Report, Verdict
from tessella.verification import Policy
from tests.issuing.support import AT as AWARDED
from tests.issuing.support import award, course
from tests.trust import lists as make
from tests.trust.pki import DAY, Authority, TimestampAuthority, seal_certificate, usage
from tests.verification.support import badge, check, found, verdict

CA = Authority("Fjord Trust seals CA")
CLOCK = TimestampAuthority(CA)
UNION, NO = make.operator("Union"), make.operator("NO")
START = AWARDED - 20 * DAY
LATER = AWARDED + 3 * DAY


@lru_cache
def key(organization: str = "Fjordakademiet", identifier: str = "NTRNO-987654321") -> PrivateKey:
    """A key with a qualified certificate on a device, issued by the listed authority."""
    made = PrivateKey.generate("ES256")
    certificate = seal_certificate(
        CA, load_der_public_key(made.public_key.to_spki_der()), organization=organization, identifier=identifier,
        extensions=[usage(), make.qc()], start=START, end=START + 700 * DAY,
    )  # fmt: skip
    return made.with_certificates([certificate.public_bytes(Encoding.DER), CA.der])


@lru_cache
def edc(stamped: bool = False, signer: PrivateKey | None = None) -> bytes:
    issuer = Issuer(organisation=course().awarding_bodies[0], seal_signer=key())
    payload = json.loads(seal(award(), issuer, "edc", at=AWARDED))["payload"]
    stamp = CLOCK.at(AWARDED + dt.timedelta(seconds=3)) if stamped else None
    return jades.seal(payload, signer or key(), at=AWARDED, timestamp=stamp)


def token(signer: PrivateKey) -> bytes:
    """A VC-JWT that carries its certificates."""

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    issuer = {
        "id": "https://fjord.example",
        "type": ["Profile"],
        "name": "Fjordakademiet",
        "otherIdentifier": [],
    }
    chain = [base64.b64encode(der).decode() for der in signer.certificate_chain]
    header = {"alg": "ES256", "typ": "vc+jwt", "x5c": chain}
    text = f"{part(header)}.{part(badge(signer, issuer=issuer, validFrom='2026-01-01T00:00:00Z'))}"
    signature = base64.urlsafe_b64encode(signer.sign(text.encode())).rstrip(b"=").decode()
    return f"{text}.{signature}".encode()


def attestation(signer: PrivateKey) -> bytes:
    claims = {
        "vct": "urn:eu.europa.ec.eudi:learning:credential:1",
        "iss": "https://fjord.example",
        "iat": int(AWARDED.timestamp()),
        "issuing_authority": "Fjordakademiet",
    }
    return sd_jwt.issue(claims, signer).encode()


def lists(*services: str, **facts: Any) -> TrustedLists:
    dates = {"issued": AWARDED - DAY, "next_update": AWARDED + 90 * DAY, **facts}
    chosen = services or (make.service(CA.der), make.service(CLOCK.der, kind=make.QTST))
    documents = {
        "top": make.top({"NO": [NO.der]}, issued=dates["issued"], next_update=AWARDED + 90 * DAY),
        "no": NO.sign(make.listing("NO", make.provider(*chosen), **dates)),
    }
    return TrustedLists(documents, [UNION.der])


def judged(data: bytes, known: TrustedLists, **around: Any) -> Report:
    return check(data, at=around.pop("at", LATER), trusted_lists=known, **around)


def level(report: Report) -> tuple[str, str]:
    return verdict(report, "trust"), found(report, "trust").evidence["level"]


def elmo() -> bytes:
    issuer = Issuer(organisation=course().awarding_bodies[0], seal_signer=key())
    return seal(award(), issuer, "elmo", at=AWARDED)


def paper() -> bytes:
    """A sealed PDF without a credential in it."""
    issuer = Issuer(organisation=course().awarding_bodies[0], seal_signer=key())
    return seal(award(), issuer, "pdf", at=AWARDED)


MECHANISMS = ["JAdES", "JAdES with time stamp", "VC-JWT", "SD-JWT", "XML signature", "PAdES"]


@pytest.mark.parametrize("name", MECHANISMS)
def test_qualified_seal_is_told_whatever_the_mechanism(name: str) -> None:
    data = {
        "XML signature": elmo,
        "PAdES": paper,
        "JAdES": edc,
        "JAdES with time stamp": lambda: edc(stamped=True),
        "VC-JWT": lambda: token(key()),
        "SD-JWT": lambda: attestation(key()),
    }[name]()
    report = judged(data, lists())
    assert verdict(report, "seal") == "passed"
    assert level(report) == ("passed", "qualified-seal")
    told = found(report, "trust").evidence["qualified"]
    assert (told["verdict"], told["provider"], told["list"]["territory"]) == (
        "passed",
        "Fjord Trust AS",
        "NO",
    )
    assert found(report, "trust").evidence["facets"]["trust.qualified"] == "passed"
    assert found(report, "trust").meaning.startswith(
        "A provider on an EU trusted list checked this organisation"
    )


def test_certificate_of_another_organisation_does_not_pass_for_being_qualified() -> None:
    other = key("Another Academy", "NTRNO-111111111")
    report = judged(edc(signer=other), lists())
    assert level(report) == ("passed", "qualified-seal")
    assert (verdict(report, "binding"), report.verdict) == ("failed", Verdict.FAILED)


def test_which_time_counted_is_said() -> None:
    stated = found(judged(edc(), lists()), "trust").explanation
    proven = found(judged(edc(stamped=True), lists()), "trust").explanation
    assert f"On {AWARDED.date()} (by its own word) it was a qualified electronic seal." in stated
    assert f"On {AWARDED.date()} (as a time stamp shows) it was a qualified electronic seal." in proven


WITHDRAWN_SINCE = make.service(
    CA.der, status="withdrawn", since=AWARDED + DAY, history=[("granted", make.LONG_AGO)]
)


def test_qualified_time_stamp_saves_a_seal_from_before_the_withdrawal() -> None:
    known = lists(WITHDRAWN_SINCE, make.service(CLOCK.der, kind=make.QTST))
    assert level(judged(edc(stamped=True), known)) == ("passed", "qualified-seal")
    assert level(judged(edc(), known)) == ("indeterminate", "key-only")
    assert level(judged(edc(stamped=True), lists(WITHDRAWN_SINCE))) == ("indeterminate", "key-only")


def test_time_stamp_tells_what_the_lists_know_of_its_authority() -> None:
    one = found(judged(edc(stamped=True), lists()), "timestamp")
    assert one.evidence["timestamps"][0]["qualified"]["verdict"] == "passed"
    assert one.notes[0].startswith(
        f"The time stamp of {AWARDED.date()} is a qualified one. Provider: Fjord Trust AS"
    )
    unknown = found(judged(edc(stamped=True), lists(make.service(CA.der))), "timestamp")
    assert unknown.evidence["timestamps"][0]["qualified"]["verdict"] == "indeterminate"
    assert unknown.notes[0] == "Whether the time-stamping authority can be trusted was not established."


def test_expired_lists_leave_it_open_and_still_tell_what_they_said() -> None:
    report = judged(edc(), lists(next_update=LATER - DAY))
    assert (report.verdict, level(report)) == (Verdict.INDETERMINATE, ("indeterminate", "key-only"))
    told = found(report, "trust").evidence["qualified"]
    assert (told["verdict"], told["qualified"], told["list"]["expired"]) == ("indeterminate", True, True)
    assert "it said: On" in found(report, "trust").explanation


@pytest.mark.parametrize(
    ("least", "extensions", "expected"),
    [
        ("qualified-seal", ("ForeSeals",), "passed"),
        ("qualified-certificate", ("ForeSeals",), "passed"),
        ("qualified-certificate", ("ForeSignatures",), "failed"),
        ("advanced-seal", ("ForeSignatures",), "passed"),
        ("qualified-seal", (), "indeterminate"),
        ("qualified-seal", None, "indeterminate"),
    ],
)
def test_policy_may_ask_for_a_qualified_seal(
    least: str, extensions: tuple[str, ...] | None, expected: str
) -> None:
    policy = Policy.from_mapping({"name": "p", "required": ["trust"], "trust_level": least})
    if extensions is None:
        report = judged(
            edc(), lists(make.service(Authority("Elsewhere").der)), anchors=(CA.der,), policy=policy
        )
    else:
        known = lists(make.service(CA.der, extensions=[make.hint(one) for one in extensions]))
        report = judged(edc(), known, policy=policy)
    assert str(report.verdict) == expected
    assert ("This policy asks for more" in found(report, "trust").explanation) is (expected != "passed")


def test_policy_with_an_unknown_level_is_refused() -> None:
    with pytest.raises(ConfigError):
        Policy.from_mapping({"name": "p", "required": ["trust"], "trust_level": "best"})


def test_one_broken_list_is_named() -> None:
    broken = NO.sign(make.listing("NO", make.provider(make.service(CA.der)))).replace(b"Fjord", b"Bjord")
    known = TrustedLists({"top": make.top({"NO": [NO.der]}), "no": broken}, [UNION.der])
    report = judged(edc(), known)
    assert found(report, "trust").evidence["qualified"]["unused_lists"] == {"NO": "seal.trusted-list"}
    assert "these lists could not be used: NO." in found(report, "trust").explanation
