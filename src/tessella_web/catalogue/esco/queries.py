"""Looking into the classification; each a small constant number of queries.

For people who describe: `search` as they type, `suggest` for whole sentences. For guidance: `skills_of` says what an
occupation needs, `occupations_with` which occupations need some of the skills somebody has (with how many of the
essential ones), `broader_of` where a concept belongs, `named` what concepts are called. All take and give URIs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import BinaryField, Count, F, Q
from django.db.models.functions import Length, Substr

from tessella.vocabulary import Concept as CodedConcept
from tessella_web.catalogue.esco.index import KEY, LONGEST, SHIFT, SIZE, TAIL, unpacked
from tessella_web.catalogue.esco.models import Concept, Kind, Label, Link, LinkKind, Release, Term
from tessella_web.catalogue.esco.words import is_near, words_of

__all__ = [
    "Found",
    "OccupationMatch",
    "broader_of",
    "coded",
    "current_release",
    "named",
    "occupations_with",
    "search",
    "skills_of",
    "suggest",
]

LIMIT = 10
"""Hits of a search: what one reads at a glance."""

MAX_WORDS = 8
"""Words of a search that count."""

SHORTEST_PREFIX = 2
"""Letters: one letter is the beginning of everything."""

SHORTEST_MISTYPED = 4
"""Letters of a word that may hold a slip; in shorter ones every second word would be near."""

SENTENCE_WORDS = 40
"""Words of a sentence that are looked up for suggestions."""

TOO_COMMON = 1500
"""A word that more skills have than this says nothing about which one is meant."""

COMMON = 1.0
"""How much such a word counts, where a rare one counts 3 to 6."""

ENOUGH = 0.55
"""Share of a label's words (weighed by how rare they are) that a sentence must have for the skill to be suggested."""

SCHEMES = {Kind.SKILL: "http://data.europa.eu/esco/concept-scheme/skills",
           Kind.OCCUPATION: "http://data.europa.eu/esco/concept-scheme/occupations"}  # fmt: skip
_OFFICIAL = "http://data.europa.eu/esco/"


class Found(NamedTuple):
    """One concept: its address, what it is called and in which language, and what kind of skill it is."""

    uri: str
    label: str
    language: str
    skill_type: str = ""
    reuse: str = ""
    key: int = 0


class OccupationMatch(NamedTuple):
    """An occupation, and how many of its essential skills are among those asked about."""

    occupation: Found
    has: int
    needs: int


def current_release() -> Release | None:
    """The release that is searched, or None when none is loaded."""
    return Release.objects.filter(is_current=True).first()


def search(text: str, *, languages: Sequence[str], kind: str = Kind.SKILL, limit: int = LIMIT) -> list[Found]:
    """Concepts whose labels have all the words, the last ones perhaps unfinished, best first.

    Labels in ``languages`` and in English are looked through first; where they have nothing, those in all other languages.
    A word that nothing begins with may have one slip.
    """
    words = words_of(text)[:MAX_WORDS]
    if not words or (len(words) == 1 and len(words[0]) < SHORTEST_PREFIX):
        return []
    first = _languages(languages)
    best_only = limit if len(words) == 1 else 0
    scores = _scored(words, _ranges(words, kind, first, best_only))
    if not scores:
        release = current_release()
        others = [tag for tag in (release.indexed if release else ()) if tag not in first]
        scores = _scored(words, _ranges(words, kind, others, best_only))
    if not scores:
        scores = _mistyped(words, kind, first)
    best = sorted(scores.items(), key=lambda pair: (pair[1], pair[0]))[:limit]
    found = {one.key: one for one in _found([key for key, _score in best], first)}
    return [found[key] for key, _score in best if key in found]


def suggest(
    texts: Sequence[str], *, languages: Sequence[str], kind: str = Kind.SKILL, limit: int = 5
) -> list[list[Found]]:
    """For each sentence the concepts whose labels are mostly said in it, best first; one look for all sentences."""
    sentences = [words_of(text)[:SENTENCE_WORDS] for text in texts]
    first = _languages(languages)
    wanted = {form for words in sentences for word in words for form in _forms(word)}
    rows = (
        Term.objects.filter(
            kind=kind, language__in=first, word__in=[word.encode() for word in sorted(wanted)]
        )
        .annotate(size=Length("found"))
        .filter(size__lte=TOO_COMMON * SIZE)
        .values_list("word", "found")
    )
    lists: dict[str, set[int]] = {}
    for word, found in rows:
        lists.setdefault(bytes(word).decode(), set()).update(number & KEY for number in unpacked(found))
    total = max((len(found) for found in lists.values()), default=0) * 4 + 50
    rare = {word: math.log(1 + total / len(found)) for word, found in lists.items()}
    candidates = [_candidates(words, lists, rare) for words in sentences]
    labels = _labels_of({key for some in candidates for key in some}, first)
    return [
        _covered(words, some, labels, rare, limit) for words, some in zip(sentences, candidates, strict=True)
    ]


def named(uris: Iterable[str], *, languages: Sequence[str]) -> dict[str, Found]:
    """What concepts are called, in the first of the languages that has a label, else in English, else in any."""
    keys = dict(Concept.objects.filter(uri__in=list(uris)).values_list("uri", "pk"))
    return {one.uri: one for one in _found(list(keys.values()), _languages(languages))}


def coded(uris: Sequence[str], *, languages: Sequence[str]) -> dict[str, CodedConcept]:
    """Concepts as a record holds them, with their labels in the languages; by URI, without those that are not known."""
    first = _languages(languages)
    labels: dict[str, dict[str, str]] = {
        uri: {} for uri in Concept.objects.filter(uri__in=uris).values_list("uri", flat=True)
    }
    kinds = dict(Concept.objects.filter(uri__in=uris).values_list("uri", "kind"))
    rows = Label.objects.filter(concept__uri__in=uris).values_list("concept__uri", "language", "preferred")
    for uri, language, preferred in rows:
        labels[uri][language] = preferred
    return {
        uri: CodedConcept(
            uri=uri,
            scheme=SCHEMES.get(Kind(kinds[uri]), "") if uri.startswith(_OFFICIAL) else "",
            labels={tag: text for tag, text in every.items() if tag in first} or every,
        )
        for uri, every in labels.items()
    }


def skills_of(
    occupation: str, *, languages: Sequence[str], essential: bool | None = None
) -> dict[str, list[Found]]:
    """The skills an occupation (or a skill) needs, by ``essential`` and ``optional``; only one of them when asked."""
    kinds = [LinkKind.ESSENTIAL, LinkKind.OPTIONAL] if essential is None else [LinkKind.ESSENTIAL if essential else LinkKind.OPTIONAL]  # fmt: skip
    links = Link.objects.filter(source__uri=occupation, kind__in=kinds).values_list("target", "kind")
    by_key = dict(links)
    found = sorted(_found(list(by_key), _languages(languages)), key=lambda one: one.label.casefold())
    return {str(kind): [one for one in found if by_key[one.key] == kind] for kind in kinds}


def occupations_with(
    skills: Iterable[str], *, languages: Sequence[str], limit: int = LIMIT
) -> list[OccupationMatch]:
    """Occupations that need some of the skills as essential, the one with the largest share first."""
    rows = (
        Concept.objects.filter(kind=Kind.OCCUPATION, is_retired=False, links__kind=LinkKind.ESSENTIAL)
        .annotate(
            needs=Count("links", filter=Q(links__kind=LinkKind.ESSENTIAL)),
            has=Count("links", filter=Q(links__kind=LinkKind.ESSENTIAL, links__target__uri__in=list(skills))),
        )
        .filter(has__gt=0)
        .values_list("pk", "has", "needs")
    )
    best = sorted(rows, key=lambda row: (-row[1] / row[2], -row[1], row[0]))[:limit]
    found = {one.key: one for one in _found([row[0] for row in best], _languages(languages))}
    return [OccupationMatch(found[key], has, needs) for key, has, needs in best if key in found]


def broader_of(uris: Iterable[str], *, languages: Sequence[str]) -> dict[str, list[Found]]:
    """The next broader concepts of each."""
    rows = list(
        Link.objects.filter(source__uri__in=list(uris), kind=LinkKind.BROADER).values_list(
            "source__uri", "target"
        )
    )
    found = {one.key: one for one in _found([key for _uri, key in rows], _languages(languages))}
    made: dict[str, list[Found]] = {}
    for uri, key in rows:
        if key in found:
            made.setdefault(uri, []).append(found[key])
    return made


def _languages(languages: Sequence[str]) -> list[str]:
    """The languages to look through first: those asked for, their main language, and English."""
    return list(
        dict.fromkeys(
            [*(tag for one in languages for tag in (one.lower(), one.lower().partition("-")[0]) if tag), "en"]
        )
    )


def _ranges(
    words: Sequence[str], kind: str, languages: Sequence[str], best_only: int = 0
) -> list[tuple[str, bytes]]:
    """The rows of the index whose word begins with one of the words; of each row only the best when that is enough.

    One question to the database, of which each part is one range of the index.
    """
    found = Substr("found", 1, best_only * SIZE, output_field=BinaryField()) if best_only else F("found")
    parts = [
        Term.objects.filter(kind=kind, language__in=languages, word__gte=start, word__lt=_after(start)).values_list("word", found)
        for start in (word.encode() for word in dict.fromkeys(words))
    ]  # fmt: skip
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [(bytes(word).decode(), found) for word, found in rows]


def _after(start: bytes) -> bytes:
    """The first bytes that sort after everything with this start: no UTF-8 holds 0xFF."""
    return start + b"\xff"


def _scored(words: Sequence[str], rows: Sequence[tuple[str, bytes]]) -> dict[int, int]:
    """By concept the sum of the weights, for concepts that have every word; an unfinished word counts a little less."""
    by_word = [
        [(0 if term == word else LONGEST, found) for term, found in rows if term.startswith(word)]
        for word in dict.fromkeys(words)
    ]
    return _intersected(by_word)


def _intersected(by_word: Sequence[Sequence[tuple[int, bytes]]]) -> dict[int, int]:
    """The concepts that stand in a row of every word, with the sum of their best weights; the shortest lists first."""
    total: dict[int, int] | None = None
    for rows in sorted(by_word, key=lambda some: sum(len(found) for _more, found in some)):
        best: dict[int, int] = {}
        for more, found in rows:
            for number in unpacked(found):
                key, weight = number & KEY, (number >> SHIFT) + more
                if (total is None or key in total) and weight < best.get(key, 1 << 20):
                    best[key] = weight
        total = best if total is None else {key: total[key] + weight for key, weight in best.items()}
        if not total:
            return {}
    return total or {}


def _mistyped(words: Sequence[str], kind: str, languages: Sequence[str]) -> dict[int, int]:
    """As `_scored`, with words that are one slip away."""
    among = Term.objects.filter(kind=kind, language__in=languages)
    long = [word for word in words if len(word) >= SHORTEST_MISTYPED]
    parts = [
        part.values_list("word", flat=True)
        for word in long
        for half in [word[: len(word) // 2].encode()]
        for part in (
            among.filter(word__gte=half, word__lt=_after(half)),
            among.filter(tail=word[-TAIL:], length__range=(len(word) - 1, len(word) + 1)),
        )
    ]
    if not parts:
        return {}
    terms = {bytes(word).decode() for word in parts[0].union(*parts[1:], all=True)}
    meant = [{word, *(term for term in terms if word in long and _may_be(word, term))} for word in words]
    wanted = sorted({term for forms in meant for term in forms})
    rows = among.filter(word__in=[term.encode() for term in wanted]).values_list("word", "found")
    found = [(bytes(word).decode(), bytes(data)) for word, data in rows]
    return _intersected([[(LONGEST, data) for term, data in found if term in forms] for forms in meant])


def _may_be(word: str, term: str) -> bool:
    """Whether a term, or its beginning, is one slip away."""
    return any(is_near(word, term[:size]) for size in {len(term), len(word) - 1, len(word), len(word) + 1})


def _found(keys: Sequence[int], languages: Sequence[str]) -> list[Found]:
    """The concepts with the label in the first language that has one."""
    concepts = Concept.objects.filter(pk__in=keys).values_list("pk", "uri", "skill_type", "reuse")
    labels: dict[int, dict[str, str]] = {}
    for key, language, preferred in Label.objects.filter(concept__in=keys).values_list(
        "concept", "language", "preferred"
    ):
        labels.setdefault(key, {})[language] = preferred
    made = []
    for key, uri, skill_type, reuse in concepts:
        known = labels.get(key, {})
        language = next((tag for tag in languages if tag in known), next(iter(sorted(known)), ""))
        made.append(Found(uri, known.get(language, uri), language, skill_type, reuse, key))
    return made


def _forms(word: str) -> set[str]:
    """A word of a sentence, and what it may be in a label: with or without an ending."""
    return {word, word + "s", *(word[:-cut] for cut in (1, 2, 3) if len(word) - cut > SHORTEST_MISTYPED - 1)}


def _candidates(
    words: Sequence[str], lists: Mapping[str, set[int]], rare: Mapping[str, float], most: int = 40
) -> list[int]:
    """The concepts with the rarest words of a sentence."""
    scores: dict[int, float] = {}
    for word in dict.fromkeys(words):
        hit: dict[int, float] = {}
        for form in _forms(word):
            for key in lists.get(form, ()):
                hit[key] = max(rare[form], hit.get(key, 0.0))
        for key, score in hit.items():
            scores[key] = scores.get(key, 0.0) + score
    return sorted(scores, key=lambda key: (-scores[key], key))[:most]


class _Named(NamedTuple):
    """A candidate with its labels, each as words."""

    found: Found
    labels: list[list[str]]


def _labels_of(keys: set[int], languages: Sequence[str]) -> dict[int, _Named]:
    """The candidates with their labels; they are called by the label in the first language that has one."""
    order = {tag: at for at, tag in enumerate(languages)}
    rows = Label.objects.filter(
        concept__in=keys, language__in=languages, concept__is_retired=False
    ).values_list(
        "concept", "language", "preferred", "others", "concept__uri", "concept__skill_type", "concept__reuse"
    )
    made: dict[int, _Named] = {}
    for key, language, preferred, others, uri, skill_type, reuse in sorted(
        rows, key=lambda row: order[row[1]]
    ):
        named = made.setdefault(key, _Named(Found(uri, preferred, language, skill_type, reuse, key), []))
        named.labels.extend(words_of(text) for text in (preferred, *filter(None, others.split("\n"))))
    return made


def _covered(
    words: Sequence[str],
    candidates: Sequence[int],
    known: Mapping[int, _Named],
    rare: Mapping[str, float],
    limit: int,
) -> list[Found]:
    """The candidates of which a label is mostly said in the sentence."""
    said = {form for word in words for form in _forms(word)}
    usual = sum(rare.values()) / len(rare) if rare else 1.0
    scored = []
    for key in candidates:
        best = (
            max((_share(parts, said, rare, usual) for parts in known[key].labels), default=0.0)
            if key in known
            else 0.0
        )
        if best:
            scored.append((best, key))
    chosen = [key for _score, key in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:limit]]
    return [known[key].found for key in chosen]


def _share(parts: Sequence[str], said: set[str], rare: Mapping[str, float], usual: float) -> float:
    """How much of a label is said, weighed by how rare its words are; nothing when it is too little."""
    long = [part for part in parts if len(part) > SHORTEST_PREFIX]
    hit = sum(rare.get(part, COMMON) for part in long if part in said)
    whole = hit + sum(usual for part in long if part not in said)
    return hit * hit / whole if whole and hit / whole >= ENOUGH else 0.0
