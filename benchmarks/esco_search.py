"""How long does a search in the classification take while somebody types? Against reading the same rows of the index.

Generated data of the real size: 14,000 skills in 28 languages, five labels each. The first search is not counted. The ratio is
that of the whole search (finding, ranking, naming ten) to reading the rows of the index that it needs, and nothing else.

    python -m benchmarks.esco_search
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SKILLS = 14_000
LANGUAGES = 28
ROUNDS = 7
TYPED = ("ma", "kalo", "kalo ri", "vera tomi ba", "xyzzyx")
"""From two letters, the most work there is, to words that nothing begins with."""


def main() -> int:
    folder = tempfile.mkdtemp(prefix="tessella-bench-")
    os.environ.setdefault("TESSELLA_DATA", folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from tessella_web.catalogue.esco import domain, queries

    download = Path(folder) / "ESCO v1.2.0"
    languages = generated(download)
    began = time.perf_counter()
    done = domain.load(download)
    print(
        f"loaded {done.release.counts['skill']} skills in {len(languages)} languages in {time.perf_counter() - began:.0f} s"
    )
    for typed in TYPED:
        report(typed, languages, queries)
    sentences = [" ".join(_words(random.Random(n), 8)) for n in range(10)]
    taken = median(lambda: queries.suggest(sentences, languages=[languages[3]]))
    print(f"suggestions for 10 sentences: {taken * 1000:.1f} ms")
    return 0


def report(typed: str, languages: list[str], queries: object) -> None:
    """The time of one search, and of reading its rows."""
    from django.db.models import Q

    from tessella_web.catalogue.esco.queries import _languages, _ranges, search
    from tessella_web.catalogue.esco.words import words_of

    language = languages[3]
    among = Q(kind="skill", language__in=_languages([language]))
    ratios, searches = [], []
    for _round in range(ROUNDS):
        raw = once(lambda: _ranges(words_of(typed), among))
        whole = once(lambda: search(typed, languages=[language]))
        searches.append(whole)
        ratios.append(whole / raw)
    hits = len(search(typed, languages=[language]))
    print(
        f"{typed!r:16} {statistics.median(searches) * 1000:6.1f} ms, {statistics.median(ratios):4.1f} times reading the rows, {hits} hits"
    )


def once(verb: Callable[[], object]) -> float:
    """Seconds for one call."""
    began = time.perf_counter()
    verb()
    return time.perf_counter() - began


def median(verb: Callable[[], object]) -> float:
    """Seconds for a call, the median of the rounds."""
    verb()
    return statistics.median(once(verb) for _round in range(ROUNDS))


def generated(folder: Path) -> list[str]:
    """Tables of skills in made-up languages; returns their tags."""
    folder.mkdir(parents=True)
    tags = ["en", *(f"q{chr(97 + n)}" for n in range(LANGUAGES - 1))]
    for number, tag in enumerate(tags):
        dice = random.Random(number)
        with (folder / f"skills_{tag}.csv").open("w", encoding="utf-8") as file:
            file.write("conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,status\n")
            for skill in range(SKILLS):
                labels = [" ".join(_words(dice, dice.randint(2, 4))) for _n in range(5)]
                others = "\n".join(labels[1:])
                file.write(
                    f'KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/{skill},skill/competence,cross-sector,{labels[0]},"{others}",released\n'
                )
    return tags


def _words(dice: random.Random, count: int) -> list[str]:
    """Words of two or three syllables, some much more frequent than others, as in languages."""
    syllables = (
        "ka",
        "lo",
        "ri",
        "ma",
        "ve",
        "ra",
        "to",
        "mi",
        "ba",
        "su",
        "ne",
        "do",
        "fi",
        "gu",
        "pa",
        "le",
    )
    return [
        "".join(syllables[int(dice.random() ** 1.7 * 16)] for _n in range(dice.randint(2, 4)))
        for _m in range(count)
    ]


if __name__ == "__main__":
    sys.exit(main())
