"""Suggestions on the platform: by words with the index of the classification, or by meaning with vectors that the operator supplies."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from tessella.adapters.vectors import read_vectors
from tessella.guidance.suggesting import ENOUGH_LEXICAL, Suggester, Suggestion, VectorSuggester, lexical_score
from tessella_web.catalogue.esco import queries as esco
from tessella_web.catalogue.esco.models import Kind, Label

__all__ = ["suggested"]


class IndexSuggester:
    """Suggests by common words, found in the index of the classification and weighed like the library does."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = languages

    def suggest(self, texts: Sequence[str]) -> list[tuple[Suggestion, ...]]:
        """As the port says; a constant number of queries."""
        return [
            tuple(
                Suggestion(skill=one.uri, title=one.label, method="lexical", score=round(score, 2))
                for one in several
                if (score := max(lexical_score(text, [one.label]), ENOUGH_LEXICAL))
            )
            for text, several in zip(
                texts, esco.suggest(texts, languages=self._languages, limit=3), strict=True
            )
        ]


def suggested(texts: Sequence[str], languages: Sequence[str]) -> list[tuple[Suggestion, ...]]:
    """For each text what its words suggest, then what its meaning suggests (where the operator supplied vectors); each skill once."""
    if not texts:
        return []
    suggesters: list[Suggester] = [IndexSuggester(languages)]
    release = esco.current_release()
    if settings.SKILL_VECTORS and release is not None:
        language = languages[0].split("-")[0].lower() if languages else "en"
        suggesters.append(_semantic(str(settings.SKILL_VECTORS), release.pk, len(release.files), language))
    answers = [one.suggest(texts) for one in suggesters]
    return [
        tuple({one.skill: one for several in reversed(parts) for one in reversed(several)}.values())[::-1]
        for parts in zip(*answers, strict=True)
    ]


@functools.lru_cache(maxsize=2)
def _semantic(path: str, release: int, files: int, language: str) -> VectorSuggester:
    """For a release and a language once in each process; ``files`` changes when more of a release is loaded."""
    rows = Label.objects.filter(
        release_id=release, language=language, concept__kind=Kind.SKILL, concept__is_retired=False
    ).values_list("concept__uri", "preferred")
    return VectorSuggester(read_vectors(Path(path)), {uri: (label,) for uri, label in rows})
