"""Quality assurance: what is stated, whether it holds on the day that counts, whether it covers this item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tessella.model import Decision, QualityAssurance, QualitySide
from tessella.standard._view import Hit, View, code, fact, has_content
from tessella.standard._words import normalised, word_list
from tessella.text import pick

__all__ = ["reference_date"]

_DEFAULT_YEARS = 6
"""A report without an end date counts for six years (DEQAR: default validity)."""


def reference_date(view: View) -> dt.date:
    """The date on which quality assurance counts: of the award, else of the check."""
    award = view.award
    if award is None:
        return view.on
    return award.awarded_on or (award.issued_at.date() if award.issued_at else view.on)


def _texts(quality: QualityAssurance) -> tuple[object, ...]:
    body = quality.body.name if quality.body else {}
    return (quality.title, quality.scheme, body)


def _substance(quality: QualityAssurance) -> bool:
    links = (
        quality.report.url if quality.report else "",
        quality.identifier.value if quality.identifier else "",
    )
    return any(has_content(value) for value in (quality.type, *_texts(quality), *links))


def _stated(view: View) -> Iterator[tuple[int, QualityAssurance]]:
    """Entries that say something: a side alone does (“internal”), one filled with placeholders does not."""
    for number, quality in enumerate(view.record.quality):
        if _substance(quality) or not any(_texts(quality)):
            yield number, quality


def _hit(number: int, quality: QualityAssurance) -> Hit:
    label = (
        pick(quality.title)
        or quality.scheme
        or (quality.type.label("en") if quality.type else "")
        or (pick(quality.body.name) if quality.body else "")
    )
    return Hit(label or str(quality.side), f"quality[{number}]")


def _external(view: View) -> list[tuple[int, QualityAssurance]]:
    return [(n, q) for n, q in _stated(view) if q.side is QualitySide.EXTERNAL]


def _ends(quality: QualityAssurance) -> dt.date | None:
    """The last day of validity: as stated, else six years less a day after its beginning."""
    if quality.valid_until is not None:
        return quality.valid_until
    begins = quality.valid_from or quality.decided_on
    if begins is None:
        return None
    year = begins.year + _DEFAULT_YEARS
    if year > dt.MAXYEAR:
        return dt.date.max
    day = 28 if (begins.month, begins.day) == (2, 29) else begins.day
    return begins.replace(year=year, day=day) - dt.timedelta(days=1)


@fact("quality-stated")
def quality_stated(view: View) -> tuple[Any, ...]:
    """The entries of quality assurance that say something."""
    return tuple(_hit(number, quality) for number, quality in _stated(view))


@fact("quality-bare")
def quality_bare(view: View) -> tuple[Any, ...]:
    """Entries that say internal or external and nothing else."""
    return tuple(_hit(n, q) for n, q in _stated(view) if not _substance(q))


@fact("quality-internal")
def quality_internal(view: View) -> tuple[Any, ...]:
    """Internal quality assurance."""
    return tuple(_hit(n, q) for n, q in _stated(view) if q.side is QualitySide.INTERNAL)


@fact("quality-external")
def quality_external(view: View) -> tuple[Any, ...]:
    """External quality assurance."""
    return tuple(_hit(n, q) for n, q in _external(view))


@fact("quality-not-valid")
def quality_not_valid(view: View) -> tuple[Any, ...]:
    """External quality assurance not in force on the award date (on the day of the check for a description)."""
    day = reference_date(view)
    found = []
    for number, quality in _external(view):
        begins, ends = quality.valid_from or quality.decided_on, _ends(quality)
        if (begins is not None and day < begins) or (ends is not None and day > ends):
            found.append(_hit(number, quality))
    return tuple(found)


@fact("quality-valid")
def quality_valid(view: View) -> tuple[Any, ...]:
    """External quality assurance with a stated period that includes the day that counts, not negative."""
    outdated = set(view.values("@quality-not-valid"))
    return tuple(
        hit
        for number, quality in _external(view)
        if _ends(quality) is not None
        and quality.decision is not Decision.NEGATIVE
        and (hit := _hit(number, quality)) not in outdated
    )


@fact("quality-not-positive")
def quality_not_positive(view: View) -> tuple[Any, ...]:
    """External decisions that are negative or have conditions."""
    weak = (Decision.NEGATIVE, Decision.CONDITIONAL)
    return tuple(_hit(n, q) for n, q in _external(view) if q.decision in weak)


@fact("quality-without-evidence")
def quality_without_evidence(view: View) -> tuple[Any, ...]:
    """External quality assurance without a report link or identifier: only declared."""
    return tuple(_hit(n, q) for n, q in _external(view) if not (q.report or q.identifier))


@fact("quality-out-of-scope")
def quality_out_of_scope(view: View) -> tuple[Any, ...]:
    """External decisions whose stated scope leaves out this item's level, field or country."""
    return tuple(_hit(n, q) for n, q in _external(view) if q.scope is not None and not _covers(view, q))


def _covers(view: View, quality: QualityAssurance) -> bool:
    scope = quality.scope
    if scope is None:
        return True
    levels = {code("eqf", concept) for concept in scope.eqf}
    stated = {code("eqf", concept) for concept in view.values("levels.eqf")}
    fields = [code("isced-f", concept) for concept in scope.fields]
    own = [code("isced-f", concept) for concept in view.record.fields]
    countries = {code("country", concept) for concept in scope.countries}
    seats = {code("country", concept) for concept in view.values("@issuer-countries")}
    return (
        (not levels or not stated or stated <= levels)
        and (not fields or not own or all(any(f.startswith(wide) for wide in fields) for f in own))
        and (not countries or not seats or bool(seats & countries))
        and (not scope.programmes or not view.record.id or view.record.id in scope.programmes)
    )


@fact("quality-esg")
def quality_esg(view: View) -> tuple[Any, ...]:
    """Quality assurance that names the ESG as its standard."""
    return tuple(_hit(n, q) for n, q in _stated(view) if normalised(q.scheme) in word_list("esg"))


@fact("quality-reviewed-lately")
def quality_reviewed_lately(view: View) -> tuple[Any, ...]:
    """Internal reviews of the twelve months before the check."""
    return tuple(
        _hit(n, q)
        for n, q in _stated(view)
        if q.side is QualitySide.INTERNAL and q.reviewed_on and 0 <= (view.on - q.reviewed_on).days <= 366
    )


@fact("quality-with-learners")
def quality_with_learners(view: View) -> tuple[Any, ...]:
    """Quality assurance in which learners took part."""
    return tuple(_hit(n, q) for n, q in _stated(view) if q.learners_involved)
