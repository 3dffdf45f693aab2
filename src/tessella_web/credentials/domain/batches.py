"""From a class list or one learner to a checked batch, to its approval, to its start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.issuing.classlist import COLUMNS
from tessella.issuing.table import Row as Line
from tessella.issuing.table import Table
from tessella_web.accounts.assurance import require_fresh
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.peers.queries import is_peer
from tessella_web.accounts.permissions import require, require_committing
from tessella_web.catalogue.models import Version
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.domain.assessed import Assessed, with_record
from tessella_web.credentials.domain.lists import (
    MAX_ROWS,
    MAX_UPLOAD_BYTES,
    MadeOf,
    as_before,
    combined,
    on_statement,
    person_of,
    rows_of,
    table_of,
)
from tessella_web.credentials.domain.sealers import choices
from tessella_web.credentials.models import (
    Award,
    AwardingRules,
    Batch,
    Chunk,
    Row,
    RowState,
    Stage,
)

__all__ = [
    "CHUNK_ROWS",
    "COLUMNS",
    "MAX_ROWS",
    "MAX_UPLOAD_BYTES",
    "MadeOf",
    "approve",
    "begin",
    "cancel",
    "locked",
    "person_of",
    "prepare_assessed",
    "prepare_learner",
    "prepare_list",
    "set_rules",
    "start",
    "tell",
]

CHUNK_ROWS = 50
"""What a worker seals at a time: some seconds of work, which is all that is repeated when it is killed. With fewer, opening the
keys (50 ms for RSA) and writing down what was made take a larger share than sealing."""


def prepare_list(
    *,
    by: Person,
    version: Version,
    file_name: str,
    data: bytes,
    formats: Sequence[str],
    is_suspendable: bool = False,
) -> Batch:
    """The dry run of a class list (XLSX or CSV): every row with what would become of it. Nothing is awarded.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: the file, the formats or the version cannot be used; at the field it is about. ``batch.unassessed``: it is
            a micro-credential, and the list does not say who assessed the learners and when.
    """
    _check(by, version, formats)
    if len(data) > MAX_UPLOAD_BYTES:
        raise RefusedError(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_UPLOAD_BYTES // 1024**2},
            code="batch.too-large", field="file", hint=_("Remove pictures, or split the list."),
        )  # fmt: skip
    name = Path(file_name.replace("\\", "/")).name[-150:]
    try:
        table = table_of(name, data)
        rows = rows_of(by, version, table, on_statement(by, version, table, field="file"))
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint, field="file") from error
    if not rows:
        raise RefusedError(
            _("The list has no learners."),
            code="batch.empty", field="file", hint=_("Write one learner in each row below the headings."),
        )  # fmt: skip
    return _saved(by, version, rows, name, formats, is_suspendable)


def prepare_learner(
    *,
    by: Person,
    version: Version,
    values: Mapping[str, Any],
    formats: Sequence[str],
    is_suspendable: bool = False,
    replaces: Award | None = None,
    made_of: MadeOf | None = None,
) -> Batch:
    """A batch of one learner: ``values`` by the names of the class list's columns, checked by the same rules.

    Args:
        made_of: the awards that this one is combined from, and the rule; a correction keeps its own where nothing is said.

    Raises:
        RefusedError: with the field that is wrong; ``batch.already``, the person has this award; ``batch.unassessed``, it is a
            micro-credential, and ``result``, ``assessed_on`` or (unless an assessor prepares it) ``assessed_by`` is missing.
    """
    _check(by, version, formats, replaces.organisation if replaces else None)
    filled = {name: value for name, value in values.items() if name in COLUMNS and value not in ("", None)}
    lines = [Line(number=0, cells=tuple(filled)), Line(number=1, cells=tuple(filled.values()))]
    table = Table(source="", sheet="", rows=lines)
    try:
        finish = as_before(replaces) if replaces else on_statement(by, version, table)
        finish = combined(finish, made_of) if made_of else finish
        rows = rows_of(by, version, table, finish, replaces=replaces)
    except TessellaError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint, field="full_name") from error
    wrong = next((problem for row in rows for problem in row.problems), None)
    if wrong is not None:
        field = wrong["column"].partition("“")[2].rstrip("”")
        raise RefusedError(wrong["message"], code=wrong["code"], hint=wrong["hint"], field=field)
    if rows[0].state == RowState.ALREADY:
        raise RefusedError(
            _("This person has this award already."),
            code="batch.already", field="full_name", hint=_("Correct or revoke the award that there is."),
        )  # fmt: skip
    return _saved(by, version, rows, "", formats, is_suspendable, replaces)


def prepare_assessed(
    *,
    by: Person,
    version: Version,
    learners: Sequence[Assessed],
    source: str,
    formats: Sequence[str],
    is_suspendable: bool = False,
) -> Batch:
    """The dry run of learners whom assessors have assessed; row n is the n-th learner.

    Raises:
        RefusedError: the formats or the version cannot be used; ``batch.empty``, there is nobody.
    """
    _check(by, version, formats)
    if not learners:
        raise RefusedError(
            _("There is nobody to award."),
            code="batch.empty", hint=_("Assessors record first who achieved what."),
        )  # fmt: skip
    columns = [name for name in COLUMNS if any(one.values.get(name) for one in learners)]
    lines = [Line(number=0, cells=tuple(columns))] + [
        Line(number=number, cells=tuple(one.values.get(name) or None for name in columns))
        for number, one in enumerate(learners, 1)
    ]
    record = version.record()
    rows = rows_of(
        by,
        version,
        Table(source=source, sheet="", rows=lines),
        lambda entry: with_record(entry, learners[entry.row - 1], record),
    )
    return _saved(by, version, rows, source, formats, is_suspendable)


@transaction.atomic
def start(*, by: Person, batch: Batch) -> Batch:
    """Have the good rows awarded and sealed; above the threshold, ask for a second person instead.

    Raises:
        RefusedError: ``batch.stage``, it was started before; ``batch.nothing``, no row can be awarded.
    """
    require(by, batch.organisation, "batch.prepare")
    found = locked(batch, Stage.CHECKED, Stage.STOPPED)
    if not found.rows.filter(state=RowState.GOOD).exists():
        raise RefusedError(
            _("No row can be awarded."),
            code="batch.nothing", hint=_("Correct the list and upload it again."),
        )  # fmt: skip
    if found.needs_approval and found.approved_by is None:
        found.stage = Stage.APPROVAL
        found.save(update_fields=["stage"])
        tell("batch.approval-asked", found, by)
        return found
    return begin(found, by)


@transaction.atomic
def approve(*, by: Person, batch: Batch) -> Batch:
    """The second person's yes, which starts the batch, or leaves it to start at its time.

    Raises:
        NotAllowedError: ``batch.own``, whoever prepared it cannot approve it; ``accounts.second-factor``.
    """
    # A peer is somebody from outside who was asked; all else is asked of them as of colleagues.
    if is_peer(by, f"batch:{batch.id}"):
        require_committing(batch.organisation)
        require_fresh()
    else:
        require(by, batch.organisation, "batch.approve")
    found = locked(batch, Stage.APPROVAL)
    if found.prepared_by_id == by.id:
        raise NotAllowedError(
            _("Who prepared a batch cannot approve it."),
            code="batch.own",
            hint=_("Ask another owner or sealer of your organisation."),
        )
    found.approved_by = by
    found.save(update_fields=["approved_by"])
    tell("batch.approved", found, by)
    if found.scheduled_for and found.scheduled_for > timezone.now():
        found.stage = Stage.SCHEDULED
        found.save(update_fields=["stage"])
        return found
    return begin(found, by)


@transaction.atomic
def cancel(*, by: Person, batch: Batch) -> Batch:
    """Give a batch up that was not started: what was read of the learners is deleted."""
    require(by, batch.organisation, "batch.prepare")
    found = locked(batch, Stage.CHECKED, Stage.APPROVAL, Stage.SCHEDULED)
    found.stage = Stage.CANCELLED
    found.save(update_fields=["stage"])
    found.rows.all().delete()
    tell("batch.cancelled", found, by)
    return found


@transaction.atomic
def set_rules(*, by: Person, organisation: Organisation, **rules: int) -> AwardingRules:
    """How the organisation awards: any fields of `AwardingRules`, such as from how many awards on a second person must approve."""
    require(by, organisation, "organisation.manage")
    made, _new = AwardingRules.objects.update_or_create(organisation=organisation, defaults=rules)
    audit.record(
        "awarding.rules", f"organisation:{organisation.id}", actor_id=by.id,
        organisation=organisation.id, facts=rules,
    )  # fmt: skip
    return made


def _check(
    by: Person, version: Version, formats: Sequence[str], organisation: Organisation | None = None
) -> None:
    """``organisation`` awards, where it is not the version's own: a member of the alliance that published it."""
    require(by, organisation or version.organisation, "batch.prepare")
    if version.is_withdrawn:
        raise RefusedError(
            _("This version was withdrawn; it is not awarded any more."),
            code="batch.withdrawn", field="version", hint=_("Choose the version that took its place."),
        )  # fmt: skip
    possible = {one.name for one in choices(version, organisation) if not one.reason}
    if not formats or not set(formats) <= possible:
        raise RefusedError(
            _("Choose at least one format that you have the keys for."),
            code="batch.formats", field="formats", hint=_("Keys are created under “Keys”."),
        )  # fmt: skip


@transaction.atomic
def _saved(
    by: Person,
    version: Version,
    rows: Sequence[Row],
    source: str,
    formats: Sequence[str],
    is_suspendable: bool,
    replaces: Award | None = None,
) -> Batch:
    organisation = replaces.organisation if replaces else version.organisation
    good = sum(row.state == RowState.GOOD for row in rows)
    batch = Batch.objects.create(
        organisation=organisation,
        version=version,
        source=source,
        formats=list(dict.fromkeys(formats)),
        is_suspendable=is_suspendable,
        is_test=not organisation.is_established,
        needs_approval=good > AwardingRules.of(organisation).approval_threshold,
        prepared_by=by,
        replaces=replaces,
    )
    for row in rows:
        row.batch = batch
    Row.objects.bulk_create(rows, batch_size=500)
    tell("batch.prepared", batch, by, good=good, rows=len(rows), assessors=_assessors(rows))
    return batch


def _assessors(rows: Sequence[Row]) -> list[str]:
    """Pseudonyms of those on whose word the awards rest."""
    addresses = {row.entry["assessed_by"] for row in rows if row.entry and row.state == RowState.GOOD}
    people = Person.objects.filter(email__in=addresses).values_list("id", flat=True)
    return sorted(audit.reference_of(id) for id in people)


def begin(batch: Batch, by: Person | None) -> Batch:
    """Give a batch to the workers; within the transaction that decided so."""
    if not batch.chunks.exists():
        numbers = list(batch.rows.filter(state=RowState.GOOD).values_list("number", flat=True))
        Chunk.objects.bulk_create(
            Chunk(batch=batch, first=part[0], last=part[-1], size=len(part)) for part in _parts(numbers)
        )
    batch.chunks.filter(is_done=False).update(attempts=0, token="", leased_until=None, sent_at=None)
    batch.stage, batch.stopped_because = Stage.SEALING, ""
    batch.started_at = batch.started_at or timezone.now()
    batch.save(update_fields=["stage", "stopped_because", "started_at"])
    tell("batch.started", batch, by)
    wake(Step.SEAL)
    return batch


def _parts(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[at : at + CHUNK_ROWS] for at in range(0, len(numbers), CHUNK_ROWS))


def locked(batch: Batch, *stages: Stage) -> Batch:
    """The batch for this transaction alone, if it is at one of these stages.

    Raises:
        RefusedError: ``batch.stage``, it is not.
    """
    found = Batch.objects.select_for_update().select_related("organisation").get(pk=batch.pk)
    if found.stage not in stages:
        raise RefusedError(
            _("The batch is not at this point any more: %(stage)s.") % {"stage": found.get_stage_display()},
            code="batch.stage",
            hint=_("Load the page again."),
        )
    return found


def tell(verb: str, batch: Batch, by: Person | None, **facts: object) -> None:
    """Write into the audit trail what was done with a batch."""
    audit.record(
        verb, f"batch:{batch.id}", actor_id=by.id if by else "", organisation=batch.organisation_id,
        facts={"version": batch.version_id, **facts},
    )  # fmt: skip
