"""The forms in which something of the wallet can be shown."""

from __future__ import annotations

import msgspec
from django.core.files.storage import default_storage
from django.db.models import Q

from tessella_web.credentials.models import Copy
from tessella_web.credentials.queries import format_facts
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.models import Item

__all__ = ["ShownForm", "forms_of"]

_FIRST = ("openbadge-sd", "attestation")
"""Forms in which something can be left out are offered first."""


class ShownForm(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an entry. ``id`` names it: an award's format, an item's id. ``carries_more``: other credentials are in the file too."""

    id: str
    title: str
    name: str
    path: str
    carries_more: bool = False

    def read(self) -> bytes:
        """Its bytes."""
        with default_storage.open(self.path) as file:
            found: bytes = file.read()
        return found


def forms_of(entry: Entry) -> list[ShownForm]:
    """The files of an entry, that which says least first; empty for what has none."""
    if entry.award is not None:
        copies = Copy.objects.filter(award=entry.award).exclude(file="")
        return sorted((_of_copy(one) for one in copies), key=lambda one: one.id not in _FIRST)
    item = entry.item
    if item is None or not item.file:
        return []
    same = (
        Q(pk=item.pk)
        | (Q(group=item.group) if item.group else Q(group=item.pk))
        | Q(pk=item.group or item.pk)
    )
    items = Item.objects.filter(same, holder=item.holder_id).exclude(file="").defer("report")
    return [_of_item(one) for one in sorted(items, key=lambda one: one.pk != item.pk)]


def _of_copy(copy: Copy) -> ShownForm:
    facts = format_facts(copy)
    return ShownForm(id=copy.format, title=facts["title"], name=f"award{facts['suffix']}", path=copy.file)


def _of_item(item: Item) -> ShownForm:
    return ShownForm(
        id=item.pk, title=item.name, name=item.name, path=item.file, carries_more=bool(item.where)
    )
