"""The rules of the profiles, each broken by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tessella.errors import SchemaError
from tessella.formats.attestation import EUDI, PROFILES, RULEBOOK, Profile, validate
from tessella.verdicts import Severity
from tests.formats.attestation.sample import written

TODAY = dt.date(2026, 7, 1)

EXAMPLE: dict[str, Any] = {
    "iss": "https://issuer.example-university.edu",
    "iat": 1781740800,
    "nbf": 1781740800,
    "exp": 1970361600,
    "jti": "urn:uuid:9a3f6b2e-1c44-4b8a-9e21-6f0a2d7c5b31",
    "vct": "VerifiableMicroCredential",
    "attestation_legal_category": "non-qualified-EAA",
    "identifier": "MC-2026-0007421",
    "title": "Data ethics, applied",
    "givenName": "Elena",
    "familyName": "Kowalska",
    "issuerCountry": "SE",
    "awardingBody": "Lake University",
    "awardingBodyHomepage": "https://lake.example",
    "issuanceDate": "2026-06-15",
    "level": "EQF-6",
    "learningOutcomes": ["Applies ethical frameworks", "Evaluates bias"],
    "fieldOfEducation": "0613",
    "escoReference": ["http://data.europa.eu/esco/skill/abc12345"],
    "notionalWorkload": {"value": 3, "unit": "ECTS"},
    "typeOfAssessment": "written-examination",
    "formOfParticipation": "online",
    "grade": "Pass",
    "gradingScheme": "Pass/Fail",
    "qualityAssurance": "institutional-accreditation",
    "accreditation": {
        "title": "Institutional accreditation 2024",
        "type": "institutional-accreditation",
        "accreditingAgent": "Higher Education Authority",
        "decision": "approved",
        "decisionDate": "2024-01-15",
        "reviewDate": "2029-01-15",
    },
    "stackable": True,
    "partOfQualification": "BSc Data Science",
}
"""The shape of the rulebook's own example (§3.2.4)."""


def broken(claims: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    return [(one.rule, one.place.removeprefix("$.")) for one in validate(claims, on=TODAY, **options)]


def test_example_of_the_rulebook_conforms() -> None:
    assert broken(EXAMPLE) == []


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_what_is_written_here_conforms(profile: Profile) -> None:
    made = written(profile=profile, matching=True)
    assert broken(made.claims, disclosable=made.disclosable) == []


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_each_mandatory_claim_is_missed(profile: Profile) -> None:
    claims = written(profile=profile).claims
    for rule in profile.rules:
        if rule.mandatory:
            rest = {name: value for name, value in claims.items() if name != rule.claim}
            assert broken(rest)[0] == ("MC-IR-01", rule.claim)


def test_number_of_mandatory_claims_is_that_of_the_sources() -> None:
    assert [sum(rule.mandatory for rule in profile.rules) for profile in (EUDI, RULEBOOK)] == [10, 12]


def test_presentation_misses_only_what_cannot_be_withheld() -> None:
    assert (
        broken(
            {"vct": RULEBOOK.vct, "exp": 1, "attestation_legal_category": "non-qualified-EAA"}, presented=True
        )
        == []
    )
    assert broken({"vct": EUDI.vct, "exp": 1}, presented=True) == [
        ("MC-IR-01", rule.claim) for rule in EUDI.rules if rule.mandatory and not rule.withheld
    ]
    assert broken({**EXAMPLE, "learningOutcomes": []}, presented=True) == []
    assert broken({**EXAMPLE, "learningOutcomes": []}) == [("kind", "learningOutcomes")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dateOfBirth": "2027-01-01"}, ("MC-IR-02", "dateOfBirth")),
        ({"issuanceDate": "2026-07-02"}, ("MC-IR-03", "issuanceDate")),
        ({"typeOfAssessment": "attendance"}, ("MC-IR-04", "grade")),
        ({"gradingScheme": ...}, ("MC-IR-04", "grade")),
        ({"escoReference": ["https://skills.example/1"]}, ("MC-IR-05", "escoReference")),
        ({"notionalWorkload": {"value": 0, "unit": "ECTS"}}, ("MC-IR-06", "notionalWorkload")),
        ({"notionalWorkload": {"value": -3, "unit": "hours"}}, ("MC-IR-06", "notionalWorkload")),
        ({"notionalWorkload": {"value": 3, "unit": "days"}}, ("MC-IR-06", "notionalWorkload")),
        ({"partOfQualification": ...}, ("MC-IR-07", "stackable")),
        ({"accreditation": {"type": "programme-accreditation"}}, ("MC-IR-08", "accreditation")),
        ({"attestation_legal_category": "QEAA"}, ("constant", "attestation_legal_category")),
        ({"exp": ...}, ("expiry", "exp")),
        ({"title": ""}, ("kind", "title")),
        ({"learningOutcomes": "one"}, ("kind", "learningOutcomes")),
        ({"issuerCountry": "Sweden"}, ("kind", "issuerCountry")),
        ({"stackable": "yes"}, ("kind", "stackable")),
        ({"notionalWorkload": 3}, ("kind", "notionalWorkload")),
    ],
)
def test_each_rule_is_found_by_itself(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    claims = {name: value for name, value in (EXAMPLE | changes).items() if value is not ...}
    assert broken(claims) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"date_of_issuance": "2026-07-02"}, ("MC-IR-03", "date_of_issuance")),
        ({"date_of_expiry": "2026-05-31"}, ("MC-IR-03", "date_of_expiry")),
        ({"level_of_learning_experience": 0}, ("kind", "level_of_learning_experience")),
        ({"level_of_learning_experience": 9}, ("kind", "level_of_learning_experience")),
        ({"types_of_quality_assurance": []}, ("kind", "types_of_quality_assurance")),
    ],
)
def test_rules_hold_for_the_same_claims_of_the_other_profile(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert broken(written().claims | changes) == [expected]


def test_claims_that_must_be_open_or_withheld_are_told_apart() -> None:
    made = written()
    paths = [path for path in made.disclosable if path != ("family_name",)] + [("achievement_title",)]
    assert sorted(broken(made.claims, disclosable=paths)) == [
        ("MC-IR-09", "achievement_title"),
        ("MC-IR-09", "family_name"),
    ]


def test_recommendations_are_warnings() -> None:
    claims = {
        name: value
        for name, value in EXAMPLE.items()
        if name not in ("gradingScheme", "partOfQualification", "exp")
    }
    assert {one.severity for one in validate(claims)} == {Severity.WARNING}


def test_findings_name_element_clause_and_remedy() -> None:
    claims = {name: value for name, value in EXAMPLE.items() if name != "learningOutcomes"}
    [finding] = validate(claims)
    assert (finding.element, finding.clause, finding.remedy) == (
        "Learning outcomes",
        "WE BUILD rulebook for micro-credentials 0.2",
        "Give the learning outcomes.",
    )


def test_nothing_is_said_of_the_future_without_a_day() -> None:
    assert validate({**EXAMPLE, "issuanceDate": "2999-01-01"}) == []


def test_other_types_are_refused() -> None:
    with pytest.raises(SchemaError):
        validate({"vct": "urn:eudi:pid:1"})
