"""Tokens as they are stored: nothing of them that would let somebody in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified

__all__ = ["AccessToken"]


class AccessToken(Identified):
    """What lets a program act for one person in one organisation, within ``scopes``; without an organisation for the person alone.

    Only the SHA-256 of the token is kept, and its beginning, so that people can tell tokens apart.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="tokens", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    scopes: Any = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.name

    def is_usable(self, at: dt.datetime) -> bool:
        """Whether it lets anybody in at this moment."""
        return self.revoked_at is None and at < self.expires_at and self.person.is_active
