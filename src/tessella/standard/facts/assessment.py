"""Assessment and participation: types, criteria, modes, supervision, languages."""

from __future__ import annotations

import re
from typing import Any

from tessella.model import Assessment
from tessella.standard._view import Hit, View, code, fact, has_content
from tessella.standard._words import normalised, word_list
from tessella.text import say
from tessella.vocabulary import OFFICIAL_LANGUAGES, code_list

__all__: list[str] = []


def _stated(assessment: Assessment) -> bool:
    return has_content(assessment.type) or has_content(assessment.title)


def _is_named(assessment: Assessment, words: str) -> bool:
    labels = (*assessment.type.labels.values(),) if assessment.type else ()
    titles = () if code("assessment", assessment.type) else assessment.title.values()
    return any(normalised(text) in word_list(words) for text in (*labels, *titles))


def _assessments(view: View) -> list[Assessment]:
    return [assessment for assessment in view.record.assessments if _stated(assessment)]


@fact("assessments-stated")
def assessments_stated(view: View) -> tuple[Any, ...]:
    """Types of assessment: from the European list, a concept of one's own, or a title."""
    return tuple(a.type if has_content(a.type) else a.title for a in _assessments(view))


@fact("only-attendance")
def only_attendance(view: View) -> tuple[Any, ...]:
    """The assessments, when they only record presence, with or without the learner's own judgement of it."""
    stated = _assessments(view)
    present = [a for a in stated if code("assessment", a.type) == "attendance" or _is_named(a, "attendance")]
    others = [a for a in stated if a not in present and not _is_named(a, "self-assessment")]
    return tuple(present) if not others else ()


@fact("only-self-assessment")
def only_self_assessment(view: View) -> tuple[Any, ...]:
    """The assessments, when in all of them only the learner judges."""
    stated = _assessments(view)
    return tuple(stated) if all(_is_named(a, "self-assessment") for a in stated) else ()


@fact("only-quiz")
def only_quiz(view: View) -> tuple[Any, ...]:
    """The assessments, when all of them are quizzes."""
    stated = _assessments(view)
    return tuple(stated) if all(code("assessment", a.type) == "quiz" for a in stated) else ()


@fact("assessments-unmapped")
def assessments_unmapped(view: View) -> tuple[Any, ...]:
    """The assessments, when there are several and none says which outcomes it covers."""
    stated = _assessments(view)
    return tuple(stated) if len(stated) > 1 and not view.values("assessments.covers") else ()


@fact("criteria")
def criteria(view: View) -> tuple[Any, ...]:
    """Published criteria: of the micro-credential or of an assessment, as text or address."""
    return tuple(
        value
        for path in ("criteria", "assessments.criteria", "assessments.criteria_url")
        for value in view.values(path)
        if has_content(value)
    )


@fact("assessment-modes")
def assessment_modes(view: View) -> tuple[Any, ...]:
    """Modes of assessment, in the description or in a result."""
    return (*view.values("assessments.mode"), *view.values("award.results.mode"))


@fact("supervision")
def supervision(view: View) -> tuple[Any, ...]:
    """Supervision and identity verification, in the description or in a result."""
    return (*view.values("assessments.supervision"), *view.values("award.results.supervision"))


@fact("supervision-codes")
def supervision_codes(view: View) -> tuple[Any, ...]:
    """Codes of the supervision values that are in the list."""
    return tuple(filter(None, (code("supervision", concept) for concept in view.values("@supervision"))))


@fact("supervision-outside-annex")
def supervision_outside_annex(view: View) -> tuple[Any, ...]:
    """Supervision values that have no value in Annex I (unsupervised with identity verification)."""
    annex = {concept.code for concept in code_list("annex-supervision")}
    return tuple(c for c in view.values("@supervision") if code("supervision", c) not in annex)


@fact("mode-codes")
def mode_codes(view: View) -> tuple[Any, ...]:
    """Codes of the forms of participation that are in the European list."""
    return tuple(filter(None, (code("mode", concept) for concept in view.values("participation.modes"))))


@fact("only-online")
def only_online(view: View) -> tuple[Any, ...]:
    """The modes, when the learning is online only."""
    codes = view.values("@mode-codes")
    return codes if set(codes) == {"online"} else ()


@fact("prerequisites")
def prerequisites(view: View) -> tuple[Any, ...]:
    """Prerequisites, or the open statement that none are needed (“none” is an answer here)."""
    stated = view.record.prerequisites
    if stated is None:
        return ()
    if stated.none_needed:
        return (Hit(say("none needed")),)
    answers = [
        t for t in stated.text.values() if has_content(t) or normalised(t) in word_list("nothing-needed")
    ]
    return (*answers[:1], *filter(None, (stated.level, stated.language_level)), *stated.credentials)


@fact("description-languages")
def description_languages(view: View) -> tuple[Any, ...]:
    """Primary subtags of the languages the title and outcomes are written in."""
    texts = (*view.values("title"), *view.values("outcomes.title"))
    return tuple(dict.fromkeys(tag.split("-")[0].lower() for text in texts for tag in text))


@fact("eu-languages")
def eu_languages(view: View) -> tuple[Any, ...]:
    """Those of the description's languages that are official languages of the Union."""
    return tuple(tag for tag in view.values("@description-languages") if tag in OFFICIAL_LANGUAGES)


@fact("offer-languages-not-described")
def offer_languages_not_described(view: View) -> tuple[Any, ...]:
    """The languages of the learning, when the description is in none of them."""
    offered = view.values("participation.languages")
    listed = code_list("language")
    described = {found.uri for tag in view.values("@description-languages") if (found := listed.get(tag))}
    return () if any(concept.uri in described for concept in offered) else offered


@fact("title-languages")
def title_languages(view: View) -> tuple[Any, ...]:
    """Primary subtags of the languages of the title, when it has neither English nor the record's own."""
    tags = tuple(dict.fromkeys(tag.split("-")[0].lower() for tag in view.record.title))
    wanted = {"en", view.record.language.split("-")[0].lower()}
    return () if wanted & set(tags) else tags


@fact("title-generic")
def title_generic(view: View) -> tuple[Any, ...]:
    """Titles that only say what kind of thing it is (“Micro-credential”)."""
    return tuple(
        Hit(f"“{text}”", f"title.{tag}")
        for tag, text in view.record.title.items()
        if normalised(text) in word_list("generic-titles")
    )


@fact("title-names-micro-credential")
def title_names_micro_credential(view: View) -> tuple[Any, ...]:
    """Titles with the word micro-credential in one of its spellings."""
    return tuple(
        Hit(text, f"title.{tag}")
        for tag, text in view.record.title.items()
        if re.search(
            r"mi[ck]ro[\s-]?(credential|credencial|credenzial|certificat|po\u015bwiadcz)", text, re.IGNORECASE
        )
    )


@fact("title-length")
def title_length(view: View) -> tuple[Any, ...]:
    """The length of the longest title, in characters."""
    return (max((len(text) for text in view.record.title.values()), default=0),)


@fact("title-words")
def title_words(view: View) -> tuple[Any, ...]:
    """The titles, folded, for word rules of country packs."""
    return tuple(normalised(text) for text in view.record.title.values())
