"""What can be answered about a file that somebody hands in: the library's report, and what this platform knows besides."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.containers import PdfPage
from tessella.errors import TessellaError
from tessella.model import Award as Record
from tessella.model import MicroCredential
from tessella.rendering import CheckView, ReportView, Section, TileFacts, plain_words, report_text, tile_facts
from tessella.text import pick
from tessella.verdicts import Check as LibraryCheck
from tessella.verdicts import Report, Verdict, combine
from tessella.verification import DEFAULT, Surroundings, open_credentials, verify
from tessella_web.common.addresses import parts_of
from tessella_web.credentials.models import Award, AwardState, Copy
from tessella_web.credentials.verifying.leads import MAX_SHOWN_LINES, Lead, handed_in, lead, read_pages
from tessella_web.credentials.verifying.slots import SLOTS
from tessella_web.credentials.verifying.support import Claim, Sitting, claims_of, sittings_of
from tessella_web.credentials.verifying.surroundings import around
from tessella_web.registers.quality import Answer, Scope, State, quality_assured
from tessella_web.registers.queries import body_by_identifiers

__all__ = [
    "MAX_CREDENTIALS",
    "MAX_UPLOAD_BYTES",
    "Change",
    "Check",
    "Credential",
    "Found",
    "Moment",
    "Own",
    "Page",
    "PageValue",
    "Quality",
    "answer",
    "fact_rows",
    "leaves",
]

MAX_UPLOAD_BYTES = 12_000_000
"""A mail with fifty certificates; the library has its own limits for what is packed inside."""

MAX_CREDENTIALS = 200
"""Credentials that are answered one by one: a page with more would not be read."""

MAX_LEADS = 10
"""Codes and links of one file that are told; a certificate has one."""

_END_OF_DAY = dt.time(23, 59, 59, tzinfo=dt.UTC)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check in words, with the facts behind it as rows of label and value."""

    view: CheckView
    evidence: tuple[tuple[str, str], ...] = ()


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """How something stood at one time: a verdict, and what was found."""

    verdict: Verdict
    text: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stood otherwise on the day of the award."""

    id: str
    title: str
    then: Moment
    now: Moment


class PageValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the credential and what the page shows in its place."""

    label: str
    credential: str
    page: str
    agrees: bool


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The page around a credential: its values beside those of the credential, those that differ first, and what was put there later."""

    verdict: Verdict
    values: tuple[PageValue, ...] = ()
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What this platform knows of its own award: its public page, what it is now and since when, and what replaced it."""

    award_id: str
    state: str
    since: dt.datetime | None = None
    successor_id: str = ""
    history: tuple[tuple[dt.datetime, str], ...] = ()

    def state_at(self, at: dt.datetime) -> str:
        """What it was at an instant."""
        return next((state for day, state in reversed(self.history) if day <= at), str(AwardState.VALID))

    def since_at(self, at: dt.datetime) -> dt.datetime | None:
        """Since when it was that."""
        return next((day for day, _state in reversed(self.history) if day <= at), None)


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What registers say of the awarding body, under the name they know it by, and what the credential calls it (``stated``)."""

    name: str
    answer: Answer
    stated: str = ""


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
    compared_with: dt.datetime | None = None
    page: Page | None = None
    leads: tuple[Lead, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    claims: tuple[Claim, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer: one verdict, every credential, and the report as the library gives it."""

    report: Report
    view: ReportView
    credentials: tuple[Credential, ...]
    left_out: int = 0
    page_text: tuple[str, ...] = ()


def answer(data: bytes, *, name: str, languages: tuple[str, ...], at: dt.datetime | None = None) -> Found:
    """Verify what was handed in; hostile input gives an answer too, never an error. Nothing is kept.

    Args:
        name: what the report calls the file.
        languages: of names and texts, best first.
        at: as of this instant; now when left out.

    Raises:
        BusyError: too many verify at this moment.
    """
    with SLOTS.turn():
        return _answer(data, name, languages, at or timezone.now())


def _answer(data: bytes, name: str, languages: tuple[str, ...], at: dt.datetime) -> Found:
    surroundings = around(at, languages)
    report = verify(data, name=name, policy=DEFAULT, surroundings=surroundings)
    own = _own(one.subject.get("id") for one in leaves(report))
    report = as_we_know(report, own, at)
    records = _records(data, name)
    single = list(leaves(report))
    pages = read_pages(data) if any(_link(one) for one in single) else ()
    asked = _Asked(data, name, languages, surroundings, pages, own)
    return Found(
        report=report,
        view=report_text(report),
        credentials=tuple(
            _credential(one, records.get(one.subject.get("where", "")), own, asked)
            for one in single[:MAX_CREDENTIALS]
        ),
        left_out=max(0, len(single) - MAX_CREDENTIALS),
        page_text=tuple(line.text for page in pages for line in page.visible)[:MAX_SHOWN_LINES],
    )


def as_we_know(report: Report, own: dict[str, Own], at: dt.datetime) -> Report:
    """The report with what this platform knows of its own awards: one that was taken back fails, whatever its file can tell."""
    children = tuple(as_we_know(one, own, at) for one in report.children)
    known = own.get(str(report.subject.get("id", "")))
    checks = tuple(_status_known(one, known, at) for one in report.checks) if known else report.checks
    if checks == report.checks and children == report.children:
        return report
    counted = [one.verdict for one in checks if one.required and report.format != "collection"]
    verdict = combine([*counted, *(one.verdict for one in children)])
    return msgspec.structs.replace(report, checks=checks, children=children, verdict=verdict)


def _status_known(check: LibraryCheck, known: Own, at: dt.datetime) -> LibraryCheck:
    """The check of the status by the records here; that of another question is left as it is."""
    state, since = known.state_at(at), known.since_at(at)
    meaning = _("This is from the records of whoever awarded it, which are kept here.")
    if check.id != "status" or check.verdict is Verdict.FAILED:
        return check
    if state == AwardState.VALID:
        if check.verdict is not Verdict.INDETERMINATE:
            return check
        told = _("It stood at that time: nobody had taken it back.")
        return msgspec.structs.replace(check, verdict=Verdict.PASSED, explanation=told, meaning=meaning)
    told = _OWN_STATES.get(state, _OWN_STATES[AwardState.REVOKED]) % {
        "day": date_format(since, "DATE_FORMAT") if since else _("now")
    }
    return msgspec.structs.replace(
        check, verdict=Verdict.FAILED, explanation=told, meaning=meaning, required=True
    )


_OWN_STATES: Mapping[str, Any] = {
    AwardState.REVOKED: gettext_lazy("Whoever awarded it has taken it back (%(day)s)."),
    AwardState.SUSPENDED: gettext_lazy("Whoever awarded it has suspended it (%(day)s)."),
    AwardState.SUPERSEDED: gettext_lazy("Whoever awarded it has replaced it by a corrected one (%(day)s)."),
}


class _Asked:
    """What was asked, with what is worked out once for all credentials in it."""

    def __init__(
        self,
        data: bytes,
        name: str,
        languages: tuple[str, ...],
        surroundings: Surroundings,
        pages: Sequence[PdfPage],
        own: dict[str, Own],
    ) -> None:
        self._data, self._name, self._own = data, name, own
        self.handed = handed_in(data)
        self.languages, self.surroundings, self.pages = languages, surroundings, pages
        self.quality = functools.cache(_quality)
        self.past = functools.cache(self._past)

    def _past(self, then: dt.datetime) -> dict[str, Report]:
        """The reports as of another time, by where the credentials stand in the file."""
        around_then = msgspec.structs.replace(self.surroundings, at=then)
        past = verify(self._data, name=self._name, policy=DEFAULT, surroundings=around_then)
        past = as_we_know(past, self._own, then)
        return {str(one.subject.get("where", "")): one for one in leaves(past)}


def _link(report: Report) -> str:
    """The address that stands in the place of a credential: on a code mostly; empty for anything else."""
    if report.format or len(report.checks) != 1:
        return ""
    got = str(report.checks[0].evidence.get("got") or "")
    return got if got.startswith(("http://", "https://")) else ""


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


def _credential(report: Report, record: Record | None, own: dict[str, Own], asked: _Asked) -> Credential:
    view = report_text(report)
    facts = {check.id: check.evidence for check in report.checks}
    page = facts.get("page", {})
    codes = [_link(report)] if _link(report) else page.get("codes", ())
    issuer = _hosts(str(report.subject.get("issuer_id", "")))
    base = Credential(
        view=view,
        facts=tuple(name for name, value in report.subject.items() if value not in (None, "", [], {})),
        checks=tuple(
            Check(view=one, evidence=tuple(fact_rows(facts.get(one.id, {})))) for one in view.checks
        ),
        title=str(report.subject.get("title", "")),
        where=str(report.subject.get("where", "")),
        own=own.get(str(report.subject.get("id", ""))),
        page=_page(report),
        leads=tuple(lead(one, asked.pages, issuer, asked.handed) for one in dict.fromkeys(codes[:MAX_LEADS])),
    )
    if record is None:
        return base
    on = record.awarded_on or (record.issued_at.date() if record.issued_at else None)
    course = record.micro_credential
    today = asked.surroundings.at.date()
    about = _identifiers(course), _scope(course)
    quality = asked.quality(*about, on) if on else None
    stated = ", ".join(pick(body.name, asked.languages) for body in course.awarding_bodies)
    return msgspec.structs.replace(
        base,
        tile=tile_facts(course),
        sections=tuple(plain_words(record, asked.languages)),
        awarded_on=on,
        quality=msgspec.structs.replace(quality, stated=stated) if quality else None,
        changes=(*_changes(report, record, asked), *_quality_changes(quality, asked.quality(*about, today))),
        compared_with=_then(record, asked.surroundings.at),
        sittings=sittings_of(record, asked.languages),
        claims=claims_of(record, asked.languages),
    )


def _hosts(issuer_id: str) -> tuple[str, ...]:
    """The host that an issuer's identifier stands for."""
    if issuer_id.startswith("did:web:"):
        return (issuer_id.split(":")[2].partition("%3A")[0].lower(),)
    return ((parts_of(issuer_id).hostname or ""),) if issuer_id.startswith("https://") else ()


def _page(report: Report) -> Page | None:
    """The check of the page, as values side by side."""
    check = report.check("page")
    if check is None or check.verdict is Verdict.NOT_APPLICABLE:
        return None
    found = check.evidence
    values = {
        (one["label"], one["credential"], one["page"]): PageValue(
            label=one["label"], credential=one["credential"], page=one["page"], agrees=one["agrees"]
        )
        for one in found.get("compared", ())
    }
    return Page(
        verdict=check.verdict,
        values=tuple(sorted(values.values(), key=lambda one: one.agrees)),
        **{name: tuple(found.get(name, ())) for name in ("added", "gone", "new")},
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


def _then(record: Record, at: dt.datetime) -> dt.datetime | None:
    """The end of the day of the award (or of making it out, when that was later); None when that is not past."""
    days = [day for day in (record.awarded_on, record.issued_at.date() if record.issued_at else None) if day]
    then = dt.datetime.combine(max(days), _END_OF_DAY) if days else at
    return then if then < at else None


def _changes(report: Report, record: Record, asked: _Asked) -> tuple[Change, ...]:
    """The checks that came out otherwise on the day of the award."""
    then = _then(record, asked.surroundings.at)
    same = asked.past(then).get(str(report.subject.get("where", ""))) if then else None
    if same is None:
        return ()
    now = {one.id: one for one in report_text(report).checks}
    return tuple(
        Change(id=one.id, title=one.title, then=_moment(one), now=_moment(now[one.id]))
        for one in report_text(same).checks
        if one.id in now and one.verdict is not now[one.id].verdict
        and Verdict.NOT_APPLICABLE not in (one.verdict, now[one.id].verdict)
    )  # fmt: skip


def _moment(one: CheckView) -> Moment:
    return Moment(verdict=one.verdict, text=one.explanation)


_ANSWERS = {State.YES: Verdict.PASSED, State.NO: Verdict.FAILED, State.NO_DATA: Verdict.INDETERMINATE}


def _quality_changes(then: Quality | None, now: Quality | None) -> Iterator[Change]:
    """What registers said of the provider on the day of the award, and now."""
    if then is None or now is None or then.answer.state is now.answer.state:
        return
    yield Change(
        id="quality",
        title=_("Was the provider quality-assured?"),
        **{
            name: Moment(
                verdict=_ANSWERS[one.answer.state], text=_QUALITY[one.answer.state] % {"name": one.name}
            )
            for name, one in (("then", then), ("now", now))
        },
    )


_QUALITY = {
    State.YES: gettext_lazy("Registers say yes of %(name)s."),
    State.NO: gettext_lazy("Registers say no of %(name)s."),
    State.NO_DATA: gettext_lazy("No register says anything of %(name)s."),
}


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
        history=tuple(sorted((one.at, str(one.state)) for one in award.changes.all())),
    )
