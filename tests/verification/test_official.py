"""The official samples give the outcome that their publishers state."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tessella.verdicts import Report, Verdict
from tessella.verification import Surroundings, read_credential, verify
from tests.support import shared, shared_json

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
EDC = ("Sample-MC-Annex1-signed.jsonld", "Sample-CertOfPart-signed.jsonld")

PROBES = {
    "JsonSchemaProbe": "format",
    "TypePropertyProbe": "format",
    "EmbeddedProofProbe": "seal",
    "ExpirationProbe": "validity",
}
"""Probe of the 1EdTech validator → the check that finds the same."""

BADGES = {
    # file: (verdict of the report, checks that are not passed or not applicable, why it is not simply "valid")
    "simple.json": ("indeterminate", {"binding"}, "the key stands in the address itself"),
    "simple-json.png": ("indeterminate", {"binding"}, "the key stands in the address itself"),
    "simple-jwt.svg": ("indeterminate", {"binding"}, "the key came in the header"),
    "simple-did-key-method.json": (
        "indeterminate",
        {"binding"},
        "the issuer is a urn:uuid, the key a did:key",
    ),
    "endorsement-valid.json": ("indeterminate", {"binding"}, "the key stands in the address itself"),
    "simple_v1.json": ("indeterminate", {"binding"}, "the key stands in the address itself"),
    "complete.json": (
        "indeterminate",
        {"binding", "status"},
        "its own schema and its status need the network",
    ),
    "simple-err-expired.json": ("failed", {"binding", "validity"}, ""),
    "simple-err-issuer.json": ("failed", {"format", "binding"}, ""),
    "simple-err-type.json": (
        "failed",
        {"format", "seal", "binding", "key-status"},
        "the type is no defined term either",
    ),
    "simple-err-proof-value.json": ("failed", {"seal", "binding", "key-status"}, ""),
    "simple-noproof.json": ("failed", {"format", "seal", "binding", "key-status"}, "no seal, no achievement"),
    "simple.jwt": (
        "failed",
        {"format", "seal", "binding", "key-status"},
        "no key in the header, no achievement",
    ),
}


def verified(path: str) -> Report:
    data = shared(path).read_bytes()
    return verify(data, name=path, surroundings=Surroundings(at=NOW))


def open_checks(report: Report) -> set[str]:
    good = (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    return {check.id for check in report.checks if check.required and check.verdict not in good}


@pytest.mark.parametrize("name", EDC)
def test_official_edc_is_intact_and_stamped_and_its_trust_open(name: str) -> None:
    report = verified(f"edc/official-samples/{name}")
    verdicts = {check.id: str(check.verdict) for check in report.checks}
    assert report.format == "edc"
    assert report.verdict is Verdict.INDETERMINATE
    assert open_checks(report) == {"trust"}
    assert (verdicts["seal"], verdicts["timestamp"], verdicts["binding"]) == ("passed", "passed", "passed")
    trust = report.check("trust")
    assert trust is not None and "test certificate" in trust.explanation


def test_official_annex_1_sample_misses_its_quality_assurance() -> None:
    report = verified(f"edc/official-samples/{EDC[0]}")
    completeness, audit = report.check("completeness"), report.check("audit")
    assert completeness is not None and completeness.verdict is Verdict.FAILED
    assert "quality assurance" in completeness.explanation
    assert audit is not None and any("P60M" in note for note in audit.notes)


@pytest.mark.parametrize(
    "name", ["Sample-MC-Annex1-unsigned.jsonld", "Sample-MC-Annex1-unsigned-uploadable.json"]
)
def test_official_unsealed_edc_fails_for_want_of_a_seal(name: str) -> None:
    report = verified(f"edc/official-samples/{name}")
    seal = report.check("seal")
    assert report.verdict is Verdict.FAILED
    assert seal is not None and seal.evidence["codes"] == ["seal.none"]


@pytest.mark.parametrize("name", EDC)
@pytest.mark.parametrize("change", ["letter", "truncated", "signature"])
def test_spoiled_official_edc_fails(name: str, change: str) -> None:
    data = shared(f"edc/official-samples/{name}").read_bytes()
    spoiled = {
        "letter": data.replace(b"credential", b"kredential", 1),
        "truncated": data[: len(data) // 2],
        "signature": data[:-60].replace(b'"signature":"', b'"signature":"A', 1) + data[-60:],
    }[change]
    assert spoiled != data
    assert verify(spoiled, surroundings=Surroundings(at=NOW)).verdict is Verdict.FAILED


@pytest.mark.parametrize("name", BADGES)
def test_official_badge_gives_the_expected_outcome(name: str) -> None:
    report = verified(f"vc/1edtech/ob30/{name}")
    expected, open_ones, _ = BADGES[name]
    assert (str(report.verdict), open_checks(report)) == (expected, open_ones)
    for case in expected_cases(name):
        failed = {check.id for check in report.checks if check.required and check.verdict is Verdict.FAILED}
        if case["outcome"] in ("valid", "warning"):
            assert failed == set()
        elif case["outcome"] == "invalid":
            assert {PROBES[probe] for probe in case["probe"]} <= failed


def expected_cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = shared_json("vc/1edtech/EXPECTED.json").get(f"ob30/{name}", [])
    return cases


def test_every_official_badge_has_its_expectation() -> None:
    folder = shared("vc/1edtech/ob30")
    assert {path.name for path in folder.iterdir()} <= set(BADGES)


@pytest.mark.parametrize("name", ["simple.json", "simple-jwt.svg"])
def test_spoiled_official_badge_fails(name: str) -> None:
    data = shared(f"vc/1edtech/ob30/{name}").read_bytes()
    spoiled = (
        data.replace(b"Teamwork", b"Homework") if name.endswith("json") else data.replace(b"eyJ", b"eyK", 2)
    )
    assert verify(spoiled, surroundings=Surroundings(at=NOW)).verdict is Verdict.FAILED


def test_official_samples_are_read_into_the_record() -> None:
    opened = read_credential(shared(f"edc/official-samples/{EDC[0]}").read_bytes(), "sample")
    assert (opened.name, opened.format, opened.sealed) == ("sample", "edc", "jades")
    assert opened.award is not None
    assert opened.award.micro_credential.title["en"] == "Digital micro-credential creation"
