"""Searching as one types, suggesting for sentences, and what guidance asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.catalogue.esco import domain, queries
from tessella_web.catalogue.esco.index import KEY, SHIFT, packed, unpacked
from tessella_web.catalogue.esco.words import folded, is_near, words_of
from tests.web.catalogue.counting import counted

pytestmark = pytest.mark.django_db

BASE = "https://example.org/fictitious-esco/"


@pytest.fixture
def loaded(db: None) -> None:
    domain.load_excerpt()


def first(text: str, *languages: str) -> str:
    found = queries.search(text, languages=languages or ("en",))
    return found[0].label if found else ""


@pytest.mark.parametrize(
    ("typed", "language", "label"),
    [
        ("take so", "en", "take soil samples"),
        ("soil", "en", "soil science"),
        ("samples soil", "en", "take soil samples"),
        ("collect samples", "en", "take soil samples"),  # another label
        ("ETICA", "es", "aplicar la ética de los datos"),  # no accents, other capitals
        ("gestión propio", "es", "gestionar el propio aprendizaje"),
        ("primeros aux", "es", "primeros auxilios"),
        ("bodenprob", "de", "Bodenproben nehmen"),
        (
            "bodenprob",
            "nl",
            "bodemmonsters nemen",
        ),  # found by a label of another language, called in one's own
        ("bodenprob", "fr", "take soil samples"),  # no French label: English
        ("sol samples", "en", ""),  # too short for a slip
        ("rotaton", "en", "plan crop rotation"),  # a letter missing
        ("rotatoin", "en", "plan crop rotation"),  # two swapped
        ("xpreadsheets", "en", "use spreadsheets"),  # wrong in front
        ("spreadshets", "en", "use spreadsheets"),
        ("s", "en", ""),
        ("", "en", ""),
        ("  ,;  ", "en", ""),
        ("%_'\"", "en", ""),
    ],
)
def test_search_finds(loaded: None, typed: str, language: str, label: str) -> None:
    assert first(typed, language) == label


def test_the_shorter_and_preferred_label_comes_first(loaded: None) -> None:
    assert [one.label for one in queries.search("plan", languages=["en"])][:3] == [
        "plan crop rotation", "plan work at height", "plan a youth exchange",
    ]  # fmt: skip


def test_a_search_needs_few_looks(loaded: None) -> None:
    assert counted(lambda: queries.search("take soil samples", languages=["de"])) <= 4
    assert counted(lambda: queries.search("xpreadsheets", languages=["de"])) <= 7


def test_sentences_get_suggestions_in_one_look(loaded: None) -> None:
    sentences = [
        "Takes soil samples in the field and reads the results",
        "Sings in a choir",
        "Plan a crop rotation for five years",
    ]
    found = queries.suggest(sentences, languages=["en"])
    assert [[one.label for one in some][:1] for some in found] == [
        ["take soil samples"],
        [],
        ["plan crop rotation"],
    ]
    assert found[0][0].uri == BASE + "skill/take-soil-samples"
    one, three = (counted(lambda n=n: queries.suggest(sentences[:n], languages=["en"])) for n in (1, 3))
    assert one == three == 2
    assert (
        queries.suggest(["Bodenproben auf dem Feld nehmen"], languages=["de"])[0][0].label
        == "Bodenproben nehmen"
    )
    assert queries.suggest([], languages=["en"]) == []
    assert queries.suggest([""], languages=["en"]) == [[]]


def test_a_skill_becomes_a_coded_value_of_the_record(loaded: None) -> None:
    uri = BASE + "skill/first-aid"
    found = queries.coded([uri, "https://example.org/none"], languages=["de", "nl"])
    assert list(found) == [uri]
    assert found[uri].labels == {"de": "Erste Hilfe", "nl": "eerste hulp", "en": "first aid"}
    assert found[uri].scheme == ""  # the excerpt is not ESCO


def test_guidance_finds_occupations_by_skills(loaded: None) -> None:
    has = [BASE + "skill/" + one for one in ("take-soil-samples", "plan-crop-rotation", "facilitate-groups")]
    matches = queries.occupations_with(has, languages=["en"])
    assert [(one.occupation.label, one.has, one.needs) for one in matches] == [
        ("crop grower", 2, 2),
        ("youth worker", 1, 2),
    ]
    needs = queries.skills_of(BASE + "occupation/youth-worker", languages=["de"], essential=True)
    assert [one.label for one in needs["essential"]] == ["Gruppen moderieren", "Jugendaustausch planen"]


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert words_of(" ".join(words_of(text))) == words_of(text)


@given(st.text("abcd", max_size=8), st.data())
def test_one_slip_is_near(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))
    assert is_near(word, word[:at] + "x" + word[at:])
    assert is_near(word, word[:at] + word[at + 1 :])
    assert is_near(word, word[:at] + "x" + word[at + 1 :])
    assert is_near(word, word[:at] + word[at : at + 2][::-1] + word[at + 2 :])
    assert not is_near(word, word + "xy")


@given(st.dictionaries(st.integers(1, 2**50), st.integers(0, 255)))
def test_the_index_gives_back_what_was_packed(found: dict[int, int]) -> None:
    assert {number & KEY: number >> SHIFT for number in unpacked(packed(found.items()))} == found
