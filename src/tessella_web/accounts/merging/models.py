"""Which accounts went into which."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from tessella_web.common import audit
from tessella_web.common.ids import ID_LENGTH

__all__ = ["Merged"]


class Merged(models.Model):
    """An account that went into another. Its key in the audit trail stays for as long as the person does: what was done with it was
    done by them."""

    former = models.CharField(max_length=ID_LENGTH, primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="merged")
    at = models.DateTimeField(auto_now_add=True)


@receiver(pre_delete, sender=Merged)
def forget_former(instance: Merged, **_rest: Any) -> None:
    """Whoever leaves is forgotten under all their keys."""
    audit.forget(instance.former)
