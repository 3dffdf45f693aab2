"""Finding a concept from what people write, and what is said when it is not there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import VocabularyError
from tessella.vocabulary import Concept, code_list
from tessella.vocabulary._matching import MAX_VALUE_CHARS


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("mode", "online", "online"),
        ("mode", "ONLINE", "online"),
        ("mode", " on site ", "on-site"),
        ("mode", "on_site", "on-site"),
        ("mode", "Presential", "on-site"),
        ("mode", "hybrid", "hybrid"),
        ("country", "Österreich", "AT"),
        ("country", "osterreich", "AT"),
        ("country", "Ισπανία", "ES"),
        ("language", "němčina", "de"),
        ("language", "danų", "da"),
        ("language", "Danu", "dnv"),
        ("mode", "920fbb3cbe", "online"),
        ("mode", "http://data.europa.eu/snb/learning-assessment/920fbb3cbe", "online"),
        ("eqf", "6", "6"),
        ("eqf", "EQF 6", "6"),
        ("eqf", "Level 6", "6"),
        ("assessment", "Written examination", "written-exam"),
        ("accreditation", "Programme Quality Assurance", "programme-quality-assurance"),
        ("credit-system", "ECTS", "ects"),
        ("learning-setting", "aprendizaje no formal", "non-formal"),
        ("nqf", "DQR 6", "de-6"),
        ("nqf", "SCQF Level 7", "gb-sct-7"),
        ("country", "Réunion", "RE"),
        ("country", "reunion", "RE"),
        ("file-type", "image/svg+xml", "svg"),
        ("file-type", "jpg", "jpeg"),
        ("currency", "US dollar", "USD"),
        ("supervision", "Unsupervised with ID Verification", "unsupervised-with-id"),
        ("cefr", "b2", "B2"),
        ("qf-ehea", "Second cycle", "second"),
        ("nuts", "Oberbayern", "DE21"),
    ],
)
def test_get_understands_what_people_write(name: str, value: str, code: str) -> None:
    found = code_list(name).get(value)
    assert found is not None
    assert found.code == code


def test_label_shared_along_a_branch_means_the_most_detailed() -> None:
    assert code_list("isced-f").require("law").code == "0421"


def test_label_shared_by_different_concepts_is_ambiguous() -> None:
    languages = code_list("language")
    assert languages.get("Wyandot") is None
    with pytest.raises(VocabularyError) as caught:
        languages.require("Wyandot")
    assert caught.value.code == "input.vocabulary.ambiguous"
    assert caught.value.hint == "Did you mean “wdt” (Wyandot), “wyn” (Wyandot)?"


def test_unknown_value_is_answered_with_what_may_be_meant() -> None:
    with pytest.raises(VocabularyError) as caught:
        code_list("mode").require("onlin")
    error = caught.value
    assert error.code == "input.vocabulary"
    assert error.message == "“onlin” is not in the list “mode”."
    assert error.hint == "Did you mean “online”?"
    assert error.got == "onlin"
    assert error.expected == "on-site, online, blended, work-based, project-based, research-lab, hybrid"


def test_unknown_value_unlike_any_is_answered_with_where_to_look() -> None:
    with pytest.raises(VocabularyError) as caught:
        code_list("eqf").require("9")
    assert caught.value.hint == "See its values with “tessella vocabulary eqf”."


def test_unknown_value_in_a_long_list_does_not_spell_the_list_out() -> None:
    with pytest.raises(VocabularyError) as caught:
        code_list("country").require("Germny")
    assert caught.value.expected is None
    assert caught.value.hint.startswith("Did you mean “DE” (Germany)")


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("isced-f", "611", "Did you mean “0611” (Computer use)?"),
        ("isced-f", "613", "Did you mean “0613” (Software and applications development and analysis)?"),
        ("isced-f", "6", "Did you mean “06” (Information and Communication Technologies (ICTs))?"),
    ],
)
def test_lost_leading_zero_is_recognised(name: str, value: str, hint: str) -> None:
    with pytest.raises(VocabularyError) as caught:
        code_list(name).require(value)
    assert (caught.value.code, caught.value.hint) == ("input.vocabulary.lost-zero", hint)


def test_overlong_value_is_cut_and_not_compared() -> None:
    value = "x" * (MAX_VALUE_CHARS + 1)
    codes = code_list("nuts")
    assert codes.suggestions(value) == []
    with pytest.raises(VocabularyError) as caught:
        codes.require(value)
    assert caught.value.got == "x" * MAX_VALUE_CHARS + "…"


@pytest.mark.parametrize("value", ["", "   ", "-"])
def test_empty_value_is_not_in_any_list(value: str) -> None:
    codes = code_list("mode")
    assert codes.get(value) is None
    with pytest.raises(VocabularyError):
        codes.require(value)


def test_naming_the_scheme_does_not_make_a_member() -> None:
    codes = code_list("eqf")
    invented = Concept(
        uri="http://data.europa.eu/snb/eqf/9", scheme=codes.scheme, code="9", labels={"en": "Level 9"}
    )
    assert not codes.in_list(invented)
    assert codes.in_list(codes.require("8"))


def test_label_in_a_language_is_official_else_customary_else_english() -> None:
    countries, profiles = code_list("country"), code_list("credential")
    austria = countries.require("AT")
    assert countries.label(austria) == "Austria"
    assert countries.label(austria, "de-AT") == "Österreich"
    assert countries.label(austria, "xx") == "Austria"
    assert austria.labels == {"en": "Austria"}
    assert profiles.label(profiles.require("generic"), "nl") == "Algemeen"
    assert countries.label(Concept(uri="urn:example:atlantis")) == "urn:example:atlantis"


def test_branch_leads_from_the_concept_to_the_top() -> None:
    fields = code_list("isced-f")
    assert [field.code for field in fields.branch(fields.require("0613"))] == ["0613", "061", "06"]
    foreign = Concept(uri="urn:example:field")
    assert fields.branch(foreign) == (foreign,)


def test_facts_of_a_foreign_concept_are_empty() -> None:
    assert code_list("country").facts(Concept(uri="urn:example:atlantis")) == {}


@pytest.mark.parametrize(
    ("name", "query", "codes"),
    [
        ("assessment", "exam", ["written-exam", "oral-exam"]),
        ("isced-f", "0613", ["0613"]),
        ("isced-f", "sofware", ["0613"]),
        ("isced-f", "nurs", ["0913"]),
        ("country", "united kingdom", ["GB"]),
        ("country", "germany", ["DE"]),
        ("mode", "lab", ["research-lab"]),
        ("isced-f", "glass", ["0722"]),
        ("mode", "qqqq", []),
    ],
)
def test_search_finds(name: str, query: str, codes: list[str]) -> None:
    assert [concept.code for concept in code_list(name).search(query)] == codes


def test_search_ranks_whole_before_beginning_before_words_before_parts() -> None:
    found = [concept.label() for concept in code_list("country").search("niger")]
    assert found == ["Niger", "Nigeria"]
    found = [concept.code for concept in code_list("isced-f").search("languages")]
    assert found[:4] == ["023", "0230", "0239", "022"]  # a longer beginning before a shorter word inside
    found = [concept.label() for concept in code_list("country").search("guinea")]
    assert found == ["Guinea", "Guinea-Bissau", "Papua New Guinea", "Equatorial Guinea"]


def test_search_in_another_language_uses_its_labels() -> None:
    profiles = code_list("credential")
    assert [c.code for c in profiles.search("algemeen", language="nl")] == ["generic"]
    assert profiles.search("algemeen") == []


def test_search_for_a_country_in_german() -> None:
    found = code_list("country").search("österr", language="de")
    assert [country.code for country in found] == ["AT"]


def test_search_respects_the_limit_and_gives_the_beginning_for_nothing() -> None:
    codes = code_list("isced-f")
    assert [c.code for c in codes.search("", limit=2)] == ["00", "000"]
    assert len(codes.search("programmes", limit=5)) == 5


@settings(max_examples=100, deadline=None)
@given(data=st.data(), name=st.sampled_from(["assessment", "isced-f", "target-group", "country"]))
def test_search_for_a_label_puts_its_concept_among_the_exact(data: st.DataObject, name: str) -> None:
    concept = data.draw(st.sampled_from(code_list(name).concepts))
    same = {other.uri for other in code_list(name) if other.label() == concept.label()}
    found = code_list(name).search(concept.label())
    assert {other.uri for other in found[: len(same)]} == same
