"""Every list against the published lists, and against itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import VocabularyError
from tessella.vocabulary import CodeList, by_uri, code_list, code_lists, list_of
from tessella.vocabulary._tables import index, read_names, read_table
from tests.support import shared_json

PUBLISHED = {
    "accreditation": "europass-accreditation-types",
    "assessment": "europass-learning-assessment-types",
    "country": "country",
    "credit-system": "credit-points",
    "currency": "currency",
    "encoding": "europass-content-encoding-types",
    "entitlement": "europass-learning-entitlement-types",
    "entitlement-status": "europass-learning-entitlement-statuses",
    "eqf": "eqf",
    "file-type": "file-type",
    "isced-f": "isced-f",
    "learning-activity": "europass-learning-activity-types",
    "learning-opportunity": "europass-learning-opportunity-types",
    "learning-schedule": "europass-learning-schedule-types",
    "learning-setting": "europass-learning-setting-types",
    "mode": "europass-modes",
    "nqf": "nqf",
    "skill-reuse-level": "skill-reuse-levels",
    "skill-type": "skill-types",
    "target-group": "europass-target-groups",
}
"""Our lists that the published collection has whole, with its names for them."""

FROM_CONSTANTS = {
    "evidence-type": "http://data.europa.eu/snb/evidence-type/25831c2",
    "human-sex": "http://publications.europa.eu/resource/authority/human-sex",
    "verifiable-presentation": "http://data.europa.eu/snb/verifiable-presentation/25831c2",
    "verification": "http://data.europa.eu/snb/verification/25831c2",
    "verification-status": "http://data.europa.eu/snb/verification-status/25831c2",
}

NEWER = {"mode": {"http://data.europa.eu/snb/learning-assessment/c_3a90b26d": "Hybrid"}}
"""What the lists have beyond the snapshot."""

OWN = {"annex-supervision", "cefr", "digcomp-level", "isced-level", "qf-ehea"}
"""Lists without EU concepts: URIs of our own."""


def labels(concepts: Any) -> dict[str, str]:
    return {concept["id"]: concept["prefLabel"].get("en", "") for concept in concepts}


def ours(codes: CodeList) -> dict[str, str]:
    return {concept.uri: concept.labels.get("en", "") for concept in codes}


@pytest.mark.parametrize(("name", "published"), PUBLISHED.items())
def test_list_has_the_published_uris_and_labels(name: str, published: str) -> None:
    official = shared_json("edc/derived/controlled-vocabularies.json")[published]
    codes = code_list(name)
    expected = labels(official["concepts"]) | NEWER.get(name, {})
    assert (codes.scheme, ours(codes)) == (official["inScheme"], expected)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        (name, published)
        for name, published in PUBLISHED.items()
        if name not in ("country", "currency", "encoding", "entitlement-status", "file-type")
    ],
)
def test_list_has_the_labels_of_the_second_copy(name: str, published: str) -> None:
    official = shared_json("code-lists/eu_code_lists.json")["lists"][published]
    assert ours(code_list(name)) == {entry["uri"]: entry["label"] for entry in official} | NEWER.get(name, {})


@pytest.mark.parametrize("name", ["nuts", "atu"])
def test_region_list_has_the_published_uris_and_labels(name: str) -> None:
    official = shared_json(f"edc/derived/controlled-vocabulary-{name}.json")
    codes = code_list(name)
    assert (codes.scheme, ours(codes)) == (official["inScheme"], labels(official["concepts"]))


def test_language_list_has_the_published_uris_and_labels() -> None:
    official = labels(shared_json("edc/derived/controlled-vocabulary-language.json")["concepts"])
    codes = ours(code_list("language"))
    assert set(codes) == set(official)
    assert {uri: label for uri, label in codes.items() if official[uri]} == {
        u: t for u, t in official.items() if t
    }


@pytest.mark.parametrize(("name", "scheme"), FROM_CONSTANTS.items())
def test_list_known_from_constants_has_exactly_those_uris(name: str, scheme: str) -> None:
    constants = shared_json("edc/derived/edc-uri-constants.json")["concepts"]
    codes = code_list(name)
    assert codes.scheme == scheme
    assert {concept.uri for concept in codes} == {
        entry["id"] for entry in constants if entry["scheme"] == scheme
    }


def test_credential_profiles_are_the_published_and_the_constants() -> None:
    published = shared_json("edc/derived/controlled-vocabularies.json")["europass-credential-types"][
        "concepts"
    ]
    constants = shared_json("edc/derived/edc-uri-constants.json")["concepts"]
    codes = code_list("credential")
    expected = {e["id"] for e in published} | {e["id"] for e in constants if e["scheme"] == codes.scheme}
    assert {concept.uri for concept in codes} == expected
    assert labels(published) == {uri: label for uri, label in ours(codes).items() if uri in labels(published)}


def test_every_list_is_compared_with_a_published_one_or_is_known_not_to_be() -> None:
    apart = {"atu", "credential", "grade-status", "language", "nuts", "supervision"}
    assert set(code_lists()) == set(PUBLISHED) | set(FROM_CONSTANTS) | OWN | apart


def test_concepts_in_published_credentials_are_in_their_lists() -> None:
    seen = shared_json("edc/derived/concepts-seen-in-samples.json")
    known = {scheme: list_of(scheme) for scheme in seen}
    missing = {
        entry["id"]
        for scheme, entries in seen.items()
        if (codes := known[scheme]) is not None
        for entry in entries
        if not codes.in_list(entry["id"])
    }
    # a code the published list of territorial units does not have either
    assert missing == {"http://publications.europa.eu/resource/authority/atu/ESP_CMA_CATAL"}
    assert sum(codes is not None for codes in known.values()) == 22


@pytest.mark.parametrize("name", code_lists())
def test_every_concept_is_found_by_code_and_by_uri(name: str) -> None:
    codes = code_list(name)
    for concept in codes:
        found = (
            codes.get(concept.code),
            codes.get(concept.code.upper()),
            codes.get(concept.uri),
            codes.get(concept.uri.replace("http://", "https://") + "/"),
            by_uri(concept.uri),
            codes.require(concept.code),
        )
        assert all(other is concept for other in found), concept
        assert list_of(concept.scheme) is codes
        assert codes.in_list(concept) and codes.in_list(concept.uri)


@pytest.mark.parametrize("name", code_lists())
def test_no_code_or_uri_is_given_twice(name: str) -> None:
    codes = code_list(name)
    assert len(codes) == len({c.code for c in codes}) == len({c.uri for c in codes}) > 0


@pytest.mark.parametrize("name", code_lists())
def test_broader_concepts_are_in_the_list_and_lead_to_a_top(name: str) -> None:
    codes = code_list(name)
    for concept in codes:
        steps = 0
        above = concept
        while above.broader:
            above = codes.require(above.broader)
            steps += 1
            assert steps < 6, concept


@pytest.mark.parametrize("name", code_lists())
def test_data_file_says_where_it_comes_from(name: str) -> None:
    table = read_table(name)
    assert table.list == name
    assert (table.scheme, table.base) == index()[name][0]
    assert all((table.title, table.source, table.licence, table.snapshot))


@pytest.mark.parametrize("name", sorted(set(code_lists()) - {"language"}))
def test_every_concept_but_some_regions_has_an_english_label(name: str) -> None:
    unlabelled = [concept for concept in code_list(name) if not concept.labels.get("en")]
    assert len(unlabelled) == (188 if name == "atu" else 0)


def test_lists_are_read_once() -> None:
    assert code_list("mode") is code_list("mode")


@pytest.mark.parametrize("name", ["country", "language"])
def test_names_file_has_its_source_and_names_members_only(name: str) -> None:
    names = read_names(name)
    codes = {concept.code for concept in code_list(name)}
    assert names.list == name
    assert names.source
    assert names.licence
    assert len(names.names) == 23
    assert {code for by_code in names.names.values() for code in by_code} <= codes


def test_unknown_list_names_the_nearest() -> None:
    with pytest.raises(VocabularyError) as caught:
        code_list("modes")
    assert caught.value.code == "input.vocabulary.no-list"
    assert caught.value.hint == "Did you mean “mode”?"


def test_unknown_list_without_a_near_name_points_to_the_overview() -> None:
    with pytest.raises(VocabularyError) as caught:
        code_list("")
    assert caught.value.hint == "See all lists with “tessella vocabulary”."


@pytest.mark.parametrize(
    "uri", ["", "urn:x", "http://data.europa.eu/snb/eqf/9", "http://example.org/eqf/6", "/", ":"]
)
def test_foreign_uri_is_no_concept_of_ours(uri: str) -> None:
    assert by_uri(uri) is None


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(code_lists()), value=st.text(max_size=40))
def test_any_text_is_a_member_or_a_named_error(name: str, value: str) -> None:
    codes = code_list(name)
    found = codes.get(value)
    if found is not None:
        assert codes.require(value) is found
        return
    with pytest.raises(VocabularyError) as caught:
        codes.require(value)
    assert caught.value.hint
    assert len(codes.suggestions(value)) <= 3
