"""Learning outcomes: how they are worded, whether they are assessed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from tessella.standard._view import Hit, View, code, fact, has_content
from tessella.standard._words import MAX_KEPT, VerbList, normalised, verb_list

__all__: list[str] = []

_SENTENCE_END = re.compile(r"(?<=\w{3})[.!?]\s+(?![a-zà-ÿ])|;\s|\n")
"""An abbreviation (“e.g. Python”) ends no sentence: three letters before the stop, no small letter after it."""

_ESCO_SKILL = "http://data.europa.eu/esco/skill/"
_MAX_SHOWN = 60  # characters of an outcome in a message
_MIN_BLOB_SENTENCES = 2


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"


def _worded(view: View) -> Iterator[tuple[int, str, str]]:
    """Position, language tag and text of each outcome: the record's language, else one that has a verb list."""
    for number, outcome in enumerate(view.record.outcomes):
        tags = sorted(
            outcome.title, key=lambda tag: (tag != view.record.language, verb_list(tag) is None, tag)
        )
        if tags and has_content(outcome.title[tags[0]]):
            yield number, tags[0], outcome.title[tags[0]]


def _hit(number: int, text: str) -> Hit:
    return Hit(f"“{_short(text)}”", f"outcomes[{number}]")


def _starts(text: str, phrase: str) -> bool:
    return text.startswith(phrase) and text[len(phrase) : len(phrase) + 1] in ("", " ", ",", ":")


def _bare(text: str, language: str) -> str:
    """The folded wording without lead-ins (“by the end of the course the learner can”).

    Only its beginning is looked at: no lead-in and verb are longer.
    """
    return _without_lead_in(text[:MAX_KEPT], language)


@functools.lru_cache(maxsize=4096)
def _without_lead_in(text: str, language: str) -> str:
    words, plain = verb_list(language), normalised(text)
    again = words is not None
    while again:
        again = False
        for phrase in words.lead_ins if words else ():
            if _starts(plain, phrase) and plain != phrase:
                plain, again = plain[len(phrase) :].lstrip(" ,:"), True
    return plain


def _is_verb(word: str, words: VerbList) -> bool:
    """Whether a folded word is an active verb: in the list, also with an English third-person ending."""
    if word in words.verbs or (words.first and _pattern(words.first).match(word)):
        return True
    if not words.third_person_s or not word.endswith("s"):
        return False
    stems = (word[:-1], word[:-2], word[:-3] + "y")
    return any(stem in words.verbs for stem in stems)


def _is_verb_led(text: str, words: VerbList) -> bool:
    plain = _bare(text, words.language)
    spoken = [word for word in re.split(r"[\s,/]+", plain) if word]
    lead = spoken[1:2] if spoken and words.adverb and spoken[0].endswith(words.adverb) else spoken[:1]
    if lead and _is_verb(lead[0], words):
        return True
    if _vague_lead(plain, words):
        return _has_second_verb(plain, words)
    if words.listed_last:
        return bool(spoken) and _is_verb(spoken[-1], words)
    return bool(words.last) and _pattern(words.last).match(_last_word(text)) is not None


def _last_word(text: str) -> str:
    """The last word as written: German tells verbs by their lower case."""
    spoken = [word for word in re.split(r"\W+", text) if word]
    return spoken[-1] if spoken else ""


def _is_vague(text: str, words: VerbList) -> bool:
    """Whether the only verb cannot be assessed (“understand”); “understand and apply” has a second one."""
    plain = _bare(text, words.language)
    return _vague_lead(plain, words) and not _has_second_verb(plain, words)


def _vague_lead(plain: str, words: VerbList) -> bool:
    return any(_matches_vague(plain, phrase, words) for phrase in words.vague)


def _has_second_verb(plain: str, words: VerbList) -> bool:
    following = re.search(r"\b(?:and|und|en|y|et)\s+(\S+)", plain)
    return following is not None and _is_verb(following.group(1), words)


def _matches_vague(plain: str, phrase: str, words: VerbList) -> bool:
    if _starts(plain, phrase) or (words.last and plain.endswith(" " + phrase)):
        return True
    first, _, rest = phrase.partition(" ")
    if not words.third_person_s:
        return False
    third = {"have": "has", "be": "is"}.get(first, first + "s")
    return _starts(plain, f"{third} {rest}".strip())


def _is_teacher_view(text: str, words: VerbList) -> bool:
    plain = normalised(text)
    return any(plain.startswith(phrase) for phrase in words.teacher)


@fact("outcomes-without-verb")
def outcomes_without_verb(view: View) -> tuple[Any, ...]:
    """Outcomes not led by an active verb, in languages with a verb list."""
    return tuple(
        _hit(number, text)
        for number, tag, text in _worded(view)
        if (words := verb_list(tag))
        and not _is_teacher_view(text, words)
        and not _is_vague(text, words)
        and not _is_verb_led(text, words)
    )


@fact("outcomes-vague")
def outcomes_vague(view: View) -> tuple[Any, ...]:
    """Outcomes whose only verb cannot be assessed (“understand”, “know”)."""
    return tuple(
        _hit(number, text)
        for number, tag, text in _worded(view)
        if (words := verb_list(tag)) and not _is_teacher_view(text, words) and _is_vague(text, words)
    )


@fact("outcomes-from-the-teacher")
def outcomes_from_the_teacher(view: View) -> tuple[Any, ...]:
    """Outcomes that tell what the course or the teacher does."""
    return tuple(
        _hit(number, text)
        for number, tag, text in _worded(view)
        if (words := verb_list(tag)) and _is_teacher_view(text, words)
    )


@fact("outcome-languages-unchecked")
def outcome_languages_unchecked(view: View) -> tuple[Any, ...]:
    """Languages of outcomes for which there is no verb list."""
    return tuple(dict.fromkeys(tag for _, tag, _ in _worded(view) if verb_list(tag) is None))


@fact("outcomes-in-several-sentences")
def outcomes_in_several_sentences(view: View) -> tuple[Any, ...]:
    """Outcomes that hold several sentences, or a summary in place of separate outcomes."""
    found = [
        _hit(number, text)
        for number, _, text in _worded(view)
        if len([part for part in _SENTENCE_END.split(text) if part and part.strip()]) >= _MIN_BLOB_SENTENCES
    ]
    if not view.present("outcomes.title") and view.present("outcome_summary"):
        summary = next(iter(view.record.outcome_summary.values()))
        found.append(Hit(f"“{_short(summary)}”", "outcome_summary"))
    return tuple(found)


@fact("outcomes-twice")
def outcomes_twice(view: View) -> tuple[Any, ...]:
    """Outcomes that say the same as an earlier one."""
    seen: set[str] = set()
    found = []
    for number, _, text in _worded(view):
        plain = normalised(text)
        if plain in seen:
            found.append(_hit(number, text))
        seen.add(plain)
    return tuple(found)


@fact("outcome-count")
def outcome_count(view: View) -> tuple[Any, ...]:
    """How many outcomes there are."""
    return (len(view.record.outcomes),)


@fact("outcomes-not-assessed")
def outcomes_not_assessed(view: View) -> tuple[Any, ...]:
    """Outcomes that no assessment covers, once any assessment says what it covers."""
    covered = set(view.values("assessments.covers"))
    if not covered:
        return ()
    return tuple(_hit(n, text) for n, _, text in _worded(view) if view.record.outcomes[n].id not in covered)


@fact("covers-unknown")
def covers_unknown(view: View) -> tuple[Any, ...]:
    """Outcome ids that an assessment or an award names, and that are none of the description's outcomes."""
    known = {outcome.id for outcome in view.record.outcomes}
    named = (*view.values("assessments.covers"), *view.values("award.achieved.outcome"))
    return tuple(dict.fromkeys(id for id in named if id not in known)) if known else ()


@fact("outcomes-only-recall")
def outcomes_only_recall(view: View) -> tuple[Any, ...]:
    """The outcomes, when every one of them only asks to remember."""
    worded = list(_worded(view))
    for _, tag, text in worded:
        words = verb_list(tag)
        plain = _bare(text, tag) if words else ""
        first = plain.split(" ")[0]
        if not words or not ({first, first.removesuffix("s"), first.removesuffix("es")} & words.recall):
            return ()
    return tuple(_hit(number, text) for number, _, text in worded)


@fact("esco-foreign")
def esco_foreign(view: View) -> tuple[Any, ...]:
    """ESCO links that are no ESCO skill URI."""
    return tuple(
        Hit(concept.uri, "outcomes")
        for concept in view.values("outcomes.esco")
        if not concept.uri.startswith(_ESCO_SKILL)
    )


@fact("esco-skills")
def esco_skills(view: View) -> tuple[Any, ...]:
    """The ESCO skills that the outcomes are linked with."""
    return tuple(concept for concept in view.values("outcomes.esco") if concept.uri.startswith(_ESCO_SKILL))


@fact("outcomes-stated")
def outcomes_stated(view: View) -> tuple[Any, ...]:
    """The outcomes as separate items, or their summary."""
    return (*view.values("outcomes.title"), *view.values("outcome_summary"))


@fact("eqf-level")
def eqf_level(view: View) -> tuple[Any, ...]:
    """The EQF levels stated, as numbers."""
    return tuple(int(number) for concept in view.values("levels.eqf") if (number := code("eqf", concept)))
