"""Suggestions of skills for words, by letters and by meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tessella.adapters.vectors import read_vectors
from tessella.errors import DecodeError
from tessella.guidance.suggesting import (
    LexicalSuggester,
    Suggester,
    Suggestion,
    VectorSuggester,
    lexical_score,
    unlinked,
)
from tessella.stacking import Item

LABELS = {
    "s:ethics": ("apply data ethics", "weigh ethical questions about data"),
    "s:boat": ("sail a boat",),
    "s:cook": ("prepare meals",),
}
VECTORS = """7 3
sail 1 0 0
boat 0.9 0.1 0
skipper 0.95 0.05 0
yacht 0.9 0 0.1
prepare 0 1 0
meals 0 0.9 0.1
soup 0.05 0.98 0
"""


def test_words_in_common_suggest_a_skill_with_method_and_score() -> None:
    lexical: Suggester = LexicalSuggester(LABELS)
    ethics, none = lexical.suggest(["Applying data ethics at work", "Fold paper"])
    assert ethics == (Suggestion(skill="s:ethics", title="apply data ethics", method="lexical", score=1.0),)
    assert none == ()


def test_other_labels_are_compared_and_the_preferred_one_is_shown() -> None:
    ((found,),) = LexicalSuggester(LABELS).suggest(["Weigh ethical questions about data"])
    assert (found.skill, found.title) == ("s:ethics", "apply data ethics")


def test_the_score_is_the_share_of_the_label_that_is_said() -> None:
    assert lexical_score("data", ["data"]) == 1
    assert lexical_score("we talk of data", ["apply data ethics"]) == pytest.approx(4 / 15)
    assert lexical_score("", ["data"]) == 0


def test_meanings_suggest_a_skill_without_a_word_in_common(tmp_path: Path) -> None:
    path = tmp_path / "small.vec"
    path.write_text(VECTORS)
    semantic: Suggester = VectorSuggester(read_vectors(path), LABELS)
    boat, soup, unknown = semantic.suggest(["Skipper of a yacht", "Soup", "Quantum"])
    assert [(one.skill, one.method) for one in boat] == [("s:boat", "semantic")]
    assert [one.skill for one in soup] == ["s:cook"]
    assert 0.9 < boat[0].score <= 1
    assert unknown == ()
    assert LexicalSuggester(LABELS).suggest(["Skipper of a yacht"]) == [()]


@pytest.mark.parametrize("text", ["sail 1 0\nboat 1 0 0\n", "sail one two\n", "sail nan 1\n", "sail inf 0\n"])
def test_vectors_of_different_length_or_without_numbers_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.vec"
    path.write_text(text)
    with pytest.raises(DecodeError) as caught:
        read_vectors(path)
    assert caught.value.code == "guidance.vectors"


def test_only_credentials_that_name_no_skill_ask_for_suggestions() -> None:
    items = [Item(id="a", outcomes=("s:boat", "Sail")), Item(id="b", outcomes=("Sail", "https://x.example/1")), Item(id="c")]  # fmt: skip
    assert unlinked(items, LABELS) == {"b": ("Sail",)}
