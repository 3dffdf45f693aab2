"""Words and questions: folded alike, and never syntax."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.catalogue.search.engines import postgresql, sqlite
from tessella_web.catalogue.search.question import MAX_LENGTH, MAX_PARTS, Part, read
from tessella_web.catalogue.search.words import (
    MAX_WORD,
    folded,
    primary,
    stem_token,
    stems,
    words,
    words_token,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Universität ÉDUCATION straße Łódź", ["universitat", "education", "strasse", "lodz"]),
        ("Ωραίος ΆΝΘΡΩΠΟΣ", ["ωραιοσ", "ανθρωποσ"]),
        ("йога ёлка", ["йога", "елка"]),
        ("水質 data", ["水", "質", "data"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("العَرَبِيَّة", ["العربية"]),
        ("l'eau, micro-credential_2", ["l", "eau", "micro", "credential", "2"]),
        ("İstanbul ISPARTA", ["istanbul", "isparta"]),
        ("", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Häuser", "Haus", "de"),
        ("universitat", "Universitäten", "de-AT"),
        ("courses", "course", "en"),
        ("éducation", "educations", "fr"),
        ("huizen", "huizen", "nl"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str, language: str) -> None:
    assert stems(words(one), language) == stems(words(other), language)


def test_a_stem_belongs_to_its_language() -> None:
    assert stem_token("data", "en") == "en0data" != stem_token("data", "de")
    assert primary("de-AT") == "de" and primary("x") == primary("") == primary('en"') == "und"


@given(st.text(max_size=60))
def test_tokens_are_letters_and_digits_whatever_is_typed(text: str) -> None:
    for word in words(text):
        assert len(word) <= MAX_WORD
        for token in (words_token(word), stem_token(word, "en"), stem_token(word, "de")):
            assert re.fullmatch("[a-z]+[01][a-z0-9]+", token)


@given(st.text(min_size=1, max_size=12), st.text(max_size=6))
def test_the_beginning_of_a_word_is_the_beginning_of_its_token(begin: str, rest: str) -> None:
    for whole, part in zip(words(begin + rest)[:1], words(begin)[:1], strict=False):
        if whole.startswith(part) and whole.isascii() == part.isascii():
            assert words_token(whole).startswith(words_token(part))


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing_in_words(text: str) -> None:
    once = words(text)
    assert [word for one in once for word in words(one)] == once


@given(st.text(max_size=400))
def test_nothing_typed_is_syntax_of_an_engine(typed: str) -> None:
    question = read(typed)
    assert len(question.parts) <= MAX_PARTS
    if question.parts:
        fts = sqlite.expression(question, ["en", "nl"])
        assert re.fullmatch(r'(?:"[a-z]+[01][a-z0-9]+"|\{title body\}|\{words\}|[():+* ]|AND|OR)+', fts)
        ts = postgresql.expression(question, ["en", "nl"])
        assert re.fullmatch(r"(?:'[a-z]+[01][a-z0-9]+'(?::\*)?|<->|[()&| ])+", ts)


def test_a_question_is_words_and_phrases_the_last_word_open() -> None:
    assert read('water „in der Stadt“ "two words" DITCHES heal').parts == (
        Part(("water",)), Part(("in", "der", "stadt")), Part(("two", "words")), Part(("ditches",)), Part(("heal",), is_open=True),
    )  # fmt: skip
    assert read('heal "water').parts == (Part(("heal",)), Part(("water",)))
    assert read("water wa").parts == (Part(("water",)), Part(("wa",)))  # too short to be a beginning
    assert read("micro-cred").parts == (Part(("micro", "cred"), is_open=True),)
    assert read('"" * ( ').parts == () == read("\0").parts


def test_long_questions_are_cut() -> None:
    assert len(read(" ".join(f"word{number}" for number in range(50))).parts) == MAX_PARTS
    assert len(read("a" * 5000).parts[0].text) == MAX_WORD < MAX_LENGTH


def test_folded_keeps_what_it_cannot_take_apart() -> None:
    assert folded("ﬁ ① ª") == "fi 1 a"
