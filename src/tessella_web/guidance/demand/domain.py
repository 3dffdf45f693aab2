"""Bringing in tables of vacancies: in pieces, so that it can be stopped at any moment and run again; the only code that changes figures."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.guidance.demand import Figure, Read, read_table
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.guidance.demand.models import DemandFigure, DemandTable
from tessella_web.registers.queries import is_reviewer

__all__ = ["PROBLEMS_KEPT", "load", "load_as", "withdraw_source"]

BATCH = 2000
"""Rows in one transaction: other writers wait less than a second."""

PROBLEMS_KEPT = 200
"""Rows left out that are shown afterwards; whoever mends a table mends these first."""

_NAMES = tuple(Figure.__struct_fields__)


def load_as(*, by: Person, name: str, data: bytes) -> DemandTable:
    """Bring a table in, for somebody whom the operator named to review for the installation.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. And as for `load`.
    """
    if not is_reviewer(by):
        raise NotAllowedError(
            _("Figures that everybody sees are brought in by reviewers of this installation."),
            code="accounts.not-allowed", hint=_("The operator names them."),
        )  # fmt: skip
    return load(name=name, data=data, by=by)


def load(*, name: str, data: bytes, by: Person | None = None) -> DemandTable:
    """Bring a table in: each good row is a figure, each bad one a problem with its place and remedy.

    A figure that is there already is replaced, unless it was published later. The same file again writes nothing twice; after it was
    stopped it goes through from the start and ends with the same.

    Raises:
        InputError: ``demand.columns``, ``demand.no-table``, ``demand.too-large``: the file is no such table; rows before the place stay.
    """
    rows = read_table(data, file=name, today=timezone.now().date())
    first = next(rows, None)  # a file that is no table leaves nothing behind
    digest = hashlib.sha256(data).hexdigest()
    table, _new = DemandTable.objects.get_or_create(sha256=digest, defaults={"name": name[:200], "by": by})
    DemandTable.objects.filter(pk=table.pk).update(
        rows=0, written=0, left_out=0, problems=[], finished_at=None
    )
    table.refresh_from_db()
    for piece in _pieces(itertools.chain([first] if first else [], rows)):
        with transaction.atomic():
            _take_over(table, piece)
    with transaction.atomic():
        table.finished_at = timezone.now()
        table.save(update_fields=["finished_at"])
        audit.record(
            "demand.loaded", f"demand-table:{table.id}", actor_id=by.id if by else "",
            facts={"rows": table.rows, "written": table.written, "left_out": table.left_out},
        )  # fmt: skip
    return table


@transaction.atomic
def withdraw_source(source: str) -> int:
    """Show nothing of a source any more; how many figures are gone.

    Raises:
        RefusedError: ``demand.no-source``.
    """
    gone = DemandFigure.objects.filter(source=source).delete()[0]
    if not gone:
        raise RefusedError(
            _("There is no figure of this source."), code="demand.no-source",
            hint=_("The page about demand names the sources."),
        )  # fmt: skip
    audit.record("demand.withdrawn", "demand", facts={"figures": gone})
    return gone


def _pieces(rows: Iterable[Read]) -> Iterator[Sequence[Read]]:
    stream = iter(rows)
    while piece := list(itertools.islice(stream, BATCH)):
        yield piece


def _take_over(table: DemandTable, piece: Sequence[Read]) -> None:
    figures = {_key(one.figure): one.figure for one in piece if one.figure}
    later = dict(DemandFigure.objects.filter(key__in=list(figures)).values_list("key", "published_on"))
    made = [
        DemandFigure(key=key, table=table, **{name: getattr(one, name) for name in _NAMES})
        for key, one in figures.items()
        if key not in later or later[key] <= one.published_on
    ]
    DemandFigure.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["key"], update_fields=["vacancies", "source_url", "published_on", "licence", "table"],
        batch_size=500,
    )  # fmt: skip
    wrong = [one for one in piece if one.errors]
    table.rows += len(piece)
    table.written += len(made)
    table.left_out += len(wrong)
    room = PROBLEMS_KEPT - len(table.problems)
    table.problems = [
        *table.problems, *[msgspec.to_builtins(error) for one in wrong for error in one.errors][: max(room, 0)]
    ]  # fmt: skip
    table.save(update_fields=["rows", "written", "left_out", "problems"])


def _key(one: Figure) -> str:
    parts = (one.concept, one.region, one.period_from.isoformat(), one.period_to.isoformat(), one.source)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
