"""What came along in an archive and has no place of its own here: kept as it came, and taken along again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tessella_web.credentials.wallet.models import SHA256_LENGTH

__all__ = ["Carried", "CarriedFile"]

PERSON = settings.AUTH_USER_MODEL


class Carried(models.Model):
    """One record of a section of the archive, such as what was shown to somebody from the earlier wallet. ``digest`` is of the record."""

    holder = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="carried")
    section = models.CharField(max_length=40)
    record: Any = models.JSONField()
    digest = models.CharField(max_length=SHA256_LENGTH)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "section", "digest"], name="one_carried_each")
        ]


class CarriedFile(models.Model):
    """A file that such a record names by its checksum."""

    holder = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="carried_files")
    sha256 = models.CharField(max_length=SHA256_LENGTH)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "sha256"], name="one_carried_file_each")
        ]
