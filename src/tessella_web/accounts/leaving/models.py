"""Who is about to leave, what was taken along, and the pseudonyms of those who left."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from tessella_web.common.models import Identified

__all__ = ["Departure", "Erasure", "Export"]

PERSON = settings.AUTH_USER_MODEL
DIGEST_LENGTH = 64


class Departure(Identified):
    """Somebody said that they leave, on ``due_at``.

    When it is done ``person`` is nobody and ``report`` the signed report, without personal data; it is kept for a month.
    """

    person = models.OneToOneField(PERSON, on_delete=models.SET_NULL, null=True, related_name="departure")
    due_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(blank=True)

    class Meta:
        ordering = ("due_at",)


class Export(models.Model):
    """An archive that somebody took along: its digest, for the report. It goes with the person."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="exports")
    at = models.DateTimeField(auto_now_add=True)
    sha256 = models.CharField(max_length=DIGEST_LENGTH)
    entries = models.PositiveIntegerField()

    class Meta:
        ordering = ("-at",)


class Erasure(models.Model):
    """Somebody who left, by a digest of the random identifier they had: whoever comes back with an older backup is erased again.

    The same lines are in a file outside the database; a line of the file that is not here was not carried out in this database.
    ``is_rewritten``: the database's own file was written anew since.
    """

    digest = models.CharField(max_length=DIGEST_LENGTH, primary_key=True)
    at = models.DateTimeField()
    counts: Any = models.JSONField(default=dict)
    is_rewritten = models.BooleanField(default=True)
