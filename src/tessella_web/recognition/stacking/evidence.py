"""What was handed in, as a rule sees it: items read from the frozen bytes, and how each stands at this moment."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella import typed
from tessella.errors import TessellaError
from tessella.model import part_of
from tessella.stacking import Item, item_data, item_of
from tessella.verdicts import Verdict
from tessella.verification import Opened, open_credentials
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import Award, AwardState, Copy
from tessella_web.credentials.noticing.domain import standing_of
from tessella_web.credentials.noticing.models import Standing
from tessella_web.credentials.wallet.domain import report_on
from tessella_web.credentials.wallet.entries import LONGEST, entry_of
from tessella_web.credentials.wallet.models import SharedFile
from tessella_web.recognition.stacking.models import LONGEST_NAME, Case, Part, PartName

__all__ = ["LOOK_EVERY", "Now", "add_parts", "erase", "item_in", "stands_now"]

LOOK_EVERY = dt.timedelta(days=1)
"""Status lists are published anew within a day."""

Status = Literal["unverified", "valid", "suspended", "revoked", "failed"]

_OWN: dict[AwardState, Standing] = {
    AwardState.VALID: Standing.ACTIVE, AwardState.SUSPENDED: Standing.SUSPENDED, AwardState.REVOKED: Standing.REVOKED,
    AwardState.SUPERSEDED: Standing.REVOKED,
}  # fmt: skip

_STATUS: dict[Standing, Status] = {
    Standing.SUSPENDED: "suspended", Standing.REVOKED: "revoked", Standing.FAILED: "failed",
}  # fmt: skip


class Now(NamedTuple):
    """How a part stands at this moment: the verdict word, the item's status, and since when and why in words, where that is known."""

    verdict: str
    status: Status
    standing: Standing
    word: str = ""


def add_parts(
    case: Case, files: Iterable[SharedFile], learner: Person, languages: tuple[str, ...]
) -> list[Part]:
    """Make each file that was handed in a part of the case; within the transaction that does so.

    Raises:
        RefusedError: ``stacking.unreadable``: a file holds no credential that a rule could ask about.
    """
    made = []
    for shared in files:
        opened = _opened(shared, learner, languages)
        if opened is None or opened.award is None:
            raise RefusedError(
                _("“%(title)s” does not say what a rule asks about.") % {"title": shared.facts.get("title", "")},
                code="stacking.unreadable", field="keys", hint=_("Leave it out."),
            )  # fmt: skip
        made.append(_part(case, shared, opened))
    return made


def _opened(shared: SharedFile, learner: Person, languages: tuple[str, ...]) -> Opened | None:
    """The credential of a file; of several in one file that which the wallet's entry is."""
    if not shared.file:
        return None
    try:
        found = [one for one in open_credentials(_bytes(shared), shared.name) if one.award is not None]
    except TessellaError:
        return None
    entry = entry_of(learner, shared.key, languages)
    where = entry.item.where if entry is not None and entry.item is not None else ""
    return next((one for one in found if one.where == where), None) or next(iter(found), None)


def _part(case: Case, shared: SharedFile, opened: Opened) -> Part:
    award, record = shared.award, opened.award
    if record is None:
        raise ValueError(shared.pk)
    if award is not None:
        record = msgspec.structs.replace(record, id=award.urn)
    item = item_of(record, name=shared.sha256)
    part = Part(
        case=case, shared=shared, own=award, where=opened.where[:LONGEST_NAME],
        title=(str(shared.facts.get("title") or "") or item.name)[:LONGEST], issuer=str(shared.facts.get("issuer") or "")[:LONGEST],
        ends_on=record.valid_until.date() if record.valid_until else None,
        listed=msgspec.to_builtins(part_of(record, sha256=shared.sha256)),
    )  # fmt: skip
    part.facts = item_data(msgspec.structs.replace(item, id=part.id, title=part.title))
    part.save(force_insert=True)
    names = dict.fromkeys(one[:LONGEST_NAME] for one in _names(shared, opened, record.id) if one)
    PartName.objects.bulk_create(PartName(part=part, name=one) for one in names)
    return part


def _names(shared: SharedFile, opened: Opened, award_id: str) -> Iterable[str]:
    yield f"sha256:{shared.sha256}"
    document_id = opened.document.get("id")
    for one in (award_id, document_id):
        if isinstance(one, str) and ":" in one:
            yield one
    if shared.award is not None:
        yield from Copy.objects.filter(award=shared.award).values_list("credential_id", flat=True)


def item_in(part: Part) -> Item:
    """The item as it was read when it was handed in."""
    return typed.convert(part.facts, Item, strict=False)


def stands_now(part: Part, languages: tuple[str, ...]) -> Now:
    """Looks anew: at an award made here in the database, at another by verifying its bytes, while they are kept. Changes nothing."""
    if part.own is not None:
        return _own(part.own)
    if part.shared is None or not part.shared.file:
        standing = Standing(part.standing)
        return Now("indeterminate", _STATUS.get(standing, "unverified"), standing)
    report = report_on(_bytes(part.shared), part.shared.name, part.where, languages)
    standing = standing_of(report)
    if standing in _STATUS:
        return Now("failed", _STATUS[standing], standing, str(standing.label))
    return Now(str(report.verdict), "valid" if report.verdict is Verdict.PASSED else "unverified", standing)


def _own(award: Award) -> Now:
    state = AwardState(award.state)
    standing = _OWN.get(state, Standing.UNKNOWN)
    if standing is not Standing.ACTIVE:
        return Now("failed", _STATUS.get(standing, "unverified"), standing, str(state.label))
    if award.is_test:
        return Now("indeterminate", "unverified", standing)
    return Now("passed", "valid", standing)


def _bytes(shared: SharedFile) -> bytes:
    with default_storage.open(shared.file) as file:
        data: bytes = file.read()
    return data


def erase(parts: Sequence[Part]) -> int:
    """Delete what was frozen for these parts: bytes, reports, facts. What they are called stays; how many."""
    done = 0
    for part in parts:
        shared = part.shared
        if shared is None or not (shared.file or shared.report):
            continue
        if shared.file:
            transaction.on_commit(functools.partial(default_storage.delete, shared.file))
        values: dict[str, Any] = {"file": "", "report": None, "quality": None, "parts": None}
        SharedFile.objects.filter(pk=shared.pk).update(
            **values, facts={"title": shared.facts.get("title", ""), "source": shared.facts.get("source", "")}
        )
        share = shared.share
        if share.erased_at is None and not share.files.exclude(file="").exists():
            share.erased_at = timezone.now()
            share.save(update_fields=["erased_at"])
        done += 1
    return done
