"""Who sealed it: the checks *binding*, *key-status*, *trust*, *registry* and *timestamp*."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from tessella.errors import AccessError
from tessella.issuing.sealing import Issuer, seal
from tessella.keys import KeyRing, PrivateKey, PublicKey, new_key_record, retire_key, revoke_key
from tessella.seals import jades, jose
from tessella.trust import Registry, RegistryEntry
from tessella.verdicts import Report, Verdict
from tessella.verification import DEFAULT, FULL, Policy
from tests.issuing.support import AT as AWARDED
from tests.issuing.support import award, course
from tests.trust.pki import Authority, TimestampAuthority, seal_certificate
from tests.verification.support import (
    AT,
    KEY,
    OTHER,
    SEALED,
    WEB,
    WEB_KEY,
    Network,
    badge,
    check,
    did_of,
    found,
    new_key,
    proved,
    ring,
    sealed,
    text,
    verdict,
    web_document,
)

DAY = dt.timedelta(days=1)
DID_JSON = "https://ribeira.example/.well-known/did.json"
BY_WEB = sealed(WEB_KEY)


# --- binding -----------------------------------------------------------------------------------------


def by(key: PrivateKey, issuer: Any) -> bytes:
    return text(proved(badge(key, issuer=issuer), key))


def profile(id: str) -> dict[str, Any]:
    return {"id": id, "type": ["Profile"], "name": "Ribeira Institute"}


BINDING: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "did:key of the issuer": ("passed", sealed(), {}),
    "issuer as a string": ("passed", by(KEY, did_of(KEY)), {}),
    "did:key of another issuer": ("failed", by(KEY, profile(did_of(OTHER))), {}),
    "did:key for a domain's DID": ("failed", by(KEY, profile(WEB)), {}),
    "did:key for an address": ("indeterminate", by(KEY, profile("https://ribeira.example/about")), {}),
    "did:key without an issuer": ("indeterminate", by(KEY, {"type": ["Profile"], "name": "R"}), {}),
    "did:web, document known": ("passed", BY_WEB, {"documents": {WEB: web_document()}}),
    "did:web, own key ring": ("passed", BY_WEB, {"key_rings": (ring(),)}),
    "did:web, fetched": ("passed", BY_WEB, {"fetcher": Network({DID_JSON: web_document()})}),
    "did:web of another issuer": (
        "failed",
        text(proved(badge(KEY), WEB_KEY)),
        {"documents": {WEB: web_document()}},
    ),
    "token by the issuer": ("passed", jose.sign_vc_jwt(badge(), KEY).encode(), {}),
}


@pytest.mark.parametrize("name", BINDING)
def test_binding(name: str) -> None:
    expected, data, around = BINDING[name]
    report = check(data, **around)
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("passed", expected)


def test_binding_of_what_no_seal_protects_is_open() -> None:
    report = check(text(badge()))
    assert verdict(report, "binding") == "indeterminate"
    assert found(report, "binding").explanation.startswith("There is no seal that holds")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (AccessError("The server is away.", code="access.network"), "indeterminate"),
        (web_document(publicKeyMultibase=KEY.public_key.to_multikey()), "failed"),
        (b"<html>not here</html>", "failed"),
        (web_document(id=f"{WEB}#key-2"), "failed"),
    ],
)
def test_did_web_that_does_not_answer_or_fit(page: bytes | AccessError, expected: str) -> None:
    report = check(BY_WEB, fetcher=Network({DID_JSON: page}))
    assert verdict(report, "seal") == expected
    assert str(report.verdict) == expected


def test_key_in_the_address_is_checked_with_its_document_when_it_can_be_had() -> None:
    address = "https://ribeira.example/issuer"
    key = KEY.with_verification_method(f"{address}#{KEY.public_key.to_multikey()}")
    data = by(key, profile(address))
    published = {
        "id": address,
        "verificationMethod": [
            {
                "id": key.verification_method,
                "type": "Multikey",
                "controller": address,
                "publicKeyMultibase": KEY.public_key.to_multikey(),
            }
        ],
        "assertionMethod": [key.verification_method],
    }
    assert verdict(check(data), "binding") == "indeterminate"
    assert verdict(check(data, fetcher=Network({address: text(published)})), "binding") == "passed"


def test_policy_without_fetching_asks_nobody() -> None:
    network = Network({DID_JSON: web_document()})
    silent = msgspec.structs.replace(DEFAULT, name="silent", fetch=False)
    assert verdict(check(BY_WEB, policy=silent, fetcher=network), "seal") == "indeterminate"
    assert network.asked == []


# --- key-status --------------------------------------------------------------------------------------


def retired(at: dt.datetime) -> tuple[KeyRing, ...]:
    return (KeyRing(controller=WEB, keys=(retire_key(ring().keys[0], at=at),)),)


def revoked(at: dt.datetime, compromised: dt.datetime | None = None) -> tuple[KeyRing, ...]:
    record = revoke_key(ring().keys[0], at=at, compromised_at=compromised)
    return (KeyRing(controller=WEB, keys=(record,)),)


@pytest.mark.parametrize(
    ("rings", "expected"),
    [
        ((ring(),), "passed"),
        (retired(SEALED + DAY), "passed"),
        (retired(SEALED - DAY), "failed"),
        (revoked(SEALED + DAY), "indeterminate"),
        (revoked(SEALED - DAY), "failed"),
        (revoked(AT, SEALED + DAY), "failed"),
    ],
)
def test_key_status_by_own_records(rings: tuple[KeyRing, ...], expected: str) -> None:
    report = check(BY_WEB, key_rings=rings)
    assert (verdict(report, "seal"), verdict(report, "key-status")) == ("passed", expected)


def test_key_status_by_the_published_document() -> None:
    gone = web_document(revoked="2026-08-01T00:00:00Z")
    assert verdict(check(BY_WEB, documents={WEB: gone}), "key-status") == "failed"
    over = web_document(expires="2026-06-01T00:00:00Z")
    assert verdict(check(BY_WEB, documents={WEB: over}), "key-status") == "failed"
    assert verdict(check(sealed()), "key-status") == "not_applicable"


def test_own_compromised_key_is_recognised_by_itself_under_another_name() -> None:
    record = new_key_record(KEY, id="k", name="badges", created=SEALED)
    compromised = revoke_key(record, at=AT, compromised_at=SEALED - DAY)
    rings = (KeyRing(controller=WEB, keys=(compromised,)),)
    alone = KEY.with_verification_method(f"https://ribeira.example/x#{KEY.public_key.to_multikey()}")
    for data in (sealed(), by(alone, profile("https://ribeira.example/x"))):
        assert verdict(check(data, key_rings=rings), "key-status") == "failed"
    assert verdict(check(sealed(OTHER), key_rings=rings), "key-status") == "not_applicable"


# --- certificates: binding, trust, timestamp ---------------------------------------------------------


@lru_cache(maxsize=1)
def authority() -> Authority:
    return Authority("Fjord root")


@lru_cache(maxsize=4)
def edc(organization: str = "", identifier: str = "", stamped: bool = False, days: int = 730) -> bytes:
    """A European Digital Credential sealed with a certificate of the authority; by default its issuer's."""
    key = PrivateKey.generate("ES256")
    start = AWARDED - DAY

    def certified(name: str, number: str) -> PrivateKey:
        certificate = seal_certificate(
            authority(),
            load_der_public_key(key.public_key.to_spki_der()),
            organization=name,
            identifier=number,
            start=start,
            end=start + days * DAY,
        )
        return key.with_certificates([certificate.public_bytes(Encoding.DER), authority().der])

    honest = certified("Fjordakademiet", "NTRNO-987654321")
    issuer = Issuer(organisation=course().awarding_bodies[0], seal_signer=honest)
    payload = json.loads(seal(award(), issuer, "edc", at=AWARDED))["payload"]
    signer = certified(organization, identifier) if organization else honest
    stamp = TimestampAuthority(authority()).at(AWARDED + dt.timedelta(seconds=3)) if stamped else None
    return jades.seal(payload, signer, at=AWARDED, timestamp=stamp)


def of_edc(data: bytes, *, at: dt.datetime = AWARDED + DAY, **around: Any) -> Report:
    return check(data, at=at, **around)


def test_edc_with_a_known_authority_passes() -> None:
    report = of_edc(edc(), anchors=(authority().der,))
    assert report.verdict is Verdict.PASSED
    assert found(report, "trust").evidence["level"] == "advanced-seal"
    assert verdict(report, "timestamp") == "not_applicable"


def test_seal_that_keeps_to_no_baseline_profile_says_why() -> None:
    noted = found(of_edc(edc()), "seal").notes  # the profile of Europass, after 15 July 2025
    assert noted == (
        "The seal keeps to no baseline profile of JAdES: Since 15 July 2025 the time of signing is stated as “iat”.",
    )
    payload = json.loads(edc())["payload"]
    key = PrivateKey.generate("ES256")
    der = authority().der
    certificate = seal_certificate(
        authority(), load_der_public_key(key.public_key.to_spki_der()), organization="Fjordakademiet",
        identifier="NTRNO-987654321", start=AWARDED - DAY, end=AWARDED + 700 * DAY,
    )  # fmt: skip
    signer = key.with_certificates([certificate.public_bytes(Encoding.DER), der])
    etsi = jades.seal(payload, signer, at=AWARDED, profile="etsi")
    assert found(of_edc(etsi), "seal").notes == ()


def test_algorithm_of_an_edc_outside_the_policy_fails() -> None:
    rsa_only = Policy(name="rsa", required=("seal",), algorithms=("RS256",))
    report = of_edc(edc(), policy=rsa_only)
    assert found(report, "seal").evidence["codes"] == ["seal.algorithm-policy"]


def test_edc_without_anchors_leaves_trust_open_and_says_what_to_do() -> None:
    report = of_edc(edc())
    assert (str(report.verdict), verdict(report, "trust")) == ("indeterminate", "indeterminate")
    assert (
        "Give the EU trusted lists, or the certificates of the authorities that you trust."
        in found(report, "trust").explanation
    )


def test_edc_of_another_authority_leaves_trust_open() -> None:
    report = of_edc(edc(), anchors=(Authority("Another root").der,))
    assert verdict(report, "trust") == "indeterminate"


@pytest.mark.parametrize(
    ("organization", "identifier", "expected"),
    [
        ("Fjordakademiet", "NTRNO-111111111", "failed"),
        ("Another Academy", "NTRNO-987654321", "passed"),
    ],
)
def test_certificate_of_somebody_else(organization: str, identifier: str, expected: str) -> None:
    report = of_edc(edc(organization, identifier), anchors=(authority().der,))
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("passed", expected)


def test_expired_certificate_needs_a_trusted_time_stamp() -> None:
    late = AWARDED + 100 * DAY
    plain = of_edc(edc(days=30), at=late, anchors=(authority().der,))
    assert verdict(plain, "trust") == "indeterminate"
    stamped = of_edc(edc(stamped=True, days=30), at=late, anchors=(authority().der,))
    assert (verdict(stamped, "trust"), verdict(stamped, "timestamp")) == ("passed", "passed")
    nobody = of_edc(edc(stamped=True, days=30), at=late)
    assert (verdict(nobody, "trust"), verdict(nobody, "timestamp")) == ("indeterminate", "passed")
    assert found(nobody, "timestamp").notes == (
        "Whether the time-stamping authority can be trusted was not established.",
    )


def test_trusted_time_stamp_saves_a_seal_from_before_the_compromise() -> None:
    data = edc(stamped=True)
    certificate = jades.verify(data).signatures[0].certificate_chain[0]
    record = new_key_record(KEY, id="seal", name="seal", created=AWARDED - DAY)
    record = msgspec.structs.replace(
        record,
        algorithm="ES256",
        public_key_multibase=PublicKey.from_certificate_der(certificate).to_multikey(),
    )
    compromised = revoke_key(record, at=AWARDED + 10 * DAY, compromised_at=AWARDED + DAY)
    rings = (KeyRing(controller="did:web:x.example", keys=(compromised,)),)
    later = AWARDED + 20 * DAY
    assert verdict(of_edc(data, at=later, key_rings=rings), "key-status") == "failed"
    anchored = of_edc(data, at=later, key_rings=rings, anchors=(authority().der,))
    assert verdict(anchored, "key-status") == "passed"


def test_spoiled_time_stamp_fails_its_check_alone() -> None:
    sealed_file = json.loads(edc(stamped=True))
    other = json.loads(
        jades.seal("{}", _signer(), at=AWARDED, timestamp=TimestampAuthority(authority()).at(AWARDED))
    )
    sealed_file["signatures"][0]["header"] = other["signatures"][0]["header"]
    report = of_edc(text(sealed_file))
    assert (verdict(report, "seal"), verdict(report, "timestamp")) == ("passed", "failed")
    assert not found(report, "timestamp").required


def test_edc_that_says_it_was_issued_after_it_was_sealed_fails() -> None:
    signer = _signer()
    payload = json.loads(edc())["payload"]
    early = jades.seal(payload, signer, at=AWARDED - dt.timedelta(hours=1))
    report = of_edc(early)
    assert (verdict(report, "seal"), verdict(report, "validity")) == ("passed", "failed")
    assert "after it was sealed" in found(report, "validity").explanation


def _signer() -> PrivateKey:
    key = PrivateKey.generate("ES256")
    public = load_der_public_key(key.public_key.to_spki_der())
    return key.with_certificates([seal_certificate(authority(), public).public_bytes(Encoding.DER)])


# --- trust and registers of badges -------------------------------------------------------------------


def register(*ids: str) -> Registry:
    entries = {id: RegistryEntry(name="Instituto Ribeira") for id in ids}
    return Registry(name="Invented register", entries=entries)


def test_trust_in_a_key_names_its_level() -> None:
    by_domain = check(BY_WEB, documents={WEB: web_document()})
    assert (verdict(by_domain, "trust"), found(by_domain, "trust").evidence) == (
        "passed",
        {"level": "domain-key"},
    )
    alone = check(sealed())
    assert (verdict(alone, "trust"), found(alone, "trust").evidence) == (
        "indeterminate",
        {"level": "key-only"},
    )


def test_register_names_the_issuer() -> None:
    report = check(sealed(), registries=(register(did_of(KEY)),))
    assert (verdict(report, "registry"), verdict(report, "trust")) == ("passed", "passed")
    assert found(report, "registry").evidence["matches"] == [
        {"register": "Invented register", "name": "Instituto Ribeira"}
    ]


def test_not_being_in_a_register_is_no_fault() -> None:
    report = check(sealed(), registries=(register(did_of(OTHER)),))
    assert verdict(report, "registry") == "indeterminate"
    assert report.verdict is Verdict.PASSED


def test_register_is_not_asked_about_an_issuer_that_is_only_claimed() -> None:
    claimed = by(KEY, profile("https://ribeira.example/about"))
    report = check(claimed, registries=(register("https://ribeira.example/about"),))
    assert verdict(report, "registry") == "indeterminate"
    assert found(report, "registry").explanation.startswith("It is not established who sealed")


def test_register_finds_an_edc_issuer_by_its_legal_identifier() -> None:
    report = of_edc(edc(), anchors=(authority().der,), registries=(register("NTRNO-987654321"),))
    assert verdict(report, "registry") == "passed"


def test_full_policy_passes_a_badge_whose_issuer_a_register_knows() -> None:
    key = new_key()
    issuer = Issuer(organisation=course().awarding_bodies[0], badge_signer=key)
    data = seal(award(), issuer, "openbadge", at=AWARDED)
    report = check(data, at=AWARDED + DAY, policy=FULL, registries=(register(did_of(key)),))
    left = {
        one.id: one.explanation
        for one in report.checks
        if one.required and str(one.verdict) not in ("passed", "not_applicable")
    }
    assert left == {}
