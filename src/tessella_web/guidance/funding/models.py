"""Funding schemes that the operator added, and what people keep of what they declared."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from tessella_web.common.models import Identified

__all__ = ["KeptFacts", "StoredScheme"]


class StoredScheme(Identified):
    """A scheme from a file of the operator, as the library's plain data. With the id of one that comes along it takes its place.

    Withdrawn ones are not shown; the row stays, so that a scheme that comes along stays withdrawn, too.
    """

    key = models.SlugField(max_length=120, unique=True)
    data: Any = models.JSONField(default=dict)
    is_withdrawn = models.BooleanField(default=False)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key


class KeptFacts(models.Model):
    """What somebody declared and chose to keep in the wallet: by name of the fact, as text. Nobody else sees it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_facts"
    )
    facts: Any = models.JSONField(default=dict)
    kept_at = models.DateTimeField(auto_now=True)
