"""An archive taken in: good things go on where others are damaged; nothing in it is believed before it was looked at here."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import IO, Any

import msgspec
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.canonical import jcs
from tessella.errors import TessellaError
from tessella.verdicts import Verdict
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.carrying.archive import Reader, Record, Refused
from tessella_web.credentials.carrying.exporting import checksums
from tessella_web.credentials.carrying.models import Carried, CarriedFile
from tessella_web.credentials.verifying.surroundings import around
from tessella_web.credentials.wallet.domain.holding import MOST_ITEMS, report_on
from tessella_web.credentials.wallet.facts import facts_of_opened
from tessella_web.credentials.wallet.models import Item, Learning, Source
from tessella_web.credentials.wallet.pieces import Piece, pieces

__all__ = ["Taken", "take_in"]

MOST_CARRIED = 2_000
"""Records of other kinds, of all sections: as many as things in a wallet."""

MAX_RECORD_BYTES = 100_000
"""One of them: a page with fifty things and who looked at it."""

_SAID = ("title", "issuer", "text", "hours", "until")
"""Facts that are taken over where nothing else can be known: of what is declared, and of files that cannot be read here."""

_LONGEST = 5_000


class Taken(msgspec.Struct):
    """What became of an archive: new things, those that were there already, and files that were refused."""

    new: int = 0
    again: int = 0
    carried: int = 0
    refused: list[Refused] = []


def take_in(*, by: Person, data: bytes | IO[bytes], languages: tuple[str, ...] = ("en",)) -> Taken:
    """Put everything of an archive into the wallet. What is there already stays as it is; a file that is damaged is named, and the
    others go on. Files are verified anew in this place.

    Raises:
        RefusedError: ``wallet.archive``: no archive of a wallet, of another version, damaged as a whole, or too large.
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    reader = Reader(source, size)
    taken = Taken()
    room = MOST_ITEMS - Item.objects.filter(holder=by).count()
    for record in reader.manifest.entries:
        if room <= taken.new:
            taken.refused.append(Refused(record.path or record.name, _("The wallet is full.")))
            continue
        _entry(by, reader, record, taken, languages)
    _carry(by, reader, taken)
    audit.record("wallet.taken-in", f"person:{audit.reference_of(by.id)}", actor_id=by.id, facts={"entries": taken.new, "refused": len(taken.refused)})  # fmt: skip
    return taken


def _entry(by: Person, reader: Reader, record: Record, taken: Taken, languages: tuple[str, ...]) -> None:
    if record.source not in Source.values or (record.learning and record.learning not in Learning.values):
        taken.refused.append(Refused(record.path or record.name, _("This kind of thing is not known here.")))
        return
    if not record.path:
        _declared(by, record, taken)
        return
    data = reader.file(record.path, record.sha256)
    if isinstance(data, Refused):
        taken.refused.append(data)
        return
    if Item.objects.filter(holder=by, sha256=record.sha256, where=record.where[:300]).exists():
        taken.again += 1
        return
    item = _read(by, record, data, languages)
    _stored(f"wallet/{by.id}/{new_id()}", data, lambda path: _save(item, path))
    taken.new += 1


def _declared(by: Person, record: Record, taken: Taken) -> None:
    facts = _said(record.facts)
    if record.source != Source.DECLARED or not facts.get("title"):
        taken.refused.append(
            Refused(record.name or "manifest.json", _("Something without a file and without a name."))
        )
        return
    known = Item.objects.filter(holder=by, source=Source.DECLARED, facts=facts, day=record.day)
    if known.exists():
        taken.again += 1
        return
    Item.objects.create(
        holder=by, source=Source.DECLARED, learning=record.learning, day=record.day, facts=facts,
        group=record.group[:60],
    )  # fmt: skip
    taken.new += 1


def _read(by: Person, record: Record, data: bytes, languages: tuple[str, ...]) -> Item:
    """What the file says itself, as of now; what the archive says of it only where the file cannot be read here."""
    item = Item(
        holder=by, source=Source.BROUGHT, learning=record.learning, group=record.group[:60], where=record.where[:300],
        name=record.name.replace("\\", "/").rsplit("/", 1)[-1][-200:], size=len(data), sha256=record.sha256, day=record.day,
    )  # fmt: skip
    now = timezone.now()
    try:
        found = [one for one in pieces(data, item.name, around(now, languages)) if isinstance(one, Piece)]
        piece = next((one for one in found if one.where == record.where), found[0] if found else None)
        if piece is None:
            raise RefusedError("", code="wallet.nothing")
        report = report_on(data, item.name, item.where, languages)
    except (TessellaError, RefusedError):
        item.facts, item.verdict = _said(record.facts), str(Verdict.INDETERMINATE)
        return item
    item.facts = facts_of_opened(piece.opened, languages)
    item.report, item.verdict, item.verified_at = msgspec.to_builtins(report), str(report.verdict), now
    return item


def _said(facts: dict[str, Any]) -> dict[str, str]:
    return {
        name: facts[name][:_LONGEST] for name in _SAID if isinstance(facts.get(name), str) and facts[name]
    }


def _carry(by: Person, reader: Reader, taken: Taken) -> None:
    """Records of other kinds are kept as they came, with the files they need, and go along with the next archive."""
    paths = {sha256: path for path, sha256 in reader.manifest.files.items()}
    room = MOST_CARRIED - Carried.objects.filter(holder=by).count()
    for section, records in reader.manifest.sections.items():
        for record in records:
            encoded = jcs(record)
            if len(encoded) > MAX_RECORD_BYTES or taken.carried >= room or len(section) > 40:
                taken.refused.append(
                    Refused(section[:40], _("A record of this kind is too large, or there are too many."))
                )
                continue
            digest = hashlib.sha256(encoded).hexdigest()
            _made, is_new = Carried.objects.get_or_create(
                holder=by, section=section, digest=digest, defaults={"record": record}
            )
            if is_new:
                taken.carried += 1
                _carry_files(by, reader, record, paths, taken)


def _carry_files(by: Person, reader: Reader, record: Any, paths: dict[str, str], taken: Taken) -> None:
    for sha256 in sorted(checksums(record) & paths.keys()):
        if CarriedFile.objects.filter(holder=by, sha256=sha256).exists():
            continue
        data = reader.file(paths[sha256], sha256)
        if isinstance(data, Refused):
            taken.refused.append(data)
            continue
        name = paths[sha256].rsplit("/", 1)[-1].partition("-")[2]
        row = CarriedFile(holder=by, sha256=sha256, name=name[:200])
        _stored(f"wallet/{by.id}/{new_id()}", data, lambda path, row=row: _save(row, path))  # type: ignore[misc]


def _stored(path: str, data: bytes, keep: Callable[[str], None]) -> None:
    """Store bytes and the row that knows them, or neither."""
    saved = default_storage.save(path, ContentFile(data))
    try:
        with transaction.atomic():
            keep(saved)
    except BaseException:
        default_storage.delete(saved)
        raise


def _save(row: Item | CarriedFile, path: str) -> None:
    row.file = path
    row.save(force_insert=True)
