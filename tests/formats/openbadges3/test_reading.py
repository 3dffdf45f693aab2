"""Badges of others: other versions, other habits, other terms, damage."""

from __future__ import annotations

import copy
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.containers import extract
from tessella.errors import SchemaError
from tessella.formats.openbadges3 import EXTENSION_CONTEXT_URL, detect, read, validate
from tessella.model import Credits, QualitySide, RecordType
from tessella.vocabulary import code_list
from tests.formats.openbadges3.sample import written
from tests.support import shared, shared_json

ECTS = code_list("credit-system").require("ects")


def badge(**members: Any) -> dict[str, Any]:
    """A badge with no more than the standard asks for, and the members of its achievement given."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:0d9a2a6e-8a0c-4a55-9b1c-6f2f3c1f7a01",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://school.example", "type": ["Profile"], "name": "Harbour School"},
        "validFrom": "2025-01-31T12:00:00Z",
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://school.example/badge",
                "type": ["Achievement"],
                "name": "Knots",
                "description": "Ties knots.",
                "criteria": {"narrative": "Tie ten knots."},
                **members,
            },
        },
    }


def test_plain_badge_is_read() -> None:
    document = badge()
    assert validate(document) == []
    back = read(document)
    micro = back.award.micro_credential
    assert (micro.title, micro.description, micro.criteria) == (
        {"en": "Knots"},
        {"en": "Ties knots."},
        {"en": "Tie ten knots."},
    )
    assert micro.record_type is RecordType.ACHIEVEMENT
    assert [body.name for body in micro.awarding_bodies] == [{"en": "Harbour School"}]
    assert (back.issuer_id, back.award.learner.id) == ("https://school.example", "did:example:learner")
    assert back.award.issued_at == dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC)
    assert (back.award.valid_from, back.credential.valid_from) == (None, back.award.issued_at)
    assert back.notes == ()


def test_version_1_1_is_read() -> None:
    back = read(shared_json("vc/1edtech/ob30/simple_v1.json"))
    assert back.credential.data_model == "1.1"
    assert back.award.issued_at == dt.datetime(2010, 1, 1, tzinfo=dt.UTC)
    assert [note.code for note in back.notes] == ["openbadges3.data-model-1.1"]


def test_expiration_of_version_1_1_is_read() -> None:
    document = badge()
    document["@context"][0] = "https://www.w3.org/2018/credentials/v1"
    document["issuanceDate"] = document.pop("validFrom")
    document["expirationDate"] = "2027-01-01T01:00:00+01:00"
    assert read(document).award.valid_until == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_largest_official_sample_is_read_without_loss() -> None:
    back = read(shared_json("vc/1edtech/ob30/complete.json"))
    micro = back.award.micro_credential
    assert (back.credential.achievement_type, micro.record_type) == ("Degree", RecordType.ACHIEVEMENT)
    assert back.award.credits == (Credits(points=Decimal(42)),)
    assert micro.awarding_bodies[0].countries[0].code == "US"
    assert [result.grade for result in back.award.results] == ["A", "", ""]
    assert [one.type for one in back.award.evidence] == ["Research", "Research"]
    assert set(micro.extra) == {"endorsement", "humanCode", "specialization", "tag", "alignment"}
    assert set(back.award.extra) == {"role", "source", "term", "image", "narrative"}
    assert (len(back.credential.endorsements), back.credential.extra) == (1, {})


@pytest.mark.parametrize("name", ["simple-json.png", "simple.json", "simple-did-key-method.json"])
def test_official_samples_are_read_from_their_containers(name: str) -> None:
    (found,) = extract(shared(f"vc/1edtech/ob30/{name}").read_bytes())
    back = read(json.loads(found.data))
    assert back.award.micro_credential.title != {}
    assert back.notes == ()


@pytest.mark.parametrize("types", ["OpenBadgeCredential", ["VerifiableCredential", "AchievementCredential"]])
def test_type_may_be_single_and_of_either_name(types: Any) -> None:
    assert detect(badge() | {"type": types})


@pytest.mark.parametrize(
    "other", [{}, [], None, "OpenBadgeCredential", {"type": ["VerifiableCredential", "ClrCredential"]}]
)
def test_other_documents_are_no_badges(other: Any) -> None:
    assert not detect(other)
    if isinstance(other, dict):
        with pytest.raises(SchemaError) as caught:
            read(other)
        assert caught.value.code == "openbadges3.type"


def test_issuer_by_address_only_is_noted() -> None:
    back = read(badge() | {"issuer": "did:key:z6Mk"})
    assert (back.issuer_id, back.issuer.name) == ("did:key:z6Mk", {})
    assert [note.code for note in back.notes] == ["openbadges3.issuer-string"]


def test_arrays_and_single_values_are_the_same() -> None:
    single = badge(
        resultDescription={"id": "urn:x:1", "type": "ResultDescription", "name": "Exam", "valueMax": "10"}
    )
    single["credentialSubject"]["result"] = {"type": "Result", "resultDescription": "urn:x:1", "value": "9"}
    many = copy.deepcopy(single)
    subject = many["credentialSubject"]
    subject["result"] = [subject["result"]]
    subject["achievement"]["resultDescription"] = [subject["achievement"]["resultDescription"]]
    many["credentialSubject"] = [subject]
    assert read(single).award == read(many).award
    (result,) = read(single).award.results
    assert (result.grade, result.title, result.scheme.maximum if result.scheme else "") == (
        "9",
        {"en": "Exam"},
        "10",
    )


def test_dutch_terms_are_read() -> None:
    back = read(
        badge(
            achievementType="MicroCredential",
            inLanguage="nl",
            ECTS=2.5,
            participationType="online",
            assessmentType="application of a skill",
            supervisionType="onsite with identity verification",
            identityChecked=True,
            educationProgramIdentifier=56570,
        )
    )
    micro = back.award.micro_credential
    assert micro.is_micro_credential and micro.title == {"nl": "Knots"}
    assert micro.workload and micro.workload.credits == (Credits(points=Decimal("2.5"), system=ECTS),)
    assert micro.participation and [mode.code for mode in micro.participation.modes] == ["online"]
    (assessment,) = micro.assessments
    assert assessment.type and assessment.supervision
    assert (assessment.type.code, assessment.supervision.code) == ("practical", "supervised-with-id")
    assert [(one.scheme, one.value) for one in micro.identifiers] == [("educationProgramIdentifier", "56570")]
    assert (micro.extra, back.notes) == ({}, ())


@pytest.mark.parametrize("term", ["SBU", "StudyLoad", "timeInvestment"])
def test_dutch_study_load_is_hours(term: str) -> None:
    workload = read(badge(**{term: 240})).award.micro_credential.workload
    assert workload and (workload.hours, workload.credits) == (Decimal(240), ())


def test_dutch_words_without_an_equal_stay_words() -> None:
    """“onsite or blended” is two modes of the European list: neither is chosen."""
    participation = read(badge(participationType="onsite or blended")).award.micro_credential.participation
    assert participation
    (mode,) = participation.modes
    assert (mode.uri, mode.labels) == (
        "urn:tessella:stated:mode:onsite%20or%20blended",
        {"en": "onsite or blended"},
    )


def test_identity_check_alone_is_kept() -> None:
    (assessment,) = read(badge(identityChecked=True)).award.micro_credential.assessments
    assert assessment.supervision and assessment.supervision.code == "id-verification"
    assert read(badge(identityChecked=False)).award.micro_credential.assessments == ()


def alignment(**members: str) -> dict[str, Any]:
    return {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://x.example", **members}


def test_alignments_are_read_by_address_and_by_type() -> None:
    skill = "http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180"
    unknown = alignment(targetType="CFItem")
    micro = read(
        badge(
            alignment=[
                alignment(targetType="ext:EQF", targetName="EQF 6"),
                alignment(targetUrl="http://data.europa.eu/snb/isced-f/0611"),
                alignment(targetUrl=skill, targetName="use data ethics"),
                unknown,
            ]
        )
    ).award.micro_credential
    assert micro.levels and [level.code for level in micro.levels.eqf] == ["6"]
    assert [field.code for field in micro.fields] == ["0611"]
    assert [(o.title, [c.uri for c in o.esco]) for o in micro.outcomes] == [
        ({"en": "use data ethics"}, [skill])
    ]
    assert micro.extra == {"alignment": [unknown]}


def test_quality_alignment_is_read_without_claiming_more() -> None:
    back = read(
        badge(alignment=[alignment(targetType="ext:QualityAssurance", targetName="National framework")])
    )
    (quality,) = back.award.micro_credential.quality
    assert (quality.side, quality.title) == (QualitySide.INTERNAL, {"en": "National framework"})
    assert [note.code for note in back.notes] == ["openbadges3.quality-side"]


def test_unknown_members_are_kept_where_they_stood() -> None:
    document = badge(colour="blue") | {"ticket": 7}
    document["credentialSubject"]["team"] = ["a", "b"]
    back = read(document)
    assert back.award.micro_credential.extra == {"colour": "blue"}
    assert back.award.extra == {"team": ["a", "b"]}
    assert back.credential.extra == {"ticket": 7}


def test_unknown_members_in_the_extension_are_kept() -> None:
    document = written()
    document["credentialSubject"]["achievement"]["learningOutcome"][0]["mood"] = "cheerful"
    assert read(document).award.micro_credential.outcomes[0].extra == {"mood": "cheerful"}


def test_extension_terms_without_the_context_mean_nothing() -> None:
    """Without the context they are not signed."""
    document = written()
    document["@context"].remove(EXTENSION_CONTEXT_URL)
    micro = read(document).award.micro_credential
    assert (micro.quality, micro.assessments) == ((), ())


def test_foreign_record_type_is_no_micro_credential_whatever_the_extension_says() -> None:
    document = written()
    document["credentialSubject"]["achievement"]["achievementType"] = "Certificate"
    assert not read(document).award.micro_credential.is_micro_credential


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "Data wizardry"),
        ("description", "Magic"),
        ("criteria", {"narrative": "Be there"}),
        ("creditsAvailable", 30),
    ],
)
def test_contradiction_between_standard_and_extension_is_noted(member: str, value: Any) -> None:
    document = written()
    node = document["credentialSubject"]["achievement"]
    node |= {
        "descriptionText": {"en": node["description"]},
        "criteriaText": {"en": node["criteria"]["narrative"]},
    }
    assert read(document).notes == ()
    node[member] = value
    assert [(note.code, note.place) for note in read(document).notes] == [
        ("openbadges3.contradiction", f"$.credentialSubject.achievement.{member}")
    ]


def test_label_of_a_listed_concept_is_the_lists() -> None:
    document = written()
    mode = document["credentialSubject"]["achievement"]["participation"]["participationMode"][0]
    mode["prefLabel"] = {"en": "On-site with honours"}
    participation = read(document).award.micro_credential.participation
    assert participation and participation.modes == (code_list("mode").require("online"),)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("notionalWorkload", {"workloadHours": "many"}),
        ("notionalWorkload", {"workloadHours": "1e999999999"}),
        ("notionalWorkload", {"workloadHours": True}),
        ("qualityAssurance", [{"qualityScheme": "ESG"}]),
        ("modifiedOn", "yesterday"),
        ("validForMonths", True),
        ("creditBearing", "yes"),
        ("opportunityType", {"id": "not an iri"}),
        ("titleText", {"en": 3}),
        ("participation", "online"),
    ],
)
def test_unusable_extension_value_is_left_out_and_noted(member: str, value: Any) -> None:
    document = written()
    document["credentialSubject"]["achievement"][member] = value
    assert {note.code for note in read(document).notes} >= {"openbadges3.unusable"}


@pytest.mark.parametrize("void", [[], None, [None]])
def test_what_says_nothing_in_json_ld_takes_nothing_away(void: Any) -> None:
    """Found by mutation: a void member is covered by no seal of statements, and hid the other languages."""
    document = written()
    texts = document["credentialSubject"]["achievement"]["titleText"]
    before = read(document).award
    texts["sv"] = void
    assert read(document).award == before


@pytest.mark.parametrize("member", ["result", "achievement", "identifier"])
def test_a_set_of_sets_is_one_set(member: str) -> None:
    """Found by mutation: wrapping a list in a list changes no statement."""
    document = written()
    before = read(document).award
    subject = document["credentialSubject"]
    subject[member] = [subject[member]]
    assert read(document).award == before


def test_the_order_of_assessments_makes_no_criteria() -> None:
    """Found by mutation: a badge's criteria that were composed of its assessments are not a statement of their own."""
    document = written()
    assessments = document["credentialSubject"]["achievement"]["assessment"]
    before = read(document).award.micro_credential.criteria
    assessments.append(
        {**assessments[0], "id": "https://twickel.example/second", "criteriaText": {"en": "Ten questions"}}
    )
    text = document["credentialSubject"]["achievement"]["criteria"]["narrative"]
    document["credentialSubject"]["achievement"]["criteria"]["narrative"] = f"Ten questions\n{text}"
    forward = read(document).award.micro_credential.criteria
    assessments.reverse()
    assert read(document).award.micro_credential.criteria == forward
    assert before == {} or forward == before


def test_name_of_the_subject_is_the_learners() -> None:
    document = badge()
    document["credentialSubject"]["name"] = "Pia Hansen"
    back = read(document)
    assert (back.award.learner.full_name, back.award.extra) == ("Pia Hansen", {})


def test_language_that_is_none_is_noted() -> None:
    back = read(badge(inLanguage="English (UK)"))
    assert back.award.micro_credential.title == {"und": "Knots"}
    assert [note.place for note in back.notes] == ["$.credentialSubject.achievement.inLanguage"]


def test_time_without_zone_is_read_as_utc_and_noted() -> None:
    back = read(badge() | {"validFrom": "2025-01-31T12:00:00"})
    assert back.award.issued_at == dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC)
    assert [note.code for note in back.notes] == ["openbadges3.no-time-zone"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, item in members for place in places(item, (*path, key)))]


SAMPLE_PLACES = [place for place in places(written()) if place not in ((), ("type",), ("type", 1))]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLE_PLACES), json_values)
def test_no_value_anywhere_breaks_reading_or_validating(place: tuple[Any, ...], value: Any) -> None:
    document = written()
    target: Any = document
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    read(document)
    validate(document)
