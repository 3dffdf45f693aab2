"""Which skill the words of a credential may mean: suggestions, each marked with how it was found. They count for nothing until a person confirms.

`LexicalSuggester` compares words. `VectorSuggester` compares meanings, by word vectors that the operator supplies
(`tessella.adapters.vectors` reads the usual text format); anything else that suggests stands behind the same port, `Suggester`.
"""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from tessella.stacking.items import Item

__all__ = [
    "LexicalSuggester",
    "Suggester",
    "Suggestion",
    "VectorSuggester",
    "lexical_score",
    "unlinked",
]

MOST = 3
"""Suggestions for one text: what a person compares at a glance."""

ENOUGH_LEXICAL = 0.5
"""Share of a label's letters that the text must say. Half of “apply data ethics” is worth asking about, a third is not."""

ENOUGH_SEMANTIC = 0.7
"""Cosine from which meanings are worth asking about; unrelated texts of averaged word vectors have 0.3 to 0.6."""

LONGEST = 600
"""Characters of a text that are looked at: an outcome is a sentence."""

_WORD = re.compile(r"\w+")
_SHORT, _STEM, _ENDING = 3, 4, 4
"""Letters: words so short (of, to, the) say nothing about which skill is meant; what forms of a word share; by how much they differ."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that a text may mean, how it was found, and how well it fits (0 to 1)."""

    skill: str
    title: str
    method: Literal["lexical", "semantic"]
    score: float


class Suggester(Protocol):
    """Suggests skills for texts."""

    def suggest(self, texts: Sequence[str]) -> list[tuple[Suggestion, ...]]:
        """For each text, in order, up to three suggestions, the best first; none when nothing is near enough."""
        ...


def words_in(text: str) -> list[str]:
    """The words of a text in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def lexical_score(text: str, labels: Iterable[str]) -> float:
    """How much of one of the labels the text says, by letters of words that match up to their endings: 0 to 1."""
    said = frozenset(words_in(text))
    return max((_share(said, words_in(label)) for label in labels), default=0.0)


def _share(said: Iterable[str], label: Sequence[str]) -> float:
    long = [word for word in label if len(word) > _SHORT] or list(label)
    whole = sum(map(len, long))
    return (
        sum(len(word) for word in long if any(_is_form(word, other) for other in said)) / whole
        if whole
        else 0.0
    )


def _is_form(word: str, other: str) -> bool:
    """Whether two words differ in their endings only (apply, applying; ethics, ethical)."""
    if word == other:
        return True
    shorter, longer = sorted((word, other), key=len)
    stem = max(_STEM, len(shorter) - 1)
    return len(longer) - len(shorter) <= _ENDING and shorter[:stem] == longer[:stem] and len(shorter) >= stem


def unlinked(items: Iterable[Item], known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By item the words of credentials that name no skill of the list: what suggestions are asked for."""
    skills = frozenset(known)
    return {
        item.id: words
        for item in items
        if not skills.intersection(item.outcomes or ())
        and (words := tuple(word for word in item.outcomes or () if "://" not in word))
    }


class LexicalSuggester:
    """Suggests by common words.

    Args:
        labels: by skill its labels, the preferred one first.
    """

    def __init__(self, labels: Mapping[str, Sequence[str]]) -> None:
        self._titles = {skill: names[0] for skill, names in labels.items() if names}
        self._labels = {skill: [words_in(one) for one in names] for skill, names in labels.items()}
        self._with: dict[str, set[str]] = {}
        for skill, names in self._labels.items():
            for word in {word for name in names for word in name if len(word) > _SHORT}:
                self._with.setdefault(word[:_STEM], set()).add(skill)

    def suggest(self, texts: Sequence[str]) -> list[tuple[Suggestion, ...]]:
        """As `Suggester.suggest`; only skills that share a word are compared."""
        return [self._for(text) for text in texts]

    def _for(self, text: str) -> tuple[Suggestion, ...]:
        said = frozenset(words_in(text))
        near = {skill for word in said for skill in self._with.get(word[:_STEM], ())}
        scores = {skill: max(_share(said, label) for label in self._labels[skill]) for skill in near}
        return _best(scores, self._titles, "lexical", ENOUGH_LEXICAL)


class VectorSuggester:
    """Suggests by meaning: the cosine between the mean vectors of the words of text and label.

    Args:
        vectors: by word (small letters, no accents) its vector; all of one length.
        labels: by skill its labels, the preferred one first; that one is compared.
    """

    def __init__(self, vectors: Mapping[str, Sequence[float]], labels: Mapping[str, Sequence[str]]) -> None:
        self._vectors = vectors
        self._titles = {skill: names[0] for skill, names in labels.items() if names}
        placed = {skill: self._mean(title) for skill, title in self._titles.items()}
        self._placed = {skill: found for skill, found in placed.items() if found is not None}

    def suggest(self, texts: Sequence[str]) -> list[tuple[Suggestion, ...]]:
        """As `Suggester.suggest`; a text of which no word is known gets none."""
        return [self._for(text) for text in texts]

    def _for(self, text: str) -> tuple[Suggestion, ...]:
        place = self._mean(text)
        if place is None:
            return ()
        scores = {skill: sum(map(operator.mul, place, other)) for skill, other in self._placed.items()}
        return _best(scores, self._titles, "semantic", ENOUGH_SEMANTIC)

    def _mean(self, text: str) -> tuple[float, ...] | None:
        """The direction in which the known words of a text point together."""
        known = [self._vectors[word] for word in words_in(text) if word in self._vectors]
        if not known:
            return None
        total = [math.fsum(column) for column in zip(*known, strict=True)]
        length = math.hypot(*total)
        return tuple(one / length for one in total) if length else None


def _best(
    scores: Mapping[str, float],
    titles: Mapping[str, str],
    method: Literal["lexical", "semantic"],
    enough: float,
) -> tuple[Suggestion, ...]:
    near = sorted(
        ((score, skill) for skill, score in scores.items() if score >= enough),
        key=lambda one: (-one[0], titles[one[1]].casefold(), one[1]),
    )
    return tuple(
        Suggestion(skill=skill, title=titles[skill], method=method, score=round(min(score, 1.0), 2))
        for score, skill in near[:MOST]
    )
