"""Freezing what is shown: the bytes, the report of the moment, and what registers said then."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.verdicts import Verdict
from tessella.verification import open_credentials
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.models import Copy
from tessella_web.credentials.verifying.answers import Found, Quality, answer
from tessella_web.credentials.wallet.disclosure import file_name, only
from tessella_web.credentials.wallet.entries import Entry, facts_of
from tessella_web.credentials.wallet.forms import ShownForm, forms_of
from tessella_web.credentials.wallet.models import Share, SharedFile, ShownKind
from tessella_web.registers.domain.registers import keep_snapshot
from tessella_web.registers.models import Register

__all__ = ["add_quality", "delete_on_commit", "drop", "frozen"]


def frozen(
    entry: Entry, *, languages: tuple[str, ...], form: str = "", parts: Collection[str] | None = None
) -> SharedFile:
    """An entry as it is now, not saved yet; its file is. Of a form that allows it with only the named parts; None is the whole.

    Raises:
        RefusedError: ``wallet.form``, it has no such form; ``wallet.parts``, nothing of that name can be left out of it.
    """
    forms = forms_of(entry)
    chosen = next((one for one in forms if one.id == form), None) if form else next(iter(forms), None)
    if form and chosen is None:
        raise RefusedError(
            _("There is no such form of it."),
            code="wallet.form",
            field="form",
            hint=_("Choose one of those offered."),
        )
    if chosen is None:
        return _said(entry)
    data = chosen.read()
    name = chosen.name
    if parts is not None:
        data = only(data, parts)
        name = file_name(data)
    found = answer(data, name=name, languages=languages)
    shown = SharedFile(
        award=entry.award, key=entry.key, form=chosen.id, name=name[-200:], withheld=parts is not None,
        parts=sorted(parts) if parts is not None else None, verified_at=timezone.now(),
        facts=_whole_facts(entry, chosen) if parts is None else _facts_in(data, name, entry, languages),
        report=msgspec.to_builtins(found.report), verdict=str(found.report.verdict),
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    shown.file = default_storage.save(f"shared/{new_id()}", ContentFile(data))
    return shown


def _said(entry: Entry) -> SharedFile:
    facts = {
        **_base(entry),
        "title": entry.title,
        "issuer": entry.issuer,
        "day": entry.day.isoformat() if entry.day else "",
    }
    if entry.item is not None:
        facts |= {name: entry.item.facts[name] for name in ("text", "hours") if entry.item.facts.get(name)}
    return SharedFile(
        award=entry.award, key=entry.key, kind=ShownKind.DECLARED if entry.is_declared else ShownKind.CREDENTIAL,
        name=entry.title[:200], facts=facts, verdict=str(Verdict.NOT_APPLICABLE), verified_at=timezone.now(),
    )  # fmt: skip


def _base(entry: Entry) -> dict[str, Any]:
    return {"source": str(entry.source), "learning": str(entry.learning)}


def _whole_facts(entry: Entry, form: ShownForm) -> dict[str, Any]:
    return {
        **_base(entry),
        "title": entry.title,
        "issuer": entry.issuer,
        "day": entry.day.isoformat() if entry.day else "",
        **({"tile": msgspec.to_builtins(entry.tile)} if entry.tile else {}),
        **({"carries_more": True} if form.carries_more else {}),
    }


def _facts_in(data: bytes, name: str, entry: Entry, languages: tuple[str, ...]) -> dict[str, Any]:
    """Only what still stands in it: what is withheld is not told by the page either."""
    try:
        record = next((one.award for one in open_credentials(data, name) if one.award is not None), None)
    except TessellaError:
        record = None
    if record is None:
        return {**_base(entry), "title": _("A certificate shown in part"), "issuer": "", "day": ""}
    facts = facts_of(record.micro_credential, languages)
    day = record.awarded_on or (record.issued_at.date() if record.issued_at else None)
    return {
        **_base(entry), **facts, "title": facts["title"] or _("A certificate shown in part"),
        "day": day.isoformat() if day else "",
    }  # fmt: skip


def add_quality(one: SharedFile, languages: tuple[str, ...]) -> None:
    """Keep with it what registers say of the awarding body as of its award, and each register as it is at this moment.

    Nothing is saved but the snapshots.
    """
    if not one.file:
        return
    found = answer(default_storage.open(one.file).read(), name=one.name, languages=languages)
    one.report, one.verdict = msgspec.to_builtins(found.report), str(found.report.verdict)
    one.verified_at = timezone.now()
    one.quality = _quality(_known(one, found, languages))


def _known(one: SharedFile, found: Found, languages: tuple[str, ...]) -> Quality | None:
    """What registers say of the awarding body. A form that names it without its number is helped out by the award's others."""
    known = next((other.quality for other in found.credentials if other.quality), None)
    if known is not None or one.award is None:
        return known
    for copy in Copy.objects.filter(award=one.award).exclude(file="").exclude(format=one.form):
        other = answer(default_storage.open(copy.file).read(), name=copy.format, languages=languages)
        known = next((credential.quality for credential in other.credentials if credential.quality), None)
        if known is not None:
            return known
    return None


def _quality(known: Quality | None) -> dict[str, Any]:
    """The answer of the registers with its evidence, and the snapshots of the registers that gave it."""
    return {
        "asked_at": timezone.now().isoformat(),
        "body": known.name if known else "",
        "answer": msgspec.to_builtins(known.answer) if known else None,
        "snapshots": [_snapshot(one) for one in _registers(known)] if known else [],
    }


def _registers(known: Quality) -> Iterable[Register]:
    slugs = {one.register_slug for one in known.answer.evidence if one.register_slug}
    return Register.objects.filter(slug__in=slugs).select_related("organisation").order_by("slug")


def _snapshot(register: Register) -> dict[str, Any]:
    kept = keep_snapshot(register=register)
    return {
        "id": kept.id,
        "register": register.name,
        "slug": register.slug,
        "number": kept.number,
        "sha256": kept.sha256,
        "taken_at": kept.taken_at.isoformat(),
    }


def drop(files: Iterable[SharedFile]) -> None:
    """Delete what was written for rows that did not come to be."""
    for one in files:
        if one.file:
            default_storage.delete(one.file)


def delete_on_commit(share: Share) -> None:
    """Forget what was frozen: files, reports, what was said. What it was called stays in the holder's log."""
    for one in share.files.all():
        if one.file:
            transaction.on_commit(functools.partial(default_storage.delete, one.file))
        one.facts = {"title": one.facts.get("title", ""), "source": one.facts.get("source", "")}
        one.file, one.report, one.quality, one.parts = "", None, None, None
        one.save(update_fields=["file", "report", "quality", "parts", "facts"])
    share.erased_at = timezone.now()
    share.save(update_fields=["erased_at"])
