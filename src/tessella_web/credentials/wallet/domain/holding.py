"""Putting into a wallet and taking out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import Award, RecordType
from tessella.verdicts import Report
from tessella.verification import DEFAULT, Answer, Opened, equivalence, open_credentials, verify
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.models import Copy
from tessella_web.credentials.queries import format_facts
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES, leaves
from tessella_web.credentials.verifying.surroundings import around
from tessella_web.credentials.wallet.domain.rights import own
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.facts import facts_of_opened
from tessella_web.credentials.wallet.models import Item, Learning, Source
from tessella_web.credentials.wallet.pieces import Piece, pieces

__all__ = ["Kept", "bring", "declare", "keep", "read_file", "remove", "report_on", "too_large"]

MOST_ITEMS = 2_000
"""Things in one wallet; a life's worth, and a limit for whoever fills disks."""

MOST_FORMS = 10
"""Items of one identifier that a new one is compared with."""

_WHERE = 300
"""Characters of a place that are kept."""


def bring(*, by: Person, data: bytes, name: str, languages: tuple[str, ...]) -> Item:
    """Put the first credential of a file into the wallet; see `keep`. `tessella_web.credentials.arriving` takes in all of several files.

    Raises:
        RefusedError: ``wallet.too-large``, ``wallet.full``; ``wallet.nothing``, there is no credential in it.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise too_large()
    try:
        found = pieces(data, name, around(timezone.now(), languages))
    except TessellaError as error:
        raise RefusedError(error.message, code="wallet.nothing", hint=error.hint, field="file") from error
    first = next((one for one in found if isinstance(one, Piece)), None)
    if first is None:
        raise RefusedError(
            _("There is no credential in it that can be read."), code="wallet.nothing", field="file",
            hint=_("Bring in the file you were sent, not a picture of it."),
        )  # fmt: skip
    return keep(by=by, piece=first, languages=languages).item


class Kept(NamedTuple):
    """The entry a credential became or is; whether it is new; and which other entry contradicts it under the same identifier."""

    item: Item
    is_new: bool = True
    contradicts: Item | None = None


def keep(*, by: Person, piece: Piece, languages: tuple[str, ...]) -> Kept:
    """Put one credential into the wallet, byte for byte as it came, with the report of this moment. What is there already stays as it is.

    A second form of an award that is there joins it, if the two do not contradict each other.

    Raises:
        RefusedError: ``wallet.full``.
    """
    digest = hashlib.sha256(piece.data).hexdigest()
    held = Item.objects.filter(holder=by, sha256=digest, where=piece.where[:_WHERE]).first()
    if held is not None:
        return Kept(held, is_new=False)
    _room(by)
    report = report_on(piece.data, piece.name, piece.where, languages)
    facts = facts_of_opened(piece.opened, languages)
    sibling, contradicts = _sibling(by, piece, facts)
    award = piece.opened.award
    path = default_storage.save(f"wallet/{by.id}/{new_id()}", ContentFile(piece.data))
    try:
        with transaction.atomic():
            item = Item.objects.create(
                holder=by,
                source=Source.BROUGHT,
                learning=_learning(award),
                group=(sibling.group or sibling.id) if sibling else "",
                name=piece.name.replace("\\", "/").rsplit("/", 1)[-1][-200:],
                file=path,
                size=len(piece.data),
                sha256=digest,
                where=piece.where[:_WHERE],
                facts=facts,
                report=msgspec.to_builtins(report),
                verdict=str(report.verdict),
                verified_at=timezone.now(),
                day=_day(piece.opened),
            )
            audit.record("wallet.brought", f"item:{item.id}", actor_id=by.id)
    except BaseException:
        default_storage.delete(path)
        raise
    return Kept(item, contradicts=contradicts)


def report_on(data: bytes, name: str, where: str, languages: tuple[str, ...]) -> Report:
    """The verification of one credential in what carries it, as of now; other servers are asked only where the operator allows it."""
    report = verify(data, name=name, policy=DEFAULT, surroundings=around(timezone.now(), languages))
    return next((one for one in leaves(report) if where and one.subject.get("where") == where), report)


def _day(opened: Opened) -> dt.date | None:
    """The day it was awarded; else that on which it was made out, or from which it is valid."""
    award = opened.award
    if award is not None:
        made = award.issued_at or award.valid_from
        return award.awarded_on or (made.date() if made else None)
    try:
        return dt.date.fromisoformat(str(opened.document.get("validFrom", ""))[:10])
    except ValueError:
        return None


def _learning(award: Award | None) -> str:
    if award is None:
        return ""
    is_formal = award.micro_credential.record_type is RecordType.MICRO_CREDENTIAL
    return Learning.FORMAL if is_formal else Learning.NON_FORMAL


def _sibling(by: Person, piece: Piece, facts: dict[str, Any]) -> tuple[Item | None, Item | None]:
    """The item that is another form of the same award; else the one that has its identifier and says something else."""
    stated = [one for one in (facts.get("award"), facts.get("credential")) if one]
    if piece.opened.award is None or not stated:
        return None, None
    same = Q(facts__award__in=stated) | Q(facts__credential__in=stated)
    contradicts = None
    for item in Item.objects.filter(same, holder=by, source=Source.BROUGHT).order_by("made_at")[:MOST_FORMS]:
        if _agree(item, piece):
            return item, None
        contradicts = item
    return None, contradicts


def _agree(item: Item, piece: Piece) -> bool:
    data = default_storage.open(item.file).read()
    try:
        opened = [one for one in open_credentials(data, item.name) if one.award is not None]
        other = next((one for one in opened if one.where == item.where), opened[0] if opened else None)
        return other is not None and equivalence(other, piece.opened).answer is not Answer.CONTRADICTORY
    except TessellaError:
        return False


@transaction.atomic
def declare(*, by: Person, values: Mapping[str, Any]) -> Item:
    """Write down something nobody has certified; it is marked as said by oneself wherever it is seen.

    Args:
        values: ``title``, ``learning``, and as wanted ``issuer`` (where it was), ``day``, ``text``, ``hours``.

    Raises:
        RefusedError: ``wallet.no-title``, ``wallet.full``.
    """
    title = str(values.get("title", "")).strip()
    if not title:
        raise RefusedError(
            _("It has no name."), code="wallet.no-title", field="title",
            hint=_("Say in a few words what you did or learned."),
        )  # fmt: skip
    _room(by)
    facts = {name: str(values[name]) for name in ("title", "issuer", "text", "hours") if values.get(name)}
    item = Item.objects.create(
        holder=by, source=Source.DECLARED, learning=values.get("learning") or Learning.INFORMAL,
        facts=facts, day=values.get("day"),
    )  # fmt: skip
    audit.record("wallet.declared", f"item:{item.id}", actor_id=by.id)
    return item


def remove(*, by: Person, item: Item) -> None:
    """Take an item out for good; what was shared of it before stays with whom it was shared until that ends.

    Raises:
        RefusedError: ``wallet.not-yours``.
    """
    own(by, item.holder_id)
    with transaction.atomic():
        file = item.file
        audit.record("wallet.removed", f"item:{item.id}", actor_id=by.id)
        item.delete()
        if file:
            transaction.on_commit(lambda: default_storage.delete(file))


def read_file(entry: Entry, format: str = "") -> tuple[bytes, str, str]:
    """The bytes of an entry's file, its name and its format; empty for what has none."""
    if entry.item is not None:
        data = default_storage.open(entry.item.file).read() if entry.item.file else b""
        return data, entry.item.name, ""
    copies = list(Copy.objects.filter(award=entry.award).exclude(file=""))
    chosen = next((one for one in copies if one.format == format), copies[0] if copies else None)
    if chosen is None:
        return b"", "", ""
    return default_storage.open(chosen.file).read(), f"award{format_facts(chosen)['suffix']}", chosen.format


def too_large() -> RefusedError:
    """The refusal of a file that is too large to be looked at."""
    return RefusedError(
        _("The file is larger than 12 MB."), code="wallet.too-large", field="file",
        hint=_("Bring in fewer certificates at once."),
    )  # fmt: skip


def _room(person: Person) -> None:
    if Item.objects.filter(holder=person).count() >= MOST_ITEMS:
        raise RefusedError(
            _("The wallet is full."), code="wallet.full", hint=_("Take something out that you do not need.")
        )
