"""Keys that credentials are bound to, kept for their holders: the library's public record, and the private part wrapped."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella import typed
from tessella.keys import KeyRecord
from tessella_web.common.models import Identified

__all__ = ["HolderKey"]


class HolderKey(Identified):
    """One key of a person. ``wrapped`` opens with the key-encryption key ``kek``, for this person and this id only; it is empty once the
    private part was destroyed. ``thumbprint`` is the key's (RFC 7638): by it a credential says to whom it is bound."""

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="holder_keys")
    name = models.CharField(_("name"), max_length=80)
    thumbprint = models.CharField(max_length=43, unique=True)
    record: Any = models.JSONField()
    wrapped = models.TextField(blank=True)
    kek = models.CharField(max_length=32, db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def public(self) -> KeyRecord:
        """The public record."""
        return typed.convert(self.record, KeyRecord)

    @property
    def is_usable(self) -> bool:
        """Whether there still is a private part."""
        return bool(self.wrapped)

    @property
    def bound_to(self) -> str:
        """Where the wrapped part belongs: it opens nowhere else."""
        return f"{self.holder_id} {self.id}"
