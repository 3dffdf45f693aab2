"""An original that was taken apart stays as long as something of it is in the wallet, and no longer."""

from __future__ import annotations

import functools
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from tessella_web.credentials.arriving.models import Found, Upload

__all__: list[str] = []


@receiver(post_delete, sender=Found)
def _nothing_left(instance: Found, **_more: Any) -> None:
    if instance.item_id and not Found.objects.filter(upload=instance.upload_id, item__isnull=False).exists():
        Upload.objects.filter(pk=instance.upload_id).delete()


@receiver(post_delete, sender=Upload)
def _file_of(instance: Upload, **_more: Any) -> None:
    if instance.file:
        transaction.on_commit(functools.partial(default_storage.delete, instance.file))
