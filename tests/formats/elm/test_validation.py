"""The constraint tables say what the official shapes say, and give the same verdict."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pytest

from tessella.errors import InputError, LimitError
from tessella.formats.elm import PROFILES, Violation, validate, write
from tests.formats.elm import oracle
from tests.formats.elm.awards import AWARDS, CREDENTIAL_ID, ISSUED, PNG, SEAL, UNIVERSITY
from tests.formats.elm.mutations import mutants
from tests.formats.elm.samples import CONFORMING, OFFICIAL, sample
from tests.formats.elm.shapes import Flattened, official_terms

MUTATED = (OFFICIAL[0], OFFICIAL[3], OFFICIAL[4], OFFICIAL[6], OFFICIAL[8], "rich", "minimal")


def table() -> dict[str, Any]:
    text = resources.files("tessella.formats.elm").joinpath("constraints.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.mark.parametrize("profile", PROFILES)
def test_table_says_exactly_what_the_official_shapes_say(profile: str) -> None:
    ours = {name: rows for name, rows in table()["profiles"][profile]["classes"].items() if rows}
    theirs = {name: rows for name, rows in Flattened(table(), profile).rows().items() if rows}
    assert ours == theirs


def test_terms_are_exactly_those_of_the_official_context() -> None:
    assert {name: cell for name, cell in table()["terms"].items() if name != "proof"} == official_terms()


@pytest.mark.parametrize("name", OFFICIAL)
def test_official_samples_get_the_official_verdict(name: str) -> None:
    document = sample(name)
    assert (validate(document) == []) is (name in CONFORMING)
    assert oracle.conforms(document)[0] is (name in CONFORMING)
    assert oracle.conforms_fast(document) is (name in CONFORMING)


def document(name: str) -> dict[str, Any]:
    """An official sample, or one of our awards as we write it."""
    if name not in AWARDS:
        return sample(name)
    return write(
        AWARDS[name], credential_id=CREDENTIAL_ID, issued_at=ISSUED, issuer=UNIVERSITY, image=PNG, seal=SEAL
    )


def same_verdict(damaged: dict[str, Any], *, exact: bool) -> bool:
    """Whether we and SHACL agree, leaving aside the two points on which we are stricter by intent."""
    judged = oracle.conforms(damaged)[0] if exact else oracle.conforms_fast(damaged)
    found = [v for v in validate(damaged) if not (v.constraint == "class" and v.property == "type")]
    return judged is (not found)


@pytest.mark.parametrize(("seed", "name"), list(enumerate(MUTATED)))
def test_mutated_credentials_get_the_verdict_of_shacl(seed: int, name: str) -> None:
    original = document(name)
    assert [
        case for case, damaged in mutants(original, 6, seed) if not same_verdict(damaged, exact=False)
    ] == []
    assert [
        case for case, damaged in mutants(original, 1, seed + 50) if not same_verdict(damaged, exact=True)
    ] == []


@pytest.mark.vectors
@pytest.mark.parametrize(("seed", "name"), list(enumerate(MUTATED)))
def test_hundreds_of_mutated_credentials_get_the_verdict_of_both_validators(seed: int, name: str) -> None:
    original = document(name)
    cases = list(mutants(original, 120, seed + 100))
    assert [case for case, damaged in cases if not same_verdict(damaged, exact=False)] == []
    assert [case for case, damaged in cases if not same_verdict(damaged, exact=True)] == []


def test_mutations_are_a_fair_mix() -> None:
    verdicts = [validate(damaged) == [] for _, damaged in mutants(sample(OFFICIAL[8]), 60, 1)]
    assert 5 < sum(verdicts) < 50


@pytest.mark.parametrize(
    ("profile", "change"),
    [
        ("accredited", lambda d: None),
        ("issued-by-mandate", lambda d: None),
        ("converted", lambda d: None),
        ("issued-by-mandate", lambda d: d["evidence"].pop("evidenceStatement")),
        ("no-cv", lambda d: d["credentialProfiles"].update(inScheme=[])),
        ("generic", lambda d: d["credentialProfiles"].update(inScheme=[])),
    ],
)
def test_other_profiles_give_the_verdict_of_shacl(profile: str, change: Any) -> None:
    document = sample(OFFICIAL[3])
    change(document)
    assert oracle.conforms(document, profile)[0] is (validate(document, profile=profile) == [])


def broken(change: Mapping[str, Any] | None = None, name: str = OFFICIAL[8]) -> dict[str, Any]:
    return {**copy.deepcopy(sample(name)), **(change or {})}


def test_violation_names_place_constraint_and_remedy() -> None:
    document = broken()
    del document["credentialSubject"]["hasClaim"]["provenBy"]["grade"]
    assert validate(document) == [
        Violation(
            path="credentialSubject.hasClaim.provenBy",
            node_class="LearningAssessment",
            property="grade",
            constraint="min",
            message="LearningAssessment has no “grade”.",
            remedy="Add it: Note.",
        )
    ]


def test_one_id_for_two_different_things_is_explained() -> None:
    document = broken()
    document["credentialSubject"]["hasClaim"]["awardedBy"]["awardingBody"]["location"]["address"][
        "countryCode"
    ]["notation"] = "land"
    (found,) = validate(document)
    assert (found.constraint, found.property) == ("max", "notation")
    assert found.remedy == (
        "The id “http://publications.europa.eu/resource/authority/country/LVA” is used for different things; "
        "give each its own."
    )


def test_issuer_without_eidas_identifier_is_told_that_sealing_adds_it() -> None:
    document = broken()
    del document["issuer"]["eIDASIdentifier"]
    assert [(v.path, v.constraint) for v in validate(document)] == [("issuer", "issuer")]


def test_another_context_is_refused() -> None:
    assert [v.constraint for v in validate(broken({"@context": "https://www.w3.org/ns/credentials/v2"}))] == [
        "context"
    ]


def test_a_nested_context_is_refused() -> None:
    document = broken()
    document["issuer"]["@context"] = {"title": "https://example.org/"}
    assert [(v.path, v.constraint) for v in validate(document)] == [("issuer.@context", "context")]


def test_an_empty_document_does_not_pass() -> None:
    assert [v.constraint for v in validate({})] == ["context", "class"]


def test_unknown_profile_is_an_error_with_the_names() -> None:
    with pytest.raises(InputError, match="generic"):
        validate({}, profile="nonsense")


def test_equal_objects_with_unnamed_parts_are_two_as_in_rdf() -> None:
    """The shortcut for repeated objects must not swallow a second unnamed address."""
    original = document("minimal")
    body = original["credentialSubject"]["hasClaim"]["awardedBy"]["awardingBody"]
    del body["location"]["address"]["countryCode"]["id"]
    assert validate(original)
    assert oracle.conforms(original)[0] is False
    repeated = document("minimal")
    for holder in (
        repeated["credentialSubject"]["hasClaim"]["awardedBy"]["awardingBody"],
        repeated["issuer"],
    ):
        holder["registration"] = {
            "id": "urn:x:reg", "type": "LegalIdentifier", "notation": "1",
            "spatial": {"type": "Concept", "inScheme": {"id": "http://publications.europa.eu/resource/authority/country", "type": "ConceptScheme"}},
        }  # fmt: skip
    found = validate(repeated, profile="no-cv")
    assert [(v.property, v.constraint) for v in found] == [("spatial", "max")]
    assert oracle.conforms(repeated, "no-cv")[0] is False


def test_one_and_true_are_two_values_as_in_rdf() -> None:
    original = document("minimal")
    detail = original["displayParameter"]["individualDisplay"]["displayDetail"]
    original["displayParameter"]["individualDisplay"]["displayDetail"] = [detail, {**detail, "page": True}]
    assert validate(original)
    assert oracle.conforms(original)[0] is False


def test_deep_nesting_is_a_limit_not_a_crash() -> None:
    document: Any = {}
    for _ in range(5000):
        document = {"hasClaim": document}
    with pytest.raises(LimitError):
        validate(document)
    nested: Any = []
    for _ in range(5000):
        nested = [nested]
    with pytest.raises(LimitError):
        validate({"hasClaim": nested})
