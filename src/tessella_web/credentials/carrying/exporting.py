"""Everything a person holds, as an archive."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import msgspec
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Field
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from tessella_web.accounts.leaving.domain import note_export
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.credentials.carrying.archive import Manifest, Record, Writer
from tessella_web.credentials.carrying.models import Carried, CarriedFile
from tessella_web.credentials.models import Copy
from tessella_web.credentials.portfolio.models import Piece, Portfolio
from tessella_web.credentials.queries import format_facts
from tessella_web.credentials.verifying.answers import answer
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.credentials.wallet.models import Item, Learning, Share, SharedFile, Source

__all__ = ["checksums", "export"]

SHARES, PORTFOLIOS = "shares", "portfolios"

_OF_THIS_PLACE = frozenset(
    {
        "id",
        "holder",
        "share",
        "portfolio",
        "award",
        "organisation",
        "digest",
        "pin",
        "wrong_pins",
        "file",
        "report",
        "told_at",
    }
)
"""Fields that mean nothing elsewhere, or are secrets of this place; files and reports are in the archive as files."""


def export(*, by: Person, languages: tuple[str, ...]) -> bytes:
    """Everything the person holds. Originals are as they came; each has its report, and the table of contents every checksum."""
    made = io.BytesIO()
    writer = Writer(made)
    entries = [*_items(by, writer), *_awards(by, writer, languages)]
    sections = _sections(by, writer)
    manifest = Manifest(
        made_at=timezone.now(), made_by=settings.BASE_URL, entries=tuple(entries), sections=sections
    )
    writer.close(manifest, _page(manifest))
    data = made.getvalue()
    note_export(by=by, data=data, entries=len(entries))
    audit.record("wallet.exported", f"person:{audit.reference_of(by.id)}", actor_id=by.id, facts={"entries": len(entries)})  # fmt: skip
    return data


def _items(by: Person, writer: Writer) -> Iterator[Record]:
    for item in Item.objects.filter(holder=by).order_by("made_at", "pk").iterator(chunk_size=200):
        path, sha256 = writer.add(_bytes(item.file), item.name) if item.file else ("", "")
        yield Record(
            source=item.source, learning=item.learning, group=item.group, where=item.where, name=item.name, path=path,
            sha256=sha256, day=item.day, facts=item.facts, report=_report(writer, item.report), verified_at=item.verified_at,
        )  # fmt: skip


def _awards(by: Person, writer: Writer, languages: tuple[str, ...]) -> Iterator[Record]:
    """Awards held here, in every form that there is."""
    awarded = [one for one in entries_of(by, languages) if one.award is not None]
    copies: dict[str, list[Copy]] = {}
    for copy in Copy.objects.filter(award__in=[one.award for one in awarded]).exclude(file=""):
        copies.setdefault(copy.award_id, []).append(copy)
    for entry in awarded:
        for copy in copies.get(entry.award.id if entry.award else "", []):
            yield _award(entry, copy, writer, languages)


def _award(entry: Entry, copy: Copy, writer: Writer, languages: tuple[str, ...]) -> Record:
    data = _bytes(copy.file)
    name = f"{copy.format}{format_facts(copy)['suffix']}"
    facts = {
        "title": entry.title, "issuer": entry.issuer, "public": f"{settings.BASE_URL}/a/{copy.award_id}",
        **({"until": entry.until.isoformat()} if entry.until else {}),
        **({"tile": msgspec.to_builtins(entry.tile)} if entry.tile else {}),
    }  # fmt: skip
    path, sha256 = writer.add(data, name)
    report = msgspec.to_builtins(answer(data, name=name, languages=languages).report)
    return Record(
        source=str(Source.BROUGHT), learning=entry.learning, group=copy.award_id, name=name, path=path, sha256=sha256,
        day=entry.day, facts=facts, report=_report(writer, report), verified_at=timezone.now(),
    )  # fmt: skip


def _sections(by: Person, writer: Writer) -> dict[str, list[dict[str, Any]]]:
    """What was shown to whom, pages of one's own with their files, and what came along from earlier wallets."""
    found: dict[str, list[dict[str, Any]]] = {}
    shares = Share.objects.filter(holder=by).order_by("made_at").prefetch_related("files", "views")
    for share in shares:
        record = {
            **_plain(share),
            "made_at": share.made_at,
            "shown": [_shown(one, writer) for one in share.files.all()],
            "looks": [_plain(one) for one in share.views.all()],
        }
        found.setdefault(SHARES, []).append(_json(record))
    for page in Portfolio.objects.filter(holder=by).order_by("made_at").prefetch_related("pieces"):
        pieces = [_shown(one, writer) for one in page.pieces.all()]
        found.setdefault(PORTFOLIOS, []).append(_json({**_plain(page), "pieces": pieces}))
    files = {one.sha256: one for one in CarriedFile.objects.filter(holder=by)}
    for one in Carried.objects.filter(holder=by):
        for sha256 in sorted(checksums(one.record)):
            if sha256 in files:
                writer.add(_bytes(files[sha256].file), files[sha256].name)
        found.setdefault(one.section, []).append(one.record)
    return found


def _shown(one: SharedFile | Piece, writer: Writer) -> dict[str, Any]:
    record = _plain(one)
    if one.file:
        _path, record["sha256"] = writer.add(_bytes(one.file), one.name)
    return record


def _plain(row: Any) -> dict[str, Any]:
    """The fields of a row that mean something elsewhere, and say something."""
    fields: list[Field[Any, Any]] = row._meta.concrete_fields
    values = {one.name: getattr(row, one.attname) for one in fields if one.name not in _OF_THIS_PLACE}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _json(record: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return plain


def checksums(record: Any) -> set[str]:
    """The checksums of files that a record names, however deep."""
    if isinstance(record, dict):
        own = {record["sha256"]} if isinstance(record.get("sha256"), str) else set()
        return own.union(*(checksums(one) for one in record.values()))
    if isinstance(record, list):
        return set().union(*(checksums(one) for one in record))
    return set()


def _report(writer: Writer, report: Any) -> str:
    return writer.add(msgspec.json.encode(report), "report.json", "reports")[0] if report else ""


def _bytes(path: str) -> bytes:
    with default_storage.open(path) as file:
        return bytes(file.read())


def _page(manifest: Manifest) -> bytes:
    """The same for people, in the language they use here; it needs no network."""
    words = dict(Learning.choices)
    rows = [(one, words.get(one.learning, ""), one.source == Source.DECLARED) for one in manifest.entries]
    context = {
        "manifest": manifest,
        "rows": rows,
        "language": get_language() or "en",
        "shares": manifest.sections.get(SHARES, []),
    }
    return render_to_string("carrying/index.html", context).encode()
