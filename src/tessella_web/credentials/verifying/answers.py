"""What can be answered about a file that somebody hands in: the library's report, and what this platform knows besides."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from django.utils import timezone

from tessella.errors import TessellaError
from tessella.model import Award as Record
from tessella.model import MicroCredential
from tessella.rendering import CheckView, ReportView, Section, TileFacts, plain_words, report_text, tile_facts
from tessella.verdicts import Report, Verdict
from tessella.verification import DEFAULT, Surroundings, open_credentials, verify
from tessella_web.credentials.models import Award, AwardState, Copy
from tessella_web.credentials.verifying.surroundings import around
from tessella_web.registers.quality import Answer, Scope, quality_assured
from tessella_web.registers.queries import body_by_identifiers

__all__ = [
    "MAX_CREDENTIALS",
    "MAX_UPLOAD_BYTES",
    "Change",
    "Check",
    "Credential",
    "Found",
    "Own",
    "Quality",
    "answer",
    "fact_rows",
    "leaves",
]

MAX_UPLOAD_BYTES = 12_000_000
"""A mail with fifty certificates; the library has its own limits for what is packed inside."""

MAX_CREDENTIALS = 200
"""Credentials that are answered one by one: a page with more would not be read."""

_END_OF_DAY = dt.time(23, 59, 59, tzinfo=dt.UTC)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check in words, with the facts behind it as rows of label and value."""

    view: CheckView
    evidence: tuple[tuple[str, str], ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A check that came out otherwise on the day of the award."""

    title: str
    then: CheckView
    now: CheckView


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What this platform knows of its own award: its public page, what it is now and since when, and what replaced it."""

    award_id: str
    state: str
    since: dt.datetime | None = None
    successor_id: str = ""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What registers say of the awarding body, under the name they know it by."""

    name: str
    answer: Answer


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """One credential found in what was handed in; ``facts`` are the names of those of the view, in its order."""

    view: ReportView
    facts: tuple[str, ...]
    checks: tuple[Check, ...]
    title: str = ""
    where: str = ""
    tile: TileFacts | None = None
    sections: tuple[Section, ...] = ()
    awarded_on: dt.date | None = None
    quality: Quality | None = None
    own: Own | None = None
    changes: tuple[Change, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer: one verdict, every credential, and the report as the library gives it."""

    report: Report
    view: ReportView
    credentials: tuple[Credential, ...]
    left_out: int = 0


def answer(data: bytes, *, name: str, languages: tuple[str, ...], at: dt.datetime | None = None) -> Found:
    """Verify what was handed in; hostile input gives an answer too, never an error. Nothing is kept.

    Args:
        name: what the report calls the file.
        languages: of names and texts, best first.
        at: as of this instant; now when left out.
    """
    surroundings = around(at or timezone.now(), languages)
    report = verify(data, name=name, policy=DEFAULT, surroundings=surroundings)
    records = _records(data, name)
    single = list(leaves(report))
    quality = functools.cache(_quality)
    own = _own(report.subject.get("id") for report in single)
    return Found(
        report=report,
        view=report_text(report),
        credentials=tuple(
            _credential(
                one, records.get(one.subject.get("where", "")), own, languages, surroundings, data, quality
            )
            for one in single[:MAX_CREDENTIALS]
        ),
        left_out=max(0, len(single) - MAX_CREDENTIALS),
    )


def leaves(report: Report) -> Iterator[Report]:
    """The reports on single credentials."""
    if report.children and report.format == "collection":
        for child in report.children:
            yield from leaves(child)
    else:
        yield report


def _records(data: bytes, name: str) -> dict[str, Record]:
    """What the credentials say, by where they stand in the file; nothing for what cannot be read."""
    try:
        opened = open_credentials(data, name)
    except TessellaError:
        return {}
    return {one.where: one.award for one in opened if one.award is not None}


def _credential(
    report: Report,
    record: Record | None,
    own: dict[str, Own],
    languages: tuple[str, ...],
    surroundings: Surroundings,
    data: bytes,
    quality: Callable[..., Quality | None],
) -> Credential:
    view = report_text(report)
    facts = {check.id: check.evidence for check in report.checks}
    base = Credential(
        view=view,
        facts=tuple(name for name, value in report.subject.items() if value not in (None, "", [], {})),
        checks=tuple(
            Check(view=one, evidence=tuple(fact_rows(facts.get(one.id, {})))) for one in view.checks
        ),
        title=str(report.subject.get("title", "")),
        where=str(report.subject.get("where", "")),
        own=own.get(str(report.subject.get("id", ""))),
    )
    if record is None:
        return base
    on = record.awarded_on or (record.issued_at.date() if record.issued_at else None)
    course = record.micro_credential
    return msgspec.structs.replace(
        base,
        tile=tile_facts(course),
        sections=tuple(plain_words(record, languages)),
        awarded_on=on,
        quality=quality(_identifiers(course), _scope(course), on) if on else None,
        changes=_changes(report, record, surroundings, data),
    )


def fact_rows(evidence: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Facts as rows: what lies deeper has a name with dots."""
    for name, value in evidence.items():
        if isinstance(value, dict):
            yield from fact_rows(value, f"{before}{name}.")
        elif isinstance(value, list | tuple):
            for number, item in enumerate(value, 1):
                place = f"{before}{name}" + (f" {number}" if len(value) > 1 else "")
                if isinstance(item, dict):
                    yield from fact_rows(item, f"{place}.")
                else:
                    yield place, str(item)
        elif value not in (None, ""):
            yield f"{before}{name}", str(value)


def _identifiers(course: MicroCredential) -> tuple[str, ...]:
    return tuple(
        value
        for body in course.awarding_bodies
        for value in (body.id, body.legal_id, body.homepage, *(one.value for one in body.identifiers))
        if value
    )


def _scope(course: MicroCredential) -> Scope:
    field = next((one.code for one in course.fields if one.code), "")
    return Scope(level=tile_facts(course).level, field=field)


def _quality(identifiers: tuple[str, ...], scope: Scope, on: dt.date) -> Quality | None:
    """Whether registers say that an awarding body was quality-assured for this on a day; None for a body that none knows."""
    body = body_by_identifiers(identifiers)
    return Quality(name=body.name, answer=quality_assured(body, scope, on)) if body else None


def _changes(report: Report, record: Record, surroundings: Surroundings, data: bytes) -> tuple[Change, ...]:
    """The checks that came out otherwise on the day of the award (or of making it out, when that was later)."""
    days = [day for day in (record.awarded_on, record.issued_at.date() if record.issued_at else None) if day]
    then = dt.datetime.combine(max(days), _END_OF_DAY) if days else surroundings.at
    if then >= surroundings.at:
        return ()
    past = verify(
        data, name=report.input, policy=DEFAULT, surroundings=msgspec.structs.replace(surroundings, at=then)
    )
    where = report.subject.get("where")
    same = next((one for one in leaves(past) if one.subject.get("where") == where), None)
    if same is None:
        return ()
    now = {one.id: one for one in report_text(report).checks}
    return tuple(
        Change(title=one.title, then=one, now=now[one.id])
        for one in report_text(same).checks
        if one.id in now and one.verdict is not now[one.id].verdict
        and Verdict.NOT_APPLICABLE not in (one.verdict, now[one.id].verdict)
    )  # fmt: skip


def _own(ids: Iterator[Any] | Sequence[Any]) -> dict[str, Own]:
    """By identifier what this platform knows of credentials that it made itself."""
    wanted = [str(one) for one in ids if one]
    copies = Copy.objects.filter(credential_id__in=wanted).select_related("award", "award__replaced_by")
    return {one.credential_id: _own_award(one.award) for one in copies.prefetch_related("award__changes")}


def _own_award(award: Award) -> Own:
    successor = getattr(award, "replaced_by", None)
    last = max((one.at for one in award.changes.all() if one.state == award.state), default=None)
    return Own(
        award_id=award.id,
        state=str(award.state),
        since=last if award.state != AwardState.VALID else None,
        successor_id=successor.id if successor else "",
    )
