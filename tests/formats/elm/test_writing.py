"""What `write` makes: conforming by the official shapes, stable, and read back as it was."""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from tessella.errors import InputError, SchemaError, UnsupportedError, VocabularyError
from tessella.formats.elm import Mandate, audit, encode, losses, read, validate, write
from tessella.model import (
    Assessment,
    Award,
    Credits,
    Evidence,
    Identifier,
    Image,
    Learner,
    Levels,
    Link,
    MicroCredential,
    Organisation,
    Outcome,
    Place,
    QualityAssurance,
    QualitySide,
    Result,
    Workload,
)
from tessella.vocabulary import Concept
from tests.formats.elm import oracle
from tests.formats.elm.awards import (
    AWARDS,
    COMPANY,
    CREDENTIAL_ID,
    ISSUED,
    MINIMAL,
    NON_LATIN,
    PNG,
    RICH,
    SEAL,
    UNIVERSITY,
    coded,
)
from tests.formats.elm.strategies import awards


def written(award: Award, **changes: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "credential_id": CREDENTIAL_ID,
        "issued_at": ISSUED,
        "issuer": next(iter(award.micro_credential.awarding_bodies), COMPANY),
        "image": PNG,
        "seal": SEAL,
    }
    return write(award, **{**arguments, **changes})


def with_record(award: Award, **changes: Any) -> Award:
    return replace(award, micro_credential=replace(award.micro_credential, **changes))


@pytest.mark.parametrize("name", AWARDS)
def test_written_awards_conform_to_the_official_shapes(name: str) -> None:
    document = written(AWARDS[name])
    passed, report = oracle.conforms(document)
    assert passed, report
    assert oracle.conforms_fast(document)
    assert validate(document) == []
    assert audit(document) == []


@pytest.mark.parametrize("name", AWARDS)
def test_written_awards_are_read_back_unchanged(name: str) -> None:
    award = AWARDS[name]
    result = read(written(award, seal=None))
    assert losses(award) == []
    assert result.award == award
    assert (result.credential_id, result.image, result.remarks, result.extra) == (CREDENTIAL_ID, PNG, (), {})


def is_plain(award: Award) -> bool:
    """Without titles that repeat another: those are not read as statements of their own."""
    record = award.micro_credential
    repeated = [record.title, *(item.type.labels for item in record.assessments if item.type)]
    titles = [item.title for item in (*record.assessments, *award.results)]
    return not any(title in repeated or titles.count(title) > 1 for title in titles if title)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(awards().filter(is_plain))
def test_any_award_conforms_and_is_read_back_unchanged(award: Award) -> None:
    document = written(award, seal=None)
    assert losses(award) == []
    assert read(document).award == award
    sealed = written(award)
    assert validate(sealed) == []
    assert oracle.conforms_fast(sealed)


@pytest.mark.vectors
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(awards().filter(is_plain))
def test_many_awards_conform_by_both_validators(award: Award) -> None:
    assert read(written(award, seal=None)).award == award
    document = written(award)
    assert oracle.conforms_fast(document)
    passed, report = oracle.conforms(document)
    assert passed, report


def test_key_order_is_fixed() -> None:
    assert list(written(RICH)) == [
        "id", "type", "credentialProfiles", "displayParameter", "identifier", "credentialSchema", "credentialSubject",
        "credentialStatus", "issuer", "issuanceDate", "issued", "validFrom", "validUntil", "expirationDate", "@context",
    ]  # fmt: skip


def test_the_same_award_gives_the_same_bytes() -> None:
    assert encode(written(RICH)) == encode(written(RICH))


def test_the_text_to_seal_is_compact_utf_8_in_key_order() -> None:
    document = written(NON_LATIN)
    expected = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert encode(document).decode() == expected


def test_an_id_stands_for_one_content_everywhere() -> None:
    seen: dict[str, str] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "id" in value:
                content = json.dumps(value)
                assert seen.setdefault(value["id"], content) == content
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(written(RICH))
    assert len(seen) > 100


def test_sealing_identity_comes_from_the_certificate() -> None:
    issuer = written(RICH)["issuer"]
    assert issuer["legalName"] == {"en": "Nordhavn Universitet"}
    assert issuer["altLabel"] == {"en": "Nordhavn eSeal 2026"}
    assert issuer["eIDASIdentifier"]["id"] == "urn:certificateIdentifier:1"
    assert issuer["eIDASIdentifier"]["notation"] == "NTRDK-99887766"
    assert issuer["location"][-1]["id"] == "urn:certificateLocation:1"
    assert issuer["location"][-1]["address"]["countryCode"]["id"].endswith("/country/DNK")
    assert issuer["id"] == "urn:epass:org:issuer:6f2b9a40-53a5-4b5e-9d53-0b5a86f7a901"


def test_values_are_in_the_forms_europass_uses() -> None:
    document = written(RICH)
    claim = document["credentialSubject"]["hasClaim"]
    spec = claim["specifiedBy"]
    assert document["@context"] == [
        "https://www.w3.org/2018/credentials/v1",
        "http://data.europa.eu/snb/model/context/edc-ap",
    ]
    assert document["issued"] == document["issuanceDate"] == "2026-06-01T09:00:00Z"
    assert document["credentialSubject"]["dateOfBirth"] == "1999-02-28T00:00:00Z"
    assert spec["volumeOfLearning"] == "PT82H30M"
    assert spec["creditPoint"]["point"] == "3"
    assert spec["type"] == "Qualification"
    assert spec["isPartialQualification"] is True
    assert spec["eqfLevel"]["inScheme"] == {
        "id": "http://data.europa.eu/snb/eqf/25831c2",
        "type": "ConceptScheme",
    }
    assert spec["language"][0]["notation"] == "language"
    assert claim["provenBy"][0]["grade"]["noteLiteral"] == {"en": "10"}
    assert (
        claim["provenBy"][0]["specifiedBy"]["dcType"]["id"]
        == "http://data.europa.eu/snb/assessment/6a4db9f11d"
    )
    assert claim["awardedBy"]["awardingBody"]["accreditation"]["id"] == "https://q.example/accreditation/9"
    assert document["credentialStatus"] == {
        "id": "https://nordhavn.example/status/3#42",
        "type": ["CredentialStatus", "BitstringStatusListEntry"],
        "statusPurpose": "revocation",
        "statusListIndex": "42",
        "statusListCredential": "https://nordhavn.example/status/3",
    }


def test_an_award_without_levels_is_no_qualification() -> None:
    assert (
        written(MINIMAL)["credentialSubject"]["hasClaim"]["specifiedBy"]["type"]
        == "LearningAchievementSpecification"
    )


def test_assessments_without_a_result_say_that_there_is_no_grade() -> None:
    (quiz,) = (
        item
        for item in written(RICH)["credentialSubject"]["hasClaim"]["provenBy"]
        if "identifier" not in item
    )
    assert quiz["grade"]["noteLiteral"] == {"en": "No grade recorded"}


def test_a_status_given_is_written_beside_its_own_class() -> None:
    given = {"id": "https://s.example/1#9", "type": "StatusList2021Entry", "statusListIndex": "9"}
    assert written(RICH, status=given)["credentialStatus"] == {
        "id": "https://s.example/1#9",
        "type": ["CredentialStatus", "StatusList2021Entry"],
        "statusListIndex": "9",
    }


def test_another_issuer_adds_a_mandate_and_comes_back_as_technical_issuer() -> None:
    document = written(RICH, issuer=COMPANY, seal=None, profile="issued-by-mandate")
    assert document["evidence"]["dcType"]["id"] == "http://data.europa.eu/snb/evidence-type/c_18016257"
    assert document["evidence"]["evidenceStatement"] == (
        "Every claim in this credential is made by University of Nordhavn, which has given Harbour Skills Ltd "
        "the mandate to issue it."
    )
    assert document["credentialSchema"]["id"] == "http://data.europa.eu/snb/model/ap/edc-issued-by-mandate"
    assert oracle.conforms(document, "issued-by-mandate")[0]
    assert validate(document, profile="issued-by-mandate") == []
    assert read(document).award == with_record(RICH, technical_issuer=COMPANY)


def test_a_mandate_travels_with_its_document() -> None:
    mandate = Mandate(
        statement="Harbour Skills Ltd may issue for the University of Nordhavn until 2027.",
        title="Agreement on issuing",
        document=Image(content=b"%PDF-1.7 agreement", media_type="application/pdf"),
    )
    document = written(RICH, issuer=COMPANY, seal=None, profile="issued-by-mandate", mandate=mandate)
    (evidence,) = [document["evidence"]]
    embedded = evidence["embeddedEvidence"]
    assert evidence["evidenceStatement"] == mandate.statement
    assert base64.b64decode(embedded["content"]) == b"%PDF-1.7 agreement"
    assert embedded["contentType"]["id"].endswith("/file-type/PDF")
    passed, report = oracle.conforms(document, "issued-by-mandate")
    assert passed, report
    assert validate(document, profile="issued-by-mandate") == []
    assert read(document).award == with_record(RICH, technical_issuer=COMPANY)


def test_a_mandate_of_another_kind_of_file_is_refused() -> None:
    mandate = Mandate(document=Image(content=b"PK", media_type="application/zip"))
    with pytest.raises(SchemaError) as caught:
        written(RICH, issuer=COMPANY, seal=None, profile="issued-by-mandate", mandate=mandate)
    assert caught.value.code == "input.schema.elm-picture"


@pytest.mark.parametrize("issuer", [UNIVERSITY, COMPANY])
def test_the_accredited_profile_rests_on_its_evidence(issuer: Organisation) -> None:
    document = written(RICH, issuer=issuer, seal=None, profile="accredited")
    passed, report = oracle.conforms(document, "accredited")
    assert passed, report
    assert validate(document, profile="accredited") == []
    sponsor = None if issuer is UNIVERSITY else issuer
    assert read(document).award == with_record(RICH, technical_issuer=sponsor)


@pytest.mark.parametrize(
    ("change", "error", "place"),
    [
        ({"issued_at": dt.datetime(2026, 6, 1)}, InputError, ""),
        ({"credential_id": "not a uri"}, InputError, ""),
        ({"profile": "converted"}, UnsupportedError, ""),
        ({"profile": "accredited", "award": MINIMAL}, SchemaError, "micro_credential.quality"),
        ({"profile": "issued-by-mandate"}, SchemaError, "issuer"),
        ({"issuer": Organisation(name={"en": "Nowhere"}), "seal": None}, SchemaError, "issuer"),
        ({"image": Image(content=b"x", media_type="text/plain")}, SchemaError, ""),
        ({"award": with_record(MINIMAL, title={})}, SchemaError, "micro_credential.title"),
        (
            {"award": with_record(MINIMAL, awarding_bodies=())},
            SchemaError,
            "micro_credential.awarding_bodies",
        ),
        (
            {"award": with_record(MINIMAL, outcomes=(Outcome(title={}),))},
            SchemaError,
            "micro_credential.outcomes[0].title",
        ),
        ({"seal": replace(SEAL, country="ZZ")}, VocabularyError, ""),
    ],
)
def test_what_cannot_be_written_is_said_with_its_place(
    change: dict[str, Any], error: Any, place: str
) -> None:
    award = change.pop("award", RICH)
    with pytest.raises(error) as caught:
        written(award, **change)
    assert type(caught.value) is error
    assert caught.value.place == place


def test_concepts_outside_the_demanded_list_are_left_out_and_named() -> None:
    stranger = Concept(uri="urn:example:field", scheme="urn:example:fields", labels={"en": "Falconry"})
    award = with_record(
        MINIMAL, fields=(stranger,), outcomes=(Outcome(id="o", title={"en": "x"}, esco=(stranger,)),)
    )
    document = written(award)
    assert oracle.conforms_fast(document)
    assert "Falconry" not in json.dumps(document)
    assert [(loss.element, loss.record) for loss in losses(award)] == [
        ("", "micro_credential.fields"),
        ("learning outcomes", "micro_credential.outcomes[0].esco"),
    ]


def test_quality_assurance_without_type_is_kept_in_words() -> None:
    own = QualityAssurance(side=QualitySide.INTERNAL, title={"en": "Annual review"}, scheme="EQAVET")
    award = with_record(MINIMAL, quality=(own,))
    document = written(award)
    assert oracle.conforms_fast(document)
    assert [loss.record for loss in losses(award)] == ["micro_credential.quality"]
    assert read(document).award.micro_credential.quality == (
        QualityAssurance(side=QualitySide.INTERNAL, title={"en": "Annual review · EQAVET"}),
    )


def test_colliding_uris_do_not_merge_two_things() -> None:
    """One URI for the micro-credential, its provider and the learner: RDF would make them one node."""
    uri = "https://same.example/"
    body = replace(COMPANY, id=uri)
    award = replace(
        with_record(MINIMAL, id=uri, awarding_bodies=(body,)), learner=Learner(id=uri, full_name="Ada")
    )
    document = written(award, issuer=body, seal=None)
    assert oracle.conforms(document)[0]
    assert read(document).award == award


def test_texts_with_odd_language_tags_do_not_break_the_credential() -> None:
    award = with_record(MINIMAL, title={"en": "A", "EN": "B", "not a tag": "C"})
    document = written(award)
    assert oracle.conforms_fast(document)
    assert document["credentialSubject"]["hasClaim"]["title"] == {"en": "A"}


@pytest.mark.parametrize(
    "award",
    [
        with_record(MINIMAL, language="tlh-Latn"),
        with_record(MINIMAL, workload=Workload(hours=Decimal("-1"), contact_hours=Decimal("NaN"))),
        with_record(MINIMAL, levels=Levels(eqf=(coded("eqf", "5"), coded("eqf", "6")))),
        replace(
            MINIMAL, learner=Learner(email="not an address", national_id=Identifier(value="1"), gender="?")
        ),
        replace(MINIMAL, credits=(Credits(points=Decimal("2.5")),)),
        replace(
            MINIMAL,
            results=(Result(assessment="gone", supervision=coded("supervision", "supervised-with-id")),),
        ),
        replace(
            MINIMAL, evidence=(Evidence(title={"en": "Poster"}, links=(Link(url="https://e.example"),)),)
        ),
        with_record(MINIMAL, assessments=(Assessment(), Assessment(type=Concept(uri="no uri", labels={})))),
        with_record(
            MINIMAL, awarding_bodies=(COMPANY, Organisation(name={"en": "Nowhere"}, places=(Place(),)))
        ),
        with_record(NON_LATIN, technical_issuer=COMPANY, research=(Identifier(value="x"),)),
    ],
)
def test_partly_carried_awards_conform_too(award: Award) -> None:
    passed, report = oracle.conforms(written(award))
    assert passed, report


def test_a_minimal_record_needs_only_a_title_and_a_body() -> None:
    award = Award(
        micro_credential=MicroCredential(title={"en": "T"}, awarding_bodies=(COMPANY,)), learner=Learner()
    )
    assert oracle.conforms(written(award))[0]
