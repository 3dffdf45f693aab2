"""Putting into a wallet and taking out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import RecordType
from tessella.verification import open_credentials
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.models import Copy
from tessella_web.credentials.queries import format_facts
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES, answer
from tessella_web.credentials.wallet.domain.rights import own
from tessella_web.credentials.wallet.entries import Entry, facts_of
from tessella_web.credentials.wallet.models import Item, Learning, Source

__all__ = ["bring", "declare", "read_file", "remove"]

MOST_ITEMS = 2_000
"""Things in one wallet; a life's worth, and a limit for whoever fills disks."""


def bring(*, by: Person, data: bytes, name: str, languages: tuple[str, ...]) -> Item:
    """Put a file into the wallet, byte for byte as it came, with the report of this moment. What is there already stays as it is.

    Raises:
        RefusedError: ``wallet.too-large``, ``wallet.full``; ``wallet.nothing``, there is no credential in it.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise RefusedError(
            _("The file is larger than 12 MB."), code="wallet.too-large", field="file",
            hint=_("Bring in fewer certificates at once."),
        )  # fmt: skip
    digest = hashlib.sha256(data).hexdigest()
    held = Item.objects.filter(holder=by, sha256=digest).first()
    if held is not None:
        return held
    _room(by)
    try:
        record = next((one.award for one in open_credentials(data, name) if one.award is not None), None)
    except TessellaError as error:
        raise RefusedError(error.message, code="wallet.nothing", hint=error.hint, field="file") from error
    if record is None:
        raise RefusedError(
            _("There is no credential in it that can be read."), code="wallet.nothing", field="file",
            hint=_("Bring in the file you were sent, not a picture of it."),
        )  # fmt: skip
    found = answer(data, name=name, languages=languages)
    path = default_storage.save(f"wallet/{by.id}/{new_id()}", ContentFile(data))
    facts = facts_of(record.micro_credential, languages)
    if record.valid_until:
        facts["until"] = record.valid_until.date().isoformat()
    is_formal = record.micro_credential.record_type is RecordType.MICRO_CREDENTIAL
    try:
        with transaction.atomic():
            item = Item.objects.create(
                holder=by,
                source=Source.BROUGHT,
                learning=Learning.FORMAL if is_formal else Learning.NON_FORMAL,
                name=name.replace("\\", "/").rsplit("/", 1)[-1][-200:],
                file=path,
                size=len(data),
                sha256=digest,
                facts=facts,
                report=msgspec.to_builtins(found.report),
                verdict=str(found.report.verdict),
                verified_at=timezone.now(),
                day=record.awarded_on or (record.issued_at.date() if record.issued_at else None),
            )
            audit.record("wallet.brought", f"item:{item.id}", actor_id=by.id)
    except BaseException:
        default_storage.delete(path)
        raise
    return item


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


def _room(person: Person) -> None:
    if Item.objects.filter(holder=person).count() >= MOST_ITEMS:
        raise RefusedError(
            _("The wallet is full."), code="wallet.full", hint=_("Take something out that you do not need.")
        )
