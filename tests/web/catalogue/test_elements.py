"""The official labels: all languages, sources, and nothing made up."""

from __future__ import annotations

import datetime as dt

import pytest

from tessella.model import Award, Learner, MicroCredential
from tessella.rendering import plain_words
from tessella.standard import check
from tessella_web.catalogue.elements import LANGUAGES, labels_in
from tessella_web.catalogue.row_words import WORDS
from tests.web.pages import CheckingClient

ELM = "edc/elm-3.2-lts/ontology/ELM.ttl"


def test_the_elements_are_those_of_the_standard() -> None:
    mandatory = [
        (one.id, one.name) for one in check(MicroCredential(), on=dt.date(2026, 11, 22), country="").elements
    ][:11]
    assert [(one.id, one.english) for one in labels_in("en")] == mandatory


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_labels_of_the_learning_model(language: str) -> None:
    assert [one.id for one in labels_in(language) if not one.term_label] == ["learner", "title"]


def test_only_words_that_were_read_are_called_official() -> None:
    read = [tag for tag in LANGUAGES if any(one.wording for one in labels_in(tag))]
    assert read == ["en", "it"]
    assert all(one.source for one in labels_in("it"))
    assert not any(one.source for one in labels_in("de"))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("it", "carico di lavoro teorico"),
        ("mt", "have not read the official words"),
        ("xx", "Notional workload"),
    ],
)
def test_the_page_shows_one_language(db: None, asked: str, words: str) -> None:
    assert words in CheckingClient().get("/elements/", {"language": asked}).page.text


def test_translators_find_what_the_library_calls_the_elements() -> None:
    mandatory, optional, _about = plain_words(
        Award(micro_credential=MicroCredential(title={"en": "A"}), learner=Learner())
    )
    assert [row.label for section in (mandatory, optional) for row in section.rows] == list(WORDS)
