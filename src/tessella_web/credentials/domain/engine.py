"""Sealing in chunks: each row gets exactly one award, whenever a worker is killed.

1. *Claim*: a worker takes a chunk under a lease; the lease's token makes it the one who may finish it.
2. *Plan*, one transaction: awards, ids of their copies and places in status lists are written down, once.
3. *Seal*, no transaction: files are made under those ids. Killed here, the next worker makes the same awards again.
4. *Finish*, one transaction: if the token still holds, copies and rows are written; the last chunk ends the batch.

A lease that has ended is taken over. A chunk whose workers die again and again stops its batch instead of all workers.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

import msgspec
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.issuing.batch import ROW_CODES, make_award
from tessella.issuing.sealing import FORMATS, Issuer, StatusEntry, seal_award
from tessella.model import MicroCredential
from tessella.status import StatusPurpose
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.keys.queries import active_key
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.alliances.passing import pass_on
from tessella_web.credentials.alliances.queries import not_told_yet
from tessella_web.credentials.domain import statuslists
from tessella_web.credentials.domain.outbox import queue_claims
from tessella_web.credentials.domain.sealers import issuer_of, record_to_award, sealing_now
from tessella_web.credentials.mandates.domain import note_seals
from tessella_web.credentials.mandates.queries import Sealing
from tessella_web.credentials.models import (
    STANDING,
    Award,
    AwardState,
    Batch,
    Chunk,
    Copy,
    Row,
    RowState,
    Stage,
    StatusChange,
    StatusList,
)

__all__ = ["LEASE_S", "claim_chunk", "claimable", "seal_next_chunk"]

LEASE_S = 120
"""A chunk takes seconds; a worker that is silent for so long is dead, or too slow to be waited for."""

MAX_ATTEMPTS = 4
"""Workers that may die at one chunk before its batch stops: it is the chunk that kills them then."""


SEALED_BY_CERTIFICATE = {"edc", "elmo", "pdf"}
"""Formats that carry the e-seal, which another body may make under a mandate."""


class _Plan(msgspec.Struct, kw_only=True):
    """What a worker is about to make."""

    chunk: Chunk
    batch: Batch
    record: MicroCredential
    awards: list[Award]
    copies: dict[str, list[Copy]]
    sealing: Sealing


class _Made(msgspec.Struct, kw_only=True):
    """What became of one award: its files, or the problem of its row."""

    award: Award
    files: dict[str, tuple[str, int]] = {}
    problem: dict[str, str] | None = None


def seal_next_chunk() -> bool:
    """Claim a chunk, make its awards, write them down. False when there was nothing to do."""
    chunk = claim_chunk()
    if chunk is None:
        return False
    plan: _Plan | None = None
    made: list[_Made] = []
    try:
        plan = _planned(chunk)
        if plan is None:
            return True
        issuer = issuer_of(
            plan.batch.organisation, plan.record, purpose=f"batch:{plan.batch.id}", sealing=plan.sealing
        )
        made += (_sealed(award, plan, issuer) for award in plan.awards)
    except IntegrityError:  # another batch has awarded the same person in this moment: now it is seen
        Chunk.objects.filter(pk=chunk.pk, token=chunk.token).update(token="", leased_until=None, sent_at=None)
        return True
    except (TessellaError, RefusedError) as error:
        _stop(chunk, f"{error.message} {error.hint}".strip(), error.code)
        return True
    if not _finished(plan, made):
        _remove(name for one in made for name, _size in one.files.values())
    return True


def claimable(now: dt.datetime) -> QuerySet[Chunk]:
    """Chunks that nobody works on."""
    found = Chunk.objects.filter(is_done=False, batch__stage=Stage.SEALING)
    return found.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now))


@transaction.atomic
def claim_chunk() -> Chunk | None:
    """The oldest chunk that nobody works on, leased; None when there is none."""
    now = timezone.now()
    chunk = (
        claimable(now)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("batch__started_at", "first")
        .first()
    )
    if chunk is None:
        return None
    if chunk.attempts >= MAX_ATTEMPTS:
        _stop(chunk, _("Sealing broke off several times at the same rows."), "batch.broken-off")
        return None
    chunk.token, chunk.attempts = new_id(), chunk.attempts + 1
    chunk.leased_until = now + dt.timedelta(seconds=LEASE_S)
    chunk.save(update_fields=["token", "attempts", "leased_until"])
    return chunk


@transaction.atomic
def _planned(chunk: Chunk) -> _Plan | None:
    """The awards of the chunk's rows, found or written down; None when the lease is lost."""
    if not _holds(chunk):
        return None
    batch = Batch.objects.select_related("organisation", "version__organisation", "replaces").get(
        pk=chunk.batch_id
    )
    rows = list(
        batch.rows.filter(number__range=(chunk.first, chunk.last), state=RowState.GOOD).select_related(
            "award"
        )
    )
    planned = {row.pk: row.award for row in rows if hasattr(row, "award")}
    new = _without_others(batch, [row for row in rows if row.pk not in planned])
    record = record_to_award(batch.version, batch.organisation)
    at = (batch.started_at or timezone.now()).replace(microsecond=0)
    made = Award.objects.bulk_create([_award(row, batch, record, at) for row in new])
    kept, stale = _by_key(batch, list(planned.values()))
    awards = sorted([*planned.values(), *made], key=lambda award: award.row_id)
    copies: dict[str, list[Copy]] = {}
    for copy in [*kept, *_plan_copies(batch, [*stale, *made])]:
        copies.setdefault(copy.award_id, []).append(copy)
    if chunk.attempts > 1:
        _remove_leftovers(awards)
    return _Plan(
        chunk=chunk,
        batch=batch,
        record=record,
        awards=awards,
        copies=copies,
        sealing=sealing_now(batch.organisation),
    )


def _holds(chunk: Chunk) -> bool:
    return Chunk.objects.select_for_update().filter(pk=chunk.pk, token=chunk.token, is_done=False).exists()


def _without_others(batch: Batch, rows: Sequence[Row]) -> list[Row]:
    """The rows whose people do not have the award yet: another batch may have been quicker."""
    people = [row.person for row in rows]
    others = Award.objects.filter(version=batch.version, person__in=people, state__in=STANDING)
    have = set(others.exclude(pk=batch.replaces_id).values_list("person", flat=True))
    late = [row.pk for row in rows if row.person in have]
    Row.objects.filter(pk__in=late).update(state=RowState.ALREADY)
    return [row for row in rows if row.person not in have]


def _award(row: Row, batch: Batch, record: MicroCredential, at: dt.datetime) -> Award:
    urn = row.read().award or uuid.uuid4().urn
    made = make_award(row.read(), record, id=urn, at=at)
    return Award(
        urn=urn,
        organisation=batch.organisation,
        version=batch.version,
        row=row,
        replaces=batch.replaces,
        person=row.person,
        entry=row.entry,
        addressed=Award.address_digest(row.read().learner.email),
        is_test=batch.is_test,
        is_suspendable=batch.is_suspendable,
        issued_at=at,
        awarded_on=made.awarded_on or at.date(),
        valid_until=made.valid_until,
    )


def _by_key(batch: Batch, awards: Sequence[Award]) -> tuple[list[Copy], list[Award]]:
    """The copies that a worker before this one has planned, and the awards whose copies have to be planned anew: their places are
    in a list of a key that was replaced since."""
    if not awards:
        return [], []
    key = active_key(batch.organisation, KeyUse.BADGE)
    found = list(
        Copy.objects.filter(award__in=awards)
        .select_related("status_list__organisation")
        .defer(*(f"status_list__{name}" for name in ("bits", "revoked", "taken", "sealed", "sealed_revoked")))
    )
    stale = {
        copy.award_id
        for copy in found
        if copy.status_list is not None and (key is None or copy.status_list.did != key.did)
    }
    if stale:
        Copy.objects.filter(award__in=stale).delete()
    return (
        [copy for copy in found if copy.award_id not in stale],
        [award for award in awards if award.pk in stale],
    )


def _plan_copies(batch: Batch, awards: Sequence[Award]) -> list[Copy]:
    """An id for every copy, and a place in a status list where the format has such a thing."""
    if not awards:
        return []
    key = active_key(batch.organisation, KeyUse.BADGE)
    purpose: StatusPurpose = "suspension" if batch.is_suspendable else "revocation"
    copies = []
    for name in sorted(batch.formats, key=lambda one: FORMATS[one].token_status):  # locks in one order
        places: Sequence[tuple[StatusList | None, int | None]] = [(None, None)] * len(awards)
        if key is not None and FORMATS[name].may_have_status(batch.formats):
            places = statuslists.allocate(
                batch.organisation,
                did=key.did,
                purpose=purpose,
                is_token=FORMATS[name].token_status,
                count=len(awards),
            )
        copies += [
            Copy(
                award=award, format=name, credential_id=uuid.uuid4().urn, status_list=one, status_index=index
            )
            for award, (one, index) in zip(awards, places, strict=True)
        ]
    return Copy.objects.bulk_create(copies)


def _sealed(award: Award, plan: _Plan, issuer: Issuer) -> _Made:
    """The files of an award. Their names carry the lease: whoever loses it takes away only what is theirs."""
    copies = plan.copies[award.pk]
    record = make_award(award.read(), plan.record, id=award.urn, at=award.issued_at)
    try:
        made = seal_award(
            record,
            issuer,
            formats=[copy.format for copy in copies],
            at=award.issued_at,
            credential_ids={copy.format: copy.credential_id for copy in copies},
            statuses={copy.format: _entry(copy) for copy in copies},
            verify_url=settings.BASE_URL + reverse("award", args=[award.id]),
        )
    except TessellaError as error:
        if not error.code.startswith(ROW_CODES):
            raise
        problem = {
            "column": error.place or "",
            "message": error.message,
            "hint": error.hint,
            "code": error.code,
        }
        return _Made(award=award, problem=problem)
    files = {}
    for copy in made:
        path = f"{_folder(award)}/{copy.format}-{plan.chunk.token}{FORMATS[copy.format].suffix}"
        files[copy.format] = (default_storage.save(path, ContentFile(copy.data)), len(copy.data))
    return _Made(award=award, files=files)


def _entry(copy: Copy) -> StatusEntry | None:
    one = copy.status_list
    if one is None or copy.status_index is None:
        return None
    purpose: StatusPurpose = "suspension" if one.purpose == "suspension" else "revocation"
    return StatusEntry(
        list_url=statuslists.address(one),
        index=copy.status_index,
        purpose=purpose,
        revocation_url=statuslists.address_of_revocations(one),
    )


@transaction.atomic
def _finished(plan: _Plan, made: Sequence[_Made]) -> bool:
    """Write down what was made, if the lease still holds."""
    batch = Batch.objects.select_for_update().get(pk=plan.batch.pk)
    if not _holds(plan.chunk):
        return False
    good = [one for one in made if one.problem is None]
    copies = []
    for one in good:
        for copy in plan.copies[one.award.pk]:
            copy.file, copy.size = one.files[copy.format]
            copies.append(copy)
    Copy.objects.bulk_create(  # one statement, where bulk_update builds an expression for each row
        copies, batch_size=100, update_conflicts=True, unique_fields=["id"], update_fields=["file", "size"]
    )
    Award.objects.filter(pk__in=[one.award.pk for one in good]).update(state=AwardState.VALID)
    Row.objects.filter(pk__in=[one.award.row_id for one in good]).update(state=RowState.AWARDED)
    _fail([one for one in made if one.problem is not None])
    if plan.sealing.mandate and SEALED_BY_CERTIFICATE & set(batch.formats):
        note_seals(plan.sealing.mandate, [one.award for one in good])
    if batch.replaces_id and good:
        _supersede(batch)
    Chunk.objects.filter(pk=plan.chunk.pk).update(is_done=True, leased_until=None, done_at=timezone.now())
    audit.record(
        "batch.sealed", f"batch:{batch.id}", organisation=batch.organisation_id,
        facts={"awards": len(good), "failed": len(made) - len(good), "rows": [plan.chunk.first, plan.chunk.last]},
    )  # fmt: skip
    if not batch.chunks.filter(is_done=False).exists():
        _end(batch)
    return True


def _fail(bad: Sequence[_Made]) -> None:
    if not bad:
        return
    problems = {one.award.row_id: [one.problem] for one in bad}
    Award.objects.filter(pk__in=[one.award.pk for one in bad]).delete()
    rows = list(Row.objects.filter(pk__in=problems))
    for row in rows:
        row.state, row.problems = RowState.FAILED, problems[row.pk]
    Row.objects.bulk_update(rows, ["state", "problems"])


def _supersede(batch: Batch) -> None:
    old = Award.objects.select_for_update().filter(pk=batch.replaces_id, state__in=STANDING).first()
    if old is None:  # revoked meanwhile, which stays
        return
    old.state = AwardState.SUPERSEDED
    old.save(update_fields=["state"])
    StatusChange.objects.create(award=old, state=AwardState.SUPERSEDED, reason="", by=batch.prepared_by)
    statuslists.set_places(old.copies.all(), AwardState.SUPERSEDED)


def _end(batch: Batch) -> None:
    batch.stage, batch.finished_at = Stage.DONE, timezone.now()
    batch.save(update_fields=["stage", "finished_at"])
    awards = Award.objects.filter(row__batch=batch, state=AwardState.VALID)
    pass_on(batch)
    queue_claims(not_told_yet(batch, awards).only("organisation", "entry", "claim_round"))
    wake(Step.LISTS)
    audit.record("batch.done", f"batch:{batch.id}", organisation=batch.organisation_id)


@transaction.atomic
def _stop(chunk: Chunk, reason: str, code: str) -> None:
    """The batch stops until somebody has removed the cause and started it again; nothing that was made is lost."""
    stopped = Batch.objects.filter(pk=chunk.batch_id, stage=Stage.SEALING).update(
        stage=Stage.STOPPED, stopped_because=reason
    )
    Chunk.objects.filter(pk=chunk.pk, token=chunk.token).update(token="", leased_until=None)
    if stopped:
        audit.record(
            "batch.stopped",
            f"batch:{chunk.batch_id}",
            organisation=chunk.batch.organisation_id,
            facts={"code": code},
        )


def _folder(award: Award) -> str:
    return f"awards/{award.id[:2]}/{award.id}"


def _remove(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _remove_leftovers(awards: Sequence[Award]) -> None:
    """Files of a worker that was killed before it could write them down."""
    for award in awards:
        if award.state == AwardState.PLANNED and default_storage.exists(_folder(award)):
            _folders, names = default_storage.listdir(_folder(award))
            _remove(f"{_folder(award)}/{name}" for name in names)
