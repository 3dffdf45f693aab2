"""What is written: the claims of each profile, what may be withheld, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tessella.errors import SchemaError
from tessella.formats.attestation import EUDI, RULEBOOK, write
from tessella.model import (
    AwardStatus,
    Credits,
    Learner,
    Levels,
    Organisation,
    Participation,
    Prerequisites,
    QualityAssurance,
    QualitySide,
    Workload,
)
from tessella.vocabulary import Concept, code_list
from tests.formats.attestation.sample import (
    ACADEMY,
    AWARD,
    EXPIRES_AT,
    ISSUED_AT,
    MICRO,
    listed,
    with_learner,
    with_micro,
    written,
)

ENVELOPE = {"vct", "jti", "iss", "iat", "nbf", "exp", "sub"}


def test_default_profile_is_that_of_the_reference_issuers() -> None:
    claims = written().claims
    assert claims["vct"] == "urn:eu.europa.ec.eudi:learning:credential:1"
    assert {name: value for name, value in claims.items() if name not in ENVELOPE} == {
        "issuing_authority": "Fjord Academy",
        "issuing_country": "NO",
        "date_of_issuance": "2026-06-01",
        "date_of_expiry": "2036-06-01",
        "family_name": "Håkonsdatter",
        "given_name": "Ingrid",
        "learner_identification": "S-4711",
        "achievement_title": "Seaweed farming",
        "achievement_description": "From line to harvest.",
        "learning_outcomes": ["Lays out lines", "Judges water quality"],
        "assessment_grade": "B",
        "language_of_classes": ["nb", "en"],
        "expected_study_time": "67.5 hours, 2.5 ECTS",
        "level_of_learning_experience": 4,
        "form_of_participation": "Online",
        "types_of_quality_assurance": ["Institutional Quality Assurance"],
        "prerequisites_to_enroll": ["Can swim"],
        "evaluator_verification": [
            "Identity proofing: Supervised with ID Verification",
            "Evaluator: Exam Office",
        ],
        "integration_stackability_options": True,
    }


def test_envelope_says_who_sealed_what_and_when() -> None:
    claims = written().claims
    assert {name: claims[name] for name in sorted(ENVELOPE)} == {
        "exp": int(EXPIRES_AT.timestamp()),
        "iat": int(ISSUED_AT.timestamp()),
        "iss": "https://fjord.example/issuer",
        "jti": "urn:uuid:0f2f6b0e-6a3c-4d53-9d0e-93b6c8f2a111",
        "nbf": int(ISSUED_AT.timestamp()),
        "sub": "did:example:ingrid",
        "vct": EUDI.vct,
    }


def test_rulebook_has_its_twelve_claims_and_its_legal_category() -> None:
    claims = written(profile=RULEBOOK).claims
    mandatory = [rule.claim for rule in RULEBOOK.rules if rule.mandatory]
    assert mandatory == [
        "identifier",
        "title",
        "givenName",
        "familyName",
        "issuerCountry",
        "awardingBody",
        "issuanceDate",
        "learningOutcomes",
        "notionalWorkload",
        "typeOfAssessment",
        "formOfParticipation",
        "qualityAssurance",
    ]
    assert {name: claims[name] for name in mandatory} == {
        "identifier": "2026-000042",
        "title": "Seaweed farming",
        "givenName": "Ingrid",
        "familyName": "Håkonsdatter",
        "issuerCountry": "NO",
        "awardingBody": "Fjord Academy",
        "issuanceDate": "2026-06-03",
        "learningOutcomes": ["Lays out lines", "Judges water quality"],
        "notionalWorkload": {"value": 2.5, "unit": "ECTS"},
        "typeOfAssessment": "written-examination",
        "formOfParticipation": "online",
        "qualityAssurance": "institutional-accreditation",
    }
    assert (claims["vct"], claims["attestation_legal_category"]) == (
        "VerifiableMicroCredential",
        "non-qualified-EAA",
    )


def test_eudi_never_lets_the_holder_withhold_what_the_type_says_must_be_open() -> None:
    made = written()
    assert {path[0] for path in made.disclosable} == {
        "family_name",
        "given_name",
        "learner_identification",
        "learning_outcomes",
        "assessment_grade",
        "expected_study_time",
        "level_of_learning_experience",
        "form_of_participation",
        "types_of_quality_assurance",
        "prerequisites_to_enroll",
        "evaluator_verification",
        "integration_stackability_options",
        "sub",
    }
    assert {len(path) for path in made.disclosable} == {1}  # the type forbids it for elements


def test_rulebook_lets_the_holder_withhold_everything_and_each_outcome() -> None:
    made = written(profile=RULEBOOK)
    open_claims = set(made.claims) - {path[0] for path in made.disclosable}
    assert open_claims == (ENVELOPE - {"sub"}) | {"attestation_legal_category"}
    assert ("learningOutcomes", None) in made.disclosable


def test_number_of_digests_does_not_depend_on_what_the_award_has() -> None:
    poor = with_micro(prerequisites=None, stackability=None)
    poor = msgspec.structs.replace(poor, results=(), learner=msgspec.structs.replace(AWARD.learner, id=""))
    for profile in (EUDI, RULEBOOK):
        totals = set()
        for award in (AWARD, poor):
            made = written(award, profile=profile)
            totals.add(sum(len(path) == 1 for path in made.disclosable) + made.decoys.get((), 0))
        assert len(totals) == 1


def test_personal_claims_for_matching_only_when_asked_for() -> None:
    personal = {"dateOfBirth", "nationalID", "mail"}
    assert not personal & written(profile=RULEBOOK).claims.keys()
    made = written(profile=RULEBOOK, matching=True)
    assert personal <= made.claims.keys()
    assert {(name,) for name in personal} <= set(made.disclosable)
    assert "S-4711" not in str(made.claims)


def test_own_type_names_the_profile_beside_it() -> None:
    claims = written(vct="https://fjord.example/vct/mc/1", vct_integrity="sha256-AAAA").claims
    assert (claims["vct"], claims["aka_vcts"], claims["vct#integrity"]) == (
        "https://fjord.example/vct/mc/1",
        [EUDI.vct],
        "sha256-AAAA",
    )


def test_status_has_the_shapes_of_ietf_and_etsi() -> None:
    entry = AwardStatus(type="TokenStatusList", purpose="revocation", list_url="https://s.example/1", index=7)
    other = AwardStatus(
        type="BitstringStatusListEntry", purpose="revocation", list_url="https://s.example/2", index=9
    )
    award = msgspec.structs.replace(AWARD, status=(other, entry))
    assert written(award).claims["status"] == {
        "status_list": {"idx": 7, "uri": "https://s.example/1"},
        "type": "TokenStatusList",
        "purpose": "revocation",
        "index": 7,
        "uri": "https://s.example/1",
    }
    given = {"status_list": {"idx": 1, "uri": "https://s.example/3"}}
    assert written(award, status=given).claims["status"] == given
    assert "status" not in written().claims


def test_copy_expires_with_the_award_unless_told_otherwise() -> None:
    until = AWARD.valid_until
    assert until is not None
    assert written(expires_at=None).claims["exp"] == int(until.timestamp())
    assert "exp" not in written(msgspec.structs.replace(AWARD, valid_until=None), expires_at=None).claims


def test_texts_are_in_the_records_language() -> None:
    claims = written(with_micro(language="nb")).claims
    assert (claims["achievement_title"], claims["issuing_authority"]) == ("Tangdyrking", "Fjordakademiet")


def test_all_required_outcomes_count_when_none_is_named() -> None:
    claims = written(msgspec.structs.replace(AWARD, achieved=())).claims
    assert claims["learning_outcomes"] == ["Lays out lines", "Judges water quality"]


@pytest.mark.parametrize(
    ("learner", "family", "given"),
    [
        (Learner(full_name="Ingrid Håkonsdatter"), "Ingrid Håkonsdatter", None),
        (Learner(given_name="Suharto"), "Suharto", None),
        (Learner(family_name="Suharto"), "Suharto", None),
        (Learner(full_name="I. H.", family_name="H.", given_name="I."), "H.", "I."),
    ],
)
def test_names_of_every_shape_are_carried(learner: Learner, family: str, given: str | None) -> None:
    claims = written(msgspec.structs.replace(AWARD, learner=learner), allow_incomplete=True).claims
    assert (claims["family_name"], claims.get("given_name")) == (family, given)


@pytest.mark.parametrize(
    ("changes", "identification"),
    [
        ({}, "S-4711"),
        ({"identifiers": ()}, "did:example:ingrid"),
        ({"identifiers": (), "id": ""}, "ingrid@post.example"),
        ({"identifiers": (), "id": "", "email": ""}, "31129912345"),
    ],
)
def test_learner_is_identified_by_the_providers_number_first(
    changes: dict[str, Any], identification: str
) -> None:
    assert written(with_learner(**changes)).claims["learner_identification"] == identification


@pytest.mark.parametrize(
    ("workload", "text", "rulebook"),
    [
        (Workload(hours=Decimal(60)), "60 hours", {"value": 60, "unit": "hours"}),
        (
            Workload(credits=(Credits(points=Decimal(2), system=listed("credit-system", "ecvet")),)),
            "2 ECVET",
            None,
        ),
        (Workload(stated=("PT60H",)), "PT60H", None),
        (
            Workload(
                credits=(Credits(points=Decimal(3), system=Concept(uri="urn:x", labels={"en": "credits"})),)
            ),
            "3 credits",
            None,
        ),
        (Workload(credits=(Credits(points=Decimal(3)),)), None, None),
        (Workload(hours=Decimal("1E+2")), "100 hours", {"value": 100, "unit": "hours"}),
    ],
)
def test_workload_is_written_in_words_and_numbers(
    workload: Workload, text: str | None, rulebook: Any
) -> None:
    award = with_micro(workload=workload)
    assert written(award, allow_incomplete=True).claims.get("expected_study_time") == text
    assert written(award, profile=RULEBOOK, allow_incomplete=True).claims.get("notionalWorkload") == rulebook


def test_quality_says_its_side_where_it_is_internal() -> None:
    kinds = (
        QualityAssurance(side=QualitySide.INTERNAL, title={"en": "Peer review"}),
        QualityAssurance(side=QualitySide.INTERNAL),
        QualityAssurance(side=QualitySide.EXTERNAL),
    )
    assert written(with_micro(quality=kinds)).claims["types_of_quality_assurance"] == [
        "Internal quality assurance: Peer review",
        "Internal quality assurance",
        "External quality assurance",
    ]
    assert (
        written(with_micro(quality=kinds[1:]), profile=RULEBOOK).claims["qualityAssurance"]
        == "internal-quality-assurance"
    )


def test_openly_no_prerequisites_are_said() -> None:
    award = with_micro(prerequisites=Prerequisites(none_needed=True))
    assert written(award).claims["prerequisites_to_enroll"] == ["None"]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"title": {}}, "achievement_title"),
        ({"participation": Participation()}, "language_of_classes"),
        ({"workload": None}, "expected_study_time"),
        ({"levels": Levels()}, "level_of_learning_experience"),
        ({"quality": ()}, "types_of_quality_assurance"),
    ],
)
def test_missing_claims_are_named_with_the_remedy(changes: dict[str, Any], missing: str) -> None:
    award = with_micro(**changes)
    with pytest.raises(SchemaError) as caught:
        written(award)
    assert (caught.value.code, missing in caught.value.message, bool(caught.value.hint)) == (
        "attestation.incomplete",
        True,
        True,
    )
    assert missing not in written(award, allow_incomplete=True).claims


def test_all_that_is_missing_is_named_at_once() -> None:
    bare = msgspec.structs.replace(
        AWARD, learner=Learner(), micro_credential=msgspec.structs.replace(MICRO, title={})
    )
    with pytest.raises(SchemaError) as caught:
        written(bare, profile=RULEBOOK)
    assert caught.value.message == "The attestation would lack title, givenName, familyName."


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(SchemaError) as caught:
        written(issued_at=dt.datetime(2026, 1, 1))
    assert caught.value.code == "attestation.no-time-zone"


def test_country_comes_from_the_issuer_where_the_awarding_body_names_none() -> None:
    body = Organisation(name={"en": "Guild"})
    award = with_micro(awarding_bodies=(body,))
    assert written(award).claims["issuing_country"] == "NO"
    made = write(
        with_micro(awarding_bodies=()),
        issuer=ACADEMY,
        issuer_id="https://fjord.example/issuer",
        issued_at=ISSUED_AT,
        credential_id="urn:x:1",
    )
    assert made.claims["issuing_authority"] == "Fjord Academy"


def test_concepts_of_other_lists_are_written_by_name() -> None:
    mode = Concept(uri="urn:example:mode:tide", labels={"en": "At low tide"})
    both = Participation(
        modes=(code_list("mode").require("online"), mode), languages=MICRO.participation.languages
    )  # type: ignore[union-attr]
    assert written(with_micro(participation=both)).claims["form_of_participation"] == "Online, At low tide"


def test_identifier_of_the_award_is_its_number_or_its_id() -> None:
    award = msgspec.structs.replace(AWARD, number="")
    assert written(award, profile=RULEBOOK).claims["identifier"] == AWARD.id


def test_what_was_recorded_of_supervision_is_written_rather_than_what_was_planned() -> None:
    actual = listed("supervision", "unsupervised-with-id")
    result = msgspec.structs.replace(AWARD.results[0], supervision=actual)
    award = msgspec.structs.replace(AWARD, results=(result,))
    assert written(award=award).claims["evaluator_verification"][0] == (
        "Identity proofing: Unsupervised with ID verification"
    )
    assert written(award=award, profile=RULEBOOK).claims["idVerificationMethod"] == "unsupervised-with-id"
