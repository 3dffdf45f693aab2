"""Batches: a class list to sealed files, each award exactly once, the good rows whatever is wrong with the others.

An award is opened in the ledger, its copies get their ids and status entries, the files are written, the award is closed.
A process killed in between leaves an open award; the next run makes it again under the same ids, over the same files.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from tessella.errors import TessellaError
from tessella.issuing.classlist import ClassListEntry, NotPassed, RowProblem, read_class_list
from tessella.issuing.sealing import FORMATS, Issuer, StatusEntry, seal_award
from tessella.issuing.table import Table
from tessella.model import Assessment, Award, MicroCredential, Result
from tessella.text import say
from tessella.vocabulary import code_list

__all__ = [
    "ROW_CODES",
    "SITE_FOLDER",
    "AlreadyIssued",
    "AwardLedger",
    "IssuedAward",
    "IssuedCopy",
    "issue_class_list",
    "issue_entry",
    "make_award",
]

MAX_SLUG_CHARACTERS = 60
"""File systems take 255 bytes; a name in another script needs up to four bytes a letter."""


SITE_FOLDER = "badges"
"""Where the documents lie that are to be uploaded to the issuer's badge site, in the layout that they have there."""


class IssuedCopy(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed copy of an award: its credential id, file name (it names a person), and how it can be revoked."""

    credential_id: str
    award_id: str
    format: str
    file: str = ""
    status: dict[str, str | int] = {}


class AwardLedger(Protocol):
    """Remembers what was issued (`tessella.adapters.ledger.Ledger` does, in SQLite)."""

    def start(self, *, person: str, subject: str, at: dt.datetime) -> tuple[str, bool]: ...

    def copy_id(self, award_id: str, format: str) -> str: ...

    def formats_of(self, award_id: str) -> frozenset[str]: ...

    def is_taken(self, file: str, *, award_id: str) -> bool: ...

    def record(self, entry: IssuedCopy) -> None: ...

    def finish(self, award_id: str, *, at: dt.datetime) -> None: ...


class IssuedAward(msgspec.Struct, frozen=True, kw_only=True):
    """An award made in this run."""

    row: int
    award: Award
    copies: tuple[IssuedCopy, ...]


class AlreadyIssued(msgspec.Struct, frozen=True, kw_only=True):
    """An award that an earlier run made; nothing was done."""

    row: int
    award_id: str


BatchEvent = IssuedAward | AlreadyIssued | RowProblem | NotPassed

StatusFor = Callable[[str, str], StatusEntry | None]
"""From format and credential id to a status list entry, or None when status is not published."""


def issue_class_list(
    table: Table,
    micro_credential: MicroCredential,
    issuer: Issuer,
    *,
    formats: Sequence[str],
    at: dt.datetime,
    ledger: AwardLedger,
    write: Callable[[str, bytes], None],
    status_for: StatusFor = lambda format, credential_id: None,
    verify_url: str = "",
) -> Iterator[BatchEvent]:
    """Award, seal and write everybody on the list who passed; one event per row, in order.

    Of an award that was made before, only copies in further formats are made.

    Args:
        at: the time of issue (time-zone aware); also "today" for the dates on the list.
        write: takes a relative file name (``edc/004-sanne-de-vries.jsonld``) and its bytes.
        verify_url: printed on certificates as the place to check them.

    Raises:
        SchemaError: the table has no usable header.
        TessellaError: the description, the keys or the place to write to are unusable (nothing of one row's making).
    """
    for event in read_class_list(table, today=at.date()):
        if not isinstance(event, ClassListEntry):
            yield event
            continue
        try:
            yield _issue_one(
                event, micro_credential, issuer, formats, at, ledger, write, status_for, verify_url
            )
        except _RowError as error:
            cause = error.cause
            yield RowProblem(
                source=table.source,
                row=event.row,
                column=cause.place,
                message=cause.message,
                hint=cause.hint,
                code=cause.code,
            )


def issue_entry(
    entry: ClassListEntry,
    micro_credential: MicroCredential,
    issuer: Issuer,
    *,
    formats: Sequence[str],
    at: dt.datetime,
    ledger: AwardLedger,
    write: Callable[[str, bytes], None],
    status_for: StatusFor = lambda format, credential_id: None,
    verify_url: str = "",
) -> IssuedAward | AlreadyIssued:
    """One award, as `issue_class_list` makes those of a list.

    Raises:
        TessellaError: it cannot be made.
    """
    try:
        return _issue_one(entry, micro_credential, issuer, formats, at, ledger, write, status_for, verify_url)
    except _RowError as error:
        raise error.cause from error


class _RowError(Exception):
    def __init__(self, cause: TessellaError) -> None:
        super().__init__(str(cause))
        self.cause = cause


ROW_CODES = ("rendering.", "input.", "classlist.", "attestation.")
"""How the codes of errors begin that come from one learner's data; all others stop the batch."""


def _issue_one(
    entry: ClassListEntry,
    micro_credential: MicroCredential,
    issuer: Issuer,
    formats: Sequence[str],
    at: dt.datetime,
    ledger: AwardLedger,
    write: Callable[[str, bytes], None],
    status_for: StatusFor,
    verify_url: str,
) -> IssuedAward | AlreadyIssued:
    subject = f"{micro_credential.id} {micro_credential.version}"
    award_id, done = ledger.start(person=entry.key, subject=subject, at=at)
    made_before = ledger.formats_of(award_id) if done else frozenset()
    formats = [name for name in formats if name not in made_before]
    if done and not formats:
        return AlreadyIssued(row=entry.row, award_id=award_id)
    award = make_award(entry, micro_credential, id=award_id, at=at)
    carried = {part for name in formats if name in FORMATS for part in FORMATS[name].builds_on} & made_before
    ids = {name: ledger.copy_id(award_id, name) for name in (*formats, *sorted(carried))}
    statuses = {
        name: status_for(name, ids[name])
        for name in ids
        if name in FORMATS and FORMATS[name].may_have_status(ids)
    }
    try:
        sealed = seal_award(
            award,
            issuer,
            formats=formats,
            at=at,
            credential_ids=ids,
            statuses=statuses,
            verify_url=verify_url,
        )
    except TessellaError as error:
        if error.code.startswith(ROW_CODES):
            raise _RowError(error) from error
        raise
    stem = _free_stem(entry.row, award, formats, ledger)
    copies = []
    for copy in sealed:
        status = statuses.get(copy.format)
        made = IssuedCopy(
            credential_id=copy.credential_id,
            award_id=award_id,
            format=copy.format,
            file=_file(copy.format, stem),
            status=_status(status, issuer if copy.published else None),
        )
        ledger.record(made)
        for path, data in copy.published.items():
            write(f"{SITE_FOLDER}/{path}", data)
        write(made.file, copy.data)
        copies.append(made)
    ledger.finish(award_id, at=at)
    return IssuedAward(row=entry.row, award=award, copies=tuple(copies))


def _status(entry: StatusEntry | None, publisher: Issuer | None) -> dict[str, str | int]:
    """What the ledger remembers of how a copy can be revoked: its place in a list, or the site that it is published on."""
    if entry is not None:
        return {"list": entry.list_url, "index": entry.index}
    return {"site": publisher.badge_site().url} if publisher else {}


def _file(format: str, stem: str) -> str:
    return f"{FORMATS[format].folder}/{stem}{FORMATS[format].suffix}"


def _free_stem(row: int, award: Award, formats: Sequence[str], ledger: AwardLedger) -> str:
    """A file name for people that no other award has: another list or course may have the same name in the same row."""
    plain = f"{row:03d}-{_slug(award.learner.latin_name or award.learner.display_name)}"
    return next(
        stem
        for stem in itertools.chain([plain], (f"{plain}-{number}" for number in itertools.count(2)))
        if not any(ledger.is_taken(_file(name, stem), award_id=award.id) for name in formats)
    )


def make_award(
    entry: ClassListEntry, micro_credential: MicroCredential, *, id: str, at: dt.datetime
) -> Award:
    """The award of one learner: a grade belongs to the only assessment, or to all of them together."""
    months = micro_credential.valid_for_months
    return Award(
        id=id,
        micro_credential=micro_credential,
        learner=entry.learner,
        assessed_on=entry.assessed_on,
        awarded_on=entry.awarded_on or entry.assessed_on or at.date(),
        issued_at=at,
        valid_from=at,
        valid_until=_months_later(at, months) if months else None,
        results=_results(entry, micro_credential.assessments),
        achieved=entry.achieved,
        number=entry.number,
        parts=entry.parts,
        rule=entry.rule,
    )


def _results(entry: ClassListEntry, assessments: Sequence[Assessment]) -> tuple[Result, ...]:
    """What one row says, in the places of the record: of each assessment how it was supervised, of the last one the grade."""
    supervision = code_list("supervision").require(entry.supervision) if entry.supervision else None
    if len(assessments) == 1 and (entry.grade or supervision):
        only = assessments[0]
        return (
            Result(assessment=only.id, grade=entry.grade, scheme=only.grading if entry.grade else None,
                   assessed_on=entry.assessed_on, supervision=supervision or only.supervision),
        )  # fmt: skip
    found = [
        Result(assessment=one.id, assessed_on=entry.assessed_on, supervision=supervision)
        for one in assessments
        if supervision and one.id
    ]
    if entry.grade:
        found.append(Result(title={"en": "Final grade"}, grade=entry.grade, assessed_on=entry.assessed_on))
    return tuple(found)


def _months_later(at: dt.datetime, months: int) -> dt.datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in (at.day, 30, 29, 28):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(say("No such month."))  # 28 fits every month


def _slug(name: str) -> str:
    """A file name part: letters and digits of any script in lower case, Latin ones without marks."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(sign) or sign > "\u0370"
    )
    slug = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFC", plain)).strip("-_")
    return slug[:MAX_SLUG_CHARACTERS] or "learner"
