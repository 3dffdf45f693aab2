"""Class lists as rows: what is in the table, what becomes of each learner, and what is wrong with which cell."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tessella.adapters.spreadsheet import read_table
from tessella.issuing.classlist import ClassListEntry, NotPassed, RowProblem, columns_of, read_class_list
from tessella.issuing.table import Table
from tessella.model import AwardedPart, RuleApplied
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain.assessed import Statement, needs_assessment
from tessella_web.credentials.models import STANDING, Award, Row, RowState

__all__ = [
    "MAX_ROWS",
    "MAX_UPLOAD_BYTES",
    "Finish",
    "MadeOf",
    "as_before",
    "combined",
    "on_statement",
    "person_of",
    "rows_of",
    "table_of",
]

MAX_ROWS = 5_000
"""Awards of one batch: the dry run fits on a page, a mistake stays correctable. A longer list is split."""

MAX_UPLOAD_BYTES = 8 * 1024 * 1024  # bytes
"""5,000 rows of 15 columns are about 1 MB."""

HEADER_ROWS = 20
"""Titles above the header, which count as no learners."""


def person_of(organisation: Organisation, entry: ClassListEntry) -> str:
    """What tells people apart within an organisation, without telling who they are."""
    return salted_hmac("credentials.person", f"{organisation.id} {entry.key}", algorithm="sha256").hexdigest()


def table_of(name: str, data: bytes) -> Table:
    """The library reads from a file: formulas and merged cells are looked for in its parts."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_FOLDER) as folder:
        path = Path(folder) / f"list{Path(name).suffix.lower()}"
        path.write_bytes(data)
        table = read_table(path)
        lines = list(itertools.islice(table.rows, MAX_ROWS + HEADER_ROWS + 1))
    if len(lines) > MAX_ROWS + HEADER_ROWS:
        raise RefusedError(
            _("The list is longer than %(limit)s rows.") % {"limit": MAX_ROWS},
            code="batch.too-long", field="file", hint=_("Split it into several lists."),
        )  # fmt: skip
    return Table(source=name, sheet=table.sheet, rows=lines)


class MadeOf(NamedTuple):
    """The awards that a larger one is combined from, the published rule by which it was, and the id it gets: the proof names it."""

    parts: Sequence[AwardedPart]
    rule: RuleApplied
    award: str


Finish = Callable[[ClassListEntry], tuple[ClassListEntry, dict[str, str] | None]]
"""What is known of an entry besides its row, and what speaks against awarding it."""


def on_statement(by: Person, version: Version, table: Table, *, field: str = "") -> Finish:
    """A list of learners to be awarded must say who assessed them; of other records it need not."""
    if not needs_assessment(version):
        return lambda entry: (entry, None)
    statement = Statement(by, version, columns_of(table))
    statement.require(field=field)
    return statement.read


def as_before(award: Award) -> Finish:
    """A correction keeps what was assessed."""
    old = award.read()
    kept = {
        "assessed_by": old.assessed_by, "supervision": old.supervision, "achieved": old.achieved, "parts": old.parts,
        "rule": old.rule,
    }  # fmt: skip
    return lambda entry: (msgspec.structs.replace(entry, **kept), None)


def combined(finish: Finish, made_of: MadeOf) -> Finish:
    """An award that is combined from others lists them, with the rule."""

    def finished(entry: ClassListEntry) -> tuple[ClassListEntry, dict[str, str] | None]:
        found, problem = finish(entry)
        listed = {"parts": tuple(made_of.parts), "rule": made_of.rule, "award": made_of.award}
        return msgspec.structs.replace(found, **listed), problem

    return finished


def rows_of(
    by: Person, version: Version, table: Table, finish: Finish, *, replaces: Award | None = None
) -> list[Row]:
    """Each row with what would become of it; ``finish`` completes an entry, or says what speaks against it."""
    found: dict[int, Row] = {}
    organisation = replaces.organisation if replaces else version.organisation
    today = timezone.now().date()
    for event in read_class_list(table, today=today, every_cell=True):
        row = found.setdefault(event.row, Row(number=event.row, state=RowState.GOOD))
        if not isinstance(event, ClassListEntry):
            _READ[type(event)](row, event)
            continue
        entry, problem = finish(event)
        if entry.learner.email.casefold() == by.email.casefold():
            problem = _own_award()
        row.entry, row.person = msgspec.to_builtins(entry), person_of(organisation, entry)
        if problem is not None:
            row.state, row.problems = RowState.PROBLEM, [problem]
    people = [row.person for row in found.values() if row.person]
    have = set(
        _standing(version, people)
        .exclude(pk=replaces.pk if replaces else None)
        .values_list("person", flat=True)
    )
    for row in found.values():
        if row.person in have:
            row.state, row.problems = RowState.ALREADY, []
    return list(found.values())


def _own_award() -> dict[str, str]:
    """Nobody awards to themselves."""
    return {
        "column": "“email”",
        "message": _("This is your own address: nobody awards to themselves."),
        "hint": _("Ask a colleague to prepare this award."),
        "code": "batch.own-award",
    }


def _standing(version: Version, people: Iterable[str]) -> Any:
    return Award.objects.filter(version=version, person__in=list(people), state__in=STANDING)


def _read_problem(row: Row, event: RowProblem) -> None:
    row.state = RowState.PROBLEM
    row.problems.append(
        {"column": event.column, "message": event.message, "hint": event.hint, "code": event.code}
    )


def _read_not_passed(row: Row, event: NotPassed) -> None:
    row.state = RowState.NOT_PASSED


_READ: Mapping[type, Callable[[Row, Any], None]] = {
    RowProblem: _read_problem,
    NotPassed: _read_not_passed,
}
