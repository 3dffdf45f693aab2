"""Which awards were printed. Codes are made from the installation's secret; the database has keyed digests of them."""

from __future__ import annotations

from django.db import models

from tessella_web.credentials.models import Award

__all__ = ["Sheet"]

DIGEST_LENGTH = 64


class Sheet(models.Model):
    """The sheet of an award. ``code`` is the digest of what is typed to check it, ``claim`` of what its owner types to take it.

    ``round`` counts how often it was replaced because it got lost; ``wrong`` how often somebody typed another code to take it.
    """

    award = models.OneToOneField(Award, on_delete=models.CASCADE, related_name="sheet", primary_key=True)
    code = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    claim = models.CharField(max_length=DIGEST_LENGTH)
    round = models.PositiveIntegerField(default=1)
    wrong = models.PositiveIntegerField(default=0)
    printed_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
