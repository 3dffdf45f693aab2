"""What is read: ours and others', whole and in part, and what comes back of any award."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import SchemaError, TessellaError
from tessella.formats.attestation import (
    EUDI,
    FIELD_MAP,
    PROFILES,
    RULEBOOK,
    Profile,
    detect,
    field_map,
    losses,
    profile_of,
    read,
    validate,
)
from tessella.model import Award, Credits, Learner, Workload
from tessella.model.fieldmap import Carried, stated, uncovered
from tests.formats.attestation.sample import (
    AWARD,
    EXPIRES_AT,
    ISSUED_AT,
    MICRO,
    listed,
    with_learner,
    with_micro,
    written,
)
from tests.formats.openbadges3.strategies import awards

BOTH = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
profiles = st.sampled_from(PROFILES)


def back_of(award: Award, profile: Profile = EUDI, **options: Any) -> Award:
    made = written(award, profile=profile, allow_incomplete=True, **options)
    return read(json.loads(json.dumps(made.claims)), language=award.micro_credential.language).award


# --- the sample, and a credential that somebody else issued -----------------------------------------------


def test_eudi_attestation_comes_back_as_far_as_it_goes() -> None:
    award = back_of(AWARD)
    micro = award.micro_credential
    assert micro.title == {"en": "Seaweed farming"}
    assert [body.name for body in micro.awarding_bodies] == [{"en": "Fjord Academy"}]
    assert [place.code for place in micro.awarding_bodies[0].countries] == ["NO"]
    assert [one.title["en"] for one in micro.outcomes] == ["Lays out lines", "Judges water quality"]
    assert (micro.workload, micro.prerequisites) == (MICRO.workload, MICRO.prerequisites)
    assert micro.levels is not None and MICRO.levels is not None
    assert micro.levels.eqf == MICRO.levels.eqf
    assert micro.participation is not None and MICRO.participation is not None
    assert (micro.participation.modes, micro.participation.languages) == (
        MICRO.participation.modes,
        MICRO.participation.languages,
    )
    assert micro.quality[0].type == MICRO.quality[0].type
    assert micro.assessments[0].supervision == MICRO.assessments[0].supervision
    assert (award.results[0].grade, award.results[0].assessed_by) == ("B", AWARD.results[0].assessed_by)
    assert (award.awarded_on, award.valid_until, award.issued_at) == (
        AWARD.awarded_on,
        AWARD.valid_until,
        ISSUED_AT,
    )
    assert (award.learner.id, award.learner.display_name) == ("did:example:ingrid", "Ingrid Håkonsdatter")


def test_rulebook_attestation_comes_back_as_far_as_it_goes() -> None:
    award = back_of(AWARD, RULEBOOK, matching=True)
    micro = award.micro_credential
    assert micro.quality == MICRO.quality
    assert (micro.fields, micro.levels, micro.stackability) == (
        MICRO.fields,
        MICRO.levels,
        MICRO.stackability,
    )
    assert micro.assessments[0].type == MICRO.assessments[0].type
    assert (award.learner.birth_date, award.learner.email) == (dt.date(1999, 12, 31), "ingrid@post.example")
    assert award.number == "2026-000042"
    assert award.results[0].scheme == MICRO.assessments[0].grading


def test_facts_say_what_the_copy_says_of_itself() -> None:
    made = written(vct="https://fjord.example/vct/1", vct_integrity="sha256-x")
    found = read({**made.claims, "cnf": {"jwk": {"kty": "EC"}}, "ld": {"a": 1}})
    facts = found.facts
    assert (facts.vct, facts.other_types, facts.vct_integrity) == (
        "https://fjord.example/vct/1",
        (EUDI.vct,),
        "sha256-x",
    )
    assert (facts.issued_at, facts.not_before, facts.expires_at) == (ISSUED_AT, ISSUED_AT, EXPIRES_AT)
    assert (facts.holder_key, facts.extra, found.notes) == ({"kty": "EC"}, {"ld": {"a": 1}}, ())
    assert (found.issuer_id, found.issuer.id, found.issuer.name) == (
        "https://fjord.example/issuer",
        "https://fjord.example/issuer",
        {"en": "Fjord Academy"},
    )


THEIRS: dict[str, Any] = {
    "vct": "urn:eu.europa.ec.eudi:learning:credential:1",
    "iss": "https://university.example/department",
    "jti": "5f1d",
    "issuing_authority": "Technical University: Department of Applied Sciences",
    "issuing_country": "DE",
    "date_of_issuance": "2024-11-03",
    "date_of_expiry": "2039-01-17",
    "family_name": "Neal",
    "given_name": "Tyler",
    "achievement_title": "Applied AI in Business",
    "learning_outcomes": ["Analyses processes", "Evaluates models"],
    "assessment_grade": "Excellent",
    "language_of_classes": ["en"],
    "learner_identification": "0123456",
    "expected_study_time": "12 months",
    "level_of_learning_experience": 5,
    "types_of_quality_assurance": ["Institutional Evaluation"],
    "prerequisites_to_enroll": ["Some Python", "Some patience"],
    "integration_stackability_options": False,
}
"""In the shape of the reference issuer's: words of its own, a duration in months, several prerequisites."""


def test_attestation_of_another_issuer_is_read_in_its_own_words() -> None:
    found = read(THEIRS)
    micro = found.award.micro_credential
    assert found.notes == ()
    assert micro.workload == Workload(stated=("12 months",))
    assert (micro.quality[0].type, micro.quality[0].title) == (None, {"en": "Institutional Evaluation"})
    assert micro.prerequisites is not None and micro.prerequisites.text == {
        "en": "Some Python; Some patience"
    }
    assert micro.stackability is not None and micro.stackability.stackable is False
    assert found.award.valid_until == dt.datetime(2039, 1, 17, 23, 59, 59, tzinfo=dt.UTC)
    assert [one.value for one in found.award.learner.identifiers] == ["0123456"]


def test_language_of_the_texts_is_the_readers_to_say() -> None:
    micro = read(THEIRS, language="de").award.micro_credential
    assert (micro.language, micro.title) == ("de", {"de": "Applied AI in Business"})


def test_presentation_is_read_as_far_as_it_was_disclosed() -> None:
    found = read(
        {
            "vct": RULEBOOK.vct,
            "partOfQualification": "Diploma",
            "accreditation": {"decision": "approved"},
            "learningOutcomes": [],
        }
    )
    micro = found.award.micro_credential
    assert micro.stackability is not None and micro.stackability.targets[0].title == {"en": "Diploma"}
    assert (micro.title, micro.outcomes, found.award.learner, found.notes) == ({}, (), Learner(), ())


@BOTH
def test_nothing_but_the_type_is_an_empty_award(profile: Profile) -> None:
    found = read({"vct": profile.vct})
    assert (found.award, found.notes, found.issuer_id) == (
        Award(learner=Learner(), micro_credential=found.award.micro_credential),
        (),
        "",
    )


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("achievement_title", 7),
        ("achievement_title", "  "),
        ("learning_outcomes", "one"),
        ("learning_outcomes", ["one", 2]),
        ("level_of_learning_experience", 9),
        ("level_of_learning_experience", True),
        ("level_of_learning_experience", "6"),
        ("date_of_issuance", "03.11.2024"),
        ("issuing_country", "Germany"),
        ("language_of_classes", ["qqq"]),
        ("form_of_participation", "while asleep"),
        ("integration_stackability_options", "yes"),
        ("evaluator_verification", ["trust me"]),
    ],
)
def test_values_that_cannot_be_used_are_left_out_and_noted(claim: str, value: Any) -> None:
    found = read({**THEIRS, claim: value})
    assert [(note.code, note.place) for note in found.notes] == [("attestation.unusable", f"$.{claim}")]
    assert found.facts.extra == {claim: value}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("notionalWorkload", {"value": 3, "unit": "apples"}),
        ("notionalWorkload", {"value": float("inf"), "unit": "ECTS"}),
        ("notionalWorkload", {"value": "3", "unit": "ECTS"}),
        ("level", "6"),
        ("level", "EQF-9"),
        ("nationalQualificationsFrameworkLevel", "qq-1"),
        ("fieldOfEducation", "seafaring"),
        ("accreditation", {"decisionDate": "soon"}),
        ("accreditation", {"title": 1}),
        ("dateOfBirth", "1998-13-01"),
    ],
)
def test_values_of_the_rulebook_that_cannot_be_used_are_noted(claim: str, value: Any) -> None:
    found = read({"vct": RULEBOOK.vct, claim: value})
    assert [note.place for note in found.notes] == [f"$.{claim}"]


def test_other_types_are_refused() -> None:
    for claims in ({}, {"vct": "urn:eudi:pid:1"}, {"vct": 1, "aka_vcts": 2}):
        assert not detect(claims)
        with pytest.raises(SchemaError) as caught:
            read(claims)
        assert caught.value.code == "attestation.type"


def test_detect_knows_the_profiles_and_types_that_name_them() -> None:
    assert [profile_of({"vct": profile.vct}) for profile in PROFILES] == list(PROFILES)
    assert profile_of({"vct": "https://a.example/1", "aka_vcts": ["urn:x", RULEBOOK.vct]}) is RULEBOOK
    for no in (None, [], "x", {"type": ["VerifiableCredential"]}):
        assert not detect(no)


FOREIGN = {
    "form_of_participation",
    "evaluator_verification",
    "nationalQualificationsFrameworkLevel",
    "fieldOfEducation",
    "typeOfAssessment",
    "idVerificationMethod",
    "formOfParticipation",
    "learningActivityType",
}
"""Claims whose words may come from a list that is not known; they are shown as they stand."""


# --- any award -------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(awards(), profiles)
def test_what_is_not_listed_as_lost_comes_back(award: Award, profile: Profile) -> None:
    lost = {loss.record for loss in losses(award, profile=profile)}
    back = back_of(
        award, profile, issued_at=award.issued_at or ISSUED_AT, credential_id=award.id, expires_at=None
    )
    for rule in field_map(profile):
        came = list(stated(back, rule.record))
        for place, value in stated(award, rule.record):
            returned = (place, value) in came or place == "learner.full_name"
            assert returned or place in lost, place
            assert not (returned and place in lost and rule.carried is Carried.FULL), place


@settings(max_examples=80, deadline=None)
@given(awards(), profiles, st.booleans())
def test_what_was_read_is_written_again_as_it_was(award: Award, profile: Profile, matching: bool) -> None:
    once = written(award, profile=profile, matching=matching, allow_incomplete=True)
    back = read(once.claims, language=award.micro_credential.language)
    twice = written(back.award, profile=profile, matching=matching, allow_incomplete=True, issuer=back.issuer)
    foreign = {note.place.removeprefix("$.") for note in back.notes}
    assert foreign <= FOREIGN
    assert twice.claims == {name: value for name, value in once.claims.items() if name not in foreign}
    assert foreign or twice == once


@settings(max_examples=60, deadline=None)
@given(awards(), profiles)
def test_what_is_written_complete_has_no_error(award: Award, profile: Profile) -> None:
    try:
        made = written(award, profile=profile)
    except SchemaError:
        return
    assert [
        one for one in validate(made.claims, disclosable=made.disclosable) if one.severity == "error"
    ] == []


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["EQF-3", "DE", "2026-01-01", "None", "ECTS"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "unit", "type", "status_list", "idx", "uri", "jwk", "decision"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(profiles, st.data())
def test_any_json_is_read_or_noted(profile: Profile, data: st.DataObject) -> None:
    names = [rule.claim for rule in profile.rules] + [
        "iat",
        "nbf",
        "exp",
        "status",
        "sub",
        "cnf",
        "jti",
        "iss",
        "aka_vcts",
        "vct#integrity",
    ]
    claims = data.draw(st.dictionaries(st.sampled_from(names), json_values, max_size=8)) | {
        "vct": profile.vct
    }
    found = read(claims)
    validate(claims, on=dt.date(2026, 7, 1), disclosable=[(name,) for name in claims])
    assert all(note.place.removeprefix("$.") in claims for note in found.notes)
    try:
        written(found.award, profile=profile, allow_incomplete=True)
    except TessellaError:
        raise
    losses(found.award, profile=profile)


# --- the field map ---------------------------------------------------------------------------------------


@BOTH
def test_field_map_speaks_about_every_field(profile: Profile) -> None:
    rules = field_map(profile)
    assert uncovered(Award, rules) == ()
    paths = [rule.record for rule in rules]
    assert len(paths) == len(set(paths))
    assert [rule.record for rule in rules if rule.carried is not Carried.FULL and not rule.note] == []
    wires = {wire for rule in rules for wire in rule.wire}
    assert {rule.claim for rule in profile.rules} <= wires


def test_field_map_of_the_default_profile_is_the_public_one() -> None:
    assert field_map() == FIELD_MAP


def test_losses_name_what_does_not_come_back_and_nothing_else() -> None:
    plain = with_learner(identifiers=(), national_id=None, birth_date=None, email="")
    plain = msgspec.structs.replace(
        plain,
        micro_credential=msgspec.structs.replace(
            MICRO,
            id="",
            title={"en": "Seaweed farming"},
            awarding_bodies=(
                msgspec.structs.replace(
                    MICRO.awarding_bodies[0], id="", legal_id="", homepage="", name={"en": "A"}
                ),
            ),
            fields=(),
            outcomes=(),
            outcome_summary={},
            levels=None,
            participation=None,
            assessments=(),
            quality=(),
            stackability=None,
        ),
        results=(),
        achieved=(),
        number="",
    )
    assert losses(plain) == ()
    assert [loss.record for loss in losses(msgspec.structs.replace(plain, number="7"))] == ["number"]


def test_losses_depend_on_the_profile_and_on_matching() -> None:
    lost = {
        (p.name, m): {one.record for one in losses(AWARD, profile=p, matching=m)}
        for p in PROFILES
        for m in (False, True)
    }
    assert "micro_credential.assessments" in lost["eudi", False]
    assert "micro_credential.quality" in lost["eudi", False] - lost["rulebook", False]
    assert lost["rulebook", False] - lost["rulebook", True] == {
        "learner.birth_date",
        "learner.email",
        "learner.national_id",
    }
    assert lost["eudi", False] == lost["eudi", True]


def test_second_language_is_a_loss() -> None:
    records = [one.record for one in losses(with_micro(title={"en": "A", "nb": "B"}))]
    assert "micro_credential.title" in records
    assert "micro_credential.title" not in [one.record for one in losses(with_micro(title={"en": "A"}))]


def test_exact_credits_come_back_exactly() -> None:
    workload = Workload(
        hours=Decimal("12.50"),
        credits=(Credits(points=Decimal("0.10"), system=listed("credit-system", "ects")),),
    )
    assert back_of(with_micro(workload=workload)).micro_credential.workload == workload
