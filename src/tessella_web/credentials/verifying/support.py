"""Who sat the assessments, as opposed to who signed; and what each claimed skill rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from tessella.model import Assessment, Outcome, Result
from tessella.model import Award as Record
from tessella.text import pick
from tessella.vocabulary import Concept
from tessella_web.common.addresses import parts_of

__all__ = ["Claim", "Sitting", "claims_of", "sittings_of"]

MAX_SHOWN = 60
"""Outcomes, assessments and pieces of evidence shown one by one; a degree has as many."""

_WITH_IDENTITY = frozenset(("supervised-with-id", "unsupervised-with-id", "id-verification"))
_WITHOUT_IDENTITY = frozenset(("supervised-without-id", "unsupervised-without-id"))


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """One assessment and how it was known who sat it: ``identity`` is ``yes``, ``no`` or empty where nothing is said."""

    title: str
    identity: str = ""
    supervision: str = ""
    mode: str = ""
    on: dt.date | None = None
    by: tuple[str, ...] = ()
    grade: str = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome that is claimed, with the terms of skills it names, the assessments that cover it, and the evidence there is.

    ``is_covered_by_name`` tells that an assessment names it; else those of the whole are listed, which is less.
    """

    title: str
    skills: tuple[str, ...] = ()
    assessments: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    is_covered_by_name: bool = False


def sittings_of(award: Record, languages: Sequence[str]) -> tuple[Sitting, ...]:
    """The assessments that were sat, with what was planned for each where the result says nothing."""
    planned = {one.id: one for one in award.micro_credential.assessments if one.id}
    if award.results:
        found = [_sitting(one, planned.get(one.assessment), languages) for one in award.results]
    else:
        found = [_sitting(None, one, languages) for one in award.micro_credential.assessments]
    return tuple(found[:MAX_SHOWN])


def _sitting(result: Result | None, planned: Assessment | None, languages: Sequence[str]) -> Sitting:
    supervision = (result.supervision if result else None) or (planned.supervision if planned else None)
    mode = (result.mode if result else None) or (planned.mode if planned else None)
    code = supervision.code if supervision else ""
    title = pick(planned.title, languages) if planned else ""
    return Sitting(
        title=title or (pick(result.title, languages) if result else ""),
        identity="yes" if code in _WITH_IDENTITY else "no" if code in _WITHOUT_IDENTITY else "",
        supervision=_label(supervision, languages),
        mode=_label(mode, languages),
        on=result.assessed_on if result else None,
        by=tuple(pick(body.name, languages) for body in result.assessed_by) if result else (),
        grade=result.grade if result else "",
    )


def _label(concept: Concept | None, languages: Sequence[str]) -> str:
    return concept.label(*languages) if concept else ""


def claims_of(award: Record, languages: Sequence[str]) -> tuple[Claim, ...]:
    """What each outcome that was reached rests on: outcome, assessment, evidence."""
    record = award.micro_credential
    reached = {one.outcome for one in award.achieved}
    shown = [one for one in record.outcomes if (one.id in reached if reached else one.required)]
    evidence = tuple(
        filter(None, (_evidence(pick(one.title, languages), one.links) for one in award.evidence))
    )
    return tuple(_claim(one, award, languages, evidence) for one in shown[:MAX_SHOWN])


def _claim(outcome: Outcome, award: Record, languages: Sequence[str], evidence: tuple[str, ...]) -> Claim:
    assessments = award.micro_credential.assessments
    covering = [one for one in assessments if outcome.id and outcome.id in one.covers]
    named = bool(covering)
    others = covering or [one for one in assessments if not one.covers]
    return Claim(
        title=pick(outcome.title, languages),
        skills=tuple(filter(None, (_label(one, languages) for one in (*outcome.esco, *outcome.related)))),
        assessments=tuple(filter(None, (_assessment(one, languages) for one in others[:MAX_SHOWN]))),
        evidence=evidence[:MAX_SHOWN],
        is_covered_by_name=named,
    )


def _assessment(one: Assessment, languages: Sequence[str]) -> str:
    return " · ".join(dict.fromkeys(filter(None, (pick(one.title, languages), _label(one.type, languages)))))


def _evidence(title: str, links: Iterable[object]) -> str:
    """The name of a piece of evidence and where it is kept; its address is never loaded."""
    hosts = [parts_of(str(getattr(one, "url", ""))).hostname or "" for one in links]
    return " · ".join(filter(None, (title, *dict.fromkeys(hosts))))
