"""Comprehensive Learner Records: the standard's own sample, and what is wrong or odd in others."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import LimitError, SchemaError, TessellaError
from tessella.formats import clr
from tests.support import shared_json

LEARNER = "did:example:ana"
RECORD: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential", "ClrCredential"],
    "issuer": {"id": "https://uni.example", "type": ["Profile"], "name": "Universität Beispielstadt"},
    "validFrom": "2026-01-01T00:00:00Z",
    "name": "Transcript of Ana",
    "partial": True,
    "credentialSubject": {
        "id": LEARNER,
        "type": ["ClrSubject"],
        "verifiableCredential": [
            {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "id": "urn:uuid:2",
                "type": ["VerifiableCredential", "AchievementCredential"],
                "credentialSubject": {"id": LEARNER, "achievement": {"id": "urn:uuid:course"}},
            },
            "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
        ],
        "achievement": [
            {
                "id": "urn:uuid:programme",
                "type": ["Achievement"],
                "name": "Data ethics",
                "description": "All courses",
                "criteria": {"narrative": "All courses passed"},
            }
        ],
        "association": [
            {
                "type": "Association",
                "associationType": "isParentOf",
                "sourceId": "urn:uuid:programme",
                "targetId": "urn:uuid:course",
            }
        ],
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(RECORD)
    *steps, last = path.split(".")
    node: Any = document
    for step in steps:
        node = node[int(step) if step.isdigit() else step]
    if value is None:
        del node[last]
    else:
        node[int(last) if last.isdigit() else last] = value
    return document


def test_official_sample_conforms_and_is_read() -> None:
    document = shared_json("vc/1edtech/spec/kat/linked-data-proof-clr.json")["credential"]
    assert clr.validate(document) == []
    record = clr.read(document)
    assert (record.name, record.subject_id) == (
        "Sample Transcript",
        "did:example:ebfeb1f712ebc6f1c276e12ec21",
    )
    assert record.associations == (
        clr.Association(
            type="isParentOf",
            source="urn:uuid:a7467ef6-56cb-11ec-bf63-0242ac130002",
            target="urn:uuid:dd887f0a-56cb-11ec-bf63-0242ac130002",
        ),
    )
    assert [one.path for one in record.credentials] == ["$.credentialSubject.verifiableCredential[0]"]
    assert clr.doubts(record, [one.value for one in record.credentials]) == ()


def test_own_record_conforms_and_is_read() -> None:
    assert clr.validate(RECORD) == []
    record = clr.read(RECORD)
    assert record == clr.LearnerRecord(
        id="urn:uuid:1",
        name="Transcript of Ana",
        partial=True,
        subject_id=LEARNER,
        achievements=(clr.ListedAchievement(id="urn:uuid:programme", name="Data ethics"),),
        associations=(
            clr.Association(type="isParentOf", source="urn:uuid:programme", target="urn:uuid:course"),
        ),
        credentials=tuple(
            clr.Embedded(path=f"$.credentialSubject.verifiableCredential[{n}]", value=value)
            for n, value in enumerate(RECORD["credentialSubject"]["verifiableCredential"])
        ),
    )


def test_version_1_1_of_the_data_model_has_its_own_dates() -> None:
    old = changed("@context.0", "https://www.w3.org/2018/credentials/v1")
    assert [one.property for one in clr.validate(old)] == ["issuanceDate"]
    old["issuanceDate"] = old.pop("validFrom")
    assert clr.validate(old) == []


@pytest.mark.parametrize(
    ("path", "value", "constraint", "at"),
    [
        ("@context", ["https://www.w3.org/ns/credentials/v2"], "context", "$.@context"),
        ("@context.1", "https://evil.example/spec/clr/v2p0/context.json", "context", "$.@context"),
        ("@context.2", "https://uni.example/context", "context", "$.@context"),
        ("type", ["ClrCredential"], "type", "$.type"),
        ("name", None, "min", "$.name"),
        ("issuer", 5, "kind", "$.issuer"),
        ("validFrom", "2026-01-01", "kind", "$.validFrom"),
        ("partial", "yes", "kind", "$.partial"),
        ("credentialSubject.id", None, "one-of", "$.credentialSubject"),
        ("credentialSubject.type", "AchievementSubject", "class", "$.credentialSubject.type"),
        (
            "credentialSubject.verifiableCredential",
            [],
            "min",
            "$.credentialSubject.verifiableCredential",
        ),
        (
            "credentialSubject.verifiableCredential.0",
            {"type": "Achievement"},
            "kind",
            "$.credentialSubject.verifiableCredential[0]",
        ),
        (
            "credentialSubject.association.0.associationType",
            "isCousinOf",
            "enumeration",
            "$.credentialSubject.association[0].associationType",
        ),
        (
            "credentialSubject.association.0.targetId",
            "Course 1",
            "kind",
            "$.credentialSubject.association[0].targetId",
        ),
    ],
)
def test_broken_rule_is_named_with_its_place(path: str, value: Any, constraint: str, at: str) -> None:
    assert [(one.constraint, one.path) for one in clr.validate(changed(path, value))] == [(constraint, at)]


def test_other_credentials_are_no_learner_records() -> None:
    badge = {"type": ["VerifiableCredential", "AchievementCredential"]}
    assert not clr.detect(badge)
    assert clr.detect(changed("type", ["VerifiableCredential"]))
    with pytest.raises(SchemaError) as caught:
        clr.read(badge)
    assert caught.value.code == "clr.type"


def test_credential_about_another_learner_is_doubted() -> None:
    document = changed("credentialSubject.verifiableCredential.0.credentialSubject.id", "did:example:bob")
    record = clr.read(document)
    assert [one.kind for one in clr.doubts(record, [record.credentials[0].value])] == ["other-subject"]


def test_association_that_leads_nowhere_is_doubted() -> None:
    record = clr.read(changed("credentialSubject.association.0.targetId", "urn:uuid:elsewhere"))
    (doubt,) = clr.doubts(record, [record.credentials[0].value])
    assert (doubt.kind, doubt.path) == ("loose-association", "$.credentialSubject.association[0]")


def test_number_of_credentials_is_limited() -> None:
    with pytest.raises(LimitError) as caught:
        clr.read(changed("credentialSubject.verifiableCredential", [{}] * 1_001))
    assert caught.value.code == "clr.credentials"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(RECORD)), st.sampled_from(sorted(RECORD["credentialSubject"])), VALUES, VALUES)
def test_any_shape_is_read_or_refused_by_our_own_errors(
    member: str, inner: str, one: Any, other: Any
) -> None:
    document = changed(f"credentialSubject.{inner}", 0)
    document["credentialSubject"][inner] = other
    document[member] = one if member != "credentialSubject" else document[member]
    clr.validate(document)
    try:
        record = clr.read(document)
    except TessellaError:
        return
    clr.doubts(record, [value.value for value in record.credentials if isinstance(value.value, dict)])
