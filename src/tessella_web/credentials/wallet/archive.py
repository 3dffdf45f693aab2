"""Leaving and arriving: the whole wallet as a ZIP of open formats with a manifest and checksums, and that ZIP read in again."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import msgspec
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.models import Copy
from tessella_web.credentials.queries import format_facts
from tessella_web.credentials.verifying.answers import answer
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.credentials.wallet.models import Item, Learning, Source

__all__ = ["MAX_ARCHIVE_BYTES", "Manifest", "Record", "export", "take_in"]

MAX_ARCHIVE_BYTES = 200_000_000
"""Two thousand certificates with pictures."""

MAX_ENTRIES = 10_000
"""Files in an archive: five forms of two thousand awards."""

MAX_FILE_BYTES = 12_000_000
"""One file, unpacked; as much as may be brought in at once."""

MANIFEST = "manifest.json"


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing in the archive: its file (empty for what is only declared), its checksum and what was known of it."""

    source: str
    learning: str = ""
    group: str = ""
    name: str = ""
    path: str = ""
    sha256: str = ""
    day: dt.date | None = None
    facts: dict[str, Any] = {}
    report: dict[str, Any] | None = None
    verified_at: dt.datetime | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of contents. ``format`` and ``version`` say how to read it."""

    format: str = "tessella-wallet"
    version: int = 1
    made_at: dt.datetime
    entries: tuple[Record, ...] = ()


def export(*, by: Person, languages: tuple[str, ...]) -> bytes:
    """Everything the person holds. Originals are as they came; each has its report, and the manifest every checksum."""
    made = io.BytesIO()
    records = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for number, (record, data) in enumerate(_contents(by, languages), 1):
            if data:
                path = f"files/{number:04d}-{_plain(record.name)}"
                target.writestr(path, data)
                record = msgspec.structs.replace(record, path=path, sha256=hashlib.sha256(data).hexdigest())
            records.append(record)
        manifest = Manifest(made_at=timezone.now(), entries=tuple(records))
        target.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    audit.record("wallet.exported", f"person:{audit.reference_of(by.id)}", actor_id=by.id, facts={"entries": len(records)})  # fmt: skip
    return made.getvalue()


def _contents(by: Person, languages: tuple[str, ...]) -> Iterator[tuple[Record, bytes]]:
    for item in Item.objects.filter(holder=by).order_by("made_at", "pk"):
        data = default_storage.open(item.file).read() if item.file else b""
        yield Record(
            source=item.source, learning=item.learning, group=item.group, name=item.name, day=item.day,
            facts=item.facts, report=item.report, verified_at=item.verified_at,
        ), data  # fmt: skip
    awarded = [one for one in entries_of(by, languages) if one.award is not None]
    copies: dict[str, list[Copy]] = {}
    for copy in Copy.objects.filter(award__in=[one.award for one in awarded]).exclude(file=""):
        copies.setdefault(copy.award_id, []).append(copy)
    for entry in awarded:
        for copy in copies.get(entry.award.id if entry.award else "", []):
            yield _of_copy(entry, copy, languages)


def _of_copy(entry: Entry, copy: Copy, languages: tuple[str, ...]) -> tuple[Record, bytes]:
    data = default_storage.open(copy.file).read()
    name = f"{copy.format}{format_facts(copy)['suffix']}"
    facts = {
        "title": entry.title, "issuer": entry.issuer,
        **({"until": entry.until.isoformat()} if entry.until else {}),
        **({"tile": msgspec.to_builtins(entry.tile)} if entry.tile else {}),
    }  # fmt: skip
    report = answer(data, name=name, languages=languages).report
    return Record(
        source=str(Source.BROUGHT), learning=entry.learning, group=copy.award_id, name=name, day=entry.day,
        facts=facts, report=msgspec.to_builtins(report), verified_at=timezone.now(),
    ), data  # fmt: skip


def take_in(*, by: Person, data: bytes) -> int:
    """Put everything of an archive into the wallet; what is there already stays as it is. How many things are new.

    Files are verified anew in this place; the report that came along is kept only where nothing can be read here.

    Raises:
        RefusedError: ``wallet.archive``: no archive of a wallet, damaged, or too large; then nothing is taken in.
    """
    manifest, files = _opened(data)
    saved: list[str] = []
    new = 0
    try:
        with transaction.atomic():
            for record in manifest.entries:
                item = _item(by, record, files.get(record.path, b""))
                if item is None:
                    continue
                if item.file:
                    saved.append(item.file)
                item.save(force_insert=True)
                new += 1
            audit.record("wallet.taken-in", f"person:{audit.reference_of(by.id)}", actor_id=by.id, facts={"entries": new})  # fmt: skip
    except BaseException:
        for path in saved:
            default_storage.delete(path)
        raise
    return new


def _item(by: Person, record: Record, data: bytes) -> Item | None:
    """What a record becomes here; None for what is there already."""
    if data and Item.objects.filter(holder=by, sha256=record.sha256).exists():
        return None
    if (
        not data
        and Item.objects.filter(holder=by, source=record.source, facts=record.facts, day=record.day).exists()
    ):
        return None
    item = Item(
        holder=by,
        source=Source(record.source),
        learning=Learning(record.learning) if record.learning else "",
        group=record.group[:60],
        name=record.name[:200],
        size=len(data),
        facts=record.facts,
        day=record.day,
    )
    if data:
        item.sha256 = record.sha256
        report = answer(data, name=record.name, languages=("en",)).report
        item.report, item.verdict = msgspec.to_builtins(report), str(report.verdict)
        item.verified_at = timezone.now()
        item.file = default_storage.save(f"wallet/{by.id}/{new_id()}", ContentFile(data))
    return item


def _opened(data: bytes) -> tuple[Manifest, dict[str, bytes]]:
    if len(data) > MAX_ARCHIVE_BYTES:
        raise _refused(_("It is larger than 200 MB."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_ENTRIES:
                raise _refused(_("It holds too many files."))
            manifest = msgspec.json.decode(_read(archive, MANIFEST), type=Manifest)
            files = {one.path: _read(archive, one.path) for one in manifest.entries if one.path}
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as error:
        raise _refused(_("It is damaged, or no archive of a wallet.")) from error
    except msgspec.DecodeError as error:
        raise _refused(
            _("Its table of contents cannot be read: %(why)s.") % {"why": str(error)[:200]}
        ) from error
    if manifest.format != "tessella-wallet" or manifest.version != 1:
        raise _refused(_("It was made by a newer version, or for something else."))
    for one in manifest.entries:
        if one.source not in Source.values or (one.learning and one.learning not in Learning.values):
            raise _refused(_("Its table of contents names a kind of thing that is not known here."))
        if one.path and hashlib.sha256(files[one.path]).hexdigest() != one.sha256:
            raise _refused(_("%(path)s is not what the table of contents says.") % {"path": one.path[:100]})
    return manifest, files


def _read(archive: zipfile.ZipFile, path: str) -> bytes:
    with archive.open(path) as file:
        found = file.read(MAX_FILE_BYTES + 1)
    if len(found) > MAX_FILE_BYTES:
        raise _refused(_("%(path)s in it is too large.") % {"path": path[:100]})
    return found


def _refused(message: str) -> RefusedError:
    return RefusedError(
        message, code="wallet.archive", field="file",
        hint=_("Hand in the ZIP as it was made under “Take everything with you”."),
    )  # fmt: skip


def _plain(name: str) -> str:
    """A name that every file system takes."""
    return (
        "".join(one if one.isascii() and (one.isalnum() or one in ".-_") else "-" for one in name)[-80:]
        or "file"
    )
