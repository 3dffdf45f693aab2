"""Reading credentials of anybody: official samples, other people's habits, damaged and hostile documents."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tessella.errors import SchemaError
from tessella.formats.elm import Remark, detect, read, unwrap, write
from tessella.model import Learner, Organisation, RecordType, Result
from tests.formats.elm.awards import CREDENTIAL_ID, ISSUED, MINIMAL, PNG, RICH, UNIVERSITY
from tests.formats.elm.mutations import mutants
from tests.formats.elm.samples import OFFICIAL, sample
from tests.support import shared_json


def rich() -> dict[str, Any]:
    """The rich award as a document of its own, to be changed."""
    return copy.deepcopy(
        write(RICH, credential_id=CREDENTIAL_ID, issued_at=ISSUED, issuer=UNIVERSITY, image=PNG)
    )


@pytest.mark.parametrize("name", OFFICIAL)
def test_official_samples_are_detected_and_read(name: str) -> None:
    document = sample(name)
    assert detect(document)
    result = read(document)
    assert result.credential_id == document["id"]
    assert result.award.id == document["id"]
    assert result.award.micro_credential.title


def test_annex_one_sample_is_read_in_full() -> None:
    result = read(sample(OFFICIAL[3]))
    award, record = result.award, result.award.micro_credential
    assert award.learner.full_name == "Ana Andromeda"
    assert award.learner.birth_date == dt.date(1999, 10, 2)
    assert award.learner.birth_date_stated == "1999-10-01T22:00:00Z"
    assert award.number == "C012"
    assert record.title == {"en": "Digital micro-credential creation"}
    assert record.record_type is RecordType.MICRO_CREDENTIAL
    assert [body.name for body in record.awarding_bodies] == [{"en": "University of Zed"}]
    assert record.technical_issuer is not None
    assert record.technical_issuer.legal_id == "VATES-A00000000"
    assert [field.code for field in record.fields] == ["003", "0688"]
    assert record.workload is not None
    assert record.workload.hours == Decimal(60)
    assert record.workload.stated == ("P60M",)
    assert record.workload.credits[0].points == Decimal(2)
    assert record.levels is not None
    assert [level.code for level in record.levels.eqf] == ["6"]
    assert [assessment.title for assessment in record.assessments] == [{"en": "Digital artefact assessment"}]
    assert [result.grade for result in award.results] == ["Pass"]
    assert record.stackability is not None
    assert record.stackability.stackable is False
    assert record.extra["maximumDuration"] == "P1M"
    assert [remark.kind for remark in result.remarks] == ["duration", "shifted-date"]


def test_certificate_of_participation_is_no_micro_credential() -> None:
    result = read(sample(OFFICIAL[0]))
    assert result.award.micro_credential.record_type is RecordType.PARTICIPATION
    assert "no-achievement" in [remark.kind for remark in result.remarks]


def test_upload_wrapper_is_unwrapped() -> None:
    document = shared_json("edc/" + OFFICIAL[5])
    assert "deliveryDetails" in document or set(document) == {"credential"}
    assert detect(document)
    assert unwrap(document) is document["credential"]
    assert read(document) == read(document["credential"])


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"type": "VerifiableCredential"}, {"credential": {"type": []}}]
)
def test_other_documents_are_not_detected(document: Any) -> None:
    assert detect(document) is False


def test_other_documents_are_refused_with_the_reason() -> None:
    with pytest.raises(SchemaError) as caught:
        read({"type": "VerifiableCredential"})
    assert caught.value.code == "input.schema.elm"


def test_texts_in_arrays_and_plain_texts_are_understood() -> None:
    document = rich()
    subject = document["credentialSubject"]
    subject["givenName"] = {"en": ["Jørgen"]}
    subject["familyName"] = "Østergård-Łukasz"
    result = read(document)
    assert result.award == RICH


def test_a_credential_in_the_shape_of_ebsi_is_read() -> None:
    """VCDM 2.0, an issuer known by its DID alone, texts in arrays, a third type, no date of issuing but validFrom."""

    def arrays(value: Any) -> Any:
        if isinstance(value, dict):
            if (
                value
                and all(isinstance(item, str) and len(key) == 2 for key, item in value.items())
                and "id" not in value
            ):
                return {key: [item] for key, item in value.items()}
            return {key: arrays(item) for key, item in value.items()}
        return [arrays(item) for item in value] if isinstance(value, list) else value

    document = arrays(rich())
    document["@context"] = ["https://www.w3.org/ns/credentials/v2", document["@context"][1]]
    document["type"] = ["VerifiableCredential", "VerifiableAttestation", "EuropeanDigitalCredential"]
    document["issuer"] = "did:ebsi:zExample"
    for key in ("issued", "issuanceDate", "expirationDate"):
        del document[key]
    result = read(document)
    issuer = Organisation(name={}, id="did:ebsi:zExample")
    assert result.issuer == issuer
    record = replace(RICH.micro_credential, technical_issuer=issuer)
    assert result.award == replace(RICH, issued_at=None, micro_credential=record)


def test_single_values_and_arrays_are_the_same() -> None:
    def listed(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: [listed(item)] if isinstance(item, dict) and "id" in item else listed(item)
                for key, item in value.items()
            }
        return [listed(item) for item in value] if isinstance(value, list) else value

    assert read(listed(rich())).award == RICH


def test_ids_alone_are_looked_up_in_the_credential() -> None:
    """Written out once, then referred to: as an object with an id, or as the id itself."""
    seen: set[str] = set()
    forms = iter(range(10**6))

    def shorten(value: Any) -> Any:
        if isinstance(value, dict):
            ident = value.get("id")
            if ident in seen:
                return ident if next(forms) % 2 else {"id": ident}
            if ident:
                seen.add(ident)
            return {key: shorten(item) for key, item in value.items()}
        return [shorten(item) for item in value] if isinstance(value, list) else value

    document = shorten(rich())
    assert len(str(document)) < len(str(rich())) / 2
    assert read(document).award == RICH


def test_more_claims_are_kept_and_remarked_on() -> None:
    document = rich()
    other = {"id": "urn:epass:activity:9", "type": "LearningActivity", "title": {"en": "Sailing"}}
    document["credentialSubject"]["hasClaim"] = [other, document["credentialSubject"]["hasClaim"]]
    result = read(document)
    assert result.award == RICH
    assert result.other_claims == (other,)
    assert [remark.kind for remark in result.remarks] == ["more-claims"]


def test_unknown_properties_stay_with_their_struct() -> None:
    document = rich()
    document["futureProperty"] = 1
    document["credentialSubject"]["placeOfBirth"] = {"id": "urn:x:1", "type": "Location"}
    document["credentialSubject"]["hasClaim"]["specifiedBy"]["maximumDuration"] = "P1M"
    document["credentialSubject"]["hasClaim"]["awardedBy"]["awardingBody"]["vatIdentifier"] = {
        "notation": "V1"
    }
    document["credentialSubject"]["hasClaim"]["specifiedBy"]["learningOutcome"][0]["mystery"] = [1, 2]
    result = read(document)
    assert result.extra == {"futureProperty": 1}
    assert result.award.learner.extra == {"placeOfBirth": {"id": "urn:x:1", "type": "Location"}}
    assert result.award.micro_credential.extra == {"maximumDuration": "P1M"}
    assert result.award.micro_credential.awarding_bodies[0].extra == {"vatIdentifier": {"notation": "V1"}}
    assert result.award.micro_credential.outcomes[0].extra == {"mystery": [1, 2]}


def test_unreadable_values_stay_and_are_remarked_on() -> None:
    document = rich()
    document["credentialSubject"]["dateOfBirth"] = "last spring"
    document["validFrom"] = "soon"
    result = read(document)
    assert result.award.learner.birth_date is None
    assert result.award.learner.extra == {"dateOfBirth": "last spring"}
    assert result.extra == {"validFrom": "soon"}
    assert [(remark.path, remark.kind) for remark in result.remarks] == [
        ("validFrom", "unreadable"),
        ("credentialSubject.dateOfBirth", "unreadable"),
    ]


@pytest.mark.parametrize(
    ("stated", "date", "kept", "kinds"),
    [
        ("1999-02-28T00:00:00Z", dt.date(1999, 2, 28), "", []),
        ("1999-02-28", dt.date(1999, 2, 28), "", []),
        ("1999-02-27T23:00:00Z", dt.date(1999, 2, 28), "1999-02-27T23:00:00Z", ["shifted-date"]),
        ("1999-02-28T00:00:00+01:00", dt.date(1999, 2, 28), "1999-02-28T00:00:00+01:00", []),
        ("9999-12-31T23:00:00Z", dt.date(9999, 12, 31), "9999-12-31T23:00:00Z", ["time-of-day"]),
        ("1999-02-28T14:30:00Z", dt.date(1999, 2, 28), "1999-02-28T14:30:00Z", ["time-of-day"]),
    ],
)
def test_birth_dates_in_many_forms(stated: str, date: dt.date, kept: str, kinds: list[str]) -> None:
    document = rich()
    document["credentialSubject"]["dateOfBirth"] = stated
    result = read(document)
    assert (result.award.learner.birth_date, result.award.learner.birth_date_stated) == (date, kept)
    assert [remark.kind for remark in result.remarks] == kinds


def test_differing_dates_of_issuing_are_remarked_on() -> None:
    document = rich()
    document["issuanceDate"] = "2026-06-01T10:00:00Z"
    result = read(document)
    assert result.issued == ISSUED
    assert result.remarks == (
        Remark(
            "issued",
            "dates-differ",
            "The two dates of issuing differ; “issued” is taken as the moment of sealing.",
        ),
    )


@pytest.mark.parametrize(
    ("duration", "hours", "stated"),
    [
        ("PT60H", Decimal(60), ()),
        ("PT90M", Decimal("1.5"), ()),
        ("PT1H30M36S", Decimal("1.51"), ()),
        ("P60M", None, ("P60M",)),
        ("P3D", None, ("P3D",)),
        ("PT", None, ("PT",)),
        ("sixty", None, ("sixty",)),
        (f"PT{'9' * 40}H", None, (f"PT{'9' * 40}H",)),
    ],
)
def test_durations_are_hours_or_stated(duration: str, hours: Decimal | None, stated: tuple[str, ...]) -> None:
    document = rich()
    document["credentialSubject"]["hasClaim"]["specifiedBy"]["volumeOfLearning"] = duration
    workload = read(document).award.micro_credential.workload
    assert workload is not None
    assert (workload.hours, workload.stated) == (hours, stated)


def test_results_of_several_foreign_assessments_find_their_description() -> None:
    document = rich()
    first = document["credentialSubject"]["hasClaim"]["provenBy"][0]
    for node in (first, first["specifiedBy"]):
        del node["identifier"]
    award = read(document).award
    (result,) = award.results
    assert result.assessment == first["specifiedBy"]["id"]
    assert [item.id for item in award.micro_credential.assessments] == [result.assessment, "a2"]


def test_empty_credential_is_read_as_an_empty_award() -> None:
    result = read({"type": ["VerifiableCredential", "EuropeanDigitalCredential"]})
    assert result.award.learner == Learner()
    assert result.issuer is None
    assert [remark.kind for remark in result.remarks] == ["no-claim", "record-type"]


@pytest.mark.parametrize("name", [OFFICIAL[3], OFFICIAL[6]])
def test_damaged_samples_never_raise(name: str) -> None:
    for _, damaged in mutants(sample(name), 60, 7):
        if detect(damaged):
            read(damaged)


def test_damaged_own_credentials_never_raise() -> None:
    for _, damaged in mutants(rich(), 60, 8):
        if detect(damaged):
            read(damaged)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "type", "title", "en", "hasClaim", "awardedBy", "specifiedBy", "provenBy", "additionalNote", "subject",
             "notation", "identifier", "creditPoint", "point", "grade", "inScheme", "noteLiteral", "location", "@value"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(list(rich())), json_values, max_size=6))
def test_nonsense_under_known_keys_never_raises(changes: dict[str, Any]) -> None:
    document = {**rich(), **changes, "type": ["VerifiableCredential", "EuropeanDigitalCredential"]}
    read(document)
    read({**changes, "type": "EuropeanDigitalCredential"})


def test_deep_nesting_does_not_raise() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = {"hasPart": deep}
    read({"type": "EuropeanDigitalCredential", "credentialSubject": {"hasClaim": deep}})


def test_a_reference_to_itself_ends() -> None:
    node: dict[str, Any] = {"id": "urn:x:1", "type": "LearningAchievement", "title": {"en": "T"}}
    node["isPartOf"] = {"id": "urn:x:1"}
    node["specifiedBy"] = {"id": "urn:x:1"}
    assert read({"type": "EuropeanDigitalCredential", "credentialSubject": {"hasClaim": node}}).award.extra


def test_minimal_award_has_no_invented_result() -> None:
    document = write(MINIMAL, credential_id=CREDENTIAL_ID, issued_at=ISSUED, issuer=UNIVERSITY, image=PNG)
    assert read(document).award.results == ()
    assert Result() not in read(rich()).award.results
