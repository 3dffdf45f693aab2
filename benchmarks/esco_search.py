"""How long does a search in the classification take while somebody types? Against reading the same rows of the index.

Generated data of the real size: 14,000 skills in 28 languages, five labels each. The first search is not counted. The ratio is
that of the whole search (finding, ranking, naming ten) to reading the rows of the index that it needs, and nothing else. Times
are of the processor (SQLite works in this process), so that a busy machine does not change them much.

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
WORDS = 12_000
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
    began = time.process_time()
    done = domain.load(download)
    print(
        f"loaded {done.release.counts['skill']} skills in {len(languages)} languages in {time.process_time() - began:.0f} s"
    )
    for typed in TYPED:
        report(typed, languages, queries)
    dice = random.Random(3)
    vocabulary = _vocabulary(dice)
    sentences = [" ".join(_words(dice, vocabulary, 8)) for _n in range(10)]
    taken = median(lambda: queries.suggest(sentences, languages=[languages[3]]))
    print(f"suggestions for 10 sentences: {taken * 1000:.1f} ms")
    return 0


def report(typed: str, languages: list[str], queries: object) -> None:
    """The time of one search, and of reading its rows."""
    from tessella_web.catalogue.esco.queries import _languages, _ranges, search
    from tessella_web.catalogue.esco.words import words_of

    language = languages[3]
    first, best_only = _languages([language]), 10 if " " not in typed else 0
    ratios, searches = [], []
    for _round in range(ROUNDS):
        raw = once(lambda: _ranges(words_of(typed), "skill", first, best_only))
        whole = once(lambda: search(typed, languages=[language]))
        searches.append(whole)
        ratios.append(whole / raw)
    hits = len(search(typed, languages=[language]))
    print(
        f"{typed!r:16} {statistics.median(searches) * 1000:6.1f} ms, {statistics.median(ratios):4.1f} times reading the rows, {hits} hits"
    )


def once(verb: Callable[[], object]) -> float:
    """Seconds for one call."""
    began = time.process_time()
    verb()
    return time.process_time() - began


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
        vocabulary = _vocabulary(dice)
        with (folder / f"skills_{tag}.csv").open("w", encoding="utf-8") as file:
            file.write("conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,status\n")
            for skill in range(SKILLS):
                labels = [" ".join(_words(dice, vocabulary, dice.randint(2, 4))) for _n in range(5)]
                others = "\n".join(labels[1:])
                file.write(
                    f'KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/{skill},skill/competence,cross-sector,{labels[0]},"{others}",released\n'
                )
    return tags


def _vocabulary(dice: random.Random) -> list[str]:
    """Twelve thousand words of two to four syllables, as many as ESCO has in English."""
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
    found = {"".join(dice.choice(syllables) for _n in range(dice.randint(2, 4))) for _m in range(14_000)}
    return sorted(found)[:WORDS]


def _words(dice: random.Random, vocabulary: list[str], count: int) -> list[str]:
    """Some words are much more frequent than others, as in languages (Zipf)."""
    return [
        vocabulary[(int(len(vocabulary) ** dice.random()) * 7919) % len(vocabulary)] for _n in range(count)
    ]


if __name__ == "__main__":
    sys.exit(main())
