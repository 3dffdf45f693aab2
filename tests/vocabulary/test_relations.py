"""What connects the lists."""

from __future__ import annotations

import pytest

from tessella import vocabulary
from tessella.errors import VocabularyError
from tessella.vocabulary import (
    Concept,
    CountryGroup,
    annex_supervision,
    broad_field,
    by_uri,
    code_list,
    country,
    country_of,
    cycle_of_eqf,
    eqf_of_cycle,
    in_group,
    isced_f,
    language,
    members,
    nqf_levels,
    within,
)

FOREIGN = Concept(uri="urn:example:concept", scheme="urn:example:scheme")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("NL", "NL"),
        ("nld", "NL"),
        ("http://publications.europa.eu/resource/authority/country/NLD", "NL"),
        ("XK", "XK"),
        ("XKX", "XK"),
        ("1A0", "XK"),
        ("Kosovo", "XK"),
        ("EL", "GR"),
        ("UK", "GB"),
        ("Nederländerna", "NL"),
        ("Czech Republic", "CZ"),
        ("ATF", "TF"),
    ],
)
def test_country_has_the_two_letter_code(value: str, code: str) -> None:
    assert country(value).code == code


def test_unknown_country_is_an_error() -> None:
    with pytest.raises(VocabularyError):
        country("ZZ")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en", "en"),
        ("ENG", "en"),
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("zh-Hans-CN", "zh"),
        ("ger", "de"),
        ("gsg", "gsg"),
    ],
)
def test_language_has_the_primary_subtag_as_code(value: str, code: str) -> None:
    assert language(value).code == code


@pytest.mark.parametrize("value", ["", "zzz-ZZ", "qqq", "-xx"])
def test_unknown_language_is_an_error(value: str) -> None:
    with pytest.raises(VocabularyError):
        language(value)


def test_official_languages_of_the_union_are_24() -> None:
    codes = code_list("language")
    official = [concept.code for concept in codes if codes.facts(concept).get("official") == "EU"]
    assert official == sorted(official)
    assert len(official) == 24


@pytest.mark.parametrize(("group", "size"), [("EU", 27), ("EEA", 30), ("EFTA", 4), ("EHEA", 49)])
def test_group_has_its_size(group: CountryGroup, size: int) -> None:
    assert len(members(group)) == size


def test_membership_of_a_group() -> None:
    assert in_group(country("NO"), "EEA")
    assert not in_group(country("NO"), "EU")
    assert not in_group(country("US"), "EHEA")
    assert not in_group(FOREIGN, "EU")


def test_isced_f_without_its_zero_says_so() -> None:
    with pytest.raises(VocabularyError) as caught:
        isced_f("611")
    assert caught.value.code == "input.vocabulary.lost-zero"


@pytest.mark.parametrize(
    ("code", "broad"), [("0613", "06"), ("061", "06"), ("06", "06"), ("1015", "10"), ("9999", "99")]
)
def test_broad_field_is_the_top_of_the_branch(code: str, broad: str) -> None:
    field = broad_field(isced_f(code))
    assert field is not None
    assert field.code == broad


def test_every_field_has_one_of_the_broad_fields() -> None:
    broad = {field.code for concept in code_list("isced-f") if (field := broad_field(concept))}
    assert broad == {"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "99"}
    assert broad_field(FOREIGN) is None


def test_within_follows_the_branch_upwards_only() -> None:
    assert within(isced_f("0613"), isced_f("06"))
    assert within(isced_f("0613"), isced_f("0613"))
    assert not within(isced_f("06"), isced_f("0613"))
    assert not within(isced_f("0613"), isced_f("07"))
    assert within(FOREIGN, FOREIGN)
    assert not within(FOREIGN, isced_f("06"))


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("nuts", "DE21", "DE"),
        ("nuts", "EL", "GR"),
        ("nuts", "UKM91", "GB"),
        ("atu", "IRL_CTH_DUB", "IE"),
        ("atu", "CYM", "GB"),
        ("atu", "SCT", "GB"),
        ("nqf", "de-6", "DE"),
        ("nqf", "gb-sct-7", "GB"),
        ("nqf", "be-nl", "BE"),
        ("country", "FR", "FR"),
    ],
)
def test_country_of_a_region_or_framework(name: str, code: str, expected: str) -> None:
    found = country_of(code_list(name).require(code))
    assert found is country(expected)


def test_every_region_and_framework_has_a_country() -> None:
    unknown = [c.code for name in ("nuts", "nqf", "atu") for c in code_list(name) if country_of(c) is None]
    assert unknown == []


def test_other_concepts_have_no_country() -> None:
    assert country_of(code_list("eqf").require("6")) is None
    assert country_of(FOREIGN) is None


def test_nqf_levels_of_a_country_come_in_order() -> None:
    assert [level.code for level in nqf_levels(country("DE"))] == [f"de-{n}" for n in range(1, 9)]
    assert len(nqf_levels(country("BE"))) == 24
    assert nqf_levels(country("US")) == ()


def test_every_nqf_node_is_a_framework_or_a_level_of_one() -> None:
    codes = code_list("nqf")
    frameworks = [node for node in codes if not node.broader]
    assert (len(frameworks), len(codes)) == (43, 424)
    assert sum(len(nqf_levels(place)) for place in code_list("country")) == 424 - 43


@pytest.mark.parametrize(
    ("cycle", "level"), [("short", "5"), ("first", "6"), ("second", "7"), ("third", "8")]
)
def test_cycle_and_eqf_level_correspond(cycle: str, level: str) -> None:
    concept, eqf = code_list("qf-ehea").require(cycle), code_list("eqf").require(level)
    assert eqf_of_cycle(concept) is eqf
    assert cycle_of_eqf(eqf) is concept


def test_levels_below_5_have_no_cycle() -> None:
    assert [cycle_of_eqf(code_list("eqf").require(level)) for level in "1234"] == [None] * 4
    assert eqf_of_cycle(FOREIGN) is None


@pytest.mark.parametrize(
    ("uri", "value"),
    [
        ("c598449d64", "unsupervised with no identity verification"),
        ("70be69aaf9", "supervised online or onsite with identity verification"),
        ("df2880c5cb", None),
        ("44314532f9", None),
    ],
)
def test_eu_supervision_maps_to_annex_i(uri: str, value: str | None) -> None:
    concept = by_uri(f"http://data.europa.eu/snb/supervision-verification/{uri}")
    assert concept is not None
    annex = annex_supervision(concept)
    assert (annex.label() if annex else None) == value


def test_each_value_of_annex_i_can_be_written() -> None:
    reached = [annex for concept in code_list("supervision") if (annex := annex_supervision(concept))]
    assert reached == list(code_list("annex-supervision"))
    own = code_list("supervision").require("supervised-without-id")
    assert own.scheme == "urn:tessella:supervision"
    assert by_uri(own.uri) is own
    assert annex_supervision(FOREIGN) is None


def test_public_names_are_documented() -> None:
    for name in set(vocabulary.__all__) - {"CountryGroup", "OFFICIAL_LANGUAGES"}:
        assert getattr(vocabulary, name).__doc__, name
